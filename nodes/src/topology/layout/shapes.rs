//! Shapes that have a usual drawing.

use core::f64::consts::PI;

use super::{Point, arc, in_order};
use crate::topology::search::{Follow, distances, linked};
use crate::topology::{Graph, NodeIndex, PortLabel, recognise};

/// The usual drawing, if the graph has such a shape.
pub(super) fn known(graph: &Graph) -> Option<Vec<Point>> {
    if graph.is_directed() {
        return None;
    }
    let is_labelled = graph.ends(NodeIndex::new(0)).any(|end| matches!(end.label, Some(PortLabel::Dimension(_))));
    let lattice = |graph: &Graph| (!is_labelled).then(|| recognise::grid(graph).or_else(|| recognise::torus(graph))).flatten();
    if let Some(lattice) = lattice(graph) {
        // A row is drawn as a path: long ones turn.
        if lattice.rows > 1 {
            let place = |place: usize| [(place % lattice.columns) as f64, (place / lattice.columns) as f64];
            return Some(in_order(&lattice.nodes, &(0..lattice.nodes.len()).map(place).collect::<Vec<_>>()));
        }
    }
    hypercube(graph).or_else(|| centred(graph)).or_else(|| petersen(graph)).or_else(|| two_sides(graph))
}

/// Whether the graph is best seen as a circle: all nodes have many neighbours, or nearly each is linked to the next in number.
pub(super) fn round(graph: &Graph) -> bool {
    let n = graph.node_count();
    let dense = graph.link_count() * 5 > n * (n - 1) && graph.nodes().all(|node| graph.degree(node) * 4 >= n);
    let node = NodeIndex::new;
    let next = (1..n).filter(|second| linked(graph, node(second - 1), node(*second))).count();
    let closed = || [(0, 1), (0, 2), (1, 1)].iter().any(|(first, last)| linked(graph, node(*first), node(n - last)));
    dense || (n > 5 && next * 20 >= n * 17 && closed())
}

/// Where the dimensions of a hypercube of more than three lead.
const OCTAGON: [Point; 6] = [[1.7, 0.0], [1.202, -1.202], [0.0, -1.7], [-1.202, -1.202], [5.4, -0.85], [0.85, 5.4]];

fn hypercube(graph: &Graph) -> Option<Vec<Point>> {
    let corners = recognise::hypercube(graph)?;
    let directions: &[Point] = match graph.node_count() {
        8 => &[[1.6, 0.0], [0.0, -1.6], [0.75, -0.55]],
        // Dimension 4 on an octagon, as it is seen along the axis of its Petrie polygon.
        16 => &OCTAGON[..4],
        // Octagons side by side: the links between them are parallel.
        32 => &OCTAGON[..5],
        64 => &OCTAGON,
        _ => return None,
    };
    let sum = |corner: u32| {
        let along = directions.iter().enumerate().filter(|(bit, _)| corner >> bit & 1 == 1);
        along.fold([0.0; 2], |sum, (_, way)| [sum[0] + way[0], sum[1] + way[1]])
    };
    Some(corners.into_iter().map(sum).collect())
}

/// A star or a wheel: one node in the middle of all others.
fn centred(graph: &Graph) -> Option<Vec<Point>> {
    let n = graph.node_count();
    let centre = graph.nodes().find(|node| graph.degree(*node) == n - 1)?;
    let rim: Vec<NodeIndex> = graph.nodes().filter(|node| *node != centre).collect();
    let radius = (0.5 / libm::sin(PI / rim.len() as f64)).max(1.3);
    let mut order = vec![centre];
    match graph.link_count() {
        links if links == n - 1 && n > 3 => order.extend(rim),
        links if links == 2 * (n - 1) && n > 4 && rim.iter().all(|node| graph.degree(*node) == 3) => {
            let (mut before, mut node) = (centre, rim[0]);
            while order.len() < n {
                order.push(node);
                let mut others = graph.ends(node).map(|end| end.neighbour).filter(|other| *other != centre && *other != before);
                (before, node) = (node, others.next()?);
                if node == rim[0] {
                    break;
                }
            }
            if order.len() < n {
                return None;
            }
        }
        _ => return None,
    }
    let mut points = vec![[0.0; 2]];
    points.extend(arc(n - 1, radius));
    Some(in_order(&order, &points))
}

/// Petersen's graph, the only cubic one of 10 nodes and diameter 2: a pentagon and a star.
fn petersen(graph: &Graph) -> Option<Vec<Point>> {
    let n = graph.node_count();
    let start = NodeIndex::new(0);
    if n != 10
        || graph.nodes().any(|node| graph.degree(node) != 3 || distances(graph, node, Follow::Forth).iter().any(|far| *far > 2))
    {
        return None;
    }
    let neighbours = |node: NodeIndex| {
        let mut neighbours: Vec<NodeIndex> = graph.ends(node).map(|end| end.neighbour).collect();
        neighbours.sort_unstable();
        neighbours
    };
    // The first ring of five; across from each of its nodes stands the node of the star.
    let ring = neighbours(start).into_iter().find_map(|second| {
        neighbours(second).into_iter().filter(|third| *third != start).find_map(|third| {
            neighbours(third).into_iter().filter(|fourth| *fourth != second).find_map(|fourth| {
                let fifth = neighbours(fourth).into_iter().find(|fifth| *fifth != third && linked(graph, *fifth, start))?;
                Some(vec![start, second, third, fourth, fifth])
            })
        })
    })?;
    let mut order = ring.clone();
    for node in &ring {
        order.push(neighbours(*node).into_iter().find(|other| !ring.contains(other))?);
    }
    let mut points = arc(5, 2.2);
    points.extend(arc(5, 1.1));
    Some(in_order(&order, &points))
}

/// A complete bipartite graph: one side above the other.
fn two_sides(graph: &Graph) -> Option<Vec<Point>> {
    let n = graph.node_count();
    let far = distances(graph, NodeIndex::new(0), Follow::Forth);
    let below: Vec<bool> = far.iter().map(|far| *far == 1).collect();
    let lower = below.iter().filter(|below| **below).count();
    let upper = n - lower;
    let crosses = |link: crate::topology::Link| below[link.a.index()] != below[link.b.index()];
    if lower < 2 || upper < 2 || graph.link_count() != lower * upper || !graph.links().all(crosses) {
        return None;
    }
    let widest = lower.max(upper) as f64;
    let mut next = [0usize; 2];
    let place = |below: &bool| {
        let (side, count) = (usize::from(*below), if *below { lower } else { upper });
        next[side] += 1;
        // The shorter side is spread as wide as the other, with half a step at its ends.
        let x = (next[side] as f64 - 0.5) * widest / count as f64;
        [x, if *below { 1.0 + widest / 5.0 } else { 0.0 }]
    };
    Some(below.iter().map(place).collect())
}
