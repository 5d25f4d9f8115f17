//! How far a run is, said to a Python function now and then.

use core::ops::ControlFlow;
use core::time::Duration;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use pyo3::prelude::*;

/// The pause between two calls of the function.
const PAUSE: Duration = Duration::from_millis(100);

/// Calls a function with how far a run is: a text, and how many steps are done of how many, if that is known.
#[derive(Clone)]
pub(crate) struct Meter {
    function: Option<Arc<Py<PyAny>>>,
    due: Instant,
    /// What the function has raised; after that it is called no more.
    raised: Arc<Mutex<Option<PyErr>>>,
}

impl Meter {
    /// A meter for that function; without one, nothing is said.
    pub(crate) fn new(function: Option<Py<PyAny>>) -> Self {
        Meter { function: function.map(Arc::new), due: now(), raised: Arc::default() }
    }

    /// Says it, if it is time for that.  The run is to end if the function raises.
    pub(crate) fn say(&mut self, text: impl FnOnce() -> String, steps: Option<(u64, u64)>) -> ControlFlow<()> {
        let Some(function) = self.function.as_ref().filter(|_| now() >= self.due) else { return ControlFlow::Continue(()) };
        self.due = now() + PAUSE;
        match Python::attach(|py| function.call1(py, (text(), steps))) {
            Ok(_) => ControlFlow::Continue(()),
            Err(raised) => {
                self.function = None;
                self.raised.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(raised);
                ControlFlow::Break(())
            }
        }
    }

    /// What the function has raised, once.
    ///
    /// # Errors
    /// That.
    pub(crate) fn raised(&self) -> PyResult<()> {
        self.raised.lock().unwrap_or_else(PoisonError::into_inner).take().map_or(Ok(()), Err)
    }
}

#[expect(clippy::disallowed_methods, reason = "how long a run takes is shown, and changes nothing")]
fn now() -> Instant {
    Instant::now()
}
