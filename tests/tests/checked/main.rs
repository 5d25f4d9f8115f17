//! The checker: what it finds is what others have found, by hand, by formula, or by another program.
//!
//! - `known`: numbers from elsewhere.
//! - `costs`: the fewest messages and the most, by formulas.
//! - `reference`: what the transition system that defines what links allow says, copied at each state, of the catalogue and of protocols
//!   drawn at random.
//! - `left_out`: how many states are left where those are left out that others stand for.
//! - `reduced`: a search that leaves states out finds what one finds that leaves out none; `missed` has a protocol for each part of it.
//! - `replayed`: what it finds, happens in a simulation.
//! - `shown`: what people see of it.
//! - `small`: protocols of a few lines, each of which can go in one special way.
//! - `chance`: runs that end by chance, and runs that need not end.
//! - `faults`: crashes, losses and duplicates, with algorithms of textbooks in `crashing`.
//! - `deferred`: messages that wait, where each may arrive any number of times.
//! - `schedules`: how many there are.
//! - `compact`: fingerprints in place of states.
//! - `limits`: what they stop, and when.
//! - `endless`: which loops are runs that do not end, also of protocols drawn at random.
//! - `time`: messages that take no longer than a bound, and draws of a few values.
//! - `mistakes`: of what is said of loops and of time, each part is needed.
//! - `instances`: all graphs of a few nodes, all ids, ports, initiators, inputs.
//! - `names`: instances that are the same but for names, of which one is searched.
//! - `stateright`: as many states as another checker finds, in `models` of its tests.
//! - `traps`: mistakes of older implementations.
//! - `table`: the table of what was checked of each algorithm.
//! - `proofs`: checks as tests of a protocol.
//! - `impossible`: consensus of which one may stop.
#![allow(missing_docs, unreachable_pub)]

mod chance;
mod compact;
mod costs;
mod crashing;
mod deferred;
mod endless;
mod faults;
mod impossible;
mod instances;
mod known;
mod left_out;
mod limits;
mod missed;
mod mistakes;
mod models;
mod names;
mod proofs;
mod reduced;
mod reference;
mod replayed;
mod schedules;
mod shown;
mod small;
mod stateright;
mod table;
mod time;
mod traps;

use nodes::Protocol;
use nodes::check::{Check, Checked, Reduction};
use nodes::run::Run;

/// Everything; if it is tested what these tests are worth, with a mistake, by which there may be more and more states.
fn how() -> Check<'static> {
    mistakes::MADE.get().map_or_else(Check::new, |mistake| Check::new().mistake(mistake).most_states(50_000))
}

/// Every state.
fn check<P: Protocol>(run: &Run<P>) -> Checked {
    run.check(how().reduction(Reduction::Full)).expect("it can be checked")
}
