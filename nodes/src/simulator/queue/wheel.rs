//! A timing wheel (Varghese & Lauck 1987): a slot for each time that something may be due at, when delays are bounded.

use super::lane::{Lane, Pool};

/// Items that are due less than one turn of the wheel ahead.
#[derive(Debug)]
pub(in crate::simulator) struct Wheel<T> {
    slots: Box<[Lane<T>]>,
    /// A bit for each slot that holds something.
    occupied: Box<[u64]>,
    /// How many slots hold something.
    count: usize,
}

impl<T> Wheel<T> {
    /// For items that are due at most `horizon` ahead.
    pub(super) fn new(horizon: u64) -> Self {
        let size = (horizon as usize + 1).next_power_of_two().max(64);
        Wheel { slots: (0..size).map(|_| Lane::new()).collect(), occupied: vec![0; size / 64].into(), count: 0 }
    }

    #[inline]
    fn slot(&self, time: u64) -> usize {
        time as usize & (self.slots.len() - 1)
    }

    /// Where an item goes that is due then.
    #[inline(always)]
    pub(super) fn room(&mut self, at: u64, pool: &mut Pool<T>) -> &mut Vec<T> {
        let slot = self.slot(at);
        let lane = &mut self.slots[slot];
        if lane.is_empty() {
            self.occupied[slot / 64] |= 1 << (slot % 64);
            self.count += 1;
        }
        lane.room(pool)
    }

    /// The earliest time at which something is due; nothing is due before `now`.
    pub(super) fn next_time(&self, now: u64) -> Option<u64> {
        if self.count == 0 {
            return None;
        }
        let start = self.slot(now);
        let words = self.occupied.len();
        // The word that `now` is in comes twice: first its upper part, at last its lower.
        for step in 0..=words {
            let word = (start / 64 + step) % words;
            let mut bits = self.occupied[word];
            if step == 0 {
                bits &= !0 << (start % 64);
            } else if step == words {
                bits &= !(!0 << (start % 64));
            }
            if bits != 0 {
                let slot = word * 64 + bits.trailing_zeros() as usize;
                return Some(now + (slot.wrapping_sub(start) & (self.slots.len() - 1)) as u64);
            }
        }
        None
    }

    #[inline]
    pub(super) fn is_due(&self, now: u64) -> bool {
        let slot = self.slot(now);
        self.occupied[slot / 64] & 1 << (slot % 64) != 0
    }

    pub(super) fn take_due(&mut self, now: u64) -> Option<Vec<T>> {
        let slot = self.slot(now);
        let lane = &mut self.slots[slot];
        let chunk = lane.take_chunk()?;
        if lane.is_empty() {
            self.count -= 1;
            self.occupied[slot / 64] &= !(1 << (slot % 64));
        }
        Some(chunk)
    }

    pub(super) fn items(&self) -> impl Iterator<Item = &T> {
        self.slots.iter().flat_map(Lane::items)
    }

    pub(super) fn take(&mut self, wanted: impl Fn(&T) -> bool) -> Option<T> {
        let (slot, item) = (0..self.slots.len()).find_map(|slot| Some((slot, self.slots[slot].take(&wanted)?)))?;
        if self.slots[slot].is_empty() {
            self.count -= 1;
            self.occupied[slot / 64] &= !(1 << (slot % 64));
        }
        Some(item)
    }
}
