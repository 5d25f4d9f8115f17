//! What is planned from the start: impulses, crashes, recoveries.

use core::time::Duration;

use crate::network::{Faults, Leaving};
use crate::sorting;
use crate::time::nanos;
use crate::topology::NodeIndex;

/// Something planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Plan {
    /// The node is doomed from now on.
    Crash(NodeIndex, Leaving),
    Recover(NodeIndex),
    Impulse(NodeIndex),
}

/// What is planned and has not happened; faults before impulses, impulses in the given order.
#[derive(Debug)]
pub(super) struct Agenda {
    impulses: Vec<(NodeIndex, Duration)>,
    /// How many impulses have been given.
    given: usize,
    /// Latest first.
    faults: Vec<(u64, Plan)>,
    /// When the next of both is due; `u64::MAX` if nothing is.
    next: u64,
}

impl Agenda {
    pub(super) fn new(mut impulses: Vec<(NodeIndex, Duration)>, faults: &Faults) -> Self {
        impulses.sort_by_key(|(_, at)| *at);
        let crashes = faults.crashes.iter();
        let crashes = crashes.map(|crash| (nanos(crash.at), Plan::Crash(NodeIndex::new(crash.node), crash.leaving)));
        let recoveries = faults.recoveries.iter();
        let recoveries = recoveries.map(|recovery| (nanos(recovery.at), Plan::Recover(NodeIndex::new(recovery.node))));
        let mut faults = crashes.chain(recoveries).collect::<Vec<_>>();
        sorting::by(&mut faults, |one, other| other.cmp(one));
        let mut agenda = Agenda { impulses, given: 0, faults, next: u64::MAX };
        agenda.look_ahead();
        agenda
    }

    fn look_ahead(&mut self) {
        let impulse = self.impulses.get(self.given).map_or(u64::MAX, |(_, at)| nanos(*at));
        let fault = self.faults.last().map_or(u64::MAX, |(at, _)| *at);
        self.next = impulse.min(fault);
    }

    /// When something is due next; `u64::MAX` if nothing is.
    #[inline]
    pub(super) fn next_time(&self) -> u64 {
        self.next
    }

    #[inline]
    pub(super) fn take_due(&mut self, now: u64) -> Option<Plan> {
        if self.next <= now { self.take(now) } else { None }
    }

    fn take(&mut self, now: u64) -> Option<Plan> {
        let plan = self.take_first(now);
        self.look_ahead();
        plan
    }

    fn take_first(&mut self, now: u64) -> Option<Plan> {
        if let Some((_, plan)) = self.faults.pop_if(|(at, _)| *at <= now) {
            return Some(plan);
        }
        let (node, _) = self.impulses.get(self.given).filter(|(_, at)| nanos(*at) <= now)?;
        let plan = Plan::Impulse(*node);
        self.given += 1;
        if self.given == self.impulses.len() {
            (self.impulses, self.given) = (Vec::new(), 0);
        }
        Some(plan)
    }

    /// Whether something planned will set a quiet system going again; `dead` tells who has crashed.
    pub(super) fn wakes(&self, dead: impl Fn(NodeIndex) -> bool) -> bool {
        let recovers = |(_, plan): &(u64, Plan)| matches!(plan, Plan::Recover(node) if dead(*node));
        self.given < self.impulses.len() || self.faults.iter().any(recovers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Crash, Recovery};

    #[test]
    fn at_one_time_faults_come_before_impulses_and_those_in_the_given_order() {
        let (node, secs) = (NodeIndex::new, Duration::from_secs);
        let faults = Faults {
            crashes: vec![Crash::new(1, secs(2)), Crash::new(0, secs(1))],
            recoveries: vec![Recovery::new(1, secs(3))],
            ..Faults::default()
        };
        let mut agenda = Agenda::new(vec![(node(5), secs(1)), (node(4), secs(1)), (node(6), secs(0))], &faults);
        let mut happened = Vec::new();
        while agenda.next_time() < u64::MAX {
            let now = agenda.next_time();
            while let Some(plan) = agenda.take_due(now) {
                happened.push((now / 1_000_000_000, plan));
            }
        }
        let crash = |at, index| (at, Plan::Crash(node(index), Leaving::Drawn));
        let impulse = |at, index| (at, Plan::Impulse(node(index)));
        let expected = [impulse(0, 6), crash(1, 0), impulse(1, 5), impulse(1, 4), crash(2, 1), (3, Plan::Recover(node(1)))];
        assert_eq!(happened, expected);
    }
}
