//! What is shown while a run goes on: its progress on a terminal, or every node's log.  Always on standard error.

use core::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::super::terminal::Terminal;
use crate::process::Progress;

/// What is shown while a run goes on.
pub(super) struct Watch {
    terminal: Terminal,
    bar: Option<ProgressBar>,
}

impl Watch {
    /// The logs, or, if somebody watches, the progress.
    pub(super) fn new(logs: bool) -> Self {
        let terminal = Terminal::stderr();
        let bar = (!logs && terminal.watched).then(|| {
            let target = ProgressDrawTarget::stderr_with_hz(12);
            let style = ProgressStyle::with_template("  {spinner} {msg}  {elapsed}");
            let bar = ProgressBar::with_draw_target(None, target);
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Watch { terminal, bar }
    }

    /// Shows what happens.
    pub(super) fn show(&self, progress: Progress) {
        if let Progress::Log { node, line } = progress {
            let name = format!("node {node:<4}");
            eprintln!("{} {line}", self.terminal.one_of_many(node, name));
            return;
        }
        let Some(bar) = &self.bar else { return };
        bar.set_message(match progress {
            Progress::Started(count) => format!("{count} nodes started"),
            Progress::Ready(count) => format!("{count} nodes ready"),
            Progress::Running => "running".to_owned(),
            Progress::Messages(count) => format!("running: {count} messages"),
            Progress::Finishing => "collecting the results".to_owned(),
            Progress::Log { .. } => return,
        });
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
