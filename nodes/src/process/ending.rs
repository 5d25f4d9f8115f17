//! How a run of processes came to its end, as far as the initializer knows.

use core::time::Duration;

use super::control::Failure;

/// What is said of a crash that was planned.
pub(super) const AS_PLANNED: &str = "crashed, as planned";

/// A node that died, or recovered, while the others went on.
pub(super) struct Death {
    pub(super) node: usize,
    pub(super) at: Option<Duration>,
    pub(super) what: String,
}

/// What is known of the end.
pub(super) struct Ending {
    /// When the first impulse was given, and when the end came, on the machine's clock.
    pub(super) started: Option<Duration>,
    pub(super) ended: Duration,
    pub(super) end: End,
    /// Who died while the others went on.
    pub(super) deaths: Vec<Death>,
    /// Who recovered.
    pub(super) recovered: Vec<Death>,
    /// Messages sent, as far as the nodes told while they ran.
    pub(super) sent: u64,
    /// Datagrams that the initializer rejected.
    pub(super) rejected: u64,
}

/// Why the run ended.
pub(super) enum End {
    /// Nothing is under way any more.
    Quiet,
    /// The user ended it.
    Interrupted,
    /// The planned end came.
    Planned,
    /// The time was up.
    TimedOut(Duration),
    /// A node crashed as planned, and is not to come back.
    Crashed { node: usize, at: Option<Duration> },
    /// A node cannot go on; what its process said of it besides.
    Failed { node: usize, at: Option<Duration>, failure: Failure, report: Option<String> },
}
