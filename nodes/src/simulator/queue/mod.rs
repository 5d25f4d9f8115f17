//! What is under way, by time; what is due at the same time, in the order of sending.
//!
//! Three forms of one thing, the faster the less they allow: all delays equal, delays bounded, any delays.

mod batches;
mod radix;
mod slots;
#[cfg(test)]
mod tests;
mod wheel;

use batches::Batches;
use radix::RadixHeap;
use slots::{Lane, Slots};
use wheel::Wheel;

/// What a queue allows: the less, the faster.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// Times never decrease from one item to the next.
    Equal,
    /// Items are due at most so much after the time at which they are pushed.
    Bounded(u64),
    /// Any times.
    Any,
}

/// Items by time, first in first out among equal times.
#[derive(Debug)]
pub(super) struct Queue<T> {
    form: Form<T>,
    slots: Slots<T>,
    /// What is being taken, and when it is due.
    current: Lane,
    current_time: u64,
}

// A tag of its own: to read it out of what a field cannot be takes longer than the rest of the choice.
#[derive(Debug)]
#[repr(u8)]
#[allow(clippy::large_enum_variant, reason = "there is one queue in a run")]
enum Form<T> {
    /// All delays are equal.
    Equal(Batches),
    /// Delays are bounded.
    Bounded(Wheel),
    /// Anything.
    Any(RadixHeap<T>),
}

impl<T> Queue<T> {
    /// An empty queue of that kind.
    pub(super) fn new(kind: Kind) -> Self {
        let form = match kind {
            Kind::Equal => Form::Equal(Batches::new()),
            Kind::Bounded(horizon) => Form::Bounded(Wheel::new(horizon)),
            Kind::Any => Form::Any(RadixHeap::new()),
        };
        Queue { form, slots: Slots::new(), current: Lane::default(), current_time: 0 }
    }

    /// Expects so many items at a time: it need not grow for them, step by step.
    pub(super) fn expect(&mut self, items: usize) {
        debug_assert!(self.next_time(0).is_none(), "nothing has been pushed");
        self.slots = Slots::with_capacity(items);
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
            Form::Equal(batches) => self.slots.push_made(batches.lane(at), make),
            Form::Bounded(wheel) => self.slots.push_made(wheel.lane(at), make),
            Form::Any(heap) => heap.push(at, make(), &mut self.slots),
        }
    }

    /// Has the place fetched where an item would go that is due then, if that can be told.
    #[inline]
    pub(super) fn prefetch(&self, at: u64) {
        if let Form::Bounded(wheel) = &self.form {
            self.slots.prefetch(wheel.due(at));
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
    #[inline(always)]
    pub(super) fn pop(&mut self) -> Option<T> {
        self.slots.pop(&mut self.current)
    }

    /// What will be taken after so many others, if it is due at the same time.
    #[inline]
    pub(super) fn ahead(&self, others: usize) -> Option<&T> {
        self.slots.ahead(self.current, others)
    }

    /// All items, in no order.
    pub(super) fn items(&self) -> impl Iterator<Item = &T> {
        let in_lane = |lane| self.slots.items(lane);
        let items: Box<dyn Iterator<Item = &T>> = match &self.form {
            Form::Equal(batches) => Box::new(batches.lanes().flat_map(in_lane)),
            Form::Bounded(wheel) => Box::new(wheel.lanes().flat_map(in_lane)),
            Form::Any(heap) => Box::new(heap.items(&self.slots)),
        };
        in_lane(self.current).chain(items)
    }

    /// Takes an item that is wanted, wherever it is.
    pub(super) fn take(&mut self, wanted: impl Fn(&T) -> bool) -> Option<T> {
        let slots = &mut self.slots;
        if let Some(item) = slots.take(&mut self.current, &wanted) {
            return Some(item);
        }
        match &mut self.form {
            Form::Equal(batches) => batches.take(|lane| slots.take(lane, &wanted)),
            Form::Bounded(wheel) => wheel.take(|lane| slots.take(lane, &wanted)),
            Form::Any(heap) => heap.take(wanted, slots),
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
            Form::Bounded(wheel) => !wheel.due(now).is_empty(),
            Form::Any(heap) => heap.next_time() == Some(now),
        }
    }

    #[inline(never)]
    fn fetch(&mut self, now: u64) -> bool {
        self.current = match &mut self.form {
            Form::Equal(batches) => batches.take_due(),
            Form::Bounded(wheel) => wheel.take_due(now),
            Form::Any(heap) => heap.take_due(now, &mut self.slots),
        };
        self.current_time = now;
        true
    }
}
