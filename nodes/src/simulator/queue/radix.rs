//! A radix heap (Ahuja, Mehlhorn, Orlin & Tarjan 1990): a priority queue for times that never lie before the last one taken.
//!
//! An item lies in the bucket of the highest bit in which its time differs from the last time taken.  When the earliest time
//! is taken, only the bucket that it is in is dealt out anew, to lower buckets; so an item moves at most 64 times, and far fewer
//! in practice.
//!
//! Items of one time are always in one bucket, in the order of arrival: a bucket is dealt out from its front, and the buckets
//! that it is dealt to are empty then.

use super::slots::{Lane, Slots};

/// Items due at times that do not lie before the last time taken.
#[derive(Debug)]
pub(super) struct RadixHeap<T> {
    /// Due at `last`, in the slots of the queue.
    present: Lane,
    /// Bucket b: the highest bit in which the time differs from `last` is b.
    buckets: [Lane; BUCKETS],
    /// The earliest time in each bucket.
    earliest: [u64; BUCKETS],
    /// A bit for each bucket that holds something.
    occupied: u64,
    /// What the buckets hold.
    later: Slots<(u64, T)>,
    last: u64,
}

const BUCKETS: usize = u64::BITS as usize;

impl<T> RadixHeap<T> {
    pub(super) fn new() -> Self {
        RadixHeap {
            present: Lane::default(),
            buckets: [Lane::default(); BUCKETS],
            earliest: [u64::MAX; BUCKETS],
            occupied: 0,
            later: Slots::new(),
            last: 0,
        }
    }

    #[inline(never)]
    pub(super) fn push(&mut self, at: u64, item: T, slots: &mut Slots<T>) {
        debug_assert!(at >= self.last, "nothing is due before the last time taken");
        match (at ^ self.last).checked_ilog2() {
            None => slots.push(&mut self.present, item),
            Some(bit) => {
                let bucket = bit as usize;
                self.occupied |= 1 << bucket;
                self.earliest[bucket] = self.earliest[bucket].min(at);
                self.later.push(&mut self.buckets[bucket], (at, item));
            }
        }
    }

    #[inline]
    pub(super) fn next_time(&self) -> Option<u64> {
        if !self.present.is_empty() {
            Some(self.last)
        } else if self.occupied != 0 {
            Some(self.earliest[self.occupied.trailing_zeros() as usize])
        } else {
            None
        }
    }

    /// Takes what is due at `now`, the earliest time.
    pub(super) fn take_due(&mut self, now: u64, slots: &mut Slots<T>) -> Lane {
        if self.present.is_empty() {
            self.deal_out(now, slots);
        }
        std::mem::take(&mut self.present)
    }

    /// Deals out the bucket that the earliest time is in.
    fn deal_out(&mut self, now: u64, slots: &mut Slots<T>) {
        let bucket = self.occupied.trailing_zeros() as usize;
        self.occupied &= !(1 << bucket);
        self.earliest[bucket] = u64::MAX;
        self.last = now;
        let mut dealt = std::mem::take(&mut self.buckets[bucket]);
        while let Some((at, item)) = self.later.pop(&mut dealt) {
            self.push(at, item, slots);
        }
    }

    pub(super) fn items<'a>(&'a self, slots: &'a Slots<T>) -> impl Iterator<Item = &'a T> {
        let later = self.buckets.iter().flat_map(|bucket| self.later.items(*bucket));
        slots.items(self.present).chain(later.map(|(_, item)| item))
    }

    pub(super) fn take(&mut self, wanted: impl Fn(&T) -> bool, slots: &mut Slots<T>) -> Option<T> {
        if let Some(item) = slots.take(&mut self.present, &wanted) {
            return Some(item);
        }
        let RadixHeap { buckets, later, .. } = self;
        let mut found = |bucket: usize| Some((bucket, later.take(&mut buckets[bucket], |(_, item)| wanted(item))?));
        let (bucket, (_, item)) = (0..BUCKETS).find_map(&mut found)?;
        match later.items(buckets[bucket]).map(|(at, _)| *at).min() {
            Some(earliest) => self.earliest[bucket] = earliest,
            None => {
                self.earliest[bucket] = u64::MAX;
                self.occupied &= !(1 << bucket);
            }
        }
        Some(item)
    }
}
