//! Values as bytes, and as what JSON has of them: those of Rust's types of the same name.

use core::cell::Cell;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFrozenSet, PyInt, PyList, PySet, PyString, PyTuple};
use serde::ser::{Error as _, SerializeMap as _, SerializeSeq as _, SerializeStruct as _, SerializeTuple as _};
use serde::{Serialize, Serializer};

use super::{Schema, Struct};
use crate::array::{Listed, Seen};

/// A value with its type: what is encoded, and shown.
pub(crate) struct Typed<'a, 'py> {
    pub(crate) schema: &'a Schema,
    pub(crate) value: &'a Bound<'py, PyAny>,
    /// If only the length is asked for: there, what the elements of arrays take is added up, and they are not looked at.
    pub(super) apart: Option<&'a Cell<usize>>,
}

impl<'a, 'py> Typed<'a, 'py> {
    pub(crate) fn new(schema: &'a Schema, value: &'a Bound<'py, PyAny>) -> Self {
        Typed { schema, value, apart: None }
    }
}

/// The fields of a value of a class.
pub(crate) struct Fields<'a, 'py> {
    pub(crate) of: &'a Struct,
    pub(crate) value: &'a Bound<'py, PyAny>,
    /// As that of [`Typed`].
    pub(super) apart: Option<&'a Cell<usize>>,
}

impl<'a, 'py> Fields<'a, 'py> {
    pub(crate) fn new(of: &'a Struct, value: &'a Bound<'py, PyAny>) -> Self {
        Fields { of, value, apart: None }
    }
}

impl Serialize for Fields<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct(self.of.name, self.of.fields.len())?;
        for field in &self.of.fields {
            let value = self.of.get(self.value, field).map_err(S::Error::custom)?;
            fields.serialize_field(field.name, &Typed { schema: &field.schema, value: &value, apart: self.apart })?;
        }
        fields.end()
    }
}

impl Serialize for Typed<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Typed { schema, value, apart } = *self;
        // What is wrong, `check` tells.
        let refused = || S::Error::custom(format_args!("a value is not {}", schema.name()));
        match schema {
            Schema::Bool => serializer.serialize_bool(value.cast_exact::<PyBool>().map_err(|_| refused())?.is_true()),
            Schema::Int { bits, signed } => {
                let int = int(value).ok_or_else(refused)?;
                match (bits, signed) {
                    (0, _) => match int.extract::<i64>() {
                        // Where both can hold it, both have the same bytes, and a document has a number.
                        Ok(int) => serializer.serialize_i64(int),
                        Err(_) => serializer.serialize_i128(int.extract().map_err(|_| refused())?),
                    },
                    (8, false) => serializer.serialize_u8(int.extract().map_err(|_| refused())?),
                    (16, false) => serializer.serialize_u16(int.extract().map_err(|_| refused())?),
                    (32, false) => serializer.serialize_u32(int.extract().map_err(|_| refused())?),
                    (_, false) => serializer.serialize_u64(int.extract().map_err(|_| refused())?),
                    (8, true) => serializer.serialize_i8(int.extract().map_err(|_| refused())?),
                    (16, true) => serializer.serialize_i16(int.extract().map_err(|_| refused())?),
                    (32, true) => serializer.serialize_i32(int.extract().map_err(|_| refused())?),
                    (_, true) => serializer.serialize_i64(int.extract().map_err(|_| refused())?),
                }
            }
            Schema::Float if value.is_instance_of::<PyBool>() => Err(refused()),
            Schema::Float => serializer.serialize_f64(value.extract().map_err(|_| refused())?),
            Schema::Text => {
                serializer.serialize_str(value.cast::<PyString>().map_err(|_| refused())?.to_str().map_err(|_| refused())?)
            }
            Schema::Bytes => serializer.serialize_bytes(value.cast::<PyBytes>().map_err(|_| refused())?.as_bytes()),
            Schema::Id => serializer.serialize_u64(int(value).ok_or_else(refused)?.extract().map_err(|_| refused())?),
            Schema::Port => {
                let port = crate::port::read(int(value).ok_or_else(refused)?).map_err(|_| refused())?;
                port.serialize(serializer)
            }
            Schema::Option(_) if value.is_none() => serializer.serialize_none(),
            Schema::Option(some) => serializer.serialize_some(&Typed { schema: some, value, apart }),
            Schema::List(of) => {
                let list = value.cast::<PyList>().map_err(|_| refused())?;
                let mut elements = serializer.serialize_seq(Some(list.len()))?;
                for value in list.iter() {
                    elements.serialize_element(&Typed { schema: of, value: &value, apart })?;
                }
                elements.end()
            }
            Schema::Set(of) => {
                let set = value
                    .cast::<PySet>()
                    .map(|set| set.as_any())
                    .or_else(|_| value.cast::<PyFrozenSet>().map(|set| set.as_any()));
                let ordered = in_order(set.map_err(|_| refused())?).map_err(S::Error::custom)?;
                let mut elements = serializer.serialize_seq(Some(ordered.len()))?;
                for value in &ordered {
                    elements.serialize_element(&Typed { schema: of, value, apart })?;
                }
                elements.end()
            }
            Schema::Dict(key, of) => {
                let dict = value.cast::<PyDict>().map_err(|_| refused())?;
                let keys = in_order(dict.as_any()).map_err(S::Error::custom)?;
                let mut entries = serializer.serialize_map(Some(keys.len()))?;
                for each in &keys {
                    let value = dict.get_item(each).ok().flatten().ok_or_else(refused)?;
                    entries.serialize_entry(
                        &Typed { schema: key, value: each, apart },
                        &Typed { schema: of, value: &value, apart },
                    )?;
                }
                entries.end()
            }
            Schema::Tuple(parts) => {
                let tuple = value.cast::<PyTuple>().map_err(|_| refused())?;
                if tuple.len() != parts.len() {
                    return Err(refused());
                }
                let mut elements = serializer.serialize_tuple(parts.len())?;
                for (schema, value) in parts.iter().zip(tuple.iter()) {
                    elements.serialize_element(&Typed { schema, value: &value, apart })?;
                }
                elements.end()
            }
            Schema::Enum(known) => {
                let place = known.place(value).ok_or_else(refused)?;
                serializer.serialize_unit_variant(known.name, place as u32, known.members[place].0)
            }
            Schema::Struct(known) => {
                if !known.is_of(value) {
                    return Err(refused());
                }
                Fields { of: known, value, apart }.serialize(serializer)
            }
            Schema::Array(class) => {
                let seen = Seen::of(value, class.as_ref()).map_err(S::Error::custom)?;
                if serializer.is_human_readable() {
                    return Listed(&seen, value).serialize(serializer);
                }
                let head = (&*seen.library, seen.element.place(), &*seen.shape);
                match apart {
                    Some(apart) => {
                        apart.set(apart.get() + seen.bytes);
                        (head, seen.bytes).serialize(serializer)
                    }
                    None => {
                        let written = |bytes: &[u8]| Ok((head, Bulk(bytes)).serialize(serializer));
                        seen.read(value, written).map_err(S::Error::custom)?
                    }
                }
            }
        }
    }
}

/// Bytes, written at once.
struct Bulk<'a>(&'a [u8]);

impl Serialize for Bulk<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

/// An integer; True and False are none.
fn int<'a, 'py>(value: &'a Bound<'py, PyAny>) -> Option<&'a Bound<'py, PyInt>> {
    value.cast::<PyInt>().ok().filter(|_| !value.is_instance_of::<PyBool>())
}

/// The elements of a set, or the keys of a dict, in an order that does not depend on how they came there.
pub(super) fn in_order<'py>(of: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let list = PyList::new(of.py(), of.try_iter()?.collect::<PyResult<Vec<_>>>()?)?;
    list.sort().map_err(|_| {
        PyTypeError::new_err("a set's elements and a dict's keys must have an order: numbers, texts, tuples of them")
    })?;
    Ok(list.iter().collect())
}
