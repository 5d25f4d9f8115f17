//! Names of places in a graph: nodes, and the link ends ("ports") by which a node knows its links.

use core::fmt;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
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

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Port::SELF { f.write_str("self") } else { self.0.fmt(f) }
    }
}
