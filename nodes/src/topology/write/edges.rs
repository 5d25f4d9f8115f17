//! A list of links, as NetworkX and ours read it.

use core::fmt::Write;

use super::words::Words;
use crate::topology::read::names;
use crate::topology::{Graph, NodeIndex};

pub(in crate::topology) fn write(graph: &Graph) -> Result<String, String> {
    let words = Words::of(graph);
    let mut text = words.comments();
    if graph.link_count() == 0 {
        let _ = writeln!(text, "{}", graph.node_count());
    }
    for (place, link) in graph.links().enumerate() {
        let _ = write!(text, "{} {}", words.word(link.a), words.word(link.b));
        if graph.is_weighted() || (place == 0 && needs_weight(graph)) {
            let _ = write!(text, " {}", link.weight);
        }
        text.push('\n');
    }
    Ok(text)
}

/// Whether the first link may be taken for the numbers of nodes and links, or for names of columns: its weight shows that it
/// is a link.
fn needs_weight(graph: &Graph) -> bool {
    let Some(first) = graph.links().next() else { return false };
    let number = |node: NodeIndex| graph.title(node).parse::<u64>().ok();
    match (number(first.a), number(first.b)) {
        (Some(nodes), Some(links)) if links + 1 == graph.link_count() as u64 || links > nodes => {
            let others = graph.nodes().filter(|node| ![first.a, first.b].contains(node));
            graph.link_count() > 1 && others.filter_map(number).all(|label| label <= nodes)
        }
        (Some(_), _) | (_, Some(_)) => false,
        (None, None) => names::are_ends(&graph.title(first.a), &graph.title(first.b)),
    }
}
