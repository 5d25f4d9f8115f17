//! The logs of nodes; those of simulated ones are written here: a file each, or all in one stream, in the words of real nodes' logs.

use core::time::Duration;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::terminal::{Terminal, tell};
use crate::execution::{LogLine, LogSink};
use crate::topology::NodeIndex;

/// What a node has logged is written to its file when it is more than this.
const BUFFER: usize = 16 << 10;

/// Where the logs of simulated nodes go.
pub(super) struct Logs {
    directory: Option<PathBuf>,
    terminal: Option<Terminal>,
    /// By node: what is not yet in its file.  Not all files can be open at once.
    waiting: Vec<String>,
}

impl Logs {
    /// Into that directory, which is made; and onto standard error.
    pub(super) fn new(directory: Option<&Path>, stream: bool) -> Result<Self, Failure> {
        if let Some(directory) = directory {
            make_directory(directory)?;
        }
        let terminal = stream.then(Terminal::stderr);
        Ok(Logs { directory: directory.map(Path::to_path_buf), terminal, waiting: Vec::new() })
    }
}

/// Makes the directory for logs.
pub(super) fn make_directory(directory: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(directory)
        .map_err(|cause| Failure::wrong(format!("--logs: the directory {} cannot be made: {cause}", directory.display())))
}

fn log_file(directory: &Path, node: usize) -> PathBuf {
    directory.join(format!("node-{node}.log"))
}

fn write_out(directory: &Path, node: usize, waiting: &mut String) {
    let file = OpenOptions::new().append(true).create(true).open(log_file(directory, node));
    let _ = file.and_then(|mut file| file.write_all(waiting.as_bytes()));
    waiting.clear();
}

impl Drop for Logs {
    fn drop(&mut self) {
        if let Some(directory) = &self.directory {
            for (node, waiting) in self.waiting.iter_mut().enumerate().filter(|(_, waiting)| !waiting.is_empty()) {
                write_out(directory, node, waiting);
            }
        }
    }
}

impl LogSink for Logs {
    fn line(&mut self, node: NodeIndex, now: Duration, line: &LogLine<'_>) {
        let line = line.at(now);
        if let Some(terminal) = self.terminal {
            tell(terminal.log_line(node.index(), &line));
        }
        if let Some(directory) = &self.directory {
            let node = node.index();
            while self.waiting.len() <= node {
                // Another run's log must not stand above this one's; a full disk must not end the run.
                let _ = File::create(log_file(directory, self.waiting.len()));
                self.waiting.push(String::new());
            }
            let waiting = &mut self.waiting[node];
            waiting.push_str(&line);
            waiting.push('\n');
            if waiting.len() > BUFFER {
                write_out(directory, node, waiting);
            }
        }
    }
}
