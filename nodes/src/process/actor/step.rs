//! One step: an event is handed to the node, and what the node makes of it is counted and judged.

use super::Actor;
use crate::link::Endpoint;
use crate::process::clock;
use crate::process::control::Failure;
use crate::protocol::{Event, MessageSet, Protocol, Stepped};
use crate::execution::{LogLine, explain};
use crate::topology::Port;

impl<P: Protocol> Actor<P> {
    /// Lets the node make one step, and all steps that follow from a change of its state.  What a neighbour sent counts as
    /// received, a copy of it does not.
    pub(super) fn step(&mut self, tag: Option<u8>, event: Event<P::Msg>, counts: bool, endpoint: &mut Endpoint) {
        self.one_step(tag, event, counts, endpoint);
        while !self.over
            && let Some((sender, msg)) = self.node.next_offer()
        {
            let (tag, counts, now) = (msg.tag(), sender != Port::SELF, self.now());
            if let Some(record) = &mut self.record {
                record.offered(now);
            }
            self.one_step(Some(tag), Event::Deferred, counts, endpoint);
        }
    }

    #[inline]
    fn one_step(&mut self, tag: Option<u8>, event: Event<P::Msg>, counts: bool, endpoint: &mut Endpoint) {
        let before = self.read;
        self.net.set_now(self.now());
        let state = self.node.state_name();
        let was_decided = self.node.is_decided();
        let (node, net) = (&mut self.node, &mut self.net);
        let stepped = guarded(|| node.step(event, net));
        self.read = clock::now();
        self.counts.busy += self.read.saturating_sub(before);
        self.counts.active_until = self.now();
        match stepped {
            Ok(stepped) => {
                match stepped {
                    Stepped::Handled | Stepped::Ignored if tag.is_some() => {
                        self.last_message = tag;
                        self.counts.received += u64::from(counts);
                    }
                    Stepped::Late => self.counts.late += u64::from(counts),
                    _ => {}
                }
                self.journal_step(stepped, state);
                if let Some(record) = &mut self.record {
                    record.stepped(&self.node, stepped);
                }
                self.carry_out(endpoint);
                if let Stepped::Never | Stepped::LeftTerminal { .. } = stepped
                    && let Some(what) = explain::broken_word(stepped, tag, self.node.state_name(), &self.description)
                {
                    self.fail(true, what, endpoint);
                }
            }
            Err(failure) => self.fail(failure.violation, failure.what, endpoint),
        }
        if !was_decided && self.node.is_decided() {
            self.counts.decided_at.get_or_insert(self.now());
        }
    }

    fn journal_step(&mut self, stepped: Stepped, before: &str) {
        if self.journal.is_open() {
            let now = self.now();
            if let Some(line) = LogLine::of_step(stepped, before, self.node.state_name()) {
                self.journal.note(now, &line);
            }
        }
    }
}

/// Runs a piece of the user's code; a panic becomes a failure with its text.
pub(super) fn guarded<T>(code: impl FnOnce() -> T) -> Result<T, Failure> {
    crate::panics::caught(code).map_err(|said| Failure { violation: false, what: format!("panicked: {said}") })
}
