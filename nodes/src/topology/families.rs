//! Families of graphs in which nothing is random.  Nodes are numbered as in NetworkX, where it has the family.

use super::spec::Kind;
use super::{Graph, GraphBuilder, PortLabel};

/// The graph, unless the family is a random one or no family.  The numbers have been checked.
pub(super) fn graph(kind: &Kind) -> Option<Graph> {
    Some(match *kind {
        Kind::Ring(n) => Graph::cycle(n as u32, false, false),
        Kind::OrientedRing(n) => Graph::cycle(n as u32, true, false),
        Kind::DirectedRing(n) => Graph::cycle(n as u32, true, true),
        Kind::Path(n) => of(n, (1..n).map(|node| (node - 1, node))),
        Kind::Star(n) => of(n, (1..n).map(|node| (0, node))),
        Kind::Complete(n) => of(n, pairs(0, n)),
        Kind::CompleteBipartite(a, b) => of(a + b, (0..a).flat_map(|one| (a..a + b).map(move |two| (one, two)))),
        Kind::Wheel(n) => {
            let rim = (1..n).map(|node| (node, if node + 1 == n { 1 } else { node + 1 }));
            of(n, (1..n).map(|node| (0, node)).chain(rim))
        }
        Kind::Grid(rows, columns) => of(rows * columns, grid(rows, columns)),
        Kind::Grid3d(layers, rows, columns) => {
            let layer = rows * columns;
            let within =
                (0..layers).flat_map(|number| grid(rows, columns).map(move |(a, b)| (number * layer + a, number * layer + b)));
            let between = (layer..layers * layer).map(|node| (node - layer, node));
            of(layers * layer, within.chain(between))
        }
        Kind::Torus(rows, columns) => {
            let closing_rows = (0..rows).map(|row| (row * columns + columns - 1, row * columns));
            let closing_columns = (0..columns).map(|column| ((rows - 1) * columns + column, column));
            of(rows * columns, grid(rows, columns).chain(closing_rows).chain(closing_columns))
        }
        Kind::Hypercube(dimension) => hypercube(dimension),
        Kind::BinaryTree(n) => of(n, (1..n).map(|node| ((node - 1) / 2, node))),
        Kind::Caterpillar(spine, leaves) => {
            let leaf = (0..spine * leaves).map(|leaf| (leaf / leaves, spine + leaf));
            of(spine * (1 + leaves), (1..spine).map(|node| (node - 1, node)).chain(leaf))
        }
        Kind::Lollipop(complete, path) => {
            let all = complete + path;
            of(all, pairs(0, complete).chain((complete..all).map(|node| (node - 1, node))))
        }
        Kind::Barbell(complete, path) => {
            let second = complete + path;
            let between = (complete..=second).map(|node| (node - 1, node));
            of(second + complete, pairs(0, complete).chain(between).chain(pairs(second, second + complete)))
        }
        Kind::Circulant(n, ref jumps) => circulant(n, jumps),
        Kind::Petersen => of(10, PETERSEN),
        Kind::Links(ref links) => {
            let nodes = links.iter().map(|(a, b)| a.max(b) + 1).max().unwrap_or(0);
            of(nodes, links.iter().copied())
        }
        Kind::Karate => {
            let mut builder = GraphBuilder::new(34);
            for (one, two, weight) in KARATE {
                builder.weighted_link(one.into(), two.into(), weight.into());
            }
            builder.build()
        }
        _ => return None,
    })
}

fn of(nodes: usize, links: impl IntoIterator<Item = (usize, usize)>) -> Graph {
    let mut builder = GraphBuilder::new(nodes);
    for (a, b) in links {
        builder.link(a, b);
    }
    builder.build()
}

/// Every two of the nodes from `first` to before `end`.
fn pairs(first: usize, end: usize) -> impl Iterator<Item = (usize, usize)> {
    (first..end).flat_map(move |one| (one + 1..end).map(move |two| (one, two)))
}

fn grid(rows: usize, columns: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..rows * columns).flat_map(move |node| {
        let right = (node % columns + 1 < columns).then_some((node, node + 1));
        let below = (node / columns + 1 < rows).then_some((node, node + columns));
        right.into_iter().chain(below)
    })
}

fn hypercube(dimension: usize) -> Graph {
    let mut builder = GraphBuilder::new(1 << dimension);
    for node in 0..1usize << dimension {
        for bit in (0..dimension).filter(|bit| node & 1 << bit == 0) {
            let label = Some(PortLabel::Dimension(bit as u8));
            builder.labelled_link(node, node | 1 << bit, 1.0, label, label);
        }
    }
    builder.build()
}

fn circulant(n: usize, jumps: &[usize]) -> Graph {
    let mut jumps: Vec<usize> = jumps.iter().map(|jump| *jump.min(&(n - jump))).collect();
    jumps.sort_unstable();
    jumps.dedup();
    let links = |jump| (0..if 2 * jump == n { jump } else { n }).map(move |node| (node, (node + jump) % n));
    of(n, jumps.into_iter().flat_map(links))
}

#[rustfmt::skip]
const PETERSEN: [(usize, usize); 15] = [
    (0, 1), (0, 4), (0, 5), (1, 2), (1, 6), (2, 3), (2, 7), (3, 4), (3, 8), (4, 9), (5, 7), (5, 8), (6, 8), (6, 9), (7, 9),
];

/// W. W. Zachary, *An Information Flow Model for Conflict and Fission in Small Groups*, Journal of Anthropological Research 33
/// (1977): members 1..34, here 0..33, and in how many contexts two of them met.
#[rustfmt::skip]
const KARATE: [(u8, u8, u8); 78] = [
    (0, 1, 4), (0, 2, 5), (0, 3, 3), (0, 4, 3), (0, 5, 3), (0, 6, 3), (0, 7, 2), (0, 8, 2), (0, 10, 2), (0, 11, 3),
    (0, 12, 1), (0, 13, 3), (0, 17, 2), (0, 19, 2), (0, 21, 2), (0, 31, 2), (1, 2, 6), (1, 3, 3), (1, 7, 4), (1, 13, 5),
    (1, 17, 1), (1, 19, 2), (1, 21, 2), (1, 30, 2), (2, 3, 3), (2, 7, 4), (2, 8, 5), (2, 9, 1), (2, 13, 3), (2, 27, 2),
    (2, 28, 2), (2, 32, 2), (3, 7, 3), (3, 12, 3), (3, 13, 3), (4, 6, 2), (4, 10, 3), (5, 6, 5), (5, 10, 3), (5, 16, 3),
    (6, 16, 3), (8, 30, 3), (8, 32, 3), (8, 33, 4), (9, 33, 2), (13, 33, 3), (14, 32, 3), (14, 33, 2), (15, 32, 3),
    (15, 33, 4), (18, 32, 1), (18, 33, 2), (19, 33, 1), (20, 32, 3), (20, 33, 1), (22, 32, 2), (22, 33, 3), (23, 25, 5),
    (23, 27, 4), (23, 29, 3), (23, 32, 5), (23, 33, 4), (24, 25, 2), (24, 27, 3), (24, 31, 2), (25, 31, 7), (26, 29, 4),
    (26, 33, 2), (27, 33, 4), (28, 31, 2), (28, 33, 2), (29, 32, 4), (29, 33, 2), (30, 32, 3), (30, 33, 3), (31, 32, 4),
    (31, 33, 4), (32, 33, 5),
];
