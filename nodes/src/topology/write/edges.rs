//! A list of links, as NetworkX and ours read it.

use core::fmt::Write;

use crate::topology::read::{names, split};
use crate::topology::{Graph, NodeIndex};

pub(in crate::topology) fn write(graph: &Graph) -> Result<String, String> {
    let mut text = String::new();
    if graph.is_directed() {
        text.push_str("# each link leads from the first node to the second only\n");
    }
    let by_name = graph.nodes().all(|node| graph.name(node).is_none_or(is_word));
    if !by_name {
        for node in graph.nodes() {
            let name: String = graph.title(node).chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
            let _ = writeln!(text, "# {node} is {name}");
        }
    }
    if graph.link_count() == 0 {
        let _ = writeln!(text, "{}", graph.node_count());
    }
    for (place, link) in graph.links().enumerate() {
        let _ = match by_name {
            true => write!(text, "{} {}", graph.title(link.a), graph.title(link.b)),
            false => write!(text, "{} {}", link.a, link.b),
        };
        if graph.is_weighted() || (place == 0 && needs_weight(graph)) {
            let _ = write!(text, " {}", link.weight);
        }
        text.push('\n');
    }
    Ok(text)
}

/// Whether a name can stand in a list without quotes.
fn is_word(name: &str) -> bool {
    let special = |letter: char| letter.is_whitespace() || letter.is_control() || "#%,;()[]{}\"'\u{feff}".contains(letter);
    let between = split::is_sign(name) || split::has_arrow(name) || split::joins(name);
    !name.is_empty() && !name.contains(special) && !between
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
