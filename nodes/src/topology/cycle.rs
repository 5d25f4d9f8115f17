//! A ring that takes no memory: link i leads from node i to its right neighbour i+1 (mod n).
//!
//! Ten million simulated nodes on a ring must not pay for a graph that a formula gives.

use super::{End, NodeIndex, Port, PortLabel, Way};

/// A ring of `nodes >= 1` nodes in the order of their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cycle {
    pub(super) nodes: u32,
    /// Whether the ends are labelled left and right.
    pub(super) oriented: bool,
}

impl Cycle {
    pub(super) fn link(self, number: u32) -> (NodeIndex, NodeIndex) {
        assert!(number < self.nodes, "there is no link {number} on a ring of {}", self.nodes);
        (NodeIndex(number), NodeIndex(self.right_of(number)))
    }

    #[inline]
    pub(super) fn degree(self, node: NodeIndex) -> usize {
        if node.0 >= self.nodes {
            self.has_no(node);
        }
        2
    }

    #[cold]
    fn has_no(self, node: NodeIndex) -> ! {
        panic!("there is no node {node} on a ring of {}", self.nodes)
    }

    #[inline]
    pub(super) fn way(self, node: NodeIndex, port: Port) -> Way {
        // Away from where the numbers begin and end, port 0 is left and port 1 right, at the neighbours too.
        if node.0.wrapping_sub(2) < self.nodes.saturating_sub(4) && port.0 < 2 {
            let before = node.0 - 1;
            let to_left = 1 - port.0;
            let channel = (before + port.0) * 2 + to_left;
            return Way { neighbour: NodeIndex(before + 2 * port.0), back: Port(to_left), channel };
        }
        self.way_anywhere(node, port)
    }

    #[inline(never)]
    fn way_anywhere(self, node: NodeIndex, port: Port) -> Way {
        self.end(node, port, false).way()
    }

    pub(super) fn end(self, node: NodeIndex, port: Port, directed: bool) -> End {
        assert!(node.0 < self.nodes && port.0 < 2, "there is no port {port} at node {node} on a ring of {}", self.nodes);
        let to_right = port == self.right_port(node.0);
        let (neighbour, link, back) = if to_right {
            let right = self.right_of(node.0);
            (right, node.0, self.left_port(right))
        } else {
            let left = if node.0 == 0 { self.nodes - 1 } else { node.0 - 1 };
            (left, left, self.right_port(left))
        };
        End {
            neighbour: NodeIndex(neighbour),
            back,
            link,
            sends: to_right || !directed,
            receives: !to_right || !directed,
            label: self.oriented.then_some(if to_right { PortLabel::Right } else { PortLabel::Left }),
            second: !to_right,
        }
    }

    #[inline]
    fn right_of(self, node: u32) -> u32 {
        if node + 1 == self.nodes { 0 } else { node + 1 }
    }

    /// Ports are in the order of the neighbours: at node 0 right (1) comes before left (n-1), at node n-1 right (0) before left
    /// (n-2), elsewhere left first.  With two nodes both neighbours are the same, and the smaller link decides.
    #[inline]
    fn right_port(self, node: u32) -> Port {
        let right_is_first = node == 0 || (node + 1 == self.nodes && self.nodes > 2);
        Port(u32::from(!right_is_first))
    }

    #[inline]
    fn left_port(self, node: u32) -> Port {
        Port(1 - self.right_port(node).0)
    }
}
