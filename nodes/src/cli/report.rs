//! The result of a run, for people.

mod nodes_table;

use std::path::Path;

use super::terminal::Terminal;
use crate::execution::{AnyFinished, Document, Outcome, PropertyStatus, explain};
use crate::plain;
use crate::protocol::Description;
use crate::sorting;
use crate::topology::NodeIndex;

/// A stuck run of a thousand nodes has a thousand reasons; so many are shown.
const MOST_LINES: usize = 12;
const MOST_LINES_OF_A_PAST: usize = 70;

/// The report.
pub(super) fn report(finished: &AnyFinished, invocation: &str, terminal: Terminal) -> String {
    let (document, description) = (&finished.document, &*finished.description);
    let mut text = format!(
        "{} on {}  {}\n",
        terminal.title(&document.protocol),
        terminal.title(&document.topology),
        terminal.quiet(format!(
            "{}, {}, seed {}",
            counted(document.nodes as u64, "node"),
            counted(document.edges as u64, "link"),
            document.seed
        ))
    );
    text.push_str(&verdict(document, terminal));
    // What led to a violation is worth its length, which is bounded.
    let most = if document.outcome == Outcome::Violated { MOST_LINES_OF_A_PAST } else { MOST_LINES };
    for line in finished.explanation.iter().take(most) {
        text.push_str(&format!("  {}\n", plain::lines(line)));
    }
    if let Some(more @ 1..) = finished.explanation.len().checked_sub(most) {
        text.push_str(&format!(
            "  {}\n",
            terminal.quiet(format!("{more} more such lines; with --json all are on standard error"))
        ));
    }
    text.push('\n');
    let mut facts = Facts { text, terminal };
    facts.lines("messages", &messages(document));
    facts.lines("links", &[links(document)]);
    facts.lines("time", &[times(document)]);
    let width = document.properties.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let properties = document.properties.iter().map(|(name, status)| {
        let status = match status {
            PropertyStatus::Holds => terminal.good("holds"),
            PropertyStatus::HeldAtEnd => terminal.good("held at the end"),
            PropertyStatus::Violated => terminal.bad("violated"),
            PropertyStatus::Unchecked => terminal.warning("unchecked"),
        };
        vec![format!("{name:<width$}  {status}")]
    });
    facts.lines("properties", &properties.collect::<Vec<_>>());
    let (states, gone) = states(finished, description);
    let mut states = states.iter().map(|(state, count)| format!("{state} {count}")).collect::<Vec<_>>();
    states.extend((gone > 0).then(|| format!("gone {gone}")));
    if states.len() > 1 || description.states.len() > 1 {
        facts.lines("states", &[states]);
    }
    let mut text = facts.text;
    if !document.nodes_final.is_empty() {
        text.push('\n');
        text.push_str(&nodes_table::table(document, description, terminal));
    }
    let again = explain::again(document.replay.as_ref().map(|line| format!("{invocation} {line}")), document.seed);
    text.push_str(&format!("\n  {}{again}\n", terminal.quiet(format!("{:<NAMES$}", "again"))));
    text
}

/// How many nodes ended in each state, the fewest first; and how many crashed, or are not known.
fn states<'a>(finished: &AnyFinished, description: &'a Description) -> (Vec<(&'a str, usize)>, usize) {
    let document = &finished.document;
    let mut counts = vec![0; description.states.len()];
    match &finished.world {
        Some(world) => {
            let nodes = world.nodes().map(|node| world.node(NodeIndex::new(node)));
            nodes.filter(|node| node.is_alive()).for_each(|node| counts[node.state()] += 1);
        }
        None => {
            let known = document.nodes_final.iter().filter_map(|node| node.state.as_deref());
            let places = known.filter_map(|name| description.states.iter().position(|state| state.name == name));
            places.for_each(|place| counts[place] += 1);
        }
    }
    let gone = document.nodes - counts.iter().sum::<usize>();
    let names = description.states.iter().map(|state| state.name.as_str());
    let mut states = names.zip(counts).filter(|(_, count)| *count > 0).collect::<Vec<_>>();
    sorting::by_key(&mut states, |(_, count)| *count);
    (states, gone)
}

/// Where the logs are.
pub(super) fn logs_line(directory: &Path) -> String {
    fact_line("logs", &directory.join("node-*.log").display().to_string())
}

/// A line below the result, like those above it.
pub(super) fn fact_line(name: &str, what: &str) -> String {
    format!("  {}{}\n", Terminal::stdout().quiet(format!("{name:<NAMES$}")), plain::line(what))
}

/// The room for the names of facts.
const NAMES: usize = 12;

/// Facts, each behind its name.
pub(super) struct Facts {
    pub(super) text: String,
    pub(super) terminal: Terminal,
}

impl Facts {
    /// Lines of parts; a line that is too long goes on below.
    pub(super) fn lines(&mut self, name: &str, lines: &[Vec<String>]) {
        let room = self.terminal.width.saturating_sub(NAMES + 2);
        let mut name = name;
        for line in lines.iter().filter(|line| !line.is_empty()) {
            for line in flow(line, room) {
                self.text.push_str(&format!("  {}{line}\n", self.terminal.quiet(format!("{name:<NAMES$}"))));
                name = "";
            }
        }
    }
}

/// Parts with commas between them, in lines that are as wide as there is room.
fn flow(parts: &[String], room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for (place, part) in parts.iter().enumerate() {
        let comma = if place + 1 < parts.len() { "," } else { "" };
        let width = console::measure_text_width(&line) + console::measure_text_width(part) + 2;
        if !line.is_empty() && width > room {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&format!("{part}{comma}"));
    }
    lines.push(line);
    lines
}

fn verdict(document: &Document, terminal: Terminal) -> String {
    let time = seconds(document.time.wall_s);
    let name = document.outcome.name();
    let meaning = match document.outcome {
        Outcome::Terminated => "nothing is under way, and every node has decided",
        Outcome::Quiescent => "nothing is under way",
        Outcome::Stopped => "as planned, or on request",
        Outcome::Stuck => "nothing is under way, but not every node has decided",
        Outcome::Timeout => "it had not ended when the time was up",
        Outcome::Crashed => "a node failed",
        Outcome::Violated => "a property does not hold",
    };
    if document.outcome.is_well() {
        format!("{} after {time}: {meaning}\n", terminal.good(format!("✔ {name}")))
    } else {
        format!("{} after {time}: {meaning}\n", terminal.bad(format!("✘ {name}")))
    }
}

fn messages(document: &Document) -> Vec<Vec<String>> {
    let messages = &document.messages;
    let mut by_type = messages.by_type.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>();
    match by_type.first_mut() {
        Some(first) => *first = format!("{}: {first}", messages.total),
        None => by_type.push(messages.total.to_string()),
    }
    let mut sizes = vec![format!("{} bytes", messages.bytes), format!("at most {} in one message", messages.max_bytes)];
    if messages.late > 0 {
        sizes.push(format!("{} late", messages.late));
    }
    let mut load =
        vec![format!("busiest node sent {}", messages.busiest_node), format!("busiest link carried {}", messages.busiest_link)];
    if document.time.virtual_time.is_none() {
        load.extend(document.time.causal.map(longest_chain));
    }
    vec![by_type, sizes, load]
}

fn longest_chain(messages: u64) -> String {
    format!("longest chain {messages}")
}

/// Virtual time, where there is one.
fn times(document: &Document) -> Vec<String> {
    let units = document.options.get("delay").is_some_and(|delay| delay == "unit");
    let in_units = |time: f64| if time.fract() == 0.0 { counted(time as u64, "unit") } else { format!("{time:.3} units") };
    let time = document.time.virtual_time.map(|time| if units { in_units(time) } else { seconds(time) });
    match time {
        Some(time) => [format!("virtual {time}")].into_iter().chain(document.time.causal.map(longest_chain)).collect(),
        None => Vec::new(),
    }
}

fn links(document: &Document) -> Vec<String> {
    let links = &document.links;
    let counts = [
        (links.datagrams, "datagrams", true),
        (links.retransmitted, "sent again", false),
        (links.lost, "lost", false),
        (links.duplicated, "duplicated", false),
        (links.reordered, "out of order", false),
        (links.rejected, "rejected", false),
    ];
    let known = counts.iter().filter_map(|(count, what, always)| match count {
        Some(count) if *always || *count > 0 => Some(format!("{count} {what}")),
        _ => None,
    });
    known.collect()
}

pub(super) fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// A time for people: three digits of it.
pub(super) fn seconds(seconds: f64) -> String {
    let (value, unit) = match seconds {
        s if s >= 1.0 => (s, "s"),
        s if s >= 1e-3 => (s * 1e3, "ms"),
        s => (s * 1e6, "µs"),
    };
    let digits = if value >= 100.0 {
        0
    } else if value >= 10.0 {
        1
    } else {
        2
    };
    format!("{value:.digits$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::{flow, seconds};

    #[test]
    fn parts_flow_into_lines() {
        let parts = ["one 1", "two 2", "three 3"].map(str::to_owned);
        assert_eq!(flow(&parts, 80), ["one 1, two 2, three 3"]);
        assert_eq!(flow(&parts, 14), ["one 1, two 2,", "three 3"]);
    }

    #[test]
    fn times_have_three_digits() {
        assert_eq!(seconds(0.00212), "2.12 ms");
        assert_eq!(seconds(12.345), "12.3 s");
        assert_eq!(seconds(0.000_25), "250 µs");
    }
}
