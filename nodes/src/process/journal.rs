//! A node's log: what it received, sent and logged, line by line, in a file, for the initializer, or both.

use core::time::Duration;
use std::fs::File;
use std::io::{LineWriter, Write as _};
use std::path::Path;

use crate::run::LogLine;

/// A node's log.
pub(super) struct Journal {
    /// Written line by line: what a node did before it looped or died is what one wants to read.
    file: Option<LineWriter<File>>,
    stream: bool,
    lines: Vec<String>,
}

impl Journal {
    /// A log in that file, if one is named, and for the initializer, if it wants it.
    pub(super) fn new(file: Option<&Path>, stream: bool) -> Result<Self, String> {
        let file = match file {
            None => None,
            Some(path) => Some(LineWriter::new(
                File::create(path).map_err(|cause| format!("the log file {} cannot be written: {cause}", path.display()))?,
            )),
        };
        Ok(Journal { file, stream, lines: Vec::new() })
    }

    /// Whether anybody reads it.
    pub(super) fn is_open(&self) -> bool {
        self.stream || self.file.is_some()
    }

    /// Writes a line.
    pub(super) fn note(&mut self, now: Duration, line: &LogLine<'_>) {
        if !self.is_open() {
            return;
        }
        let line = line.at(now);
        if let Some(file) = &mut self.file {
            // A full disk must not end the run.
            let _ = writeln!(file, "{line}");
        }
        if self.stream {
            self.lines.push(line);
        }
    }

    /// Takes the lines for the initializer.
    pub(super) fn take_lines(&mut self) -> Vec<String> {
        std::mem::take(&mut self.lines)
    }
}
