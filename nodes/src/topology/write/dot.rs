//! DOT, the language of Graphviz.  Positions are pinned, so that `neato` draws what the SVG shows.

use core::fmt::Write;

use crate::plain;
use crate::topology::drawing::MOST_NODES;
use crate::topology::{Graph, NodeIndex};

pub(in crate::topology) fn write(graph: &Graph) -> Result<String, String> {
    let (kind, arrow) = if graph.is_directed() { ("digraph", "->") } else { ("graph", "--") };
    let points = if graph.node_count() <= MOST_NODES { graph.layout() } else { Vec::new() };
    let mut text = format!("{kind} {{\n");
    if !points.is_empty() {
        text.push_str("  layout=neato;\n  node [shape=circle];\n");
    }
    for node in graph.nodes() {
        let _ = match points.get(node.index()) {
            // Here y runs upwards.
            Some([x, y]) => writeln!(text, "  {} [pos=\"{x:.3},{:.3}!\"];", id(graph, node)?, 0.0 - y),
            None => writeln!(text, "  {};", id(graph, node)?),
        };
    }
    for link in graph.links() {
        let _ = write!(text, "  {} {arrow} {}", id(graph, link.a)?, id(graph, link.b)?);
        if graph.is_weighted() {
            let _ = write!(text, " [weight={}]", link.weight);
        }
        text.push_str(";\n");
    }
    text.push_str("}\n");
    Ok(text)
}

/// The name of a node, as DOT has it: a backslash is one, and only `\"` means something else.
fn id(graph: &Graph, node: NodeIndex) -> Result<String, String> {
    let Some(name) = graph.name(node) else { return Ok(node.to_string()) };
    let mut id = "\"".to_owned();
    let mut backslashes = 0usize;
    for letter in name.chars() {
        if plain::acts(letter) && !matches!(letter, '\t' | '\n') {
            return Err(format!("the name of node {node} has a character that DOT has no place for; write for example `json`"));
        }
        if matches!(letter, '"' | '\n') {
            pairs(node, backslashes)?;
        }
        id.extend((letter == '"').then_some('\\'));
        backslashes = if letter == '\\' { backslashes + 1 } else { 0 };
        id.push(letter);
    }
    pairs(node, backslashes)?;
    Ok(id + "\"")
}

/// Before a quote or the end of a line, backslashes count in pairs: one that is left over would take it along.
fn pairs(node: NodeIndex, backslashes: usize) -> Result<(), String> {
    if backslashes.is_multiple_of(2) {
        return Ok(());
    }
    Err(format!(
        "the name of node {node} has a backslash at its end, or before a quote or a line's end, which DOT cannot hold; write for example `json`"
    ))
}
