//! A space-time diagram: a line for each node, coloured by its states; an arrow for each message, coloured by its type.

use std::io::{self, Write};

use super::place;
use crate::looks::{self, MESSAGES};
use crate::markup::escaped;
use crate::protocol::NO_STATE;
use crate::trace::{Arrival, Event, Header, Kind, Trace, What};

/// Sizes in pixels: of a unit of time, between lines, of letters, and around all.
const UNIT: f64 = 64.0;
const LINE: f64 = 46.0;
const FONT: f64 = 11.0;
const MARGIN: f64 = 14.0;
const LEGEND: f64 = 34.0;

const STYLE: &str = "<style>\
text{fill:#1a2130}.quiet{fill:#667085}.paper{fill:#fff}.dot{stroke:#fff}\
@media(prefers-color-scheme:dark){text{fill:#e7ebf2}.quiet{fill:#98a4b5}.paper{fill:#12161d}.dot{stroke:#12161d}}\
</style>\n";

/// The colour of each state.
fn colours(header: &Header) -> Vec<&'static str> {
    looks::of_states(header.states.iter().map(|state| state.terminal)).into_iter().map(|look| look.fill).collect()
}

struct Picture<'a> {
    trace: &'a Trace,
    times: Vec<f64>,
    left: f64,
}

impl Picture<'_> {
    fn x(&self, event: usize) -> f64 {
        self.left + self.times[event] * UNIT
    }

    fn y(&self, node: u32) -> f64 {
        MARGIN + LEGEND + (f64::from(node) + 0.5) * LINE
    }
}

pub(super) fn write(trace: &Trace, out: &mut dyn Write) -> io::Result<()> {
    let header = trace.header();
    let nodes = header.nodes as u32;
    let longest = (0..nodes).map(|node| header.title(node).chars().count()).max().unwrap_or(1);
    let first_state = header.states.iter().map(|state| state.name.chars().count()).max().unwrap_or(1);
    let left = MARGIN + (longest as f64 + 1.5) * FONT * 0.62 + (first_state as f64 * FONT * 0.3).min(40.0);
    let picture = Picture { trace, times: place::times(trace), left };
    let last = picture.times.iter().copied().fold(0.0, f64::max);
    let (legend, wide) = legend(trace);
    let (width, height) = ((left + last * UNIT + UNIT * 0.9).max(wide + MARGIN), picture.y(nodes) + MARGIN - LINE * 0.3);
    writeln!(
        out,
        "<svg data-by=\"nodes\" xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         font-family=\"system-ui, 'DejaVu Sans', sans-serif\" font-size=\"{FONT}\">"
    )?;
    writeln!(out, "<title>{}</title>", escaped(&format!("{} on {}", header.protocol, header.topology)))?;
    out.write_all(STYLE.as_bytes())?;
    writeln!(out, "<rect class=\"paper\" width=\"100%\" height=\"100%\"/>")?;
    markers(header, out)?;
    out.write_all(legend.as_bytes())?;
    lifelines(&picture, width, out)?;
    arrows(&picture, out)?;
    dots(&picture, out)?;
    writeln!(out, "</svg>")
}

/// The heads of arrows.
fn markers(header: &Header, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "<defs>")?;
    for (kind, colour) in (0..header.messages.len()).zip(MESSAGES.iter().cycle()) {
        write!(
            out,
            "<marker id=\"m{kind}\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"6.5\" markerHeight=\"6.5\" \
             orient=\"auto\"><path d=\"M0 1L10 5L0 9z\" fill=\"{colour}\"/></marker>"
        )?;
    }
    writeln!(out, "</defs>")
}

/// What lines and colours mean, and where it ends.
fn legend(trace: &Trace) -> (String, f64) {
    let header = trace.header();
    let mut out = String::new();
    let (mut x, mut end) = (MARGIN, MARGIN);
    let y = MARGIN + FONT;
    let mut used = vec![false; header.messages.len()];
    trace.messages().iter().for_each(|message| used[message.kind as usize] = true);
    for ((name, colour), kind) in header.messages.iter().zip(MESSAGES.iter().cycle()).zip(0..) {
        if used[kind] {
            let (line, text) = (y - FONT * 0.35, x + 26.0);
            out.push_str(&format!(
                "<path d=\"M{x:.1} {line:.1}h20\" stroke=\"{colour}\" stroke-width=\"1.6\" marker-end=\"url(#m{kind})\"/>\
                 <text x=\"{text:.1}\" y=\"{y:.1}\">{}</text>\n",
                escaped(name)
            ));
            end = text + name.chars().count() as f64 * FONT * 0.62;
            x = end + 2.0 * FONT * 0.62;
        }
    }
    let mut seen = vec![false; header.states.len()];
    for event in trace.events() {
        if let What::Start { state } | What::State { state } | What::Recover { state } = event.what {
            seen[state as usize] = true;
        }
    }
    for ((state, colour), seen) in header.states.iter().zip(colours(header)).zip(seen) {
        if seen && header.states.len() > 1 {
            let (line, text) = (y - FONT * 0.35, x + 20.0);
            let decided = if state.terminal { " (decided)" } else { "" };
            out.push_str(&format!(
                "<path d=\"M{x:.1} {line:.1}h14\" stroke=\"{colour}\" stroke-width=\"6\" stroke-linecap=\"round\"/>\
                 <text x=\"{text:.1}\" y=\"{y:.1}\">{}{decided}</text>\n",
                escaped(&state.name),
            ));
            end = text + (state.name.chars().count() + decided.len()) as f64 * FONT * 0.62;
            x = end + 2.0 * FONT * 0.62;
        }
    }
    (out, end)
}

/// The nodes, from state to state.
fn lifelines(picture: &Picture<'_>, width: f64, out: &mut dyn Write) -> io::Result<()> {
    let header = picture.trace.header();
    let colours = colours(header);
    let nodes = header.nodes as u32;
    let mut states = vec![Some((0u32, picture.left)); nodes as usize];
    let end = width - UNIT * 0.3;
    let piece = |node: u32, state: u32, from: f64, to: f64, out: &mut dyn Write| {
        let (y, colour) = (picture.y(node), colours[state as usize]);
        writeln!(
            out,
            "<path d=\"M{from:.1} {y:.1}H{to:.1}\" stroke=\"{colour}\" stroke-width=\"5\" stroke-linecap=\"round\" opacity=\"0.75\"/>"
        )
    };
    for node in 0..nodes {
        let (x, y) = (picture.left - 12.0, picture.y(node) + FONT * 0.35);
        writeln!(
            out,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"end\" font-weight=\"bold\">{}</text>",
            escaped(&header.title(node))
        )?;
    }
    let mut names = vec![f64::NEG_INFINITY; nodes as usize];
    for (event, Event { node, what, .. }) in picture.trace.events().enumerate() {
        let (x, line) = (picture.x(event), &mut states[node as usize]);
        match what {
            What::Start { state } => *line = Some((state, x)),
            What::State { state } | What::Recover { state } => {
                if let Some((before, from)) = line.replace((state, x)) {
                    piece(node, before, from, x, out)?;
                }
                let name = &header.states[state as usize].name;
                let has_room = x - core::mem::replace(&mut names[node as usize], x) > 60.0;
                if has_room && name != NO_STATE {
                    let y = picture.y(node) - 9.0;
                    let text = escaped(name);
                    writeln!(out, "<text class=\"quiet\" x=\"{:.1}\" y=\"{y:.1}\" font-size=\"9\">{text}</text>", x + 4.0)?;
                }
            }
            What::Crash { .. } => {
                if let Some((before, from)) = line.take() {
                    piece(node, before, from, x, out)?;
                }
            }
            _ => {}
        }
    }
    for (node, line) in (0..nodes).zip(states) {
        if let Some((state, from)) = line {
            piece(node, state, from, end, out)?;
        }
    }
    Ok(())
}

fn arrows(picture: &Picture<'_>, out: &mut dyn Write) -> io::Result<()> {
    let trace = picture.trace;
    for (event, Event { node, what, .. }) in trace.events().enumerate() {
        let (message, how) = match what {
            What::Arrive { message: Some(message), how, .. } => (message, Some(how)),
            What::Lost { message: Some(message) } => (message, None),
            _ => continue,
        };
        let message = &trace.messages()[message as usize];
        if message.port.is_none() {
            continue;
        }
        let colour = MESSAGES[message.kind as usize % MESSAGES.len()];
        let (x1, y1) = (picture.x(message.sent), picture.y(message.sender));
        let (mut x2, mut y2) = (picture.x(event), picture.y(node));
        if how.is_none() {
            // Half of the way.
            (x2, y2) = (x1 + UNIT / 2.0, (y1 + picture.y(message.receiver)) / 2.0);
        }
        let dash = if how == Some(Arrival::Handled) { "" } else { " stroke-dasharray=\"4 3\"" };
        let end = if how.is_some() { format!(" marker-end=\"url(#m{})\"", message.kind) } else { String::new() };
        let name = escaped(trace.text(message.sent).unwrap_or(&trace.header().messages[message.kind as usize]));
        writeln!(
            out,
            "<path d=\"M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"{dash}{end}>\
             <title>{name}</title></path>"
        )?;
        if how.is_none() {
            writeln!(
                out,
                "<text x=\"{x2:.1}\" y=\"{:.1}\" text-anchor=\"middle\" style=\"fill:{colour}\">\u{d7}</text>",
                y2 + 4.0
            )?;
        }
    }
    Ok(())
}

/// What sets nodes off.
fn dots(picture: &Picture<'_>, out: &mut dyn Write) -> io::Result<()> {
    for (event, Event { node, what, .. }) in picture.trace.events().enumerate() {
        let (x, y) = (picture.x(event), picture.y(node));
        let fill = match what {
            What::Impulse => "#1a2130",
            What::Rung { .. } => "#b45309",
            What::Crash { .. } => "#c01048",
            _ => continue,
        };
        let title = escaped(&picture.trace.describe(event));
        if picture.trace.kind(event) == Kind::Crash {
            writeln!(
                out,
                "<path d=\"M{:.1} {:.1}l10 10m0 -10l-10 10\" stroke=\"{fill}\" stroke-width=\"2.5\"><title>{title}</title></path>",
                x - 5.0,
                y - 5.0
            )?;
        } else {
            writeln!(
                out,
                "<circle class=\"dot\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\" fill=\"{fill}\"><title>{title}</title></circle>"
            )?;
        }
    }
    Ok(())
}
