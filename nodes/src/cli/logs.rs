//! The logs of simulated nodes: a file each, or all in one stream, in the words of real nodes' logs.

use core::time::Duration;
use std::fs::File;
use std::io::{self, Write};

use super::failure::Failure;
use super::output::LogFolder;
use super::terminal::{Terminal, tell};
use crate::execution::{LogLine, LogSink};
use crate::scarce::in_words;
use crate::topology::NodeIndex;

/// What a node has logged is written to its file when it is more than this.
const BUFFER: usize = 16 << 10;

/// Where the logs of simulated nodes go.
pub(super) struct Logs {
    folder: Option<LogFolder>,
    terminal: Option<Terminal>,
    /// By node: what is not yet in its file.  Not all files can be open at once.
    waiting: Vec<String>,
    /// Why the logs end too early.
    failed: Option<String>,
}

impl Logs {
    /// Writes a log for each of `nodes` nodes into that folder, and to standard error.
    pub(super) fn new(folder: Option<LogFolder>, nodes: usize, stream: bool) -> Result<Self, Failure> {
        if let Some(folder) = &folder {
            folder.clear(nodes)?;
        }
        let terminal = stream.then(Terminal::stderr);
        Ok(Logs { folder, terminal, waiting: Vec::new(), failed: None })
    }

    /// Writes what waits; what could not be written, in a sentence.
    pub(super) fn close(mut self) -> Option<String> {
        (0..self.waiting.len()).for_each(|node| self.write_out(node));
        self.failed.take()
    }

    /// Appends to the log of a node what waits; a full disk must not end the run.
    fn write_out(&mut self, node: usize) {
        let Some(folder) = self.folder.as_ref().filter(|_| self.failed.is_none()) else { return };
        let file = folder.file(node);
        let write = || -> io::Result<()> {
            File::options().append(true).create(true).open(&file)?.write_all(self.waiting[node].as_bytes())
        };
        if let Err(cause) = write() {
            let why = in_words(&cause);
            self.failed = Some(format!("--logs: the logs are not whole: {} cannot be written: {why}", file.display()));
        }
        self.waiting[node].clear();
    }
}

impl LogSink for Logs {
    fn line(&mut self, node: NodeIndex, now: Duration, line: &LogLine<'_>) {
        let line = line.at(now);
        if let Some(terminal) = self.terminal {
            tell(terminal.log_line(node.index(), &line));
        }
        if self.folder.is_some() && self.failed.is_none() {
            let node = node.index();
            if self.waiting.len() <= node {
                self.waiting.resize_with(node + 1, String::new);
            }
            let waiting = &mut self.waiting[node];
            waiting.push_str(&line);
            waiting.push('\n');
            if waiting.len() > BUFFER {
                self.write_out(node);
            }
        }
    }
}
