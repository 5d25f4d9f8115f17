//! Alarms: what a node sets for itself.  They never travel.

use core::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};

use super::Protocol;

/// A type of alarm: a struct with `#[alarm]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an alarm",
    label = "not an alarm",
    note = "annotate its definition with `#[alarm]`"
)]
pub trait Alarm: Clone + Debug + Serialize + DeserializeOwned + 'static {
    /// Its name.
    const NAME: &'static str;
}

/// All alarms that a protocol handles, as one enum.
pub trait AlarmSet: Clone + Debug + Serialize + DeserializeOwned + 'static {
    /// Which of [`Description::alarms`](super::Description::alarms) this is.
    fn tag(&self) -> u8;
}

/// An alarm that protocol `P` handles.
#[diagnostic::on_unimplemented(
    message = "`{P}` has no rule for alarm `{Self}`",
    label = "set, but no `#[when({Self})]` in `impl {P}` handles it",
    note = "add a handler: `#[when({Self} in ..)] fn ..(&mut self, net: &mut Net<Self>)`"
)]
pub trait AlarmOf<P: Protocol>: Sized {
    /// Its tag in `P`'s set.
    const TAG: u8;
    /// As one of `P`'s alarms.
    fn wrap(self) -> P::Alarm;
}
