//! DLPack, by which libraries hand tensors to each other: a struct in a capsule.
//!
//! What is read is read while its library keeps it; what is made has memory of its own, which its library gives back.

#![expect(unsafe_code, reason = "the layout of DLPack's structs, and the life of a capsule, are agreed on in C")]

use core::ffi::{CStr, c_void};
use core::ptr::{NonNull, null_mut};
use std::sync::Mutex;

use pyo3::exceptions::{PyBufferError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict};

use super::element::Element;

/// A capsule of that name has a tensor that no library has taken yet.
const NAME: &CStr = c"dltensor";

/// Main memory.
const CPU: i32 = 1;
/// Main memory that a device can reach: pinned by CUDA, by ROCm.
const PINNED: [i32; 2] = [3, 11];

/// The type of elements.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DataType {
    pub(crate) code: u8,
    pub(crate) bits: u8,
    pub(crate) lanes: u16,
}

#[repr(C)]
struct Device {
    kind: i32,
    number: i32,
}

#[repr(C)]
struct Tensor {
    data: *mut c_void,
    device: Device,
    dimensions: i32,
    element: DataType,
    shape: *mut i64,
    /// In elements; null if each follows the one before.
    strides: *mut i64,
    byte_offset: u64,
}

#[repr(C)]
struct Managed {
    tensor: Tensor,
    context: *mut c_void,
    deleter: Option<unsafe extern "C" fn(*mut Managed)>,
}

/// Where a tensor lies, if that is no main memory: the number of the kind of device, and of the device.
pub(super) fn device(value: &Bound<'_, PyAny>) -> PyResult<Option<(i32, i32)>> {
    let (kind, number): (i32, i32) = value.call_method0(pyo3::intern!(value.py(), "__dlpack_device__"))?.extract()?;
    Ok((kind != CPU && !PINNED.contains(&kind)).then_some((kind, number)))
}

/// A tensor without what is not data: the record of how its gradient is found.
pub(super) fn detached<'py>(value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    match value.getattr_opt(pyo3::intern!(value.py(), "detach"))? {
        Some(detach) => detach.call0(),
        None => Ok(value.clone()),
    }
}

/// Lets code read the elements of a tensor in main memory, one after the other, by rows.
pub(super) fn read<T>(value: &Bound<'_, PyAny>, code: impl FnOnce(&[u8]) -> PyResult<T>) -> PyResult<T> {
    let wrong = |what: &str| PyBufferError::new_err(format!("its `__dlpack__` gives {what}"));
    let given = detached(value)?.call_method0(pyo3::intern!(value.py(), "__dlpack__"))?;
    let capsule = given.cast::<PyCapsule>().map_err(|_| wrong("no capsule"))?;
    let managed = capsule.pointer_checked(Some(NAME)).map_err(|_| wrong("no tensor"))?.cast::<Managed>();
    // SAFETY: a capsule of that name holds such a struct, which lives as long as the capsule: nobody else takes it meanwhile.
    let tensor = unsafe { &managed.as_ref().tensor };
    let dimensions = usize::try_from(tensor.dimensions).map_err(|_| wrong("a negative number of dimensions"))?;
    let element = Element::of_dlpack(tensor.element).ok_or_else(|| wrong("elements of an unknown type"))?;
    // SAFETY: the shape, and the strides if there are any, have an entry for each dimension.
    let numbers = |of: *mut i64| match NonNull::new(of) {
        Some(of) if dimensions > 0 => unsafe { core::slice::from_raw_parts(of.as_ptr(), dimensions) },
        _ => &[],
    };
    let (shape, strides) = (numbers(tensor.shape), numbers(tensor.strides));
    let lengths = shape.iter().map(|length| u64::try_from(*length)).collect::<Result<Vec<_>, _>>();
    let lengths = lengths.map_err(|_| wrong("a negative length"))?;
    let bytes = element.bytes(&lengths).ok_or_else(|| wrong("a shape that is too large"))?;
    if bytes == 0 {
        return code(&[]);
    }
    let start = tensor.data.cast::<u8>().wrapping_add(tensor.byte_offset as usize);
    if start.is_null() {
        return Err(wrong("no memory"));
    }
    if is_by_rows(shape, strides) {
        // SAFETY: the elements of a tensor of that shape, without gaps, take so many bytes from there on.
        return code(unsafe { core::slice::from_raw_parts(start, bytes) });
    }
    let mut whole = Vec::with_capacity(bytes);
    // SAFETY: `gather` reads the elements that shape and strides say there are.
    unsafe { gather(start, element.size(), shape, strides, &mut whole) };
    code(&whole)
}

/// Whether elements with those strides follow one another by rows.
fn is_by_rows(shape: &[i64], strides: &[i64]) -> bool {
    let mut due = 1;
    strides.is_empty()
        || shape.iter().zip(strides).rev().all(|(length, stride)| {
            let fits = *length == 1 || *stride == due;
            due *= length;
            fits
        })
}

/// Appends elements by rows.
///
/// # Safety
/// From `start` on lie elements of that size, in that shape, by those strides.
unsafe fn gather(start: *const u8, size: usize, shape: &[i64], strides: &[i64], to: &mut Vec<u8>) {
    let (Some((length, shape)), Some((stride, strides))) = (shape.split_first(), strides.split_first()) else {
        // SAFETY: an element lies there.
        to.extend_from_slice(unsafe { core::slice::from_raw_parts(start, size) });
        return;
    };
    for place in 0..*length {
        let part = start.wrapping_offset((place * stride) as isize * size as isize);
        // SAFETY: each part has the rest of the shape.
        unsafe { gather(part, size, shape, strides, to) };
    }
}

/// Memory as libraries like it: a cache line is not shared.
#[repr(C, align(64))]
#[derive(Clone, Copy)]
struct Line([u8; 64]);

/// A tensor with memory of its own.
struct Owned {
    managed: Managed,
    shape: Vec<i64>,
    lines: Vec<Line>,
}

// SAFETY: it owns what its pointers point to, and is handed on as a whole.
unsafe impl Send for Owned {}

/// What a library makes a tensor of, once: by its `from_dlpack`.
#[pyclass(name = "Exported", module = "distnodes", frozen)]
pub(super) struct PyExported(Mutex<Option<Box<Owned>>>);

impl PyExported {
    /// A copy of elements that lie by rows.
    pub(super) fn new(element: &'static Element, shape: &[u64], bytes: &[u8]) -> Self {
        let mut lines: Vec<Line> = Vec::with_capacity(bytes.len().div_ceil(size_of::<Line>()).max(1));
        // SAFETY: there is room for so many bytes, and they are written where nothing lies yet.
        unsafe {
            core::ptr::copy_nonoverlapping(bytes.as_ptr(), lines.as_mut_ptr().cast::<u8>(), bytes.len());
        }
        let shape = shape.iter().map(|length| *length as i64).collect::<Vec<_>>();
        let tensor = Tensor {
            data: lines.as_mut_ptr().cast(),
            device: Device { kind: CPU, number: 0 },
            dimensions: shape.len() as i32,
            element: element.dlpack(),
            shape: null_mut(),
            strides: null_mut(),
            byte_offset: 0,
        };
        let mut owned =
            Box::new(Owned { managed: Managed { tensor, context: null_mut(), deleter: Some(delete) }, shape, lines });
        owned.managed.tensor.shape = owned.shape.as_mut_ptr();
        PyExported(Mutex::new(Some(owned)))
    }
}

#[pymethods]
impl PyExported {
    /// The tensor; which stream waits for it, and which version is asked for, does not matter here.
    #[pyo3(signature = (**_how))]
    fn __dlpack__<'py>(&self, py: Python<'py>, _how: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        let owned = self.0.lock().ok().and_then(|mut owned| owned.take());
        let owned = owned.ok_or_else(|| PyValueError::new_err("a library has taken it already"))?;
        let owned = Box::into_raw(owned);
        // SAFETY: the pointer is that of a box, which whoever takes the struct out of the capsule gives back by `delete`, or the
        // capsule itself if nobody does.
        unsafe {
            (*owned).managed.context = owned.cast();
            let managed = &raw mut (*owned).managed;
            let capsule = ffi::PyCapsule_New(managed.cast(), NAME.as_ptr(), Some(forget));
            if capsule.is_null() {
                drop(Box::from_raw(owned));
            }
            Bound::from_owned_ptr_or_err(py, capsule)
        }
    }

    fn __dlpack_device__(&self) -> (i32, i32) {
        (CPU, 0)
    }
}

/// Gives the memory back.
unsafe extern "C" fn delete(managed: *mut Managed) {
    // SAFETY: it was made by `__dlpack__`, and is deleted once.
    unsafe {
        let owned = Box::from_raw((*managed).context.cast::<Owned>());
        debug_assert!(owned.lines.capacity() > 0);
    }
}

/// The capsule goes; its tensor too, if no library has taken it.
unsafe extern "C" fn forget(capsule: *mut ffi::PyObject) {
    // SAFETY: it is called with the capsule, as the last to look at it.
    unsafe {
        if ffi::PyCapsule_IsValid(capsule, NAME.as_ptr()) == 1 {
            delete(ffi::PyCapsule_GetPointer(capsule, NAME.as_ptr()).cast());
        }
    }
}
