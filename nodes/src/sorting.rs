//! Order where its speed is of no matter.  The sorts of `std` are large, and are generated again for each type and order that
//! something is sorted by, also where a set or a map is collected: builds would wait for that longer than for anything else.

use core::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// As `sort`.
pub(crate) fn sort<T: Ord>(items: &mut [T]) {
    by(items, T::cmp);
}

/// As `sort_by_key`.
pub(crate) fn by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    by(items, |one, other| key(one).cmp(&key(other)));
}

/// As `sort_by`.
pub(crate) fn by<T>(items: &mut [T], order: impl Fn(&T, &T) -> Ordering) {
    let mut sorted = places(items.len(), &|one, other| order(&items[one], &items[other]));
    for place in 0..sorted.len() {
        let mut from = sorted[place];
        // What stood there has been swapped with another since.
        while from < place {
            from = sorted[from];
        }
        sorted[place] = from;
        items.swap(place, from);
    }
}

/// The places of so many items, in their order.
fn places(count: usize, order: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places = (0..count).collect::<Vec<_>>();
    places.sort_by(|one, other| order(*one, *other));
    places
}

/// The place of the first item that has stood before.
pub(crate) fn repeated<T: Ord>(items: &[T]) -> Option<usize> {
    first_repeated(items.len(), &|one, other| items[one].cmp(&items[other]))
}

fn first_repeated(count: usize, order: &dyn Fn(usize, usize) -> Ordering) -> Option<usize> {
    places(count, order).windows(2).filter(|pair| order(pair[0], pair[1]).is_eq()).map(|pair| pair[1]).min()
}

/// As `collect` into a set.
pub(crate) fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    set.extend(items);
    set
}

/// As `collect` into a map.
pub(crate) fn map<K: Ord, V>(pairs: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    map.extend(pairs);
    map
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// Against the sorts of `std`: items that are equal in what they are sorted by keep their order.
    #[test]
    fn it_sorts_as_std_does() {
        let mut random = Random::stream(1, "sorts", 0);
        for count in (0..40).chain([500]) {
            let items = (0..count).map(|place| (random.range(0..=count / 2), place)).collect::<Vec<_>>();
            let (mut by_key, mut downwards, mut whole) = (items.clone(), items.clone(), items.clone());
            super::by_key(&mut by_key, |(key, _)| *key);
            by(&mut downwards, |(one, _), (other, _)| other.cmp(one));
            sort(&mut whole);
            let mut right = items.clone();
            right.sort_by_key(|(key, _)| *key);
            assert_eq!(by_key, right);
            right.sort();
            assert_eq!(whole, right);
            right = items;
            right.sort_by(|(one, _), (other, _)| other.cmp(one));
            assert_eq!(downwards, right);
        }
    }

    #[test]
    fn the_first_that_has_stood_before_is_found() {
        assert_eq!(repeated(&[3, 1, 2]), None);
        assert_eq!(repeated(&[7, 3, 5, 3, 7, 3]), Some(3));
    }

    #[test]
    fn an_item_is_in_a_set_once() {
        assert_eq!(set([2, 1, 2]), BTreeSet::from([1, 2]));
    }

    #[cfg(feature = "cli")]
    #[test]
    fn of_pairs_of_one_key_the_last_stays() {
        assert_eq!(map([(2, 'a'), (1, 'b'), (2, 'c')]), BTreeMap::from([(1, 'b'), (2, 'c')]));
    }
}
