//! What led to a violation, below its explanation.

use crate::execution::{AnyFinished, Outcome, RunError};
use crate::simulator::Past;

/// A run of more messages is not remembered: that takes memory for each.
const MOST_REMEMBERED: u64 = 2_000_000;

/// Adds what led to a violation: for that, the run is made once more, and remembered.
pub(super) fn add(finished: &mut AnyFinished, again: &dyn Fn() -> Result<Option<Past>, RunError>) {
    if finished.outcome() == Outcome::Violated
        && finished.document.messages.total <= MOST_REMEMBERED
        && let Ok(Some(past)) = again()
    {
        finished.explanation.extend(past.to_string().lines().map(str::to_owned));
    }
}
