//! What has arrived beyond a gap: disjoint ranges of a stream, in order, never touching, and few.

/// The most ranges that are kept: what would make another counts as not arrived, so memory and the work per datagram are
/// bounded.
pub(super) const MAX_RANGES: usize = 128;

/// Ranges `start..end`.
#[derive(Clone, Debug, Default)]
pub(super) struct Ranges(Vec<(u64, u64)>);

/// How a range lies to those that are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// None of it is kept; it belongs at this index.
    New(usize),
    /// All of it is kept.
    Known,
    /// Some of it is kept.
    Overlaps,
}

impl Ranges {
    pub(super) fn as_slice(&self) -> &[(u64, u64)] {
        &self.0
    }

    /// Where the range lies.
    pub(super) fn place(&self, start: u64, end: u64) -> Place {
        let index = self.0.partition_point(|kept| kept.1 <= start);
        match self.0.get(index) {
            Some(kept) if kept.0 <= start && end <= kept.1 => Place::Known,
            Some(kept) if kept.0 < end => Place::Overlaps,
            _ => Place::New(index),
        }
    }

    /// Puts in a range that [`place`](Ranges::place) called new, at the index that it gave.  False if there are too many.
    pub(super) fn insert(&mut self, index: usize, start: u64, end: u64) -> bool {
        let touches_next = self.0.get(index).is_some_and(|next| next.0 == end);
        let touches_previous = index > 0 && self.0[index - 1].1 == start;
        match (touches_previous, touches_next) {
            (true, true) => {
                self.0[index - 1].1 = self.0[index].1;
                self.0.remove(index);
            }
            (true, false) => self.0[index - 1].1 = end,
            (false, true) => self.0[index].0 = start,
            (false, false) if self.0.len() < MAX_RANGES => self.0.insert(index, (start, end)),
            (false, false) => return false,
        }
        true
    }

    /// Takes out the first range if it starts there; returns its end.
    pub(super) fn take_from(&mut self, start: u64) -> Option<u64> {
        let first = *self.0.first()?;
        (first.0 == start).then(|| self.0.remove(0).1)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// As a set of single numbers.
        #[test]
        fn are_a_set(parts in proptest::collection::vec((0u64..400, 1u64..20), 1..200)) {
            let (mut ranges, mut set) = (Ranges::default(), BTreeSet::new());
            for (start, len) in parts {
                let end = start + len;
                let known = (start..end).filter(|number| set.contains(number)).count() as u64;
                match ranges.place(start, end) {
                    Place::Known => prop_assert_eq!(known, len),
                    Place::Overlaps => prop_assert!(known > 0 && known < len),
                    Place::New(index) => {
                        prop_assert_eq!(known, 0);
                        prop_assert!(ranges.insert(index, start, end));
                        set.extend(start..end);
                    }
                }
                let listed: Vec<u64> = ranges.as_slice().iter().flat_map(|range| range.0..range.1).collect();
                prop_assert_eq!(&listed, &set.iter().copied().collect::<Vec<_>>());
                prop_assert!(ranges.as_slice().windows(2).all(|pair| pair[0].1 < pair[1].0), "ranges touch");
            }
            if let Some(first) = set.first().copied() {
                prop_assert_eq!(ranges.take_from(first + 1), None);
                let end = ranges.take_from(first);
                prop_assert!(end.is_some_and(|end| !set.contains(&end) && (first..end).all(|number| set.contains(&number))));
            }
        }
    }

    #[test]
    fn are_few() {
        let mut ranges = Ranges::default();
        for index in 0..MAX_RANGES {
            assert!(ranges.insert(index, index as u64 * 10, index as u64 * 10 + 1));
        }
        assert!(!ranges.insert(MAX_RANGES, 10_000, 10_001), "one more");
        assert!(ranges.insert(1, 1, 2), "what touches another takes no place");
    }
}
