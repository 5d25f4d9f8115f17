//! The checker: what it finds is what others have found, by hand, by formula, or by another program.
//!
//! - `known`: numbers from elsewhere.
//! - `reference`: what the transition system that defines what links allow says, copied at each state, of the catalogue and of protocols
//!   drawn at random.
//! - `left_out`: how many states are left where those are left out that others stand for.
//! - `reduced`: a search that leaves states out finds what one finds that leaves out none.
//! - `replayed`: what it finds, happens in a simulation.
//! - `small`: protocols of a few lines, each of which can go in one special way.
//! - `chance`: runs that end by chance, and runs that need not end.
//! - `stateright`: as many states as another checker finds, in `models` of its tests.
//! - `traps`: mistakes of older implementations.
#![allow(missing_docs, unreachable_pub)]

mod chance;
mod known;
mod left_out;
mod models;
mod reduced;
mod reference;
mod replayed;
mod small;
mod stateright;
mod traps;

use nodes::Protocol;
use nodes::check::{Check, Checked, Reduction};
use nodes::run::Run;

/// Every state.
fn check<P: Protocol>(run: &Run<P>) -> Checked {
    run.check(Check::new().reduction(Reduction::Full)).expect("it can be checked")
}
