//! A drawing of a graph.

mod labels;
mod lines;

use core::fmt::Write;

use super::xml;
use crate::topology::Graph;
use crate::topology::layout::Point;

/// More nodes make no picture.
pub(super) const MOST_NODES: usize = 2000;
/// Nor do more links.
const MOST_LINKS: usize = 20_000;
/// Of more links the weights would not be legible.
const MOST_WEIGHTS: usize = 60;

/// Sizes in pixels.
#[derive(Clone, Copy, Debug)]
struct Sizes {
    /// Of a length of 1 in the layout.
    unit: f64,
    /// Of a node.
    radius: f64,
    /// Of letters; 0 where nodes are too many for names.
    font: f64,
    /// Of lines.
    line: f64,
}

impl Sizes {
    fn of(graph: &Graph) -> Self {
        match graph.node_count() {
            0..=40 => Sizes { unit: 70.0, radius: 16.0, font: 13.0, line: 1.6 },
            41..=120 => Sizes { unit: 54.0, radius: 12.0, font: 10.0, line: 1.3 },
            121..=400 => Sizes { unit: 36.0, radius: 8.0, font: 7.0, line: 1.0 },
            _ => Sizes { unit: 24.0, radius: 3.5, font: 0.0, line: 0.6 },
        }
    }

    /// How wide a text is, near enough.
    fn width(self, text: &str) -> f64 {
        text.chars().count() as f64 * self.font * 0.6
    }

    /// Whether a text stands inside its node.
    fn is_inside(self, text: &str) -> bool {
        self.width(text) <= self.radius * 1.7
    }
}

/// A rectangle: left, top, right, bottom.
#[derive(Clone, Copy, Debug)]
struct Rect {
    low: Point,
    high: Point,
}

impl Rect {
    fn around(centre: Point, width: f64, height: f64) -> Self {
        Rect {
            low: [centre[0] - width / 2.0, centre[1] - height / 2.0],
            high: [centre[0] + width / 2.0, centre[1] + height / 2.0],
        }
    }

    /// The area that both cover.
    fn overlap(self, other: Rect) -> f64 {
        let along = |axis: usize| (self.high[axis].min(other.high[axis]) - self.low[axis].max(other.low[axis])).max(0.0);
        along(0) * along(1)
    }

    fn and(self, other: Rect) -> Self {
        let low = [self.low[0].min(other.low[0]), self.low[1].min(other.low[1])];
        Rect { low, high: [self.high[0].max(other.high[0]), self.high[1].max(other.high[1])] }
    }
}

pub(in crate::topology) fn write(graph: &Graph) -> Result<String, String> {
    let (nodes, links) = (graph.node_count(), graph.link_count());
    if nodes > MOST_NODES || links > MOST_LINKS {
        return Err(format!(
            "{nodes} nodes and {links} links make no picture; up to {MOST_NODES} nodes and {MOST_LINKS} links are drawn"
        ));
    }
    let sizes = Sizes::of(graph);
    let points = apart(graph.layout(), sizes);
    let lines = lines::of(graph, &points, sizes);
    let labels = labels::of(graph, &points, &lines, sizes);

    let mut frame = Rect::around(points.first().copied().unwrap_or_default(), 0.0, 0.0);
    for point in &points {
        frame = frame.and(Rect::around(*point, 2.0 * sizes.radius, 2.0 * sizes.radius));
    }
    for label in &labels {
        frame = frame.and(label.place);
    }
    for line in &lines {
        frame = line.curve().iter().fold(frame, |frame, point| frame.and(Rect::around(*point, 0.0, 0.0)));
    }
    let margin = 12.0;
    let [left, top] = frame.low.map(|low| low - margin);
    let [width, height] = [0, 1].map(|axis| frame.high[axis] - frame.low[axis] + 2.0 * margin);

    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"{left:.1} {top:.1} {width:.1} {height:.1}\" font-family=\"system-ui, 'DejaVu Sans', sans-serif\">\n"
    );
    text.push_str(STYLE);
    let _ =
        writeln!(text, "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" class=\"paper\"/>");
    let _ = writeln!(text, "<g class=\"links\" stroke-width=\"{}\">", sizes.line);
    for line in &lines {
        let _ = writeln!(
            text,
            "<path d=\"{}\"{}/>",
            line.path(),
            if graph.is_directed() { " marker-end=\"url(#head)\"" } else { "" }
        );
    }
    text.push_str("</g>\n");
    if graph.is_weighted() && links <= MOST_WEIGHTS && sizes.font > 0.0 {
        let _ = writeln!(text, "<g class=\"weights\" font-size=\"{}\">", sizes.font * 0.8);
        for (link, line) in graph.links().zip(&lines) {
            let [x, y] = line.middle();
            let _ =
                writeln!(text, "<text x=\"{x:.1}\" y=\"{:.1}\" class=\"beside\">{}</text>", y + sizes.font * 0.28, link.weight);
        }
        text.push_str("</g>\n");
    }
    let _ = writeln!(text, "<g class=\"nodes\" stroke-width=\"{}\">", sizes.line);
    for (node, [x, y]) in graph.nodes().zip(&points) {
        let title = xml(&graph.title(node)).unwrap_or_else(|| node.to_string());
        let _ = writeln!(text, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{}\"><title>{title}</title></circle>", sizes.radius);
    }
    let _ = writeln!(text, "</g>\n<g class=\"names\" font-size=\"{}\">", sizes.font);
    for label in &labels {
        let [x, y] = [0, 1].map(|axis| (label.place.low[axis] + label.place.high[axis]) / 2.0);
        let class = if label.is_beside { " class=\"beside\"" } else { "" };
        let name = xml(&label.text).unwrap_or_default();
        let _ = writeln!(text, "<text x=\"{x:.1}\" y=\"{:.1}\"{class}>{name}</text>", y + label.font * 0.35);
    }
    text.push_str("</g>\n</svg>\n");
    Ok(text)
}

const STYLE: &str = "<style>\n\
    .paper { fill: #ffffff }\n\
    .links { stroke: #8a97a8; fill: none; stroke-linecap: round }\n\
    .nodes { fill: #dbe9fb; stroke: #2f6cb5 }\n\
    .names { fill: #14243a; text-anchor: middle }\n\
    .weights { fill: #5b6675; text-anchor: middle }\n\
    .beside { paint-order: stroke; stroke: #ffffff; stroke-width: 3px; stroke-linejoin: round }\n\
    </style>\n\
    <defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" \
    orient=\"auto\"><path d=\"M0 0.5 L8 4 L0 7.5 Z\" fill=\"#8a97a8\" stroke=\"none\"/></marker></defs>\n";

/// In pixels; enlarged if nodes would touch, as far as that helps.
fn apart(points: Vec<Point>, sizes: Sizes) -> Vec<Point> {
    let mut closest = f64::INFINITY;
    for (place, one) in points.iter().enumerate() {
        for two in &points[place + 1..] {
            let [dx, dy] = [two[0] - one[0], two[1] - one[1]];
            closest = closest.min(dx * dx + dy * dy);
        }
    }
    let needed = 2.6 * sizes.radius / libm::sqrt(closest).max(1e-9);
    let scale = sizes.unit.max(needed).min(sizes.unit * 2.2);
    points.into_iter().map(|point| point.map(|along| along * scale)).collect()
}
