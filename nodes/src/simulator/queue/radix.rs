//! A radix heap (Ahuja, Mehlhorn, Orlin & Tarjan 1990): a priority queue for times that never lie before the last one taken.
//!
//! An item lies in the bucket of the highest bit in which its time differs from the last time taken.  When the earliest time
//! is taken, only the bucket that it is in is dealt out anew, to lower buckets; so an item moves at most 64 times, and far fewer
//! in practice.
//!
//! Items of one time are always in one bucket, in the order of arrival: a bucket is dealt out from its front, and the buckets
//! that it is dealt to are empty then.

use super::lane::{Lane, Pool};

/// Items due at times that do not lie before the last time taken.
#[derive(Debug)]
pub(in crate::simulator) struct RadixHeap<T> {
    /// Due at `last`.
    present: Lane<T>,
    /// Bucket b: the highest bit in which the time differs from `last` is b.
    buckets: Box<[Lane<(u64, T)>]>,
    /// The earliest time in each bucket.
    earliest: [u64; BUCKETS],
    /// A bit for each bucket that holds something.
    occupied: u64,
    pool: Pool<(u64, T)>,
    last: u64,
}

const BUCKETS: usize = u64::BITS as usize;

impl<T> RadixHeap<T> {
    pub(super) fn new() -> Self {
        RadixHeap {
            present: Lane::new(),
            buckets: (0..BUCKETS).map(|_| Lane::new()).collect(),
            earliest: [u64::MAX; BUCKETS],
            occupied: 0,
            pool: Pool::new(),
            last: 0,
        }
    }

    #[inline(never)]
    pub(super) fn push(&mut self, at: u64, item: T, pool: &mut Pool<T>) {
        debug_assert!(at >= self.last, "nothing is due before the last time taken");
        match (at ^ self.last).checked_ilog2() {
            None => self.present.push(item, pool),
            Some(bit) => {
                let bucket = bit as usize;
                self.occupied |= 1 << bucket;
                self.earliest[bucket] = self.earliest[bucket].min(at);
                self.buckets[bucket].push((at, item), &mut self.pool);
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

    pub(super) fn take_due(&mut self, now: u64, pool: &mut Pool<T>) -> Option<Vec<T>> {
        if self.next_time() != Some(now) {
            return None;
        }
        if self.present.is_empty() {
            self.deal_out(now, pool);
        }
        self.present.take_chunk()
    }

    /// Takes `now`, the earliest time: deals out the bucket that it is in.
    fn deal_out(&mut self, now: u64, pool: &mut Pool<T>) {
        let bucket = self.occupied.trailing_zeros() as usize;
        self.occupied &= !(1 << bucket);
        self.earliest[bucket] = u64::MAX;
        self.last = now;
        let mut dealt = std::mem::replace(&mut self.buckets[bucket], Lane::new());
        while let Some(mut chunk) = dealt.take_chunk() {
            for (at, item) in chunk.drain(..) {
                self.push(at, item, pool);
            }
            self.pool.give_back(chunk);
        }
    }

    pub(super) fn items(&self) -> impl Iterator<Item = &T> {
        self.present.items().chain(self.buckets.iter().flat_map(Lane::items).map(|(_, item)| item))
    }

    pub(super) fn take(&mut self, wanted: impl Fn(&T) -> bool) -> Option<T> {
        if let Some(item) = self.present.take(&wanted) {
            return Some(item);
        }
        let found = |bucket: usize, buckets: &mut [Lane<(u64, T)>]| buckets[bucket].take(|(_, item)| wanted(item));
        let (bucket, (_, item)) = (0..BUCKETS).find_map(|bucket| Some((bucket, found(bucket, &mut self.buckets)?)))?;
        match self.buckets[bucket].items().map(|(at, _)| *at).min() {
            Some(earliest) => self.earliest[bucket] = earliest,
            None => {
                self.earliest[bucket] = u64::MAX;
                self.occupied &= !(1 << bucket);
            }
        }
        Some(item)
    }
}
