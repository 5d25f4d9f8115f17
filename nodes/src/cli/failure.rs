//! Why a command did not do what it was asked for, and the exit status that says so.

use std::process::ExitCode;

use super::terminal::{Terminal, Unwritten, tell};
use crate::execution::RunError;
use crate::plain;
use crate::topology::TopologyError;

/// Why a command did not do what it was asked for: one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The command line or an input file is wrong; nothing was started.
    Wrong(String),
    /// The system would not do what was asked.
    Failed(String),
}

impl Failure {
    pub(super) fn wrong(why: impl Into<String>) -> Self {
        Failure::Wrong(why.into())
    }

    pub(super) fn failed(why: impl Into<String>) -> Self {
        Failure::Failed(why.into())
    }

    /// Says so on standard error, in one line; the exit status.
    pub(super) fn report(&self) -> ExitCode {
        let terminal = Terminal::stderr();
        let (Failure::Wrong(why) | Failure::Failed(why)) = self;
        // A file's name, or what a system says, may hold a line's end.
        let line = why.split_whitespace().collect::<Vec<_>>().join(" ");
        tell(format_args!("{} {}", terminal.bad("error:"), plain::line(&line)));
        ExitCode::from(match self {
            Failure::Wrong(_) => 2,
            Failure::Failed(_) => 1,
        })
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Topology(_) | RunError::Refused(_) => Failure::Wrong(error.to_string()),
            RunError::System { .. } | RunError::SetUp(_) => Failure::Failed(error.to_string()),
        }
    }
}

impl From<Unwritten> for Failure {
    fn from(error: Unwritten) -> Self {
        Failure::Failed(error.to_string())
    }
}

impl From<TopologyError> for Failure {
    fn from(error: TopologyError) -> Self {
        Failure::Wrong(error.to_string())
    }
}
