//! `Net`, as handlers in Python see it.

use core::cell::{Cell, OnceCell};
use core::ptr::from_mut;
use core::time::Duration;

use nodes::protocol::codec::EncodeError;
use nodes::protocol::{
    DirectedRingPrimitives as _, HypercubePrimitives as _, OrientedRingPrimitives as _, Ports, RingPrimitives as _, StoredBy,
    Wait,
};
use nodes::topology::{Port, PortLabel};
use nodes::{Id, Net};
use pyo3::IntoPyObjectExt as _;
use pyo3::exceptions::{PyIndexError, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDelta, PyTuple, PyType};

use crate::class::Class;
use crate::lent::Lent;
use crate::message::{PyAlarm, PyMessage};
use crate::port;
use crate::protocol::PyProtocol;
use crate::schema::Typed;

thread_local! {
    /// The object that handlers on this thread are given.
    static SHARED: OnceCell<Py<PyNet>> = const { OnceCell::new() };
    /// What its `rng` is.
    static STREAM: OnceCell<Py<PyAny>> = const { OnceCell::new() };
}

/// A node's view of its surroundings, and the outbox of a step.
#[pyclass(name = "Net", module = "distnodes", frozen)]
pub(crate) struct PyNet {
    /// Of the step that is being made.
    net: Lent<Net<PyProtocol>>,
}

thread_local! {
    /// The class of the node that makes a step on this thread.
    static CLASS: Cell<Option<&'static Class>> = const { Cell::new(None) };
}

/// Lends the surroundings of a step to a piece of Python code.
#[inline]
pub(crate) fn lend<'py, T>(
    py: Python<'py>,
    class: &'static Class,
    net: &mut Net<PyProtocol>,
    code: impl FnOnce(&Bound<'py, PyAny>) -> PyResult<T>,
) -> PyResult<T> {
    let shared = SHARED.with(|shared| match shared.get() {
        Some(net) => Ok(net.clone_ref(py)),
        None => {
            let made = Py::new(py, PyNet { net: Lent::nothing() })?;
            Ok::<_, PyErr>(shared.get_or_init(|| made).clone_ref(py))
        }
    })?;
    let shared = shared.into_bound(py);
    // A handler may itself make a run.
    let (outer, outer_class) = (shared.get().net.set(from_mut(net)), CLASS.replace(Some(class)));
    let result = code(shared.as_any());
    shared.get().net.set(outer);
    CLASS.set(outer_class);
    result
}

/// What a node stores, encoded.
struct Encoded(Vec<u8>);

impl StoredBy<PyProtocol> for Encoded {
    fn encode(&self) -> Result<Vec<u8>, EncodeError> {
        Ok(self.0.clone())
    }
}

impl PyNet {
    /// The surroundings of the step that is being made.
    #[inline]
    #[expect(clippy::mut_from_ref, reason = "Python has no unique borrows; see below")]
    fn net(&self) -> PyResult<&mut Net<PyProtocol>> {
        let mut net =
            self.net.get("`net` belongs to one step: use it in the handler that it was given to, and do not keep it")?;
        // SAFETY: `lend` has set the pointer from a unique borrow which lasts until it sets another one.  Only the thread that did so
        // gets it here, and each method below uses it before it calls any Python code.
        #[expect(unsafe_code, reason = "a handler sees the surroundings of its step, which outlive no step")]
        Ok(unsafe { net.as_mut() })
    }

    fn class(&self) -> PyResult<&'static Class> {
        CLASS.get().ok_or_else(|| PyRuntimeError::new_err("`net` belongs to one step"))
    }

    #[inline]
    fn message(&self, msg: &Bound<'_, PyAny>) -> PyResult<PyMessage> {
        let class = self.class()?;
        match PyMessage::sent(class, msg)? {
            Some(msg) => Ok(msg),
            None => Err(no_rule(class, msg, "message", "on")),
        }
    }

    fn alarm(&self, alarm: &Bound<'_, PyAny>) -> PyResult<PyAlarm> {
        let class = self.class()?;
        match PyAlarm::set(class, alarm)? {
            Some(alarm) => Ok(alarm),
            None => Err(no_rule(class, alarm, "alarm", "when")),
        }
    }

    /// The port of that number, which the node has.
    fn own(&self, number: i64) -> PyResult<Port> {
        let port = port::of(number)?;
        let ends = self.net()?.in_ports().chain(self.net()?.ports()).map(|port| port.index() + 1).max().unwrap_or(0);
        if port.index() >= ends {
            return Err(PyIndexError::new_err(format!("there is no port {number}: this node has {ends} ports")));
        }
        Ok(port)
    }

    #[inline]
    fn send_any(&self, port: Port, msg: PyMessage) -> PyResult<()> {
        let net = self.net()?;
        if port != Port::SELF && !net.leads_out(port) {
            return Err(no_way_out(net, port));
        }
        net.send(port, msg);
        Ok(())
    }

    fn runs_on(&self, what: &str, classes: &[&str]) -> PyResult<()> {
        let class = self.class()?;
        let topology = &class.description.topology.name;
        if classes.iter().any(|known| known == topology) {
            return Ok(());
        }
        Err(PyTypeError::new_err(format!(
            "net.{what} needs a `{0}`: declare it, `@protocol(topology=\"{0}\")` on {1}, which runs on `{topology}`",
            classes[0], class.name
        )))
    }
}

#[cold]
fn no_way_out(net: &Net<PyProtocol>, port: Port) -> PyErr {
    let ends = net.in_ports().chain(net.ports()).map(|port| port.index() + 1).max().unwrap_or(0);
    if port.index() < ends {
        return PyIndexError::new_err(format!("the link at port {port} leads to this node: nothing can be sent into it"));
    }
    PyIndexError::new_err(format!("there is no port {port}: this node has {ends} ports"))
}

#[cold]
fn no_rule(class: &Class, value: &Bound<'_, PyAny>, what: &str, word: &str) -> PyErr {
    match value.cast::<PyType>() {
        Ok(kind) => {
            let name = kind.name().map_or_else(|_| what.to_owned(), |name| name.to_string());
            PyTypeError::new_err(format!("{name} is the class: send one of it, `{name}(..)`"))
        }
        Err(_) => {
            let name = value.get_type().name().map_or_else(|_| "this".to_owned(), |name| name.to_string());
            PyTypeError::new_err(format!("{} has no rule for {what} {name}: write `@{word}({name}, in_=..)`", class.name))
        }
    }
}

/// A time: seconds as a number, or a `timedelta`.
pub(crate) fn time(given: &Bound<'_, PyAny>) -> PyResult<Duration> {
    if given.is_instance_of::<PyDelta>() {
        return given.extract();
    }
    let seconds: f64 = given.extract().map_err(|_| wrong_time(given))?;
    Duration::try_from_secs_f64(seconds).map_err(|_| wrong_time(given))
}

fn wrong_time(given: &Bound<'_, PyAny>) -> PyErr {
    PyValueError::new_err(format!("{given} is not a time: write seconds, such as `0.25`, `millis(250)`, or a timedelta"))
}

/// How long an alarm waits: a time, or two between which one is drawn.
fn wait(given: &Bound<'_, PyAny>) -> PyResult<Wait> {
    let Ok(pair) = given.cast::<PyTuple>() else { return time(given).map(Wait::from) };
    let (low, high): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair.extract()?;
    let (low, high) = (time(&low)?, time(&high)?);
    if low > high {
        return Err(PyValueError::new_err(format!("an alarm in {low:?} to {high:?}: the range is empty")));
    }
    Ok(Wait::from(low..=high))
}

#[pymethods]
impl PyNet {
    #[getter]
    fn id(&self) -> PyResult<u64> {
        let class = self.class()?;
        if class.description.anonymous {
            return Err(PyTypeError::new_err(format!("{} is `anonymous`: its nodes know no ids of their own", class.name)));
        }
        Ok(self.net()?.id().0)
    }

    #[getter]
    fn size(&self) -> PyResult<usize> {
        let class = self.class()?;
        if !class.description.knows_size {
            return Err(PyTypeError::new_err(format!(
                "net.size needs `Size`: declare it, `@protocol(knows=\"size\")` on {}",
                class.name
            )));
        }
        Ok(self.net()?.size())
    }

    #[getter]
    fn degree(&self) -> PyResult<usize> {
        Ok(self.net()?.degree())
    }

    #[getter]
    fn ports(&self) -> PyResult<Vec<i64>> {
        Ok(self.net()?.ports().map(port::number).collect())
    }

    #[getter]
    fn in_ports(&self) -> PyResult<Vec<i64>> {
        Ok(self.net()?.in_ports().map(port::number).collect())
    }

    #[getter]
    fn input<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let class = self.class()?;
        if class.input.is_none() {
            return Err(PyTypeError::new_err(format!(
                "net.input: declare what nodes are given, `@protocol(input=int)` on {}",
                class.name
            )));
        }
        let input = self.net()?.input().clone();
        input.value(py)
    }

    #[getter]
    fn now(&self) -> PyResult<f64> {
        Ok(self.net()?.now().as_secs_f64())
    }

    fn id_of(&self, port: i64) -> PyResult<u64> {
        self.knows_ids("id_of")?;
        let port = self.own(port)?;
        Ok(self.net()?.id_of(port).0)
    }

    fn neighbour(&self, id: u64) -> PyResult<Option<i64>> {
        self.knows_ids("neighbour")?;
        Ok(self.net()?.neighbour(Id(id)).map(port::number))
    }

    fn weight(&self, port: i64) -> PyResult<f64> {
        let port = self.own(port)?;
        Ok(self.net()?.weight(port))
    }

    fn label(&self, port: i64) -> PyResult<Option<String>> {
        let port = self.own(port)?;
        Ok(self.net()?.label(port).map(|label| match label {
            PortLabel::Dimension(dimension) => format!("dimension {dimension}"),
            other => format!("{other:?}").to_lowercase(),
        }))
    }

    fn leads_out(&self, port: i64) -> PyResult<bool> {
        let port = port::of(port)?;
        Ok(self.net()?.leads_out(port))
    }

    /// From `low` to `high`, which may be drawn too.
    fn random<'py>(&self, py: Python<'py>, low: i128, high: i128) -> PyResult<Bound<'py, PyAny>> {
        if low > high {
            return Err(PyValueError::new_err(format!("net.random({low}, {high}): the range is empty")));
        }
        let net = self.net()?;
        if let (Ok(low), Ok(high)) = (i64::try_from(low), i64::try_from(high)) {
            return net.random(low..=high).into_bound_py_any(py);
        }
        let (Ok(low), Ok(high)) = (u64::try_from(low), u64::try_from(high)) else {
            return Err(PyValueError::new_err(format!("net.random({low}, {high}): a drawn integer has at most 64 bits")));
        };
        net.random(low..=high).into_bound_py_any(py)
    }

    /// The node's stream of random numbers, as a `random.Random`.
    #[getter]
    fn rng<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = this.py();
        // It asks this object for each number, and so is nobody's when no step is made.
        STREAM.with(|stream| match stream.get() {
            Some(stream) => Ok(stream.bind(py).clone()),
            None => {
                let made = py.import("distnodes._rng")?.getattr("Rng")?.call1((this,))?;
                Ok(stream.get_or_init(|| made.unbind()).bind(py).clone())
            }
        })
    }

    #[inline]
    fn send(&self, port: &Bound<'_, PyAny>, msg: &Bound<'_, PyAny>) -> PyResult<()> {
        let msg = self.message(msg)?;
        let Ok(number) = port.extract::<i64>() else {
            return Err(PyTypeError::new_err(format!(
                "net.send({port}, ..): a port is a number; to several ports sends `net.send_to`"
            )));
        };
        self.send_any(port::of(number)?, msg)
    }

    fn send_to(&self, ports: Vec<i64>, msg: &Bound<'_, PyAny>) -> PyResult<()> {
        let msg = self.message(msg)?;
        for port in ports {
            self.send_any(port::of(port)?, msg.clone())?;
        }
        Ok(())
    }

    fn send_to_all(&self, msg: &Bound<'_, PyAny>) -> PyResult<()> {
        let msg = self.message(msg)?;
        self.net()?.send_to_all(msg);
        Ok(())
    }

    fn send_to_all_except(&self, except: &Bound<'_, PyAny>, msg: &Bound<'_, PyAny>) -> PyResult<()> {
        let msg = self.message(msg)?;
        let except = match except.extract::<i64>() {
            Ok(one) => Ports::from(port::of(one)?),
            Err(_) if except.is_none() => Ports::None,
            Err(_) => except.try_iter()?.map(|each| port::read(&each?)).collect::<PyResult<Ports>>()?,
        };
        self.net()?.send_to_all_except(except, msg);
        Ok(())
    }

    fn send_random(&self, msg: &Bound<'_, PyAny>) -> PyResult<()> {
        let msg = self.message(msg)?;
        self.net()?.send_random(msg);
        Ok(())
    }

    fn send_to_self(&self, msg: &Bound<'_, PyAny>) -> PyResult<()> {
        let msg = self.message(msg)?;
        self.net()?.send_to_self(msg);
        Ok(())
    }

    fn send_other_way(&self, sender: i64, msg: &Bound<'_, PyAny>) -> PyResult<()> {
        self.runs_on("send_other_way", &["Ring", "OrientedRing"])?;
        let msg = self.message(msg)?;
        let sender = self.own(sender)?;
        self.net()?.send_other_way(sender, msg);
        Ok(())
    }

    #[getter]
    fn left(&self) -> PyResult<i64> {
        self.runs_on("left", &["OrientedRing"])?;
        Ok(port::number(self.net()?.left()))
    }

    #[getter]
    fn right(&self) -> PyResult<i64> {
        self.runs_on("right", &["DirectedRing", "OrientedRing"])?;
        Ok(port::number(self.net()?.right()))
    }

    fn dimension(&self, d: usize) -> PyResult<i64> {
        self.runs_on("dimension", &["Hypercube"])?;
        let degree = self.net()?.degree();
        if d >= degree {
            return Err(PyIndexError::new_err(format!("there is no dimension {d}: this hypercube has {degree}")));
        }
        Ok(port::number(self.net()?.dimension(d)))
    }

    fn set_alarm(&self, after: &Bound<'_, PyAny>, alarm: &Bound<'_, PyAny>) -> PyResult<()> {
        let (after, alarm) = (wait(after)?, self.alarm(alarm)?);
        self.net()?.set_alarm(after, alarm);
        Ok(())
    }

    fn restart(&self, after: &Bound<'_, PyAny>, alarm: &Bound<'_, PyAny>) -> PyResult<()> {
        let (after, alarm) = (wait(after)?, self.alarm(alarm)?);
        let net = self.net()?;
        net.cancel_tag(alarm.tag);
        net.set_alarm(after, alarm);
        Ok(())
    }

    fn cancel(&self, alarm: &Bound<'_, PyType>) -> PyResult<()> {
        let class = self.class()?;
        let tag = class.alarms.iter().position(|known| known.class.is(alarm));
        let tag = tag.ok_or_else(|| PyTypeError::new_err(format!("{} has no rule for alarm {alarm}", class.name)))?;
        self.net()?.cancel_tag(tag as u8);
        Ok(())
    }

    fn store(&self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let class = self.class()?;
        let Some(schema) = &class.stored else {
            return Err(PyTypeError::new_err(format!(
                "net.store(..): nothing takes it up after a crash: write `@recover def back(self, saved: .., net)` in {}",
                class.name
            )));
        };
        schema.check("net.store(..)", value)?;
        let bytes =
            postcard::to_allocvec(&Typed { schema, value }).map_err(|cause| PyValueError::new_err(cause.to_string()))?;
        self.net()?.store(&Encoded(bytes));
        Ok(())
    }

    fn log(&self, line: &Bound<'_, PyAny>) -> PyResult<()> {
        let line = line.str()?.to_string();
        self.net()?.log(line);
        Ok(())
    }

    fn report(&self, name: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let text: String = value.py().import("json")?.call_method1("dumps", (value,))?.extract()?;
        let value: serde_json::Value =
            serde_json::from_str(&text).map_err(|cause| PyValueError::new_err(format!("report(..): {cause}")))?;
        self.net()?.report(name, value);
        Ok(())
    }

    fn __repr__(&self) -> String {
        match CLASS.get() {
            Some(class) => format!("<net of a node of {}>", class.name),
            None => "<net of a step that is over>".to_owned(),
        }
    }
}

impl PyNet {
    fn knows_ids(&self, what: &str) -> PyResult<()> {
        let class = self.class()?;
        if class.description.knows_neighbour_ids {
            return Ok(());
        }
        let name = class.name;
        Err(PyTypeError::new_err(format!(
            "net.{what} needs `NeighbourIds`: declare it, `@protocol(knows=\"neighbour_ids\")` on {name}"
        )))
    }
}
