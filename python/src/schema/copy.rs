//! Copies that share nothing that can be changed: what is sent stays what it was.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PySet, PyTuple};

use super::{Schema, Struct};

impl Struct {
    /// A copy that shares nothing that can be changed.
    pub(crate) fn copy<'py>(&self, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        if !self.is_mutable {
            return Ok(value.clone());
        }
        let copies = self.fields.iter().map(|field| field.schema.copy(&self.get(value, field)?));
        self.make(value.py(), copies.collect::<PyResult<_>>()?)
    }
}

impl Schema {
    pub(super) fn is_mutable(&self) -> bool {
        match self {
            Schema::List(_) | Schema::Dict(..) | Schema::Set(_) => true,
            Schema::Option(some) => some.is_mutable(),
            Schema::Tuple(parts) => parts.iter().any(Schema::is_mutable),
            Schema::Struct(known) => known.is_mutable,
            _ => false,
        }
    }

    /// A copy that shares nothing that can be changed.
    pub(crate) fn copy<'py>(&self, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        if !self.is_mutable() || value.is_none() {
            return Ok(value.clone());
        }
        let py = value.py();
        let each = |schema: &Schema| -> PyResult<Vec<Bound<'py, PyAny>>> {
            value.try_iter()?.map(|element| schema.copy(&element?)).collect()
        };
        Ok(match self {
            Schema::Option(some) => some.copy(value)?,
            Schema::List(of) => PyList::new(py, each(of)?)?.into_any(),
            // What is in a set can be hashed, and so is not changed.
            Schema::Set(_) => PySet::new(py, &value.try_iter()?.collect::<PyResult<Vec<_>>>()?)?.into_any(),
            Schema::Dict(_, of) => {
                let copy = PyDict::new(py);
                for (key, value) in value.cast::<PyDict>()?.iter() {
                    copy.set_item(key, of.copy(&value)?)?;
                }
                copy.into_any()
            }
            Schema::Tuple(parts) => {
                let elements = value.cast::<PyTuple>()?;
                let copies = parts.iter().zip(elements.iter()).map(|(schema, element)| schema.copy(&element));
                PyTuple::new(py, copies.collect::<PyResult<Vec<_>>>()?)?.into_any()
            }
            Schema::Struct(known) => known.copy(value)?,
            _ => value.clone(),
        })
    }
}
