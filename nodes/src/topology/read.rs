//! Graphs from files.
//!
//! Every format comes down to nodes with labels and links between labels; [`Collector`] makes the graph of them, by the same
//! rules for all.  A reader takes text and gives a graph or a sentence: it does not panic, nor does it take memory that the
//! file does not account for.  What it has to guess, it says.

pub(super) mod adjacency_list;
mod collector;
pub(super) mod content;
mod counts;
mod cursor;
pub(super) mod dimacs;
pub(super) mod dot;
pub(super) mod edge_list;
mod entities;
#[cfg(feature = "cli")]
mod gexf;
pub(super) mod gml;
pub(super) mod graph6;
#[cfg(feature = "cli")]
mod graphml;
mod gzip;
mod labels;
mod lines;
pub(super) mod matrix_market;
pub(super) mod names;
pub(super) mod node_link;
pub(super) mod pajek;
pub(super) mod sparse6;
pub(super) mod split;
pub(super) mod table;
mod text;
mod wrong;
pub(super) mod xml;

use std::borrow::Cow;
use std::io::Read;
use std::path::Path;

pub(super) use collector::Collector;
use collector::Finished;
pub(super) use wrong::Wrong;
use wrong::{Place, shown};

use super::changes::Changes;
use super::formats::{self, Reader, Row};
use super::{Built, Graph, TopologyError};
use crate::file::MOST_BYTES;
use crate::scarce::in_words;

/// Whether that looks like the name of a file with a graph.
pub(super) fn has_known_extension(name: &str) -> bool {
    of_ending(Path::new(name)).is_some_and(|row| row.reader.is_some())
}

/// The graph in a file.
pub(super) fn file(path: &Path, changes: &Changes) -> Result<(Graph, Vec<String>), TopologyError> {
    let fail = |why: String| TopologyError::File { path: path.to_owned(), why };
    let mut bytes = Vec::new();
    let open = std::fs::File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes));
    open.map_err(|cause| fail(format!("cannot be read: {}", in_words(&cause))))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(fail("is larger than 1 GiB".into()));
    }
    bytes_of(path, &bytes, changes)
}

/// The graph in the bytes of a file of that name.
fn bytes_of(path: &Path, bytes: &[u8], changes: &Changes) -> Result<(Graph, Vec<String>), TopologyError> {
    let mut text = Cow::Borrowed("");
    let unpacked = gzip::unpacked(bytes).map_err(|wrong| wrong.in_file(path, ""))?;
    let read = no_archive(&unpacked).and_then(|()| {
        text = text::of(&unpacked)?;
        let (reader, notice) = reader(path, &text)?;
        let mut finished = reader(&text)?.finish(changes)?;
        finished.notices.extend(notice);
        Ok(finished)
    });
    let Finished { mut graph, notices, extremes } = read.map_err(|wrong| wrong.in_file(path, &text))?;
    graph.set_extremes_at(extremes.map(|places| places.map(|place| place.in_file(path, &text))));
    Ok((graph, notices.into_iter().map(|notice| notice.in_file(path, &text).to_string()).collect()))
}

fn no_archive(bytes: &[u8]) -> Result<(), Wrong> {
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(Wrong::whole("this is a ZIP archive, as spreadsheets are, too; give the file with the graph in it"));
    }
    Ok(())
}

/// How a text is read: content decides, and the ending of the file's name where the content may be anything.
fn reader(path: &Path, text: &str) -> Result<(Reader, Option<Wrong>), Wrong> {
    if content::is_html(text) {
        return Err(Wrong::whole("this is HTML, a page for a browser, and no graph"));
    }
    let (ending, content) = (of_ending(path), formats::of_content(text));
    let Some(row) = content.or(ending) else {
        return Err(Wrong::whole(format!("its ending names no format; those of graphs are {}", formats::ENDINGS)));
    };
    let Some(reader) = row.reader else {
        return Err(Wrong::whole(format!("graphs are written as {}, and not read", row.title)));
    };
    let contradicted = ending.is_none_or(|ending| ending.name != row.name);
    Ok((reader, contradicted.then(|| Wrong::whole(format!("read as {}, which it is by its content", row.title)))))
}

fn of_ending(path: &Path) -> Option<&'static Row> {
    let ending = |path: &Path| Some(path.extension()?.to_str()?.to_ascii_lowercase());
    match &*ending(path)? {
        "gz" => formats::of_ending(&ending(&path.with_extension(""))?),
        ending => formats::of_ending(ending),
    }
}

impl Built {
    /// The graph in the bytes of a file: `name` is used for messages, and its ending tells the format where the bytes may be of
    /// several.
    ///
    /// # Errors
    /// If the format is unknown, or the file is wrong: see [`TopologyError`].
    pub fn from_bytes(name: impl AsRef<Path>, bytes: &[u8]) -> Result<Built, TopologyError> {
        let name = name.as_ref();
        let (graph, notices) = bytes_of(name, bytes, &Changes::default())?;
        Ok(Built { graph, notices, spec: format!("file:{}", name.display()) })
    }
}

/// A weight, from text.
fn weight(text: &str, place: impl Into<Place>) -> Result<f64, Wrong> {
    if let Some(weight) = number(text) {
        return Ok(weight);
    }
    let text = text.trim();
    Err(Wrong::at(
        place,
        match with_point(text) {
            Some(point) => format!("`{}` has a decimal comma; write `{}`", shown(text), shown(&point)),
            None => format!("`{}` is not a weight: expected a number", shown(text)),
        },
    ))
}

/// A finite number, from text.
fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

/// `1.5` for `1,5`.
fn with_point(text: &str) -> Option<String> {
    let (whole, part) = text.split_once(',')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_number = digits(whole.strip_prefix(['+', '-']).unwrap_or(whole)) && !part.is_empty() && digits(part);
    is_number.then(|| format!("{whole}.{part}"))
}
