//! Distances on paper like distances in the graph: stress, brought down by stochastic gradient descent (Zheng, Pawar & Goodman
//! 2018).

use super::{Point, distance};
use crate::random::Random;
use crate::topology::Graph;
use crate::topology::search::{Follow, UNREACHED, distances};

/// Passes over all pairs; the step shrinks from the first to the last.
const PASSES: u32 = 60;
/// The step of the last pass.
const LAST_STEP: f64 = 0.02;
/// Where all pairs would take too long, distances from so many nodes only.
const MOST_SOURCES: usize = 400;

/// Links are drawn longer than their wanted length of 1, that what runs between nodes can be seen.
const LENGTH: f64 = 1.45;
/// How near two nodes may stand.
const CLOSEST: f64 = 0.6;

/// A drawing of any graph.
pub(super) fn of(graph: &Graph) -> Vec<Point> {
    let n = graph.node_count();
    let mut random = Random::stream(0, "layout", 0);
    let mut pairs = wanted(graph, &mut random);
    let longest = pairs.iter().map(|pair| pair.2).fold(1.0, f64::max);
    let mut points: Vec<Point> = (0..n).map(|_| [random.unit() * longest, random.unit() * longest]).collect();
    let first_step = longest * longest;
    let shrink = libm::log(LAST_STEP / first_step) / f64::from(PASSES - 1);
    for pass in 0..PASSES {
        let step = first_step * libm::exp(shrink * f64::from(pass));
        random.shuffle(&mut pairs);
        for (a, b, wanted) in &pairs {
            let (a, b) = (*a as usize, *b as usize);
            let now = distance(points[a], points[b]).max(1e-9);
            let pull = (step / (wanted * wanted)).min(1.0) * (now - wanted) / 2.0 / now;
            let shift = [0, 1].map(|axis| (points[b][axis] - points[a][axis]) * pull);
            for (node, sign) in [(a, 1.0), (b, -1.0)] {
                points[node] = [points[node][0] + sign * shift[0], points[node][1] + sign * shift[1]];
            }
        }
    }
    keep_apart(&mut points);
    lying(points)
}

/// Pushes nodes aside that would cover each other.
fn keep_apart(points: &mut [Point]) {
    for _ in 0..20 {
        let mut moved = false;
        for b in 1..points.len() {
            for a in 0..b {
                let [dx, dy] = [points[b][0] - points[a][0], points[b][1] - points[a][1]];
                let missing = CLOSEST - libm::sqrt(dx * dx + dy * dy);
                if missing > 0.01 {
                    let [x, y] =
                        if dx == 0.0 && dy == 0.0 { [1.0, 0.0] } else { [dx, dy].map(|along| along / (CLOSEST - missing)) };
                    for (place, sign) in [(a, -0.5), (b, 0.5)] {
                        points[place][0] += x * missing * sign;
                        points[place][1] += y * missing * sign;
                    }
                    moved = true;
                }
            }
        }
        if !moved {
            return;
        }
    }
}

/// Pairs of nodes and how far apart they are wanted.
fn wanted(graph: &Graph, random: &mut Random) -> Vec<(u32, u32, f64)> {
    let mut sources: Vec<_> = graph.nodes().collect();
    let all = sources.len() <= MOST_SOURCES;
    if !all {
        random.shuffle(&mut sources);
        sources.truncate(MOST_SOURCES);
    }
    let mut pairs = Vec::new();
    for source in sources {
        for (other, hops) in distances(graph, source, Follow::Either).into_iter().enumerate() {
            let is_new = if all { other > source.index() } else { other != source.index() };
            if is_new {
                // What is not connected stands aside.
                let wanted = if hops == UNREACHED { 6.0 } else { f64::from(hops) };
                pairs.push((source.index() as u32, other as u32, wanted));
            }
        }
    }
    pairs
}

/// Turned so that the longer side lies flat.
fn lying(points: Vec<Point>) -> Vec<Point> {
    let n = points.len() as f64;
    let centre = [0, 1].map(|axis| points.iter().map(|point| point[axis]).sum::<f64>() / n);
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for point in &points {
        let [x, y] = [point[0] - centre[0], point[1] - centre[1]];
        (xx, xy, yy) = (xx + x * x, xy + x * y, yy + y * y);
    }
    let angle = libm::atan2(2.0 * xy, xx - yy) / 2.0;
    let (sin, cos) = (libm::sin(angle), libm::cos(angle));
    points.into_iter().map(|[x, y]| [(x * cos + y * sin) * LENGTH, (y * cos - x * sin) * LENGTH]).collect()
}
