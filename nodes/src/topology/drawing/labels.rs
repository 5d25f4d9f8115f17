//! Where names stand: in the node if they fit, else beside it where they cover nothing.

use super::lines::Line;
use super::{Rect, Sizes};
use crate::topology::Graph;
use crate::topology::layout::Point;

/// A name on paper.
#[derive(Clone, Debug)]
pub(super) struct Label {
    pub(super) text: String,
    pub(super) place: Rect,
    pub(super) is_beside: bool,
    pub(super) font: f64,
}

/// One for each node, unless there are too many nodes for names.
pub(super) fn of(graph: &Graph, points: &[Point], lines: &[Line], sizes: Sizes) -> Vec<Label> {
    if sizes.font == 0.0 {
        return Vec::new();
    }
    let nodes: Vec<Rect> = points.iter().map(|point| Rect::around(*point, 2.0 * sizes.radius, 2.0 * sizes.radius)).collect();
    let mut labels: Vec<Label> = Vec::with_capacity(points.len());
    for (node, point) in graph.nodes().zip(points) {
        let text: String = graph.title(node).chars().filter(|letter| !letter.is_control()).collect();
        let label = |place: Rect, is_beside: bool| Label { text: text.clone(), place, is_beside, font: sizes.font };
        let size = [sizes.width(&text) + 2.0, sizes.font * 1.2];
        if sizes.is_inside(&text) {
            labels.push(label(Rect::around(*point, size[0], size[1]), false));
            continue;
        }
        let cost = |place: &Rect| {
            let others = labels.iter().map(|other| other.place).chain(nodes.iter().copied());
            let covered: f64 = others.map(|other| place.overlap(other)).sum();
            let crossed = lines
                .iter()
                .filter(|line| line.curve().iter().any(|point| place.overlap(Rect::around(*point, 1.0, 1.0)) > 0.0));
            covered * 1000.0 + crossed.count() as f64
        };
        let mut best: Option<(f64, Rect)> = None;
        for far in [1.0, 1.8, 2.8, 4.0] {
            for [right, down] in
                [[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0], [0.8, 0.8], [-0.8, 0.8], [0.8, -0.8], [-0.8, -0.8]]
            {
                let aside = |along: f64, half: f64| along * (half + (sizes.radius + 3.0) * far);
                let diagonal = if right != 0.0 && down != 0.0 { 0.75 } else { 1.0 };
                let centre =
                    [point[0] + aside(right * diagonal, size[0] / 2.0), point[1] + aside(down * diagonal, size[1] / 2.0)];
                let place = Rect::around(centre, size[0], size[1]);
                let cost = cost(&place) + far;
                if best.is_none_or(|(least, _)| cost < least) {
                    best = Some((cost, place));
                }
            }
            if best.is_some_and(|(least, _)| least < 1000.0) {
                break;
            }
        }
        if let Some((_, place)) = best {
            labels.push(label(place, true));
        }
    }
    labels
}
