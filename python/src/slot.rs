//! Where instances of a class keep their fields.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};

/// Where instances of a class with `__slots__` keep a field: its distance from their beginning, in bytes.
///
/// CPython says so, but not through its limited interface: a package that is built for that asks for each field by its name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot(usize);

impl Slot {
    /// That of the field of that name; `None` if it is not known.
    #[cfg(not(Py_LIMITED_API))]
    #[expect(unsafe_code, reason = "what describes a slot is a structure of CPython")]
    pub(crate) fn of(class: &Bound<'_, PyType>, name: &Bound<'_, PyString>) -> Option<Self> {
        let descriptor = class.getattr(name).ok()?;
        // SAFETY: the descriptor is of the type that CPython has for this structure, which points to one that lives as long.
        let member = unsafe {
            if descriptor.get_type_ptr() != &raw mut ffi::PyMemberDescr_Type {
                return None;
            }
            *(*descriptor.as_ptr().cast::<ffi::PyMemberDescrObject>()).d_member
        };
        let is_object = member.type_code == ffi::Py_T_OBJECT_EX && member.flags == 0;
        usize::try_from(member.offset).ok().filter(|_| is_object).map(Slot)
    }

    #[cfg(Py_LIMITED_API)]
    pub(crate) fn of(_: &Bound<'_, PyType>, _: &Bound<'_, PyString>) -> Option<Self> {
        None
    }

    /// Where that instance keeps it.
    ///
    /// # Safety
    /// The instance is of the class whose slot this is.
    #[inline]
    #[expect(unsafe_code, reason = "a place in an object")]
    pub(crate) unsafe fn within(self, instance: *mut ffi::PyObject) -> *mut *mut ffi::PyObject {
        // SAFETY: each instance of the class has room there for a reference.
        unsafe { instance.byte_add(self.0).cast() }
    }
}
