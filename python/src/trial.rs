//! Tests with many seeds, and a failure made small.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use nodes::testing::{AnyTrial, Failure, Found, Tried};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::engines::{Asked, PyFinished, refused, shown};
use crate::failure::leavable;
use crate::input::PyInput;
use crate::threads::beside;

/// A run that fails: as it was found, and made small.
#[pyclass(name = "Failure", module = "distnodes", frozen)]
pub(crate) struct PyFailure {
    told: Told,
    /// The small run.
    #[pyo3(get)]
    small: Py<PyFinished>,
    /// What its nodes were given, if that has no text which stands in the schedule.
    #[pyo3(get)]
    inputs: Option<Vec<Py<PyAny>>>,
}

/// What is told of it.
struct Told {
    found: Tried,
    schedule: String,
    events: usize,
    past: Option<String>,
}

impl Told {
    fn of(failure: &Failure) -> Self {
        let Found::Tried(found) = failure.found.clone() else { unreachable!("a trial finds what it has tried") };
        let past = failure.past.as_ref().map(ToString::to_string);
        Told { found, schedule: failure.schedule.to_string(), events: failure.schedule.steps.len(), past }
    }
}

#[pymethods]
impl PyFailure {
    /// Of the run that was found.
    #[getter]
    fn seed(&self) -> u64 {
        self.told.found.seed
    }

    /// How many runs of its graph were made until then.
    #[getter]
    fn tried(&self) -> u64 {
        self.told.found.tried
    }

    /// Why it failed.
    #[getter]
    fn explanation(&self) -> Vec<String> {
        self.told.found.explanation.clone()
    }

    /// The command that makes it again; `None` if what it was given has no text.
    #[getter]
    fn replay(&self) -> Option<String> {
        self.told.found.replay.clone()
    }

    /// What happens in the small run.
    #[getter]
    fn schedule(&self) -> String {
        self.told.schedule.clone()
    }

    /// How many events that are.
    #[getter]
    fn events(&self) -> usize {
        self.told.events
    }

    /// What led to its end.
    #[getter]
    fn past(&self) -> Option<String> {
        self.told.past.clone()
    }
}

/// When a run has failed.
#[derive(FromPyObject)]
pub(crate) struct Limits {
    /// Up to so many nodes crash in each run.
    crashes: usize,
    max_events: Option<u64>,
    max_in_transit: Option<u64>,
    /// Only that property counts.
    only: Option<String>,
}

/// The first of many runs that fails, made small: `seeds` of them from `first` on, on each graph.
#[pyfunction]
pub(crate) fn trial(
    py: Python<'_>,
    asked: Vec<Asked<'_>>,
    first: u64,
    seeds: u64,
    limits: Limits,
) -> PyResult<Option<PyFailure>> {
    let Some(protocol) = asked.first().map(|asked| asked.protocol.clone_ref(py)) else { return Ok(None) };
    let protocol = protocol.get();
    let runs = asked.into_iter().map(|asked| asked.run("simulate")).collect::<PyResult<Vec<_>>>()?;
    let interrupt = Arc::new(AtomicBool::new(false));
    let mut trial = AnyTrial::of_runs(&protocol.any, runs).first_seed(first).exactly(seeds).crashes(limits.crashes);
    trial = trial.interrupt(Arc::clone(&interrupt));
    if let Some(events) = limits.max_events {
        trial = trial.max_events(events);
    }
    if let Some(messages) = limits.max_in_transit {
        trial = trial.max_in_transit(messages);
    }
    if let Some(property) = limits.only.as_deref() {
        let description = protocol.any.description();
        let names = description.properties.iter().map(|own| own.name.as_str()).collect::<Vec<_>>();
        if !names.contains(&property) {
            let names = names.join("`, `");
            return Err(PyValueError::new_err(format!("only: there is no property `{property}`; write one of `{names}`")));
        }
        trial = trial.only(property);
    }
    if protocol.class.is_none() {
        let found = beside(py, &interrupt, || {
            let plain = |failure| (Told::of(&failure), PyFinished::without_nodes(failure.finished));
            Ok(trial.failure()?.map(plain))
        })?;
        let found = found.map_err(refused)?;
        return found.map(|(told, small)| Ok(PyFailure { told, small: Py::new(py, small)?, inputs: None })).transpose();
    }
    let Some(failure) = leavable(|| trial.inputs::<PyInput>().failure())?.map_err(refused)? else { return Ok(None) };
    let inputs = failure.inputs_without_text().and_then(|inputs| inputs.downcast::<PyInput>());
    let inputs = inputs.map(|inputs| inputs.iter().map(|input| Ok(input.value(py)?.unbind())).collect::<PyResult<_>>());
    let (told, inputs) = (Told::of(&failure), inputs.transpose()?);
    Ok(Some(PyFailure { told, small: Py::new(py, shown(py, failure.finished, None)?)?, inputs }))
}
