//! Runs of real processes in a hostile world, and near the limits of the machine.
//!
//! `NODES_TEST_LONG=10 cargo test -p nodes-tests --test hostile` makes ten times as many random cases, and large runs.

mod deaths;
mod events;
mod faults;
mod large;
mod limits;
mod memory;
mod namespace;
mod pages;
mod recovery;
mod secrets;
mod strangers;
mod turns;

use nodes_tests::started::{Ended, Started, start};

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");
const IN_THE_MIDDLE: &str = env!("CARGO_BIN_EXE_in-the-middle");

fn begin(arguments: &str) -> Started {
    start(PROGRAM, arguments)
}

fn run(arguments: &str) -> Ended {
    let ended = begin(arguments).wait();
    ended.assert_nothing_is_left();
    ended
}

/// How much longer than usual the tests may take.
fn patience() -> u64 {
    std::env::var("NODES_TEST_LONG").map_or(1, |factor| factor.parse().expect("NODES_TEST_LONG is a number"))
}
