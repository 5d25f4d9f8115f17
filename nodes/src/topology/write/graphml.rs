//! GraphML (Brandes et al. 2002).

use core::fmt::Write;

use super::xml;
use crate::topology::{Graph, NodeIndex};

pub(in crate::topology) fn write(graph: &Graph) -> Result<String, String> {
    let id = |node: NodeIndex| {
        xml(&graph.title(node)).ok_or_else(|| format!("the name of node {node} has a letter that XML does not allow"))
    };
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text.push_str("<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n");
    if graph.is_weighted() {
        text.push_str("  <key id=\"weight\" for=\"edge\" attr.name=\"weight\" attr.type=\"double\"/>\n");
    }
    let _ = writeln!(text, "  <graph edgedefault=\"{}\">", if graph.is_directed() { "directed" } else { "undirected" });
    for node in graph.nodes() {
        let _ = writeln!(text, "    <node id=\"{}\"/>", id(node)?);
    }
    for link in graph.links() {
        let _ = write!(text, "    <edge source=\"{}\" target=\"{}\"", id(link.a)?, id(link.b)?);
        let _ = match graph.is_weighted() {
            true => writeln!(text, "><data key=\"weight\">{}</data></edge>", link.weight),
            false => writeln!(text, "/>"),
        };
    }
    text.push_str("  </graph>\n</graphml>\n");
    Ok(text)
}
