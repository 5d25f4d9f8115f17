//! A list of links, as NetworkX and ours read it.

use core::fmt::Write;

use crate::plain;
use crate::topology::Graph;

pub(super) fn write(graph: &Graph) -> String {
    let mut text = String::new();
    if graph.is_directed() {
        text.push_str("# each link leads from the first node to the second only\n");
    }
    let is_word = |name: &str| {
        let special = |letter: char| letter.is_whitespace() || plain::acts(letter) || "#%,()[]{}\u{feff}".contains(letter);
        !name.is_empty() && !name.contains(special)
    };
    let by_name = graph.nodes().all(|node| graph.name(node).is_none_or(is_word));
    if !by_name {
        for node in graph.nodes() {
            let _ = writeln!(text, "# {node} is {}", plain::line(&graph.title(node)));
        }
    }
    if graph.link_count() == 0 {
        let _ = writeln!(text, "{}", graph.node_count());
    }
    for link in graph.links() {
        let _ = match by_name {
            true => write!(text, "{} {}", graph.title(link.a), graph.title(link.b)),
            false => write!(text, "{} {}", link.a, link.b),
        };
        if graph.is_weighted() {
            let _ = write!(text, " {}", link.weight);
        }
        text.push('\n');
    }
    text
}
