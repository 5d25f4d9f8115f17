//! One instance of the problem: the graph, who is who on it, and what each node is given.

use super::Id;
use crate::topology::{Graph, NodeIndex};

/// The ids of the nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ids {
    /// Node i has id i.
    Sequential,
    /// Node i has the i-th of these, which are distinct.
    Given(Vec<Id>),
}

impl Ids {
    /// The id of a node.
    ///
    /// # Panics
    /// If ids are given, and none for this node.
    #[inline]
    pub fn of(&self, node: NodeIndex) -> Id {
        match self {
            Ids::Sequential => Id(node.index() as u64),
            Ids::Given(ids) => ids[node.index()],
        }
    }
}

/// One instance of the problem: what a run starts from, apart from the protocol and its configuration.
#[derive(Clone, Debug)]
pub struct Instance<I> {
    /// The graph, as the protocol's class of topologies sees it.
    pub graph: Graph,
    /// Who is who.
    pub ids: Ids,
    /// What each node is given.
    pub inputs: Vec<I>,
    /// What all randomness follows from.
    pub seed: u64,
}
