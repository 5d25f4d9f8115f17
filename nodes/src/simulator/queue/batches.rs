//! What is under way when every message takes equally long: it arrives in the order of sending.

use std::collections::VecDeque;

use super::slots::Lane;

/// Lanes whose times never decrease from one to the next.
#[derive(Debug)]
pub(super) struct Batches {
    /// What is due at each time before the latest.
    due: VecDeque<(u64, Lane)>,
    /// What is due at the latest time: where items enter.
    open: Lane,
    latest: u64,
}

impl Batches {
    pub(super) fn new() -> Self {
        Batches { due: VecDeque::new(), open: Lane::default(), latest: 0 }
    }

    /// Where an item goes that is due then.
    #[inline(always)]
    pub(super) fn lane(&mut self, at: u64) -> &mut Lane {
        if at != self.latest {
            self.begin(at);
        }
        &mut self.open
    }

    #[cold]
    fn begin(&mut self, at: u64) {
        debug_assert!(at > self.latest, "times do not decrease");
        if !self.open.is_empty() {
            self.due.push_back((self.latest, std::mem::take(&mut self.open)));
        }
        self.latest = at;
    }

    #[inline]
    pub(super) fn next_time(&self) -> Option<u64> {
        match self.due.front() {
            Some((time, _)) => Some(*time),
            None => (!self.open.is_empty()).then_some(self.latest),
        }
    }

    /// Takes what is due at the earliest time.
    pub(super) fn take_due(&mut self) -> Lane {
        self.due.pop_front().map_or_else(|| std::mem::take(&mut self.open), |(_, lane)| lane)
    }

    pub(super) fn lanes(&self) -> impl Iterator<Item = Lane> {
        self.due.iter().map(|(_, lane)| *lane).chain([self.open])
    }

    /// Takes something out of one of the lanes.
    pub(super) fn take<T>(&mut self, take: impl FnMut(&mut Lane) -> Option<T>) -> Option<T> {
        let found = self.due.iter_mut().map(|(_, lane)| lane).chain([&mut self.open]).find_map(take);
        self.due.retain(|(_, lane)| !lane.is_empty());
        found
    }
}
