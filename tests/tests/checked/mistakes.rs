//! Of what is said of loops and of time, each part is needed: where it is wrong, a test fails.

use std::cell::Cell;
use std::panic::catch_unwind;

use nodes::check::Mistake;

use super::{endless, time};

thread_local! {
    /// The mistake that is made here.
    pub(super) static MADE: Cell<Option<Mistake>> = const { Cell::new(None) };
}

/// What no test sees, since it is none.
///
/// - `AnyAlarm`: of two alarms of a name, a handler is not told which one rings, so that a run that holds back one of them for ever goes on
///   as well if that one rings in place of the other.
/// - `HeldTime`: a loop that takes no time and holds back nothing else can be gone round once a tick.
/// - `IdleTime`: where nothing but an impulse is to come, the passing of time changes nothing, and holds that back.
const NONE: [Mistake; 3] = [Mistake::HeldTime, Mistake::AnyAlarm, Mistake::IdleTime];

#[test]
fn each_mistake_is_seen_by_a_test() {
    // In builds for use, none can be made.
    if !cfg!(debug_assertions) {
        return;
    }
    let mut unseen = Vec::new();
    for mistake in Mistake::ALL {
        MADE.set(Some(mistake));
        let seen = endless::TESTS.iter().chain(time::TESTS).position(|test| catch_unwind(test).is_err());
        println!("{mistake:?}: {seen:?}");
        unseen.extend(seen.is_none().then_some(mistake));
    }
    MADE.set(None);
    assert_eq!(unseen, NONE);
}
