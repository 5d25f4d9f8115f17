//! Where a test asks for it: what is sent, comes and is handled is shown to `distnodes._payloads`, which finds out who changes an array
//! that was sent.

use core::cell::RefCell;
use core::sync::atomic::{AtomicUsize, Ordering};

use pyo3::prelude::*;

thread_local! {
    /// What looks after the payloads of the run on this thread.
    static WATCH: RefCell<Option<Py<PyAny>>> = const { RefCell::new(None) };
}

/// How many threads have one: asked at each message, which no thread's own variable is quick enough for.
static WATCHES: AtomicUsize = AtomicUsize::new(0);

/// From now on, that looks after payloads on this thread; nothing if it is None.  What did before.
#[pyfunction]
#[pyo3(signature = (watch))]
pub(crate) fn watch_payloads(watch: Option<Py<PyAny>>) -> Option<Py<PyAny>> {
    WATCHES.fetch_add(usize::from(watch.is_some()), Ordering::Relaxed);
    let before = WATCH.replace(watch);
    WATCHES.fetch_sub(usize::from(before.is_some()), Ordering::Relaxed);
    before
}

/// Lets the watch look, if there is one.
#[inline]
fn look<'py>(py: Python<'py>, look: impl FnOnce(&Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>>) -> PyResult<()> {
    if WATCHES.load(Ordering::Relaxed) == 0 {
        return Ok(());
    }
    shown(py, look)
}

#[cold]
#[inline(never)]
fn shown<'py>(py: Python<'py>, look: impl FnOnce(&Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>>) -> PyResult<()> {
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
