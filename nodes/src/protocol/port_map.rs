//! A value for each of some ports, and sets of ports, as arrays by the port's number.
//!
//! What protocols keep about their links is small and dense, and a map of it is generated for each type of its values: an array
//! takes a tenth of the code of a balanced tree, and no search.

use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;
use core::ops::{Index, IndexMut};

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::Ports;
use super::bounded::MAX_ELEMENTS;
use crate::topology::Port;

/// Where a port stands: [`Port::SELF`] first, then the others by number.
#[inline]
fn slot_of(port: Port) -> usize {
    port.index().wrapping_add(1) as u32 as usize
}

#[inline]
fn port_at(slot: usize) -> Port {
    if slot == 0 { Port::SELF } else { Port::new(slot - 1) }
}

/// Whether a port that was read from bytes is one that a node can have; bytes must not reserve room for others.
fn checked<E: Error>(port: Port) -> Result<Port, E> {
    if slot_of(port) <= MAX_ELEMENTS { Ok(port) } else { Err(E::custom("a port with too large a number")) }
}

/// A value for each of some ports of a node.
///
/// It is an array by the ports' numbers: to read and to write takes the same time for each port, and it has room for all ports up
/// to the greatest one in it.  Its order is that of the ports, [`Port::SELF`] first.  It is encoded like a map.
///
/// ```
/// use nodes::prelude::*;
///
/// let mut distance = PortMap::default();
/// distance.insert(Port::new(2), 7);
/// distance.insert(Port::new(0), 3);
/// *distance.or_default(Port::new(0)) += 1;
/// assert_eq!(distance.get(Port::new(1)), None);
/// assert_eq!(distance[Port::new(2)], 7);
/// assert_eq!(distance.values().min(), Some(&4));
/// ```
#[derive(Clone)]
pub struct PortMap<T> {
    slots: Vec<Option<T>>,
    len: usize,
}

impl<T> Default for PortMap<T> {
    fn default() -> Self {
        PortMap { slots: Vec::new(), len: 0 }
    }
}

impl<T> PortMap<T> {
    /// How many ports have a value.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether no port has one.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether `port` has one.
    #[inline]
    pub fn contains(&self, port: Port) -> bool {
        self.get(port).is_some()
    }

    /// That of `port`.
    #[inline]
    pub fn get(&self, port: Port) -> Option<&T> {
        self.slots.get(slot_of(port))?.as_ref()
    }

    /// That of `port`, to be changed.
    #[inline]
    pub fn get_mut(&mut self, port: Port) -> Option<&mut T> {
        self.slots.get_mut(slot_of(port))?.as_mut()
    }

    /// Gives `port` a value; returns the one that it had.
    pub fn insert(&mut self, port: Port, value: T) -> Option<T> {
        let slot = slot_of(port);
        while self.slots.len() <= slot {
            self.slots.push(None);
        }
        let before = self.slots[slot].replace(value);
        self.len += usize::from(before.is_none());
        before
    }

    /// Takes the value of `port` away.
    pub fn remove(&mut self, port: Port) -> Option<T> {
        let before = self.slots.get_mut(slot_of(port))?.take();
        self.len -= usize::from(before.is_some());
        before
    }

    /// That of `port`, which gets its type's default if it has none.
    pub fn or_default(&mut self, port: Port) -> &mut T
    where
        T: Default,
    {
        if !self.contains(port) {
            self.insert(port, T::default());
        }
        &mut self[port]
    }

    /// Takes all values away.
    pub fn clear(&mut self) {
        self.slots.clear();
        self.len = 0;
    }

    /// The ports that have a value, and their values.
    #[inline]
    pub fn iter(&self) -> PortMapIter<'_, T> {
        PortMapIter { slots: self.slots.iter(), next: 0 }
    }

    /// The ports that have a value.
    pub fn ports(&self) -> impl Iterator<Item = Port> {
        self.iter().map(|(port, _)| port)
    }

    /// The values.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.slots.iter().flatten()
    }

    /// The values, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.slots.iter_mut().flatten()
    }
}

impl<T> Index<Port> for PortMap<T> {
    type Output = T;

    /// # Panics
    /// If the port has no value.
    #[inline]
    #[track_caller]
    fn index(&self, port: Port) -> &T {
        self.get(port).unwrap_or_else(|| nothing_at(port))
    }
}

impl<T> IndexMut<Port> for PortMap<T> {
    /// # Panics
    /// If the port has no value.
    #[inline]
    #[track_caller]
    fn index_mut(&mut self, port: Port) -> &mut T {
        self.get_mut(port).unwrap_or_else(|| nothing_at(port))
    }
}

#[cold]
#[track_caller]
fn nothing_at(port: Port) -> ! {
    panic!("the map has no value for port {port}")
}

/// The ports of a [`PortMap`] and their values, in order.
#[derive(Clone, Debug)]
pub struct PortMapIter<'a, T> {
    slots: core::slice::Iter<'a, Option<T>>,
    next: usize,
}

impl<'a, T> Iterator for PortMapIter<'a, T> {
    type Item = (Port, &'a T);

    fn next(&mut self) -> Option<(Port, &'a T)> {
        loop {
            let value = self.slots.next()?;
            self.next += 1;
            if let Some(value) = value {
                return Some((port_at(self.next - 1), value));
            }
        }
    }
}

impl<'a, T> IntoIterator for &'a PortMap<T> {
    type Item = (Port, &'a T);
    type IntoIter = PortMapIter<'a, T>;

    fn into_iter(self) -> PortMapIter<'a, T> {
        self.iter()
    }
}

impl<T> Extend<(Port, T)> for PortMap<T> {
    fn extend<I: IntoIterator<Item = (Port, T)>>(&mut self, values: I) {
        for (port, value) in values {
            self.insert(port, value);
        }
    }
}

impl<T> FromIterator<(Port, T)> for PortMap<T> {
    fn from_iter<I: IntoIterator<Item = (Port, T)>>(values: I) -> Self {
        let mut map = PortMap::default();
        map.extend(values);
        map
    }
}

impl<T: PartialEq> PartialEq for PortMap<T> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other)
    }
}

impl<T: Eq> Eq for PortMap<T> {}

impl<T: Hash> Hash for PortMap<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.len);
        self.iter().for_each(|entry| entry.hash(state));
    }
}

impl<T: fmt::Debug> fmt::Debug for PortMap<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

impl<T: Serialize> Serialize for PortMap<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(Some(self.len))?;
        for (port, value) in self {
            map.serialize_entry(&port, value)?;
        }
        map.end()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for PortMap<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = PortMap<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map by ports")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<PortMap<T>, A::Error> {
                let mut map = PortMap::default();
                while let Some((port, value)) = access.next_entry()? {
                    map.insert(checked(port)?, value);
                }
                Ok(map)
            }
        }

        deserializer.deserialize_map(Entries(PhantomData))
    }
}

/// A set of ports of a node.
///
/// It is an array of bits by the ports' numbers.  Its order is that of the ports, [`Port::SELF`] first.  It is encoded like a list.
///
/// ```
/// use nodes::prelude::*;
///
/// let mut unused = (0..3).map(Port::new).collect::<PortSet>();
/// assert!(unused.remove(Port::new(1)) && !unused.contains(Port::new(1)));
/// assert_eq!(unused.pop_first(), Some(Port::new(0)));
/// assert_eq!(unused.iter().collect::<Vec<_>>(), [Port::new(2)]);
/// ```
#[derive(Clone, Default)]
pub struct PortSet {
    words: Vec<u64>,
    len: usize,
    /// The words before this one are empty, so that to empty a set from its front takes no time twice.
    empty: usize,
}

impl PortSet {
    /// How many ports it has.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether it has `port`.
    pub fn contains(&self, port: Port) -> bool {
        let slot = slot_of(port);
        self.words.get(slot / 64).is_some_and(|word| word >> (slot % 64) & 1 == 1)
    }

    /// Adds `port`; returns whether it is new.
    pub fn insert(&mut self, port: Port) -> bool {
        let slot = slot_of(port);
        let new = !self.contains(port);
        if new {
            self.words.resize(self.words.len().max(slot / 64 + 1), 0);
            self.words[slot / 64] |= 1 << (slot % 64);
            self.len += 1;
            self.empty = self.empty.min(slot / 64);
        }
        new
    }

    /// Takes `port` out; returns whether it was there.
    pub fn remove(&mut self, port: Port) -> bool {
        let slot = slot_of(port);
        let there = self.contains(port);
        if there {
            self.words[slot / 64] &= !(1 << (slot % 64));
            self.len -= 1;
        }
        there
    }

    /// The first.
    pub fn first(&self) -> Option<Port> {
        self.from(self.empty * 64).map(port_at)
    }

    /// Takes the first out.
    pub fn pop_first(&mut self) -> Option<Port> {
        let slot = self.from(self.empty * 64)?;
        self.empty = slot / 64;
        self.remove(port_at(slot));
        Some(port_at(slot))
    }

    /// Takes all out.
    pub fn clear(&mut self) {
        self.words.clear();
        (self.len, self.empty) = (0, 0);
    }

    /// The ports in order.
    pub fn iter(&self) -> PortSetIter<'_> {
        PortSetIter { set: self, next: self.empty * 64 }
    }

    /// The first slot in it that is not before this one.
    fn from(&self, slot: usize) -> Option<usize> {
        let mut at = slot / 64;
        let mut word = self.words.get(at)? & (u64::MAX << (slot % 64));
        while word == 0 {
            at += 1;
            word = *self.words.get(at)?;
        }
        Some(at * 64 + word.trailing_zeros() as usize)
    }
}

/// The ports of a [`PortSet`], in order.
#[derive(Clone, Debug)]
pub struct PortSetIter<'a> {
    set: &'a PortSet,
    next: usize,
}

impl Iterator for PortSetIter<'_> {
    type Item = Port;

    fn next(&mut self) -> Option<Port> {
        let slot = self.set.from(self.next)?;
        self.next = slot + 1;
        Some(port_at(slot))
    }
}

impl<'a> IntoIterator for &'a PortSet {
    type Item = Port;
    type IntoIter = PortSetIter<'a>;

    fn into_iter(self) -> PortSetIter<'a> {
        self.iter()
    }
}

impl Extend<Port> for PortSet {
    fn extend<I: IntoIterator<Item = Port>>(&mut self, ports: I) {
        for port in ports {
            self.insert(port);
        }
    }
}

impl FromIterator<Port> for PortSet {
    fn from_iter<I: IntoIterator<Item = Port>>(ports: I) -> Self {
        let mut set = PortSet::default();
        for port in ports {
            set.insert(port);
        }
        set
    }
}

impl PartialEq for PortSet {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other)
    }
}

impl Eq for PortSet {}

impl Hash for PortSet {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.len);
        self.iter().for_each(|port| port.hash(state));
    }
}

impl fmt::Debug for PortSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self).finish()
    }
}

impl Serialize for PortSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeSeq;
        let mut list = serializer.serialize_seq(Some(self.len))?;
        for port in self {
            list.serialize_element(&port)?;
        }
        list.end()
    }
}

impl<'de> Deserialize<'de> for PortSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = PortSet;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of ports")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<PortSet, A::Error> {
                let mut set = PortSet::default();
                while let Some(port) = access.next_element()? {
                    set.insert(checked(port)?);
                }
                Ok(set)
            }
        }

        deserializer.deserialize_seq(Members)
    }
}

impl From<&PortSet> for Ports {
    fn from(ports: &PortSet) -> Self {
        ports.iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::protocol::bounded::decode;
    use crate::random::Random;

    /// Few ports, the node's own among them, and one that stands far behind the others.
    fn some_port(random: &mut Random) -> Port {
        match random.range(0..12) {
            10 => Port::SELF,
            11 => Port::new(200),
            port => Port::new(port),
        }
    }

    /// In the order of this module.
    fn ordered<T>(values: impl IntoIterator<Item = T>, port: impl Fn(&T) -> Port) -> Vec<T> {
        let (mut first, rest): (Vec<_>, Vec<_>) = values.into_iter().partition(|value| port(value) == Port::SELF);
        first.extend(rest);
        first
    }

    /// The standard library's trees are the reference.
    #[test]
    fn they_hold_what_trees_hold() {
        for seed in 0..50 {
            println!("seed {seed} of 0..50");
            let mut random = Random::stream(seed, "ports", 0);
            let (mut map, mut tree) = (PortMap::default(), BTreeMap::new());
            let (mut set, mut members) = (PortSet::default(), BTreeSet::new());
            for step in 0..300u32 {
                let port = some_port(&mut random);
                match random.range(0..8) {
                    0..3 => {
                        assert_eq!(map.insert(port, step), tree.insert(port, step));
                        assert_eq!(set.insert(port), members.insert(port));
                    }
                    3..5 => {
                        assert_eq!(map.remove(port), tree.remove(&port));
                        assert_eq!(set.remove(port), members.remove(&port));
                    }
                    5 => {
                        *map.or_default(port) += 1;
                        *tree.entry(port).or_default() += 1;
                        let first = ordered(members.iter().copied(), |port| *port).first().copied();
                        assert_eq!((set.first(), set.pop_first()), (first, first));
                        first.map(|first| members.remove(&first));
                    }
                    6 => {
                        map.values_mut().for_each(|value| *value += 1);
                        tree.values_mut().for_each(|value| *value += 1);
                    }
                    _ if step % 10 == 0 => {
                        map.clear();
                        tree.clear();
                        set.clear();
                        members.clear();
                    }
                    _ => {}
                }
                assert_eq!((map.len(), map.is_empty(), map.get(port)), (tree.len(), tree.is_empty(), tree.get(&port)));
                assert_eq!(
                    (set.len(), set.is_empty(), set.contains(port)),
                    (members.len(), members.is_empty(), members.contains(&port))
                );
                let entries = ordered(tree.iter().map(|(port, value)| (*port, value)), |(port, _)| *port);
                assert_eq!(map.iter().collect::<Vec<_>>(), entries);
                assert_eq!(set.iter().collect::<Vec<_>>(), ordered(members.iter().copied(), |port| *port));
                assert_eq!(map, tree.iter().map(|(port, value)| (*port, *value)).collect());
                assert_eq!(set, members.iter().copied().collect());
            }
            assert_eq!(decode::<PortMap<u32>>(&postcard::to_allocvec(&map).unwrap()).unwrap(), map);
            assert_eq!(decode::<PortSet>(&postcard::to_allocvec(&set).unwrap()).unwrap(), set);
        }
    }

    /// Traces and documents show them as they show a map and a set of the standard library.
    #[test]
    fn they_are_written_like_trees() {
        let ports = [Port::new(0), Port::new(7)];
        let map = ports.iter().map(|port| (*port, 'x'));
        let (ours, theirs) = (map.clone().collect::<PortMap<_>>(), map.collect::<BTreeMap<_, _>>());
        assert_eq!(serde_json::to_string(&ours).unwrap(), serde_json::to_string(&theirs).unwrap());
        assert_eq!(postcard::to_allocvec(&ours).unwrap(), postcard::to_allocvec(&theirs).unwrap());
        assert_eq!(format!("{ours:?}"), format!("{theirs:?}"));
        let (ours, theirs) = (ports.iter().copied().collect::<PortSet>(), ports.iter().copied().collect::<BTreeSet<_>>());
        assert_eq!(serde_json::to_string(&ours).unwrap(), serde_json::to_string(&theirs).unwrap());
        assert_eq!(postcard::to_allocvec(&ours).unwrap(), postcard::to_allocvec(&theirs).unwrap());
        assert_eq!(format!("{ours:?}"), format!("{theirs:?}"));
    }

    /// Six bytes must not reserve gigabytes.
    #[test]
    fn bytes_with_too_large_a_port_are_refused() {
        for port in [MAX_ELEMENTS as u32, u32::MAX - 1] {
            let port = Port::new(port as usize);
            assert!(decode::<PortMap<u8>>(&postcard::to_allocvec(&BTreeMap::from([(port, 1u8)])).unwrap()).is_err());
            assert!(decode::<PortSet>(&postcard::to_allocvec(&BTreeSet::from([port])).unwrap()).is_err());
        }
        let port = Port::new(MAX_ELEMENTS - 1);
        assert!(
            decode::<PortSet>(&postcard::to_allocvec(&BTreeSet::from([port])).unwrap()).is_ok_and(|set| set.contains(port))
        );
    }

    #[test]
    #[should_panic(expected = "the map has no value for port 3")]
    fn a_value_that_is_not_there_is_named() {
        let _ = PortMap::<u8>::default()[Port::new(3)];
    }
}
