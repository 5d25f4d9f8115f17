//! A set of byte strings, numbered in the order of their coming.  It is exact, no hash stands for a string: unless it was asked to forget
//! strings, of which their 64-bit fingerprints are left.
//!
//! With 128 bits no two of them would ever be the same, but then they take as much as the states of small instances themselves; with 64,
//! two of 10^8 states look the same with probability 0.0003.

use std::io;

use super::spill::{Piece, Spill};
use crate::tables::{Table, filled, prefetch};

/// So many strings lie in one piece of memory, so that none is ever moved when more come.
const CHUNK: usize = 1 << 16;

/// Of every so manieth string it is noted where it begins.
const MARK: usize = 16;

/// The length of a string that is longer stands before it, in four bytes.
const LONG: u8 = u8::MAX;

/// So many strings stand in a bucket.
const ROOM: usize = 12;

/// A one in each byte.
const ONES: u128 = u128::MAX / 255;

/// From so many buckets on, they are seldom in the caches of the processor.
const FAR: usize = 1 << 11;

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
    /// A string stands in the bucket that its hash tells, or, if that is full, in the next that is not.
    buckets: Table<Bucket>,
    len: usize,
    /// The fingerprints of the first strings, which were forgotten; piece by piece, as the strings.
    prints: Vec<Vec<u64>>,
    forgotten: usize,
    /// The bits of a fingerprint: all, but in tests.
    mask: u64,
}

/// Some strings of the table: a line of the processor's cache.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Bucket {
    numbers: [u32; ROOM],
    /// Some bits of each string's hash: most strings that differ are told apart without a look at them.
    tags: [u8; ROOM],
    len: u8,
}

#[derive(Debug, Default)]
struct Chunk {
    bytes: Piece,
    /// How long each string is, or [`LONG`].
    lengths: Piece,
    /// Where each [`MARK`]th begins.
    marks: Vec<u32>,
}

impl Bucket {
    const EMPTY: Bucket = Bucket { numbers: [0; ROOM], tags: [0; ROOM], len: 0 };

    /// The numbers of the strings that have these bits in their hash, and perhaps some others.
    #[inline]
    fn with(&self, tag: u8) -> impl Iterator<Item = u32> {
        // A byte is 0 if it is the same: then a bit passes from it to its highest one.  Above such a byte, another may look so, too.
        let spread = u64::from(tag) * ONES as u64;
        let mut tags = [0; 16];
        tags[..ROOM].copy_from_slice(&self.tags);
        let unlike = u128::from_le_bytes(tags) ^ (u128::from(spread) << 64 | u128::from(spread));
        let filled = (1 << (8 * u32::from(self.len))) - 1;
        let mut hits = unlike.wrapping_sub(ONES) & !unlike & (ONES << 7) & filled;
        core::iter::from_fn(move || {
            let place = hits.trailing_zeros() as usize / 8;
            hits &= hits.wrapping_sub(1);
            self.numbers.get(place).copied()
        })
    }

    /// Whether there was room.
    #[inline]
    fn add(&mut self, number: u32, tag: u8) -> bool {
        let place = usize::from(self.len);
        if place == ROOM {
            return false;
        }
        (self.numbers[place], self.tags[place]) = (number, tag);
        self.len += 1;
        true
    }
}

impl Chunk {
    fn add(&mut self, bytes: &[u8]) {
        let lengths = self.lengths.growing();
        if lengths.len().is_multiple_of(MARK) {
            self.marks.push(self.bytes.len() as u32);
        }
        match u8::try_from(bytes.len()) {
            Ok(length) if length < LONG => lengths.push(length),
            _ => {
                lengths.push(LONG);
                self.bytes.growing().extend((bytes.len() as u32).to_le_bytes());
            }
        }
        self.bytes.growing().extend_from_slice(bytes);
        if self.lengths.len() == CHUNK {
            [&mut self.bytes, &mut self.lengths].into_iter().for_each(|piece| piece.growing().shrink_to_fit());
            self.marks.shrink_to_fit();
        }
    }

    /// Where a string begins and ends, if what stands before it ends there.
    #[inline]
    fn bounds(&self, start: usize, length: u8) -> (usize, usize) {
        if length < LONG {
            return (start, start + usize::from(length));
        }
        let length = self.bytes[start..].first_chunk::<4>().map_or(0, |length| u32::from_le_bytes(*length));
        (start + 4, start + 4 + length as usize)
    }

    #[inline]
    fn get(&self, place: usize) -> &[u8] {
        let before = self.lengths[place - place % MARK..place].iter();
        let start = before.fold(self.marks[place / MARK] as usize, |start, length| self.bounds(start, *length).1);
        let (start, end) = self.bounds(start, self.lengths[place]);
        &self.bytes[start..end]
    }
}

impl Store {
    pub(super) fn new() -> Self {
        Store::with_prints_of(u64::BITS)
    }

    /// One whose fingerprints have so many bits, of 1 to 64.
    pub(super) fn with_prints_of(bits: u32) -> Self {
        let mask = u64::MAX >> (u64::BITS - bits);
        Store { chunks: Vec::new(), buckets: filled(4, Bucket::EMPTY), len: 0, prints: Vec::new(), forgotten: 0, mask }
    }

    /// How many strings it holds.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The memory that it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        let of = |chunk: &Chunk| chunk.bytes.memory() + chunk.lengths.memory() + 4 * chunk.marks.capacity();
        let prints = self.prints.iter().map(|prints| size_of::<u64>() * prints.capacity());
        self.chunks.iter().map(of).sum::<usize>() + size_of_val(&*self.buckets) + prints.sum::<usize>()
    }

    /// The string of that number, unless it was forgotten.
    pub(super) fn get(&self, number: u32) -> Option<&[u8]> {
        (number as usize >= self.forgotten).then(|| self.string(number))
    }

    #[inline]
    fn string(&self, number: u32) -> &[u8] {
        self.chunks[number as usize / CHUNK].get(number as usize % CHUNK)
    }

    /// Moves the strings to a file, but for the last, which may get company.
    ///
    /// # Errors
    /// If the file cannot take all of them: the others stay in memory.
    pub(super) fn spill(&mut self, spill: &mut Spill) -> io::Result<()> {
        let Some((_, full)) = self.chunks.split_last_mut() else { return Ok(()) };
        for chunk in full.iter_mut().skip(self.forgotten / CHUNK) {
            spill.take(&mut chunk.bytes)?;
            spill.take(&mut chunk.lengths)?;
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
        self.buckets = Table::new();
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

    /// What is known of a string before it is looked for.
    pub(super) fn hash(&self, bytes: &[u8]) -> u64 {
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
        self.look_for(bytes, self.hash(bytes)).ok()
    }

    /// The number of a string, and whether it is new.
    ///
    /// # Panics
    /// If the strings cannot be numbered any more: there are 4 billion; or if it was closed.
    pub(super) fn insert(&mut self, bytes: &[u8]) -> (u32, bool) {
        self.insert_hashed(bytes, self.hash(bytes))
    }

    /// The same of a string with that hash.
    pub(super) fn insert_hashed(&mut self, bytes: &[u8], hash: u64) -> (u32, bool) {
        let bucket = match self.look_for(bytes, hash) {
            Ok(number) => return (number, false),
            Err(bucket) => bucket,
        };
        let number = self.len as u32;
        assert!(number < u32::MAX, "more states than can be numbered");
        if self.len.is_multiple_of(CHUNK) {
            self.chunks.push(Chunk::default());
        }
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.add(bytes);
        }
        self.buckets[bucket].add(number, tag(hash));
        self.len += 1;
        if self.len * 8 > self.buckets.len() * ROOM * 7 {
            self.grow();
        }
        (number, true)
    }

    /// Has the processor fetch what it takes to look for strings with these hashes: to wait for all at once takes as long as for one.
    pub(super) fn fetch(&self, hashes: &[u64]) {
        if self.buckets.len() < FAR {
            return;
        }
        hashes.iter().for_each(|hash| prefetch(&self.buckets[self.bucket(*hash)]));
        let alike = |hash: &u64| self.buckets[self.bucket(*hash)].with(tag(*hash)).next();
        for number in hashes.iter().filter_map(alike) {
            let (chunk, place) = (&self.chunks[number as usize / CHUNK], number as usize % CHUNK);
            if let (Some(length), Some(mark)) = (chunk.lengths.get(place), chunk.marks.get(place / MARK)) {
                prefetch(length);
                prefetch(mark);
            }
        }
        for string in hashes.iter().filter_map(alike).filter_map(|number| self.get(number)) {
            string.first().into_iter().chain(string.last()).for_each(prefetch);
        }
    }

    /// The first bucket in which a string may stand.
    #[inline]
    fn bucket(&self, hash: u64) -> usize {
        (((hash & u64::from(u32::MAX)) * self.buckets.len() as u64) >> 32) as usize
    }

    #[inline]
    fn after(&self, bucket: usize) -> usize {
        if bucket + 1 == self.buckets.len() { 0 } else { bucket + 1 }
    }

    /// The number of a string, or else the bucket in which it would stand.
    fn look_for(&self, bytes: &[u8], hash: u64) -> Result<u32, usize> {
        let mut place = self.bucket(hash);
        loop {
            let bucket = &self.buckets[place];
            if let Some(number) = bucket.with(tag(hash)).find(|number| self.is_hashed(*number, bytes, hash)) {
                return Ok(number);
            }
            if usize::from(bucket.len) < ROOM {
                return Err(place);
            }
            place = self.after(place);
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

    #[cold]
    fn grow(&mut self) {
        let size = self.buckets.len() * 3 / 2 + 1;
        // Not both at a time.
        self.buckets = Table::new();
        self.buckets = filled(size, Bucket::EMPTY);
        let mut hashes = Vec::with_capacity(MARK);
        for first in (0..self.len).step_by(MARK) {
            hashes.clear();
            hashes.extend((first..self.len.min(first + MARK)).map(|number| self.hash_of(number)));
            hashes.iter().for_each(|hash| prefetch(&self.buckets[self.bucket(*hash)]));
            for (number, hash) in (first as u32..).zip(&hashes) {
                let mut place = self.bucket(*hash);
                while !self.buckets[place].add(number, tag(*hash)) {
                    place = self.after(place);
                }
            }
        }
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
            // Some are long.
            let more = if random.chance(0.001) { random.below(600) } else { 0 };
            let bytes = (0..random.below(12) + more).map(|_| random.below(4) as u8).collect::<Vec<_>>();
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
