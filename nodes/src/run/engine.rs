//! Which engine makes a run.

/// Which engine makes a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EngineKind {
    /// Real processes.
    Processes,
    /// The simulator.
    Simulator,
}

impl EngineKind {
    /// As documents have it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            EngineKind::Processes => "processes",
            EngineKind::Simulator => "simulator",
        }
    }

    /// The command that makes such runs.
    pub(super) fn command(self) -> &'static str {
        match self {
            EngineKind::Processes => "run",
            EngineKind::Simulator => "simulate",
        }
    }
}
