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
    /// The checker.
    Checker,
    /// An engine of the user's own, with that name.
    Other(&'static str),
}

impl EngineKind {
    /// Its name in documents.
    pub fn name(self) -> &'static str {
        match self {
            EngineKind::Processes => "processes",
            EngineKind::Simulator => "simulator",
            EngineKind::Checker => "checker",
            EngineKind::Other(name) => name,
        }
    }

    /// The command that makes such runs, if there is one.
    pub(super) fn command(self) -> Option<&'static str> {
        match self {
            EngineKind::Processes => Some("run"),
            EngineKind::Simulator => Some("simulate"),
            EngineKind::Checker => Some("check"),
            EngineKind::Other(_) => None,
        }
    }
}

/// Makes runs: real processes, a simulator, or one of the user's own.
///
/// An engine makes the nodes of a prepared run by its [`AnyProtocol`], and decides which events happen, and when.  These parts are
/// common to all engines:
///
/// - [`take_step`](crate::network::take_step) makes a step of a node, and notifies an [`Observer`](crate::network::Observer);
/// - [`carry_out`](crate::network::carry_out) carries out the effects of the step, given a [`Carrier`](crate::network::Carrier), which
///   says how the engine sends messages;
/// - [`Judge`](super::Judge) checks the properties after the step; [`caught`](super::caught) catches the panic of a handler;
/// - [`Ending`](super::Ending) makes the result: a document, and an explanation in words.
pub trait Engine {
    /// Called before the run is prepared.  An engine may start this program again as a part of a run; in such a process, this call
    /// does not return.
    fn enter(&mut self, _protocol: &AnyProtocol) {}

    /// Makes the run.
    ///
    /// # Errors
    /// If the run cannot take place.  What goes wrong later is the [`Outcome`](super::Outcome).
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
