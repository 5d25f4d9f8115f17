//! ShiViz: two lines an event, `what` and `host {vector clock}`, which the form that it expects by default reads.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::trace::{Kind, Trace};

pub(super) fn write(trace: &Trace, out: &mut impl Write) -> io::Result<()> {
    let nodes = trace.header().nodes;
    let hosts = (0..nodes as u32).map(|node| host(&trace.header().title(node))).collect::<Vec<_>>();
    // By node: how many events of each node are in its past.  Nodes that are not are left out.
    let mut clocks = vec![BTreeMap::<u32, u32>::new(); nodes];
    let mut under_way = BTreeMap::<usize, BTreeMap<u32, u32>>::new();
    for event in 0..trace.len() {
        let (kind, node) = (trace.kind(event), trace.node(event));
        if matches!(kind, Kind::Fields | Kind::End) {
            continue;
        }
        let message = trace.message_of(event);
        if kind.has_origin()
            && let Some(sent) = message.and_then(|message| under_way.get(&message))
        {
            for (other, count) in sent {
                let known = clocks[node as usize].entry(*other).or_default();
                *known = (*known).max(*count);
            }
        }
        *clocks[node as usize].entry(node).or_default() += 1;
        if kind == Kind::Send
            && let Some(message) = message
        {
            under_way.insert(message, clocks[node as usize].clone());
        }
        writeln!(out, "{}", line(&trace.describe(event)))?;
        write!(out, "{} {{", hosts[node as usize])?;
        for (place, (other, count)) in clocks[node as usize].iter().enumerate() {
            write!(out, "{}\"{}\":{count}", if place == 0 { "" } else { ", " }, hosts[*other as usize])?;
        }
        writeln!(out, "}}")?;
    }
    Ok(())
}

/// As one line.  ShiViz's expression also finds an empty event at the end of a line, and then takes `word {..}` at the
/// beginning of the next for a host and its clock: a space that does not break keeps it from that.
fn line(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>();
    let like_a_clock = words.get(1).is_some_and(|word| word.starts_with('{'));
    let line = words.join(" ");
    if like_a_clock { line.replacen(' ', "\u{a0}", 1) } else { line }
}

/// As one word.
fn host(title: &str) -> String {
    let plain = |letter: char| if letter.is_alphanumeric() || "-._".contains(letter) { letter } else { '_' };
    format!("node-{}", title.chars().map(plain).collect::<String>())
}
