//! What is under way, by time; what is due at the same time, in the order of sending.
//!
//! Three forms of one thing, the faster the less they allow: all delays equal, delays bounded, any delays.

mod batches;
mod lane;
mod radix;
#[cfg(test)]
mod tests;
mod wheel;

use std::collections::VecDeque;

use batches::Batches;
use lane::Pool;
use radix::RadixHeap;
use wheel::Wheel;

/// Items by time, first in first out among equal times.
#[derive(Debug)]
pub(super) struct Queue<T> {
    form: Form<T>,
    /// What is being taken, and when it is due.
    current: VecDeque<T>,
    current_time: u64,
    pool: Pool<T>,
}

#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "there is one queue in a run")]
enum Form<T> {
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
        Queue::new(Form::Equal(Batches::new()))
    }

    /// For items that are due at most `horizon` after the time at which they are pushed.
    pub(super) fn bounded(horizon: u64) -> Self {
        Queue::new(Form::Bounded(Wheel::new(horizon)))
    }

    /// For any items.
    pub(super) fn any() -> Self {
        Queue::new(Form::Any(RadixHeap::new()))
    }

    fn new(form: Form<T>) -> Self {
        Queue { form, current: VecDeque::new(), current_time: 0, pool: Pool::new() }
    }

    /// Adds an item, due not before the present time.
    pub(super) fn push(&mut self, at: u64, item: T) {
        self.push_made(at, || item);
    }

    /// Adds an item, due not before the present time.
    // The item is made where it goes: made elsewhere, and copied at once, it would cost more than all the rest.
    #[inline(always)]
    pub(super) fn push_made(&mut self, at: u64, make: impl FnOnce() -> T) {
        match &mut self.form {
            Form::Equal(batches) => batches.room(at, &mut self.pool).push(make()),
            Form::Bounded(wheel) => wheel.room(at, &mut self.pool).push(make()),
            Form::Any(heap) => heap.push(at, make(), &mut self.pool),
        }
    }

    /// The earliest time at which something is due; everything due before `now` has been taken.
    pub(super) fn next_time(&self, now: u64) -> Option<u64> {
        if !self.current.is_empty() {
            return Some(self.current_time);
        }
        match &self.form {
            Form::Equal(batches) => batches.next_time(),
            Form::Bounded(wheel) => wheel.next_time(now),
            Form::Any(heap) => heap.next_time(),
        }
    }

    /// Takes the first item due at `now`; everything due before has been taken.
    #[inline]
    pub(super) fn pop_due(&mut self, now: u64) -> Option<T> {
        if self.look_for(now) { self.pop() } else { None }
    }

    /// Takes the first of what is at hand.
    #[inline]
    pub(super) fn pop(&mut self) -> Option<T> {
        self.current.pop_front()
    }

    /// What will be taken next, as far as it is at hand.
    #[inline]
    pub(super) fn at_hand(&self) -> impl Iterator<Item = &T> {
        self.current.iter()
    }

    /// All items, in no order.
    pub(super) fn items(&self) -> impl Iterator<Item = &T> {
        let lanes: Box<dyn Iterator<Item = &T>> = match &self.form {
            Form::Equal(batches) => Box::new(batches.items()),
            Form::Bounded(wheel) => Box::new(wheel.items()),
            Form::Any(heap) => Box::new(heap.items()),
        };
        self.current.iter().chain(lanes)
    }

    /// Takes an item that is wanted, wherever it is.
    pub(super) fn take(&mut self, wanted: impl Fn(&T) -> bool) -> Option<T> {
        if let Some(place) = self.current.iter().position(&wanted) {
            return self.current.remove(place);
        }
        match &mut self.form {
            Form::Equal(batches) => batches.take(wanted),
            Form::Bounded(wheel) => wheel.take(wanted),
            Form::Any(heap) => heap.take(wanted),
        }
    }

    /// Whether something is due at `now`; if so, the first of it is at hand.
    #[inline]
    pub(super) fn look_for(&mut self, now: u64) -> bool {
        !self.current.is_empty() || (self.is_due(now) && self.fetch(now))
    }

    /// Whether something that is not at hand is due at `now`.
    #[inline]
    fn is_due(&self, now: u64) -> bool {
        match &self.form {
            Form::Equal(batches) => batches.next_time() == Some(now),
            Form::Bounded(wheel) => wheel.is_due(now),
            Form::Any(heap) => heap.next_time() == Some(now),
        }
    }

    #[inline(never)]
    fn fetch(&mut self, now: u64) -> bool {
        let due = match &mut self.form {
            Form::Equal(batches) => batches.take_due(now),
            Form::Bounded(wheel) => wheel.take_due(now),
            Form::Any(heap) => heap.take_due(now, &mut self.pool),
        };
        let Some(due) = due else { return false };
        // Between vectors and deques nothing is copied.
        self.pool.give_back(std::mem::replace(&mut self.current, VecDeque::from(due)).into());
        self.current_time = now;
        true
    }
}
