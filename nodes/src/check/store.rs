//! An exact set of byte strings, numbered in the order of their coming: no hash stands for a string.

use std::io;

use super::spill::{Piece, Spill};

/// So many strings lie in one piece of memory, so that none is ever moved when more come.
const CHUNK: usize = 1 << 16;

/// An empty place of the table.
const NONE: u32 = u32::MAX;

/// A set of byte strings.  The numbers of its strings are `0..len()`.
#[derive(Debug)]
pub(super) struct Store {
    chunks: Vec<Chunk>,
    /// By open addressing: the numbers of strings.
    table: Vec<u32>,
    /// Some bits of each string's hash, beside the table: most strings that differ are told apart without a look at them.
    tags: Vec<u8>,
    len: usize,
}

#[derive(Debug, Default)]
struct Chunk {
    bytes: Piece,
    /// Where each string ends, four bytes each.
    ends: Piece,
}

impl Chunk {
    #[inline]
    fn end(&self, place: usize) -> usize {
        let (ends, _) = self.ends.as_chunks::<4>();
        u32::from_le_bytes(ends[place]) as usize
    }
}

impl Store {
    pub(super) fn new() -> Self {
        Store { chunks: Vec::new(), table: vec![NONE; 64], tags: vec![0; 64], len: 0 }
    }

    /// How many strings it holds.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The memory that it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        let chunks = self.chunks.iter().map(|chunk| chunk.bytes.memory() + chunk.ends.memory());
        chunks.sum::<usize>() + 5 * self.table.len()
    }

    /// The string of that number.
    pub(super) fn get(&self, number: u32) -> &[u8] {
        let chunk = &self.chunks[number as usize / CHUNK];
        let place = number as usize % CHUNK;
        let start = if place == 0 { 0 } else { chunk.end(place - 1) };
        &chunk.bytes[start..chunk.end(place)]
    }

    /// Moves the strings to a file, but for the last, which may get company.
    ///
    /// # Errors
    /// If the file cannot take all of them: the others stay in memory.
    pub(super) fn spill(&mut self, spill: &mut Spill) -> io::Result<()> {
        let Some((_, full)) = self.chunks.split_last_mut() else { return Ok(()) };
        for chunk in full {
            spill.take(&mut chunk.bytes)?;
            spill.take(&mut chunk.ends)?;
        }
        Ok(())
    }

    /// The number of a string, if it is there.
    pub(super) fn find(&self, bytes: &[u8]) -> Option<u32> {
        self.place_of(bytes, hash(bytes)).1
    }

    /// The number of a string, and whether it is new.
    ///
    /// # Panics
    /// If the strings cannot be numbered any more: there are 4 billion.
    pub(super) fn insert(&mut self, bytes: &[u8]) -> (u32, bool) {
        let hash = hash(bytes);
        let (place, found) = self.place_of(bytes, hash);
        if let Some(number) = found {
            return (number, false);
        }
        let number = self.len as u32;
        assert!(number < NONE - 1, "more states than can be numbered");
        if self.len.is_multiple_of(CHUNK) {
            self.chunks.push(Chunk::default());
        }
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.bytes.growing().extend_from_slice(bytes);
            let end = chunk.bytes.len() as u32;
            chunk.ends.growing().extend_from_slice(&end.to_le_bytes());
        }
        (self.table[place], self.tags[place]) = (number, tag(hash));
        self.len += 1;
        if self.len * 4 > self.table.len() * 3 {
            self.grow();
        }
        (number, true)
    }

    /// Where a string stands in the table, or would stand.
    fn place_of(&self, bytes: &[u8], hash: u64) -> (usize, Option<u32>) {
        let mask = self.table.len() - 1;
        let mut place = hash as usize & mask;
        loop {
            match self.table[place] {
                NONE => return (place, None),
                number if self.tags[place] == tag(hash) && self.get(number) == bytes => return (place, Some(number)),
                _ => place = (place + 1) & mask,
            }
        }
    }

    fn grow(&mut self) {
        let size = self.table.len() * 2;
        (self.table, self.tags) = (Vec::new(), Vec::new());
        let (mut table, mut tags) = (vec![NONE; size], vec![0; size]);
        for number in 0..self.len as u32 {
            let hash = hash(self.get(number));
            let mut place = hash as usize & (size - 1);
            while table[place] != NONE {
                place = (place + 1) & (size - 1);
            }
            (table[place], tags[place]) = (number, tag(hash));
        }
        (self.table, self.tags) = (table, tags);
    }
}

/// The bits of a hash that the place in the table does not show.
fn tag(hash: u64) -> u8 {
    (hash >> 56) as u8
}

/// Eight bytes at a time, each mixed by a multiplication (the finaliser of splitmix64).
fn hash(bytes: &[u8]) -> u64 {
    let mix = |mut z: u64| {
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    let (words, rest) = bytes.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let start = (bytes.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let all = words.iter().fold(start, |hash, word| mix(hash ^ u64::from_le_bytes(*word)));
    mix(all ^ u64::from_le_bytes(last))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::random::Random;

    #[test]
    fn it_is_a_map_from_strings_to_the_order_of_their_coming() {
        let mut random = Random::stream(1, "store", 0);
        let (mut store, mut known) = (Store::new(), BTreeMap::new());
        let mut spill = Spill::new(&std::env::temp_dir()).unwrap();
        for round in 0..200_000 {
            if round % 5_000 == 0 {
                store.spill(&mut spill).unwrap();
            }
            let bytes = (0..random.below(12)).map(|_| random.below(4) as u8).collect::<Vec<_>>();
            let next = known.len() as u32;
            let number = *known.entry(bytes.clone()).or_insert(next);
            assert_eq!(store.insert(&bytes), (number, number == next));
        }
        assert!(known.len() > CHUNK, "more than one chunk: {}", known.len());
        assert_eq!(store.len(), known.len());
        assert!(spill.length() > 0, "some of it lies in a file");
        for (bytes, number) in known {
            assert_eq!((store.find(&bytes), store.get(number)), (Some(number), &bytes[..]));
        }
        assert_eq!(store.find(&[9]), None);
    }
}
