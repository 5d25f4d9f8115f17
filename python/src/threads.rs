//! Engines that need no interpreter, on their threads, while this one waits for them.

use core::time::Duration;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};

use pyo3::prelude::*;

/// How often this thread looks for Ctrl-C.
const STEP: Duration = Duration::from_millis(50);

/// What stays on this thread.
struct Here<T>(T);

// SAFETY: `detached` runs its code on the thread that calls it; nothing goes to another one.
#[expect(unsafe_code, reason = "PyO3 asks for `Send` in place of \"holds nothing of Python's\"")]
unsafe impl<T> Send for Here<T> {}

/// Runs code while other threads may run Python.
pub(crate) fn detached<T>(py: Python<'_>, code: impl FnOnce() -> T) -> T {
    let code = Here(code);
    let Here(done) = py.detach(move || {
        let code = code;
        Here((code.0)())
    });
    done
}

/// Runs an engine on a thread of its own; Ctrl-C sets `over`, which the engine looks at.
///
/// # Errors
/// What a signal has raised.
pub(crate) fn beside<T: Send>(py: Python<'_>, over: &AtomicBool, engine: impl FnOnce() -> T + Send) -> PyResult<T> {
    let (ends, ended) = channel::<()>();
    std::thread::scope(|scope| {
        let engine = scope.spawn(move || {
            // Goes when the engine has ended, however.
            let _ends = ends;
            engine()
        });
        let mut interrupted = Ok(());
        while detached(py, || ended.recv_timeout(STEP)) == Err(RecvTimeoutError::Timeout) {
            if interrupted.is_ok() {
                interrupted = py.check_signals();
                over.store(interrupted.is_err(), Ordering::Relaxed);
            }
        }
        let done = detached(py, || engine.join()).unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        interrupted.map(|()| done)
    })
}
