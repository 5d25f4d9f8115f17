//! A run, independent of its engine: what it starts from ([`AnyRun`], [`Prepared`]), what makes it ([`Engine`]), and its result
//! ([`AnyFinished`], [`Document`]).

pub(crate) mod content;
mod document;
mod ending;
mod engine;
mod error;
pub(crate) mod explain;
mod finished;
mod inputs;
mod judge;
mod log_line;
mod node_log;
mod options;
mod prepared;
pub(crate) mod scheduled;

pub use document::{Document, LinkCounts, MessageCounts, NodeFinal, Outcome, PropertyStatus, Times};
pub use ending::{End, Ending, MOST_FINALS, Reports};
pub use engine::{Engine, EngineKind};
pub use error::RunError;
pub use finished::{AnyFinished, Finished, NodeFailure};
pub use inputs::{InputChoice, IntoInputs};
pub use judge::{Judge, Violation};
pub(crate) use log_line::LogLine;
pub(crate) use node_log::{LogSink, NodeLog};
pub(crate) use options::options;
pub use options::{AnyRun, IdChoice, Initiators, IntoTopology, PortOrder, Wake};
pub use prepared::Prepared;
pub(crate) use prepared::distinct;

pub use crate::panics::{caught, leave};
pub use crate::time::duration_text;
