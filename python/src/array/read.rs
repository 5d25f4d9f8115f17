//! Arrays from bytes.

use core::fmt;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyType};
use serde::de::{self, DeserializeSeed, Deserializer, SeqAccess, Visitor};

use super::dlpack::PyExported;
use super::{Element, Kind, Seen};

/// The libraries that are imported for a tensor that comes; another has made it known by being imported.
const KNOWN: [&str; 3] = ["torch", "jax.numpy", "cupy"];

/// An array has at most so many dimensions: as many as all of NumPy's versions take.
const MOST_DIMENSIONS: usize = 32;

/// How a tensor's library makes one of what DLPack gives: the module with `from_dlpack`.
pub(super) fn library_of<'py>(tensor: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = tensor.py();
    let makes = |module: &Bound<'py, PyAny>| module.hasattr("from_dlpack");
    if let Some(namespace) = tensor.getattr_opt("__array_namespace__")? {
        let module = namespace.call0()?;
        if makes(&module)? {
            return Ok(module);
        }
    }
    let modules = py.import("sys")?.getattr("modules")?;
    for class in tensor.get_type().mro() {
        let name: String = class.getattr("__module__")?.extract()?;
        let outer = name.split('.').next().unwrap_or_default();
        for name in [name.as_str(), outer] {
            let module = modules.call_method1("get", (name,))?;
            if !module.is_none() && makes(&module)? {
                return Ok(module);
            }
        }
    }
    let name = tensor.get_type().name()?;
    Err(PyTypeError::new_err(format!("the library of {name} has no `from_dlpack`, which makes one of what has come")))
}

/// Reads an array, of that class if one is given.
pub(crate) struct ReadingArray<'a, 'py> {
    pub(crate) py: Python<'py>,
    pub(crate) class: Option<&'a Py<PyType>>,
}

impl<'de, 'py> DeserializeSeed<'de> for ReadingArray<'_, 'py> {
    type Value = Bound<'py, PyAny>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_tuple(4, self)
    }
}

impl<'de, 'py> Visitor<'de> for ReadingArray<'_, 'py> {
    type Value = Bound<'py, PyAny>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Self::Value, A::Error> {
        let missing = |place: usize| de::Error::invalid_length(place, &"an array");
        let library: String = parts.next_element()?.ok_or_else(|| missing(0))?;
        let element: u8 = parts.next_element()?.ok_or_else(|| missing(1))?;
        let element = Element::at(element).ok_or_else(|| de::Error::custom("an array of an unknown type"))?;
        let shape: Vec<u64> = parts.next_element()?.ok_or_else(|| missing(2))?;
        let bytes = element.bytes(&shape).filter(|_| shape.len() <= MOST_DIMENSIONS);
        let bytes = bytes.ok_or_else(|| de::Error::custom("an array of an impossible shape"))?;
        let kind = if library.is_empty() { Kind::NumPy } else { Kind::Tensor };
        let seen = Seen { kind, library, element, shape, bytes };
        let array = parts.next_element_seed(Elements { py: self.py, seen: &seen })?.ok_or_else(|| missing(3))?;
        match self.class.is_none_or(|class| array.is_instance(class.bind(self.py)).unwrap_or(false)) {
            true => Ok(array),
            false => Err(de::Error::custom("an array of another class")),
        }
    }
}

/// Reads the elements of an array of which all else is known.
struct Elements<'a, 'py> {
    py: Python<'py>,
    seen: &'a Seen,
}

impl<'de, 'py> DeserializeSeed<'de> for Elements<'_, 'py> {
    type Value = Bound<'py, PyAny>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_bytes(self)
    }
}

impl<'py> Visitor<'_> for Elements<'_, 'py> {
    type Value = Bound<'py, PyAny>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.seen.bytes)
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        if bytes.len() != self.seen.bytes {
            return Err(E::invalid_length(bytes.len(), &self));
        }
        if self.seen.element.is_bool() && bytes.iter().any(|byte| *byte > 1) {
            return Err(E::custom("a bool that is neither"));
        }
        self.seen.made(self.py, bytes).map_err(E::custom)
    }
}

impl Seen {
    /// An array with a copy of those elements.
    fn made<'py>(&self, py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
        if self.kind == Kind::NumPy {
            let class = py.import("numpy")?.getattr("ndarray")?;
            return self.of_bytes(&class, PyBytes::new(py, bytes));
        }
        let known = py.import("sys")?.getattr("modules")?.call_method1("get", (&self.library,))?;
        let library = match known.is_none() && KNOWN.contains(&&*self.library) {
            true => py.import(&*self.library)?.into_any(),
            false => known,
        };
        library.call_method1("from_dlpack", (PyExported::new(self.element, &self.shape, bytes),))
    }
}
