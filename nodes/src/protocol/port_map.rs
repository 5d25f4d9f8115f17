//! A value for each of some ports, as an array by the port's number.

use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;
use core::ops::{Index, IndexMut};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::port_slot::{checked, port_at, slot_of};
use crate::topology::Port;

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
        PortMapIter { slots: &self.slots, next: 0 }
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
    slots: &'a [Option<T>],
    next: usize,
}

impl<'a, T> Iterator for PortMapIter<'a, T> {
    type Item = (Port, &'a T);

    fn next(&mut self) -> Option<(Port, &'a T)> {
        while let Some(value) = self.slots.get(self.next) {
            self.next += 1;
            if let Some(value) = value {
                return Some((port_at(self.next - 1), value));
            }
        }
        None
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
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<T: Serialize> Serialize for PortMap<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(Some(self.len))?;
        for (port, value) in self.iter() {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::port_slot::testing::{ordered, some_port};
    use super::*;
    use crate::protocol::bounded::{MAX_ELEMENTS, decode};
    use crate::random::Random;

    /// The standard library's tree is the reference.
    #[test]
    fn it_holds_what_a_tree_holds() {
        for seed in 0..50 {
            println!("seed {seed} of 0..50");
            let mut random = Random::stream(seed, "ports", 0);
            let (mut map, mut tree) = (PortMap::default(), BTreeMap::new());
            for step in 0..300u32 {
                let port = some_port(&mut random);
                match random.range(0..8) {
                    0..3 => assert_eq!(map.insert(port, step), tree.insert(port, step)),
                    3..5 => assert_eq!(map.remove(port), tree.remove(&port)),
                    5 => {
                        *map.or_default(port) += 1;
                        *tree.entry(port).or_default() += 1;
                    }
                    6 => {
                        map.values_mut().for_each(|value| *value += 1);
                        tree.values_mut().for_each(|value| *value += 1);
                    }
                    _ if step % 10 == 0 => {
                        map.clear();
                        tree.clear();
                    }
                    _ => {}
                }
                assert_eq!((map.len(), map.is_empty(), map.get(port)), (tree.len(), tree.is_empty(), tree.get(&port)));
                let entries = ordered(tree.iter().map(|(port, value)| (*port, value)), |(port, _)| *port);
                assert_eq!(map.iter().collect::<Vec<_>>(), entries);
                assert_eq!(map, tree.iter().map(|(port, value)| (*port, *value)).collect());
            }
            assert_eq!(decode::<PortMap<u32>>(&postcard::to_allocvec(&map).unwrap()).unwrap(), map);
        }
    }

    /// Traces and documents show it as they show a map of the standard library.
    #[test]
    fn it_is_written_like_a_tree() {
        let map = [Port::new(0), Port::new(7)].into_iter().map(|port| (port, 'x'));
        let (ours, theirs) = (map.clone().collect::<PortMap<_>>(), map.collect::<BTreeMap<_, _>>());
        assert_eq!(serde_json::to_string(&ours).unwrap(), serde_json::to_string(&theirs).unwrap());
        assert_eq!(postcard::to_allocvec(&ours).unwrap(), postcard::to_allocvec(&theirs).unwrap());
        assert_eq!(format!("{ours:?}"), format!("{theirs:?}"));
    }

    /// Six bytes must not reserve gigabytes.
    #[test]
    fn bytes_with_too_large_a_port_are_refused() {
        let decoded = |port| decode::<PortMap<u8>>(&postcard::to_allocvec(&BTreeMap::from([(Port::new(port), 1u8)])).unwrap());
        for port in [MAX_ELEMENTS, u32::MAX as usize - 1] {
            assert!(decoded(port).is_err(), "{port}");
        }
        assert!(decoded(MAX_ELEMENTS - 1).is_ok_and(|map| map[Port::new(MAX_ELEMENTS - 1)] == 1));
    }

    #[test]
    #[should_panic(expected = "the map has no value for port 3")]
    fn a_value_that_is_not_there_is_named() {
        let _ = PortMap::<u8>::default()[Port::new(3)];
    }
}
