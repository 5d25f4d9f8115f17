//! What a protocol can be told from the command line.

use core::fmt::Debug;
use core::time::Duration;
use std::borrow::Cow;

use serde::{Deserializer, Serialize, Serializer, de::DeserializeOwned};

use super::Id;
use crate::time::{duration_text, parse_duration};

/// A flag that a field of a `#[config]` struct gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Its name, without dashes: `requests`.
    pub name: Cow<'static, str>,
    /// What stands above the field.
    pub help: Cow<'static, str>,
    /// The field's type.
    pub kind: Cow<'static, str>,
    /// Whether a smaller run that fails alike may have less of it: `#[shrink]`.
    pub shrinks: bool,
    /// What its values may be, if the field declares it by `#[range(1..=1000)]`: `1 to 1000`.
    pub range: Option<Cow<'static, str>>,
}

impl Flag {
    /// A flag whose texts are known when the program is compiled.
    pub const fn new(name: &'static str, help: &'static str, kind: &'static str) -> Self {
        Flag { name: Cow::Borrowed(name), help: Cow::Borrowed(help), kind: Cow::Borrowed(kind), shrinks: false, range: None }
    }

    /// The same, but a smaller run that fails alike may have less of it.
    pub const fn shrinking(mut self) -> Self {
        self.shrinks = true;
        self
    }

    /// The same, with a range.
    pub const fn in_range(name: &'static str, help: &'static str, kind: &'static str, range: &'static str) -> Self {
        let (name, help, kind) = (Cow::Borrowed(name), Cow::Borrowed(help), Cow::Borrowed(kind));
        Flag { name, help, kind, shrinks: false, range: Some(Cow::Borrowed(range)) }
    }

    /// Its type, and its range if it has one, for people: `u32, 1 to 1000`.
    #[cfg(feature = "cli")]
    pub(crate) fn kind_and_range(&self) -> String {
        match &self.range {
            Some(range) => format!("{}, {range}", self.kind),
            None => self.kind.to_string(),
        }
    }

    /// Whether its value may be the name of a file that the protocol reads.
    pub(crate) fn may_name_a_file(&self) -> bool {
        matches!(&*self.kind, "String" | "PathBuf" | "Option<String>" | "Option<PathBuf>")
    }
}

/// A `#[config]` struct: the defaults, and how text changes them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a configuration",
    label = "not a configuration",
    note = "annotate the struct with `#[config]`"
)]
pub trait Config: Clone + Debug + Default + Serialize + DeserializeOwned + Send + Sync + 'static {
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

/// What a field of a `#[config]` struct can be: numbers, `bool`, texts, times (`1.5s`, `20ms`), an [`Id`], and each of these as
/// an `Option`, which is `None` until the flag is given.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a flag",
    label = "cannot be a flag",
    note = "numbers, `bool`, `String`, `Duration` and `Id` are flags; implement `nodes::protocol::FlagValue` for a type of your own"
)]
pub trait FlagValue: Clone + Debug + Default + Serialize + DeserializeOwned + 'static {
    /// What is expected, for messages: "a number".
    const EXPECTED: &'static str;

    /// Reads what stands on the command line.
    fn parse(text: &str) -> Option<Self>;

    /// The text that [`parse`](FlagValue::parse) would read.
    fn show(&self) -> String;

    #[doc(hidden)]
    fn __clone(&self) -> Self {
        self.clone()
    }

    #[doc(hidden)]
    fn __debug(&self) -> &dyn Debug {
        self
    }

    #[doc(hidden)]
    fn __serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }

    #[doc(hidden)]
    fn __deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }

    #[doc(hidden)]
    fn __default() -> Self {
        Self::default()
    }
}

macro_rules! by_from_str {
    ($($type:ty, $expected:literal;)*) => {$(
        impl FlagValue for $type {
            const EXPECTED: &'static str = $expected;

            fn parse(text: &str) -> Option<Self> {
                text.parse().ok()
            }

            fn show(&self) -> String {
                self.to_string()
            }
        }
    )*};
}
by_from_str! {
    u8, "a number from 0 to 255";
    u16, "a number from 0 to 65535";
    u32, "a number from 0 to 4294967295";
    u64, "a number from 0 on";
    usize, "a number from 0 on";
    i8, "a number from -128 to 127";
    i16, "a number from -32768 to 32767";
    i32, "a number";
    i64, "a number";
    isize, "a number";
    f32, "a number";
    f64, "a number";
    bool, "`true` or `false`";
    char, "a character";
    String, "a text";
    Id, "an id (a number from 0 on)";
}

impl<T: FlagValue> FlagValue for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn parse(text: &str) -> Option<Self> {
        T::parse(text).map(Some)
    }

    fn show(&self) -> String {
        self.as_ref().map_or(String::new(), T::show)
    }
}

impl FlagValue for Duration {
    const EXPECTED: &'static str = "a time: `1.5s`, `20ms`";

    fn parse(text: &str) -> Option<Self> {
        parse_duration(text)
    }

    fn show(&self) -> String {
        duration_text(*self)
    }
}
