//! Who follows a run, event by event.

use core::time::Duration;

use crate::protocol::{Effect, Protocol, Stepped, World};
use crate::topology::{NodeIndex, Port};

/// Something that happens in a simulated run.
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
    Alarm {
        /// Which, if the observer asks for [`WORDS`](Observer::WORDS).
        alarm: Option<&'a P::Alarm>,
    },
    /// A deferred message is offered again.
    Deferred,
    /// The node stops.
    Crash,
    /// The node starts again.
    Recover,
    /// A message arrives where nobody lives any more.
    ToTheDead {
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
    /// What.
    pub msg: &'a P::Msg,
}

/// What becomes of a message below the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It will never arrive.
    Lost,
    /// It will arrive twice; both copies bear its mark.
    Duplicated,
    /// It was lost so many times below the link, which sent it again.
    Resent(u32),
}

/// Follows a simulated run.  What it does not ask for costs nothing: the engine is compiled for its observer, and `()` is one
/// that asks for nothing.
pub trait Observer<P: Protocol> {
    /// What a message bears while it is under way.
    type Mark: Copy + core::fmt::Debug;

    /// Whether it is told of log lines, reports and alarms.
    const WORDS: bool = false;

    /// The nodes have come into being, and nothing has happened.
    fn begun(&mut self, _world: &World<P>) {}

    /// A handler sends a message.
    fn sent(&mut self, sent: Sent<'_, P>) -> Self::Mark;

    /// That message is lost or duplicated.
    fn fate(&mut self, _mark: Self::Mark, _fate: Fate) {}

    /// Something is about to happen at a node; `now` is the virtual time.
    fn before(&mut self, _now: Duration, _node: NodeIndex, _happening: &Happening<'_, P, Self::Mark>) {}

    /// It has happened.  What the node sent by it is told later, by [`sent`](Observer::sent).
    fn after(&mut self, _node: NodeIndex, _stepped: Stepped, _world: &World<P>) {}

    /// A node writes into its log, reports, sets an alarm or takes some back: an effect of one of these kinds.
    fn told(&mut self, _node: NodeIndex, _effect: &Effect<P::Msg, P::Alarm>) {}

    /// A node fails: its handler panicked.
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
