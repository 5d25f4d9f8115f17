//! The nodes at the end, as a table: all of a small run; of a large one the first, and whoever is in a state that few are in.

use console::Color;
use serde_json::Value;

use super::super::sheet::{Cell, Sheet};
use super::super::terminal::Terminal;
use crate::execution::{Document, NodeFinal};
use crate::protocol::Description;

/// So many nodes are all shown.
const FEW: usize = 16;
/// Of more, so many of the first, and of each state that few are in.
const FIRST: usize = 6;
const OF_EACH: usize = 3;
/// A value of a field that is longer is cut.
const LONGEST: usize = 28;

pub(super) fn table(document: &Document, description: &Description, terminal: Terminal) -> String {
    let nodes = &document.nodes_final;
    let shown = choose(nodes);
    let rows = shown.iter().filter_map(|node| nodes.get(*node)).collect::<Vec<_>>();
    let columns = columns(nodes, &rows, terminal.width);
    let mut sheet = Sheet::new(terminal);
    sheet.head(&columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>());
    let mut before = None;
    for (row, node) in rows.iter().enumerate() {
        if before.is_some_and(|before| before + 1 < node.node) {
            sheet.row(columns.iter().map(|_| sheet.quiet("⋮")).collect());
        }
        before = Some(node.node);
        sheet.row(columns.iter().map(|column| column.cell(&sheet, row, description)).collect());
    }
    if before.is_some_and(|before| before + 1 < nodes.len()) {
        sheet.row(columns.iter().map(|_| sheet.quiet("⋮")).collect());
    }
    for (place, column) in columns.iter().enumerate() {
        if column.number {
            sheet.numbers(place);
        }
    }
    let mut text = sheet.text();
    if rows.len() < nodes.len() {
        let rest = nodes.len() - rows.len();
        text.push_str(&format!("  {}\n", terminal.quiet(format!("{rest} more nodes; --json has all"))));
    }
    text
}

fn state(node: &NodeFinal) -> &str {
    node.state.as_deref().unwrap_or("gone")
}

/// Which nodes are shown.
fn choose(nodes: &[NodeFinal]) -> Vec<usize> {
    if nodes.len() <= FEW {
        return (0..nodes.len()).collect();
    }
    let mut chosen = (0..FIRST).collect::<Vec<_>>();
    let mut shown: Vec<&str> = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        if shown.iter().filter(|known| **known == state(node)).count() < OF_EACH {
            shown.push(state(node));
            chosen.push(index);
        }
    }
    chosen.sort_unstable();
    chosen.dedup();
    chosen
}

struct Column {
    name: String,
    number: bool,
    quiet: bool,
    /// Whether it holds states, which have colours.
    states: bool,
    texts: Vec<String>,
}

impl Column {
    fn cell(&self, sheet: &Sheet, row: usize, description: &Description) -> Cell {
        let text = &self.texts[row];
        match (self.states, self.quiet) {
            (true, _) => sheet.coloured(text, colour(text, description)),
            (false, true) => sheet.quiet(text),
            (false, false) => Cell::new(text),
        }
    }

    fn width(&self) -> usize {
        self.texts.iter().chain([&self.name]).map(|text| console::measure_text_width(text)).max().unwrap_or(0) + 3
    }
}

/// Green for a node that has decided, yellow for one that should have.
fn colour(state: &str, description: &Description) -> Color {
    match description.states.iter().find(|known| known.name == state) {
        Some(known) if known.terminal => Color::Green,
        Some(_) if description.has_terminal_states() => Color::Yellow,
        Some(_) => Color::Cyan,
        None => Color::Red,
    }
}

fn columns(nodes: &[NodeFinal], rows: &[&NodeFinal], width: usize) -> Vec<Column> {
    let number = |name: &str, text: &dyn Fn(&NodeFinal) -> Option<String>| Column {
        name: name.into(),
        number: true,
        quiet: false,
        texts: rows.iter().map(|node| text(node).unwrap_or_else(|| "-".into())).collect(),
        states: false,
    };
    let mut columns = vec![number("node", &|node| Some(node.node.to_string()))];
    if rows.iter().any(|node| node.label.is_some()) {
        columns.push(Column { number: false, ..number("label", &|node| node.label.clone()) });
    }
    if nodes.iter().any(|node| node.id != node.node as u64) {
        columns.push(number("id", &|node| Some(node.id.to_string())));
    }
    if nodes.iter().any(|node| node.state.as_deref() != Some("-")) {
        let mut column = number("state", &|node| Some(state(node).to_owned()));
        (column.number, column.states) = (false, true);
        columns.push(column);
    }
    columns.push(number("sent", &|node| node.sent.map(|count| count.to_string())));
    columns.push(number("received", &|node| node.received.map(|count| count.to_string())));

    // What it reported is meant to be seen; of its fields as many as there is room for.
    let mut reported = Vec::new();
    for name in rows.iter().flat_map(|node| node.reported.keys()) {
        if !reported.contains(name) {
            reported.push(name.clone());
        }
    }
    let mut room = width.saturating_sub(columns.iter().map(Column::width).sum());
    let mut left_out = 0;
    for name in reported {
        let column = values(name.clone(), rows, false, |node| node.reported.get(&name));
        if column.width() <= room {
            room -= column.width();
            columns.push(column);
        } else {
            left_out += 1;
        }
    }
    let mut fields: Vec<String> = Vec::new();
    for name in rows.iter().filter_map(|node| node.fields.as_object()).flat_map(|fields| fields.keys()) {
        if !fields.contains(name) {
            fields.push(name.clone());
        }
    }
    for name in fields {
        let column = values(format!(".{name}"), rows, true, |node| node.fields.get(&name));
        if column.width() <= room {
            room -= column.width();
            columns.push(column);
        } else {
            left_out += 1;
        }
    }
    if left_out > 0 && room >= 4 {
        columns.push(Column {
            name: "…".into(),
            number: false,
            quiet: true,
            texts: rows.iter().map(|_| "…".into()).collect(),
            states: false,
        });
    }
    columns
}

fn values<'a>(name: String, rows: &[&'a NodeFinal], quiet: bool, of: impl Fn(&'a NodeFinal) -> Option<&'a Value>) -> Column {
    let number = rows.iter().filter_map(|node| of(node)).all(Value::is_number);
    let texts = rows.iter().map(|node| of(node).map_or_else(String::new, short)).collect();
    Column { name, number, quiet, states: false, texts }
}

/// A value on one line, cut if it is long.
fn short(value: &Value) -> String {
    let text = match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn node(index: usize, state: &str) -> NodeFinal {
        NodeFinal {
            node: index,
            label: None,
            id: index as u64,
            state: Some(state.into()),
            sent: Some(1),
            received: Some(1),
            busy_s: None,
            decided_at: None,
            fields: Value::Null,
            reported: BTreeMap::new(),
        }
    }

    #[test]
    fn the_one_leader_of_a_thousand_is_shown() {
        let nodes = (0..1000).map(|index| node(index, if index == 567 { "Leader" } else { "Follower" })).collect::<Vec<_>>();
        assert_eq!(choose(&nodes), [0, 1, 2, 3, 4, 5, 567]);
    }

    #[test]
    fn few_nodes_are_all_shown() {
        let nodes = (0..FEW).map(|index| node(index, "Follower")).collect::<Vec<_>>();
        assert_eq!(choose(&nodes).len(), FEW);
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(short(&serde_json::json!([1, 2])), "[1,2]");
        assert_eq!(short(&serde_json::json!("é".repeat(40))).chars().count(), LONGEST);
    }
}
