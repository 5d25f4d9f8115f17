//! Arrays and tensors as values: NumPy's by the buffer protocol, those of other libraries by DLPack.
//!
//! What is sent is a snapshot: a copy in memory of its own, which is shared by all who get it.  One of NumPy's is read only, and lies
//! in a `bytes`, so that nobody can make it writable again; what cannot change any more is not copied again.  A tensor has no such
//! state: its library makes it of memory that is ours.

mod buffer;
mod dlpack;
mod element;
mod given;
mod read;
mod text;

use core::hash::Hasher as _;
use std::sync::atomic::{AtomicBool, Ordering};

use nodes::protocol::codec::{self, DecodeError};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyTuple, PyType};
use serde::de::DeserializeSeed as _;
use siphasher::sip::SipHasher13;

use self::buffer::Memory;
use self::dlpack::{PyExported, detached, device};
pub(crate) use self::element::Element;
pub(crate) use self::given::give;
pub(crate) use self::read::ReadingArray;
pub(crate) use self::text::Listed;
use crate::schema::{Schema, Typed};

/// Whether this process is a node of a run: what its node sends leaves it.
static IS_NODE: AtomicBool = AtomicBool::new(false);

/// From now on, this process is a node of a run.
pub(crate) fn is_in_a_node() {
    IS_NODE.store(true, Ordering::Relaxed);
}

/// Which protocol reads an array.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    NumPy,
    Tensor,
}

/// What becomes of arrays where a value is copied.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrays {
    /// It is sent: they stay what they are now.
    Snapshot,
    /// It has come: they are shared, as nobody changes them.
    Share,
    /// It is a node's own, which may change them.
    Own,
}

/// NumPy's class of arrays, if NumPy is imported; it is never imported for this.
fn ndarray(py: Python<'_>) -> PyResult<Option<&Bound<'_, PyAny>>> {
    static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    if let Some(class) = CLASS.get(py) {
        return Ok(Some(class.bind(py)));
    }
    let modules = py.import("sys")?.getattr("modules")?;
    let numpy = modules.call_method1("get", ("numpy",))?;
    // While it is being imported, it may not have it yet.
    let Some(class) = numpy.getattr_opt("ndarray")? else { return Ok(None) };
    Ok(Some(CLASS.get_or_init(py, || class.unbind()).bind(py)))
}

impl Kind {
    /// `None` if it is no array.
    pub(crate) fn of(value: &Bound<'_, PyAny>) -> PyResult<Option<Self>> {
        let py = value.py();
        if let Some(class) = ndarray(py)?
            && value.is_instance(class)?
        {
            return Ok(Some(Kind::NumPy));
        }
        let is_tensor = value.get_type().hasattr(pyo3::intern!(py, "__dlpack__"))?;
        Ok(is_tensor.then_some(Kind::Tensor))
    }
}

/// What is known of an array without looking at its elements.
pub(crate) struct Seen {
    kind: Kind,
    /// The module that makes tensors of that kind; empty for NumPy.
    pub(crate) library: String,
    pub(crate) element: &'static Element,
    pub(crate) shape: Vec<u64>,
    /// How many bytes its elements take.
    pub(crate) bytes: usize,
}

impl Seen {
    /// Looks at a value that is to be an array, of that class if one is given.
    ///
    /// # Errors
    /// If it is none, or has no codec: a sentence that goes on behind the place where it stands.
    pub(crate) fn of(value: &Bound<'_, PyAny>, class: Option<&Py<PyType>>) -> PyResult<Self> {
        let py = value.py();
        if let Some(class) = class
            && !value.is_instance(class.bind(py))?
        {
            return Err(wrong("it is of another class"));
        }
        match Kind::of(value)? {
            None => Err(wrong("it is no array")),
            Some(Kind::NumPy) => Seen::of_numpy(value),
            Some(Kind::Tensor) => Seen::of_tensor(value),
        }
    }

    fn of_numpy(value: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = value.py();
        if !ndarray(py)?.is_some_and(|class| value.get_type().is(class)) {
            let name = value.get_type().name()?;
            return Err(wrong(&format!("a {name} may be more than its numbers; write `numpy.asarray(..)`")));
        }
        let memory = Memory::of(value).ok();
        let element = memory.as_ref().and_then(|memory| {
            // The other order of bytes is brought into this one when it is copied.
            Element::of_buffer(memory.format().strip_prefix(b">").unwrap_or(memory.format()), memory.item_size())
        });
        let (Some(memory), Some(element)) = (memory, element) else {
            let dtype = value.getattr("dtype")?;
            return Err(wrong(&format!("an array of {dtype} has no codec; numbers and bools have: write `.astype(float)`")));
        };
        let shape = memory.shape().iter().map(|length| *length as u64).collect();
        Ok(Seen { kind: Kind::NumPy, library: String::new(), element, shape, bytes: memory.bytes() })
    }

    fn of_tensor(value: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = value.py();
        let dtype = value.getattr(pyo3::intern!(py, "dtype"))?.str()?;
        let no_codec = || wrong(&format!("a tensor of {dtype} has no codec; real and complex numbers and bools have"));
        let element = Element::named(dtype.to_str()?).ok_or_else(no_codec)?;
        let shape: Vec<u64> = value.getattr(pyo3::intern!(py, "shape"))?.extract()?;
        let library = read::library_of(value)?.getattr("__name__")?.extract()?;
        let bytes = element.bytes(&shape).ok_or_else(no_codec)?;
        Ok(Seen { kind: Kind::Tensor, library, element, shape, bytes })
    }

    /// Lets code read its elements, one after the other, by rows.
    ///
    /// # Errors
    /// If they cannot be read: those of a tensor on a device.
    pub(crate) fn read<T>(&self, value: &Bound<'_, PyAny>, code: impl FnOnce(&[u8]) -> PyResult<T>) -> PyResult<T> {
        if self.kind == Kind::Tensor {
            return match device(value)? {
                None => dlpack::read(value, code),
                Some(device) => Err(on_device(value, device)),
            };
        }
        match Memory::of(value)?.by_rows() {
            Some(bytes) => code(bytes),
            None => code(by_rows(value)?.as_bytes()),
        }
    }

    /// As text, such as `float32[784, 10] #1f2e3d4c`: the hash follows from the elements.
    pub(crate) fn text(&self, value: &Bound<'_, PyAny>) -> String {
        let Seen { element, shape, .. } = self;
        match self.read(value, |bytes| Ok(hash(bytes))) {
            Ok(hash) => format!("{element}{shape:?} #{:08x}", hash >> 32),
            Err(_) => format!("{element}{shape:?} on a device"),
        }
    }
}

/// Its elements, by rows, in this machine's order of bytes.
fn by_rows<'py>(array: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    let dtype = array.getattr("dtype")?;
    let native = dtype.call_method1("newbyteorder", ("<",))?;
    let array = array.call_method1("astype", (native,))?;
    Ok(array.call_method0("tobytes")?.cast_into()?)
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = SipHasher13::new();
    hasher.write(bytes);
    hasher.finish()
}

/// A number that follows from the elements of an array, and changes with them.
#[pyfunction]
pub(crate) fn array_hash(array: &Bound<'_, PyAny>) -> PyResult<u64> {
    Seen::of(array, None)?.read(array, |bytes| Ok(hash(bytes)))
}

/// An array as the only field of a message is on the wire, behind the byte that tells the message's type.
#[pyfunction]
pub(crate) fn array_encoded<'py>(array: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    let refused = |cause: &dyn core::fmt::Display| PyValueError::new_err(cause.to_string());
    let encoded = postcard::to_allocvec(&(0_u8, Typed::new(&Schema::Array(None), array))).map_err(|cause| refused(&cause))?;
    Ok(PyBytes::new(array.py(), &encoded))
}

/// What [`array_encoded`] wrote.
#[pyfunction]
pub(crate) fn array_decoded<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let refused = |cause: DecodeError| PyValueError::new_err(cause.to_string());
    let mut reader = codec::Reader::new(bytes).map_err(refused)?;
    let read = ReadingArray { py, class: None }.deserialize(reader.fields());
    reader.end(read).map_err(refused)
}

/// An array as it is now, for those to whom it is sent.
pub(crate) fn snapshot<'py>(value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let seen = Seen::of(value, None)?;
    let py = value.py();
    if seen.kind == Kind::Tensor {
        return snapshot_of_tensor(value, &seen);
    }
    let Some(class) = ndarray(py)? else { return Ok(value.clone()) };
    let memory = Memory::of(value)?;
    let bytes = match memory.by_rows() {
        Some(_) if memory.is_read_only() && given::is_frozen(value, class)? => return Ok(value.clone()),
        Some(bytes) => PyBytes::new(py, bytes),
        None => by_rows(value)?,
    };
    seen.of_bytes(class, bytes)
}

impl Seen {
    /// An array of NumPy's of that memory, which cannot be changed.
    fn of_bytes<'py>(&self, class: &Bound<'py, PyAny>, bytes: Bound<'py, PyBytes>) -> PyResult<Bound<'py, PyAny>> {
        let shape = PyTuple::new(class.py(), &self.shape)?;
        class.call1((shape, self.element.name, bytes))
    }
}

fn snapshot_of_tensor<'py>(value: &Bound<'py, PyAny>, seen: &Seen) -> PyResult<Bound<'py, PyAny>> {
    if given::is_given(value)? {
        return Ok(value.clone());
    }
    if let Some(device) = device(value)? {
        if IS_NODE.load(Ordering::Relaxed) {
            return Err(on_device(value, device));
        }
        // There it stays.
        let tensor = detached(value)?;
        let how = ["clone", "copy"].into_iter().find_map(|name| tensor.getattr_opt(name).ok().flatten());
        return how.ok_or_else(|| on_device(value, device))?.call0();
    }
    let exported = seen.read(value, |bytes| Ok(PyExported::new(seen.element, &seen.shape, bytes)))?;
    read::library_of(value)?.call_method1("from_dlpack", (exported,))
}

/// A copy of an array that its node may change; what nobody can change is shared.
pub(crate) fn own<'py>(value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = value.py();
    match Kind::of(value)? {
        Some(Kind::NumPy) => {
            let Some(class) = ndarray(py)? else { return Ok(value.clone()) };
            if given::is_frozen(value, class)? { Ok(value.clone()) } else { value.call_method0("copy") }
        }
        _ => py.import("copy")?.call_method1("deepcopy", (value,)),
    }
}

fn wrong(what: &str) -> PyErr {
    PyTypeError::new_err(what.to_owned())
}

fn on_device(value: &Bound<'_, PyAny>, (kind, number): (i32, i32)) -> PyErr {
    let device = value.getattr("device").and_then(|device| Ok(device.str()?.to_string()));
    let device = device.unwrap_or_else(|_| format!("device {kind}:{number} of DLPack"));
    PyValueError::new_err(format!(
        "the tensor is on {device}, from where nothing is carried to another process or into a file; write `.cpu()`"
    ))
}
