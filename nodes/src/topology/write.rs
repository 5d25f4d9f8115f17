//! Graphs to files.

pub(super) mod adjacency_list;
pub(super) mod dot;
pub(super) mod edges;
pub(super) mod gml;
pub(super) mod graph6;
pub(super) mod graphml;
pub(super) mod node_link;
pub(super) mod svg;
mod words;

use core::fmt;
use core::str::FromStr;

use super::formats::{self, Row};
use super::{Graph, TopologyError};

/// A format that a graph can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A list of links, `u v` or `u v weight`.
    Edges,
    /// A list of neighbours.
    AdjacencyList,
    /// GraphML.
    GraphMl,
    /// GML.
    Gml,
    /// Graphviz, with the nodes' positions.
    Dot,
    /// graph6.
    Graph6,
    /// A drawing.
    Svg,
    /// Node-link JSON, as NetworkX has it.
    Json,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 8] = [
        Format::Edges,
        Format::AdjacencyList,
        Format::GraphMl,
        Format::Gml,
        Format::Json,
        Format::Dot,
        Format::Graph6,
        Format::Svg,
    ];

    /// What it is called on the command line, and the ending of its files.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// What it is, or what reads it, in a few words.
    pub fn about(self) -> &'static str {
        self.row().about
    }

    /// What of the graph the format has no place for, as a sentence.
    pub fn loses(self, graph: &Graph) -> Option<String> {
        let keeps = self.row().keeps;
        let lost = [
            (!keeps.names && graph.nodes().any(|node| graph.name(node).is_some()), "names"),
            (!keeps.weights && graph.is_weighted(), "weights"),
            (!keeps.directions && graph.is_directed(), "directions"),
        ];
        let lost: Vec<&str> = lost.into_iter().filter(|(is_lost, _)| *is_lost).map(|(_, what)| what).collect();
        (!lost.is_empty()).then(|| format!("{} has no place for {}: not written", self.row().title, lost.join(" and ")))
    }

    fn row(self) -> &'static Row {
        let own = formats::written().find(|(_, format)| *format == self);
        own.map(|(row, _)| row).unwrap_or_else(|| unreachable!("every format has its row"))
    }

    /// The names of all, for a sentence, each in backquotes.
    pub fn names() -> String {
        let names = Format::ALL.map(|format| format!("`{format}`"));
        let (last, others) = names.split_last().expect("there are formats");
        format!("{} or {last}", others.join(", "))
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
        known.ok_or_else(|| format!("`{text}` is no format of graphs: write {}", Format::names()))
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
        let write = format.row().writer.map(|(_, write)| write);
        let written = write.map_or_else(|| unreachable!("it is a format that is written"), |write| write(self));
        written.map_err(|why| TopologyError::Write { format: format.name(), why })
    }
}

/// Text with what means something in XML replaced; `None` if XML 1.0 has no place for it.
pub(super) fn xml(text: &str) -> Option<String> {
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
