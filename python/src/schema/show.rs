//! Values where people read, as Rust's `Debug` shows those of the same type.

use core::fmt;

use pyo3::prelude::*;

use super::write::in_order;
use super::{Schema, Struct};
use crate::array::Seen;

impl Struct {
    /// As Rust's `Debug` shows a struct.
    pub(crate) fn show(&self, value: &Bound<'_, PyAny>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.fields.is_empty() {
            return f.write_str(self.name);
        }
        let mut shown = f.debug_struct(self.name);
        for field in &self.fields {
            match self.get(value, field) {
                Ok(value) => shown.field(field.name, &Shown { schema: &field.schema, value: &value }),
                Err(_) => shown.field(field.name, &format_args!("?")),
            };
        }
        shown.finish()
    }
}

/// As Rust's `Debug` shows a value of that type.
pub(crate) struct Shown<'a, 'py> {
    pub(crate) schema: &'a Schema,
    pub(crate) value: &'a Bound<'py, PyAny>,
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
            Schema::Array(class) => match Seen::of(value, class.as_ref()) {
                Ok(seen) => write!(f, "Array {}", seen.text(value)),
                Err(_) => f.write_str("?"),
            },
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
