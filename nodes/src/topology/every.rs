//! All graphs of a few nodes, and all ways to number their ports: what a checker goes through.

use super::{Graph, GraphBuilder, NodeIndex, Port};

/// So many nodes a graph of [`EveryGraph`] has at most: named ones of 7 nodes are 1,866,256.
pub const MOST_NODES: usize = 7;

/// All connected graphs of so many nodes, each once, those with few links not first.
///
/// *Named* graphs differ if one has a link between two nodes that the other has not: 1, 1, 4, 38, 728, 26,704, 1,866,256 for 1 to 7
/// nodes (OEIS A001187).  *Unnamed* ones differ if no renaming of nodes makes them equal: 1, 1, 2, 6, 21, 112, 853 (OEIS A001349).
///
/// ```
/// use nodes::topology::EveryGraph;
///
/// assert_eq!(EveryGraph::named(5).count(), 728);
/// assert_eq!(EveryGraph::unnamed(5).count(), 21);
/// ```
#[derive(Clone, Debug)]
pub struct EveryGraph {
    pairs: Pairs,
    next: u32,
    /// How nodes can be renamed, where graphs that differ by this are one.
    renamings: Vec<Vec<u8>>,
}

impl EveryGraph {
    /// All connected graphs of `nodes` named nodes.
    ///
    /// # Panics
    /// If there are no nodes, or more than [`MOST_NODES`].
    pub fn named(nodes: usize) -> Self {
        assert!((1..=MOST_NODES).contains(&nodes), "all graphs of {nodes} nodes: 1 to {MOST_NODES} can be gone through");
        EveryGraph { pairs: Pairs::of(nodes), next: 0, renamings: Vec::new() }
    }

    /// All connected graphs of `nodes` nodes up to renaming, of each kind one.
    ///
    /// # Panics
    /// If there are no nodes, or more than [`MOST_NODES`].
    pub fn unnamed(nodes: usize) -> Self {
        let mut every = EveryGraph::named(nodes);
        let mut order = (0..nodes as u8).collect::<Vec<_>>();
        while next_permutation(&mut order) {
            every.renamings.push(every.pairs.renamed(&order));
        }
        every
    }

    /// Whether no renaming makes a smaller number of it: each kind of graph has one such.
    fn is_first_of_its_kind(&self, links: u32) -> bool {
        self.renamings.iter().all(|renaming| Pairs::moved(links, renaming) >= links)
    }
}

impl Iterator for EveryGraph {
    type Item = Graph;

    fn next(&mut self) -> Option<Graph> {
        while self.next < 1 << self.pairs.0.len() {
            let links = self.next;
            self.next += 1;
            if self.pairs.connect(links) && self.is_first_of_its_kind(links) {
                return Some(self.pairs.graph(links));
            }
        }
        None
    }
}

/// All pairs of nodes; a graph is a number with a bit for each pair that is linked.
#[derive(Clone, Debug)]
struct Pairs(Vec<(usize, usize)>, usize);

impl Pairs {
    fn of(nodes: usize) -> Self {
        Pairs((1..nodes).flat_map(|b| (0..b).map(move |a| (a, b))).collect(), nodes)
    }

    fn place(a: usize, b: usize) -> usize {
        let (a, b) = (a.min(b), a.max(b));
        b * (b - 1) / 2 + a
    }

    fn linked(&self, links: u32) -> impl Iterator<Item = (usize, usize)> {
        self.0.iter().enumerate().filter(move |(place, _)| links >> place & 1 == 1).map(|(_, pair)| *pair)
    }

    fn connect(&self, links: u32) -> bool {
        let mut reached = 1u32;
        loop {
            let before = reached;
            for (a, b) in self.linked(links) {
                if reached & (1 << a | 1 << b) != 0 {
                    reached |= 1 << a | 1 << b;
                }
            }
            if reached == before {
                return reached == (1 << self.1) - 1;
            }
        }
    }

    /// Where each pair comes to lie if node i is renamed to `order[i]`.
    fn renamed(&self, order: &[u8]) -> Vec<u8> {
        self.0.iter().map(|(a, b)| Pairs::place(order[*a].into(), order[*b].into()) as u8).collect()
    }

    fn moved(links: u32, renaming: &[u8]) -> u32 {
        renaming.iter().enumerate().map(|(place, to)| (links >> place & 1) << to).sum()
    }

    fn graph(&self, links: u32) -> Graph {
        let mut builder = GraphBuilder::new(self.1);
        for (a, b) in self.linked(links) {
            builder.link(a, b);
        }
        builder.build()
    }
}

/// The next order after this one, as in a dictionary; `false` after the last, which becomes the first again.
pub(crate) fn next_permutation<T: Ord>(order: &mut [T]) -> bool {
    let Some(falls) = (1..order.len()).rev().find(|place| order[place - 1] < order[*place]) else {
        order.reverse();
        return false;
    };
    let higher = (falls..order.len()).rev().find(|place| order[*place] > order[falls - 1]).expect("that at `falls` is");
    order.swap(falls - 1, higher);
    order[falls..].reverse();
    true
}

/// The same graph with the ports of each node in every order: the product of the factorials of the degrees.  Labels stay with their
/// ends.
pub fn every_order_of_ports(graph: &Graph) -> impl Iterator<Item = Graph> {
    let mut orders = graph.nodes().map(|node| (0..graph.degree(node) as u32).collect::<Vec<_>>()).collect::<Vec<_>>();
    let (graph, mut ended) = (graph.clone(), false);
    core::iter::from_fn(move || {
        if ended {
            return None;
        }
        let ordered = graph.clone().with_ports_in_order(&orders);
        // Like an odometer, whose places are the nodes.
        ended = !orders.iter_mut().any(|order| next_permutation(order));
        Some(ordered)
    })
}

/// All ways to rename the nodes of a connected graph that no node can notice by what it knows: of its ports, their order, labels,
/// weights and directions.  Each as the new name of every node; the first changes nothing.
pub(crate) fn renamings(graph: &Graph) -> Vec<Vec<NodeIndex>> {
    graph.nodes().filter_map(|first| renaming(graph, first)).collect()
}

/// The renaming that calls node 0 `first`: ports tell all others.
fn renaming(graph: &Graph, first: NodeIndex) -> Option<Vec<NodeIndex>> {
    let mut name = vec![None; graph.node_count()];
    let mut to_do = vec![NodeIndex::new(0)];
    name[0] = Some(first);
    while let Some(node) = to_do.pop() {
        let other = name[node.index()]?;
        if graph.degree(node) != graph.degree(other) {
            return None;
        }
        for port in (0..graph.degree(node)).map(Port::new) {
            let (one, two) = (graph.end(node, port), graph.end(other, port));
            let alike = |end: &super::End| (end.back, end.sends, end.label);
            if alike(&one) != alike(&two) || graph.weight(node, port) != graph.weight(other, port) {
                return None;
            }
            match name[one.neighbour.index()] {
                Some(already) if already == two.neighbour => {}
                Some(_) => return None,
                None => {
                    name[one.neighbour.index()] = Some(two.neighbour);
                    to_do.push(one.neighbour);
                }
            }
        }
    }
    name.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::topology::Topology;

    /// OEIS A001187 and A001349.
    #[test]
    fn there_are_as_many_graphs_as_known() {
        let named = (1..=6).map(|nodes| EveryGraph::named(nodes).count());
        assert_eq!(named.collect::<Vec<_>>(), [1, 1, 4, 38, 728, 26_704]);
        let unnamed = (1..=6).map(|nodes| EveryGraph::unnamed(nodes).count());
        assert_eq!(unnamed.collect::<Vec<_>>(), [1, 1, 2, 6, 21, 112]);
    }

    #[test]
    fn no_graph_comes_twice() {
        let links = |graph: Graph| graph.links().map(|link| (link.a, link.b)).collect::<Vec<_>>();
        let all = EveryGraph::named(5).map(links).collect::<BTreeSet<_>>();
        assert_eq!(all.len(), 728);
    }

    #[test]
    fn orders_come_as_in_a_dictionary() {
        let mut order = [0, 1, 2, 3];
        let mut all = vec![order];
        while next_permutation(&mut order) {
            all.push(order);
        }
        assert!(all.is_sorted() && all.len() == 24, "{all:?}");
        assert_eq!(order, [0, 1, 2, 3]);
        assert!(!next_permutation::<u8>(&mut []));
    }

    #[test]
    fn ports_come_in_every_order() {
        let star = Topology::star(4).build(1).expect("a star").graph;
        assert_eq!(every_order_of_ports(&star).count(), 6);
        let complete = Topology::complete(4).build(1).expect("a complete graph").graph;
        let all = every_order_of_ports(&complete);
        let neighbours = |graph: Graph| {
            graph.nodes().flat_map(|node| graph.ends(node).map(|end| end.neighbour).collect::<Vec<_>>()).collect::<Vec<_>>()
        };
        assert_eq!(all.map(neighbours).collect::<BTreeSet<_>>().len(), 6usize.pow(4));
    }

    /// Ports are numbered in the order of neighbours, so that turning a ring is noticed by two nodes; a hypercube whose ports are
    /// dimensions can be moved to each of its nodes.
    #[test]
    fn renamings_are_those_that_keep_ports() {
        let count = |topology: Topology| renamings(&topology.build(1).expect("a graph").graph).len();
        assert_eq!((count(Topology::ring(5)), count(Topology::path(2)), count(Topology::path(4)), count(Topology::star(4))), (1, 2, 1, 1));
        let ring = Topology::ring(5).build(1).expect("a ring").graph;
        let turned = every_order_of_ports(&ring).map(|graph| renamings(&graph).len()).collect::<Vec<_>>();
        // Two of the 32 orders turn with the ring: all right, or all left first.
        assert_eq!(turned.iter().filter(|count| **count == 5).count(), 2);
    }
}
