//! What was wrong in the Python programs whose idea this framework continues, each as a small protocol that is wrong in the
//! same way; and what finds it: a property, the rules, or the end that a run comes to.
//!
//! | what was wrong | here | found by |
//! |---|---|---|
//! | Ready was sent before the socket was bound | [`unbound`] | the run is stuck |
//! | who had decided did not answer any more | [`deaf`] | the run is stuck |
//! | mutual exclusion ended when the others had ended | [`hurried`] | `all_served` |
//! | critical sections raced with the loop that receives | [`racing`] | `mutual_exclusion` |
//! | an unoriented ring was taken for an oriented one | [`unoriented`] | the run is stuck: nobody is elected |
//! | a link was named by the neighbour at its other end | [`by_neighbour`] | the run is stuck, on a ring of 2 alone |
//! | a datagram that came twice was taken for two | [`doubled`] | `at_most_one_leader` |
//! | a datagram that was lost was waited for | [`lost`] | the run is stuck |
//!
//! Beside each stands what is right, which holds in the same trial.

mod by_neighbour;
mod deaf;
mod doubled;
mod hurried;
mod lost;
mod racing;
mod unbound;
mod unoriented;

use nodes::Protocol;
use nodes::testing::{Kind, Trial};

/// How a trial fails, which it must.
#[track_caller]
fn failing<P: Protocol>(trial: &Trial<P>) -> Kind {
    let failure = trial.failure().expect("it can be tried").expect("it is wrong, so a schedule must show it");
    assert!(!failure.schedule.steps.is_empty() && !failure.to_string().is_empty());
    failure.kind
}
