//! What is wrong with a file, or should be known of it, and where.

use std::path::Path;

use crate::topology::TopologyError;

/// Where in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Whole,
    /// From 1.
    Line(u32),
    /// From 0.  Its line is counted when a message needs it, as that takes a look at all that stands before.
    #[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "only XML is read so"))]
    Byte(u32),
    /// In that list of a JSON document, from 0.
    Item(&'static str, u32),
}

// A file is of less than 2^32 bytes.
impl From<usize> for Place {
    fn from(line: usize) -> Self {
        Place::Line(line as u32)
    }
}

impl Place {
    pub(super) fn item(list: &'static str, place: usize) -> Self {
        Place::Item(list, place as u32)
    }

    /// The file, and where in it.
    pub(super) fn in_file(self, path: &Path, text: &str) -> String {
        let path = path.display();
        match self {
            Place::Whole => path.to_string(),
            Place::Item(list, place) => format!("{path}: {list}[{place}]"),
            Place::Line(line) => format!("{path}:{line}"),
            Place::Byte(place) => format!("{path}:{}", line_of(place, text)),
        }
    }
}

/// The line in which a byte stands.
fn line_of(place: u32, text: &str) -> usize {
    1 + text.bytes().take(place as usize).filter(|byte| *byte == b'\n').count()
}

/// A sentence, and its place.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::topology) struct Wrong {
    place: Place,
    why: String,
}

impl Wrong {
    pub(super) fn at(place: impl Into<Place>, why: impl Into<String>) -> Self {
        Wrong { place: place.into(), why: why.into() }
    }

    pub(super) fn whole(why: impl Into<String>) -> Self {
        Wrong::at(Place::Whole, why)
    }

    pub(super) fn says(&self, why: &str) -> bool {
        self.why == why
    }

    pub(super) fn in_file(self, path: &Path, text: &str) -> TopologyError {
        let (path, why) = (path.to_owned(), self.why);
        match self.place {
            Place::Whole => TopologyError::File { path, why },
            Place::Line(line) => TopologyError::Line { path, line: line as usize, why },
            Place::Byte(place) => TopologyError::Line { path, line: line_of(place, text), why },
            Place::Item(list, place) => TopologyError::File { path, why: format!("{list}[{place}]: {why}") },
        }
    }
}

/// The beginning of a text, for a message.
pub(super) fn shown(text: &str) -> String {
    let mut letters = text.trim().chars();
    let beginning: String = letters.by_ref().take(40).map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if letters.next().is_some() { beginning + ".." } else { beginning }
}
