//! Values from bytes.

use core::fmt;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PySet, PyTuple};
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{Schema, Struct};
use crate::array::ReadingArray;

/// Reads a value of a type.
pub(crate) struct Reading<'a, 'py> {
    pub(crate) py: Python<'py>,
    pub(crate) schema: &'a Schema,
}

/// Reads a value of a class, by its fields.
pub(crate) struct ReadingFields<'a, 'py> {
    pub(crate) py: Python<'py>,
    pub(crate) of: &'a Struct,
}

impl<'de, 'py> DeserializeSeed<'de> for ReadingFields<'_, 'py> {
    type Value = Bound<'py, PyAny>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let schemas = self.of.fields.iter().map(|field| &field.schema).collect::<Vec<_>>();
        let values = deserializer.deserialize_tuple(schemas.len(), Parts { py: self.py, schemas: &schemas })?;
        self.of.make(self.py, values).map_err(de::Error::custom)
    }
}

impl<'de, 'py> DeserializeSeed<'de> for Reading<'_, 'py> {
    type Value = Bound<'py, PyAny>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let Reading { py, schema } = self;
        macro_rules! value {
            ($type:ty) => {{
                let value = <$type as serde::Deserialize>::deserialize(deserializer)?;
                value.into_pyobject(py).map_err(de::Error::custom)?.to_owned().into_any()
            }};
        }
        Ok(match schema {
            Schema::Bool => value!(bool),
            Schema::Int { bits: 0, .. } => value!(i128),
            Schema::Int { bits: 8, signed: false } => value!(u8),
            Schema::Int { bits: 16, signed: false } => value!(u16),
            Schema::Int { bits: 32, signed: false } => value!(u32),
            Schema::Int { signed: false, .. } | Schema::Id => value!(u64),
            Schema::Int { bits: 8, signed: true } => value!(i8),
            Schema::Int { bits: 16, signed: true } => value!(i16),
            Schema::Int { bits: 32, signed: true } => value!(i32),
            Schema::Int { signed: true, .. } => value!(i64),
            Schema::Float => value!(f64),
            Schema::Text => value!(String),
            Schema::Bytes => {
                let bytes = <nodes::Bytes as serde::Deserialize>::deserialize(deserializer)?;
                PyBytes::new(py, &bytes).into_any()
            }
            Schema::Port => {
                let port = <nodes::topology::Port as serde::Deserialize>::deserialize(deserializer)?;
                crate::port::show(py, port)
            }
            Schema::Option(some) => deserializer.deserialize_option(Whole { py, schema: some })?,
            Schema::List(_) | Schema::Set(_) => deserializer.deserialize_seq(Whole { py, schema })?,
            Schema::Dict(..) => deserializer.deserialize_map(Whole { py, schema })?,
            Schema::Tuple(parts) => {
                let schemas = parts.iter().collect::<Vec<_>>();
                let values = deserializer.deserialize_tuple(parts.len(), Parts { py, schemas: &schemas })?;
                PyTuple::new(py, values).map_err(de::Error::custom)?.into_any()
            }
            // As postcard writes a variant without fields.
            Schema::Enum(known) => {
                let place = <u32 as serde::Deserialize>::deserialize(deserializer)? as usize;
                let member = known.members.get(place).ok_or_else(|| de::Error::custom("there is no such member"))?;
                member.1.bind(py).clone()
            }
            Schema::Struct(known) => ReadingFields { py, of: known }.deserialize(deserializer)?,
            Schema::Array(class) => ReadingArray { py, class: class.as_ref() }.deserialize(deserializer)?,
        })
    }
}

/// Reads what holds elements.
struct Whole<'a, 'py> {
    py: Python<'py>,
    schema: &'a Schema,
}

impl<'de, 'py> Visitor<'de> for Whole<'_, 'py> {
    type Value = Bound<'py, PyAny>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.schema.name())
    }

    fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(self.py.None().into_bound(self.py))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        Reading { py: self.py, schema: self.schema }.deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let (Schema::List(of) | Schema::Set(of)) = self.schema else { return Err(de::Error::custom("not a list")) };
        let mut values = Vec::new();
        while let Some(value) = elements.next_element_seed(Reading { py: self.py, schema: of })? {
            values.push(value);
        }
        let whole = match self.schema {
            Schema::Set(_) => PySet::new(self.py, &values).map(Bound::into_any),
            _ => PyList::new(self.py, values).map(Bound::into_any),
        };
        whole.map_err(de::Error::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let Schema::Dict(key, of) = self.schema else { return Err(de::Error::custom("not a dict")) };
        let dict = PyDict::new(self.py);
        while let Some(each) = entries.next_key_seed(Reading { py: self.py, schema: key })? {
            let value = entries.next_value_seed(Reading { py: self.py, schema: of })?;
            dict.set_item(each, value).map_err(de::Error::custom)?;
        }
        Ok(dict.into_any())
    }
}

/// Reads values of these types, one after the other.
struct Parts<'a, 'py> {
    py: Python<'py>,
    schemas: &'a [&'a Schema],
}

impl<'de, 'py> Visitor<'de> for Parts<'_, 'py> {
    type Value = Vec<Bound<'py, PyAny>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} values", self.schemas.len())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::with_capacity(self.schemas.len());
        for (place, schema) in self.schemas.iter().enumerate() {
            let value = elements.next_element_seed(Reading { py: self.py, schema })?;
            values.push(value.ok_or_else(|| de::Error::invalid_length(place, &self))?);
        }
        Ok(values)
    }
}
