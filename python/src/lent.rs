//! Something of Rust's that Python code may use for a while: a step's surroundings, a world that is being looked at.

use core::ptr::{NonNull, null_mut};
use core::sync::atomic::{AtomicPtr, Ordering};

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

thread_local! {
    /// Its address tells threads apart.
    static MARK: u8 = const { 0 };
}

fn this_thread() -> usize {
    MARK.with(|mark| core::ptr::from_ref(mark).addr())
}

/// A pointer that is set while something is lent, for the thread that made it.
pub(crate) struct Lent<T> {
    pointer: AtomicPtr<T>,
    thread: usize,
}

/// While it is there, something is lent; also if what it is lent to unwinds.
pub(crate) struct Until<'a, T> {
    lent: &'a Lent<T>,
    before: *mut T,
}

impl<T> Drop for Until<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.lent.pointer.store(self.before, Ordering::Relaxed);
    }
}

impl<T> Lent<T> {
    /// Nothing is lent yet.
    pub(crate) fn nothing() -> Self {
        Lent { pointer: AtomicPtr::new(null_mut()), thread: this_thread() }
    }

    /// Lends that until what comes back is dropped, which is before the pointer ends; then what was lent before is lent again.
    #[inline]
    pub(crate) fn lend(&self, lent: *mut T) -> Until<'_, T> {
        let before = self.pointer.load(Ordering::Relaxed);
        self.pointer.store(lent, Ordering::Relaxed);
        Until { lent: self, before }
    }

    /// What is lent.
    ///
    /// # Errors
    /// That sentence, if nothing is, or another thread asks.
    #[inline]
    pub(crate) fn get(&self, else_what: &'static str) -> PyResult<NonNull<T>> {
        match NonNull::new(self.pointer.load(Ordering::Relaxed)) {
            Some(pointer) if self.thread == this_thread() => Ok(pointer),
            _ => Err(PyRuntimeError::new_err(else_what)),
        }
    }
}
