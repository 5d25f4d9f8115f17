//! What goes wrong in the user's code, on its way through the engines to who made the run.

use core::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use pyo3::exceptions::PyException;
use pyo3::prelude::*;

thread_local! {
    /// What the user's code has raised last: an engine sees only its text.
    static RAISED: RefCell<Option<PyErr>> = const { RefCell::new(None) };
    /// Whether this thread is in [`leavable`].
    static LEAVABLE: Cell<bool> = const { Cell::new(false) };
    /// Why it is left.
    static LEFT: RefCell<Option<PyErr>> = const { RefCell::new(None) };
}

/// That is wrong; the engine is told so in its own way.
pub(crate) fn note(error: PyErr) {
    RAISED.set(Some(error));
}

/// The user's code has raised that: the engine sees a handler that panics, unless it is no error, such as Ctrl-C.
pub(crate) fn fail(py: Python<'_>, error: PyErr) -> ! {
    if LEAVABLE.get() && !error.is_instance_of::<PyException>(py) {
        leave(error);
    }
    let text = in_words(py, &error);
    note(error);
    // Nothing is printed: this is no bug of ours.
    resume_unwind(Box::new(text))
}

/// Ends the engine that runs on this thread, within [`leavable`], whatever it is at.
pub(crate) fn leave(why: PyErr) -> ! {
    LEFT.set(Some(why));
    nodes::run::leave()
}

/// Lets an engine do its work on this thread, which Ctrl-C may end at any time.
///
/// # Errors
/// What ended it.
pub(crate) fn leavable<T>(engine: impl FnOnce() -> T) -> PyResult<T> {
    drop(take_raised());
    let outer = LEAVABLE.replace(true);
    let done = catch_unwind(AssertUnwindSafe(engine));
    LEAVABLE.set(outer);
    done.map_err(|panic| LEFT.take().unwrap_or_else(|| resume_unwind(panic)))
}

/// Leaves if Ctrl-C was pressed: for times in which no code of the user's runs, which would see it.
pub(crate) fn look_for_signals() {
    if let Err(interrupted) = Python::attach(|py| py.check_signals()) {
        leave(interrupted);
    }
}

/// What the user's code has raised in this run, if it has.
pub(crate) fn take_raised() -> Option<PyErr> {
    RAISED.take()
}

/// Whether it has.
pub(crate) fn has_raised() -> bool {
    RAISED.with_borrow(Option::is_some)
}

/// What a node that is a process of its own says of what the user's code has raised, for `distnodes._raised`.
pub(crate) fn report() -> Option<String> {
    let raised = take_raised()?;
    Python::attach(|py| {
        let module = py.import("distnodes._raised");
        // Only an owned value has its traceback.
        let told = module.and_then(|module| module.call_method1("told", (raised.into_value(py),))?.extract());
        Some(told.unwrap_or_else(|error| in_words(py, &error)))
    })
}

/// The error in one line, with where it was raised.
fn in_words(py: Python<'_>, error: &PyErr) -> String {
    let name = error.get_type(py).name().map_or_else(|_| "an error".to_owned(), |name| name.to_string());
    let place = place_of(py, error).map(|place| format!(" at {place}")).unwrap_or_default();
    format!("{name}: {}{place}", error.value(py))
}

/// `file.py:33 in Class.method`, of the innermost frame.
fn place_of(py: Python<'_>, error: &PyErr) -> Option<String> {
    let mut frame = error.traceback(py)?.into_any();
    loop {
        let next = frame.getattr("tb_next").ok()?;
        if next.is_none() {
            break;
        }
        frame = next;
    }
    let code = frame.getattr("tb_frame").ok()?.getattr("f_code").ok()?;
    let file: String = code.getattr("co_filename").ok()?.extract().ok()?;
    let name: String = code.getattr("co_qualname").ok()?.extract().ok()?;
    let line: usize = frame.getattr("tb_lineno").ok()?.extract().ok()?;
    // Without the function in which the class stands.
    let name = name.rsplit("<locals>.").next().unwrap_or_default();
    Some(format!("{file}:{line} in {name}"))
}
