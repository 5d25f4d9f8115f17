//! A run, whichever engine makes it: what it starts from ([`Run`]), and what comes out ([`Finished`], [`Document`]).

mod document;
mod error;
mod finished;
mod options;
mod prepared;

pub use document::{Document, LinkCounts, MessageCounts, NodeFinal, Outcome, PropertyStatus, Times};
pub use error::RunError;
pub use finished::Finished;
pub use options::{IdChoice, Initiators, InputChoice, PortOrder, Run, Wake};
pub use prepared::Prepared;

use core::time::Duration;

/// A time as options have it: `500ms`, `2s`, `1.5s`.
pub fn duration_text(time: Duration) -> String {
    if time.subsec_nanos() == 0 {
        format!("{}s", time.as_secs())
    } else if time.subsec_nanos() % 1_000_000 == 0 && time.as_secs() == 0 {
        format!("{}ms", time.as_millis())
    } else if time.as_secs() == 0 && time.subsec_nanos() % 1_000 == 0 {
        format!("{}us", time.as_micros())
    } else {
        format!("{}s", time.as_secs_f64())
    }
}
