//! DOT, the language of Graphviz.  Positions are pinned, so that `neato` draws what the SVG shows.

use core::fmt::Write;

use super::svg::MOST_NODES;
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
            Some([x, y]) => writeln!(text, "  {} [pos=\"{x:.3},{:.3}!\"];", id(graph, node), 0.0 - y),
            None => writeln!(text, "  {};", id(graph, node)),
        };
    }
    for link in graph.links() {
        let _ = write!(text, "  {} {arrow} {}", id(graph, link.a), id(graph, link.b));
        if graph.is_weighted() {
            let _ = write!(text, " [weight={}]", link.weight);
        }
        text.push_str(";\n");
    }
    text.push_str("}\n");
    Ok(text)
}

fn id(graph: &Graph, node: NodeIndex) -> String {
    match graph.name(node) {
        None => node.to_string(),
        Some(name) => format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}
