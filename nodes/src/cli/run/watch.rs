//! What is shown while a run of processes goes on: its progress on a terminal, or every node's log.

use super::super::spinner::Spinner;
use super::super::terminal::{Terminal, tell};
use crate::process::Progress;

/// What is shown while a run goes on.
pub(super) struct Watch {
    terminal: Terminal,
    spinner: Spinner,
}

impl Watch {
    /// The logs, or, if somebody watches, the progress.
    pub(super) fn new(logs: bool) -> Self {
        Watch { terminal: Terminal::stderr(), spinner: Spinner::new(!logs) }
    }

    /// Shows what happens.
    pub(super) fn show(&self, progress: Progress) {
        let text = match progress {
            Progress::Started(count) => format!("{count} nodes started"),
            Progress::Ready(count) => format!("{count} nodes ready"),
            Progress::Running => "running".to_owned(),
            Progress::Messages(count) => format!("running: {count} messages"),
            Progress::Finishing => "collecting the results".to_owned(),
            Progress::Log { node, line } => return tell(self.terminal.log_line(node, &line)),
        };
        self.spinner.say(|| text);
    }
}
