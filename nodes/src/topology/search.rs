//! Walking over a graph, breadth first.

use std::collections::VecDeque;

use super::{Graph, NodeIndex};

/// No path leads there.
pub(super) const UNREACHED: u32 = u32::MAX;

/// Which way links are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Follow {
    /// As messages go.
    Forth,
    /// Against it.
    Back,
    /// Whichever way they lead.
    Either,
}

/// The number of links on a shortest path from a node to each; [`UNREACHED`] where there is none.
pub(super) fn distances(graph: &Graph, from: NodeIndex, follow: Follow) -> Vec<u32> {
    let mut distances = vec![UNREACHED; graph.node_count()];
    let mut queue = VecDeque::from([from]);
    distances[from.index()] = 0;
    while let Some(node) = queue.pop_front() {
        for end in graph.ends(node) {
            let open = match follow {
                Follow::Forth => end.sends,
                Follow::Back => end.receives,
                Follow::Either => true,
            };
            if open && distances[end.neighbour.index()] == UNREACHED {
                distances[end.neighbour.index()] = distances[node.index()] + 1;
                queue.push_back(end.neighbour);
            }
        }
    }
    distances
}

/// A node that cannot be reached from node 0, if links are followed either way.
pub(super) fn cut_off(graph: &Graph) -> Option<NodeIndex> {
    if graph.is_implicit_ring() || graph.node_count() == 0 {
        return None;
    }
    let distances = distances(graph, NodeIndex::new(0), Follow::Either);
    distances.iter().position(|distance| *distance == UNREACHED).map(NodeIndex::new)
}

/// Whether two nodes are neighbours.
pub(super) fn linked(graph: &Graph, a: NodeIndex, b: NodeIndex) -> bool {
    graph.ends(a).any(|end| end.neighbour == b)
}
