//! The surroundings of a node, and where they are looked up.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::protocol::{AnyInstance, Id, Ids, Instance, PortIter};
use crate::topology::{End, Graph, NodeIndex, Port, PortLabel};

/// The surroundings of one node, as far as it can know them: what a node process is given at set-up.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Local<I> {
    /// The node.
    pub node: NodeIndex,
    /// Its id.
    pub id: Id,
    /// How many nodes there are.
    pub size: usize,
    /// Its input.
    pub input: I,
    /// What all randomness follows from.
    pub seed: u64,
    /// Its link ends, by port.
    pub ends: Vec<LocalEnd>,
}

/// A link end, as the node at it can know it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LocalEnd {
    /// The neighbour's id.
    pub neighbour: Id,
    /// The link's weight.
    pub weight: f64,
    /// Whether the node may send here.
    pub sends: bool,
    /// Whether it may receive here.
    pub receives: bool,
    /// What the port is called.
    pub label: Option<PortLabel>,
}

impl<I: Clone> Local<I> {
    /// The surroundings of `node`.
    pub fn of(instance: &Instance<I>, node: NodeIndex) -> Self {
        Local::around(&instance.graph, &instance.ids, instance.seed, instance.inputs[node.index()].clone(), node)
    }
}

impl Local<Vec<u8>> {
    /// The surroundings of `node`, with its input encoded.
    ///
    /// # Errors
    /// If the input cannot be encoded.
    pub fn encoded(instance: &dyn AnyInstance, node: NodeIndex) -> Result<Self, String> {
        let input = instance.encoded_input(node)?;
        Ok(Local::around(instance.graph(), instance.ids(), instance.seed(), input, node))
    }
}

impl<I> Local<I> {
    /// The same, with that input.
    pub fn with_input<J>(self, input: J) -> Local<J> {
        let Local { node, id, size, input: _, seed, ends } = self;
        Local { node, id, size, input, seed, ends }
    }

    fn around(graph: &Graph, ids: &Ids, seed: u64, input: I, node: NodeIndex) -> Self {
        Local { node, id: ids.of(node), size: graph.node_count(), input, seed, ends: link_ends(graph, ids, node) }
    }
}

fn link_ends(graph: &Graph, ids: &Ids, node: NodeIndex) -> Vec<LocalEnd> {
    let end = |(port, end): (usize, End)| LocalEnd {
        neighbour: ids.of(end.neighbour),
        weight: graph.weight(node, Port::new(port)),
        sends: end.sends,
        receives: end.receives,
        label: end.label,
    };
    graph.ends(node).enumerate().map(end).collect()
}

/// Where a node's surroundings are looked up.
#[derive(Clone, Debug)]
pub(super) enum Place<I> {
    /// In the whole instance: a simulator's.
    Whole(Arc<Instance<I>>),
    /// In what one node was given.
    Local(Box<Local<I>>),
}

// Not inlined: it would be made again for each protocol.
#[inline(never)]
fn leading_out(ends: &[LocalEnd]) -> usize {
    ends.iter().filter(|end| end.sends).count()
}

/// From the node, or to it.
#[derive(Clone, Copy)]
pub(super) enum Way {
    Out,
    In,
}

impl Way {
    #[inline(never)]
    fn ports_of(self, graph: &Graph, node: NodeIndex) -> PortIter {
        self.ports(graph.ends(node).map(|end| (end.sends, end.receives)))
    }

    #[inline(never)]
    fn ports_among(self, ends: &[LocalEnd]) -> PortIter {
        self.ports(ends.iter().map(|end| (end.sends, end.receives)))
    }

    /// Those of all ports, of each of which it is known whether the node sends and receives there.
    fn ports(self, ends: impl Iterator<Item = (bool, bool)> + Clone) -> PortIter {
        if ends.clone().all(|(sends, receives)| sends && receives) {
            return PortIter::all(ends.count());
        }
        let leads = |(sends, receives): (bool, bool)| match self {
            Way::Out => sends,
            Way::In => receives,
        };
        PortIter::some(ends.enumerate().filter(|(_, end)| leads(*end)).map(|(port, _)| Port::new(port)).collect())
    }
}

/// What one node was given is of that node: there, `node` is not looked at.
impl<I> Place<I> {
    pub(super) fn seed(&self) -> u64 {
        match self {
            Place::Whole(instance) => instance.seed,
            Place::Local(local) => local.seed,
        }
    }

    pub(super) fn size(&self) -> usize {
        match self {
            Place::Whole(instance) => instance.graph.node_count(),
            Place::Local(local) => local.size,
        }
    }

    /// The node's id, also for a protocol whose nodes do not know it.
    #[inline]
    pub(super) fn id(&self, node: NodeIndex) -> Id {
        match self {
            Place::Whole(instance) => instance.ids.of(node),
            Place::Local(local) => local.id,
        }
    }

    pub(super) fn input(&self, node: NodeIndex) -> &I {
        match self {
            Place::Whole(instance) => &instance.inputs[node.index()],
            Place::Local(local) => &local.input,
        }
    }

    #[inline]
    pub(super) fn link_ends(&self, node: NodeIndex) -> usize {
        match self {
            Place::Whole(instance) => instance.graph.degree(node),
            Place::Local(local) => local.ends.len(),
        }
    }

    /// The ports whose links lead that way, in order.
    #[inline]
    pub(super) fn ports(&self, node: NodeIndex, way: Way) -> PortIter {
        match self {
            Place::Whole(instance) if !instance.graph.is_directed() => PortIter::all(instance.graph.degree(node)),
            Place::Whole(instance) => way.ports_of(&instance.graph, node),
            Place::Local(local) => way.ports_among(&local.ends),
        }
    }

    #[inline]
    pub(super) fn sends(&self, node: NodeIndex, port: Port) -> bool {
        match self {
            Place::Whole(instance) => instance.graph.sends(node, port),
            Place::Local(local) => local.ends[port.index()].sends,
        }
    }

    /// How many ports lead out.
    #[inline]
    pub(super) fn degree(&self, node: NodeIndex) -> usize {
        match self {
            Place::Whole(instance) if !instance.graph.is_directed() => instance.graph.degree(node),
            Place::Whole(instance) => Way::Out.ports_of(&instance.graph, node).len(),
            Place::Local(local) => leading_out(&local.ends),
        }
    }

    /// Whether the node has that port and may send there.
    #[inline]
    pub(super) fn leads_out(&self, node: NodeIndex, port: Port) -> bool {
        match self {
            Place::Whole(instance) => instance.graph.leads_out(node, port),
            Place::Local(local) => local.ends.get(port.index()).is_some_and(|end| end.sends),
        }
    }

    pub(super) fn neighbour_id(&self, node: NodeIndex, port: Port) -> Id {
        match self {
            Place::Whole(instance) => instance.ids.of(instance.graph.neighbour(node, port)),
            Place::Local(local) => local.ends[port.index()].neighbour,
        }
    }

    pub(super) fn weight(&self, node: NodeIndex, port: Port) -> f64 {
        match self {
            Place::Whole(instance) => instance.graph.weight(node, port),
            Place::Local(local) => local.ends[port.index()].weight,
        }
    }

    pub(super) fn label(&self, node: NodeIndex, port: Port) -> Option<PortLabel> {
        match self {
            Place::Whole(instance) => instance.graph.end(node, port).label,
            Place::Local(local) => local.ends[port.index()].label,
        }
    }
}
