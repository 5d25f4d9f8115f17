//! ShiViz: two lines an event, `what` and `host {vector clock}`, which the form that it expects by default reads.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::plain;
use crate::sorting;
use crate::trace::{Kind, Trace};

pub(super) fn write(trace: &Trace, out: &mut dyn Write) -> io::Result<()> {
    let nodes = trace.header().nodes;
    let hosts = hosts((0..nodes as u32).map(|node| trace.header().title(node)));
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
    let line = plain::line(&words.join(" ")).into_owned();
    if like_a_clock { line.replacen(' ', "\u{a0}", 1) } else { line }
}

/// The names of the nodes as words, each another: ShiViz takes what has the same name for one host.
fn hosts(titles: impl Iterator<Item = String>) -> Vec<String> {
    let plain = |letter: char| if letter.is_alphanumeric() || "-._".contains(letter) { letter } else { '_' };
    let titles = titles.map(|title| (title.chars().map(plain).collect::<String>(), title)).collect::<Vec<_>>();
    // Those that are words already keep their names.
    let mut taken = sorting::set(titles.iter().filter(|(word, title)| word == title).map(|(word, _)| word.clone()));
    let mut hosts = Vec::with_capacity(titles.len());
    for (node, (word, title)) in titles.into_iter().enumerate() {
        let mut host = word.clone();
        if word != title {
            // With the node's number, if that is needed.
            while !taken.insert(host.clone()) {
                host.push_str(&format!(".{node}"));
            }
        }
        hosts.push(format!("node-{host}"));
    }
    hosts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_differ_in_signs_only_are_different_hosts() {
        let titles = ["a b", "a_b", "a+b", "c", "\u{1b}[2J", "a_b.2", "Köln"].map(str::to_owned);
        let right = ["node-a_b.0", "node-a_b", "node-a_b.2.2", "node-c", "node-__2J", "node-a_b.2", "node-Köln"];
        assert_eq!(hosts(titles.into_iter()), right);
    }
}
