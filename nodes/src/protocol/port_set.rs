//! Sets of ports, as arrays of bits by the port's number.

use core::fmt;
use core::hash::{Hash, Hasher};

use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::Ports;
use super::port_slot::{checked, port_at, slot_of};
use crate::topology::Port;

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
    use std::collections::BTreeSet;

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
            let (mut set, mut tree) = (PortSet::default(), BTreeSet::new());
            for step in 0..300 {
                let port = some_port(&mut random);
                match random.range(0..8) {
                    0..3 => assert_eq!(set.insert(port), tree.insert(port)),
                    3..5 => assert_eq!(set.remove(port), tree.remove(&port)),
                    5 => {
                        let first = ordered(tree.iter().copied(), |port| *port).first().copied();
                        assert_eq!((set.first(), set.pop_first()), (first, first));
                        first.map(|first| tree.remove(&first));
                    }
                    6 if step % 10 == 0 => {
                        set.clear();
                        tree.clear();
                    }
                    _ => {}
                }
                assert_eq!(
                    (set.len(), set.is_empty(), set.contains(port)),
                    (tree.len(), tree.is_empty(), tree.contains(&port))
                );
                assert_eq!(set.iter().collect::<Vec<_>>(), ordered(tree.iter().copied(), |port| *port));
                assert_eq!(set, tree.iter().copied().collect());
            }
            assert_eq!(decode::<PortSet>(&postcard::to_allocvec(&set).unwrap()).unwrap(), set);
        }
    }

    /// Traces and documents show it as they show a set of the standard library.
    #[test]
    fn it_is_written_like_a_tree() {
        let ports = [Port::new(0), Port::new(7)];
        let (ours, theirs) = (ports.into_iter().collect::<PortSet>(), BTreeSet::from(ports));
        assert_eq!(serde_json::to_string(&ours).unwrap(), serde_json::to_string(&theirs).unwrap());
        assert_eq!(postcard::to_allocvec(&ours).unwrap(), postcard::to_allocvec(&theirs).unwrap());
        assert_eq!(format!("{ours:?}"), format!("{theirs:?}"));
    }

    /// Six bytes must not reserve gigabytes.
    #[test]
    fn bytes_with_too_large_a_port_are_refused() {
        let decoded = |port| decode::<PortSet>(&postcard::to_allocvec(&[Port::new(port)][..]).unwrap());
        for port in [MAX_ELEMENTS, u32::MAX as usize - 1] {
            assert!(decoded(port).is_err(), "{port}");
        }
        assert!(decoded(MAX_ELEMENTS - 1).is_ok_and(|set| set.contains(Port::new(MAX_ELEMENTS - 1))));
    }
}
