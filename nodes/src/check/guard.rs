//! What keeps the passes over all states within their limits, and lets the user end them.

use core::time::Duration;
use std::time::Instant;

use super::matters::Unusable;
use super::{Limit, Progress, Watch};

/// The limits are looked at whenever about so many steps have been made.
const EVERY: u64 = 1 << 14;

/// A run of a handler, or a look at a property, counts as so many steps: it is the user's code, and may take its time.
pub(super) const OF_THE_USER: u64 = 64;

/// When the limits are looked at: after so much work, and not after so much time, since what is found must not depend on that.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pace {
    next: u64,
}

impl Pace {
    /// Whether that is due, if so much has been done.
    #[inline]
    pub(super) fn is_due(&mut self, work: u64) -> bool {
        let is_due = work >= self.next;
        if is_due {
            self.next = work + EVERY;
        }
        is_due
    }
}

/// When a check has to be over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline(Instant);

#[expect(
    clippy::disallowed_methods,
    reason = "the user gives a check so much time; what it says then is never that something holds"
)]
impl Deadline {
    /// So much later; `None` if that is never.
    pub(super) fn after(time: Duration) -> Option<Self> {
        Instant::now().checked_add(time).map(Deadline)
    }

    pub(super) fn has_passed(self) -> bool {
        Instant::now() >= self.0
    }
}

/// How far a search goes.
pub(super) struct Limits<'a> {
    pub(super) depth: Option<u64>,
    pub(super) most_states: Option<u64>,
    pub(super) memory: usize,
    pub(super) deadline: Option<Deadline>,
    pub(super) watch: Option<&'a mut Watch<'a>>,
}

impl Limits<'_> {
    /// Whether it goes on from there.
    pub(super) fn look(&mut self, progress: &Progress) -> Result<(), Limit> {
        if progress.memory > self.memory as u64 {
            return Err(Limit::Memory);
        }
        if self.deadline.is_some_and(Deadline::has_passed) {
            return Err(Limit::Timeout);
        }
        let goes_on = self.watch.as_mut().is_none_or(|watch| watch(progress).is_continue());
        if goes_on { Ok(()) } else { Err(Limit::Interrupted) }
    }
}

/// Why a pass ends before its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Halt {
    /// A limit was reached.
    Limit(Limit),
    /// The tables cannot be used.
    Unusable(Unusable),
}

impl From<Limit> for Halt {
    fn from(limit: Limit) -> Self {
        Halt::Limit(limit)
    }
}

impl From<Unusable> for Halt {
    fn from(unusable: Unusable) -> Self {
        Halt::Unusable(unusable)
    }
}

/// Looks after a pass over states that are all known.
pub(super) struct Guard<'a, 'w> {
    limits: &'a mut Limits<'w>,
    /// How far the search has come, with the memory that it takes.
    found: Progress,
    work: u64,
    pace: Pace,
}

impl<'a, 'w> Guard<'a, 'w> {
    /// For passes over what a search has found.
    pub(super) fn new(limits: &'a mut Limits<'w>, found: Progress) -> Self {
        Guard { limits, found, work: 0, pace: Pace::default() }
    }

    /// Is asked at each state; now and then it looks at the limits.  `memory` is what the pass itself takes, in bytes.
    pub(super) fn look(&mut self, memory: impl FnOnce() -> usize) -> Result<(), Limit> {
        // What follows from the state is found again, which takes about so many steps.
        self.work += 4;
        if !self.pace.is_due(self.work) {
            return Ok(());
        }
        self.limits.look(&Progress { memory: self.found.memory + memory() as u64, ..self.found })
    }

    /// Whether there is memory for so many bytes more.
    pub(super) fn has_room(&self, memory: usize) -> bool {
        self.found.memory + memory as u64 <= self.limits.memory as u64
    }

    /// So much of what was kept is no longer there.
    pub(super) fn give_back(&mut self, memory: usize) {
        self.found.memory -= memory as u64;
    }

    /// What it takes stays there for other passes.
    pub(super) fn keep(&mut self, memory: usize) -> Result<(), Limit> {
        self.found.memory += memory as u64;
        if self.has_room(0) { Ok(()) } else { Err(Limit::Memory) }
    }
}

/// Runs a pass without limits.
#[cfg(test)]
pub(super) fn unguarded<T>(pass: impl FnOnce(&mut Guard<'_, '_>) -> T) -> T {
    let mut limits = Limits { depth: None, most_states: None, memory: usize::MAX, deadline: None, watch: None };
    pass(&mut Guard::new(
        &mut limits,
        Progress { instances: 0, of: 1, states: 0, frontier: 0, transitions: 0, depth: 0, memory: 0 },
    ))
}
