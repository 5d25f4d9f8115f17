//! A timing wheel (Varghese & Lauck 1987): a lane for each time that something may be due at, when delays are bounded.

use super::slots::Lane;

/// What is due less than one turn of the wheel ahead.
#[derive(Debug)]
pub(super) struct Wheel {
    lanes: Box<[Lane]>,
    /// A bit for each lane that holds something.
    occupied: Box<[u64]>,
    /// How many hold something.
    count: usize,
}

impl Wheel {
    /// For items that are due at most `horizon` ahead.
    pub(super) fn new(horizon: u64) -> Self {
        let size = (horizon as usize + 1).next_power_of_two().max(64);
        Wheel { lanes: vec![Lane::default(); size].into(), occupied: vec![0; size / 64].into(), count: 0 }
    }

    #[inline]
    fn place(&self, time: u64) -> usize {
        time as usize & (self.lanes.len() - 1)
    }

    /// Where an item goes that is due then; one is about to.
    #[inline(always)]
    pub(super) fn lane(&mut self, at: u64) -> &mut Lane {
        let place = self.place(at);
        let lane = &mut self.lanes[place];
        if lane.is_empty() {
            self.occupied[place / 64] |= 1 << (place % 64);
            self.count += 1;
        }
        lane
    }

    /// What is due then.
    #[inline]
    pub(super) fn due(&self, at: u64) -> Lane {
        self.lanes[self.place(at)]
    }

    /// The earliest time at which something is due; nothing is due before `now`.
    pub(super) fn next_time(&self, now: u64) -> Option<u64> {
        if self.count == 0 {
            return None;
        }
        let start = self.place(now);
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
                let place = word * 64 + bits.trailing_zeros() as usize;
                return Some(now + (place.wrapping_sub(start) & (self.lanes.len() - 1)) as u64);
            }
        }
        None
    }

    /// Takes what is due then.
    pub(super) fn take_due(&mut self, at: u64) -> Lane {
        let place = self.place(at);
        let lane = std::mem::take(&mut self.lanes[place]);
        if !lane.is_empty() {
            self.emptied(place);
        }
        lane
    }

    /// A lane holds nothing any more.
    fn emptied(&mut self, place: usize) {
        self.count -= 1;
        self.occupied[place / 64] &= !(1 << (place % 64));
    }

    pub(super) fn lanes(&self) -> impl Iterator<Item = Lane> {
        self.lanes.iter().copied()
    }

    /// Takes something out of one of the lanes.
    pub(super) fn take<T>(&mut self, mut take: impl FnMut(&mut Lane) -> Option<T>) -> Option<T> {
        let (place, found) = (0..self.lanes.len()).find_map(|place| Some((place, take(&mut self.lanes[place])?)))?;
        if self.lanes[place].is_empty() {
            self.emptied(place);
        }
        Some(found)
    }
}
