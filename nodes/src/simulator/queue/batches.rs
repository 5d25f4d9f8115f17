//! What is under way when every message takes equally long: it arrives in the order of sending.

use std::collections::VecDeque;

use super::lane::{Lane, Pool};

/// Items whose times never decrease from one to the next.
#[derive(Debug)]
pub(in crate::simulator) struct Batches<T> {
    lane: Lane<T>,
    pool: Pool<T>,
    /// How many items are due at each time.
    due: VecDeque<(u64, usize)>,
}

impl<T> Batches<T> {
    pub(super) fn new() -> Self {
        Batches { lane: Lane::new(), pool: Pool::new(), due: VecDeque::new() }
    }

    #[inline]
    pub(super) fn push(&mut self, at: u64, item: T) {
        match self.due.back_mut() {
            Some((time, count)) if *time == at => *count += 1,
            last => {
                debug_assert!(last.is_none_or(|(time, _)| *time < at), "times do not decrease");
                self.due.push_back((at, 1));
            }
        }
        self.lane.push(item, &mut self.pool);
    }

    #[inline]
    pub(super) fn next_time(&self) -> Option<u64> {
        self.due.front().map(|(time, _)| *time)
    }

    #[inline]
    pub(super) fn pop_due(&mut self, now: u64) -> Option<T> {
        match self.due.front_mut() {
            Some((time, count)) if *time == now => {
                *count -= 1;
                if *count == 0 {
                    self.due.pop_front();
                }
                self.lane.pop(&mut self.pool)
            }
            _ => None,
        }
    }
}
