//! Sets of nodes that change at each step, and are shown in order.

const BITS: usize = u64::BITS as usize;

/// A set of indices: a bit for each, and a bit for each word of those that is not 0.
#[derive(Debug, Default)]
pub(super) struct NodeSet {
    words: Vec<u64>,
    filled: Vec<u64>,
}

// What is derived is marked to be inlined, so that it is made for each protocol.
impl Clone for NodeSet {
    #[inline(never)]
    fn clone(&self) -> Self {
        NodeSet { words: self.words.clone(), filled: self.filled.clone() }
    }
}

impl NodeSet {
    /// Adds an index.
    pub(super) fn insert(&mut self, index: usize) {
        let word = index / BITS;
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
            self.filled.resize(word / BITS + 1, 0);
        }
        self.words[word] |= 1 << (index % BITS);
        self.filled[word / BITS] |= 1 << (word % BITS);
    }

    /// Removes an index, if it is there.
    pub(super) fn remove(&mut self, index: usize) {
        let word = index / BITS;
        let Some(bits) = self.words.get_mut(word) else { return };
        *bits &= !(1 << (index % BITS));
        if *bits == 0 {
            self.filled[word / BITS] &= !(1 << (word % BITS));
        }
    }

    /// The first index that is not below that.
    pub(super) fn first_from(&self, index: usize) -> Option<usize> {
        let word = index / BITS;
        if let Some(bit) = first(*self.words.get(word)?, index % BITS) {
            return Some(word * BITS + bit);
        }
        let mut start = word + 1;
        while let Some(filled) = self.filled.get(start / BITS) {
            if let Some(bit) = first(*filled, start % BITS) {
                let word = start / BITS * BITS + bit;
                return first(self.words[word], 0).map(|bit| word * BITS + bit);
            }
            start = (start / BITS + 1) * BITS;
        }
        None
    }
}

/// The first bit of a word that is set and not below that.
fn first(word: u64, from: usize) -> Option<usize> {
    let bits = word >> from << from;
    (bits != 0).then(|| bits.trailing_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::random::Random;

    #[test]
    fn it_is_a_set_in_order() {
        for (seed, most) in [(1, 10), (2, 200), (3, 5_000), (4, 300_000)] {
            let mut random = Random::stream(seed, "set", 0);
            let (mut set, mut known) = (NodeSet::default(), BTreeSet::new());
            for _ in 0..2_000 {
                let index = random.range(0..most);
                if random.chance(0.5) {
                    set.insert(index);
                    known.insert(index);
                } else {
                    set.remove(index);
                    known.remove(&index);
                }
                let from = random.range(0..most);
                assert_eq!(set.first_from(from), known.range(from..).next().copied());
            }
            let shown = core::iter::successors(set.first_from(0), |index| set.first_from(index + 1));
            assert_eq!(shown.collect::<Vec<_>>(), known.into_iter().collect::<Vec<_>>());
        }
    }
}
