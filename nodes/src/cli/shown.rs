//! A run that has ended, as every engine's command shows it, and the exit status.

use std::process::ExitCode;

use super::failure::Failure;
use super::recording::Recorded;
use super::report;
use super::terminal::{Terminal, notice, print, print_json, tell};
use crate::execution::AnyFinished;

/// A run that has ended, and what is shown of it.
pub(super) struct Shown {
    pub(super) finished: AnyFinished,
    /// What came of recording it.
    pub(super) recorded: Recorded,
}

impl Shown {
    /// Prints it, as a table or as one JSON document; `more` stands below the table.  Its page, if it has one, is served until
    /// Ctrl-C.
    pub(super) fn show(self, invocation: &str, json: bool, more: &str) -> Result<ExitCode, Failure> {
        let Shown { finished, recorded } = self;
        let errors = Terminal::stderr();
        finished.notices.iter().for_each(notice);
        for what in &finished.unwritten {
            tell(format_args!("{} {what}", errors.bad("error:")));
        }
        if json {
            let text =
                serde_json::to_string(&finished.document).map_err(|cause| Failure::failed(format!("the result: {cause}")))?;
            print_json(&format!("{text}\n"))?;
            for line in &finished.explanation {
                tell(format_args!("{} {line}", errors.bad(format!("{}:", finished.outcome().name()))));
            }
        } else {
            let mut text = report::report(&finished, invocation, Terminal::stdout());
            text.push_str(more);
            text.push_str(&recorded.text);
            print(&text)?;
        }
        if let Some(failure) = recorded.failure {
            return Err(failure);
        }
        if let Some(live) = recorded.live {
            live.stay();
        }
        Ok(if finished.outcome().is_well() && finished.unwritten.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}
