//! Names of places in a graph: nodes, and the link ends ("ports") by which a node knows its links.

use core::fmt;

use serde::de::{Deserializer, Error, Unexpected, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

/// A node of the graph, from outside: `0..n`.  A protocol never sees its own; it knows its [`Id`](crate::Id) and its ports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeIndex(pub(super) u32);

impl NodeIndex {
    /// The node of that number.
    ///
    /// # Panics
    /// If `index` does not fit into 32 bits: no graph has so many nodes.
    #[inline]
    pub fn new(index: usize) -> Self {
        NodeIndex(u32::try_from(index).expect("a graph has fewer than 2^32 nodes"))
    }

    /// Its number.
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for NodeIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A node's end of one of its links, numbered `0..degree` at that node.
///
/// Ports are ordered by the neighbour's index, then by the link's number.  A ring of 2 has two links, so two ports at each
/// node; a ring of 1 has one link, from the node to itself, and so two ports too.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Port(pub(super) u32);

impl Port {
    /// Where a message sent with `send_to_self` arrives from.
    pub const SELF: Port = Port(u32::MAX);

    /// The port of that number.
    ///
    /// # Panics
    /// If `index` does not fit into 32 bits: no node has so many links.
    #[inline]
    pub fn new(index: usize) -> Self {
        Port(u32::try_from(index).expect("a node has fewer than 2^32 ports"))
    }

    /// Its number.
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Debug for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Port::SELF => f.write_str("Port::SELF"),
            Port(number) => f.debug_tuple("Port").field(&number).finish(),
        }
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Port::SELF { f.write_str("self") } else { self.0.fmt(f) }
    }
}

/// What [`Port::SELF`] is where people read.
const ITSELF: &str = "self";

/// As a number; [`Port::SELF`] as `self` in formats that people read.
impl Serialize for Port {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if *self == Port::SELF && serializer.is_human_readable() {
            return serializer.serialize_str(ITSELF);
        }
        serializer.serialize_u32(self.0)
    }
}

impl<'de> Deserialize<'de> for Port {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return deserializer.deserialize_any(Read);
        }
        u32::deserialize(deserializer).map(Port)
    }
}

/// Reads a port that people may have written.
struct Read;

impl Visitor<'_> for Read {
    type Value = Port;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a port: its number, or `self`")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Port, E> {
        u32::try_from(number).map(Port).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Port, E> {
        // The key of a map is a text, even if it is a number.
        let number = text.parse().ok().map(Port);
        if text == ITSELF { Ok(Port::SELF) } else { number.ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self)) }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn self_is_a_word_where_people_read() {
        let ports = [Port::new(0), Port::new(7), Port::SELF];
        assert_eq!(format!("{ports:?}"), "[Port(0), Port(7), Port::SELF]");
        assert_eq!(ports.map(|port| port.to_string()), ["0", "7", "self"]);
        assert_eq!(format!("{:#?}", Some(Port::new(3))), "Some(\n    Port(\n        3,\n    ),\n)");
        assert_eq!(serde_json::to_string(&ports).unwrap(), r#"[0,7,"self"]"#);
    }

    #[test]
    fn what_is_written_is_read() {
        let ports = [Port::new(0), Port::new(7), Port::SELF];
        let json = serde_json::to_string(&ports).unwrap();
        assert_eq!(serde_json::from_str::<[Port; 3]>(&json).unwrap(), ports);
        let by_port = ports.map(|port| (port, port.to_string())).into_iter().collect::<BTreeMap<_, _>>();
        let json = serde_json::to_string(&by_port).unwrap();
        assert_eq!(json, r#"{"0":"0","7":"7","self":"self"}"#);
        assert_eq!(serde_json::from_str::<BTreeMap<Port, String>>(&json).unwrap(), by_port);
        // On the wire it is the number that it always was.
        assert_eq!(postcard::to_allocvec(&Port::SELF).unwrap(), postcard::to_allocvec(&u32::MAX).unwrap());
        assert_eq!(postcard::from_bytes::<Port>(&postcard::to_allocvec(&Port::SELF).unwrap()).unwrap(), Port::SELF);
        for wrong in ["-1", "\"itself\"", "4294967296", "1.5", "[]"] {
            assert!(serde_json::from_str::<Port>(wrong).is_err(), "{wrong}");
        }
    }
}
