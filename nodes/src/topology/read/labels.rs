//! The labels of a file's nodes, numbered in the order of first appearance.

use core::hash::BuildHasher;
use std::hash::RandomState;

/// No label yet.
const FREE: u32 = u32::MAX;

/// A hash table of numbers.  Nothing depends on the order in it, so graphs do not depend on how it hashes; at random, so that
/// no file is made of labels that fall on one place.
#[derive(Debug, Default)]
pub(super) struct Labels {
    labels: Vec<String>,
    /// A power of two, at most half of it taken.
    table: Vec<u32>,
    hasher: RandomState,
}

impl Labels {
    pub(super) fn len(&self) -> usize {
        self.labels.len()
    }

    /// All of them, by number.
    pub(super) fn into_vec(self) -> Vec<String> {
        self.labels
    }

    /// All of them, by number.
    pub(super) fn as_slice(&self) -> &[String] {
        &self.labels
    }

    /// The number of a label, if it has appeared.
    pub(super) fn find(&self, label: &str) -> Option<u32> {
        if self.table.is_empty() {
            return None;
        }
        let number = self.table[self.slot(label)];
        (number != FREE).then_some(number)
    }

    /// The number of a label, the next if it has not appeared.
    pub(super) fn number(&mut self, label: &str) -> u32 {
        if self.labels.len() * 2 >= self.table.len() {
            self.grow();
        }
        let slot = self.slot(label);
        if self.table[slot] == FREE {
            self.table[slot] = self.labels.len() as u32;
            self.labels.push(label.to_owned());
        }
        self.table[slot]
    }

    /// Where the label is, or has its place.
    fn slot(&self, label: &str) -> usize {
        let last = self.table.len() - 1;
        let mut slot = self.hasher.hash_one(label) as usize & last;
        while self.table[slot] != FREE && self.labels[self.table[slot] as usize] != label {
            slot = (slot + 1) & last;
        }
        slot
    }

    fn grow(&mut self) {
        self.table = vec![FREE; (self.table.len() * 2).max(16)];
        for number in 0..self.labels.len() {
            let slot = self.slot(&self.labels[number]);
            self.table[slot] = number as u32;
        }
    }
}
