//! Which steps are known: the table that makes each handler run once for each pair of local state and event.

use core::ops::Range;

use super::machine::{Cause, LocalId};

/// The outcomes of each pair of local state and cause: a range of their places, by open addressing.
pub(super) struct Steps {
    table: Vec<(u64, u32, u32)>,
    /// The keys, in the order in which their steps became known.
    keys: Vec<u64>,
}

impl Steps {
    /// No pair has this key.
    const NONE: u64 = u64::MAX;

    pub(super) fn new() -> Self {
        Steps { table: vec![(Self::NONE, 0, 0); 256], keys: Vec::new() }
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

    /// What a key stands for.
    fn read(key: u64) -> (LocalId, Cause, bool) {
        let cause = match key >> 33 {
            0 => Cause::Impulse,
            1 => Cause::Recover,
            even if even % 2 == 0 => Cause::Packet((even / 2 - 1) as u32),
            odd => Cause::Alarm((odd / 2 - 1) as u32),
        };
        (key as LocalId, cause, key >> 32 & 1 == 1)
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
        self.table.len() * size_of::<(u64, u32, u32)>() + self.keys.capacity() * size_of::<u64>()
    }

    pub(super) fn get(&self, key: u64) -> Option<Range<usize>> {
        let (found, from, to) = self.table[Self::place(&self.table, key)];
        (found == key).then_some(from as usize..to as usize)
    }

    /// Those that became known after the first `known`, in that order; `true` if the node crashes.
    pub(super) fn since(&self, known: usize) -> impl Iterator<Item = (LocalId, Cause, bool, Range<usize>)> + '_ {
        self.keys[known..].iter().filter_map(|key| {
            let (local, cause, crashes) = Self::read(*key);
            Some((local, cause, crashes, self.get(*key)?))
        })
    }

    pub(super) fn insert(&mut self, key: u64, outcomes: Range<usize>) {
        let place = Self::place(&self.table, key);
        self.table[place] = (key, outcomes.start as u32, outcomes.end as u32);
        self.keys.push(key);
        if self.keys.len() * 2 > self.table.len() {
            let mut larger = vec![(Self::NONE, 0, 0); self.table.len() * 2];
            for entry in self.table.iter().filter(|entry| entry.0 != Self::NONE) {
                let place = Self::place(&larger, entry.0);
                larger[place] = *entry;
            }
            self.table = larger;
        }
    }
}
