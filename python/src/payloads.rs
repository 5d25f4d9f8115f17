//! Where a test asks for it: what is sent, comes and is handled is shown to `distnodes._payloads`, which finds out who changes an array
//! that was sent.

use core::cell::{Cell, RefCell};

use pyo3::prelude::*;

thread_local! {
    /// What looks after the payloads of the run on this thread.
    static WATCH: RefCell<Option<Py<PyAny>>> = const { RefCell::new(None) };
    /// Whether there is one: looked up at each message.
    static IS_WATCHED: Cell<bool> = const { Cell::new(false) };
}

/// From now on, that looks after payloads on this thread; nothing if it is None.  What did before.
#[pyfunction]
#[pyo3(signature = (watch))]
pub(crate) fn watch_payloads(watch: Option<Py<PyAny>>) -> Option<Py<PyAny>> {
    IS_WATCHED.set(watch.is_some());
    WATCH.replace(watch)
}

/// Lets the watch look, if there is one.
#[inline]
fn look<'py>(py: Python<'py>, look: impl FnOnce(&Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>>) -> PyResult<()> {
    if !IS_WATCHED.get() {
        return Ok(());
    }
    let watch = WATCH.with_borrow(|watch| watch.as_ref().map(|watch| watch.bind(py).clone()));
    watch.map_or(Ok(()), |watch| look(&watch).map(drop))
}

/// That is sent, as its receivers get it.
#[inline]
pub(crate) fn sent(message: &Bound<'_, PyAny>) -> PyResult<()> {
    look(message.py(), |watch| watch.call_method1("sent", (message,)))
}

/// That is about to be handled.
///
/// # Errors
/// If it is not what was sent.
#[inline]
pub(crate) fn came(message: &Bound<'_, PyAny>) -> PyResult<()> {
    look(message.py(), |watch| watch.call_method1("came", (message,)))
}

/// A method of a node has handled something.
///
/// # Errors
/// If something that was sent is not what it was.
#[inline]
pub(crate) fn handled(node: &Bound<'_, PyAny>, method: &str) -> PyResult<()> {
    look(node.py(), |watch| watch.call_method1("handled", (node, method)))
}
