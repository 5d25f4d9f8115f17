//! The state diagram as a picture of its own: SVG, nothing loaded from elsewhere.

use super::layout::Layout;
use super::page::wrap;
use super::transitions::Transitions;
use crate::markup::escaped;
use crate::protocol::Description;
use crate::sorting;

const MARGIN: f64 = 28.0;
const BETWEEN_LAYERS: f64 = 92.0;
const NAME_HEIGHT: f64 = 34.0;
const LINE: f64 = 14.0;
/// Letters of the events within a box, on one line.
const INNER_LETTERS: usize = 26;

const STYLE: &str = "text{font-family:system-ui,'Segoe UI',Helvetica,Arial,sans-serif;fill:#0f172a}\
.state{fill:#f1f5f9;stroke:#475569;stroke-width:1.4}.terminal{fill:#dcfce7;stroke:#15803d}.second{fill:none;stroke:#15803d}.unreached{stroke-dasharray:5 4}\
.name{font-size:14px;font-weight:600}.inner{font-size:11px;fill:#64748b}\
.edge{fill:none;stroke:#475569;stroke-width:1.4}.event{font-size:12px;paint-order:stroke;stroke:#fff;stroke-width:5px;stroke-linejoin:round}\
.begin{fill:#0f172a}";

struct Box {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    inner: Vec<String>,
}

pub(super) fn svg(description: &Description, transitions: &Transitions) -> String {
    let states = &description.states;
    let edges = transitions.edges.iter().map(|(edge, _)| *edge).collect::<Vec<_>>();
    let inner = transitions.inner.iter().map(|events| wrap(&events.join(" · "), INNER_LETTERS)).collect::<Vec<_>>();
    let widths = states.iter().zip(&inner).map(|(state, inner)| {
        let lines = inner.iter().map(|line| text_width(line, 11.0));
        // Each line that arrives or leaves wants room of its own.
        let ends = edges.iter().filter(|edge| states[edge.0] == *state || states[edge.1] == *state).count();
        lines.fold(text_width(&state.name, 14.0), f64::max).max(ends as f64 * 14.0) + 32.0
    });
    let widths = widths.collect::<Vec<_>>();
    let label_width = |events: &Vec<String>| events.iter().map(|event| text_width(event, 12.0)).fold(0.0, f64::max);
    let written = transitions.edges.iter().map(|(_, events)| label_width(events)).collect::<Vec<_>>();
    let layout = Layout::of(&widths, &transitions.initial, &edges, &written);

    let depth = layout.layers.iter().max().map_or(0, |last| last + 1);
    let height_of =
        |state: usize| NAME_HEIGHT + inner[state].len() as f64 * LINE + if inner[state].is_empty() { 0.0 } else { 4.0 };
    let mut tops = Vec::new();
    let mut heights = vec![NAME_HEIGHT; depth];
    for (state, layer) in layout.layers.iter().enumerate() {
        heights[*layer] = heights[*layer].max(height_of(state));
    }
    let mut y = MARGIN + 24.0;
    for height in &heights {
        tops.push(y);
        y += height + BETWEEN_LAYERS;
    }
    let passes = layout.passes.iter().zip(&written).flat_map(|(passes, width)| passes.iter().map(|x| (*x, *width)));
    let spans = (0..states.len()).map(|state| (layout.middles[state], widths[state])).chain(passes).collect::<Vec<_>>();
    let widest = written.iter().copied().fold(0.0, f64::max);
    // What is written on a line between layers may stand out beyond the states at its ends.
    let left = spans.iter().map(|(x, width)| x - width / 2.0).fold(f64::INFINITY, f64::min) - MARGIN - widest / 4.0;
    let right = spans.iter().map(|(x, width)| x + width / 2.0).fold(f64::NEG_INFINITY, f64::max) + MARGIN + widest / 4.0;
    let boxes = states.iter().enumerate().map(|(state, _)| Box {
        left: layout.middles[state] - widths[state] / 2.0 - left,
        top: tops[layout.layers[state]] + (heights[layout.layers[state]] - height_of(state)) / 2.0,
        width: widths[state],
        height: height_of(state),
        inner: inner[state].clone(),
    });
    let boxes = boxes.collect::<Vec<_>>();

    let (width, height) = (right - left, y - BETWEEN_LAYERS + MARGIN);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
         height=\"{height:.0}\" role=\"img\">\n<title>{} - states</title>\n<style>{STYLE}</style>\n\
         <defs><marker id=\"tip\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" markerHeight=\"7\" \
         orient=\"auto-start-reverse\"><path d=\"M0 1 9 5 0 9z\" fill=\"#475569\"/></marker></defs>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#fff\"/>\n",
        escaped(&description.name)
    );
    for state in &transitions.initial {
        let Box { left, top, width, height, .. } = &boxes[*state];
        // From above on the first layer; below it, lines arrive there.
        let ((x, y), line) = if layout.layers[*state] == 0 {
            ((left + width / 2.0, top - 28.0), format!("v23V{top:.1}"))
        } else {
            ((left - 21.0, top + height / 2.0), format!("h16H{left:.1}"))
        };
        text.push_str(&format!(
            "<circle class=\"begin\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\"/><path class=\"edge\" marker-end=\"url(#tip)\" d=\"M{x:.1} {y:.1}{line}\"/>\n"
        ));
    }
    let lines = (0..edges.len()).map(|edge| Line::of(edge, &layout, &boxes, &tops, &heights, left, &edges)).collect::<Vec<_>>();
    for line in &lines {
        text.push_str(&format!("<path class=\"edge\" marker-end=\"url(#tip)\" d=\"{}\"/>\n", line.path()));
    }
    for (state, place) in boxes.iter().enumerate() {
        let reached = transitions.initial.contains(&state) || edges.iter().any(|edge| edge.1 == state);
        text.push_str(&box_of(&states[state].name, states[state].terminal, reached, place));
    }
    let mut taken = Vec::new();
    for (line, (edge, events)) in lines.iter().zip(&transitions.edges) {
        let upwards = layout.layers[edge.0] > layout.layers[edge.1];
        let is_pair = edges.contains(&(edge.1, edge.0));
        text.push_str(&label(line, upwards, is_pair, events, &mut taken));
    }
    text.push_str("</svg>\n");
    text
}

fn box_of(name: &str, terminal: bool, reached: bool, place: &Box) -> String {
    let Box { left, top, width, height, .. } = place;
    let class = match (terminal, reached) {
        (true, true) => "state terminal",
        (true, false) => "state terminal unreached",
        (false, true) => "state",
        (false, false) => "state unreached",
    };
    let mut text = format!(
        "<rect class=\"{class}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"9\"/>\n"
    );
    if terminal {
        text.push_str(&format!(
            "<rect class=\"second\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"6\"/>\n",
            left + 3.5,
            top + 3.5,
            width - 7.0,
            height - 7.0
        ));
    }
    let x = left + width / 2.0;
    text.push_str(&format!(
        "<text class=\"name\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>\n",
        top + 22.0,
        escaped(name)
    ));
    for (number, line) in place.inner.iter().enumerate() {
        text.push_str(&format!(
            "<text class=\"inner\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>\n",
            top + 38.0 + number as f64 * LINE,
            escaped(line)
        ));
    }
    text
}

/// The line of an edge: points that it goes through, in its direction.
struct Line(Vec<(f64, f64)>);

impl Line {
    fn of(
        place: usize,
        layout: &Layout,
        boxes: &[Box],
        tops: &[f64],
        heights: &[f64],
        left: f64,
        edges: &[(usize, usize)],
    ) -> Self {
        let edge = edges[place];
        let upwards = layout.layers[edge.0] > layout.layers[edge.1];
        let (upper, lower) = if upwards { (edge.1, edge.0) } else { edge };
        let mut points = vec![(end_of(upper, place, true, layout, boxes, edges), boxes[upper].top + boxes[upper].height)];
        for (step, x) in layout.passes[place].iter().enumerate() {
            let layer = layout.layers[upper] + 1 + step;
            points.push((x - left, tops[layer]));
            points.push((x - left, tops[layer] + heights[layer]));
        }
        points.push((end_of(lower, place, false, layout, boxes, edges), boxes[lower].top));
        if upwards {
            points.reverse();
        }
        Line(points)
    }

    fn path(&self) -> String {
        let mut path = String::new();
        let mut before = None;
        for (x, y) in &self.0 {
            match before {
                None => path.push_str(&format!("M{x:.1} {y:.1}")),
                Some((from_x, from_y)) => {
                    let middle: f64 = (from_y + y) / 2.0;
                    path.push_str(&format!("C{from_x:.1} {middle:.1} {x:.1} {middle:.1} {x:.1} {y:.1}"));
                }
            }
            before = Some((*x, *y));
        }
        path
    }

    /// Where the line passes its first layer, if it passes any: nothing else is there.
    fn pass(&self, upwards: bool) -> Option<(f64, f64)> {
        let points = &self.0;
        let (a, b) = match (points.len() >= 4, upwards) {
            (false, _) => return None,
            (true, false) => (points[1], points[2]),
            (true, true) => (points[points.len() - 3], points[points.len() - 2]),
        };
        Some(((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0))
    }

    /// A point of the first stretch between layers, from its upper end (0) to its lower (1).
    fn point(&self, part: f64) -> (f64, f64) {
        let (a, b) = (self.0[0], self.0[1]);
        let rest = 1.0 - part;
        // A cubic whose inner points stand half way down, below and above the ends.
        let bend = 3.0 * rest * rest * part + rest * rest * rest;
        (a.0 * bend + b.0 * (1.0 - bend), a.1 + (b.1 - a.1) * (1.5 * rest * part * (rest + part) + part * part * part))
    }
}

/// Where a line touches a state: lines stand side by side, in the order of where they lead.
fn end_of(state: usize, edge: usize, below: bool, layout: &Layout, boxes: &[Box], edges: &[(usize, usize)]) -> f64 {
    let far = |(from, to): (usize, usize)| if from == state { to } else { from };
    let is_here = |(from, to): (usize, usize)| {
        (from == state || to == state) && (layout.layers[far((from, to))] > layout.layers[state]) == below
    };
    let mut here = (0..edges.len()).filter(|other| is_here(edges[*other])).collect::<Vec<_>>();
    let towards = |other: &usize| {
        let passes = &layout.passes[*other];
        // The first pass as seen from here: chains run from the upper end down.
        let near = if below { passes.first() } else { passes.last() };
        near.copied().unwrap_or(layout.middles[far(edges[*other])])
    };
    sorting::by(&mut here, |a, b| towards(a).total_cmp(&towards(b)).then(a.cmp(b)));
    let place = here.iter().position(|other| *other == edge).unwrap_or(0);
    let room = boxes[state].width - 24.0;
    boxes[state].left + 12.0 + room * (place as f64 + 0.5) / here.len().max(1) as f64
}

/// The events of an edge, beside its line where nothing stands yet.
fn label(line: &Line, upwards: bool, is_pair: bool, events: &[String], taken: &mut Vec<(f64, f64, f64, f64)>) -> String {
    let width = events.iter().map(|event| text_width(event, 12.0)).fold(0.0, f64::max);
    let height = events.len() as f64 * LINE;
    let space =
        |(x, y): (f64, f64)| (x - width / 2.0 - 3.0, y - height / 2.0 - 1.0, x + width / 2.0 + 3.0, y + height / 2.0 + 1.0);
    let free = |space: &(f64, f64, f64, f64)| {
        taken.iter().all(|other| space.2 < other.0 || other.2 < space.0 || space.3 < other.1 || other.3 < space.1)
    };
    // Of two lines between the same states each leaves room for the other's.
    let middle = match (is_pair, upwards) {
        (false, _) => 0.5,
        (true, false) => 0.28,
        (true, true) => 0.72,
    };
    let stretch = [middle, 0.5, 0.38, 0.62, 0.28, 0.72, 0.2, 0.8].map(|part| line.point(part));
    let mut places = line.pass(upwards).into_iter().chain(stretch).map(space);
    let found = places.find(free).unwrap_or_else(|| space(line.point(0.5)));
    taken.push(found);
    let x = (found.0 + found.2) / 2.0;
    let mut text = String::new();
    for (number, event) in events.iter().enumerate() {
        let y = found.1 + 12.0 + number as f64 * LINE;
        text.push_str(&format!(
            "<text class=\"event\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\">{}</text>\n",
            escaped(event)
        ));
    }
    text
}

/// About how wide a text is in a usual sans-serif font.
fn text_width(text: &str, size: f64) -> f64 {
    text.chars().count() as f64 * size * 0.58
}
