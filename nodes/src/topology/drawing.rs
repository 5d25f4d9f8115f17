//! A graph on paper: where nodes, links and names stand, and the text of the picture.

mod labels;
mod lines;
mod paint;
mod svg;

use labels::Label;
use lines::Line;
pub use paint::{Paint, PaintedState};

use super::Graph;
use super::layout::Point;

/// The largest number of nodes that is drawn.
pub(super) const MOST_NODES: usize = 2000;
/// The largest number of links that is drawn.
const MOST_LINKS: usize = 20_000;

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

    fn centre(self) -> Point {
        [0, 1].map(|axis| (self.low[axis] + self.high[axis]) / 2.0)
    }
}

/// A graph on paper, in pixels; x runs to the right, y downwards.
///
/// ```
/// use nodes::topology::{Drawing, Topology};
///
/// let graph = Topology::path(2).build(1)?.graph;
/// let drawing = Drawing::of(&graph)?;
/// assert_eq!(drawing.points(), [[0.0, 0.0], [105.0, 0.0]]);
/// assert_eq!(drawing.names().map(|name| name.text).collect::<Vec<_>>(), ["0", "1"]);
/// assert!(drawing.svg().starts_with("<svg "));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Drawing<'a> {
    graph: &'a Graph,
    sizes: Sizes,
    points: Vec<Point>,
    lines: Vec<Line>,
    labels: Vec<Label>,
}

/// A node's name on paper.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Name<'a> {
    /// The name.
    pub text: &'a str,
    /// Where its middle stands.
    pub middle: [f64; 2],
    /// Whether it stands beside its node, which is too small for it.
    pub is_beside: bool,
}

impl<'a> Drawing<'a> {
    /// Whether the graph is small enough for a drawing: it has at most 2000 nodes and 20 000 links.
    pub fn is_legible(graph: &Graph) -> bool {
        graph.node_count() <= MOST_NODES && graph.link_count() <= MOST_LINKS
    }

    /// A drawing of that graph.
    ///
    /// # Errors
    /// If it is not [legible](Drawing::is_legible), in one sentence.
    pub fn of(graph: &'a Graph) -> Result<Self, String> {
        if !Drawing::is_legible(graph) {
            let (nodes, links) = (graph.node_count(), graph.link_count());
            return Err(format!(
                "{nodes} nodes and {links} links make no picture; up to {MOST_NODES} nodes and {MOST_LINKS} links are drawn"
            ));
        }
        let sizes = Sizes::of(graph);
        let points = apart(graph.layout(), sizes);
        let lines = lines::of(graph, &points, sizes);
        let labels = labels::of(graph, &points, &lines, sizes);
        Ok(Drawing { graph, sizes, points, lines, labels })
    }

    /// Where each node stands.
    pub fn points(&self) -> &[[f64; 2]] {
        &self.points
    }

    /// The radius of nodes.
    pub fn radius(&self) -> f64 {
        self.sizes.radius
    }

    /// The height of letters; 0 if nodes are too many for names.
    pub fn font(&self) -> f64 {
        self.sizes.font
    }

    /// How each link runs, in the order of [`Graph::links`]: a cubic curve, by its ends and the two control points between them.
    pub fn links(&self) -> impl Iterator<Item = [[f64; 2]; 4]> {
        self.lines.iter().map(Line::points)
    }

    /// The names of the nodes, in order; none if nodes are too many for names.
    pub fn names(&self) -> impl Iterator<Item = Name<'_>> {
        self.labels.iter().map(|label| Name { text: &label.text, middle: label.place.centre(), is_beside: label.is_beside })
    }

    /// The drawing as SVG.
    pub fn svg(&self) -> String {
        svg::write(self, None)
    }

    /// The drawing as SVG, nodes painted by their states.
    pub fn painted(&self, paint: &Paint<'_>) -> String {
        svg::write(self, Some(paint))
    }
}

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
