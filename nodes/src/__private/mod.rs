//! What the macros' expansions use, and nobody else.

use core::fmt;
use core::marker::PhantomData;

use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserializer, Serializer};

pub use serde;

use crate::link::LARGEST_MAX_MESSAGE;
use crate::protocol::MessageSet;

mod field;
mod outline;
mod text;

pub use field::{Carried, Data, Kept};
pub use outline::{Deed, In, Outline, Rule, describe};
pub use text::Text;

/// A field that has a value before anything happens.  The lifetime says nothing; it lets a bound on a concrete type be false.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no `Default`, so the protocol needs an `#[init]`",
    label = "has no `Default`",
    note = "say how a node begins: `#[init] fn new(net: &mut Net<Self>) -> Self`"
)]
pub trait Initial<'a>: Sized {
    fn initial() -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Default> Initial<'_> for T {
    #[inline(always)]
    fn initial() -> Self {
        T::default()
    }
}

/// What the checks need of a set of states.
#[derive(Clone, Copy)]
pub struct Table {
    pub names: &'static [&'static str],
    pub terminal: &'static [bool],
}

/// What a configuration says of a value that it cannot read.
pub fn not_a_value(flag: &str, value: &str, expected: &str) -> String {
    format!("--{flag}: `{value}` is not {expected}")
}

/// The value of a flag, if it lies in the range that the configuration declares.
pub fn within<T: PartialOrd>(
    value: T,
    range: &core::ops::RangeInclusive<T>,
    flag: &str,
    text: &str,
    declared: &str,
) -> Result<T, String> {
    if range.contains(&value) { Ok(value) } else { Err(format!("--{flag}: `{text}` is not in the range from {declared}")) }
}

/// What a configuration says of a flag that it does not have.
pub fn no_flag(flag: &str) -> String {
    format!("there is no flag `--{flag}`")
}

/// A set of messages as the bytes that it is on the wire.
pub fn serialize_set<M: MessageSet, S: Serializer>(set: &M, serializer: S) -> Result<S::Ok, S::Error> {
    let mut buffer = Vec::new();
    let used = set.encode_growing(&mut buffer, LARGEST_MAX_MESSAGE).map_err(serde::ser::Error::custom)?;
    serializer.serialize_bytes(&buffer[..used])
}

/// What [`serialize_set`] wrote.
pub fn deserialize_set<'de, M: MessageSet, D: Deserializer<'de>>(deserializer: D) -> Result<M, D::Error> {
    struct Wire<M>(PhantomData<M>);

    impl<'de, M: MessageSet> Visitor<'de> for Wire<M> {
        type Value = M;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the bytes of a message")
        }

        fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<M, E> {
            M::decode(bytes).map_err(E::custom)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<M, A::Error> {
            let mut bytes = Vec::new();
            while let Some(byte) = seq.next_element()? {
                bytes.push(byte);
            }
            self.visit_bytes(&bytes)
        }
    }

    deserializer.deserialize_bytes(Wire(PhantomData))
}

/// A set of alarms, read from the pair of a tag and an alarm.
pub trait Alarms: Sized {
    fn next<'de, A: SeqAccess<'de>>(tag: u8, pair: &mut A) -> Result<Self, A::Error>;
}

/// An alarm, with its tag before it.
pub fn deserialize_alarm<'de, T: Alarms, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    struct Pair<T>(PhantomData<T>);

    impl<'de, T: Alarms> Visitor<'de> for Pair<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a tag and an alarm")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut pair: A) -> Result<T, A::Error> {
            let tag = pair.next_element()?.ok_or_else(|| de::Error::invalid_length(0, &self))?;
            T::next(tag, &mut pair)
        }
    }

    deserializer.deserialize_tuple(2, Pair(PhantomData))
}

/// No alarm has this tag.
pub fn unknown_alarm<E: de::Error>(tag: u8) -> E {
    E::custom(format_args!("no alarm has the tag {tag}"))
}
