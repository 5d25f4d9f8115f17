//! The inputs of nodes whose protocol is a Python class.

use core::fmt;
use std::borrow::Cow;
use std::sync::Arc;

use nodes::Input;
use nodes::protocol::{InputSource, WrongInput};
use pyo3::IntoPyObjectExt as _;
use pyo3::prelude::*;
use serde::de::{DeserializeSeed as _, Deserializer};
use serde::{Deserialize, Serialize, Serializer};

use crate::array::Arrays;
use crate::class::Class;
use crate::protocol::decoded;
use crate::schema::{Reading, Schema, Typed};

/// What a node is given; nothing if its class takes no input.
#[derive(Clone)]
pub(crate) struct PyInput(Option<Given>);

#[derive(Clone)]
struct Given {
    class: &'static Class,
    value: Arc<Py<PyAny>>,
}

impl PyInput {
    pub(crate) fn of(class: &'static Class, value: Bound<'_, PyAny>) -> Self {
        PyInput(Some(Given { class, value: Arc::new(value.unbind()) }))
    }

    /// A copy for the node, which may change it but for the arrays in it.
    pub(crate) fn value<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match &self.0 {
            Some(Given { class, value }) => match &class.input {
                Some(schema) => schema.copy(value.bind(py), Arrays::Share),
                None => Ok(py.None().into_bound(py)),
            },
            None => Ok(py.None().into_bound(py)),
        }
    }

    /// The inputs of that many nodes of a class.
    ///
    /// # Errors
    /// If a text or a value is no input, nothing can be drawn, or there is not one input for each node.
    pub(crate) fn all(class: &'static Class, source: InputSource<'_>, nodes: usize) -> Result<Vec<Self>, WrongInput> {
        let Some(schema) = &class.input else {
            // Nothing is given, whatever was asked for; a command line has refused it.
            return Ok(vec![PyInput(None); nodes]);
        };
        Python::attach(|py| {
            let own = |value: Bound<'_, PyAny>| PyInput::of(class, value);
            let write = || how_to_draw(py, schema);
            let nothing = || WrongInput::NothingToDraw { expected: Cow::Borrowed(schema.expected()), write: write() };
            let counted = |given: usize| {
                if given == nodes { Ok(()) } else { Err(WrongInput::Count { given, nodes, write: write() }) }
            };
            let read = |texts: &[String]| {
                let read = texts.iter().enumerate().map(|(place, text)| {
                    let expected = Cow::Borrowed(schema.expected());
                    let wrong = || WrongInput::Text { place, text: text.clone(), expected, write: write() };
                    schema.parse(py, text).map(own).ok_or_else(wrong)
                });
                read.collect::<Result<Vec<_>, _>>()
            };
            match source {
                InputSource::ByIndex => {
                    (0..nodes).map(|index| by_index(py, schema, index).map(own).ok_or_else(nothing)).collect()
                }
                InputSource::Texts(texts) => {
                    let values = read(texts)?;
                    counted(values.len()).map(|()| values)
                }
                InputSource::OneOf { texts, random } => {
                    let values = read(texts)?;
                    if values.is_empty() {
                        return Err(nothing());
                    }
                    Ok((0..nodes).map(|_| values[random.below(values.len() as u64) as usize].clone()).collect())
                }
                InputSource::AnyValue { random } => {
                    let values = schema.values(py);
                    if values.is_empty() {
                        return Err(nothing());
                    }
                    Ok((0..nodes).map(|_| own(values[random.below(values.len() as u64) as usize].clone())).collect())
                }
                InputSource::Random { low, high, random } => {
                    let drawn = (0..nodes).map(|_| match schema {
                        Schema::Float => draw::<f64>(py, low, high, random),
                        Schema::Int { .. } | Schema::Id | Schema::Port => draw::<i64>(py, low, high, random),
                        _ => None,
                    });
                    drawn.map(|value| value.map(own).ok_or_else(nothing)).collect()
                }
                InputSource::Values(values) => match values.downcast::<PyInput>() {
                    Some(values) => counted(values.len()).map(|()| values.to_vec()),
                    None => Err(WrongInput::Type),
                },
            }
        })
    }
}

fn draw<'py, T: Input + IntoPyObject<'py>>(
    py: Python<'py>,
    low: &str,
    high: &str,
    random: &mut nodes::protocol::Random,
) -> Option<Bound<'py, PyAny>> {
    let drawn = T::random(&T::parse(low)?, &T::parse(high)?, random)?;
    drawn.into_bound_py_any(py).ok()
}

/// Node i's input where none is given.
fn by_index<'py>(py: Python<'py>, schema: &Schema, index: usize) -> Option<Bound<'py, PyAny>> {
    let values = schema.values(py);
    if !values.is_empty() {
        return Some(values[index % values.len()].clone());
    }
    schema.parse(py, &index.to_string())
}

fn how_to_draw(py: Python<'_>, schema: &Schema) -> String {
    match schema {
        _ if !schema.values(py).is_empty() => "random".to_owned(),
        Schema::Float | Schema::Int { .. } | Schema::Id | Schema::Port => "random:0..100".to_owned(),
        _ => "random:A,B".to_owned(),
    }
}

impl fmt::Debug for PyInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(given) => Python::attach(|py| write!(f, "{}", given.value.bind(py))),
            None => f.write_str("()"),
        }
    }
}

impl Serialize for PyInput {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Some(Given { class, value }) => match &class.input {
                Some(schema) => Python::attach(|py| Typed::new(schema, value.bind(py)).serialize(serializer)),
                None => serializer.serialize_unit(),
            },
            None => serializer.serialize_unit(),
        }
    }
}

impl<'de> Deserialize<'de> for PyInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let class = decoded();
        match &class.input {
            Some(schema) => Python::attach(|py| Ok(PyInput::of(class, Reading { py, schema }.deserialize(deserializer)?))),
            None => {
                <()>::deserialize(deserializer)?;
                Ok(PyInput(None))
            }
        }
    }
}

// Where inputs come from, the class says: `PyInput::all`.  Only a value that was given has a text.
impl Input for PyInput {
    const EXPECTED: &'static str = "a value that a program gives";

    fn by_index(_index: usize) -> Self {
        PyInput(None)
    }

    fn parse(_text: &str) -> Option<Self> {
        None
    }

    fn values() -> Vec<Self> {
        Vec::new()
    }
}
