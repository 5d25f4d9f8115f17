//! Alarms: what a node sets for itself.  They never travel.

use core::fmt::{self, Debug};

use serde::de::{self, DeserializeOwned, SeqAccess};
use serde::{Deserialize, Serialize, Serializer};

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
    /// What stands above it in the documentation.
    const DOC: &'static str = "";

    #[doc(hidden)]
    const __TEXTS: [&'static str; 2] = [Self::NAME, Self::DOC];

    #[doc(hidden)]
    fn __clone(&self) -> Self {
        self.clone()
    }

    #[doc(hidden)]
    fn __debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt(f)
    }

    #[doc(hidden)]
    fn __serialize<S: Serializer>(&self, tag: u8, serializer: S) -> Result<S::Ok, S::Error> {
        (tag, self).serialize(serializer)
    }

    #[doc(hidden)]
    fn __next<'de, A: SeqAccess<'de>>(pair: &mut A) -> Result<Self, A::Error> {
        pair.next_element()?.ok_or_else(|| de::Error::invalid_length(1, &"a tag and an alarm"))
    }
}

/// All alarms that a protocol handles, as one enum.
pub trait AlarmSet: Clone + Debug + Serialize + DeserializeOwned + 'static {
    /// Which of [`Description::alarms`](super::Description::alarms) this is.
    fn tag(&self) -> u8;
}

/// The alarms of a protocol that handles none.
#[derive(Serialize, Deserialize)]
pub enum NoAlarm {}

impl Clone for NoAlarm {
    #[inline(never)]
    fn clone(&self) -> Self {
        match *self {}
    }
}

impl Debug for NoAlarm {
    #[inline(never)]
    fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

impl AlarmSet for NoAlarm {
    #[inline(never)]
    fn tag(&self) -> u8 {
        match *self {}
    }
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
