//! Whether every message arrives as its link promises, and at a reasonable price.

use std::collections::BTreeMap;

use nodes::link::{Guarantee, LinkId};

use super::{End, Outcome, World, add, rest};

impl World {
    /// All is quiet: has every message arrived as its link promises, and at a reasonable price?
    pub(super) fn judge(&self) -> Result<Outcome, String> {
        let mut outcome = Outcome::from([("runs", 1), ("virtual ms", self.now.as_millis() as u64)]);
        for (number, process) in self.processes.iter().enumerate() {
            let mut wakes = 10;
            for (link, end) in process.ends.iter().enumerate() {
                let id = LinkId::new(link as u32);
                let stats = process.endpoint.link_stats(id);
                let there = &self.processes[end.to.0].ends[end.to.1.index()];
                let arrived = there.arrived.len() as u64;
                let received = self.processes[end.to.0].endpoint.link_stats(end.to.1);
                let always = [
                    ("unsent", end.script.len() as u64, 0),
                    ("stats.sent", stats.sent, end.sent - end.sent_before),
                    ("in flight", stats.in_flight(), 0),
                    ("queued", process.endpoint.queued(id) as u64, 0),
                ];
                let alive = [
                    ("delivered", stats.delivered, arrived),
                    ("lost", stats.lost, end.sent - arrived),
                    ("to the dead", stats.to_the_dead, 0),
                    ("received there", received.received, arrived),
                    ("copies there", received.duplicates, there.copies),
                ];
                let alive = alive.into_iter().filter(|_| !end.restarted);
                for (what, is, should) in always.into_iter().chain(alive) {
                    if is != should {
                        return Err(format!(
                            "link {link} of endpoint {number} ({:?}): {what} is {is}, not {should}",
                            end.guarantee
                        ));
                    }
                }
                if arrived < stats.delivered {
                    return Err(format!("link {link} of endpoint {number} calls more delivered than arrived"));
                }
                if end.guarantee != Guarantee::Lossy && stats.lost + received.duplicates > 0 {
                    return Err(format!("link {link} of endpoint {number} lost or copied"));
                }
                // Half of everything lost both ways: each piece is sent twice, or four times if it is alone and so waits for an
                // acknowledgement of its own.  Copies, delays and unlucky streaks come on top, but no flood.
                let most = 60 + 10 * end.pieces + 60 * u64::from(end.restarted);
                if stats.datagrams_sent > most {
                    return Err(format!(
                        "link {link} of endpoint {number} took {} datagrams for {} pieces: {stats:?}",
                        stats.datagrams_sent, end.pieces
                    ));
                }
                let cost =
                    [("messages", end.sent), ("lost", stats.lost), ("worst, in per cent", stats.datagrams_sent * 100 / most)];
                add(&mut outcome, &BTreeMap::from(cost));
                wakes += stats.datagrams_sent;
            }
            if process.endpoint.queued_total() != 0 {
                return Err(format!(
                    "endpoint {number} counts {} bytes that it does not have",
                    process.endpoint.queued_total()
                ));
            }
            if process.idle_wakes > wakes {
                return Err(format!("endpoint {number} woke {} times for nothing", process.idle_wakes));
            }
            let stats = process.endpoint.stats();
            let expected = if self.processes.iter().any(|process| process.incarnation > 0) {
                stats.rejected.total() - stats.rejected.incarnation
            } else {
                stats.rejected.total()
            };
            if expected > self.tampered || stats.rejected.malformed > 0 {
                return Err(format!("endpoint {number} rejected what was right: {:?}", stats.rejected));
            }
            add(&mut outcome, &BTreeMap::from([("datagrams", stats.datagrams_sent)]));
        }
        Ok(outcome)
    }
}

impl End {
    pub(super) fn arrive(&mut self, stamp: u64, bytes: &[u8], duplicate: bool) -> Result<(), String> {
        let number = bytes.first_chunk().map(|first| u64::from_le_bytes(*first)).ok_or("a message that nobody sent")?;
        if rest(number, bytes.len()) != &bytes[8..] || stamp != number % 300 {
            return Err(format!("message {number} arrived damaged"));
        }
        if self.guarantee == Guarantee::Fifo && (number < self.next || (number > self.next && !self.restarted)) {
            return Err(format!("message {number} arrived, but {} is next", self.next));
        }
        self.next = number + 1;
        self.copies += u64::from(duplicate);
        if self.arrived.insert(number) == duplicate {
            return Err(format!("message {number} arrived again, or was wrongly called a copy"));
        }
        Ok(())
    }
}
