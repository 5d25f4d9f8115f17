//! Names in formats whose words stand between blanks.

use std::borrow::Cow;
use std::fmt::Write;

use crate::plain;
use crate::topology::read::split;
use crate::topology::{Graph, NodeIndex};

/// How nodes are called: by name if each name can stand as a word, else by number.
pub(super) struct Words<'a> {
    graph: &'a Graph,
    by_name: bool,
}

impl<'a> Words<'a> {
    pub(super) fn of(graph: &'a Graph) -> Self {
        Words { graph, by_name: graph.nodes().all(|node| graph.name(node).is_none_or(is_word)) }
    }

    /// Comments with what the format has no place for.
    pub(super) fn comments(&self) -> String {
        let mut text = String::new();
        if self.graph.is_directed() {
            text.push_str("# each link leads from the first node to the second only\n");
        }
        if !self.by_name {
            for node in self.graph.nodes() {
                let _ = writeln!(text, "# {node} is {}", plain::line(&self.graph.title(node)));
            }
        }
        text
    }

    pub(super) fn word(&self, node: NodeIndex) -> Cow<'a, str> {
        if self.by_name { self.graph.title(node) } else { node.to_string().into() }
    }
}

/// Whether a name can stand in a list without quotes.
fn is_word(name: &str) -> bool {
    let special = |letter: char| letter.is_whitespace() || plain::acts(letter) || "#%,;()[]{}\"'\u{feff}".contains(letter);
    let between = split::is_sign(name) || split::has_arrow(name) || split::joins(name) || name.ends_with(':');
    !name.is_empty() && !name.contains(special) && !between
}
