//! The node of a process, and all that is shown of the run here.

use core::ops::Range;

use crate::process::control::Peer;
use crate::protocol::{AnyNode, NodeView, WorldView};
use crate::topology::{Graph, NodeIndex, Port};

/// The node with its neighbours: the part of the world that a node process knows.
pub(super) struct Own {
    pub(super) index: NodeIndex,
    pub(super) node: Box<dyn AnyNode>,
    /// Who is at the other end, by port.
    pub(super) peers: Vec<Peer>,
}

impl Own {
    /// What can be seen of the node.
    #[inline]
    pub(super) fn view(&self) -> &dyn NodeView {
        self.node.view()
    }
}

impl WorldView for Own {
    fn node(&self, node: NodeIndex) -> &dyn NodeView {
        assert_eq!(node, self.index, "a node process shows its own node only");
        self.node.view()
    }

    fn graph(&self) -> Option<&Graph> {
        None
    }

    fn nodes(&self) -> Range<usize> {
        self.index.index()..self.index.index() + 1
    }

    fn neighbour(&self, node: NodeIndex, port: Port) -> NodeIndex {
        assert_eq!(node, self.index, "a node process knows its own neighbours only");
        NodeIndex::new(self.peers[port.index()].node as usize)
    }
}
