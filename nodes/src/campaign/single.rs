//! One simulated run.

use std::io::{self, Write};
use std::time::Instant;

use crate::execution::{AnyFinished, AnyRun, Engine, EngineKind, Prepared, RunError};
use crate::simulator::{Chronicle, Past, Simulation};
use crate::trace::{Detail, Header, Recorder, TimeKind};

/// Simulates a run, and measures how long that takes.
///
/// # Errors
/// If the options contradict the protocol, or each other.  What goes wrong later is the
/// [`Outcome`](crate::execution::Outcome).
pub fn simulate(run: &AnyRun, simulation: Simulation<'_>) -> Result<AnyFinished, RunError> {
    simulate_prepared(run.prepare()?, simulation)
}

/// Simulates a run that has been prepared, and measures how long that takes.  A time limit ends it when it has passed in virtual time,
/// or on the clock.
///
/// # Errors
/// If the simulator cannot make the run.
#[expect(clippy::disallowed_methods, reason = "how long a run took is written down, and nothing depends on it")]
pub fn simulate_prepared(prepared: Prepared, simulation: Simulation<'_>) -> Result<AnyFinished, RunError> {
    crate::panics::keep();
    let started = Instant::now();
    let simulation = match prepared.timeout {
        // Who steers a run may take his time.
        Some(timeout) if !simulation.is_steered() => simulation.overtime(Box::new(move || started.elapsed() >= timeout)),
        _ => simulation,
    };
    let mut finished = simulation.run(prepared)?;
    finished.document.time.wall_s = started.elapsed().as_secs_f64();
    Ok(finished)
}

/// Simulates a run, and explains what led to its failure; `None` if it does not fail.
///
/// # Errors
/// As [`simulate`].
pub fn past(run: &AnyRun) -> Result<Option<Past>, RunError> {
    let mut chronicle = Chronicle::default();
    let finished = simulate(run, Simulation::new().observe(&mut chronicle))?;
    Ok(chronicle.past(&finished))
}

/// Simulates a run and records it as a [trace](crate::trace); the destination comes back, or else the first error in writing.
///
/// # Errors
/// As [`simulate`].
pub fn recorded<W: Write>(
    run: &AnyRun,
    simulation: Simulation<'_>,
    out: W,
    detail: Detail,
) -> Result<(AnyFinished, io::Result<W>), RunError> {
    let prepared = run.prepare()?;
    let mut recorder = Recorder::new(out, &Header::of(&prepared, EngineKind::Simulator, TimeKind::Virtual), detail);
    let finished = simulate_prepared(prepared, simulation.observe(&mut recorder))?;
    let written = match finished.world {
        Some(_) => recorder.finish(&finished.document, &finished.explanation),
        None => Err(io::Error::other("the nodes did not come into being: nothing was recorded")),
    };
    Ok((finished, written))
}
