//! Many runs of an algorithm of the catalogue, over all cores.

use core::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use nodes::campaign;
use nodes::run::RunError;
use nodes::simulator::Simulation;
use pyo3::prelude::*;

use crate::engines::{Asked, PyFinished, refused};
use crate::threads::beside;

/// Simulates a run with each of these seeds, on so many threads; the results do not depend on how many.
#[pyfunction]
#[pyo3(signature = (asked, seeds, threads, properties = true, max_in_transit = None))]
pub(crate) fn simulate_each(
    py: Python<'_>,
    asked: Asked<'_>,
    seeds: Vec<u64>,
    threads: usize,
    properties: bool,
    max_in_transit: Option<u64>,
) -> PyResult<Vec<PyFinished>> {
    let run = asked.run("simulate")?;
    let over = AtomicBool::new(false);
    let is_over = || over.load(Ordering::Relaxed);
    let work = |number: u64| {
        let mut watch =
            |_: u64, _: core::time::Duration| if is_over() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        let mut simulation = Simulation::new().properties(properties).watch(&mut watch);
        if let Some(messages) = max_in_transit {
            simulation = simulation.max_in_transit(messages);
        }
        campaign::simulate(&run.clone().seed(seeds[number as usize]), simulation).map(PyFinished::without_nodes)
    };
    let made = beside(py, &over, || {
        let mut made: Result<Vec<PyFinished>, RunError> = Ok(Vec::new());
        campaign::in_order(seeds.len() as u64, threads, &is_over, &work, &mut |finished| match (finished, &mut made) {
            (Ok(finished), Ok(all)) => {
                all.push(finished);
                ControlFlow::Continue(())
            }
            (Err(error), _) => {
                made = Err(error);
                ControlFlow::Break(())
            }
            _ => ControlFlow::Break(()),
        });
        made
    })?;
    made.map_err(refused)
}
