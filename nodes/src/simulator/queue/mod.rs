//! What is under way, by time; what is due at the same time, in the order of sending.
//!
//! Three forms of one thing, the faster the less they allow: all delays equal, delays bounded, any delays.

mod batches;
mod lane;
mod radix;
#[cfg(test)]
mod tests;
mod wheel;

use batches::Batches;
use radix::RadixHeap;
use wheel::Wheel;

/// Items by time, first in first out among equal times.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "there is one queue in a run")]
pub(super) enum Queue<T> {
    /// All delays are equal.
    Equal(Batches<T>),
    /// Delays are bounded.
    Bounded(Wheel<T>),
    /// Anything.
    Any(RadixHeap<T>),
}

impl<T> Queue<T> {
    /// For items whose times never decrease from one to the next.
    pub(super) fn equal() -> Self {
        Queue::Equal(Batches::new())
    }

    /// For items that are due at most `horizon` after the time at which they are pushed.
    pub(super) fn bounded(horizon: u64) -> Self {
        Queue::Bounded(Wheel::new(horizon))
    }

    /// For any items.
    pub(super) fn any() -> Self {
        Queue::Any(RadixHeap::new())
    }

    /// Adds an item, due not before the present time.
    #[inline]
    pub(super) fn push(&mut self, at: u64, item: T) {
        match self {
            Queue::Equal(batches) => batches.push(at, item),
            Queue::Bounded(wheel) => wheel.push(at, item),
            Queue::Any(heap) => heap.push(at, item),
        }
    }

    /// The earliest time at which something is due; everything due before `now` has been taken.
    #[inline]
    pub(super) fn next_time(&self, now: u64) -> Option<u64> {
        match self {
            Queue::Equal(batches) => batches.next_time(),
            Queue::Bounded(wheel) => wheel.next_time(now),
            Queue::Any(heap) => heap.next_time(),
        }
    }

    /// Takes the first item due at `now`; everything due before has been taken.
    #[inline]
    pub(super) fn pop_due(&mut self, now: u64) -> Option<T> {
        match self {
            Queue::Equal(batches) => batches.pop_due(now),
            Queue::Bounded(wheel) => wheel.pop_due(now),
            Queue::Any(heap) => heap.pop_due(now),
        }
    }
}
