//! A run that has ended, as every engine's command shows it, and the exit status.

use std::process::ExitCode;
use std::sync::Arc;

use super::failure::Failure;
use super::recording::Recorded;
use super::report;
use super::terminal::{Terminal, notice, print, print_json, tell};
use crate::execution::{AnyFinished, Prepared};
use crate::protocol::Description;

/// A run that has ended, and what is shown of it.
pub(super) struct Shown {
    pub(super) finished: AnyFinished,
    /// What came of recording it.
    pub(super) recorded: Recorded,
    about: About,
}

/// What is known of a run before it begins, and shown when it has ended.
pub(super) struct About {
    description: Arc<Description>,
    /// What a file calls the nodes.
    labels: Option<Vec<String>>,
}

impl About {
    pub(super) fn of(prepared: &Prepared) -> Self {
        let graph = prepared.instance.graph();
        let labels = graph.nodes().map(|node| graph.name(node).map(str::to_owned)).collect();
        About { description: Arc::clone(&prepared.description), labels }
    }

    /// With what came of the run.
    pub(super) fn ended(self, finished: AnyFinished, recorded: Recorded) -> Shown {
        Shown { finished, recorded, about: self }
    }
}

impl Shown {
    /// Prints it, as a table or as one JSON document; `more` stands below the table.  Its page, if it has one, is served until
    /// Ctrl-C.
    pub(super) fn show(self, invocation: &str, json: bool, more: &str) -> Result<ExitCode, Failure> {
        let Shown { finished, recorded, about } = self;
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
            let labels = about.labels.as_deref().filter(|_| finished.world.is_some());
            let mut text = report::report(&finished, labels, &about.description, invocation, Terminal::stdout());
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
