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
/// An engine makes the nodes of the prepared run by its [`AnyProtocol`], lets them take steps, carries out what they ask for
/// ([`carry_out`](crate::network::carry_out)), tells its [`Observer`](crate::network::Observer), and writes down what came of it.
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
