//! All graphs of a few nodes, and all ways to number their ports: what a checker goes through.

use super::{Graph, GraphBuilder};

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

    /// The numbers of the graphs, of which [`graph`](EveryGraph::graph) makes them: what takes no memory.
    pub(crate) fn numbers(mut self) -> impl Iterator<Item = u32> {
        core::iter::from_fn(move || self.next_number())
    }

    /// The graph of so many nodes that has that number.
    pub(crate) fn graph(nodes: usize, number: u32) -> Graph {
        let mut builder = GraphBuilder::new(nodes);
        for (a, b) in EveryGraph::links(nodes, number) {
            builder.link(a, b);
        }
        builder.build()
    }

    /// The links of that graph.
    pub(crate) fn links(nodes: usize, number: u32) -> Vec<(usize, usize)> {
        Pairs::of(nodes).linked(number).collect()
    }

    fn next_number(&mut self) -> Option<u32> {
        while self.next < 1 << self.pairs.0.len() {
            let links = self.next;
            self.next += 1;
            if self.pairs.connect(links) && self.is_first_of_its_kind(links) {
                return Some(links);
            }
        }
        None
    }

    /// Whether no renaming makes a smaller number of it: each kind of graph has one such.
    fn is_first_of_its_kind(&self, links: u32) -> bool {
        self.renamings.iter().all(|renaming| Pairs::moved(links, renaming) >= links)
    }
}

impl Iterator for EveryGraph {
    type Item = Graph;

    fn next(&mut self) -> Option<Graph> {
        let number = self.next_number()?;
        Some(EveryGraph::graph(self.pairs.1, number))
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

/// That order of `0..len`, counted as in a dictionary; `rest` is what `number` says beyond that.
pub(crate) fn nth_order(len: usize, number: u64) -> (Vec<u32>, u64) {
    let (mut digits, mut rest) = (vec![0; len], number);
    // In the factorial number system, the last digit first.
    for (place, digit) in digits.iter_mut().rev().enumerate() {
        *digit = (rest % (place as u64 + 1)) as usize;
        rest /= place as u64 + 1;
    }
    let mut left = (0..len as u32).collect::<Vec<_>>();
    (digits.into_iter().map(|digit| left.remove(digit)).collect(), rest)
}

/// In how many orders so many things can stand; `None` if that is more than a number holds.
pub(crate) fn orders(len: usize) -> Option<u64> {
    (1..=len as u64).try_fold(1, |orders: u64, factor| orders.checked_mul(factor))
}

/// In how many orders the ports of a graph can stand: the product of the factorials of the degrees.
pub(crate) fn orders_of_ports(graph: &Graph) -> Option<u64> {
    graph.nodes().try_fold(1, |product: u64, node| product.checked_mul(orders(graph.degree(node))?))
}

/// That one of these orders: by node, in which order it has the ports that it has now.
pub(crate) fn nth_order_of_ports(graph: &Graph, number: u64) -> Vec<Vec<u32>> {
    let mut rest = number;
    let mut next = |node| {
        let (order, beyond) = nth_order(graph.degree(node), rest);
        rest = beyond;
        order
    };
    graph.nodes().map(&mut next).collect()
}

/// The same graph with the ports of each node in every order: the product of the factorials of the degrees.  Labels stay with their
/// ends.
pub fn every_order_of_ports(graph: &Graph) -> impl Iterator<Item = Graph> {
    // More than a number holds nobody goes through.
    let (graph, all) = (graph.clone(), orders_of_ports(graph).unwrap_or(u64::MAX));
    (0..all).map(move |number| {
        let orders = nth_order_of_ports(&graph, number);
        graph.clone().with_ports_in_order(&orders)
    })
}

/// How many sets of so many things there are that are not empty; `None` if that is more than a number holds.
pub(crate) fn sets(len: usize) -> Option<u64> {
    Some(1u64.checked_shl(u32::try_from(len).ok()?)? - 1)
}

/// That set of some of `0..len`: the smallest first, those of one size as in a dictionary.
pub(crate) fn nth_set(len: usize, number: u64) -> Vec<usize> {
    let choose = |from: usize, some: usize| {
        let product = (0..some as u128).fold(1, |product: u128, place| product * (from as u128 - place) / (place + 1));
        u64::try_from(product).unwrap_or(u64::MAX)
    };
    let (mut rest, mut size) = (number, 1);
    while rest >= choose(len, size) {
        rest -= choose(len, size);
        size += 1;
    }
    let mut set = Vec::with_capacity(size);
    for member in 0..len {
        let wanted = size - set.len();
        if wanted == 0 {
            break;
        }
        // So many have this one as their next member.
        let with_it = choose(len - member - 1, wanted - 1);
        if rest < with_it {
            set.push(member);
        } else {
            rest -= with_it;
        }
    }
    set
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

    #[test]
    fn orders_and_sets_have_numbers() {
        let mut order = [0, 1, 2, 3, 4];
        for number in 0..120 {
            assert_eq!(nth_order(5, number + 7 * 120), (order.to_vec(), 7));
            next_permutation(&mut order);
        }
        assert_eq!((nth_order(0, 3), orders(20), orders(21)), ((vec![], 3), Some(2_432_902_008_176_640_000), None));
        let all = (0..31).map(|number| nth_set(5, number)).collect::<Vec<_>>();
        assert_eq!(all[..6], [vec![0], vec![1], vec![2], vec![3], vec![4], vec![0, 1]]);
        assert_eq!(all[29..], [vec![1, 2, 3, 4], vec![0, 1, 2, 3, 4]]);
        assert!(all.is_sorted_by_key(Vec::len) && all.iter().collect::<BTreeSet<_>>().len() == 31, "{all:?}");
        assert_eq!((sets(5), sets(63), sets(64)), (Some(31), Some(u64::MAX / 2), None));
        assert_eq!(nth_set(63, u64::MAX / 2 - 1).len(), 63);
    }
}
