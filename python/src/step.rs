//! The step that is being made on this thread, which handlers in Python reach through their `net`.

use core::cell::OnceCell;
use core::ptr::{NonNull, from_mut};

use nodes::Net;
use nodes::topology::Port;
use pyo3::exceptions::{PyIndexError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::PyType;

use crate::class::Class;
use crate::lent::Lent;
use crate::message::{PyAlarm, PyMessage};
use crate::net::PyNet;
use crate::port;
use crate::protocol::PyProtocol;

thread_local! {
    /// The object that handlers on this thread are given.
    static SHARED: OnceCell<Py<PyNet>> = const { OnceCell::new() };
}

/// A step.
pub(crate) struct Step<'a> {
    net: NonNull<Net<PyProtocol>>,
    pub(crate) class: &'static Class,
    /// The message that is being handled.
    came: Option<&'a PyMessage>,
}

/// Lends a step to a piece of Python code: that of a node of the class, which handles that message, if it handles one.
#[inline]
pub(crate) fn lend<'py, T>(
    py: Python<'py>,
    class: &'static Class,
    came: Option<&PyMessage>,
    net: &mut Net<PyProtocol>,
    code: impl FnOnce(&Bound<'py, PyAny>) -> PyResult<T>,
) -> PyResult<T> {
    SHARED.with(|shared| {
        let shared = match shared.get() {
            Some(shared) => shared,
            None => {
                let made = Py::new(py, PyNet { step: Lent::nothing() })?;
                shared.get_or_init(|| made)
            }
        };
        let mut step = Step { net: NonNull::from(net), class, came };
        // A handler may itself make a run.
        let _until = shared.get().step.lend(from_mut(&mut step).cast());
        code(shared.bind(py).as_any())
    })
}

impl Step<'_> {
    /// The node's view of its surroundings, and its outbox.
    #[inline]
    #[expect(clippy::mut_from_ref, reason = "Python has no unique borrows; see below")]
    pub(crate) fn net(&self) -> &mut Net<PyProtocol> {
        let mut net = self.net;
        // SAFETY: `lend` has made the pointer of a unique borrow that outlives the step.  Only the thread that makes the step gets here,
        // and what is borrowed is used before any Python code is called, which might come here again.
        #[expect(unsafe_code, reason = "a handler sees the surroundings of its step, which outlive no step")]
        unsafe {
            net.as_mut()
        }
    }

    /// What a handler sends.
    ///
    /// # Errors
    /// If the class has no rule for it, or a field's value is not of its type.
    #[inline]
    pub(crate) fn message(&self, msg: &Bound<'_, PyAny>) -> PyResult<PyMessage> {
        match PyMessage::sent(self.class, msg, self.came)? {
            Some(msg) => Ok(msg),
            None => Err(no_rule(self.class, msg, "message", "on")),
        }
    }

    /// What a handler sets.
    ///
    /// # Errors
    /// As [`Step::message`].
    pub(crate) fn alarm(&self, alarm: &Bound<'_, PyAny>) -> PyResult<PyAlarm> {
        match PyAlarm::set(self.class, alarm)? {
            Some(alarm) => Ok(alarm),
            None => Err(no_rule(self.class, alarm, "alarm", "when")),
        }
    }

    /// What a handler sets that rings with what is being computed.
    ///
    /// # Errors
    /// If the class has no rule for it.
    pub(crate) fn pending_alarm(&self, alarm: &Bound<'_, PyAny>, pending: &Bound<'_, PyAny>) -> PyResult<PyAlarm> {
        match PyAlarm::pending(self.class, alarm, pending) {
            Some(alarm) => Ok(alarm),
            None => Err(no_rule(self.class, alarm, "alarm", "when")),
        }
    }

    /// The port of that number, which the node has.
    #[inline]
    pub(crate) fn own(&self, number: i64) -> PyResult<Port> {
        let (port, net) = (port::of(number)?, self.net());
        if net.leads_out(port) || net.in_ports().any(|own| own == port) {
            return Ok(port);
        }
        Err(no_way_out(net, port))
    }

    /// Sends through that port.
    #[inline]
    pub(crate) fn send(&self, port: Port, msg: PyMessage) -> PyResult<()> {
        let net = self.net();
        if port != Port::SELF && !net.leads_out(port) {
            return Err(no_way_out(net, port));
        }
        net.send(port, msg);
        Ok(())
    }

    /// Refuses what only nodes on such graphs can do.
    #[inline]
    pub(crate) fn runs_on(&self, what: &str, classes: &[&str]) -> PyResult<()> {
        let topology = &*self.class.description.topology.name;
        if classes.contains(&topology) {
            return Ok(());
        }
        Err(PyTypeError::new_err(format!(
            "net.{what} needs a `{0}`: declare it, `@protocol(topology=\"{0}\")` on {1}, which runs on `{topology}`",
            classes[0], self.class.name
        )))
    }

    /// Refuses what only nodes can do that know the ids of their neighbours.
    pub(crate) fn knows_ids(&self, what: &str) -> PyResult<()> {
        if self.class.description.knows_neighbour_ids {
            return Ok(());
        }
        let name = self.class.name;
        Err(PyTypeError::new_err(format!(
            "net.{what} needs the neighbours' ids: declare it, `@protocol(knows=(\"neighbour_ids\",))` on {name}"
        )))
    }
}

#[cold]
fn no_way_out(net: &Net<PyProtocol>, port: Port) -> PyErr {
    let ends = net.in_ports().chain(net.ports()).map(|port| port.index() + 1).max().unwrap_or(0);
    if port.index() < ends {
        return PyIndexError::new_err(format!("the link at port {port} leads to this node: nothing can be sent into it"));
    }
    let ports = if ends == 1 { "port" } else { "ports" };
    PyIndexError::new_err(format!("there is no port {port}: this node has {ends} {ports}"))
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
