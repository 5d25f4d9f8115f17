//! Arrays where people read: a few numbers, or what there are.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyList};
use serde::ser::Error as _;
use serde::{Serialize, Serializer};

use super::Seen;

/// An array of so many elements is shown with all of them, where a document shows it.
const FEW: u64 = 16;

/// An array as JSON has it: its numbers in lists, if they are few; else its text.
pub(crate) struct Listed<'a, 'py>(pub(crate) &'a Seen, pub(crate) &'a Bound<'py, PyAny>);

impl Serialize for Listed<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Listed(seen, array) = self;
        let is_small =
            seen.shape.iter().try_fold(1_u64, |count, length| count.checked_mul(*length)).is_some_and(|count| count <= FEW);
        let list = is_small.then(|| array.call_method0("tolist").ok()).flatten();
        match list.filter(are_numbers) {
            Some(list) => Numbers(&list).serialize(serializer),
            None => serializer.serialize_str(&seen.text(array)),
        }
    }
}

/// Whether JSON has all of them.
fn are_numbers(value: &Bound<'_, PyAny>) -> bool {
    match value.cast::<PyList>() {
        Ok(list) => list.iter().all(|value| are_numbers(&value)),
        Err(_) => value.is_instance_of::<PyInt>() || value.is_instance_of::<PyFloat>(),
    }
}

/// Numbers, and lists of them.
struct Numbers<'a, 'py>(&'a Bound<'py, PyAny>);

impl Serialize for Numbers<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Numbers(value) = self;
        if let Ok(list) = value.cast::<PyList>() {
            return serializer.collect_seq(list.iter().map(OwnNumbers));
        }
        if let Ok(bool) = value.cast::<PyBool>() {
            return serializer.serialize_bool(bool.is_true());
        }
        if value.is_instance_of::<PyFloat>() {
            return serializer.serialize_f64(value.extract().map_err(S::Error::custom)?);
        }
        match value.extract::<i64>() {
            Ok(int) => serializer.serialize_i64(int),
            Err(_) => serializer.serialize_u64(value.extract().map_err(S::Error::custom)?),
        }
    }
}

struct OwnNumbers<'py>(Bound<'py, PyAny>);

impl Serialize for OwnNumbers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Numbers(&self.0).serialize(serializer)
    }
}
