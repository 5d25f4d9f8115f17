//! Lists of neighbours: in each line a node, then those of its neighbours with which it is linked first.

use super::words::Words;
use crate::topology::{Graph, NodeIndex};

pub(in crate::topology) fn write(graph: &Graph) -> Result<String, String> {
    let words = Words::of(graph);
    let mut text = words.comments();
    let mut lists: Vec<Vec<NodeIndex>> = vec![Vec::new(); graph.node_count()];
    for link in graph.links() {
        let (from, to) = if graph.is_directed() || link.a < link.b { (link.a, link.b) } else { (link.b, link.a) };
        lists[from.index()].push(to);
    }
    for (node, list) in graph.nodes().zip(lists) {
        text.push_str(&words.word(node));
        for neighbour in list {
            text.push(' ');
            text.push_str(&words.word(neighbour));
        }
        text.push('\n');
    }
    Ok(text)
}
