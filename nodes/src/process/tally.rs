//! Detection of the end: nothing is under way, and nobody will do anything on their own.
//!
//! Mattern's four counters (*Algorithms for distributed termination detection*, 1987, section 4): the sums of what has been
//! sent and received are taken twice, the second time strictly after the first; if all four are equal, nothing was under way
//! between the two.  The first time are the nodes' own words when they fell quiet; the second is a probe.

use super::control::Status;

/// What the initializer knows of the nodes' counters.
pub(super) struct Tally {
    last: Vec<Option<Status>>,
    known: usize,
    sent: u64,
    settled: u64,
    busy: usize,
    /// How often nodes have died or recovered, how many are dead, and by node, whether it is.
    changes: u32,
    buried: usize,
    dead: Vec<bool>,
    /// Impulses are still to come: whatever the counters say, the run has not ended.
    expecting: bool,
    /// Live nodes that do not know of all deaths yet.
    unaware: usize,
    /// Nodes that an alarm may still move.
    waiting: usize,
    /// The number of the last wave, and whether it is open.
    wave: u32,
    open: bool,
    answers: usize,
    /// The sums when the wave went out.
    first: (u64, u64),
    /// Of the answers so far.
    second: (u64, u64),
    /// Every answer so far was idle.
    calm: bool,
    /// Whether alarms of nodes that have decided matter: they do in a protocol that never decides.
    decides: bool,
}

/// What follows from a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Conclusion {
    /// Nothing yet.
    Open,
    /// The sums agree: ask all nodes again, with this wave's number.
    Probe(u32),
    /// Nothing is under way, and nobody will do anything on their own.
    Quiet,
}

impl Tally {
    pub(super) fn new(nodes: usize, decides: bool) -> Self {
        Tally {
            last: vec![None; nodes],
            known: 0,
            sent: 0,
            settled: 0,
            busy: 0,
            changes: 0,
            buried: 0,
            dead: vec![false; nodes],
            expecting: true,
            unaware: 0,
            waiting: 0,
            wave: 0,
            open: false,
            answers: 0,
            first: (0, 0),
            second: (0, 0),
            calm: true,
            decides,
        }
    }

    /// Messages sent, as far as is known.
    pub(super) fn sent(&self) -> u64 {
        self.sent
    }

    /// A node is given an impulse, its first or one more: what it said before no longer tells that it is quiet.
    pub(super) fn forget(&mut self, node: usize) {
        if let Some(old) = self.last[node].take() {
            self.count(&old, false);
            self.known -= 1;
        }
        self.open = false;
    }

    /// All impulses have been given.
    pub(super) fn expect_no_more(&mut self) -> Conclusion {
        self.expecting = false;
        self.probe()
    }

    /// A node is dead: it, and the messages on its links, count no longer.
    pub(super) fn bury(&mut self, node: usize) -> Conclusion {
        self.forget(node);
        // A node that dies before it is back was dead already.
        self.buried += usize::from(!std::mem::replace(&mut self.dead[node], true));
        self.changes += 1;
        // Nobody knows of this death yet.
        self.unaware = self.known;
        self.probe()
    }

    /// A node is back: it counts again.
    pub(super) fn resurrect(&mut self, node: usize) {
        if std::mem::replace(&mut self.dead[node], false) {
            self.changes += 1;
            self.buried -= 1;
            self.unaware = self.known;
            self.open = false;
        }
    }

    /// Something is still to come: whatever the counters say, the run has not ended.
    pub(super) fn expect(&mut self) {
        self.expecting = true;
        self.open = false;
    }

    /// Whether a node is dead.
    pub(super) fn is_dead(&self, node: usize) -> bool {
        self.dead[node]
    }

    /// How often nodes have died or recovered.
    pub(super) fn changes(&self) -> u32 {
        self.changes
    }

    fn live(&self) -> usize {
        self.last.len() - self.buried
    }

    /// Takes a node's word.
    pub(super) fn note(&mut self, node: usize, status: Status) -> Conclusion {
        if self.dead[node] {
            return Conclusion::Open;
        }
        if let Some(old) = self.last[node].replace(status) {
            self.count(&old, false);
        } else {
            self.known += 1;
        }
        self.count(&status, true);
        if self.open && status.wave == self.wave {
            self.answers += 1;
            self.second = (self.second.0 + status.sent, self.second.1 + status.settled);
            self.calm &= status.idle && status.changes == self.changes && !self.may_move(&status);
            if self.answers == self.live() {
                self.open = false;
                if self.calm && self.first.0 == self.first.1 && self.second == self.first {
                    return Conclusion::Quiet;
                }
            }
        }
        self.probe()
    }

    /// Opens a wave if the sums agree and none is open.
    fn probe(&mut self) -> Conclusion {
        if self.expecting {
            return Conclusion::Open;
        }
        if self.live() == 0 {
            return Conclusion::Quiet;
        }
        if self.open
            || self.known < self.live()
            || self.unaware > 0
            || self.busy > 0
            || self.waiting > 0
            || self.sent != self.settled
        {
            return Conclusion::Open;
        }
        self.wave += 1;
        self.open = true;
        self.answers = 0;
        self.first = (self.sent, self.settled);
        self.second = (0, 0);
        self.calm = true;
        Conclusion::Probe(self.wave)
    }

    fn may_move(&self, status: &Status) -> bool {
        status.alarm && !(self.decides && status.decided)
    }

    fn count(&mut self, status: &Status, add: bool) {
        let adjust = |count: &mut usize, yes: bool| {
            if yes {
                *count = if add { *count + 1 } else { *count - 1 };
            }
        };
        let may_move = self.may_move(status);
        adjust(&mut self.unaware, status.changes < self.changes);
        adjust(&mut self.busy, !status.idle);
        adjust(&mut self.waiting, may_move);
        if add {
            self.sent += status.sent;
            self.settled += status.settled;
        } else {
            self.sent -= status.sent;
            self.settled -= status.settled;
        }
    }
}
