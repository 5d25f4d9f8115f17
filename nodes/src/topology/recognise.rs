//! Which shape a graph has, however its nodes are numbered: a file does not say that it holds a grid.

use super::search::{Follow, UNREACHED, distances, linked};
use super::{Graph, NodeIndex, Port};
use crate::sorting;

/// For each node of a ring the port towards its right neighbour; right of node 0 is its smaller neighbour (in a directed graph:
/// where its link leads).  `None` if the graph is no ring.
///
/// A ring of 1 is one link from the node to itself, a ring of 2 two links.
pub(super) fn ring(graph: &Graph) -> Option<Vec<Port>> {
    let n = graph.node_count();
    if n == 0 || graph.nodes().any(|node| graph.degree(node) != 2) {
        return None;
    }
    let start = NodeIndex::new(0);
    let mut ports = [Port::new(0), Port::new(1)];
    sorting::by_key(&mut ports, |port| {
        let end = graph.end(start, *port);
        let is_b = graph.link(end.link).a != start;
        (!end.sends, end.neighbour, end.link, is_b)
    });
    let mut right = vec![Port::SELF; n];
    let (mut node, mut port) = (start, ports[0]);
    for _ in 0..n {
        let end = graph.end(node, port);
        if right[node.index()] != Port::SELF || !end.sends {
            return None;
        }
        right[node.index()] = port;
        node = end.neighbour;
        port = Port::new(1 - end.back.index());
    }
    (node == start).then_some(right)
}

/// Nodes in rows and columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lattice {
    pub(super) rows: usize,
    pub(super) columns: usize,
    /// Row by row.
    pub(super) nodes: Vec<NodeIndex>,
}

impl Lattice {
    fn at(&self, row: usize, column: usize) -> NodeIndex {
        self.nodes[row * self.columns + column]
    }

    fn transposed(&self) -> Lattice {
        let nodes = (0..self.columns).flat_map(|column| (0..self.rows).map(move |row| self.at(row, column))).collect();
        Lattice { rows: self.columns, columns: self.rows, nodes }
    }
}

/// The rows and columns of a grid.
pub(super) fn grid(graph: &Graph) -> Option<Lattice> {
    let n = graph.node_count();
    if n == 0 || graph.is_directed() || graph.nodes().any(|node| graph.degree(node) > 4) {
        return None;
    }
    let corner = graph.nodes().min_by_key(|node| graph.degree(*node))?;
    let mut nodes = first_row(graph, corner)?;
    let columns = nodes.len();
    let mut placed = vec![false; n];
    for node in &nodes {
        if core::mem::replace(&mut placed[node.index()], true) {
            return None;
        }
    }
    while nodes.len() < n {
        for above in nodes.len() - columns..nodes.len() {
            let mut below = graph.ends(nodes[above]).map(|end| end.neighbour).filter(|node| !placed[node.index()]);
            let (Some(node), None) = (below.next(), below.next()) else { return None };
            placed[node.index()] = true;
            nodes.push(node);
        }
    }
    let rows = n / columns;
    let lattice = Lattice { rows, columns, nodes };
    let links = rows * (columns - 1) + columns * (rows - 1);
    let is_grid = graph.link_count() == links
        && (0..rows).all(|row| (1..columns).all(|column| linked(graph, lattice.at(row, column - 1), lattice.at(row, column))))
        && (1..rows).all(|row| (0..columns).all(|column| linked(graph, lattice.at(row - 1, column), lattice.at(row, column))));
    let first = graph.ends(corner).map(|end| end.neighbour).min();
    is_grid.then(|| if first == lattice.nodes.get(1).copied() || rows == 1 { lattice } else { lattice.transposed() })
}

/// From a corner along the rim to the next corner.
fn first_row(graph: &Graph, corner: NodeIndex) -> Option<Vec<NodeIndex>> {
    let mut row = vec![corner];
    let rim = graph.degree(corner);
    if rim == 0 {
        return Some(row);
    }
    if rim > 2 {
        return None;
    }
    // In two rows the rim does not show which way it goes on: there the short side is taken.
    let mut onwards: Vec<NodeIndex> = graph.ends(corner).map(|end| end.neighbour).collect();
    sorting::by_key(&mut onwards, |node| (graph.degree(*node) != rim, *node));
    let (mut before, mut node) = (corner, onwards[0]);
    loop {
        row.push(node);
        if graph.degree(node) == rim {
            return Some(row);
        }
        let mut next =
            graph.ends(node).map(|end| end.neighbour).filter(|next| *next != before && graph.degree(*next) <= rim + 1);
        let (Some(after), None) = (next.next(), next.next()) else { return None };
        if row.len() > graph.node_count() {
            return None;
        }
        (before, node) = (node, after);
    }
}

/// The rows and columns of a torus of at least 3 by 3.
pub(super) fn torus(graph: &Graph) -> Option<Lattice> {
    if graph.is_directed() || graph.node_count() < 9 || graph.nodes().any(|node| graph.degree(node) != 4) {
        return None;
    }
    let origin = NodeIndex::new(0);
    let mut around: Vec<NodeIndex> = graph.ends(origin).map(|end| end.neighbour).collect();
    sorting::sort(&mut around);
    // One of the other three lies opposite to the first; that is all there is to choose.
    (1..4).find_map(|left| {
        let rest: Vec<NodeIndex> = (1..4).filter(|other| *other != left).map(|other| around[other]).collect();
        unroll(graph, [origin, around[0]], [rest[0], rest[1]])
    })
}

/// The torus whose first row begins with these two nodes, if below and above the first of them lie those.
fn unroll(graph: &Graph, [origin, second]: [NodeIndex; 2], [below, above]: [NodeIndex; 2]) -> Option<Lattice> {
    let n = graph.node_count();
    let neighbours = |node: NodeIndex| graph.ends(node).map(|end| end.neighbour);
    let the_other = |node: NodeIndex, known: &[NodeIndex]| {
        let mut rest = neighbours(node).filter(|next| !known.contains(next));
        if let (Some(only), None) = (rest.next(), rest.next()) { Some(only) } else { None }
    };
    let corner = |one: NodeIndex, two: NodeIndex, not: NodeIndex| {
        let mut both = neighbours(one).filter(|node| *node != not && linked(graph, *node, two));
        if let (Some(only), None) = (both.next(), both.next()) { Some(only) } else { None }
    };
    let (mut first, mut under) = (vec![origin], vec![below]);
    let (mut before, mut node, mut up) = (origin, second, above);
    while node != origin {
        if first.len() == n {
            return None;
        }
        let down = corner(node, under[under.len() - 1], before)?;
        up = corner(node, up, before)?;
        first.push(node);
        under.push(down);
        (before, node) = (node, the_other(node, &[before, down, up])?);
    }
    let columns = first.len();
    if columns < 3 || !n.is_multiple_of(columns) || n / columns < 3 {
        return None;
    }
    let mut nodes = first;
    nodes.extend(under);
    while nodes.len() < n {
        let row = nodes.len() - columns;
        for column in 0..columns {
            let (left, right) = ((column + columns - 1) % columns, (column + 1) % columns);
            let known = [nodes[row + left], nodes[row + right], nodes[row + column - columns]];
            nodes.push(the_other(nodes[row + column], &known)?);
        }
    }
    let lattice = Lattice { rows: n / columns, columns, nodes };
    let mut seen = vec![false; n];
    let distinct = lattice.nodes.iter().all(|node| !core::mem::replace(&mut seen[node.index()], true));
    let closed = (0..lattice.rows).all(|row| {
        (0..columns).all(|column| {
            let node = lattice.at(row, column);
            linked(graph, node, lattice.at(row, (column + 1) % columns))
                && linked(graph, node, lattice.at((row + 1) % lattice.rows, column))
        })
    });
    (distinct && closed).then_some(lattice)
}

/// For each node of a hypercube its corner: neighbours differ in one bit.  Node 0 is corner 0, its neighbours in the order of
/// their numbers are corners 1, 2, 4, ..; so a hypercube whose nodes are numbered by bits keeps its numbers.
pub(super) fn hypercube(graph: &Graph) -> Option<Vec<u32>> {
    let n = graph.node_count();
    if graph.is_directed() || !n.is_power_of_two() || n > 1 << 30 {
        return None;
    }
    let dimensions = n.trailing_zeros();
    if graph.nodes().any(|node| graph.degree(node) != dimensions as usize) {
        return None;
    }
    let levels = distances(graph, NodeIndex::new(0), Follow::Either);
    if levels.contains(&UNREACHED) {
        return None;
    }
    let mut order: Vec<NodeIndex> = graph.nodes().collect();
    sorting::by_key(&mut order, |node| levels[node.index()]);
    let mut corners = vec![0u32; n];
    for (rank, node) in order.into_iter().enumerate().skip(1) {
        let level = levels[node.index()];
        corners[node.index()] = if level == 1 {
            1 << (rank - 1)
        } else {
            let lower = graph.ends(node).filter(|end| levels[end.neighbour.index()] + 1 == level);
            lower.fold(0, |bits, end| bits | corners[end.neighbour.index()])
        };
    }
    let mut taken = vec![false; n];
    let distinct = corners.iter().all(|corner| !core::mem::replace(&mut taken[*corner as usize], true));
    let one_bit = |a: NodeIndex, b: NodeIndex| (corners[a.index()] ^ corners[b.index()]).count_ones() == 1;
    (distinct && graph.links().all(|link| one_bit(link.a, link.b))).then_some(corners)
}
