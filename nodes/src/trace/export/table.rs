//! One event a line: for pandas, R, spreadsheets, `jq`.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::plain;
use crate::trace::kind::Column;
use crate::trace::{Kind, Trace};

/// The columns; last the labels, which only the nodes of some graphs have.
const NAMES: [&str; 16] = [
    "event",
    "time_ns",
    "node",
    "id",
    "kind",
    "lamport",
    "round",
    "message",
    "type",
    "peer",
    "port",
    "size",
    "state",
    "text",
    "label",
    "peer_label",
];

/// The values of an event, by name.
fn values(trace: &Trace, place: usize) -> [Value; 16] {
    let header = trace.header();
    let (kind, node) = (trace.kind(place), trace.node(place));
    let parts = trace.parts(place);
    let message = trace.message_of(place).map(|number| (number, trace.messages()[number]));
    let subject = match kind.detail() {
        Some(Column::Alarm) => Some(&header.alarms[parts.detail as usize].name),
        Some(Column::Property) => parts.property().map(|property| &header.properties[property as usize].name),
        _ => message.map(|(_, message)| &header.messages[message.kind as usize]),
    };
    let state = kind.has_state().then(|| &header.states[parts.detail as usize].name);
    let peer = message.map(|(_, message)| if message.sender == node { message.receiver } else { message.sender });
    [
        json!(place),
        json!(trace.time(place)),
        json!(node),
        json!(header.id(node)),
        json!(kind.name()),
        json!(trace.lamport(place)),
        json!(trace.depth(place)),
        json!(message.map(|(number, _)| number)),
        json!(subject),
        json!(peer),
        json!(parts.port()),
        json!(message.filter(|_| kind == Kind::Send).map(|(_, message)| message.size)),
        json!(state),
        json!(trace.text(place)),
        json!(header.name(node)),
        json!(peer.and_then(|peer| header.name(peer))),
    ]
}

pub(super) fn csv(trace: &Trace, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", NAMES.join(","))?;
    for event in 0..trace.len() {
        let cells = values(trace, event).map(|value| match value {
            Value::Null => String::new(),
            Value::String(text) => quoted(&plain::lines(&text)),
            other => other.to_string(),
        });
        writeln!(out, "{}", cells.join(","))?;
    }
    Ok(())
}

/// As RFC 4180 has it.
fn quoted(text: &str) -> String {
    if text.is_empty() || text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

pub(super) fn ndjson(trace: &Trace, out: &mut dyn Write) -> io::Result<()> {
    for event in 0..trace.len() {
        let there = NAMES.iter().zip(values(trace, event)).filter(|(_, value)| !value.is_null());
        let fields = there.map(|(name, value)| format!("\"{name}\":{value}")).collect::<Vec<_>>();
        writeln!(out, "{{{}}}", plain::json(&fields.join(",")))?;
    }
    Ok(())
}
