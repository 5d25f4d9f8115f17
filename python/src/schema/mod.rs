//! What a value may be: the types of fields, messages and inputs, with their encodings.
//!
//! A value is encoded as Rust's types of the same name are, so that a protocol in Python and its twin in Rust send the same bytes.

mod check;
mod copy;
mod read;
mod show;
mod text;
mod write;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple, PyType};

pub(crate) use self::read::{Reading, ReadingFields};
pub(crate) use self::show::Shown;
pub(crate) use self::write::{Fields, Typed};
use crate::slot::Slot;

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
    /// An array or a tensor, of that class if one is given.
    Array(Option<Py<PyType>>),
    Enum(Enum),
    Struct(Struct),
}

/// An enumeration: its members, in order, by name.
#[derive(Debug)]
pub(crate) struct Enum {
    name: &'static str,
    members: Vec<(&'static str, Py<PyAny>)>,
}

/// A class with fields: a message, an alarm, or data; or a state that carries something.
#[derive(Debug)]
pub(crate) struct Struct {
    pub(crate) name: &'static str,
    pub(crate) class: Py<PyType>,
    /// Makes a value of those of the fields, in their order: the class, or the state.
    maker: Py<PyAny>,
    pub(crate) fields: Vec<Field>,
    /// Whether a value can be changed after it was made, by what it holds.
    pub(crate) is_mutable: bool,
    /// What makes its instances, if its `__init__` does not.
    #[cfg(not(Py_LIMITED_API))]
    pub(crate) quick: Option<&'static crate::record::Maker>,
    /// Whether a field holds arrays.
    has_arrays: bool,
}

/// A field.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) key: Py<PyString>,
    pub(crate) schema: Schema,
    /// Where instances of the class keep it, if that is known.
    slot: Option<Slot>,
}

/// A text that lives as long as the program: names of classes and fields, of which there are few.
pub(crate) fn kept(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

impl Struct {
    /// The class with those fields, each a pair of its name and its type.
    pub(crate) fn read(class: &Bound<'_, PyType>, fields: &Bound<'_, PyAny>) -> PyResult<Self> {
        let name = kept(class.name()?.to_str()?);
        Struct::made_by(class.as_any(), name, class, fields)
    }

    /// The same for what another object makes, of another name.
    pub(crate) fn made_by(
        maker: &Bound<'_, PyAny>,
        name: &'static str,
        class: &Bound<'_, PyType>,
        fields: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let fields = fields.try_iter()?.map(|field| {
            let (name, schema): (Bound<'_, PyString>, Bound<'_, PyAny>) = field?.extract()?;
            let key = PyString::intern(class.py(), name.to_str()?);
            let slot = Slot::of(class, &key);
            Ok(Field { name: kept(name.to_str()?), key: key.unbind(), schema: Schema::read(&schema)?, slot })
        });
        let fields = fields.collect::<PyResult<Vec<_>>>()?;
        let is_mutable = fields.iter().any(|field| field.schema.is_mutable());
        let has_arrays = fields.iter().any(|field| field.schema.has_arrays());
        Ok(Struct {
            name,
            class: class.clone().unbind(),
            maker: maker.clone().unbind(),
            fields,
            is_mutable,
            has_arrays,
            #[cfg(not(Py_LIMITED_API))]
            quick: crate::record::Maker::of(class),
        })
    }

    /// What a value has in one of the fields.
    ///
    /// # Errors
    /// If it has no such field.
    #[inline]
    #[expect(unsafe_code, reason = "an instance keeps its fields at known places")]
    fn get<'py>(&self, value: &Bound<'py, PyAny>, field: &Field) -> PyResult<Bound<'py, PyAny>> {
        if let Some(slot) = field.slot.filter(|_| self.is_of(value)) {
            // SAFETY: the value is of the class, whose slot it is.  What stands there is null, or an object that the value holds.
            let found = unsafe { Bound::from_borrowed_ptr_or_opt(value.py(), *slot.within(value.as_ptr())) };
            if let Some(found) = found {
                return Ok(found);
            }
        }
        value.getattr(field.key.bind(value.py()))
    }

    /// A value made of the values of its fields.
    fn make<'py>(&self, py: Python<'py>, values: Vec<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        self.maker.bind(py).call1(PyTuple::new(py, values)?)
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
            "array" => Schema::Array(part(1)?.extract()?),
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
}

impl Enum {
    fn place(&self, value: &Bound<'_, PyAny>) -> Option<usize> {
        self.members.iter().position(|(_, member)| member.is(value))
    }
}
