//! What is under way when every message takes equally long: it arrives in the order of sending.

use std::collections::VecDeque;

use super::lane::{Lane, Pool};

/// Items whose times never decrease from one to the next.
#[derive(Debug)]
pub(in crate::simulator) struct Batches<T> {
    /// What is due at each time before the latest.
    due: VecDeque<(u64, Lane<T>)>,
    /// What is due at the latest time: where items enter.
    open: Lane<T>,
    latest: u64,
}

impl<T> Batches<T> {
    pub(super) fn new() -> Self {
        Batches { due: VecDeque::new(), open: Lane::new(), latest: 0 }
    }

    /// Where an item goes that is due then.
    #[inline(always)]
    pub(super) fn room(&mut self, at: u64, pool: &mut Pool<T>) -> &mut Vec<T> {
        if at != self.latest {
            self.begin(at);
        }
        self.open.room(pool)
    }

    #[cold]
    fn begin(&mut self, at: u64) {
        debug_assert!(at > self.latest, "times do not decrease");
        if !self.open.is_empty() {
            self.due.push_back((self.latest, std::mem::replace(&mut self.open, Lane::new())));
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

    pub(super) fn take_due(&mut self, now: u64) -> Option<Vec<T>> {
        let Some((time, lane)) = self.due.front_mut() else {
            return if self.latest == now { self.open.take_chunk() } else { None };
        };
        if *time != now {
            return None;
        }
        let chunk = lane.take_chunk();
        if lane.is_empty() {
            self.due.pop_front();
        }
        chunk
    }

    pub(super) fn items(&self) -> impl Iterator<Item = &T> {
        self.due.iter().flat_map(|(_, lane)| lane.items()).chain(self.open.items())
    }

    pub(super) fn take(&mut self, wanted: impl Fn(&T) -> bool) -> Option<T> {
        let found = self.due.iter_mut().find_map(|(_, lane)| lane.take(&wanted));
        self.due.retain(|(_, lane)| !lane.is_empty());
        found.or_else(|| self.open.take(wanted))
    }
}
