//! The engines, for protocols that are Python classes and for those of the catalogue.

use core::ops::ControlFlow;

use nodes::check::{Checked, Progress, check as check_one};
use nodes::cli;
use nodes::process::{self, Interrupt, Launcher, Processes, Recording};
use nodes::protocol::AnyProtocol;
use nodes::run::{AnyFinished, AnyRun, RunError};
use nodes::simulator::Simulation;
use nodes::trace::Detail;
use nodes::{campaign, topology};
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::class::Class;
use crate::definition;
use crate::failure::take_raised;
use crate::graph::Given;
use crate::input::PyInput;
use crate::protocol::{PyProtocol, decodes};
use crate::world::PyNode;

/// A protocol: a class, or one of the catalogue.
#[pyclass(name = "Protocol", module = "distnodes", frozen)]
pub(crate) struct PyAnyProtocol {
    any: AnyProtocol,
    /// If it is a class.
    class: Option<&'static Class>,
}

/// A run that has ended.
#[pyclass(name = "Finished", module = "distnodes", frozen)]
pub(crate) struct PyFinished {
    /// The result document, as JSON.
    #[pyo3(get)]
    document: String,
    #[pyo3(get)]
    explanation: Vec<String>,
    #[pyo3(get)]
    notices: Vec<String>,
    #[pyo3(get)]
    unwritten: Vec<String>,
    /// The nodes as they ended; empty for a protocol of the catalogue, and where some node's end is not known.
    #[pyo3(get)]
    nodes: Vec<Py<PyNode>>,
    /// The record of the run, if it was recorded.
    #[pyo3(get)]
    trace: Option<Py<PyBytes>>,
    /// What the user's code has raised, if it has ended the run.
    #[pyo3(get)]
    raised: Option<Py<PyAny>>,
}

pub(crate) fn refused(error: RunError) -> PyErr {
    match error {
        RunError::System { .. } | RunError::SetUp(_) => PyOSError::new_err(error.to_string()),
        RunError::Topology(_) | RunError::Refused(_) => PyValueError::new_err(error.to_string()),
    }
}

fn wrong(error: cli::Wrong) -> PyErr {
    PyValueError::new_err(error.to_string())
}

#[pymethods]
impl PyAnyProtocol {
    /// A protocol that is a class, from what the language layer has read of it.
    #[staticmethod]
    fn of_plan(plan: &Bound<'_, PyAny>) -> PyResult<Self> {
        let class = Class::read(plan)?;
        Ok(PyAnyProtocol { any: definition::protocol(class), class: Some(class) })
    }

    /// The algorithm of the catalogue of that name; None if there is none.
    #[staticmethod]
    fn of_catalogue(name: &str) -> Option<Self> {
        let found = catalogue::ALL.iter().find(|known| known.name() == name || known.description().name == name)?;
        Some(PyAnyProtocol { any: found.clone(), class: None })
    }

    /// Its name on a command line.
    #[getter]
    fn name(&self) -> String {
        self.any.name()
    }

    /// Its name as a type.
    #[getter]
    fn type_name(&self) -> String {
        self.any.description().name.clone()
    }

    /// The graph that it runs on unless another is asked for.
    #[getter]
    fn usual_graph(&self) -> String {
        self.any.description().topology.default.to_string()
    }

    /// All that is known of it without running it, as the command `describe --to` has it: `table`, `dot`, `svg` or `mermaid`.
    fn described(&self, form: &str) -> PyResult<String> {
        cli::described(&self.any, form).map_err(wrong)
    }
}

/// A run that is asked for: its protocol, the words of a command line, and the graph and the inputs that no word stands for.
#[derive(FromPyObject)]
pub(crate) struct Asked<'py> {
    protocol: Py<PyAnyProtocol>,
    words: Vec<String>,
    graph: Option<Given>,
    inputs: Option<Vec<Bound<'py, PyAny>>>,
}

impl Asked<'_> {
    /// The run, as that command reads the words.
    pub(crate) fn run(self, command: &str) -> PyResult<AnyRun> {
        let run = cli::run_of(&self.protocol.get().any, command, &borrowed(&self.words)).map_err(wrong)?;
        self.on_its_graph(run)
    }

    /// The run, with the graph and the inputs that are given.
    fn on_its_graph(self, mut run: AnyRun) -> PyResult<AnyRun> {
        if let Some(graph) = self.graph {
            run = run.topology(topology::Topology::from(graph.build()?));
        }
        if let Some(inputs) = self.inputs {
            let protocol = self.protocol.get();
            let Some((class, schema)) = protocol.class.and_then(|class| Some((class, class.input.as_ref()?))) else {
                return Err(PyValueError::new_err(format!("inputs: {} takes no inputs", protocol.any.name())));
            };
            let checked = inputs.into_iter().enumerate().map(|(node, value)| {
                schema.check(&format!("inputs[{node}]"), &value)?;
                Ok(PyInput::of(class, schema.copy(&value)?))
            });
            let values = checked.collect::<PyResult<Vec<_>>>()?;
            run = run.inputs(nodes::run::IntoInputs::into_inputs(values));
        }
        Ok(run)
    }
}

fn borrowed(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

/// The run, as Python sees it.
fn shown(py: Python<'_>, finished: AnyFinished, trace: Option<Vec<u8>>) -> PyResult<PyFinished> {
    let AnyFinished { document, world, explanation, notices, unwritten, .. } = finished;
    let world = world.as_ref().and_then(|world| world.view().of::<PyProtocol>());
    let nodes = world.into_iter().flat_map(|world| world.nodes()).map(|node| Py::new(py, PyNode::of(py, node)));
    Ok(PyFinished {
        document: serde_json::to_string(&document).map_err(|cause| PyValueError::new_err(cause.to_string()))?,
        explanation,
        notices,
        unwritten,
        nodes: nodes.collect::<PyResult<_>>()?,
        trace: trace.map(|bytes| PyBytes::new(py, &bytes).unbind()),
        raised: take_raised().map(|raised| raised.into_value(py).into_any()),
    })
}

/// What is recorded besides the events.
fn detail(text: &str) -> PyResult<Detail> {
    match text {
        "auto" => Ok(Detail::default()),
        "full" => Ok(Detail::Full),
        "none" => Ok(Detail::None),
        _ => Err(PyValueError::new_err(format!("`{text}` is no detail of a trace: write `auto`, `full` or `none`"))),
    }
}

/// Simulates a run; with `mixture`, the one that a campaign makes of that seed.
#[pyfunction]
#[pyo3(signature = (asked, properties = true, max_in_transit = None, record = None, mixture = None))]
pub(crate) fn simulate(
    py: Python<'_>,
    asked: Asked<'_>,
    properties: bool,
    max_in_transit: Option<u64>,
    record: Option<&str>,
    mixture: Option<u64>,
) -> PyResult<PyFinished> {
    let mut run = asked.run("simulate")?;
    if let Some(seed) = mixture {
        run = campaign::of_seed(&run, seed);
    }
    drop(take_raised());
    let mut interrupt = None;
    let mut watch = |_: u64, _: core::time::Duration| match py.check_signals() {
        Ok(()) => ControlFlow::Continue(()),
        Err(interrupted) => {
            interrupt = Some(interrupted);
            ControlFlow::Break(())
        }
    };
    let mut simulation = Simulation::new().properties(properties).watch(&mut watch);
    if let Some(messages) = max_in_transit {
        simulation = simulation.max_in_transit(messages);
    }
    let (finished, trace) = match record {
        None => (campaign::simulate(&run, simulation).map_err(refused)?, None),
        Some(how) => {
            let (finished, written) = campaign::recorded(&run, simulation, Vec::new(), detail(how)?).map_err(refused)?;
            (finished, Some(written.map_err(PyErr::from)?))
        }
    };
    match interrupt {
        Some(interrupted) => Err(interrupted),
        None => shown(py, finished, trace),
    }
}

/// Runs real processes.  That command starts each, or, if it is told something first, a process that forks them.
#[pyfunction]
#[pyo3(signature = (asked, command, forks = None, logs = None, record = None))]
pub(crate) fn run(
    py: Python<'_>,
    asked: Asked<'_>,
    command: Vec<String>,
    forks: Option<Vec<u8>>,
    logs: Option<String>,
    record: Option<&str>,
) -> PyResult<PyFinished> {
    let run = asked.run("run")?;
    let Some((program, arguments)) = command.split_first() else {
        return Err(PyValueError::new_err("no command starts a node"));
    };
    drop(take_raised());
    let mut launcher = Launcher::program(program, arguments).under_its_own_name();
    if let Some(first) = forks {
        launcher = launcher.forking(first);
    }
    let mut how = Processes::new().launcher(launcher).interrupt(Interrupt::on_signals()?);
    if let Some(folder) = logs {
        how = how.logs(folder);
    }
    let recorded = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    if let Some(which) = record {
        how = how.record(Recording::of_the_moment(Shared(std::sync::Arc::clone(&recorded))).detail(detail(which)?));
    }
    let Here(finished) = detached(py, || run.by(how));
    py.check_signals()?;
    let finished = finished.map_err(refused)?;
    let trace = std::mem::take(&mut *recorded.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    shown(py, finished, record.map(|_| trace))
}

/// What stays on this thread.
struct Here<T>(T);

// SAFETY: `detached` runs its code on the thread that calls it; nothing goes to another one.
#[expect(unsafe_code, reason = "PyO3 asks for `Send` in place of \"holds nothing of Python's\"")]
unsafe impl<T> Send for Here<T> {}

/// Runs code while other threads may run Python.
fn detached<T>(py: Python<'_>, code: impl FnOnce() -> T) -> Here<T> {
    let code = Here(code);
    py.detach(move || {
        let code = code;
        Here((code.0)())
    })
}

/// Bytes that are written by another thread.
struct Shared(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Lives the life of a node, if this process was started as one of that protocol; does not return then.
#[pyfunction]
pub(crate) fn serve(protocol: &PyAnyProtocol) {
    if let Some(class) = protocol.class {
        decodes(class);
    }
    process::serve(&protocol.any);
}

/// Looks at every schedule; the result as JSON, and what the user's code has raised, if it has.
#[pyfunction]
pub(crate) fn check(py: Python<'_>, asked: Asked<'_>) -> PyResult<(String, Option<Py<PyAny>>)> {
    let mut interrupt = None;
    let mut watch = |_: &Progress| match Python::attach(|py| py.check_signals()) {
        Ok(()) => ControlFlow::Continue(()),
        Err(interrupted) => {
            interrupt = Some(interrupted);
            ControlFlow::Break(())
        }
    };
    let (run, instances, how) =
        cli::checked_by(&asked.protocol.get().any, &borrowed(&asked.words), &mut watch).map_err(wrong)?;
    let run = asked.on_its_graph(run)?;
    drop(take_raised());
    let checked: Result<Checked, RunError> = match instances.vary() {
        // Its threads call the user's code, one at a time.
        true => detached(py, || instances.check(&run, how)).0,
        false => check_one(&run, how),
    };
    if let Some(interrupted) = interrupt {
        return Err(interrupted);
    }
    let checked = checked.map_err(|error| take_raised().unwrap_or_else(|| refused(error)))?;
    let text = serde_json::to_string(&checked).map_err(|cause| PyValueError::new_err(cause.to_string()))?;
    Ok((text, take_raised().map(|raised| raised.into_value(py).into_any())))
}

/// The command line: that of one protocol, or of the whole catalogue.  Nodes of its runs are started by that command.  The exit status.
#[pyfunction]
pub(crate) fn main(protocol: Option<&PyAnyProtocol>, words: Vec<String>, command: Vec<String>) -> u8 {
    if let Some((program, arguments)) = command.split_first() {
        Launcher::program(program, arguments).under_its_own_name().starts_this_program();
    }
    if let Some(class) = protocol.and_then(|protocol| protocol.class) {
        decodes(class);
    }
    let words = words.into_iter().map(Into::into).collect::<Vec<_>>();
    let code = match protocol {
        Some(one) => cli::main_with(core::slice::from_ref(&one.any), &words),
        None => cli::main_with(catalogue::ALL, &words),
    };
    // The only way to look into one.
    [0, 1, 2, 3].into_iter().find(|status| code == std::process::ExitCode::from(*status)).unwrap_or(1)
}
