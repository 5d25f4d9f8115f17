//! A run of explicit choices.

use crate::execution::{AnyFinished, AnyRun, RunError};
use crate::network::Schedule;
use crate::simulator::{Replay, Simulation};

/// The run on the schedule's graph, if it has one.
pub fn of_schedule(run: &AnyRun, schedule: &Schedule) -> AnyRun {
    let run = run.clone();
    match &schedule.graph {
        Some(graph) => run.topology(graph.clone()),
        None => run,
    }
}

/// Replays a schedule: the run, on the schedule's graph if it has one, with its choices.  The schedule's arguments are not read:
/// that is for the command line.
///
/// # Errors
/// If the options contradict the protocol, or each other, or a choice cannot be made where it stands.
pub fn replay<'a>(run: &AnyRun, schedule: &'a Schedule, simulation: Simulation<'a>) -> Result<AnyFinished, RunError> {
    of_schedule(run, schedule).by(Replay::of(schedule, simulation))
}
