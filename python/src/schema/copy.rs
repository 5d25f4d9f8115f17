//! Copies that share nothing that can be changed: what is sent stays what it was.  What becomes of arrays depends on what the copy is for.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PySet, PyTuple};

use super::{Schema, Struct};
use crate::array::{self, Arrays};

impl Struct {
    /// A copy that shares nothing that can be changed.
    #[inline]
    pub(crate) fn copy<'py>(&self, value: &Bound<'py, PyAny>, arrays: Arrays) -> PyResult<Bound<'py, PyAny>> {
        if !(self.is_mutable || self.has_arrays && arrays != Arrays::Share) {
            return Ok(value.clone());
        }
        self.made_again(value, arrays)
    }

    fn made_again<'py>(&self, value: &Bound<'py, PyAny>, arrays: Arrays) -> PyResult<Bound<'py, PyAny>> {
        let copies = self.fields.iter().map(|field| field.schema.copy(&self.get(value, field)?, arrays));
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

    pub(crate) fn has_arrays(&self) -> bool {
        match self {
            Schema::Array(_) => true,
            Schema::Option(inner) | Schema::List(inner) | Schema::Dict(_, inner) => inner.has_arrays(),
            Schema::Tuple(parts) => parts.iter().any(Schema::has_arrays),
            Schema::Struct(known) => known.has_arrays,
            _ => false,
        }
    }

    /// A copy that shares nothing that can be changed.
    pub(crate) fn copy<'py>(&self, value: &Bound<'py, PyAny>, arrays: Arrays) -> PyResult<Bound<'py, PyAny>> {
        if value.is_none() || !(self.is_mutable() || (arrays != Arrays::Share && self.has_arrays())) {
            return Ok(value.clone());
        }
        let py = value.py();
        let each = |schema: &Schema| -> PyResult<Vec<Bound<'py, PyAny>>> {
            value.try_iter()?.map(|element| schema.copy(&element?, arrays)).collect()
        };
        Ok(match self {
            Schema::Option(some) => some.copy(value, arrays)?,
            Schema::List(of) => PyList::new(py, each(of)?)?.into_any(),
            // What is in a set can be hashed, and so is not changed.
            Schema::Set(_) => PySet::new(py, &value.try_iter()?.collect::<PyResult<Vec<_>>>()?)?.into_any(),
            Schema::Dict(_, of) => {
                let copy = PyDict::new(py);
                for (key, value) in value.cast::<PyDict>()?.iter() {
                    copy.set_item(key, of.copy(&value, arrays)?)?;
                }
                copy.into_any()
            }
            Schema::Tuple(parts) => {
                let elements = value.cast::<PyTuple>()?;
                let copies = parts.iter().zip(elements.iter()).map(|(schema, element)| schema.copy(&element, arrays));
                PyTuple::new(py, copies.collect::<PyResult<Vec<_>>>()?)?.into_any()
            }
            Schema::Struct(known) => known.copy(value, arrays)?,
            Schema::Array(_) if arrays == Arrays::Own => array::own(value)?,
            Schema::Array(_) => array::snapshot(value)?,
            _ => value.clone(),
        })
    }
}
