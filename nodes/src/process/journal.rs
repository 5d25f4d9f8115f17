//! A node's log: what it received, sent and logged, line by line, in a file, for the initializer, or both.

use core::time::Duration;
use std::fs::File;
use std::io::{LineWriter, Write as _};
use std::path::Path;

use crate::execution::LogLine;

/// A node's log.
pub(super) struct Journal {
    /// Written line by line: what a node did before it looped or died is what one wants to read.
    file: Option<LineWriter<File>>,
    stream: bool,
    lines: Vec<String>,
    /// Why the file ends too early, until somebody asks.
    trouble: Option<String>,
}

impl Journal {
    /// A log in that file, if one is named, and for the initializer, if it wants it.  A node that is started again goes on with
    /// it.
    pub(super) fn new(file: Option<&Path>, stream: bool, again: bool) -> Result<Self, String> {
        let file = match file {
            None => None,
            Some(path) => Some(LineWriter::new(
                File::options()
                    .create(true)
                    .write(true)
                    .append(again)
                    .truncate(!again)
                    .open(path)
                    .map_err(|cause| format!("the log file {} cannot be written: {cause}", path.display()))?,
            )),
        };
        Ok(Journal { file, stream, lines: Vec::new(), trouble: None })
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
        if let Some(file) = &mut self.file
            && let Err(cause) = writeln!(file, "{line}")
        {
            // A full disk must not end the run; but a log with holes would tell of what did not happen.
            self.file = None;
            self.trouble = Some(format!("its log file ends at {:.6} s: {cause}", now.as_secs_f64()));
        }
        if self.stream {
            self.lines.push(line);
        }
    }

    /// Takes the word on a file that ends too early.
    pub(super) fn take_trouble(&mut self) -> Option<String> {
        self.trouble.take()
    }

    /// Takes the lines for the initializer.
    pub(super) fn take_lines(&mut self) -> Vec<String> {
        std::mem::take(&mut self.lines)
    }
}
