//! `Net`, as handlers in Python see it.

use core::cell::OnceCell;
use core::time::Duration;

use nodes::Id;
use nodes::protocol::codec::EncodeError;
use nodes::protocol::{
    DirectedRingPrimitives as _, HypercubePrimitives as _, OrientedRingPrimitives as _, Ports, RingPrimitives as _, StoredBy,
    Wait,
};
use nodes::topology::PortLabel;
use pyo3::IntoPyObjectExt as _;
use pyo3::exceptions::{PyIndexError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDelta, PyDict, PyTuple, PyType};

use crate::lent::Lent;
use crate::port;
use crate::protocol::PyProtocol;
use crate::schema::Typed;
use crate::step::Step;

thread_local! {
    /// What the `rng` of this thread's net is.
    static STREAM: OnceCell<Py<PyAny>> = const { OnceCell::new() };
}

/// A node's view of its surroundings, and the outbox of a step.
#[pyclass(name = "Net", module = "distnodes", frozen)]
pub(crate) struct PyNet {
    /// The step that is being made.
    pub(crate) step: Lent<Step<'static>>,
}

/// What a node stores, encoded.
struct Encoded(Vec<u8>);

impl StoredBy<PyProtocol> for Encoded {
    fn encode(&self) -> Result<Vec<u8>, EncodeError> {
        Ok(self.0.clone())
    }
}

impl PyNet {
    #[inline]
    fn step(&self) -> PyResult<&Step<'_>> {
        let step =
            self.step.get("`net` belongs to one step: use it in the handler that it was given to, and do not keep it")?;
        // SAFETY: `lend` has set the pointer to a step that is there until it sets another one; only the thread that did so gets it here,
        // from methods that are called, and return, while the step is made.
        #[expect(unsafe_code, reason = "a handler sees its step while it is called, and no longer")]
        Ok(unsafe { step.cast().as_ref() })
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
        let step = self.step()?;
        let class = step.class;
        if class.description.anonymous {
            return Err(PyTypeError::new_err(format!("{} is `anonymous`: its nodes know no ids of their own", class.name)));
        }
        Ok(step.net().id().0)
    }

    #[getter]
    fn size(&self) -> PyResult<usize> {
        let step = self.step()?;
        let class = step.class;
        if !class.description.knows_size {
            return Err(PyTypeError::new_err(format!(
                "net.size needs the number of nodes: declare it, `@protocol(knows=(\"size\",))` on {}",
                class.name
            )));
        }
        Ok(step.net().size())
    }

    #[getter]
    fn degree(&self) -> PyResult<usize> {
        Ok(self.step()?.net().degree())
    }

    #[getter]
    fn ports(&self) -> PyResult<Vec<i64>> {
        Ok(self.step()?.net().ports().map(port::number).collect())
    }

    #[getter]
    fn in_ports(&self) -> PyResult<Vec<i64>> {
        Ok(self.step()?.net().in_ports().map(port::number).collect())
    }

    #[getter]
    fn input<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let step = self.step()?;
        let class = step.class;
        if class.input.is_none() {
            return Err(PyTypeError::new_err(format!(
                "net.input: declare what nodes are given, `@protocol(input=int)` on {}",
                class.name
            )));
        }
        let input = step.net().input().clone();
        input.value(py)
    }

    #[getter]
    fn now(&self) -> PyResult<f64> {
        Ok(self.step()?.net().now().as_secs_f64())
    }

    fn id_of(&self, port: i64) -> PyResult<u64> {
        let step = self.step()?;
        step.knows_ids("id_of")?;
        let port = step.own(port)?;
        Ok(step.net().id_of(port).0)
    }

    fn neighbour(&self, id: u64) -> PyResult<Option<i64>> {
        let step = self.step()?;
        step.knows_ids("neighbour")?;
        Ok(step.net().neighbour(Id(id)).map(port::number))
    }

    fn weight(&self, port: i64) -> PyResult<f64> {
        let step = self.step()?;
        let port = step.own(port)?;
        Ok(step.net().weight(port))
    }

    fn label(&self, port: i64) -> PyResult<Option<String>> {
        let step = self.step()?;
        let port = step.own(port)?;
        Ok(step.net().label(port).map(|label| match label {
            PortLabel::Dimension(dimension) => format!("dimension {dimension}"),
            other => format!("{other:?}").to_lowercase(),
        }))
    }

    fn leads_out(&self, port: i64) -> PyResult<bool> {
        let port = port::of(port)?;
        Ok(self.step()?.net().leads_out(port))
    }

    /// From `low` to `high`, which may be drawn too.
    fn random<'py>(&self, py: Python<'py>, low: i128, high: i128) -> PyResult<Bound<'py, PyAny>> {
        if low > high {
            return Err(PyValueError::new_err(format!("net.random({low}, {high}): the range is empty")));
        }
        let net = self.step()?.net();
        if let (Ok(low), Ok(high)) = (i64::try_from(low), i64::try_from(high)) {
            return net.random(low..=high).into_bound_py_any(py);
        }
        let (Ok(low), Ok(high)) = (u64::try_from(low), u64::try_from(high)) else {
            return Err(PyValueError::new_err(format!("net.random({low}, {high}): a drawn integer has at most 64 bits")));
        };
        net.random(low..=high).into_bound_py_any(py)
    }

    /// That many random bits.
    #[pyo3(signature = (count = 32))]
    fn bits(&self, count: u32) -> PyResult<u64> {
        if !(1..=64).contains(&count) {
            return Err(PyValueError::new_err(format!("net.bits({count}): write how many bits, from 1 to 64")));
        }
        Ok(self.step()?.net().random(0..=u64::MAX >> (64 - count)))
    }

    /// A generator of NumPy, whose seed is drawn.
    fn generator<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let seed = (self.bits(64)?, self.bits(64)?);
        py.import("numpy.random")?.getattr("default_rng")?.call1((seed,))
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
        let step = self.step()?;
        let msg = step.message(msg)?;
        let Ok(number) = port.extract::<i64>() else {
            return Err(PyTypeError::new_err(format!(
                "net.send({port}, ..): a port is a number; to several ports sends `net.send_to`"
            )));
        };
        step.send(port::of(number)?, msg)
    }

    fn send_to(&self, ports: Vec<i64>, msg: &Bound<'_, PyAny>) -> PyResult<()> {
        let step = self.step()?;
        let msg = step.message(msg)?;
        for port in ports {
            step.send(port::of(port)?, msg.clone())?;
        }
        Ok(())
    }

    fn send_to_all(&self, msg: &Bound<'_, PyAny>) -> PyResult<()> {
        let step = self.step()?;
        let msg = step.message(msg)?;
        step.net().send_to_all(msg);
        Ok(())
    }

    fn send_to_all_except(&self, except: &Bound<'_, PyAny>, msg: &Bound<'_, PyAny>) -> PyResult<()> {
        let step = self.step()?;
        let msg = step.message(msg)?;
        let except = match except.extract::<i64>() {
            Ok(one) => Ports::from(port::of(one)?),
            Err(_) if except.is_none() => Ports::None,
            Err(_) => except.try_iter()?.map(|each| port::read(&each?)).collect::<PyResult<Ports>>()?,
        };
        step.net().send_to_all_except(except, msg);
        Ok(())
    }

    fn send_random(&self, msg: &Bound<'_, PyAny>) -> PyResult<()> {
        let step = self.step()?;
        let msg = step.message(msg)?;
        step.net().send_random(msg);
        Ok(())
    }

    fn send_to_self(&self, msg: &Bound<'_, PyAny>) -> PyResult<()> {
        let step = self.step()?;
        let msg = step.message(msg)?;
        step.net().send_to_self(msg);
        Ok(())
    }

    fn send_other_way(&self, sender: i64, msg: &Bound<'_, PyAny>) -> PyResult<()> {
        let step = self.step()?;
        if !step.class.has_other_way {
            step.runs_on("send_other_way", &["Ring", "OrientedRing"])?;
        }
        let msg = step.message(msg)?;
        let sender = step.own(sender)?;
        step.net().send_other_way(sender, msg);
        Ok(())
    }

    #[getter]
    fn left(&self) -> PyResult<i64> {
        let step = self.step()?;
        step.runs_on("left", &["OrientedRing"])?;
        Ok(port::number(step.net().left()))
    }

    #[getter]
    fn right(&self) -> PyResult<i64> {
        let step = self.step()?;
        step.runs_on("right", &["DirectedRing", "OrientedRing"])?;
        Ok(port::number(step.net().right()))
    }

    fn dimension(&self, d: usize) -> PyResult<i64> {
        let step = self.step()?;
        step.runs_on("dimension", &["Hypercube"])?;
        let degree = step.net().degree();
        if d >= degree {
            return Err(PyIndexError::new_err(format!("there is no dimension {d}: this hypercube has {degree}")));
        }
        Ok(port::number(step.net().dimension(d)))
    }

    fn set_alarm(&self, after: &Bound<'_, PyAny>, alarm: &Bound<'_, PyAny>) -> PyResult<()> {
        let step = self.step()?;
        let (after, alarm) = (wait(after)?, step.alarm(alarm)?);
        step.net().set_alarm(after, alarm);
        Ok(())
    }

    fn restart(&self, after: &Bound<'_, PyAny>, alarm: &Bound<'_, PyAny>) -> PyResult<()> {
        let step = self.step()?;
        let (after, alarm) = (wait(after)?, step.alarm(alarm)?);
        let net = step.net();
        net.cancel_tag(alarm.tag);
        net.set_alarm(after, alarm);
        Ok(())
    }

    fn cancel(&self, alarm: &Bound<'_, PyType>) -> PyResult<()> {
        let step = self.step()?;
        let class = step.class;
        let tag = class.alarms.iter().position(|known| known.class.is(alarm));
        let tag = tag.ok_or_else(|| PyTypeError::new_err(format!("{} has no rule for alarm {alarm}", class.name)))?;
        step.net().cancel_tag(tag as u8);
        Ok(())
    }

    #[pyo3(signature = (function, /, *arguments, **keywords))]
    fn compute<'py>(
        this: &Bound<'py, Self>,
        function: &Bound<'py, PyAny>,
        arguments: &Bound<'py, PyTuple>,
        keywords: Option<Bound<'py, PyDict>>,
    ) -> PyResult<()> {
        let py = this.py();
        let keywords = keywords.unwrap_or_else(|| PyDict::new(py));
        let begun = py.import("distnodes._compute")?.call_method1("begin", (this, function, arguments, keywords))?;
        let (after, alarm, pending): (Bound<'py, PyAny>, Bound<'py, PyAny>, Bound<'py, PyAny>) = begun.extract()?;
        let step = this.get().step()?;
        let (after, alarm) = (wait(&after)?, step.pending_alarm(&alarm, &pending)?);
        step.net().set_alarm(after, alarm);
        Ok(())
    }

    #[getter]
    fn speed(&self, py: Python<'_>) -> PyResult<f64> {
        let node = self.step()?.net().node().index();
        py.import("distnodes._compute")?.call_method1("speed_of", (node,))?.extract()
    }

    fn store(&self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let step = self.step()?;
        let class = step.class;
        let Some(schema) = &class.stored else {
            return Err(PyTypeError::new_err(format!(
                "net.store(..): nothing takes it up after a crash: write `@recover def back(self, saved: .., net)` in {}",
                class.name
            )));
        };
        schema.check("net.store(..)", value)?;
        let bytes =
            postcard::to_allocvec(&Typed::new(schema, value)).map_err(|cause| PyValueError::new_err(cause.to_string()))?;
        step.net().store(&Encoded(bytes));
        Ok(())
    }

    fn log(&self, line: &Bound<'_, PyAny>) -> PyResult<()> {
        let line = line.str()?.to_string();
        self.step()?.net().log(line);
        Ok(())
    }

    fn report(&self, name: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let text: String = value.py().import("json")?.call_method1("dumps", (value,))?.extract()?;
        let value: serde_json::Value =
            serde_json::from_str(&text).map_err(|cause| PyValueError::new_err(format!("report(..): {cause}")))?;
        self.step()?.net().report(name, value);
        Ok(())
    }

    fn __repr__(&self) -> String {
        match self.step() {
            Ok(step) => format!("<net of a node of {}>", step.class.name),
            Err(_) => "<net of a step that is over>".to_owned(),
        }
    }
}
