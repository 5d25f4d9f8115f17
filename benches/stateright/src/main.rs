//! The checker beside the crate stateright 0.31: the same models, full search, one thread, in one run.
//!
//! `cargo run --release --manifest-path benches/stateright/Cargo.toml` runs all; `-- paxos` only what has that in its name.  Both have
//! to find as many states and transitions, else the job fails.  Rates are states a second of processor time, the median of several
//! runs, each in a process of its own; its memory is the peak less what it had before, by states.  Machines are noisy, so compare the
//! ratios.

mod measure;
#[path = "../../../tests/tests/checked/models/mod.rs"]
mod models;
mod ours;
mod theirs;

use std::process::ExitCode;

use measure::{Counts, Measured};

/// How many runs each makes, in turn.
const TIMES: usize = 3;

/// A model for both.
struct Job {
    name: &'static str,
    ours: fn() -> Counts,
    theirs: fn() -> Counts,
}

/// What is measured.
const JOBS: &[Job] = &[
    Job { name: "ping-pong-100000", ours: || ours::ping_pong(100_000), theirs: || theirs::ping_pong::count(100_000) },
    Job { name: "message-chase-8", ours: || ours::message_chase(8), theirs: || theirs::message_chase::count(8) },
    Job { name: "message-chase-9", ours: || ours::message_chase(9), theirs: || theirs::message_chase::count(9) },
    Job { name: "paxos-2", ours: || ours::paxos(2), theirs: || theirs::paxos::count(2, true) },
    Job { name: "abd-3", ours: || ours::abd(3), theirs: || theirs::hosted::abd(3) },
    Job { name: "two-phase-commit-6", ours: || ours::two_phase_commit(6), theirs: || theirs::hosted::two_phase_commit(6) },
];

fn main() -> ExitCode {
    let arguments = std::env::args().skip(1).collect::<Vec<_>>();
    if let [name, side] = &arguments[..] {
        let job = JOBS.iter().find(|job| job.name == *name).expect("a job of that name");
        println!("{}", Measured::of(if side == "ours" { job.ours } else { job.theirs }));
        return ExitCode::SUCCESS;
    }
    // The ports of its examples are right: these are the numbers of its own tests.
    assert_eq!(theirs::paxos::count(2, false).states, 16_668);
    assert_eq!(theirs::hosted::single_decree(2).states, 16_668);
    assert_eq!([theirs::hosted::abd(2).states, theirs::hosted::two_phase_commit(5).states], [544, 8_832]);
    assert_eq!(theirs::hosted::repeated_ping_pong(5).states, 4_094);
    println!(
        "{:<20} {:>9} {:>11}   {:>11} {:>11} {:>6}   {:>7} {:>7} {:>6}",
        "", "states", "transitions", "nodes", "stateright", "ratio", "nodes", "s.right", "ratio"
    );
    let mut same = true;
    for job in JOBS.iter().filter(|job| arguments.first().is_none_or(|wanted| job.name.contains(wanted))) {
        same &= row(job);
    }
    println!("states a second of processor time; bytes a state");
    if same { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Measures both, and says whether they found the same.
fn row(job: &Job) -> bool {
    let mut both = [const { Vec::new() }; 2];
    for _ in 0..TIMES {
        for (measured, side) in both.iter_mut().zip(["ours", "theirs"]) {
            measured.push(Measured::apart(job.name, side));
        }
    }
    let [ours, theirs] = both.map(Measured::median);
    if ours.counts != theirs.counts {
        println!("{:<20} nodes found {:?}, and stateright {:?}", job.name, ours.counts, theirs.counts);
        return false;
    }
    println!(
        "{:<20} {:>9} {:>11}   {:>11.0} {:>11.0} {:>6.2}   {:>7.0} {:>7.0} {:>6.2}",
        job.name,
        ours.counts.states,
        ours.counts.transitions,
        ours.rate(),
        theirs.rate(),
        ours.rate() / theirs.rate(),
        ours.bytes,
        theirs.bytes,
        theirs.bytes / ours.bytes
    );
    true
}
