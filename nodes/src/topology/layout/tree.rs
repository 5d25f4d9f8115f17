//! Trees: in layers below their middle, paths in rows.

use super::{Point, in_order};
use crate::topology::search::{Follow, UNREACHED, distances};
use crate::topology::{Graph, NodeIndex};

/// More leaves would make a drawing in layers too wide.
const MOST_LEAVES: usize = 36;
/// A path longer than this turns at the end of a row.
const LONGEST_ROW: usize = 12;

/// A drawing of the graph, if it is a tree and not too wide.
pub(super) fn of(graph: &Graph) -> Option<Vec<Point>> {
    let n = graph.node_count();
    let first = distances(graph, NodeIndex::new(0), Follow::Either);
    if graph.link_count() + 1 != n || first.contains(&UNREACHED) {
        return None;
    }
    let longest = longest_path(graph, &first);
    let inner = longest.len().saturating_sub(2);
    let off_path = n - longest.len();
    let leaves = graph.nodes().filter(|node| graph.degree(*node) == 1).count();
    if off_path == 0 {
        return Some(in_order(&longest, &rows(n)));
    }
    if leaves + inner == n {
        return Some(caterpillar(graph, &longest));
    }
    (leaves <= MOST_LEAVES).then(|| layers(graph, longest[longest.len() / 2]))
}

fn farthest(distances: &[u32]) -> NodeIndex {
    let far = distances.iter().max().copied().unwrap_or(0);
    NodeIndex::new(distances.iter().position(|distance| *distance == far).unwrap_or(0))
}

/// The nodes of a longest path, the end with the smaller number first.
fn longest_path(graph: &Graph, first: &[u32]) -> Vec<NodeIndex> {
    let one = farthest(first);
    let from_one = distances(graph, one, Follow::Either);
    let mut path = vec![farthest(&from_one)];
    while let Some(last) = path.last().copied().filter(|last| *last != one) {
        let nearer = graph.ends(last).find(|end| from_one[end.neighbour.index()] < from_one[last.index()]);
        path.extend(nearer.map(|end| end.neighbour));
    }
    if path[0] > path[path.len() - 1] {
        path.reverse();
    }
    path
}

/// Places along rows, to and fro.
fn rows(count: usize) -> Vec<Point> {
    let width = if count <= LONGEST_ROW { count } else { libm::ceil(libm::sqrt(1.8 * count as f64)) as usize };
    let place = |place: usize| {
        let (row, column) = (place / width, place % width);
        [if row % 2 == 0 { column } else { width - 1 - column } as f64, row as f64]
    };
    (0..count).map(place).collect()
}

/// A path with its leaves above and below.
fn caterpillar(graph: &Graph, longest: &[NodeIndex]) -> Vec<Point> {
    let spine = &longest[1..longest.len() - 1];
    let mut points = vec![[0.0; 2]; graph.node_count()];
    let mut x = 0.0;
    for node in spine {
        let mut leaves: Vec<NodeIndex> =
            graph.ends(*node).map(|end| end.neighbour).filter(|other| graph.degree(*other) == 1).collect();
        leaves.sort_unstable();
        let (above, below) = leaves.split_at(leaves.len() / 2);
        let width = (below.len().max(1) as f64 - 1.0) * 0.8;
        points[node.index()] = [x + width / 2.0, 0.0];
        for (side, y) in [(above, -1.0), (below, 1.0)] {
            let start = x + (width - (side.len().max(1) as f64 - 1.0) * 0.8) / 2.0;
            for (place, leaf) in side.iter().enumerate() {
                points[leaf.index()] = [start + place as f64 * 0.8, y];
            }
        }
        x += width + 1.1;
    }
    points
}

/// Leaves side by side, each other node above the middle of its children.
fn layers(graph: &Graph, root: NodeIndex) -> Vec<Point> {
    let depths = distances(graph, root, Follow::Either);
    let children = |node: NodeIndex| {
        let mut children: Vec<NodeIndex> =
            graph.ends(node).map(|end| end.neighbour).filter(|other| depths[other.index()] > depths[node.index()]).collect();
        children.sort_unstable();
        children
    };
    let mut points = vec![[0.0; 2]; graph.node_count()];
    let mut order = Vec::new();
    let mut stack = vec![root];
    while let Some(node) = stack.pop() {
        order.push(node);
        stack.extend(children(node).into_iter().rev());
    }
    let mut leaves = 0.0;
    for node in &order {
        if children(*node).is_empty() {
            points[node.index()][0] = leaves;
            leaves += 1.0;
        }
        points[node.index()][1] = f64::from(depths[node.index()]);
    }
    for node in order.iter().rev() {
        let below = children(*node);
        if let (Some(first), Some(last)) = (below.first(), below.last()) {
            points[node.index()][0] = (points[first.index()][0] + points[last.index()][0]) / 2.0;
        }
    }
    points.into_iter().map(|[x, y]| [x * 0.9, y * 1.1]).collect()
}
