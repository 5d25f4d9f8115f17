//! GML, the Graph Modelling Language (Himsolt 1997).

use core::fmt::Write;

use crate::topology::{Graph, NodeIndex};

pub(in crate::topology) fn write(graph: &Graph) -> Result<String, String> {
    let mut text = format!("graph [\n  directed {}\n", u8::from(graph.is_directed()));
    for node in graph.nodes() {
        let _ = writeln!(text, "  node [\n    id {node}\n    label \"{}\"\n  ]", label(graph, node));
    }
    for link in graph.links() {
        let _ = writeln!(text, "  edge [\n    source {}\n    target {}", link.a, link.b);
        if graph.is_weighted() {
            let _ = writeln!(text, "    weight {}", link.weight);
        }
        text.push_str("  ]\n");
    }
    text.push_str("]\n");
    Ok(text)
}

/// A node's name; GML is ASCII, and other letters are numbers.
fn label(graph: &Graph, node: NodeIndex) -> String {
    let mut label = String::new();
    for letter in graph.title(node).chars() {
        match letter {
            '"' => label.push_str("&quot;"),
            '&' => label.push_str("&amp;"),
            ' '..='~' => label.push(letter),
            _ => label.push_str(&format!("&#{};", u32::from(letter))),
        }
    }
    label
}
