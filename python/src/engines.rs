//! The engines, for protocols that are Python classes and for those of the catalogue.

use core::ops::ControlFlow;
use std::io::ErrorKind;
use std::sync::atomic::{AtomicBool, Ordering};

use nodes::campaign;
use nodes::check::{Checked, Progress, check as check_one};
use nodes::cli;
use nodes::process::{self, Interrupt, Launcher, Processes, Recording};
use nodes::protocol::AnyProtocol;
use nodes::run::{AnyFinished, AnyRun, Engine as _, EngineKind, RunError, duration_text};
use nodes::simulator::Simulation;
use nodes::trace::{Detail, Header, Recorder, TimeKind};
use pyo3::exceptions::{PyNotImplementedError, PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::array::Arrays;
use crate::class::Class;
use crate::drawing::{Portrait, PyDrawing};
use crate::failure::{leavable, look_for_signals, report, take_raised};
use crate::follower::{Follower, Wanted};
use crate::graph::Given;
use crate::input::PyInput;
use crate::meter::Meter;
use crate::protocol::{PyProtocol, decodes};
use crate::sink::Sink;
use crate::threads::{beside, detached};
use crate::world::PyNode;
use crate::{array, definition, live};

/// A protocol: a class, or one of the catalogue.
#[pyclass(name = "Protocol", module = "distnodes", frozen)]
pub(crate) struct PyAnyProtocol {
    pub(crate) any: AnyProtocol,
    /// If it is a class.
    pub(crate) class: Option<&'static Class>,
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
    /// The node that could not go on, if that ended the run, and what its process has reported.
    #[pyo3(get)]
    failed: Option<(usize, Option<String>)>,
    /// The nodes as they ended, if they can be drawn.
    portrait: Option<Portrait>,
}

#[pymethods]
impl PyFinished {
    /// The graph on paper; None if some node's end is not known, or the graph is too large.
    fn drawing(&self) -> PyResult<Option<PyDrawing>> {
        self.portrait.as_ref().map(Portrait::drawn).transpose()
    }

    /// The same as SVG, with these links standing out.
    fn svg(&self, title: &str, bold: Vec<usize>) -> PyResult<Option<String>> {
        self.portrait.as_ref().map(|portrait| portrait.svg(title, &bold)).transpose()
    }

    /// The number of the link at a port of a node; None if there is no drawing.
    fn link(&self, node: usize, port: i64) -> PyResult<Option<usize>> {
        self.portrait.as_ref().map(|portrait| portrait.link(node, port)).transpose()
    }
}

pub(crate) fn refused(error: RunError) -> PyErr {
    match error {
        RunError::System { cause, .. } if cause.kind() == ErrorKind::Unsupported => {
            PyNotImplementedError::new_err(cause.to_string())
        }
        RunError::System { .. } | RunError::SetUp(_) => PyOSError::new_err(error.to_string()),
        RunError::Topology(_) | RunError::Refused(_) => PyValueError::new_err(error.to_string()),
    }
}

pub(crate) fn wrong(error: cli::Wrong) -> PyErr {
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
    pub(crate) protocol: Py<PyAnyProtocol>,
    pub(crate) words: Vec<String>,
    pub(crate) graph: Option<Given>,
    pub(crate) inputs: Option<Vec<Bound<'py, PyAny>>>,
}

impl Asked<'_> {
    /// The run, as that command reads the words.
    pub(crate) fn run(self, command: &str) -> PyResult<AnyRun> {
        let run = cli::run_of(&self.protocol.get().any, command, &borrowed(&self.words)).map_err(wrong)?;
        self.on_its_graph(run)
    }

    /// The run, with the graph and the inputs that are given.
    pub(crate) fn on_its_graph(self, mut run: AnyRun) -> PyResult<AnyRun> {
        if let Some(graph) = self.graph {
            run = run.graph(graph.build()?);
        }
        if let Some(inputs) = self.inputs {
            let protocol = self.protocol.get();
            let Some((class, schema)) = protocol.class.and_then(|class| Some((class, class.input.as_ref()?))) else {
                return Err(PyValueError::new_err(format!("inputs: {} takes no inputs", protocol.any.name())));
            };
            let checked = inputs.into_iter().enumerate().map(|(node, value)| {
                schema.check(&format!("inputs[{node}]"), &value)?;
                Ok(PyInput::of(class, schema.copy(&value, Arrays::Snapshot)?))
            });
            let values = checked.collect::<PyResult<Vec<_>>>()?;
            run = run.inputs(nodes::run::IntoInputs::into_inputs(values));
        }
        Ok(run)
    }
}

pub(crate) fn borrowed(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

/// The run, as Python sees it.
pub(crate) fn shown(py: Python<'_>, finished: AnyFinished, trace: Option<Vec<u8>>) -> PyResult<PyFinished> {
    let world = finished.world.as_ref().and_then(|world| world.view().of::<PyProtocol>());
    let nodes = world.into_iter().flat_map(|world| world.nodes()).map(|node| Py::new(py, PyNode::of(py, node)));
    Ok(PyFinished {
        nodes: nodes.collect::<PyResult<_>>()?,
        trace: trace.map(|bytes| PyBytes::new(py, &bytes).unbind()),
        raised: take_raised().map(|raised| raised.into_value(py).into_any()),
        ..PyFinished::without_nodes(finished)
    })
}

impl PyFinished {
    /// Of an algorithm of the catalogue, whose nodes are no Python objects.
    pub(crate) fn without_nodes(finished: AnyFinished) -> Self {
        let AnyFinished { description, document, world, explanation, notices, unwritten, failed } = finished;
        PyFinished {
            portrait: world.and_then(|world| Portrait::of(&description, world.view())),
            document: serde_json::to_string(&document).expect("a document is plain data"),
            explanation,
            notices,
            unwritten,
            nodes: Vec::new(),
            trace: None,
            raised: None,
            failed: failed.map(|failure| (failure.node.index(), failure.report)),
        }
    }
}

/// What is recorded besides the events.
pub(crate) fn detail(text: &str) -> PyResult<Detail> {
    match text {
        "auto" => Ok(Detail::default()),
        "full" => Ok(Detail::Full),
        "none" => Ok(Detail::None),
        _ => Err(PyValueError::new_err(format!("`{text}` is no detail of a trace: write `auto`, `full` or `none`"))),
    }
}

/// Simulates a run; with `mixture`, the one that a campaign makes of that seed.  `progress` is called with how far it is, `opened` with
/// the page that follows it, if there is to be one; `wanted` is what else follows it.
#[pyfunction]
#[pyo3(signature = (asked, properties = true, max_in_transit = None, record = None, mixture = None, progress = None, opened = None, wanted = None))]
#[expect(clippy::too_many_arguments, reason = "each has a name in Python")]
pub(crate) fn simulate(
    py: Python<'_>,
    asked: Asked<'_>,
    properties: bool,
    max_in_transit: Option<u64>,
    record: Option<&str>,
    mixture: Option<u64>,
    progress: Option<Py<PyAny>>,
    opened: Option<Py<PyAny>>,
    wanted: Option<Wanted>,
) -> PyResult<PyFinished> {
    let is_class = asked.protocol.get().class.is_some();
    let mut run = asked.run("simulate")?;
    if let Some(seed) = mixture {
        run = campaign::of_seed(&run, seed);
    }
    let prepared = run.prepare().map_err(refused)?;
    let follower = wanted.map(|wanted| Follower::of(wanted, &prepared, is_class)).transpose()?;
    let mut follower = follower.flatten();
    let detail = record.map_or(Ok(Detail::default()), detail)?;
    let page = opened.map(|opened| live::of_simulation(py, &prepared.description.name, &opened)).transpose()?;
    let (feed, mut wheel) = page.unzip();
    let sink = Sink::new(record.is_some(), feed);
    let header = || Header::of(&prepared, EngineKind::Simulator, TimeKind::Virtual);
    let mut recorder = sink.as_ref().map(|sink| Recorder::new(sink.clone(), &header(), detail));
    let mut meter = Meter::new(progress);
    let mut watch = |events: u64, now: core::time::Duration| {
        look_for_signals();
        meter.say(|| format!("{events} events, {} of virtual time", duration_text(now)), None)
    };
    let mut simulation = Simulation::new().properties(properties).watch(&mut watch);
    if let Some(messages) = max_in_transit {
        simulation = simulation.max_in_transit(messages);
    }
    let mut observers = (recorder.as_mut(), follower.as_mut());
    if observers.0.is_some() || observers.1.is_some() {
        simulation = simulation.observe(&mut observers);
    }
    if let Some(wheel) = &mut wheel {
        simulation = simulation.steering(wheel);
    }
    let finished = leavable(|| campaign::simulate_prepared(prepared, simulation))?;
    meter.raised()?;
    let mut finished = finished.map_err(refused)?;
    if let Some(follower) = follower {
        follower.end(&finished)?;
    }
    if let Some(events @ 1..) = wheel.as_ref().map(live::Wheel::interventions) {
        let what = format!("events that were ordered by hand: {events}; the seed alone does not make this run again");
        finished.notices.push(what);
    }
    // Of a run whose nodes could not be made, there is nothing to record.
    let is_there = finished.world.is_some();
    if let Some(recorder) = recorder.filter(|_| is_there) {
        recorder.finish(&finished.document, &finished.explanation)?;
    }
    let trace = sink.and_then(|sink| sink.close()).filter(|_| is_there);
    shown(py, finished, trace)
}

/// Runs real processes.  That command starts each, or, if it is told something first, a process that forks them.  `progress` and `opened`
/// are those of `simulate`.
#[pyfunction]
#[pyo3(signature = (asked, command, forks = None, logs = None, record = None, progress = None, opened = None))]
#[expect(clippy::too_many_arguments, reason = "each has a name in Python")]
pub(crate) fn run(
    py: Python<'_>,
    asked: Asked<'_>,
    command: Vec<String>,
    forks: Option<Vec<u8>>,
    logs: Option<String>,
    record: Option<&str>,
    progress: Option<Py<PyAny>>,
    opened: Option<Py<PyAny>>,
) -> PyResult<PyFinished> {
    let run = asked.run("run")?;
    let Some((program, arguments)) = command.split_first() else {
        return Err(PyValueError::new_err("no command starts a node"));
    };
    let mut launcher = Launcher::program(program, arguments).under_its_own_name();
    if let Some(first) = forks {
        launcher = launcher.forking(first);
    }
    let meter = Meter::new(progress);
    let mut watching = meter.clone();
    let watch = move |progress| {
        // Ctrl-C alone ends such a run.
        let _ = watching.say(|| in_words(&progress), None);
    };
    // What is wrong is said before a page is opened.
    let prepared = run.prepare().map_err(refused)?;
    let detail = record.map_or(Ok(Detail::default()), detail)?;
    let feed = opened.map(|opened| live::of_run(py, &prepared.description.name, &opened)).transpose()?;
    let is_live = feed.is_some();
    let sink = Sink::new(record.is_some(), feed);
    let interrupt = Interrupt::on_signals()?;
    // On this thread, Ctrl-C could strike the code of the user's that makes nodes of their final states, and be taken for its error.
    let finished = beside(py, &AtomicBool::new(false), move || {
        let mut how = Processes::new().launcher(launcher).interrupt(interrupt).watch(watch);
        if let Some(folder) = logs {
            how = how.logs(folder);
        }
        if let Some(sink) = &sink {
            let recording = Recording::of_the_moment(sink.clone()).detail(detail);
            how = how.record(if is_live { recording.live() } else { recording });
        }
        let finished = how.run(prepared).map_err(refused)?;
        Python::attach(|py| shown(py, finished, sink.and_then(|sink| sink.close())))
    })?;
    meter.raised()?;
    finished
}

fn in_words(progress: &process::Progress) -> String {
    match progress {
        process::Progress::Started(count) => format!("{count} nodes started"),
        process::Progress::Ready(count) => format!("{count} nodes ready"),
        process::Progress::Messages(count) => format!("running: {count} messages"),
        process::Progress::Finishing => "collecting the results".to_owned(),
        process::Progress::Running | process::Progress::Log { .. } => "running".to_owned(),
    }
}

/// Lives the life of a node, if this process was started as one of that protocol: the status with which it is to end.
#[pyfunction]
pub(crate) fn serve(protocol: &PyAnyProtocol) -> Option<u8> {
    if let Some(class) = protocol.class {
        decodes(class);
    }
    array::is_in_a_node();
    process::serve_reporting(&protocol.any, report)
}

/// From now on this process, which forks nodes, ends when the one that started it does.
#[pyfunction]
pub(crate) fn end_with_initializer() -> PyResult<()> {
    Ok(process::end_with_initializer()?)
}

/// Looks at every schedule; the result as JSON, and what the user's code has raised, if it has.  `progress` is called with how far it is.
#[pyfunction]
#[pyo3(signature = (asked, progress = None))]
pub(crate) fn check(py: Python<'_>, asked: Asked<'_>, progress: Option<Py<PyAny>>) -> PyResult<(String, Option<Py<PyAny>>)> {
    let is_class = asked.protocol.get().class.is_some();
    let over = AtomicBool::new(false);
    let meter = Meter::new(progress);
    let mut shown = meter.clone();
    let mut watch = |progress: &Progress| match over.load(Ordering::Relaxed) {
        true => ControlFlow::Break(()),
        false => {
            // In another thread it sees none.
            look_for_signals();
            let Progress { instances, of, states, transitions, depth, memory, .. } = *progress;
            let several = of > 1;
            let text = || match several {
                true => format!("{states} states, {transitions} steps"),
                false => format!("{states} states, {transitions} steps, depth {depth}, {} MiB", memory >> 20),
            };
            shown.say(text, several.then_some((instances, of)))
        }
    };
    let (run, instances, how) =
        cli::checked_by(&asked.protocol.get().any, &borrowed(&asked.words), &mut watch).map_err(wrong)?;
    let run = asked.on_its_graph(run)?;
    let checked: Result<Checked, RunError> = match instances.vary() {
        false => leavable(|| check_one(&run, how))?,
        true if is_class => leavable(|| instances.check(&run, how))?,
        true => beside(py, &over, || instances.check(&run, how))?,
    };
    meter.raised()?;
    let checked = checked.map_err(|error| take_raised().unwrap_or_else(|| refused(error)))?;
    let text = serde_json::to_string(&checked).map_err(|cause| PyValueError::new_err(cause.to_string()))?;
    Ok((text, take_raised().map(|raised| raised.into_value(py).into_any())))
}

/// The command line of one protocol, or of the whole catalogue, and what to type to call it.  Nodes of its runs are started by that
/// command.  The exit status.
#[pyfunction]
pub(crate) fn main(
    py: Python<'_>,
    protocol: Option<&PyAnyProtocol>,
    words: Vec<String>,
    invocation: &str,
    command: Vec<String>,
) -> u8 {
    if let Some((program, arguments)) = command.split_first() {
        Launcher::program(program, arguments).under_its_own_name().starts_this_program();
    }
    let words = words.into_iter().map(Into::into).collect::<Vec<_>>();
    let all = protocol.map_or(catalogue::ALL, |one| core::slice::from_ref(&one.any));
    let command = || cli::main_with(all, invocation, &words);
    // A class needs the interpreter all the time; the catalogue does not.
    let of_class = protocol.is_some_and(|one| one.class.is_some());
    let code = if of_class { command() } else { detached(py, command) };
    // The only way to look into one.
    [0, 1, 2, 3].into_iter().find(|status| code == std::process::ExitCode::from(*status)).unwrap_or(1)
}
