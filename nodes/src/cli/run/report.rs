//! The result of a run, for people.

use super::super::terminal::Terminal;
use super::{Ran, nodes_table};
use crate::protocol::Description;
use crate::run::{Document, Outcome, PropertyStatus};

/// A stuck run of a thousand nodes has a thousand reasons; so many are shown.
const MOST_LINES: usize = 12;

/// The report.
pub(super) fn report(ran: &Ran, description: &Description, invocation: &str, terminal: Terminal) -> String {
    let document = &ran.document;
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
    for line in ran.explanation.iter().take(MOST_LINES) {
        text.push_str(&format!("  {line}\n"));
    }
    if let Some(more @ 1..) = ran.explanation.len().checked_sub(MOST_LINES) {
        text.push_str(&format!(
            "  {}\n",
            terminal.quiet(format!("{more} more such lines; with --json all are on standard error"))
        ));
    }
    text.push('\n');
    let mut fact = |name: &str, value: String| text.push_str(&format!("  {}{value}\n", terminal.quiet(format!("{name:<12}"))));
    for (place, line) in messages(document, terminal.width.saturating_sub(14)).into_iter().enumerate() {
        fact(if place == 0 { "messages" } else { "" }, line);
    }
    if let Some(line) = links(document) {
        fact("links", line);
    }
    let width = document.properties.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (place, (name, status)) in document.properties.iter().enumerate() {
        let status = match status {
            PropertyStatus::Holds => terminal.good("holds"),
            PropertyStatus::HeldAtEnd => terminal.good("held at the end"),
            PropertyStatus::Violated => terminal.bad("violated"),
            PropertyStatus::Unchecked => terminal.warning("unchecked"),
        };
        fact(if place == 0 { "properties" } else { "" }, format!("{name:<width$}  {status}"));
    }
    let states = nodes_table::by_state(&document.nodes_final);
    if states.iter().any(|(state, _)| *state != "-") {
        let states = states.iter().map(|(state, count)| format!("{state} {count}")).collect::<Vec<_>>();
        fact("states", states.join(", "));
    }
    text.push('\n');
    text.push_str(&nodes_table::table(ran, description, terminal));
    text.push_str(&format!("\n  {}{invocation} {}\n", terminal.quiet(format!("{:<12}", "again")), document.replay));
    text
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

fn messages(document: &Document, width: usize) -> Vec<String> {
    let messages = &document.messages;
    let mut lines = Vec::new();
    let mut line = messages.total.to_string();
    for (place, (name, count)) in messages.by_type.iter().enumerate() {
        let part = format!("{name} {count}");
        if line.len() + part.len() + 2 > width {
            lines.push(std::mem::take(&mut line));
        } else {
            line.push_str(if place == 0 { ": " } else { ", " });
        }
        line.push_str(&part);
    }
    lines.push(line);
    let mut line = format!("{} bytes, the largest message {}", messages.bytes, messages.max_bytes);
    if messages.late > 0 {
        line.push_str(&format!("; {} came after the decision", messages.late));
    }
    lines.push(line);
    let mut line = format!("busiest node sent {}, busiest link carried {}", messages.busiest_node, messages.busiest_link);
    if let Some(chain) = document.time.causal {
        line.push_str(&format!("; longest chain {chain}"));
    }
    lines.push(line);
    lines
}

fn links(document: &Document) -> Option<String> {
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
    let known = known.collect::<Vec<_>>();
    (!known.is_empty()).then(|| known.join(", "))
}

fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// A time for people: three digits of it.
fn seconds(seconds: f64) -> String {
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
    use super::seconds;

    #[test]
    fn times_have_three_digits() {
        assert_eq!(seconds(0.00212), "2.12 ms");
        assert_eq!(seconds(12.345), "12.3 s");
        assert_eq!(seconds(0.000_25), "250 µs");
    }
}
