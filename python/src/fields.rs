//! What a node keeps: whether each value is of its field's type, looked at when a handler may have changed it.

use pyo3::prelude::*;

use crate::class::{Class, Handler, NodeField};
use crate::schema::Schema;

impl Class {
    /// Looks at the fields that a handler may have changed; at those of many elements in the end: [`Class::look_at_long`].
    ///
    /// # Errors
    /// If a value is not of its field's type; the text says where it was set.
    #[inline]
    pub(crate) fn look_at(&self, node: &Bound<'_, PyAny>, handler: &Handler) -> PyResult<()> {
        for place in &handler.changes {
            let field = &self.fields[*place];
            let Some(schema) = &field.schema else { continue };
            let value = node.getattr(field.key.bind(node.py()))?;
            if !schema.is_long(&value) && !schema.fits(&value) {
                return Err(self.wrong(field, schema, &value, handler.name));
            }
        }
        Ok(())
    }

    /// Looks at all fields of a new node, which a method of that name has made, if the name is not empty.
    pub(crate) fn look_at_all(&self, node: &Bound<'_, PyAny>, by: &str) -> PyResult<()> {
        for (field, schema) in self.encoded_fields() {
            let value = node.getattr(field.key.bind(node.py()))?;
            if !schema.fits(&value) {
                return Err(self.wrong(field, schema, &value, by));
            }
        }
        Ok(())
    }

    /// Looks at what was not looked at after each step, as that would have taken long.
    pub(crate) fn look_at_long(&self, node: &Bound<'_, PyAny>) -> PyResult<()> {
        for (field, schema) in self.encoded_fields().filter(|(_, schema)| schema.may_be_long()) {
            let value = node.getattr(field.key.bind(node.py()))?;
            if schema.is_long(&value) && !schema.fits(&value) {
                return Err(self.wrong(field, schema, &value, ""));
            }
        }
        Ok(())
    }

    /// What is wrong with a field of that type, and where it was set: by a method of that name, or by any if it is empty.
    #[cold]
    pub(crate) fn wrong(&self, field: &NodeField, schema: &Schema, value: &Bound<'_, PyAny>, by: &str) -> PyErr {
        let py = value.py();
        let Err(wrong) = schema.check(&format!("{}.{}", self.name, field.name), value) else {
            return pyo3::exceptions::PyValueError::new_err(format!("{}.{} has changed meanwhile", self.name, field.name));
        };
        let place = py
            .import("distnodes._changes")
            .and_then(|changes| changes.call_method1("place_of", (&self.class, by, field.name))?.extract::<String>());
        match place {
            Ok(place) => PyErr::from_type(wrong.get_type(py), format!("{}; {place}", wrong.value(py))),
            Err(_) => wrong,
        }
    }
}
