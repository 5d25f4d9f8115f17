//! Why a run could not take place.

use crate::scarce::in_words;
use crate::topology::TopologyError;

/// Why a run could not take place.  What goes wrong *during* a run is an [`Outcome`](super::Outcome), not an error.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The topology cannot be built.
    #[error(transparent)]
    Topology(#[from] TopologyError),
    /// The options contradict the protocol, or each other: nothing was started.
    #[error("{0}")]
    Refused(String),
    /// The operating system refused something that the run needs.
    #[error("{what}: {}", in_words(cause))]
    System {
        /// What was tried.
        what: String,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The node processes did not come up.
    #[error("{0}")]
    SetUp(String),
}

impl RunError {
    pub(crate) fn refused(why: impl Into<String>) -> Self {
        RunError::Refused(why.into())
    }
}
