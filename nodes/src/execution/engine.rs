//! What an engine is.

use super::{AnyFinished, AnyRun, Prepared, RunError};
use crate::protocol::AnyProtocol;

/// Which engine makes a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EngineKind {
    /// Real processes.
    Processes,
    /// The simulator.
    Simulator,
    /// Another, of that name: one of the user's own.
    Other(&'static str),
}

impl EngineKind {
    /// As documents have it.
    pub fn name(self) -> &'static str {
        match self {
            EngineKind::Processes => "processes",
            EngineKind::Simulator => "simulator",
            EngineKind::Other(name) => name,
        }
    }

    /// The command that makes such runs, if there is one.
    pub(super) fn command(self) -> Option<&'static str> {
        match self {
            EngineKind::Processes => Some("run"),
            EngineKind::Simulator => Some("simulate"),
            EngineKind::Other(_) => None,
        }
    }
}

/// Makes runs: real processes, a simulator, or one of the user's own.
///
/// An engine makes the nodes of the prepared run by its [`AnyProtocol`] and decides what happens to them and when.  What all engines
/// have in common stands beside it:
///
/// - [`take_step`](crate::network::take_step): a step of a node, of which an [`Observer`](crate::network::Observer) is told;
/// - [`carry_out`](crate::network::carry_out): what the step asks for, given a [`Carrier`](crate::network::Carrier), which is what the
///   engine does with messages;
/// - [`Judge`](super::Judge): whether all is well after the step; [`caught`](super::caught), for handlers that panic;
/// - [`Ending`](super::Ending): what came of the run, as a document and in words.
pub trait Engine {
    /// Called before the run is prepared.  An engine that starts this program again, to be a part of a run, does not come back from
    /// here in such a process.
    fn enter(&mut self, _protocol: &AnyProtocol) {}

    /// Makes the run.
    ///
    /// # Errors
    /// If it cannot take place.  What goes wrong later is the [`Outcome`](super::Outcome).
    fn run(self, prepared: Prepared) -> Result<AnyFinished, RunError>;
}

impl AnyRun {
    /// Makes the run with that engine.
    ///
    /// # Errors
    /// If the options contradict the protocol, or each other, or the engine cannot make the run.
    pub fn by(&self, mut engine: impl Engine) -> Result<AnyFinished, RunError> {
        engine.enter(&self.protocol);
        crate::panics::keep();
        engine.run(self.prepare()?)
    }
}
