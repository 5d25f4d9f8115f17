//! Random numbers that a handler draws from what all nodes of a process share, so that no seed makes the run again.

use core::sync::atomic::{AtomicU32, Ordering};

use pyo3::prelude::*;

use crate::class::{Class, Handler};

/// How often a handler was called.
#[derive(Default)]
pub(crate) struct Calls(AtomicU32);

/// Calls a handler.  In its first call, the second, the fourth and so on, which costs nothing in the long run, it is looked whether a
/// generator moves that is not the node's own.
///
/// # Errors
/// What the handler raises, or the warning, where warnings are errors.
#[inline]
pub(crate) fn watched<T>(py: Python<'_>, class: &Class, handler: &Handler, call: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    // Without a lock: a call that is not counted changes nothing.
    let calls = handler.calls.0.load(Ordering::Relaxed).wrapping_add(1);
    handler.calls.0.store(calls, Ordering::Relaxed);
    if calls.is_power_of_two() { looked_at(py, class, handler, call) } else { call() }
}

#[cold]
fn looked_at<T>(py: Python<'_>, class: &Class, handler: &Handler, call: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    let looks = py.import("distnodes._randomness")?;
    let before = looks.call_method0("states")?;
    let done = call()?;
    looks.call_method1("warn_if_moved", (before, class.name, handler.name, &handler.call.code))?;
    Ok(done)
}
