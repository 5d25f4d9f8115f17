//! Numbers about a graph: what `topology SPEC` prints.

use serde::Serialize;

use super::eccentricity::{Extremes, extremes};
use super::search::{Follow, UNREACHED, distances};
use super::{Graph, NodeIndex};

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
    /// The number of links between the two nodes that are farthest apart; `None` if some are not connected at all, or if it is
    /// not found by searches that pass 6 * 10^8 nodes and links together.
    pub diameter: Option<u32>,
    /// The largest distance from the node for which it is smallest; `None` as for the diameter.
    pub radius: Option<u32>,
    /// Whether the nodes are of two kinds, and every link is between them.
    pub bipartite: bool,
}

impl Graph {
    /// Numbers about the graph.  Diameter and radius are exact, and take some ten searches on most graphs; one from each node
    /// where all nodes are alike, as in a torus.
    pub fn statistics(&self) -> Statistics {
        let (nodes, links) = (self.node_count(), self.link_count());
        let degrees = || self.nodes().map(|node| self.degree(node));
        let connected = is_connected(self);
        let Extremes { diameter, radius } = if connected { of_connected(self) } else { Extremes::UNKNOWN };
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

fn of_connected(graph: &Graph) -> Extremes {
    if graph.is_implicit_ring() {
        let nodes = graph.node_count() as u32;
        let farthest = Some(if graph.is_directed() { nodes - 1 } else { nodes / 2 });
        return Extremes { diameter: farthest, radius: farthest };
    }
    extremes(graph)
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
