//! What is under way when every message takes equally long: it arrives in the order of sending.

use std::collections::VecDeque;

use super::lane::{Lane, Pool};

/// Items whose times never decrease from one to the next.
#[derive(Debug)]
pub(in crate::simulator) struct Batches<T> {
    /// What is due at each time.
    due: VecDeque<(u64, Lane<T>)>,
}

impl<T> Batches<T> {
    pub(super) fn new() -> Self {
        Batches { due: VecDeque::new() }
    }

    #[inline]
    pub(super) fn push(&mut self, at: u64, item: T, pool: &mut Pool<T>) {
        match self.due.back_mut() {
            Some((time, lane)) if *time == at => lane.push(item, pool),
            last => {
                debug_assert!(last.is_none_or(|(time, _)| *time < at), "times do not decrease");
                let mut lane = Lane::new();
                lane.push(item, pool);
                self.due.push_back((at, lane));
            }
        }
    }

    pub(super) fn next_time(&self) -> Option<u64> {
        self.due.front().map(|(time, _)| *time)
    }

    pub(super) fn take_due(&mut self, now: u64) -> Option<Vec<T>> {
        let (_, lane) = self.due.front_mut().filter(|(time, _)| *time == now)?;
        let chunk = lane.take_chunk();
        if lane.is_empty() {
            self.due.pop_front();
        }
        chunk
    }
}
