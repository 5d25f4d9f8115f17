//! Where a node's log goes, line by line: into a file, to the initializer, or both.

use core::time::Duration;
use std::fs::File;
use std::io::{LineWriter, Write as _};
use std::path::Path;

use crate::execution::{LogLine, LogSink};
use crate::scarce::in_words;
use crate::topology::NodeIndex;

/// Where a node's log goes.
pub(super) struct Journal {
    /// Written line by line: what a node did before it looped or died is what one wants to read.
    file: Option<LineWriter<File>>,
    stream: bool,
    lines: Vec<String>,
    /// Why the file ends too early, until that is taken.
    trouble: Option<String>,
}

impl Journal {
    /// A log in that file, if one is named, and for the initializer, if it wants it; `None` if it goes nowhere.  A node that is
    /// started again goes on with it.
    pub(super) fn open(file: Option<&Path>, stream: bool, again: bool) -> Result<Option<Self>, String> {
        let file =
            match file {
                None if !stream => return Ok(None),
                None => None,
                Some(path) => {
                    Some(LineWriter::new(
                        File::options().create(true).write(true).append(again).truncate(!again).open(path).map_err(
                            |cause| format!("the log file {} cannot be written: {}", path.display(), in_words(&cause)),
                        )?,
                    ))
                }
            };
        Ok(Some(Journal { file, stream, lines: Vec::new(), trouble: None }))
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

impl LogSink for Journal {
    fn line(&mut self, _node: NodeIndex, now: Duration, line: &LogLine<'_>) {
        if self.file.is_none() && !self.stream {
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
}
