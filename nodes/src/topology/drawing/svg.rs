//! A drawing as SVG.

use core::fmt::Write;

use super::{Drawing, Paint, PaintedState, Rect};
use crate::looks::{Look, Shape};
use crate::markup::escaped;
use crate::topology::layout::Point;
use crate::topology::write::xml;

/// Of more links the weights would not be legible.
const MOST_WEIGHTS: usize = 60;

const MARGIN: f64 = 12.0;

/// Of the legend: the height of its letters, and of a line, in a picture of up to that width; in a wider one, which is likely to be
/// shown smaller, both are larger.
const LEGEND_FONT: f64 = 12.0;
const LEGEND_LINE: f64 = 24.0;
const LEGIBLE: f64 = 800.0;

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

/// Of links that stand out, and of a node that has crashed.
const BOLD: &str = "#1d4ed8";
const CRASHED: &str = "#c01048";

pub(super) fn write(drawing: &Drawing<'_>, paint: Option<&Paint<'_>>) -> String {
    let Drawing { graph, sizes, points, lines, labels } = drawing;
    let frame = frame(drawing);
    let legend = paint.map(|paint| Legend::of(paint, frame)).unwrap_or_default();
    let frame = legend.below(frame);
    let [left, top] = frame.low.map(|low| low - MARGIN);
    let [width, height] = [0, 1].map(|axis| frame.high[axis] - frame.low[axis] + 2.0 * MARGIN);

    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"{left:.1} {top:.1} {width:.1} {height:.1}\" font-family=\"system-ui, 'DejaVu Sans', sans-serif\">\n"
    );
    if let Some(paint) = paint {
        let _ = writeln!(text, "<title>{}</title>", escaped(paint.title));
    }
    text.push_str(STYLE);
    let _ =
        writeln!(text, "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" class=\"paper\"/>");
    let _ = writeln!(text, "<g class=\"links\" stroke-width=\"{}\">", sizes.line);
    for (number, line) in lines.iter().enumerate() {
        let is_bold = paint.is_some_and(|paint| paint.bold.contains(&number));
        let _ = writeln!(
            text,
            "<path d=\"{}\"{}{}/>",
            line.path(),
            if is_bold { format!(" style=\"stroke:{BOLD};stroke-width:{}\"", sizes.line * 2.5) } else { String::new() },
            if graph.is_directed() { " marker-end=\"url(#head)\"" } else { "" }
        );
    }
    text.push_str("</g>\n");
    if graph.is_weighted() && lines.len() <= MOST_WEIGHTS && sizes.font > 0.0 {
        let _ = writeln!(text, "<g class=\"weights\" font-size=\"{}\">", sizes.font * 0.8);
        for (link, line) in graph.links().zip(lines) {
            let [x, y] = line.middle();
            let _ =
                writeln!(text, "<text x=\"{x:.1}\" y=\"{:.1}\" class=\"beside\">{}</text>", y + sizes.font * 0.28, link.weight);
        }
        text.push_str("</g>\n");
    }
    let _ = writeln!(text, "<g class=\"nodes\" stroke-width=\"{}\">", sizes.line);
    for (node, point) in graph.nodes().zip(points) {
        let title = xml(&graph.title(node)).unwrap_or_else(|| node.to_string());
        match paint {
            None => {
                let [x, y] = point;
                let radius = sizes.radius;
                let _ = writeln!(text, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\"><title>{title}</title></circle>");
            }
            Some(paint) => painted(&mut text, paint, node.index(), &title, *point, sizes.radius),
        }
    }
    let _ = writeln!(text, "</g>\n<g class=\"names\" font-size=\"{}\">", sizes.font);
    for (node, label) in labels.iter().enumerate() {
        let [x, y] = label.place.centre();
        let ink = paint
            .filter(|paint| !label.is_beside && !paint.crashed[node])
            .map(|paint| paint.states[paint.nodes[node]].look.ink);
        let class = match ink {
            Some(ink) => format!(" style=\"fill:{ink}\""),
            None if label.is_beside => " class=\"beside\"".to_owned(),
            None => String::new(),
        };
        let name = xml(&label.text).unwrap_or_default();
        let _ = writeln!(text, "<text x=\"{x:.1}\" y=\"{:.1}\"{class}>{name}</text>", y + label.font * 0.35);
    }
    text.push_str("</g>\n");
    text.push_str(&legend.text(frame.low));
    text.push_str("</svg>\n");
    text
}

/// All that is drawn of the graph, without the margin.
fn frame(drawing: &Drawing<'_>) -> Rect {
    let Drawing { sizes, points, lines, labels, .. } = drawing;
    let mut frame = Rect::around(points.first().copied().unwrap_or_default(), 0.0, 0.0);
    for point in points {
        frame = frame.and(Rect::around(*point, 2.0 * sizes.radius, 2.0 * sizes.radius));
    }
    for label in labels {
        frame = frame.and(label.place);
    }
    lines
        .iter()
        .fold(frame, |frame, line| line.curve().iter().fold(frame, |frame, point| frame.and(Rect::around(*point, 0.0, 0.0))))
}

/// A node in its state.
fn painted(text: &mut String, paint: &Paint<'_>, node: usize, title: &str, at: Point, radius: f64) {
    let state = &paint.states[paint.nodes[node]];
    let Look { fill, shape, .. } = state.look;
    let (name, sign) = if paint.crashed[node] {
        // Pale, and nothing shines through.
        let pale = ["fill:#ffffff".to_owned(), format!("fill:{fill};fill-opacity:0.25;stroke:#46505f")];
        ("crashed".to_owned(), pale.map(|style| outline(shape, at, radius, &style)).concat() + &sign(None, at, radius))
    } else {
        (escaped(&state.name), sign(Some(state), at, radius))
    };
    let _ = writeln!(text, "<g><title>{title}: {name}</title>{sign}</g>");
}

/// The sign of a state; without one, of a crash.
fn sign(state: Option<&PaintedState>, at: Point, radius: f64) -> String {
    let Some(PaintedState { look: Look { fill, shape, .. }, is_terminal, .. }) = state else {
        let ([x, y], size) = ([at[0] - radius * 0.8, at[1] - radius * 0.8], radius * 1.6);
        return format!(
            "<path d=\"M{x:.1} {y:.1}l{size:.1} {size:.1}m0 -{size:.1}l-{size:.1} {size:.1}\" \
             style=\"stroke:{CRASHED};stroke-width:2.5\"/>"
        );
    };
    let mut sign = outline(*shape, at, radius, &format!("fill:{fill};stroke:#46505f"));
    if *is_terminal {
        sign += &outline(*shape, at, radius * 1.22, &format!("fill:none;stroke:{fill};stroke-width:1.75"));
    }
    sign
}

/// The outline of a shape.
fn outline(shape: Shape, [x, y]: Point, radius: f64, style: &str) -> String {
    let Some(corners) = shape.corners() else {
        return format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\" style=\"{style}\"/>");
    };
    let points = corners.iter().map(|[dx, dy]| format!("{:.1},{:.1}", x + dx * radius, y + dy * radius)).collect::<Vec<_>>();
    format!("<polygon points=\"{}\" style=\"{style}\"/>", points.join(" "))
}

/// What shapes and colours mean, above the graph: a line for each state that nodes are in.
#[derive(Default)]
struct Legend<'a> {
    /// The text of each line, and its state; a line without one is of nodes that have crashed.
    lines: Vec<(String, Option<&'a PaintedState>)>,
    scale: f64,
}

impl<'a> Legend<'a> {
    fn of(paint: &Paint<'a>, frame: Rect) -> Self {
        let mut lines = Vec::new();
        for (state, count) in paint.states.iter().zip(paint.counts()) {
            if count > 0 && paint.states.len() > 1 {
                let decided = if state.is_terminal { ", decided" } else { "" };
                lines.push((format!("{}{decided}: {count}", state.name), Some(state)));
            }
        }
        let crashed = paint.crashed.iter().filter(|crashed| **crashed).count();
        if crashed > 0 {
            lines.push((format!("crashed: {crashed}"), None));
        }
        Legend { lines, scale: ((frame.high[0] - frame.low[0]) / LEGIBLE).max(1.0) }
    }

    /// The frame with room for it.
    fn below(&self, mut frame: Rect) -> Rect {
        if !self.lines.is_empty() {
            let longest = self.lines.iter().map(|(text, _)| text.chars().count()).max().unwrap_or(0);
            frame.low[1] -= self.scale * (self.lines.len() as f64 * LEGEND_LINE + MARGIN);
            let width = self.scale * (26.0 + longest as f64 * LEGEND_FONT * 0.62);
            frame.high[0] = frame.high[0].max(frame.low[0] + width);
        }
        frame
    }

    fn text(&self, [left, top]: Point) -> String {
        let mut text = String::new();
        for (place, (line, state)) in self.lines.iter().enumerate() {
            let (scale, font) = (self.scale, self.scale * LEGEND_FONT);
            let y = top + scale * (place as f64 + 0.5) * LEGEND_LINE;
            let _ = writeln!(
                text,
                "{}<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"{font:.1}\" fill=\"#14243a\">{}</text>",
                sign(*state, [left + scale * 9.0, y], scale * 7.0),
                left + scale * 26.0,
                y + font * 0.35,
                escaped(line)
            );
        }
        text
    }
}
