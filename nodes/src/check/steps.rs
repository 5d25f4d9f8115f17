//! Which steps are known: the table that makes each handler run once for each pair of local state and event.

use core::ops::Range;

use super::machine::{Cause, LocalId};

/// The outcomes of each pair of local state and cause: a range of their places, by open addressing.
pub(super) struct Steps {
    table: Vec<(u64, u32, u32)>,
    len: usize,
}

impl Steps {
    /// No pair has this key.
    const NONE: u64 = u64::MAX;

    pub(super) fn new() -> Self {
        Steps { table: vec![(Self::NONE, 0, 0); 256], len: 0 }
    }

    /// The key of a step in that local state; or of one in which the node crashes.
    pub(super) fn key(local: LocalId, cause: Cause, crashes: bool) -> u64 {
        let cause = match cause {
            Cause::Impulse => 0,
            Cause::Recover => 1,
            Cause::Packet(packet) => 2 + 2 * u64::from(packet),
            Cause::Alarm(index) => 3 + 2 * u64::from(index),
        };
        (cause << 1 | u64::from(crashes)) << 32 | u64::from(local)
    }

    fn place(table: &[(u64, u32, u32)], key: u64) -> usize {
        let mask = table.len() - 1;
        let mut place = (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20) as usize & mask;
        while table[place].0 != key && table[place].0 != Self::NONE {
            place = (place + 1) & mask;
        }
        place
    }

    /// How many bytes it takes.
    pub(super) fn memory(&self) -> usize {
        self.table.len() * size_of::<(u64, u32, u32)>()
    }

    pub(super) fn get(&self, key: u64) -> Option<Range<usize>> {
        let (found, from, to) = self.table[Self::place(&self.table, key)];
        (found == key).then_some(from as usize..to as usize)
    }

    pub(super) fn insert(&mut self, key: u64, outcomes: Range<usize>) {
        let place = Self::place(&self.table, key);
        self.table[place] = (key, outcomes.start as u32, outcomes.end as u32);
        self.len += 1;
        if self.len * 2 > self.table.len() {
            let mut larger = vec![(Self::NONE, 0, 0); self.table.len() * 2];
            for entry in self.table.iter().filter(|entry| entry.0 != Self::NONE) {
                let place = Self::place(&larger, entry.0);
                larger[place] = *entry;
            }
            self.table = larger;
        }
    }
}
