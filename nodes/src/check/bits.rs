//! Sets of small numbers: of those below 64, in one word and no memory besides.

use core::slice::Iter;

const BITS: usize = u64::BITS as usize;

/// A set of numbers, a bit each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bits {
    low: u64,
    /// Of 64 numbers each, from 64 on.  The last is not 0, so that equal sets look the same.
    high: Vec<u64>,
}

impl Bits {
    #[inline]
    pub(super) fn clear(&mut self) {
        self.low = 0;
        self.high.clear();
    }

    #[inline]
    pub(super) fn insert(&mut self, number: usize) {
        if number < BITS {
            self.low |= 1 << number;
        } else {
            self.high_insert(number);
        }
    }

    #[cold]
    fn high_insert(&mut self, number: usize) {
        let word = number / BITS - 1;
        self.high.resize(self.high.len().max(word + 1), 0);
        self.high[word] |= 1 << (number % BITS);
    }

    #[inline]
    pub(super) fn contains(&self, number: usize) -> bool {
        if number < BITS { self.low >> number & 1 == 1 } else { self.high_contains(number) }
    }

    #[cold]
    fn high_contains(&self, number: usize) -> bool {
        self.high.get(number / BITS - 1).is_some_and(|word| word >> (number % BITS) & 1 == 1)
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.low == 0 && self.high.is_empty()
    }

    /// How many numbers it has.
    #[inline]
    pub(super) fn count(&self) -> usize {
        let high = self.high.iter().map(|word| word.count_ones());
        (self.low.count_ones() + high.sum::<u32>()) as usize
    }

    /// Whether another has all of its numbers.
    #[inline]
    pub(super) fn is_within(&self, other: &Bits) -> bool {
        self.low & !other.low == 0 && (self.high.is_empty() || self.high_is_within(other))
    }

    #[cold]
    fn high_is_within(&self, other: &Bits) -> bool {
        self.high.len() <= other.high.len() && self.high.iter().zip(&other.high).all(|(word, other)| word & !other == 0)
    }

    /// Adds the numbers of another.
    #[inline]
    pub(super) fn add_all(&mut self, other: &Bits) {
        self.low |= other.low;
        if !other.high.is_empty() {
            self.high_add_all(other);
        }
    }

    #[cold]
    fn high_add_all(&mut self, other: &Bits) {
        self.high.resize(self.high.len().max(other.high.len()), 0);
        self.high.iter_mut().zip(&other.high).for_each(|(word, other)| *word |= other);
    }

    /// The numbers that another has as well.
    #[inline]
    pub(super) fn common(&self, other: &Bits) -> Bits {
        let high = if self.high.is_empty() { Vec::new() } else { self.high_common(other) };
        Bits { low: self.low & other.low, high }
    }

    #[cold]
    fn high_common(&self, other: &Bits) -> Vec<u64> {
        let mut common = self.high.iter().zip(&other.high).map(|(word, other)| word & other).collect::<Vec<_>>();
        while common.last() == Some(&0) {
            common.pop();
        }
        common
    }

    /// Its numbers, from the least on.
    #[inline]
    pub(super) fn iter(&self) -> Numbers<'_> {
        Numbers { word: self.low, first: 0, rest: self.high.iter() }
    }
}

impl FromIterator<usize> for Bits {
    #[inline]
    fn from_iter<T: IntoIterator<Item = usize>>(numbers: T) -> Self {
        let mut bits = Bits::default();
        numbers.into_iter().for_each(|number| bits.insert(number));
        bits
    }
}

/// The numbers of a set.
pub(super) struct Numbers<'a> {
    word: u64,
    first: usize,
    rest: Iter<'a, u64>,
}

impl Iterator for Numbers<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.word == 0 {
            self.word = *self.rest.next()?;
            self.first += BITS;
        }
        let bit = self.word.trailing_zeros() as usize;
        self.word &= self.word - 1;
        Some(self.first + bit)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::random::Random;

    fn both(random: &mut Random, most: usize) -> (Bits, BTreeSet<usize>) {
        let numbers = (0..random.range(0..12)).map(|_| random.range(0..most)).collect::<BTreeSet<_>>();
        (numbers.iter().copied().collect(), numbers)
    }

    #[test]
    fn they_are_sets() {
        let mut random = Random::stream(1, "bits", 0);
        for round in 0..3_000 {
            let most = [8, 64, 65, 300][round % 4];
            let ((mut bits, mut numbers), (other, others)) = (both(&mut random, most), both(&mut random, most));
            let all = |bits: &Bits| bits.iter().collect::<BTreeSet<_>>();
            assert_eq!((all(&bits), bits.count(), bits.is_empty()), (numbers.clone(), numbers.len(), numbers.is_empty()));
            assert!((0..400).all(|number| bits.contains(number) == numbers.contains(&number)));
            assert_eq!(bits.is_within(&other), numbers.is_subset(&others));
            let common = bits.common(&other);
            assert_eq!(all(&common), &numbers & &others);
            assert!(common.is_within(&bits) && common.is_within(&other));
            assert_eq!(bits == other, numbers == others);
            bits.add_all(&other);
            numbers.extend(&others);
            assert_eq!(all(&bits), numbers);
            assert!(other.is_within(&bits));
            bits.clear();
            assert_eq!(bits, Bits::default());
        }
    }
}
