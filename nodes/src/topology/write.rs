//! Graphs to files.

mod dot;
mod edges;
mod graphml;
mod node_link;
mod svg;

use core::fmt;
use core::str::FromStr;

use super::{Graph, TopologyError};
use crate::plain;

/// A format that a graph can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A list of links, `u v` or `u v weight`.
    Edges,
    /// GraphML.
    GraphMl,
    /// Graphviz, with the nodes' positions.
    Dot,
    /// A drawing.
    Svg,
    /// Node-link JSON, as NetworkX has it.
    Json,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 5] = [Format::Edges, Format::GraphMl, Format::Dot, Format::Svg, Format::Json];

    /// What it is called on the command line, and the extension of its files.
    pub fn name(self) -> &'static str {
        match self {
            Format::Edges => "edges",
            Format::GraphMl => "graphml",
            Format::Dot => "dot",
            Format::Svg => "svg",
            Format::Json => "json",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Format::ALL.into_iter().find(|format| format.name() == text);
        known.ok_or_else(|| format!("`{text}` is no format of graphs: write edges, graphml, dot, svg or json"))
    }
}

impl Graph {
    /// The graph as the text of a file in that format.
    ///
    /// What is read back (all but SVG can be) is the same graph, names and weights included, with these exceptions: an edge
    /// list does not say that links lead one way, and has numbers where a name has spaces in it; a ring of 1 or 2 has a link to
    /// the node itself or two between the same, which no reader takes.
    ///
    /// ```
    /// use nodes::topology::{Format, Topology};
    ///
    /// let path = Topology::path(3).build(1)?.graph;
    /// assert_eq!(path.write(Format::Edges)?, "0 1\n1 2\n");
    /// # Ok::<(), nodes::topology::TopologyError>(())
    /// ```
    ///
    /// # Errors
    /// If the format cannot hold the graph: a drawing of more than 2000 nodes or 20 000 links, a name that XML or DOT has no place for.
    pub fn write(&self, format: Format) -> Result<String, TopologyError> {
        let written = match format {
            Format::Edges => Ok(edges::write(self)),
            Format::GraphMl => graphml::write(self),
            Format::Dot => dot::write(self),
            Format::Svg => svg::write(self),
            Format::Json => Ok(plain::json(&node_link::write(self)).into_owned()),
        };
        written.map_err(|why| TopologyError::Write { format: format.name(), why })
    }
}

/// Text with what means something in XML replaced; `None` if XML 1.0 has no place for it.
fn xml(text: &str) -> Option<String> {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' | '\u{7f}'..='\u{9f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                escaped.push_str(&format!("&#{};", u32::from(letter)))
            }
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => return None,
            letter => escaped.push(letter),
        }
    }
    Some(escaped)
}
