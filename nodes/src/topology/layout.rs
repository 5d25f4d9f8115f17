//! Where to draw the nodes of a graph: rings round, grids square, trees in layers, what has no such shape by its distances.
//!
//! The shape is recognised from the links, so a ring from a file is as round as `ring:8`.  Everything is computed in the same
//! way on every platform (sines are libm's), so a drawing is part of what can be compared.

mod shapes;
mod stress;
mod tree;

use core::f64::consts::TAU;

use super::{Graph, NodeIndex, recognise};

/// A point: x to the right, y downwards.
pub(super) type Point = [f64; 2];

impl Graph {
    /// Where to draw each node, in units of about a link's length; x runs to the right, y downwards, and all are at least 0.
    ///
    /// Takes time in proportion to the square of the number of nodes unless the shape is known.
    pub fn layout(&self) -> Vec<[f64; 2]> {
        let mut points = self.placed();
        for axis in 0..2 {
            let least = points.iter().map(|point| point[axis]).fold(f64::INFINITY, f64::min);
            points.iter_mut().for_each(|point| point[axis] -= least);
        }
        points
    }

    fn placed(&self) -> Vec<Point> {
        let n = self.node_count();
        if n <= 2 {
            return (0..n).map(|node| [node as f64 * 1.5, 0.0]).collect();
        }
        if let Some(points) = self.positions() {
            return spread(self, points);
        }
        if let Some(right) = recognise::ring(self) {
            let mut order = vec![NodeIndex::new(0)];
            while order.len() < n {
                let last = order[order.len() - 1];
                order.push(self.end(last, right[last.index()]).neighbour);
            }
            return in_order(&order, &circle(n));
        }
        shapes::known(self)
            .or_else(|| tree::of(self))
            .or_else(|| shapes::round(self).then(|| circle(n)))
            .unwrap_or_else(|| stress::of(self))
    }
}

/// So many points on a circle, the first at the top, clockwise, neighbours at distance 1.
fn circle(count: usize) -> Vec<Point> {
    let radius = if count < 2 { 0.0 } else { 0.5 / libm::sin(TAU / 2.0 / count as f64) };
    arc(count, radius)
}

fn arc(count: usize, radius: f64) -> Vec<Point> {
    let angle = |place: usize| TAU * place as f64 / count as f64;
    (0..count).map(|place| [radius * libm::sin(angle(place)), -radius * libm::cos(angle(place))]).collect()
}

/// The i-th point for the i-th node of the order.
fn in_order(order: &[NodeIndex], points: &[Point]) -> Vec<Point> {
    let mut placed = vec![[0.0; 2]; order.len()];
    for (node, point) in order.iter().zip(points) {
        placed[node.index()] = *point;
    }
    placed
}

/// Points of a graph that came about in the plane, y upwards, scaled to links of length 1 on average.
fn spread(graph: &Graph, points: &[Point]) -> Vec<Point> {
    let length = |link: super::Link| distance(points[link.a.index()], points[link.b.index()]);
    let mean = graph.links().map(length).sum::<f64>() / graph.link_count().max(1) as f64;
    let scale = if mean > 0.0 { 1.5 / mean } else { 1.0 };
    points.iter().map(|[x, y]| [x * scale, -y * scale]).collect()
}

pub(super) fn distance(one: Point, two: Point) -> f64 {
    let [dx, dy] = [two[0] - one[0], two[1] - one[1]];
    libm::sqrt(dx * dx + dy * dy)
}
