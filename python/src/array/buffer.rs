//! Python's buffer protocol: the memory of an array of NumPy's.

#![expect(unsafe_code, reason = "PyO3's own buffers take no array without dimensions")]

use core::ffi::{CStr, c_char};
use core::mem::MaybeUninit;

use pyo3::ffi;
use pyo3::prelude::*;

/// What an array says of its memory, which it keeps for as long.
pub(super) struct Memory(Box<ffi::Py_buffer>);

impl Memory {
    /// # Errors
    /// If its elements are of a type that buffers do not have.
    pub(super) fn of(array: &Bound<'_, PyAny>) -> PyResult<Self> {
        let mut view = Box::new(MaybeUninit::<ffi::Py_buffer>::uninit());
        // SAFETY: the view is written if 0 is returned.
        unsafe {
            if ffi::PyObject_GetBuffer(array.as_ptr(), view.as_mut_ptr(), ffi::PyBUF_FULL_RO) != 0 {
                return Err(PyErr::fetch(array.py()));
            }
            Ok(Memory(view.assume_init()))
        }
    }

    /// The type of its elements, as `struct` writes it.
    pub(super) fn format(&self) -> &[u8] {
        if self.0.format.is_null() {
            return b"B";
        }
        // SAFETY: it is a text that lives as long as the view.
        unsafe { CStr::from_ptr(self.0.format) }.to_bytes()
    }

    pub(super) fn item_size(&self) -> usize {
        self.0.itemsize as usize
    }

    /// How many bytes its elements take.
    pub(super) fn bytes(&self) -> usize {
        self.0.len as usize
    }

    pub(super) fn shape(&self) -> &[ffi::Py_ssize_t] {
        match self.0.shape.is_null() {
            true => &[],
            // SAFETY: it has a length for each dimension.
            false => unsafe { core::slice::from_raw_parts(self.0.shape, self.0.ndim as usize) },
        }
    }

    pub(super) fn is_read_only(&self) -> bool {
        self.0.readonly != 0
    }

    /// Its elements, if they lie one after the other, by rows, in this machine's order of bytes.
    pub(super) fn by_rows(&self) -> Option<&[u8]> {
        // SAFETY: the view is one, and so has as many bytes as it says, where it says.
        unsafe {
            if self.format().starts_with(b">") || ffi::PyBuffer_IsContiguous(&raw const *self.0, b'C' as c_char) == 0 {
                return None;
            }
            Some(match self.bytes() {
                0 => &[],
                bytes => core::slice::from_raw_parts(self.0.buf.cast(), bytes),
            })
        }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: it was filled, and is released once; whoever has looked at an array is attached to the interpreter.
        unsafe { ffi::PyBuffer_Release(&raw mut *self.0) };
    }
}
