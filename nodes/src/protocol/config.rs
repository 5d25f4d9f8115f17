//! What a protocol can be told from the command line.

use core::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};

/// A flag that a field of a `#[config]` struct gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Its name, without dashes: `requests`.
    pub name: &'static str,
    /// What stands above the field.
    pub help: &'static str,
    /// The field's type.
    pub kind: &'static str,
}

/// A `#[config]` struct: the defaults, and how text changes them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a configuration",
    label = "not a configuration",
    note = "annotate the struct with `#[config]`"
)]
pub trait Config: Clone + Debug + Default + Serialize + DeserializeOwned + 'static {
    /// Its flags, in the order of the fields.
    const FLAGS: &'static [Flag];

    /// Sets the field of that name from text; the error says what was expected.
    fn set(&mut self, flag: &str, value: &str) -> Result<(), String>;

    /// The value of the field of that name, as text.
    fn get(&self, flag: &str) -> Option<String>;
}

impl Config for () {
    const FLAGS: &'static [Flag] = &[];

    fn set(&mut self, flag: &str, _value: &str) -> Result<(), String> {
        Err(format!("there is no flag `--{flag}`"))
    }

    fn get(&self, _flag: &str) -> Option<String> {
        None
    }
}
