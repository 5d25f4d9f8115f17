//! Graphs from files.
//!
//! Every format comes down to nodes with labels and links between labels; [`Collector`] makes the graph of them, by the same
//! rules for all.  A reader takes bytes and gives a graph or a sentence: it does not panic, nor does it take memory that the
//! file does not account for.

mod adjacency_list;
mod collector;
mod cursor;
mod dot;
mod edge_list;
mod gml;
mod graph6;
#[cfg(feature = "cli")]
mod graphml;
mod labels;
mod node_link;

use std::io::Read;
use std::path::Path;

use collector::Collector;

use super::{Built, Graph, TopologyError};

/// The largest file that is read: 1 GiB.
const MOST_BYTES: u64 = 1 << 30;

/// What is wrong with a file, and in which line if in one.
#[derive(Debug, PartialEq, Eq)]
struct Wrong {
    line: Option<usize>,
    why: String,
}

impl Wrong {
    fn at(line: usize, why: impl Into<String>) -> Self {
        Wrong { line: Some(line), why: why.into() }
    }

    fn whole(why: impl Into<String>) -> Self {
        Wrong { line: None, why: why.into() }
    }

    fn in_file(self, path: &Path) -> TopologyError {
        let (path, why) = (path.to_owned(), self.why);
        match self.line {
            Some(line) => TopologyError::Line { path, line, why },
            None => TopologyError::File { path, why },
        }
    }
}

type Reader = fn(&str) -> Result<Collector, Wrong>;

/// By extension.
const READERS: [(&str, Reader); 9] = [
    ("edges", edge_list::read),
    ("txt", edge_list::read),
    ("adjlist", adjacency_list::read),
    ("graphml", graphml),
    ("gml", gml::read),
    ("json", node_link::read),
    ("dot", dot::read),
    ("gv", dot::read),
    ("g6", graph6::read),
];

#[cfg(feature = "cli")]
fn graphml(text: &str) -> Result<Collector, Wrong> {
    graphml::read(text)
}

#[cfg(not(feature = "cli"))]
fn graphml(_text: &str) -> Result<Collector, Wrong> {
    Err(Wrong::whole("GraphML is read by the feature `cli` of the crate `nodes`, which this program was built without"))
}

fn reader(path: &Path) -> Option<Reader> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    READERS.iter().find(|(known, _)| *known == extension).map(|(_, reader)| *reader)
}

/// Whether that looks like the name of a file with a graph.
pub(super) fn has_known_extension(name: &str) -> bool {
    reader(Path::new(name)).is_some()
}

/// The graph in a file.
pub(super) fn file(path: &Path) -> Result<(Graph, Vec<String>), TopologyError> {
    let fail = |why: String| TopologyError::File { path: path.to_owned(), why };
    let mut bytes = Vec::new();
    let open = std::fs::File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes));
    open.map_err(|cause| fail(format!("cannot be read: {cause}")))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(fail("is larger than 1 GiB".into()));
    }
    bytes_of(path, &bytes)
}

/// The graph in the bytes of a file of that name.
fn bytes_of(path: &Path, bytes: &[u8]) -> Result<(Graph, Vec<String>), TopologyError> {
    let Some(reader) = reader(path) else {
        let known: Vec<String> = READERS.iter().map(|(extension, _)| format!(".{extension}")).collect();
        let why = format!("its extension names no format; those of graphs are {}", known.join(" "));
        return Err(TopologyError::File { path: path.to_owned(), why });
    };
    let text = match core::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) => {
            let line = 1 + bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
            return Err(Wrong::at(line, "there are bytes that are no text (UTF-8)").in_file(path));
        }
    };
    let (graph, repeated) = reader(text).and_then(Collector::finish).map_err(|wrong| wrong.in_file(path))?;
    let notices = match repeated {
        0 => Vec::new(),
        1 => vec![format!("{}: 1 repeated link left out", path.display())],
        repeated => vec![format!("{}: {repeated} repeated links left out", path.display())],
    };
    Ok((graph, notices))
}

impl Built {
    /// The graph in the bytes of a file: `name` is used for messages, and its extension tells the format.
    ///
    /// # Errors
    /// If the extension is unknown, or the file is wrong: see [`TopologyError`].
    pub fn from_bytes(name: impl AsRef<Path>, bytes: &[u8]) -> Result<Built, TopologyError> {
        let name = name.as_ref();
        let (graph, notices) = bytes_of(name, bytes)?;
        Ok(Built { graph, notices, spec: format!("file:{}", name.display()) })
    }
}

/// A weight, from text.
fn weight(text: &str, line: usize) -> Result<f64, Wrong> {
    match text.trim().parse::<f64>() {
        Ok(weight) if weight.is_finite() => Ok(weight),
        _ => Err(Wrong::at(line, format!("`{}` is not a weight: expected a number", shown(text)))),
    }
}

/// The beginning of a text, for a message.
fn shown(text: &str) -> String {
    let mut letters = text.trim().chars();
    let beginning: String = letters.by_ref().take(40).map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if letters.next().is_some() { beginning + ".." } else { beginning }
}
