//! Graphviz: steps are nodes, one line of them for each node of the run; messages are edges.  Positions are given, for
//! `neato -n`; `dot` finds its own.

use std::io::{self, Write};

use super::{begins_step, place};
use crate::plain;
use crate::trace::{Kind, Trace, What};

pub(super) fn write(trace: &Trace, out: &mut dyn Write) -> io::Result<()> {
    let header = trace.header();
    let times = place::times(trace);
    writeln!(out, "// made by nodes\ndigraph {} {{", id(&format!("{} on {}", header.protocol, header.topology)))?;
    writeln!(out, "  rankdir=LR; node [shape=point, width=0.09]; edge [fontsize=9, arrowsize=0.6];")?;
    // By node: the step that it is in.
    let mut steps = vec![None::<usize>; header.nodes];
    // By message: the step that it was sent in.
    let mut sent_in = vec![None::<usize>; trace.messages().len()];
    for (event, time) in times.into_iter().enumerate() {
        let (kind, node) = (trace.kind(event), trace.node(event));
        let at = node as usize;
        if let (What::State { state }, Some(step)) = (trace.event(event).what, steps[at]) {
            writeln!(out, "  e{step} [xlabel={}, fontsize=9];", quoted(&header.states[state as usize].name))?;
        }
        if begins_step(kind) {
            let (x, y) = (time * 72.0, (header.nodes - at) as f64 * 54.0);
            let name = format!("{}: {}", header.title(node), trace.describe(event));
            writeln!(out, "  e{event} [tooltip={}, pos=\"{x:.1},{y:.1}!\"];", quoted(&name))?;
            if kind == Kind::Start {
                let name = header.title(node);
                writeln!(out, "  e{event} [shape=plaintext, label={}];", quoted(&name))?;
            }
            if let Some(before) = steps[at].replace(event) {
                writeln!(out, "  e{before} -> e{event} [color=gray70, arrowhead=none, weight=8];")?;
            }
        }
        let Some(message) = trace.message_of(event) else { continue };
        if kind == Kind::Send {
            sent_in[message] = steps[at];
        } else if kind.is_arrival()
            && let (Some(from), Some(to)) = (sent_in[message], steps[at])
        {
            let name = &header.messages[trace.messages()[message].kind as usize];
            let style = if kind == Kind::Deliver { "" } else { ", style=dashed" };
            writeln!(out, "  e{from} -> e{to} [label={}{style}];", quoted(name))?;
        }
    }
    for (number, message) in trace.messages().iter().enumerate().filter(|(_, message)| message.arrived().is_none()) {
        let Some(from) = sent_in[number] else { continue };
        let name = quoted(&header.messages[message.kind as usize]);
        writeln!(out, "  lost{number} [shape=plaintext, label=\"\u{d7}\"];")?;
        writeln!(out, "  e{from} -> lost{number} [label={name}, style=dotted];")?;
    }
    writeln!(out, "}}")
}

/// A name, as an ID of DOT has it: a backslash is one, unless a quote follows.
fn id(text: &str) -> String {
    let mut id = "\"".to_owned();
    let mut backslashes = 0;
    for letter in plain::line(text).chars().map(Some).chain([None]) {
        if letter.is_none_or(|letter| letter == '"') {
            // They count in pairs, and one that is left over would take the quote with it.
            id.extend((backslashes % 2 == 1).then_some('\\'));
            id.extend(letter.map(|_| '\\'));
        }
        backslashes = if letter == Some('\\') { backslashes + 1 } else { 0 };
        id.push(letter.unwrap_or('"'));
    }
    id
}

/// Text to be shown, in which two backslashes are one.
fn quoted(text: &str) -> String {
    format!("\"{}\"", plain::line(text).replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_by_graphviz_as_they_are() {
        assert_eq!(id(r"Flooding on file:a\b.dot"), r#""Flooding on file:a\b.dot""#);
        assert_eq!(id(r"a\b"), r#""a\b""#);
        assert_eq!(id("\"a\" \u{1b}"), "\"\\\"a\\\" \\u{1b}\"");
        assert_eq!([id(r"a\"), id(r"a\\"), id(r#"\""#)], [r#""a\\""#, r#""a\\""#, r#""\\\"""#]);
    }

    #[test]
    fn text_is_shown_as_it_is() {
        assert_eq!(quoted(r#"a\n "b""#), r#""a\\n \"b\"""#);
    }
}
