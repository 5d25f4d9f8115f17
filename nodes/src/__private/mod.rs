//! What the macros' expansions use, and nobody else.

use core::fmt::{self, Debug};
use core::marker::PhantomData;

use serde::de::{self, DeserializeOwned, SeqAccess, Visitor};
use serde::{Deserializer, Serialize, Serializer};

pub use serde;

use crate::protocol::{
    Action, AlarmInfo, Config, Declared, Description, MessageInfo, MessageSet, PropertyInfo, Protocol, RuleInfo, StateInfo,
    States, Trigger,
};

mod text;
pub use text::{Text, deferred_for_ever, leaves_terminal, uncovered};

/// A field of a protocol, an alarm or a configuration: [`Payload`](crate::protocol::Payload) but for `PartialEq`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field of a protocol",
    label = "cannot be a field of a protocol",
    note = "a node's fields travel, are shown and copied: they are Clone, Debug, Serialize and Deserialize; `#[message]` on a type of your own makes it all that"
)]
pub trait Kept: Clone + Debug + Serialize + DeserializeOwned + 'static {
    fn __clone(&self) -> Self {
        self.clone()
    }

    fn __debug(&self) -> &dyn Debug {
        self
    }

    fn __serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }

    fn __deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Clone + Debug + Serialize + DeserializeOwned + 'static> Kept for T {}

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
    fn initial() -> Self {
        T::default()
    }
}

/// Stands for the states of a struct that has no field `state`; its name is what rustc says of a rule that names one.
#[derive(Clone, Debug)]
pub enum TheStructHasNoFieldNamedState {}

impl States for TheStructHasNoFieldNamedState {
    const NAMES: &'static [&'static str] = <()>::NAMES;
    const DOCS: &'static [&'static str] = <()>::DOCS;
    const TERMINAL: &'static [bool] = <()>::TERMINAL;

    fn index(&self) -> usize {
        match *self {}
    }
}

/// Whether the node is in a terminal state.
#[inline]
pub fn has_decided<P: Declared>(protocol: &P) -> bool {
    P::State::TERMINAL[protocol.state().index()]
}

/// The indices of states.
pub fn places<S: States>(names: &[&str]) -> Vec<usize> {
    names.iter().filter_map(|name| S::NAMES.iter().position(|known| known == name)).collect()
}

/// The indices of all states that are not terminal, but these.
pub fn undecided_but<S: States>(names: &[&str]) -> Vec<usize> {
    (0..S::NAMES.len()).filter(|&state| !S::TERMINAL[state] && !names.contains(&S::NAMES[state])).collect()
}

/// Runs a handler.
pub fn handle<S: States>(handler: &str, guard: Option<&str>, becomes: &[&str]) -> Action {
    Action::Handle { handler: handler.into(), guard: guard.map(Into::into), becomes: places::<S>(becomes) }
}

/// `#[otherwise(ignore)]`, for one message.
pub fn nil<S: States>(tag: u8, named: &[&str]) -> Option<RuleInfo> {
    let states = undecided_but::<S>(named);
    (!states.is_empty()).then(|| RuleInfo {
        trigger: Trigger::Message(tag),
        states,
        action: Action::Ignore,
        doc: String::new(),
    })
}

/// A protocol, described.
pub fn describe<P: Protocol>(
    messages: Vec<MessageInfo>,
    alarms: Vec<AlarmInfo>,
    mut rules: Vec<RuleInfo>,
    nil: &[Option<RuleInfo>],
) -> std::sync::Arc<Description> {
    rules.extend(nil.iter().flatten().cloned());
    let states = (0..<P::State as States>::NAMES.len()).map(|state| StateInfo {
        name: P::State::NAMES[state].into(),
        terminal: P::State::TERMINAL[state],
        doc: P::State::DOCS[state].into(),
    });
    let properties = P::properties().iter().map(|property| PropertyInfo {
        name: property.name.into(),
        when: property.when,
        doc: property.doc.into(),
    });
    std::sync::Arc::new(Description {
        states: states.collect(),
        messages,
        alarms,
        rules,
        properties: properties.collect(),
        flags: P::Config::FLAGS,
        ..Description::new(&P::DECLARATION)
    })
}

/// What a configuration says of a value that it cannot read.
pub fn not_a_value(flag: &str, value: &str, expected: &str) -> String {
    format!("--{flag}: `{value}` is not {expected}")
}

/// What a configuration says of a flag that it does not have.
pub fn no_flag(flag: &str) -> String {
    format!("there is no flag `--{flag}`")
}

/// A set of messages as the bytes that it is on the wire.
pub fn serialize_set<M: MessageSet, S: Serializer>(set: &M, serializer: S) -> Result<S::Ok, S::Error> {
    let mut buffer = Vec::new();
    let used = set.encode_growing(&mut buffer).map_err(serde::ser::Error::custom)?;
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
