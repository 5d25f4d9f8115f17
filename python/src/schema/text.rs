//! Values as the words of a command line.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyString};

use super::Schema;

impl Schema {
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
                self.fits(&value).then_some(value)
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
