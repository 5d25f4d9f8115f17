//! Whether a value is what its type says, and what is wrong with it if it is not.

use core::cell::Cell;

use nodes::protocol::codec;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFrozenSet, PyInt, PyList, PySet, PyString};

use super::write::in_order;
use super::{Fields, Schema, Struct, Typed};
use crate::array::{Kind, Seen};

/// A collection of more elements is long.
const LONG: usize = 256;
/// As much of a value is shown.
const MOST_SHOWN: usize = 60;

impl Schema {
    /// Whether it is a value of this type, and so is all that it holds.
    #[inline]
    pub(crate) fn fits(&self, value: &Bound<'_, PyAny>) -> bool {
        // What can be encoded is one.
        codec::length(&Typed { schema: self, value, apart: Some(&Cell::new(0)) }).is_some()
    }

    /// Whether looking at it after each step would take long, of a type that [may](Schema::may_be_long): a list that grows by an
    /// element a step would be looked at as often as it has elements, each time as a whole.
    #[inline]
    pub(crate) fn is_long(&self, value: &Bound<'_, PyAny>) -> bool {
        self.may_be_long() && value.len().is_ok_and(|length| length > LONG)
    }

    /// Whether it is a type of collections.
    #[inline]
    pub(crate) fn may_be_long(&self) -> bool {
        match self {
            Schema::List(_) | Schema::Set(_) | Schema::Dict(..) => true,
            Schema::Option(some) => some.may_be_long(),
            _ => false,
        }
    }

    /// Looks at a value that stands there: `Ping.hops`, `inputs[3]`.
    ///
    /// # Errors
    /// If it is not of this type, or what it holds is not; the text says where: `Ping.hops[2]: 300 is not an int from 0 to 255`.
    pub(crate) fn check(&self, place: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
        if self.fits(value) { Ok(()) } else { Err(self.wrong(place.to_owned(), value)) }
    }

    /// What is wrong with it, as deep inside as it is.
    #[cold]
    fn wrong(&self, place: String, value: &Bound<'_, PyAny>) -> PyErr {
        let inner = |schema: &Schema, place: String, value: &Bound<'_, PyAny>| {
            (!schema.fits(value)).then(|| schema.wrong(place, value))
        };
        let elements = || value.try_iter().into_iter().flatten().flatten();
        let found = match self {
            Schema::Option(some) if !value.is_none() => return some.wrong_or_none(place, value),
            Schema::List(of) if value.is_instance_of::<PyList>() => {
                let mut elements = elements().enumerate();
                elements.find_map(|(index, element)| inner(of, format!("{place}[{index}]"), &element))
            }
            Schema::Set(of) => elements().find_map(|element| inner(of, format!("an element of {place}"), &element)),
            Schema::Tuple(parts) if value.len().is_ok_and(|length| length == parts.len()) => {
                let mut parts = parts.iter().zip(elements()).enumerate();
                parts.find_map(|(index, (of, element))| inner(of, format!("{place}[{index}]"), &element))
            }
            Schema::Dict(key, of) => value.cast::<PyDict>().ok().and_then(|dict| {
                dict.iter().find_map(|(each, value)| {
                    let shown = shown(&each);
                    inner(key, format!("a key of {place}"), &each).or_else(|| inner(of, format!("{place}[{shown}]"), &value))
                })
            }),
            Schema::Struct(known) if known.is_of(value) => known.wrong_field(&place, value),
            _ => None,
        };
        found.unwrap_or_else(|| self.refuse(&place, value, ""))
    }

    /// The same for one that may also be None.
    fn wrong_or_none(&self, place: String, value: &Bound<'_, PyAny>) -> PyErr {
        match self {
            Schema::List(_) | Schema::Set(_) | Schema::Dict(..) | Schema::Tuple(_) | Schema::Struct(_) => {
                self.wrong(place, value)
            }
            _ => self.refuse(&place, value, " or None"),
        }
    }

    fn refuse(&self, place: &str, value: &Bound<'_, PyAny>, or: &str) -> PyErr {
        let is_int = value.is_instance_of::<PyInt>() && !value.is_instance_of::<PyBool>();
        let text = format!("{place}: {} is not {}{or}", shown(value), self.name());
        match self {
            Schema::Array(class) if self.is_array(value) => match Seen::of(value, class.as_ref()) {
                Err(wrong) => PyTypeError::new_err(format!("{place}: {}", wrong.value(value.py()))),
                Ok(_) => PyTypeError::new_err(text),
            },
            // As those of NumPy.
            Schema::Int { .. } | Schema::Id | Schema::Port if !is_int && value.hasattr("__index__").unwrap_or(false) => {
                PyTypeError::new_err(format!("{text}; write `int(..)`"))
            }
            Schema::Int { .. } | Schema::Id | Schema::Port if is_int => PyValueError::new_err(text),
            Schema::Set(_) | Schema::Dict(..) if self.is_unordered(value) => PyTypeError::new_err(format!(
                "{place}: the elements of a set, and the keys of a dict, need an order: numbers, texts, tuples of them"
            )),
            _ => PyTypeError::new_err(text),
        }
    }

    /// Whether it is of the right type but for an order.
    fn is_unordered(&self, value: &Bound<'_, PyAny>) -> bool {
        let right = match self {
            Schema::Dict(..) => value.is_instance_of::<PyDict>(),
            _ => value.is_instance_of::<PySet>() || value.is_instance_of::<PyFrozenSet>(),
        };
        right && in_order(value).is_err()
    }

    /// Whether it is an array of the right class, whatever it holds.
    fn is_array(&self, value: &Bound<'_, PyAny>) -> bool {
        let Schema::Array(class) = self else { return false };
        let is_right = class.as_ref().is_none_or(|class| value.is_instance(class.bind(value.py())).unwrap_or(false));
        is_right && matches!(Kind::of(value), Ok(Some(_)))
    }

    /// What it is called where people read.
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
            Schema::Id => format!("an id: an int from 0 to {}", u64::MAX),
            Schema::Port => "a port: 0, 1, 2, .., or SELF".into(),
            Schema::Option(some) => format!("{} or None", some.name()),
            Schema::List(_) => "a list".into(),
            Schema::Tuple(parts) => format!("a tuple of {}", parts.len()),
            Schema::Dict(..) => "a dict".into(),
            Schema::Set(_) => "a set".into(),
            Schema::Array(None) => "an array of NumPy's, or a tensor".into(),
            Schema::Array(Some(class)) => Python::attach(|py| {
                let class = class.bind(py);
                let name = |of: PyResult<Bound<'_, PyString>>| of.map_or_else(|_| "?".to_owned(), |name| name.to_string());
                format!("a {}.{}", name(class.module()), name(class.qualname()))
            }),
            Schema::Enum(known) => format!("a member of {}", known.name),
            Schema::Struct(known) => format!("a {}", known.name),
        }
    }
}

impl Struct {
    /// How many bytes the fields of a value take, behind its tag.
    ///
    /// # Errors
    /// If a field's value is not of its type: `Ping.hops: 300 is not an int from 0 to 255`.
    #[inline]
    pub(crate) fn length(&self, value: &Bound<'_, PyAny>) -> PyResult<usize> {
        if self.fields.is_empty() {
            return Ok(1);
        }
        // What arrays take beside.
        let apart = Cell::new(0);
        let length = codec::length(&Fields { of: self, value, apart: Some(&apart) });
        length.map(|length| length + apart.get()).ok_or_else(|| self.wrong(value))
    }

    #[cold]
    fn wrong(&self, value: &Bound<'_, PyAny>) -> PyErr {
        let wrong = self.wrong_field(self.name, value);
        wrong.unwrap_or_else(|| PyValueError::new_err(format!("a {} cannot be encoded", self.name)))
    }

    fn wrong_field(&self, place: &str, value: &Bound<'_, PyAny>) -> Option<PyErr> {
        self.fields.iter().find_map(|field| match self.get(value, field) {
            Ok(value) => field.schema.check(&format!("{place}.{}", field.name), &value).err(),
            Err(missing) => Some(missing),
        })
    }

    pub(super) fn is_of(&self, value: &Bound<'_, PyAny>) -> bool {
        value.get_type().is(&self.class)
    }
}

fn shown(value: &Bound<'_, PyAny>) -> String {
    let shown = value.repr().map_or_else(|_| "a value".to_owned(), |text| text.to_string());
    if shown.chars().count() <= MOST_SHOWN {
        return shown;
    }
    shown.chars().take(MOST_SHOWN - 1).chain(['…']).collect()
}
