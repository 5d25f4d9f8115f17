//! What a program sees of a simulated run while it goes on, through functions of its own: they change nothing of it.

use core::time::Duration;

use nodes::network::{Delay, Happening, Observer, Sent, UNIT};
use nodes::protocol::{FlagValue as _, WorldView};
use nodes::run::{AnyFinished, Prepared};
use nodes::topology::{NodeIndex, Port};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::failure::{has_raised, leave};
use crate::protocol::PyProtocol;
use crate::world::show;

/// What is wanted of a run: a function that looks at the world, with the time from one look to the next, if there is more to it than
/// the first and the last; and one that is told what nodes report.
#[derive(FromPyObject)]
pub(crate) struct Wanted {
    evaluate: Option<Py<PyAny>>,
    every: Option<String>,
    on_report: Option<Py<PyAny>>,
}

/// Calls these functions.
pub(crate) struct Follower {
    evaluate: Option<Py<PyAny>>,
    /// The time between two looks; `None`: there are only the first and the last.
    every: Option<Duration>,
    on_report: Option<Py<PyAny>>,
    /// When the next look is due.
    due: Duration,
    /// Whether something has happened since the last.
    has_changed: bool,
    now: Duration,
    messages: u64,
    bytes: u64,
    /// What the document's times are in, in seconds.
    unit: f64,
}

impl Follower {
    /// Of that run; `None` if nothing is wanted.
    ///
    /// # Errors
    /// If what is wanted cannot be had.
    pub(crate) fn of(wanted: Wanted, prepared: &Prepared, is_class: bool) -> PyResult<Option<Self>> {
        let Wanted { evaluate, every, on_report } = wanted;
        if evaluate.is_none() && on_report.is_none() {
            return Ok(None);
        }
        if evaluate.is_some() && !is_class {
            let what = "`evaluate` looks at nodes, and those of the catalogue's algorithms are no Python objects";
            return Err(PyValueError::new_err(what));
        }
        let every = every.map(|text| match Duration::parse(&text) {
            Some(every) if !every.is_zero() => Ok(every),
            _ => {
                Err(PyValueError::new_err(format!("`every`: `{text}` is no time above 0; write seconds, `0.5`, or \"500ms\"")))
            }
        });
        let every = every.transpose()?;
        Ok(Some(Follower {
            evaluate,
            every,
            on_report,
            due: every.unwrap_or(Duration::MAX),
            has_changed: false,
            now: Duration::ZERO,
            messages: 0,
            bytes: 0,
            unit: match prepared.delay.unwrap_or_default() {
                Delay::Unit => UNIT.as_secs_f64(),
                _ => 1.0,
            },
        }))
    }

    /// Looks at the world as it is at that time.
    fn look(&self, seconds: f64, world: &dyn WorldView) -> PyResult<()> {
        let (Some(evaluate), Some(world)) = (&self.evaluate, world.of::<PyProtocol>()) else { return Ok(()) };
        let Some(class) = world.nodes().next().map(|node| node.protocol().class()) else { return Ok(()) };
        Python::attach(|py| {
            show(py, class, world, |shown| evaluate.bind(py).call1((shown, seconds, self.messages, self.bytes)).map(drop))
        })
    }

    /// The run has ended; a handler that raised has left nothing to look at.
    ///
    /// # Errors
    /// What the function raises.
    pub(crate) fn end(self, finished: &AnyFinished) -> PyResult<()> {
        match &finished.world {
            Some(world) if finished.failed.is_none() && !has_raised() => {
                let end = finished.document.time.virtual_time.unwrap_or_default() * self.unit;
                if self.has_changed && self.due.as_secs_f64() < end {
                    self.look(self.due.as_secs_f64(), world.view())?;
                }
                self.look(end, world.view())
            }
            _ => Ok(()),
        }
    }
}

/// A run's clock counts nanoseconds in 64 bits.
fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

impl Observer for Follower {
    fn begun(&mut self, world: &dyn WorldView) {
        self.look(0.0, world).unwrap_or_else(|raised| leave(raised));
    }

    fn sent(&mut self, sent: &Sent<'_>) {
        if sent.port != Port::SELF {
            self.messages += 1;
            self.bytes += sent.length;
        }
    }

    fn before(&mut self, now: Duration, _node: NodeIndex, _happening: &Happening<'_>, world: &dyn WorldView) {
        self.now = now;
        if let Some(every) = self.every
            && now > self.due
        {
            if self.has_changed {
                self.look(self.due.as_secs_f64(), world).unwrap_or_else(|raised| leave(raised));
            }
            // What happens at the time of a look belongs to it.
            let looks = nanos(now).div_ceil(nanos(every));
            self.due = Duration::from_nanos(looks.saturating_mul(nanos(every)));
        }
        self.has_changed = true;
    }

    fn reported(&mut self, node: NodeIndex, name: &str, value: &serde_json::Value) {
        let Some(function) = &self.on_report else { return };
        let told = Python::attach(|py| {
            let value = py.import("json")?.call_method1("loads", (value.to_string(),))?;
            function.bind(py).call1((self.now.as_secs_f64(), node.index(), name, value)).map(drop)
        });
        told.unwrap_or_else(|raised| leave(raised));
    }
}
