//! Instances of messages, alarms and data, made without calling a function in Python: a handler makes one for most of what it sends.
//!
//! CPython lets a class say by which function it is called, but not through its limited interface: a package that is built for that
//! leaves the class to its `__init__`, which does the same.

use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};

/// Lets instances of a class be made here, if they are given their fields by place and all of them; else its `__init__` is called.
///
/// Both do the same.  The class has slots of those names, and no `__init__` or `__new__` of the user's.
#[pyfunction]
pub(crate) fn made_quickly(class: &Bound<'_, PyType>, fields: Vec<Bound<'_, PyString>>) -> PyResult<()> {
    #[cfg(not(Py_LIMITED_API))]
    quick::install(class, fields)?;
    #[cfg(Py_LIMITED_API)]
    let _ = (class, fields);
    Ok(())
}

#[cfg(not(Py_LIMITED_API))]
pub(crate) use self::quick::Maker;

#[cfg(not(Py_LIMITED_API))]
mod quick {
    #![expect(unsafe_code, reason = "the calling convention of CPython for classes")]

    use core::ptr::null_mut;
    use core::sync::atomic::{AtomicPtr, Ordering};

    use pyo3::ffi;
    use pyo3::prelude::*;
    use pyo3::types::{PyString, PyType};

    use crate::slot::Slot;

    /// What makes the instances of a class.  It lives as long as the program, and keeps its class as long: there are few.
    #[derive(Debug)]
    pub(crate) struct Maker {
        class: Py<PyType>,
        slots: Vec<Slot>,
        /// Whether an instance is nothing but its fields.
        is_plain: bool,
        /// An instance without fields that nobody has, or null: the next one is made of it.
        spare: AtomicPtr<ffi::PyObject>,
    }

    /// How Python code keeps one, as an attribute of its class.
    #[pyclass(frozen)]
    struct PyMaker(&'static Maker);

    const ATTRIBUTE: &str = "__nodes_maker__";

    /// Those that were used last, each at a place that follows from the address of its class: makers never change, and are never freed.
    static USED: [AtomicPtr<Maker>; 64] = [const { AtomicPtr::new(null_mut()) }; 64];

    pub(super) fn install(class: &Bound<'_, PyType>, fields: Vec<Bound<'_, PyString>>) -> PyResult<()> {
        let Some(slots): Option<Vec<Slot>> = fields.iter().map(|name| Slot::of(class, name)).collect() else { return Ok(()) };
        let size = |of: &Bound<'_, PyType>, what: &str| of.getattr(what)?.extract::<isize>();
        let fields = size(class, "__basicsize__")? - size(&class.py().get_type::<PyAny>(), "__basicsize__")?;
        let is_plain = fields == (slots.len() * size_of::<*mut ffi::PyObject>()) as isize
            && size(class, "__dictoffset__")? == 0
            && size(class, "__weakrefoffset__")? == 0
            && !class.hasattr("__del__")?;
        let maker = Maker { class: class.clone().unbind(), slots, is_plain, spare: AtomicPtr::new(null_mut()) };
        class.setattr(ATTRIBUTE, PyMaker(Box::leak(Box::new(maker))))?;
        // SAFETY: the class is a heap type that nobody calls at the same time, since we are attached to the interpreter; the function
        // keeps to the convention.
        unsafe { (*class.as_type_ptr()).tp_vectorcall = Some(make) };
        Ok(())
    }

    impl Maker {
        /// That of a class, if it has one.
        pub(crate) fn of(class: &Bound<'_, PyType>) -> Option<&'static Self> {
            // SAFETY: the class is alive.
            unsafe { maker_of(class.as_ptr()) }.filter(|maker| maker.class.is(class))
        }

        /// A new instance, whose fields are still missing; null with an exception if there is no memory.
        ///
        /// # Safety
        /// We are attached to the interpreter.
        #[inline]
        unsafe fn bare(&self) -> *mut ffi::PyObject {
            let spare = self.spare.load(Ordering::Relaxed);
            self.spare.store(null_mut(), Ordering::Relaxed);
            // SAFETY: what is spare is an instance, and the reference to it was ours.  What walks over all objects may have found it.
            unsafe {
                if !spare.is_null() && ffi::Py_REFCNT(spare) == 1 {
                    return spare;
                }
                ffi::Py_XDECREF(spare);
                ffi::PyType_GenericAlloc(self.class.as_ptr().cast(), 0)
            }
        }

        /// Takes back an instance: if nobody else has it, the next one is made of it.
        #[inline]
        pub(crate) fn take_back(&self, instance: Bound<'_, PyAny>) {
            let instance = instance.into_ptr();
            // SAFETY: the reference to the instance is ours.  If it is the only one, nobody sees that the instance loses its fields, each of
            // which is out of it before it is given up, which may call code of the user's.
            unsafe {
                let is_ours = ffi::Py_REFCNT(instance) == 1 && ffi::Py_TYPE(instance) == self.class.as_ptr().cast();
                if !(is_ours && self.is_plain && self.spare.load(Ordering::Relaxed).is_null()) {
                    return ffi::Py_DECREF(instance);
                }
                for slot in &self.slots {
                    ffi::Py_XDECREF(slot.within(instance).replace(null_mut()));
                }
                // What was given up may have left another one here meanwhile.
                let another = self.spare.load(Ordering::Relaxed);
                self.spare.store(instance, Ordering::Relaxed);
                ffi::Py_XDECREF(another);
            }
        }
    }

    /// The maker of a class for which it was installed.
    unsafe fn maker_of(class: *mut ffi::PyObject) -> Option<&'static Maker> {
        let used = &USED[(class.addr() >> 4) % USED.len()];
        // SAFETY: only makers are put there, which are never freed.
        if let Some(maker) = unsafe { used.load(Ordering::Acquire).as_ref() }
            && maker.class.as_ptr() == class
        {
            return Some(maker);
        }
        // SAFETY: we are called by the interpreter, with a class that is alive.
        let class = unsafe { Bound::from_borrowed_ptr(Python::assume_attached(), class) };
        let found = class.getattr(ATTRIBUTE).ok()?;
        let maker = found.cast::<PyMaker>().ok()?.get().0;
        used.store(core::ptr::from_ref(maker).cast_mut(), Ordering::Release);
        Some(maker)
    }

    /// Makes an instance: what calling the class does.
    unsafe extern "C" fn make(
        class: *mut ffi::PyObject,
        given: *const *mut ffi::PyObject,
        count: usize,
        names: *mut ffi::PyObject,
    ) -> *mut ffi::PyObject {
        // SAFETY: by the convention, `class` is what is called, and `given` has `count` objects and one for each of the names, all alive.
        // An instance is of the class whose slots these are, and has nothing there yet.
        unsafe {
            let count = ffi::PyVectorcall_NARGS(count) as usize;
            let Some(maker) = maker_of(class).filter(|maker| names.is_null() && maker.slots.len() == count) else {
                return by_its_init(class, given, count, names);
            };
            let made = maker.bare();
            if made.is_null() {
                return made;
            }
            for (place, slot) in maker.slots.iter().enumerate() {
                slot.within(made).write(ffi::Py_NewRef(*given.add(place)));
            }
            made
        }
    }

    /// The same by the class's `__init__`, which knows defaults and names, and says what is wrong.
    unsafe fn by_its_init(
        class: *mut ffi::PyObject,
        given: *const *mut ffi::PyObject,
        count: usize,
        names: *mut ffi::PyObject,
    ) -> *mut ffi::PyObject {
        // SAFETY: as in `make`; what is built here is given up again, and each null comes with an exception.
        unsafe {
            let placed = ffi::PyTuple_New(count as ffi::Py_ssize_t);
            if placed.is_null() {
                return null_mut();
            }
            for place in 0..count {
                let value = *given.add(place);
                ffi::Py_INCREF(value);
                ffi::PyTuple_SetItem(placed, place as ffi::Py_ssize_t, value);
            }
            let mut named = null_mut();
            if !names.is_null() {
                named = ffi::PyDict_New();
                for place in 0..ffi::PyTuple_Size(names) {
                    let name = ffi::PyTuple_GetItem(names, place);
                    if named.is_null() || ffi::PyDict_SetItem(named, name, *given.add(count + place as usize)) != 0 {
                        ffi::Py_DECREF(placed);
                        ffi::Py_XDECREF(named);
                        return null_mut();
                    }
                }
            }
            let made = match ffi::PyType_Type.tp_call {
                Some(call) => call(class, placed, named),
                None => null_mut(),
            };
            ffi::Py_DECREF(placed);
            ffi::Py_XDECREF(named);
            made
        }
    }
}
