//! What a value may be: the types of fields, messages and inputs, with their encodings.
//!
//! A value is encoded as Rust's types of the same name are, so that a protocol in Python and its twin in Rust send the same bytes.

use core::fmt;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PySet, PyString, PyTuple, PyType};
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, SerializeMap as _, SerializeSeq as _, SerializeStruct as _, SerializeTuple as _};
use serde::{Serialize, Serializer};

/// A type of values.
#[derive(Debug)]
pub(crate) enum Schema {
    Bool,
    /// An integer of so many bits; of any size up to 128 bits if 0.
    Int {
        bits: u8,
        signed: bool,
    },
    Float,
    Text,
    Bytes,
    Id,
    Port,
    Option(Box<Schema>),
    List(Box<Schema>),
    Tuple(Vec<Schema>),
    Dict(Box<Schema>, Box<Schema>),
    Set(Box<Schema>),
    Enum(Enum),
    Struct(Struct),
}

/// An enumeration: its members, in order, by name.
#[derive(Debug)]
pub(crate) struct Enum {
    name: &'static str,
    members: Vec<(&'static str, Py<PyAny>)>,
}

/// A class with fields: a message, an alarm, or data.
#[derive(Debug)]
pub(crate) struct Struct {
    pub(crate) name: &'static str,
    pub(crate) class: Py<PyType>,
    pub(crate) fields: Vec<Field>,
    /// Whether a value can be changed after it was made, by what it holds.
    pub(crate) is_mutable: bool,
}

/// A field.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) key: Py<PyString>,
    pub(crate) schema: Schema,
}

/// A text that lives as long as the program: names of classes and fields, of which there are few.
pub(crate) fn kept(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

impl Struct {
    /// The class with those fields, each a pair of its name and its type.
    pub(crate) fn read(class: &Bound<'_, PyType>, fields: &Bound<'_, PyAny>) -> PyResult<Self> {
        let fields = fields.try_iter()?.map(|field| {
            let (name, schema): (Bound<'_, PyString>, Bound<'_, PyAny>) = field?.extract()?;
            let key = PyString::intern(class.py(), name.to_str()?);
            Ok(Field { name: kept(name.to_str()?), key: key.unbind(), schema: Schema::read(&schema)? })
        });
        let fields = fields.collect::<PyResult<Vec<_>>>()?;
        let is_mutable = fields.iter().any(|field| field.schema.is_mutable());
        let name = kept(class.name()?.to_str()?);
        Ok(Struct { name, class: class.clone().unbind(), fields, is_mutable })
    }

    /// A value made of the values of its fields.
    fn make<'py>(&self, py: Python<'py>, values: Vec<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        self.class.bind(py).call1(PyTuple::new(py, values)?)
    }

    /// A copy that shares nothing that can be changed.
    pub(crate) fn copy<'py>(&self, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        if !self.is_mutable {
            return Ok(value.clone());
        }
        let copies = self.fields.iter().map(|field| field.schema.copy(&value.getattr(field.key.bind(value.py()))?));
        self.make(value.py(), copies.collect::<PyResult<_>>()?)
    }

    /// As Rust's `Debug` shows a struct.
    pub(crate) fn show(&self, value: &Bound<'_, PyAny>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.fields.is_empty() {
            return f.write_str(self.name);
        }
        let mut shown = f.debug_struct(self.name);
        for field in &self.fields {
            match value.getattr(field.key.bind(value.py())) {
                Ok(value) => shown.field(field.name, &Shown { schema: &field.schema, value: &value }),
                Err(_) => shown.field(field.name, &format_args!("?")),
            };
        }
        shown.finish()
    }
}

impl Schema {
    /// Reads the description that the language layer makes of a type: a tuple whose first element says what it is.
    pub(crate) fn read(described: &Bound<'_, PyAny>) -> PyResult<Self> {
        let parts = described.cast::<PyTuple>()?;
        let head = parts.get_item(0)?;
        let part = |place: usize| parts.get_item(place);
        let inner = |place: usize| Ok::<_, PyErr>(Box::new(Schema::read(&part(place)?)?));
        Ok(match head.cast::<PyString>()?.to_str()? {
            "bool" => Schema::Bool,
            "int" => Schema::Int { bits: 0, signed: true },
            "float" => Schema::Float,
            "str" => Schema::Text,
            "bytes" => Schema::Bytes,
            "id" => Schema::Id,
            "port" => Schema::Port,
            "option" => Schema::Option(inner(1)?),
            "list" => Schema::List(inner(1)?),
            "set" => Schema::Set(inner(1)?),
            "dict" => Schema::Dict(inner(1)?, inner(2)?),
            "tuple" => {
                let all = part(1)?.try_iter()?.map(|each| Schema::read(&each?)).collect::<PyResult<_>>()?;
                Schema::Tuple(all)
            }
            "enum" => {
                let class = part(1)?.cast_into::<PyType>()?;
                let members = part(2)?.try_iter()?.map(|member| {
                    let member = member?;
                    let name: String = member.getattr("name")?.extract()?;
                    Ok((kept(&name), member.unbind()))
                });
                Schema::Enum(Enum { name: kept(class.name()?.to_str()?), members: members.collect::<PyResult<_>>()? })
            }
            "struct" => Schema::Struct(Struct::read(&part(1)?.cast_into::<PyType>()?, &part(2)?)?),
            other => match (other.split_at_checked(1), other.get(1..).and_then(|bits| bits.parse::<u8>().ok())) {
                (Some((sign @ ("u" | "i"), _)), Some(bits @ (8 | 16 | 32 | 64))) => Schema::Int { bits, signed: sign == "i" },
                _ => return Err(PyTypeError::new_err(format!("there is no type `{other}`"))),
            },
        })
    }

    /// What it is called where people read, as in Python.
    pub(crate) fn name(&self) -> String {
        match self {
            Schema::Bool => "a bool".into(),
            Schema::Int { bits: 0, .. } => "an int of at most 128 bits".into(),
            Schema::Int { bits, signed } => {
                let bits = u32::from(*bits);
                let (least, most) = match signed {
                    true => (-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1),
                    false => (0, (1_i128 << bits) - 1),
                };
                format!("an int from {least} to {most}")
            }
            Schema::Float => "a float".into(),
            Schema::Text => "a str".into(),
            Schema::Bytes => "bytes".into(),
            Schema::Id => "an id: an int from 0 to 18446744073709551615".into(),
            Schema::Port => "a port".into(),
            Schema::Option(some) => format!("{} or None", some.name()),
            Schema::List(_) => "a list".into(),
            Schema::Tuple(parts) => format!("a tuple of {}", parts.len()),
            Schema::Dict(..) => "a dict".into(),
            Schema::Set(_) => "a set".into(),
            Schema::Enum(known) => format!("a member of {}", known.name),
            Schema::Struct(known) => format!("a {}", known.name),
        }
    }

    fn refuse(&self, value: &Bound<'_, PyAny>) -> PyErr {
        let mut shown = value.repr().map_or_else(|_| "a value".to_owned(), |text| text.to_string());
        if shown.chars().count() > 60 {
            shown = shown.chars().take(59).chain(['…']).collect();
        }
        PyTypeError::new_err(format!("{shown} is not {}", self.name()))
    }

    fn is_mutable(&self) -> bool {
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

    /// Reads a value of this type from text, as a command line gives it; `None` if the text is none, or the type has no texts.
    pub(crate) fn parse<'py>(&self, py: Python<'py>, text: &str) -> Option<Bound<'py, PyAny>> {
        match self {
            Schema::Bool => match text {
                "true" | "1" | "True" => Some(PyBool::new(py, true).to_owned().into_any()),
                "false" | "0" | "False" => Some(PyBool::new(py, false).to_owned().into_any()),
                _ => None,
            },
            Schema::Int { .. } | Schema::Id | Schema::Port => {
                let value = text.parse::<i128>().ok()?.into_pyobject(py).ok()?.into_any();
                self.check(&value).ok().map(|()| value)
            }
            Schema::Float => Some(PyFloat::new(py, text.parse().ok()?).into_any()),
            Schema::Text => Some(PyString::new(py, text).into_any()),
            Schema::Option(some) => some.parse(py, text),
            Schema::Enum(known) => {
                let member = known.members.iter().find(|(name, _)| *name == text || snake(name) == text)?;
                Some(member.1.bind(py).clone())
            }
            _ => None,
        }
    }

    /// The text that [`parse`](Schema::parse) reads as that value, if there is one.
    pub(crate) fn text(&self, value: &Bound<'_, PyAny>) -> Option<String> {
        match self {
            Schema::Bool => Some(value.extract::<bool>().ok()?.to_string()),
            Schema::Int { .. } | Schema::Id | Schema::Port => Some(value.extract::<i128>().ok()?.to_string()),
            Schema::Float => Some(value.extract::<f64>().ok()?.to_string()),
            Schema::Text => value.extract().ok(),
            Schema::Option(_) if value.is_none() => None,
            Schema::Option(some) => some.text(value),
            Schema::Enum(known) => known.place(value).map(|place| known.members[place].0.to_owned()),
            _ => None,
        }
    }

    /// All values, if they are few: those of a bool or an enumeration.
    pub(crate) fn values<'py>(&self, py: Python<'py>) -> Vec<Bound<'py, PyAny>> {
        match self {
            Schema::Bool => [false, true].map(|value| PyBool::new(py, value).to_owned().into_any()).into(),
            Schema::Enum(known) => known.members.iter().map(|(_, member)| member.bind(py).clone()).collect(),
            _ => Vec::new(),
        }
    }

    /// What is expected of a text, for messages.
    pub(crate) fn expected(&self) -> &'static str {
        match self {
            Schema::Bool => "`true` or `false`",
            Schema::Int { .. } | Schema::Float | Schema::Id | Schema::Port => "a number",
            Schema::Text => "a text",
            Schema::Option(some) => some.expected(),
            Schema::Enum(_) => "a member of the enumeration",
            _ => "a value that only a program can give",
        }
    }

    /// Whether it is a value of this type.
    ///
    /// # Errors
    /// If it is not, or what it holds is not.
    pub(crate) fn check(&self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        // What can be encoded is one.
        match postcard::to_allocvec(&Typed { schema: self, value }) {
            Ok(_) => Ok(()),
            Err(_) => Err(self.wrong_in(value).unwrap_or_else(|| self.refuse(value))),
        }
    }

    /// What is wrong with it, as deep inside as it is.
    fn wrong_in(&self, value: &Bound<'_, PyAny>) -> Option<PyErr> {
        let wrong = |schema: &Schema, value: &Bound<'_, PyAny>| schema.check(value).err();
        let mut elements = value.try_iter().into_iter().flatten().flatten();
        match self {
            Schema::Option(some) if !value.is_none() => wrong(some, value),
            Schema::List(of) | Schema::Set(of) => elements.find_map(|element| wrong(of, &element)),
            Schema::Struct(known) => known.fields.iter().find_map(|field| {
                let value = value.getattr(field.key.bind(value.py())).ok()?;
                let wrong = wrong(&field.schema, &value)?;
                Some(PyTypeError::new_err(format!("{}.{}: {}", known.name, field.name, wrong.value(value.py()))))
            }),
            _ => None,
        }
    }
}

/// `PascalCase` as `snake_case`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for (place, letter) in name.chars().enumerate() {
        if letter.is_uppercase() && place > 0 {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

impl Enum {
    fn place(&self, value: &Bound<'_, PyAny>) -> Option<usize> {
        self.members.iter().position(|(_, member)| member.is(value))
    }
}

/// A value with its type: what is encoded, and shown.
pub(crate) struct Typed<'a, 'py> {
    pub(crate) schema: &'a Schema,
    pub(crate) value: &'a Bound<'py, PyAny>,
}

/// The fields of a value of a class.
pub(crate) struct Fields<'a, 'py> {
    pub(crate) of: &'a Struct,
    pub(crate) value: &'a Bound<'py, PyAny>,
}

impl Serialize for Fields<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct(self.of.name, self.of.fields.len())?;
        for field in &self.of.fields {
            let value = self.value.getattr(field.key.bind(self.value.py())).map_err(S::Error::custom)?;
            fields.serialize_field(field.name, &Typed { schema: &field.schema, value: &value })?;
        }
        fields.end()
    }
}

impl Serialize for Typed<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Typed { schema, value } = self;
        let refused = || S::Error::custom(schema.refuse(value));
        match schema {
            Schema::Bool => serializer.serialize_bool(value.cast_exact::<PyBool>().map_err(|_| refused())?.is_true()),
            Schema::Int { bits, signed } => {
                let int = value.cast::<PyInt>().map_err(|_| refused())?;
                if value.is_instance_of::<PyBool>() {
                    return Err(refused());
                }
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
            Schema::Float => serializer.serialize_f64(value.extract().map_err(|_| refused())?),
            Schema::Text => {
                serializer.serialize_str(value.cast::<PyString>().map_err(|_| refused())?.to_str().map_err(|_| refused())?)
            }
            Schema::Bytes => serializer.serialize_bytes(value.cast::<PyBytes>().map_err(|_| refused())?.as_bytes()),
            Schema::Id => serializer.serialize_u64(value.extract().map_err(|_| refused())?),
            Schema::Port => {
                let port = crate::port::read(value).map_err(|_| refused())?;
                port.serialize(serializer)
            }
            Schema::Option(_) if value.is_none() => serializer.serialize_none(),
            Schema::Option(some) => serializer.serialize_some(&Typed { schema: some, value }),
            Schema::List(of) => {
                let list = value.cast::<PyList>().map_err(|_| refused())?;
                let mut elements = serializer.serialize_seq(Some(list.len()))?;
                for value in list.iter() {
                    elements.serialize_element(&Typed { schema: of, value: &value })?;
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
                    elements.serialize_element(&Typed { schema: of, value })?;
                }
                elements.end()
            }
            Schema::Dict(key, of) => {
                let dict = value.cast::<PyDict>().map_err(|_| refused())?;
                let keys = in_order(dict.as_any()).map_err(S::Error::custom)?;
                let mut entries = serializer.serialize_map(Some(keys.len()))?;
                for each in &keys {
                    let value = dict.get_item(each).ok().flatten().ok_or_else(refused)?;
                    entries.serialize_entry(&Typed { schema: key, value: each }, &Typed { schema: of, value: &value })?;
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
                    elements.serialize_element(&Typed { schema, value: &value })?;
                }
                elements.end()
            }
            Schema::Enum(known) => {
                let place = known.place(value).ok_or_else(refused)?;
                serializer.serialize_unit_variant(known.name, place as u32, known.members[place].0)
            }
            Schema::Struct(known) => {
                if !value.get_type().is(&known.class) {
                    return Err(refused());
                }
                Fields { of: known, value }.serialize(serializer)
            }
        }
    }
}

/// The elements of a set, or the keys of a dict, in an order that does not depend on how they came there.
fn in_order<'py>(of: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let list = PyList::new(of.py(), of.try_iter()?.collect::<PyResult<Vec<_>>>()?)?;
    list.sort().map_err(|_| {
        PyTypeError::new_err("a set's elements and a dict's keys must have an order: numbers, texts, tuples of them")
    })?;
    Ok(list.iter().collect())
}

/// As Rust's `Debug` shows a value of that type.
struct Shown<'a, 'py> {
    schema: &'a Schema,
    value: &'a Bound<'py, PyAny>,
}

impl fmt::Debug for Shown<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shown { schema, value } = self;
        let elements = || value.try_iter().into_iter().flatten().flatten();
        match schema {
            Schema::Bool => value.extract::<bool>().unwrap_or_default().fmt(f),
            Schema::Float => value.extract::<f64>().unwrap_or(f64::NAN).fmt(f),
            Schema::Text => value.extract::<String>().unwrap_or_default().fmt(f),
            Schema::Id => write!(f, "Id({value})"),
            Schema::Port => crate::port::read(value).map_err(|_| fmt::Error)?.fmt(f),
            Schema::Option(_) if value.is_none() => f.write_str("None"),
            Schema::Option(some) => f.debug_tuple("Some").field(&Shown { schema: some, value }).finish(),
            Schema::List(of) => f.debug_list().entries(elements().map(|value| OwnShown { schema: of, value })).finish(),
            Schema::Set(of) => {
                let ordered = in_order(value).unwrap_or_default();
                f.debug_set().entries(ordered.into_iter().map(|value| OwnShown { schema: of, value })).finish()
            }
            Schema::Dict(key, of) => {
                let keys = in_order(value).unwrap_or_default().into_iter();
                let entries = keys.filter_map(|each| {
                    let value = value.get_item(&each).ok()?;
                    Some((OwnShown { schema: key, value: each }, OwnShown { schema: of, value }))
                });
                f.debug_map().entries(entries).finish()
            }
            Schema::Tuple(parts) => {
                let mut shown = f.debug_tuple("");
                for (schema, value) in parts.iter().zip(elements()) {
                    shown.field(&OwnShown { schema, value });
                }
                shown.finish()
            }
            Schema::Enum(known) => f.write_str(known.place(value).map_or("?", |place| known.members[place].0)),
            Schema::Struct(known) => known.show(value, f),
            Schema::Int { .. } | Schema::Bytes => write!(f, "{value}"),
        }
    }
}

struct OwnShown<'a, 'py> {
    schema: &'a Schema,
    value: Bound<'py, PyAny>,
}

impl fmt::Debug for OwnShown<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Shown { schema: self.schema, value: &self.value }.fmt(f)
    }
}

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

/// A sentence on a value that is not what it should be, with where it stands before it.
pub(crate) fn at(place: &str, wrong: &PyErr, py: Python<'_>) -> PyErr {
    PyValueError::new_err(format!("{place}: {}", wrong.value(py)))
}
