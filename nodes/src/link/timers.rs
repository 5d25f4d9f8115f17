//! When which link must be looked at: a heap that is put right only when its first entry is read.
//!
//! A link's deadline moves with every datagram, mostly to later.  So the heap holds for each link some time that is not later
//! than its deadline, and an entry that comes first too early is put back.

use core::cmp::Reverse;
use core::time::Duration;
use std::collections::BinaryHeap;

/// At most a few entries for each link.
#[derive(Clone, Debug, Default)]
pub(super) struct Timers(BinaryHeap<Reverse<(Duration, u32)>>);

impl Timers {
    pub(super) fn push(&mut self, at: Duration, link: u32) {
        self.0.push(Reverse((at, link)));
    }

    /// The first entry.
    pub(super) fn first(&self) -> Option<(Duration, u32)> {
        self.0.peek().map(|first| first.0)
    }

    /// Takes out the first entry.
    pub(super) fn pop(&mut self) {
        self.0.pop();
    }
}
