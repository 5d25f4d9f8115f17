//! Explicit choices, replayed.

use nodes::campaign;
use nodes::network::Schedule;
use nodes::run::{Engine as _, EngineKind};
use nodes::simulator::{Replay, Simulation};
use nodes::trace::{Header, Recorder, TimeKind};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::engines::{Asked, PyAnyProtocol, PyFinished, detail, refused, shown};
use crate::failure::leavable;

/// Simulates the run that a schedule tells of, with its choices; the inputs are those that have no text.
#[pyfunction]
#[pyo3(signature = (protocol, schedule, inputs = None, properties = true, record = None))]
pub(crate) fn replay(
    py: Python<'_>,
    protocol: Py<PyAnyProtocol>,
    schedule: &str,
    inputs: Option<Vec<Bound<'_, PyAny>>>,
    properties: bool,
    record: Option<&str>,
) -> PyResult<PyFinished> {
    let schedule = schedule.parse::<Schedule>();
    let schedule =
        schedule.map_err(|wrong| PyValueError::new_err(format!("line {} of the schedule: {}", wrong.line, wrong.what)))?;
    let mut words = schedule.arguments.clone();
    // There, it only says that a program gave them.
    if let Some(place) = words.iter().position(|word| inputs.is_some() && word == "--inputs") {
        words.drain(place..words.len().min(place + 2));
    }
    let asked = Asked { protocol, words, graph: None, inputs };
    let prepared = campaign::of_schedule(&asked.run("simulate")?, &schedule).prepare().map_err(refused)?;
    let simulation = Simulation::new().properties(properties);
    let Some(how) = record else {
        let finished = leavable(|| Replay::of(&schedule, simulation).run(prepared))?;
        return shown(py, finished.map_err(refused)?, None);
    };
    let header = Header::of(&prepared, EngineKind::Simulator, TimeKind::Virtual);
    let mut recorder = Recorder::new(Vec::new(), &header, detail(how)?);
    let finished = leavable(|| Replay::of(&schedule, simulation.observe(&mut recorder)).run(prepared))?;
    let finished = finished.map_err(refused)?;
    let trace = recorder.finish(&finished.document, &finished.explanation)?;
    shown(py, finished, Some(trace))
}
