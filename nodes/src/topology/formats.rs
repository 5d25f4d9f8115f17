//! The formats of files with graphs, a row each: reading, writing, messages and help follow from this table.

use super::Graph;
use super::read::{self, Collector, Wrong, content};
use super::write::{self, Format};

/// From the text of a file.
pub(super) type Reader = fn(&str) -> Result<Collector, Wrong>;
/// To the text of a file; the error says what the format has no place for.
pub(super) type Writer = fn(&Graph) -> Result<String, String>;

/// What a format is, and what it can do.
pub(super) struct Row {
    /// Its name on the command line.
    pub(super) name: &'static str,
    /// Its name in a sentence.
    pub(super) title: &'static str,
    /// How names of its files end, without the dot.
    pub(super) endings: &'static [&'static str],
    /// What it is, or what reads it, in a few words.
    pub(super) about: &'static str,
    /// Whether a text can be of no other format.
    pub(super) is: fn(&str) -> bool,
    pub(super) reader: Option<Reader>,
    pub(super) writer: Option<(Format, Writer)>,
    pub(super) keeps: Keeps,
}

/// What of a graph a format has a place for, besides nodes and links.
#[derive(Clone, Copy)]
pub(super) struct Keeps {
    pub(super) names: bool,
    pub(super) weights: bool,
    /// Which way links lead.
    pub(super) directions: bool,
}

const ALL: Keeps = Keeps { names: true, weights: true, directions: true };
const NOTHING: Keeps = Keeps { names: false, weights: false, directions: false };

/// All formats.  An ending stands in one row only.
pub(super) const FORMATS: &[Row] = &[
    Row {
        name: "edges",
        title: "a list of links",
        endings: &["edges", "edgelist", "txt"],
        about: "an edge list, `u v` or `u v weight` on each line",
        is: content::never,
        reader: Some(read::edge_list::read),
        writer: Some((Format::Edges, write::edges::write)),
        keeps: Keeps { directions: false, ..ALL },
    },
    Row {
        name: "adjlist",
        title: "a list of neighbours",
        endings: &["adjlist"],
        about: "a node and its neighbours on each line",
        is: content::never,
        reader: Some(read::adjacency_list::read),
        writer: Some((Format::AdjacencyList, write::adjacency_list::write)),
        keeps: Keeps { names: true, weights: false, directions: false },
    },
    Row {
        name: "table",
        title: "a table of links",
        endings: &["csv", "tsv"],
        about: "rows of cells, the first with `source,target,weight`",
        is: content::is_table,
        reader: Some(read::table::read),
        writer: None,
        keeps: ALL,
    },
    Row {
        name: "graphml",
        title: "GraphML",
        endings: &["graphml"],
        about: "for yEd, Gephi, NetworkX",
        is: content::is_graphml,
        reader: Some(read::xml::graphml),
        writer: Some((Format::GraphMl, write::graphml::write)),
        keeps: ALL,
    },
    Row {
        name: "gml",
        title: "GML",
        endings: &["gml"],
        about: "for NetworkX, igraph, Gephi, yEd",
        is: content::is_gml,
        reader: Some(read::gml::read),
        writer: Some((Format::Gml, write::gml::write)),
        keeps: ALL,
    },
    Row {
        name: "gexf",
        title: "GEXF",
        endings: &["gexf"],
        about: "from Gephi",
        is: content::is_gexf,
        reader: Some(read::xml::gexf),
        writer: None,
        keeps: ALL,
    },
    Row {
        name: "json",
        title: "JSON",
        endings: &["json"],
        about: "node-link, for D3 and NetworkX",
        is: content::is_json,
        reader: Some(read::node_link::read),
        writer: Some((Format::Json, write::node_link::write)),
        keeps: ALL,
    },
    Row {
        name: "dot",
        title: "DOT",
        endings: &["dot", "gv"],
        about: "for Graphviz",
        is: content::is_dot,
        reader: Some(read::dot::read),
        writer: Some((Format::Dot, write::dot::write)),
        keeps: ALL,
    },
    Row {
        name: "g6",
        title: "graph6",
        endings: &["g6"],
        about: "one line of printable letters, for nauty and NetworkX",
        is: content::is_graph6,
        reader: Some(read::graph6::read),
        writer: Some((Format::Graph6, write::graph6::write)),
        keeps: NOTHING,
    },
    Row {
        name: "d6",
        title: "digraph6",
        endings: &["d6"],
        about: "one line of printable letters, links lead one way",
        is: content::is_digraph6,
        reader: Some(read::graph6::read_directed),
        writer: None,
        keeps: Keeps { directions: true, ..NOTHING },
    },
    Row {
        name: "s6",
        title: "sparse6",
        endings: &["s6"],
        about: "one line of printable letters, for few links",
        is: content::is_sparse6,
        reader: Some(read::sparse6::read),
        writer: None,
        keeps: NOTHING,
    },
    Row {
        name: "pajek",
        title: "Pajek",
        endings: &["net"],
        about: "vertices, and edges or arcs, by number",
        is: content::is_pajek,
        reader: Some(read::pajek::read),
        writer: None,
        keeps: ALL,
    },
    Row {
        name: "mtx",
        title: "Matrix Market",
        endings: &["mtx"],
        about: "a matrix, sparse or dense",
        is: content::is_matrix_market,
        reader: Some(read::matrix_market::read),
        writer: None,
        keeps: Keeps { names: false, ..ALL },
    },
    Row {
        name: "dimacs",
        title: "DIMACS",
        endings: &["col", "gr", "dimacs"],
        about: "lines of `e 1 2` or `a 1 2 7`",
        is: content::is_dimacs,
        reader: Some(read::dimacs::read),
        writer: None,
        keeps: Keeps { names: false, ..ALL },
    },
    Row {
        name: "svg",
        title: "SVG",
        endings: &["svg"],
        about: "a picture",
        is: content::is_svg,
        reader: None,
        writer: Some((Format::Svg, write::svg::write)),
        keeps: ALL,
    },
];

/// The endings of files that are read, as a sentence lists them: `.edges .txt`.
pub(super) const ENDINGS: &str = match core::str::from_utf8(&JOINED) {
    Ok(endings) => endings,
    Err(_) => unreachable!(),
};

/// What `file` means, in the list of topologies.
pub(super) const FILE: &str = match core::str::from_utf8(&FILE_MEANING) {
    Ok(meaning) => meaning,
    Err(_) => unreachable!(),
};

const BEFORE: &[u8] = b"a file: ";
const FILE_MEANING: [u8; BEFORE.len() + JOINED.len()] = {
    let mut text = [0; BEFORE.len() + JOINED.len()];
    let end = copy(&mut text, 0, BEFORE);
    copy(&mut text, end, &JOINED);
    text
};

const JOINED: [u8; joined_length()] = {
    let mut text = [0; joined_length()];
    let (mut end, mut row) = (0, 0);
    while row < FORMATS.len() {
        let mut ending = 0;
        while ending < FORMATS[row].endings.len() && FORMATS[row].reader.is_some() {
            end = copy(&mut text, end, if end == 0 { ".".as_bytes() } else { " .".as_bytes() });
            end = copy(&mut text, end, FORMATS[row].endings[ending].as_bytes());
            ending += 1;
        }
        row += 1;
    }
    text
};

const fn joined_length() -> usize {
    let (mut length, mut row) = (0, 0);
    while row < FORMATS.len() {
        let mut ending = 0;
        while ending < FORMATS[row].endings.len() && FORMATS[row].reader.is_some() {
            length += 2 + FORMATS[row].endings[ending].len();
            ending += 1;
        }
        row += 1;
    }
    length - 1
}

/// Copies bytes to a place, and gives the place after them.
const fn copy(text: &mut [u8], place: usize, bytes: &[u8]) -> usize {
    let mut byte = 0;
    while byte < bytes.len() {
        text[place + byte] = bytes[byte];
        byte += 1;
    }
    place + bytes.len()
}

/// The format whose files end so.
pub(super) fn of_ending(ending: &str) -> Option<&'static Row> {
    FORMATS.iter().find(|row| row.endings.contains(&ending))
}

/// The format that a text can only be of.
pub(super) fn of_content(text: &str) -> Option<&'static Row> {
    FORMATS.iter().find(|row| (row.is)(text))
}

/// The formats that graphs are written in.
pub(super) fn written() -> impl Iterator<Item = (&'static Row, Format)> {
    FORMATS.iter().filter_map(|row| row.writer.map(|(format, _)| (row, format)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_names_one_format() {
        let mut endings: Vec<_> = FORMATS.iter().flat_map(|row| row.endings).collect();
        let all = endings.len();
        endings.sort();
        endings.dedup();
        assert_eq!(endings.len(), all);
        assert!(FORMATS.iter().all(|row| row.reader.is_some() || row.writer.is_some()));
    }

    #[test]
    fn every_format_that_is_written_has_its_row() {
        assert!(written().map(|(_, format)| format).eq(Format::ALL));
    }
}
