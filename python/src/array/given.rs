//! Arrays that are handed over without a copy: `nodes.give`.

use pyo3::exceptions::{PyBufferError, PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyWeakrefReference};

use super::{Kind, detached, ndarray};

/// The memory of an array that was given: read only, whatever becomes of the array.
#[pyclass(name = "Frozen", module = "distnodes", frozen)]
pub(super) struct PyFrozen(Py<PyAny>);

#[pymethods]
impl PyFrozen {
    #[expect(unsafe_code, reason = "the buffer protocol of CPython")]
    unsafe fn __getbuffer__(&self, py: Python<'_>, view: *mut ffi::Py_buffer, flags: core::ffi::c_int) -> PyResult<()> {
        if flags & ffi::PyBUF_WRITABLE == ffi::PyBUF_WRITABLE {
            return Err(PyBufferError::new_err("an array that was given cannot be changed any more"));
        }
        // SAFETY: the caller gives a view to be filled; what is asked for is asked of the array, which releases it.
        unsafe {
            if ffi::PyObject_GetBuffer(self.0.as_ptr(), view, flags) != 0 {
                return Err(PyErr::fetch(py));
            }
            (*view).readonly = 1;
        }
        Ok(())
    }
}

/// The tensors that were given and are still there, by their addresses: a weak reference to each.
static TENSORS: PyOnceLock<Py<PyDict>> = PyOnceLock::new();

/// Whether the elements of that array of NumPy's can never change: a snapshot, an array that was given, or a part of one.
pub(super) fn is_frozen(array: &Bound<'_, PyAny>, class: &Bound<'_, PyAny>) -> PyResult<bool> {
    let py = array.py();
    let mut owner = array.clone();
    while owner.get_type().is(class) {
        // One that was unpickled can be changed, and has bytes as its memory all the same.
        if owner.getattr(pyo3::intern!(py, "flags"))?.getattr(pyo3::intern!(py, "writeable"))?.is_truthy()? {
            return Ok(false);
        }
        owner = owner.getattr(pyo3::intern!(py, "base"))?;
    }
    Ok(owner.is_exact_instance_of::<PyBytes>() || owner.is_instance_of::<PyFrozen>())
}

/// Whether that tensor was given.
pub(super) fn is_given(tensor: &Bound<'_, PyAny>) -> PyResult<bool> {
    let Some(tensors) = TENSORS.get(tensor.py()) else { return Ok(false) };
    let known = tensors.bind(tensor.py()).get_item(tensor.as_ptr().addr())?;
    let known = known.and_then(|known| known.cast_into::<PyWeakrefReference>().ok()?.upgrade());
    Ok(known.is_some_and(|known| known.is(tensor)))
}

/// Hands an array over: it is sent without a copy, and is not to be changed any more.  An array of NumPy's cannot be.
#[pyfunction]
pub(crate) fn give<'py>(array: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = array.py();
    match Kind::of(array)? {
        None => {
            let name = array.get_type().name()?;
            Err(PyTypeError::new_err(format!("nodes.give(..): a {name} is neither an array of NumPy's nor a tensor")))
        }
        Some(Kind::NumPy) => freeze(array),
        Some(Kind::Tensor) => {
            let tensor = detached(array)?;
            let tensors = TENSORS.get_or_init(py, || PyDict::new(py).unbind()).bind(py);
            let address = tensor.as_ptr().addr();
            let pop = py.import("functools")?.getattr("partial")?.call1((tensors.getattr("pop")?, address))?;
            tensors.set_item(address, PyWeakrefReference::new_with(&tensor, pop)?)?;
            Ok(tensor)
        }
    }
}

fn freeze<'py>(array: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = array.py();
    let Some(class) = ndarray(py)? else { return Ok(array.clone()) };
    if is_frozen(array, class)? {
        return Ok(array.clone());
    }
    let refused = |why: &str| Err(PyValueError::new_err(format!("nodes.give(..): {why}")));
    if !array.getattr("base")?.is_none() {
        return refused(
            "the array is a view, and what it is a view of could still be changed; give that, or send the view, of which a copy is made",
        );
    }
    let flags = array.getattr("flags")?;
    if !flags.getattr("c_contiguous")?.is_truthy()? {
        return refused("the array does not lie in memory row by row; give `numpy.ascontiguousarray(..)` of it");
    }
    super::Seen::of(array, None)?;
    flags.setattr("writeable", false)?;
    let memory = Bound::new(py, PyFrozen(array.clone().unbind()))?;
    class.call1((array.getattr("shape")?, array.getattr("dtype")?, memory))
}
