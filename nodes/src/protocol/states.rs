//! The states of a protocol.

/// The states of a protocol: an enum with `#[states]`, or `()` for a protocol that has none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of states",
    label = "not a set of states",
    note = "annotate the enum with `#[states]`"
)]
pub trait States: Clone + core::fmt::Debug + 'static {
    /// The names, in the order of the enum.
    const NAMES: &'static [&'static str];
    /// What stands above each in the documentation.
    const DOCS: &'static [&'static str];
    /// Which are terminal: a node in one of them has decided.
    const TERMINAL: &'static [bool];
    /// Where the state's name stands in [`NAMES`](States::NAMES).
    fn index(&self) -> usize;
}

impl States for () {
    const NAMES: &'static [&'static str] = &["-"];
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
