//! The states of a protocol.

use core::fmt::Debug;

use serde::{Deserializer, Serialize, Serializer, de::DeserializeOwned};

/// The states of a protocol: an enum with `#[states]`, or `()` for a protocol that has none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of states",
    label = "not a set of states",
    note = "annotate the enum with `#[states]`"
)]
pub trait States: Clone + Debug + Default + Serialize + DeserializeOwned + 'static {
    /// The names, in the order of the enum.
    const NAMES: &'static [&'static str];
    /// What stands above each in the documentation.
    const DOCS: &'static [&'static str];
    /// Which are terminal: a node in one of them has decided.
    const TERMINAL: &'static [bool];
    /// Where the state's name stands in [`NAMES`](States::NAMES).
    fn index(&self) -> usize;

    /// Whether the set is known when the program is compiled.  A state of one that is made at run time says what there is: it has its
    /// own [`name_of`](States::name_of), [`is_terminal`](States::is_terminal) and [`terminals`](States::terminals).
    const KNOWN: bool = true;

    /// The name of the state with that index.
    #[inline]
    fn name_of(&self, index: usize) -> &'static str {
        Self::NAMES[index]
    }

    /// Whether the state with that index is terminal.
    #[inline]
    fn is_terminal(&self, index: usize) -> bool {
        Self::TERMINAL[index]
    }

    /// Which states are terminal.
    fn terminals(&self) -> &'static [bool] {
        Self::TERMINAL
    }

    #[doc(hidden)]
    #[inline]
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

/// The name of the only state of a protocol that has none: where people read, nothing is said of it.
pub(crate) const NO_STATE: &str = "-";

/// What is said of a state, before its name; nothing if the protocol has no states.
pub(crate) fn of_state(before: &str, state: &str) -> String {
    if state == NO_STATE { String::new() } else { format!("{before}{state}") }
}

impl States for () {
    const NAMES: &'static [&'static str] = &[NO_STATE];
    const DOCS: &'static [&'static str] = &[""];
    const TERMINAL: &'static [bool] = &[false];

    fn index(&self) -> usize {
        0
    }
}

/// Something that names a state: a state itself (what it carries does not matter), or its name.
pub trait StateName<S: States> {
    /// Where it stands in [`States::NAMES`]; `None` if there is no such state.
    fn state_index(&self) -> Option<usize>;
}

impl<S: States> StateName<S> for S {
    fn state_index(&self) -> Option<usize> {
        Some(self.index())
    }
}

impl<S: States> StateName<S> for &str {
    fn state_index(&self) -> Option<usize> {
        S::NAMES.iter().position(|name| name == self)
    }
}
