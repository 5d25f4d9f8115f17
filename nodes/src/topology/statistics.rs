//! Numbers about a graph: what `topology SPEC` prints.

use serde::Serialize;

use super::search::{Follow, UNREACHED, distances};
use super::{Graph, NodeIndex};

/// How much work a diameter may take: nodes times links, as many shortest paths as are looked for.
const MOST_WORK: u128 = 4_000_000_000;

/// Numbers about a graph.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Statistics {
    /// n.
    pub nodes: usize,
    /// m.
    pub links: usize,
    /// Whether links lead one way only.
    pub directed: bool,
    /// The smallest number of link ends at a node.
    pub least_degree: usize,
    /// The largest number of link ends at a node.
    pub largest_degree: usize,
    /// The average number of link ends at a node.
    pub mean_degree: f64,
    /// Whether a path leads from every node to every other, in the direction of the links.
    pub connected: bool,
    /// The number of links between the two nodes that are farthest apart; `None` if some are not connected at all, or if the
    /// graph is too large to find out (nodes times links above 4 * 10^9).
    pub diameter: Option<u32>,
    /// The largest distance from the node for which it is smallest; `None` as for the diameter.
    pub radius: Option<u32>,
    /// Whether the nodes are of two kinds, and every link is between them.
    pub bipartite: bool,
}

impl Graph {
    /// Numbers about the graph.  The diameter takes time in proportion to nodes times links.
    pub fn statistics(&self) -> Statistics {
        let (nodes, links) = (self.node_count(), self.link_count());
        let degrees = || self.nodes().map(|node| self.degree(node));
        let connected = is_connected(self);
        let (diameter, radius) = if connected { extremes(self).unzip() } else { (None, None) };
        Statistics {
            nodes,
            links,
            directed: self.is_directed(),
            least_degree: degrees().min().unwrap_or(0),
            largest_degree: degrees().max().unwrap_or(0),
            mean_degree: if nodes == 0 { 0.0 } else { 2.0 * links as f64 / nodes as f64 },
            connected,
            diameter,
            radius,
            bipartite: is_bipartite(self),
        }
    }
}

fn is_connected(graph: &Graph) -> bool {
    if graph.node_count() == 0 || graph.is_implicit_ring() {
        return true;
    }
    let all = |follow| !distances(graph, NodeIndex::new(0), follow).contains(&UNREACHED);
    all(Follow::Forth) && (!graph.is_directed() || all(Follow::Back))
}

/// The largest and the smallest of the nodes' eccentricities, on a connected graph.
fn extremes(graph: &Graph) -> Option<(u32, u32)> {
    let (nodes, links) = (graph.node_count(), graph.link_count());
    if graph.is_implicit_ring() {
        let farthest = if graph.is_directed() { nodes - 1 } else { nodes / 2 } as u32;
        return Some((farthest, farthest));
    }
    if nodes as u128 * (nodes + links) as u128 > MOST_WORK {
        return None;
    }
    let farthest = |node| distances(graph, node, Follow::Forth).into_iter().max().unwrap_or(0);
    graph.nodes().map(farthest).fold(None, |extremes, far| match extremes {
        None => Some((far, far)),
        Some((most, least)) => Some((far.max(most), far.min(least))),
    })
}

fn is_bipartite(graph: &Graph) -> bool {
    if graph.is_implicit_ring() {
        return graph.node_count().is_multiple_of(2);
    }
    let mut kinds: Vec<Option<bool>> = vec![None; graph.node_count()];
    let mut stack = Vec::new();
    for start in graph.nodes() {
        if kinds[start.index()].is_some() {
            continue;
        }
        kinds[start.index()] = Some(false);
        stack.push((start, false));
        while let Some((node, kind)) = stack.pop() {
            for end in graph.ends(node) {
                match kinds[end.neighbour.index()] {
                    Some(other) if other == kind => return false,
                    Some(_) => {}
                    None => {
                        kinds[end.neighbour.index()] = Some(!kind);
                        stack.push((end.neighbour, !kind));
                    }
                }
            }
        }
    }
    true
}
