//! The logs of nodes; those of simulated ones are written here: a file each, or all in one stream, in the words of real nodes' logs.

use core::time::Duration;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::failure::Failure;
use super::terminal::{Terminal, tell};
use crate::execution::LogLine;
use crate::network::{Happening, Observer, Sent};
use crate::protocol::{Reads, Stepped, WorldView};
use crate::topology::{NodeIndex, Port};

/// What a node has logged is written to its file when it is more than this.
const BUFFER: usize = 16 << 10;

/// Logs what every node does.
pub(super) struct Logs {
    directory: Option<PathBuf>,
    terminal: Option<Terminal>,
    now: Duration,
    /// The state of the node that makes a step, before it.
    state: String,
    /// By node: what is not yet in its file.  Not all files can be open at once.
    waiting: Vec<String>,
}

impl Logs {
    /// Into that directory, which is made; and onto standard error.
    pub(super) fn new(directory: Option<&Path>, stream: bool) -> Result<Self, Failure> {
        if let Some(directory) = directory {
            make_directory(directory)?;
        }
        Ok(Logs {
            directory: directory.map(Path::to_path_buf),
            terminal: stream.then(Terminal::stderr),
            now: Duration::ZERO,
            state: String::new(),
            waiting: Vec::new(),
        })
    }

    fn note(&mut self, node: NodeIndex, line: &LogLine<'_>) {
        let line = line.at(self.now);
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

impl Observer for Logs {
    fn reads(&self) -> Reads {
        Reads { log: true, ..Reads::default() }
    }

    fn sent(&mut self, sent: &Sent<'_>) {
        self.note(sent.from, &LogLine::Sends { msg: sent.msg, to: sent.to, port: sent.port });
    }

    fn before(&mut self, now: Duration, node: NodeIndex, happening: &Happening<'_>, world: &dyn WorldView) {
        self.now = now;
        self.state.clear();
        self.state.push_str(world.node(node).state_name());
        match happening {
            Happening::Impulse => self.note(node, &LogLine::WakesUp),
            Happening::Alarm => self.note(node, &LogLine::AlarmRings),
            Happening::Message { sender, msg, .. } => {
                let from = if *sender == Port::SELF { node } else { world.neighbour(node, *sender) };
                self.note(node, &LogLine::Received { msg, from, port: *sender });
            }
            Happening::Crash => self.note(node, &LogLine::Crashes),
            Happening::Deferred | Happening::Recover | Happening::ToTheDead { .. } => {}
        }
    }

    fn after(&mut self, node: NodeIndex, stepped: Stepped, world: &dyn WorldView) {
        let before = core::mem::take(&mut self.state);
        if let Some(line) = LogLine::of_step(stepped, &before, world.node(node).state_name()) {
            self.note(node, &line);
        }
        self.state = before;
    }

    fn logged(&mut self, node: NodeIndex, line: &str) {
        self.note(node, &LogLine::Says(line));
    }

    fn reported(&mut self, node: NodeIndex, name: &str, value: &Value) {
        self.note(node, &LogLine::Reports { name, value });
    }
}
