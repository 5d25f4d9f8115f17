//! A piece of the user's code, and what it takes.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyString;

/// A function of the user, and what it takes.
pub(crate) struct Call {
    pub(crate) code: Py<PyAny>,
    pub(crate) takes: Takes,
}

/// Something that a function may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Take {
    /// The message, or the alarm; in `@init`, the configuration; in `@recover`, what was stored.
    What,
    Sender,
    Net,
}

/// What a function takes besides the node, in its order.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Takes {
    parts: [Option<Take>; 3],
}

impl Takes {
    pub(crate) fn read(names: &Bound<'_, PyAny>) -> PyResult<Self> {
        let mut takes = Takes::default();
        for (name, part) in names.try_iter()?.zip(&mut takes.parts) {
            *part = Some(match name?.cast::<PyString>()?.to_str()? {
                "sender" => Take::Sender,
                "net" => Take::Net,
                _ => Take::What,
            });
        }
        Ok(takes)
    }
}

/// What there is to take in a step.
pub(crate) struct There<'a, 'py> {
    pub(crate) what: Option<&'a Bound<'py, PyAny>>,
    pub(crate) sender: i64,
    pub(crate) net: &'a Bound<'py, PyAny>,
}

impl Call {
    pub(crate) fn copied(&self, py: Python<'_>) -> Self {
        Call { code: self.code.clone_ref(py), takes: self.takes }
    }

    /// Calls it for a node.
    #[inline]
    #[expect(unsafe_code, reason = "the calling convention of CPython without a tuple for what a function is given")]
    pub(crate) fn call<'py>(&self, node: &Bound<'py, PyAny>, there: &There<'_, 'py>) -> PyResult<Bound<'py, PyAny>> {
        let py = node.py();
        let mut given = [node.as_ptr(), core::ptr::null_mut(), core::ptr::null_mut(), core::ptr::null_mut()];
        let mut count = 1;
        // It lives until the call is over.
        let mut sender = None;
        for part in self.takes.parts.iter().map_while(|part| *part) {
            given[count] = match part {
                Take::What => there.what.map_or_else(|| py.None().as_ptr(), |what| what.as_ptr()),
                Take::Sender => sender.insert(there.sender.into_pyobject(py)?.into_any()).as_ptr(),
                Take::Net => there.net.as_ptr(),
            };
            count += 1;
        }
        // SAFETY: all `count` objects are alive: the node, the message and the net are borrowed, None is always there, and `sender`
        // lives to the end of this function.  What comes back is ours, or null with an exception set.
        unsafe {
            let result = ffi::PyObject_Vectorcall(self.code.as_ptr(), given.as_ptr(), count, core::ptr::null_mut());
            Bound::from_owned_ptr_or_err(py, result)
        }
    }
}
