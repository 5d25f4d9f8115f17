//! A set of byte strings, numbered in the order of their coming.  It is exact, no hash stands for a string: unless it was asked to forget
//! strings, of which their 64-bit fingerprints are left.
//!
//! With 128 bits no two of them would ever be the same, but then they take as much as the states of small instances themselves; with 64,
//! two of 10^8 states look the same with probability 0.0003.

use std::io;

use super::spill::{Piece, Spill};

/// So many strings lie in one piece of memory, so that none is ever moved when more come.
const CHUNK: usize = 1 << 16;

/// An empty place of the table.
const NONE: u32 = u32::MAX;

/// When states are forgotten, and what is left of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Compaction {
    /// How many bits of each.
    pub(crate) bits: u32,
    /// As soon as they have been looked at, and not only when there is no memory for them.
    pub(crate) at_once: bool,
}

/// A set of byte strings.  The numbers of its strings are `0..len()`.
#[derive(Debug)]
pub(super) struct Store {
    chunks: Vec<Chunk>,
    /// By open addressing: the numbers of strings.
    table: Vec<u32>,
    /// Some bits of each string's hash, beside the table: most strings that differ are told apart without a look at them.
    tags: Vec<u8>,
    len: usize,
    /// The fingerprints of the first strings, which were forgotten; piece by piece, as the strings.
    prints: Vec<Vec<u64>>,
    forgotten: usize,
    /// The bits of a fingerprint: all, but in tests.
    mask: u64,
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
        Store::with_prints_of(u64::BITS)
    }

    /// One whose fingerprints have so many bits, of 1 to 64.
    pub(super) fn with_prints_of(bits: u32) -> Self {
        let mask = u64::MAX >> (u64::BITS - bits);
        let (table, tags) = (vec![NONE; 64], vec![0; 64]);
        Store { chunks: Vec::new(), table, tags, len: 0, prints: Vec::new(), forgotten: 0, mask }
    }

    /// How many strings it holds.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The memory that it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        let chunks = self.chunks.iter().map(|chunk| chunk.bytes.memory() + chunk.ends.memory());
        let prints = self.prints.iter().map(|prints| size_of::<u64>() * prints.capacity());
        chunks.sum::<usize>() + 5 * self.table.len() + prints.sum::<usize>()
    }

    /// The string of that number, unless it was forgotten.
    pub(super) fn get(&self, number: u32) -> Option<&[u8]> {
        (number as usize >= self.forgotten).then(|| self.string(number))
    }

    fn string(&self, number: u32) -> &[u8] {
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
        for chunk in full.iter_mut().skip(self.forgotten / CHUNK) {
            spill.take(&mut chunk.bytes)?;
            spill.take(&mut chunk.ends)?;
        }
        Ok(())
    }

    /// Forgets the strings before that number: from now on, one that has the fingerprint of one of them is taken for it.
    pub(super) fn forget(&mut self, before: u32) {
        for number in self.forgotten..(before as usize).min(self.len) {
            let print = self.hash(self.string(number as u32));
            if number.is_multiple_of(CHUNK) {
                self.prints.push(Vec::with_capacity(CHUNK));
            }
            self.prints[number / CHUNK].push(print);
            self.forgotten = number + 1;
            if self.forgotten.is_multiple_of(CHUNK) {
                self.chunks[number / CHUNK] = Chunk::default();
            }
        }
    }

    /// No string is looked for any more: the table is given back, and the fingerprints, unless [`is`](Store::is) will be asked.
    pub(super) fn close(&mut self, is_asked: bool) {
        (self.table, self.tags) = (Vec::new(), Vec::new());
        if !is_asked {
            self.prints = Vec::new();
        }
    }

    /// Whether any was forgotten.
    pub(super) fn has_forgotten(&self) -> bool {
        self.forgotten > 0
    }

    /// How likely it is that a string was taken for another, at most: n^2 / 2^65 for n strings, if any was forgotten.
    pub(super) fn omission(&self) -> f64 {
        if self.forgotten == 0 { 0.0 } else { ((self.len as f64).powi(2) / (self.mask as f64 + 1.0) / 2.0).min(1.0) }
    }

    fn hash(&self, bytes: &[u8]) -> u64 {
        hash(bytes) & self.mask
    }

    /// The hash of a string that is there.
    fn hash_of(&self, number: usize) -> u64 {
        if number < self.forgotten {
            self.prints[number / CHUNK][number % CHUNK]
        } else {
            self.hash(self.string(number as u32))
        }
    }

    /// The number of a string, if it is there.
    ///
    /// # Panics
    /// If it was closed.
    pub(super) fn find(&self, bytes: &[u8]) -> Option<u32> {
        self.place_of(bytes, self.hash(bytes)).1
    }

    /// The number of a string, and whether it is new.
    ///
    /// # Panics
    /// If the strings cannot be numbered any more: there are 4 billion; or if it was closed.
    pub(super) fn insert(&mut self, bytes: &[u8]) -> (u32, bool) {
        let hash = self.hash(bytes);
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
                number if self.tags[place] == tag(hash) && self.is_hashed(number, bytes, hash) => return (place, Some(number)),
                _ => place = (place + 1) & mask,
            }
        }
    }

    /// Whether a string is that of a number, or has its fingerprint if that was forgotten.
    pub(super) fn is(&self, number: u32, bytes: &[u8]) -> bool {
        self.is_hashed(number, bytes, self.hash(bytes))
    }

    fn is_hashed(&self, number: u32, bytes: &[u8], hash: u64) -> bool {
        match self.get(number) {
            Some(known) => known == bytes,
            None => self.hash_of(number as usize) == hash,
        }
    }

    fn grow(&mut self) {
        let size = self.table.len() * 2;
        (self.table, self.tags) = (Vec::new(), Vec::new());
        let (mut table, mut tags) = (vec![NONE; size], vec![0; size]);
        for number in 0..self.len as u32 {
            let hash = self.hash_of(number as usize);
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
            assert_eq!((store.find(&bytes), store.get(number)), (Some(number), Some(&bytes[..])));
        }
        assert_eq!(store.find(&[9]), None);
    }
    #[test]
    fn of_strings_that_are_forgotten_it_knows_which_they_were() {
        let strings = (0..200_000_u32).map(|number| number.to_le_bytes());
        let (mut store, mut spill) = (Store::new(), Spill::new(&std::env::temp_dir()).unwrap());
        for (number, string) in strings.clone().enumerate() {
            assert_eq!(store.insert(&string), (number as u32, true));
            match number {
                70_000 => store.forget(69_999),
                150_000 => store.spill(&mut spill).unwrap(),
                180_000 => store.forget(170_000),
                _ => {}
            }
        }
        for (number, string) in strings.clone().enumerate() {
            let known = store.get(number as u32);
            assert_eq!((store.find(&string), known), (Some(number as u32), Some(&string[..]).filter(|_| number >= 170_000)));
        }
        assert_eq!(store.find(&[9]), None);
        assert_eq!(store.omission(), 200_000_f64.powi(2) / 2_f64.powi(65));
    }

    #[test]
    fn strings_with_few_bits_are_taken_for_each_other() {
        let mut store = Store::with_prints_of(8);
        let new = (0..10_000_u32).filter(|number| {
            let is_new = store.insert(&number.to_le_bytes()).1;
            store.forget(store.len() as u32);
            is_new
        });
        assert_eq!((new.count(), store.len(), store.omission()), (256, 256, 1.0_f64.min(65_536.0 / 512.0)));
    }
}
