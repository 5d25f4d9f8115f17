//! Mistakes that were made once, in an implementation of these algorithms or of what runs them: each is found, with a shortest schedule,
//! which shows it again.

mod critical;
mod ring;
mod start;

use nodes::check::{Failure, Verdict};
use nodes::protocol::Protocol;
use nodes::run::{Outcome, Run};

use crate::check;

/// What is wrong with a run, found and then made to happen.
fn refuted<P: Protocol>(run: &Run<P>) -> Failure {
    let checked = check(run);
    assert_eq!(checked.outcome, Verdict::Violated, "{checked:?}");
    let failure = checked.failure().expect("something is wrong").clone();
    assert!(failure.shortest);
    let schedule = failure.schedule.as_ref().expect("it can happen");
    let outcome = run.replay(schedule).expect("it can be replayed").outcome();
    let expected = if failure.property.is_some() { Outcome::Violated } else { Outcome::Stuck };
    assert_eq!(outcome, expected, "{schedule}");
    failure
}

/// The property that does not hold, and how many events lead there.
fn broken<P: Protocol>(run: &Run<P>) -> (String, usize) {
    let failure = refuted(run);
    (failure.property.expect("a property does not hold"), failure.events)
}

/// After how many events some nodes wait for ever.
fn stuck<P: Protocol>(run: &Run<P>) -> usize {
    let failure = refuted(run);
    assert_eq!(failure.property, None, "{}", failure.what);
    failure.events
}

/// Nothing is wrong with a run.
fn holds<P: Protocol>(run: &Run<P>) {
    let checked = check(run);
    assert!(checked.holds(), "{checked:?}");
}
