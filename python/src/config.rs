//! The configuration of a Python class: the values of its flags.

use core::fmt;
use std::sync::Arc;

use nodes::protocol::{Config, Flag};
use pyo3::prelude::*;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::ser::SerializeTuple as _;
use serde::{Deserialize, Serialize, Serializer};

use crate::class::{Class, Setting};
use crate::protocol::decoded;
use crate::schema::{Reading, Typed};

/// The values of a class's flags, in their order.
#[derive(Clone)]
pub(crate) struct PyConfig {
    class: &'static Class,
    values: Arc<Vec<Py<PyAny>>>,
}

impl PyConfig {
    /// The defaults.
    pub(crate) fn of(class: &'static Class) -> Self {
        let flags = class.config.iter().flat_map(|settings| &settings.flags);
        let values = Python::attach(|py| flags.map(|flag| flag.default.clone_ref(py)).collect());
        PyConfig { class, values: Arc::new(values) }
    }

    pub(crate) fn class(&self) -> &'static Class {
        self.class
    }

    /// As `@init` is given it.
    pub(crate) fn made<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.class.make_config(py, &self.values)
    }

    fn flags(&self) -> &'static [Setting] {
        self.class.config.as_ref().map_or(&[], |settings| &settings.flags)
    }
}

impl Default for PyConfig {
    fn default() -> Self {
        PyConfig::of(decoded())
    }
}

impl fmt::Debug for PyConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct(self.class.name);
        for flag in self.flags() {
            shown.field(flag.name, &self.get(flag.name));
        }
        shown.finish()
    }
}

impl Config for PyConfig {
    /// The class says them, in its description.
    const FLAGS: &'static [Flag] = &[];

    fn set(&mut self, flag: &str, value: &str) -> Result<(), String> {
        let Some(place) = self.flags().iter().position(|setting| setting.name == flag) else {
            return Err(format!("there is no flag `--{flag}`"));
        };
        Python::attach(|py| {
            let read = self.flags()[place].read(py, value)?;
            let mut values = self.values.iter().map(|value| value.clone_ref(py)).collect::<Vec<_>>();
            values[place] = read.unbind();
            self.values = Arc::new(values);
            Ok(())
        })
    }

    fn get(&self, flag: &str) -> Option<String> {
        let place = self.flags().iter().position(|setting| setting.name == flag)?;
        Python::attach(|py| Some(self.flags()[place].text(self.values[place].bind(py))))
    }
}

impl Serialize for PyConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Python::attach(|py| {
            let mut values = serializer.serialize_tuple(self.values.len())?;
            for (flag, value) in self.flags().iter().zip(&*self.values) {
                values.serialize_element(&Typed::new(&flag.schema, value.bind(py)))?;
            }
            values.end()
        })
    }
}

impl<'de> Deserialize<'de> for PyConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values(PyConfig);

        impl<'de> Visitor<'de> for Values {
            type Value = PyConfig;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a configuration")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<PyConfig, A::Error> {
                Python::attach(|py| {
                    let read = self.0.flags().iter().enumerate().map(|(place, flag)| {
                        let value = values.next_element_seed(Reading { py, schema: &flag.schema })?;
                        Ok(value.ok_or_else(|| de::Error::invalid_length(place, &"a configuration"))?.unbind())
                    });
                    Ok(PyConfig { class: self.0.class, values: Arc::new(read.collect::<Result<_, A::Error>>()?) })
                })
            }
        }

        let usual = PyConfig::of(decoded());
        deserializer.deserialize_tuple(usual.values.len(), Values(usual))
    }
}
