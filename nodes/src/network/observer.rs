//! Who follows a run, event by event.

use core::time::Duration;

use crate::protocol::{Effect, Protocol, Stepped, World};
use crate::topology::{NodeIndex, Port};

/// Something that happens in a run.
#[derive(Debug)]
pub enum Happening<'a, P: Protocol, M> {
    /// The impulse.
    Impulse,
    /// A message arrives.
    Message {
        /// From which link.
        sender: Port,
        /// What.
        msg: &'a P::Msg,
        /// What [`Observer::sent`] gave it.
        mark: M,
    },
    /// An alarm rings.
    Alarm,
    /// A deferred message is offered again.
    Deferred,
    /// The node stops.
    Crash,
    /// The node starts again.
    Recover,
    /// A message arrives where nobody lives any more.
    ToTheDead {
        /// From which link.
        sender: Port,
        /// What [`Observer::sent`] gave it.
        mark: M,
    },
}

/// A message that a handler sends.
#[derive(Debug)]
pub struct Sent<'a, P: Protocol> {
    /// Who sends it.
    pub from: NodeIndex,
    /// Through which port; [`Port::SELF`] for one to the node itself.
    pub port: Port,
    /// To whom.
    pub to: NodeIndex,
    /// What.
    pub msg: &'a P::Msg,
    /// Its encoded length, in bytes; 0 for one to the node itself, which is not encoded.
    pub length: u64,
}

/// What becomes of a message below the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It will never arrive.
    Lost,
    /// It will arrive twice; both copies bear its mark.
    Duplicated,
    /// It was lost so many times below the link, which sent it again.
    Resent(u64),
}

/// Follows a run.  What it does not ask for costs nothing: whoever makes the run is compiled for its observer, and `()` is one
/// that asks for nothing.
pub trait Observer<P: Protocol> {
    /// What a message bears while it is under way.
    type Mark: Copy + core::fmt::Debug;

    /// Whether it wants [`logged`](Observer::logged): if nobody reads lines of the log, handlers need not make them.
    const READS_LOG: bool = false;

    /// Whether it wants [`alarm`](Observer::alarm).
    const READS_ALARMS: bool = false;

    /// The number by which whoever steers the run calls a message of that mark, if it has one; later messages have larger ones.
    fn number(_mark: Self::Mark) -> Option<u64> {
        None
    }

    /// Somebody looks at the run now: what has been told is to be seen by him.
    fn show(&mut self) {}

    /// The nodes have come into being, and nothing has happened.
    fn begun(&mut self, _world: &World<P>) {}

    /// A handler sends a message.
    fn sent(&mut self, sent: Sent<'_, P>) -> Self::Mark;

    /// Something happens to a message, which that node has just sent through that port, below the protocol.
    fn fate(&mut self, _mark: Self::Mark, _sender: NodeIndex, _port: Port, _fate: Fate) {}

    /// Something is about to happen at a node; `now` is the virtual time.
    fn before(&mut self, _now: Duration, _node: NodeIndex, _happening: &Happening<'_, P, Self::Mark>, _world: &World<P>) {}

    /// It has happened.  What the node sent by it is told later, by [`sent`](Observer::sent).
    fn after(&mut self, _node: NodeIndex, _stepped: Stepped, _world: &World<P>) {}

    /// A handler wrote a line into the node's log, or what has just happened to the node was ordered by somebody who steers.
    fn logged(&mut self, _node: NodeIndex, _line: &str) {}

    /// A handler reported a result.
    fn reported(&mut self, _node: NodeIndex, _name: &str, _value: &serde_json::Value) {}

    /// A handler set an alarm, or took some back: [`Effect::SetAlarm`] or [`Effect::Cancel`].
    fn alarm(&mut self, _node: NodeIndex, _effect: &Effect<P::Msg, P::Alarm>) {}

    /// A handler panicked.
    fn failed(&mut self, _node: NodeIndex, _what: &str) {}

    /// After a step of that node, something is that must not be: a property, by its place in [`Protocol::properties`], does not
    /// hold, or the protocol has broken its own rules.
    fn violated(&mut self, _node: NodeIndex, _property: Option<usize>, _what: &str) {}
}

impl<P: Protocol> Observer<P> for () {
    type Mark = ();

    #[inline]
    fn sent(&mut self, _sent: Sent<'_, P>) {}
}
