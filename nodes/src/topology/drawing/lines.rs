//! How links run: straight, bent round a node that is in the way, side by side, or in a loop.

use super::Sizes;
use crate::topology::Graph;
use crate::topology::layout::{Point, distance};

/// A link on paper: a cubic curve.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    points: [Point; 4],
    is_straight: bool,
}

impl Line {
    /// Its ends, and its two control points between them.
    pub(super) fn points(&self) -> [Point; 4] {
        self.points
    }

    /// What `d` of a path is.
    pub(super) fn path(&self) -> String {
        let [[ax, ay], [bx, by], [cx, cy], [dx, dy]] = self.points;
        if self.is_straight {
            format!("M{ax:.1} {ay:.1}L{dx:.1} {dy:.1}")
        } else {
            format!("M{ax:.1} {ay:.1}C{bx:.1} {by:.1} {cx:.1} {cy:.1} {dx:.1} {dy:.1}")
        }
    }

    /// The point half-way.
    pub(super) fn middle(&self) -> Point {
        self.curve()[8]
    }

    /// Points along it.
    pub(super) fn curve(&self) -> [Point; 17] {
        core::array::from_fn(|step| {
            let t = step as f64 / 16.0;
            let s = 1.0 - t;
            let weights = [s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t];
            [0, 1].map(|axis| (0..4).map(|point| weights[point] * self.points[point][axis]).sum())
        })
    }
}

/// One line for each link, in order.
pub(super) fn of(graph: &Graph, points: &[Point], sizes: Sizes) -> Vec<Line> {
    let lines = graph.links().zip(0..).map(|(link, number)| {
        let (a, b) = (link.a.index(), link.b.index());
        let parallels = graph.ends(link.a).filter(|end| end.neighbour == link.b);
        let (parallel, which) = (parallels.clone().count(), parallels.filter(|end| end.link <= number).count());
        let line = if a == b {
            circle(points[a], sizes)
        } else if parallel > 1 {
            bent(
                points[a],
                points[b],
                if a < b { 0.5 } else { -0.5 } * (2.0 * which as f64 - parallel as f64 - 1.0) * sizes.unit * 0.5,
            )
        } else {
            free(points, a, b, sizes)
        };
        shortened(line, sizes.radius, graph.is_directed() && a != b)
    });
    lines.collect()
}

/// A loop above a node.
fn circle([x, y]: Point, sizes: Sizes) -> Line {
    let reach = sizes.radius * 4.0;
    Line { points: [[x, y], [x - reach * 0.8, y - reach], [x + reach * 0.8, y - reach], [x, y]], is_straight: false }
}

/// From a to b, by so much to the left of the straight line.
fn bent(a: Point, b: Point, aside: f64) -> Line {
    let [dx, dy] = [b[0] - a[0], b[1] - a[1]];
    let length = distance(a, b).max(1e-9);
    let control =
        |along: f64| [a[0] + dx * along + dy / length * aside * 4.0 / 3.0, a[1] + dy * along - dx / length * aside * 4.0 / 3.0];
    Line { points: [a, control(0.12), control(0.88), b], is_straight: false }
}

fn straight(a: Point, b: Point) -> Line {
    let at = |along: f64| [a[0] + (b[0] - a[0]) * along, a[1] + (b[1] - a[1]) * along];
    Line { points: [a, at(1.0 / 3.0), at(2.0 / 3.0), b], is_straight: true }
}

/// The straight line, or the least bent one that keeps clear of all other nodes; the straight one if none does.
fn free(points: &[Point], a: usize, b: usize, sizes: Sizes) -> Line {
    let line = straight(points[a], points[b]);
    // Where nodes are many, a line through one is the lesser evil.
    if points.len() > 400 {
        return line;
    }
    let touches = |line: &Line, clear: f64| {
        let curve = line.curve();
        let near = |point: &Point| curve.windows(2).any(|piece| from_piece(*point, piece[0], piece[1]) < clear);
        points.iter().enumerate().filter(|(node, point)| *node != a && *node != b && near(point)).count()
    };
    if touches(&line, sizes.radius * 1.05) == 0 {
        return line;
    }
    let most = 0.25 * distance(points[a], points[b]);
    let bends = [0.3, -0.3, 0.45, -0.45, 0.65, -0.65, 0.9, -0.9].map(|aside| aside * sizes.unit);
    let mut bends = bends.into_iter().filter(|aside| aside.abs() <= most).map(|aside| bent(points[a], points[b], aside));
    bends.find(|bent| touches(bent, sizes.radius * 1.15) == 0).unwrap_or(line)
}

/// The distance of a point from a straight piece of line.
fn from_piece(point: Point, a: Point, b: Point) -> f64 {
    let [dx, dy] = [b[0] - a[0], b[1] - a[1]];
    let square = dx * dx + dy * dy;
    let along = if square > 0.0 { (((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / square).clamp(0.0, 1.0) } else { 0.0 };
    let [x, y] = [point[0] - a[0] - along * dx, point[1] - a[1] - along * dy];
    libm::sqrt(x * x + y * y)
}

/// Ends at the rim of the nodes, where the head of an arrow can be seen.
fn shortened(mut line: Line, radius: f64, has_head: bool) -> Line {
    if has_head {
        let [.., control, [x, y]] = line.points;
        let [dx, dy] = [control[0] - x, control[1] - y];
        let part = (radius + 1.0) / distance(control, [x, y]).max(1e-9);
        line.points[3] = [x + dx * part, y + dy * part];
    }
    line
}
