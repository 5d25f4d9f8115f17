//! The model: what a protocol is, what a node does in one step, what properties look at.
//!
//! Nothing here does I/O, reads a clock or starts a thread.  An engine turns whatever happens (an impulse, a message, an alarm)
//! into an [`Event`], lets the [`Node`] make one atomic [`step`](Node::step), and carries out the [`Effect`]s that the step
//! left in the [`Net`].

mod alarm;
mod any;
pub(crate) mod bounded;
mod census;
pub mod codec;
mod config;
mod declaration;
mod description;
mod effect;
pub(crate) mod fingerprint;
mod id;
pub(crate) mod input;
mod instance;
mod length;
mod message;
mod net;
mod node;
mod node_set;
mod payload;
mod port_map;
mod port_set;
mod port_slot;
mod ports;
mod primitives;
mod property;
mod states;
mod stored;
mod traffic;
mod variants;
mod wait;
pub mod watch;
mod world;

pub use alarm::{Alarm, AlarmOf, AlarmSet, NoAlarm};
pub(crate) use any::TypedWorld;
pub use any::{
    Act, AlarmContent, Answer, AnyAlarm, AnyConfig, AnyEffect, AnyEvent, AnyInputs, AnyInstance, AnyMessage, AnyNode,
    AnyProtocol, AnyWorld, Asked, Content, Crowd, Definition, Extension, Glance, InputSource, KeptNode, Look, LookAt, MakeNode,
    NodeStart, NodeView, OnlySend, Reads, Totals, WorldView, WrongInput,
};
pub use config::{Config, Flag, FlagValue};
pub use declaration::{Declaration, InitiatorRule, Knows, Links, NeighbourIds, OwnId, RunsOn, Size};
pub use description::{
    Action, AlarmInfo, Description, MessageInfo, PropertyInfo, RecoveryInfo, RuleInfo, StateInfo, TopologyInfo, Trigger,
};
pub use effect::Effect;
pub use id::Id;
pub use input::Input;
pub use instance::{Ids, Instance};
pub use message::{Bytes, Message, MessageOf, MessageSet};
pub use net::{Local, LocalEnd, Net};
pub use node::{Event, Node, Stepped};
pub use payload::Payload;
pub use port_map::{PortMap, PortMapIter};
pub use port_set::{PortSet, PortSetIter};
pub use ports::{PortIter, Ports};
pub use primitives::{DirectedRingPrimitives, HypercubePrimitives, OrientedRingPrimitives, RingPrimitives};
pub use property::{Check, CheckNode, CheckWorld, IntoVerdict, Property, Verdict, When};
pub(crate) use states::{NO_STATE, of_state};
pub use states::{StateName, States};
pub use stored::{Stored, StoredBy};
pub use wait::Wait;
pub use world::{InState, World};

pub use crate::random::{Random, Uniform};

use std::sync::Arc;

use serde::{Serialize, de::DeserializeOwned};

/// What `#[protocol]` on a struct says of it: its states, its input, and what it assumes.
///
/// Written by `#[protocol]` on the struct; [`Protocol`] is written by `#[protocol]` on its `impl`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not declared as a protocol",
    label = "not a protocol",
    note = "annotate the struct with `#[protocol]`"
)]
pub trait Declared: Sized + Clone + core::fmt::Debug + Serialize + DeserializeOwned + 'static {
    /// The states, an enum with `#[states]`; `()` for a protocol without any.
    type State: States;
    /// What each node is given: `()` unless `input = T`.
    type Input: Input;
    /// The rest of the declaration.
    const DECLARATION: Declaration;
    /// The state that the node is in.
    fn state(&self) -> &Self::State;

    #[doc(hidden)]
    #[inline]
    fn __has_decided(&self) -> bool {
        Self::State::TERMINAL[self.state().index()]
    }

    /// What is said on the struct.
    #[doc(hidden)]
    const __OUTLINE: crate::__private::Outline = crate::__private::Outline {
        declaration: &Self::DECLARATION,
        states: (Self::State::NAMES, Self::State::DOCS, Self::State::TERMINAL),
        flags: &[],
        messages: &[],
        alarms: &[],
        rules: &[],
        nil: &[],
        recovery: None,
        properties: &[],
    };
}

/// A distributed algorithm: what one node does.  Written by `#[protocol]` on an `impl` block, or by hand.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a protocol",
    label = "not a protocol",
    note = "annotate the struct and the `impl` block that holds its handlers with `#[protocol]`"
)]
pub trait Protocol: Declared {
    /// Every message that a rule handles.
    type Msg: MessageSet;
    /// Every alarm that a rule handles.
    type Alarm: AlarmSet;
    /// What `#[init]` takes; `()` for a protocol without flags of its own.
    type Config: Config;

    /// Whether a message may be deferred that a rule with a condition could handle without a change of the state.  Where it is
    /// not, no step has to look for such a message.
    const DEFERS_ON_CONDITION: bool = false;

    // Found here, so that a type that is no configuration is one error.
    #[doc(hidden)]
    const __FLAGS: &'static [Flag] = Self::Config::FLAGS;

    /// Names, rules, properties: what engines and people read.
    fn description(config: &Self::Config) -> Arc<Description>;

    /// The properties, in the order of [`Description::properties`].
    fn properties() -> &'static [Property<Self>];

    /// The properties under that configuration: the same under each, unless the protocol is made at run time.
    #[inline]
    fn properties_of(_config: &Self::Config) -> &'static [Property<Self>] {
        Self::properties()
    }

    /// The node as it is before anything happens.
    fn init(config: &Self::Config, net: &mut Net<Self>) -> Self;

    /// The node as it is when it recovers from a crash: `saved` is what it stored last, if it ever did.  Without a `#[recover]`
    /// it begins as it did at first, and knows nothing of its former life.
    fn recover(_saved: Option<&[u8]>, config: &Self::Config, net: &mut Net<Self>) -> Self {
        Self::init(config, net)
    }

    /// The impulse: the node starts on its own.
    fn on_impulse(&mut self, net: &mut Net<Self>) -> Outcome<()>;

    /// A message arrives from the link at `sender`.
    fn on_message(&mut self, msg: Self::Msg, sender: Port, net: &mut Net<Self>) -> Outcome<Self::Msg>;

    /// An alarm rings.
    fn on_alarm(&mut self, alarm: Self::Alarm, net: &mut Net<Self>) -> Outcome<()>;

    /// The run is over; may only log and report.
    #[inline(never)]
    fn on_finish(&mut self, _net: &mut Net<Self>) {}
}

use crate::topology::Port;

/// What the rules made of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome<M> {
    /// A handler ran.
    Handled,
    /// There is no rule, and that is meant: the book's "nil".
    Ignored,
    /// A message for a node that has decided and has no rule for it.
    Late,
    /// To be offered again when the state changes.
    Deferred(M),
    /// To be offered again when the state changes, and after each step of the node: the condition of a rule, its `if`, may hold
    /// then.  For a protocol that [`DEFERS_ON_CONDITION`](Protocol::DEFERS_ON_CONDITION).
    DeferredOnCondition(M),
    /// Declared to be impossible with `#[never]`.
    Unexpected,
}
