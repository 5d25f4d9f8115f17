//! Who follows a run, event by event.

use core::time::Duration;

use crate::protocol::{Protocol, Stepped, World};
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
}

/// What becomes of a message below the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It will never arrive.
    Lost,
    /// It will arrive twice; both copies bear its mark.
    Duplicated,
}

/// Follows a run.  What it does not ask for costs nothing: whoever makes the run is compiled for its observer, and `()` is one
/// that asks for nothing.
pub trait Observer<P: Protocol> {
    /// What a message bears while it is under way.
    type Mark: Copy + core::fmt::Debug;

    /// Whether it wants [`logged`](Observer::logged): if nobody reads lines of the log, handlers need not make them.
    const READS_LOG: bool = false;

    /// A handler sends a message.
    fn sent(&mut self, sent: Sent<'_, P>) -> Self::Mark;

    /// That message is lost or duplicated.
    fn fate(&mut self, _mark: Self::Mark, _fate: Fate) {}

    /// Something is about to happen at a node; `now` is the virtual time.
    fn before(&mut self, _now: Duration, _node: NodeIndex, _happening: &Happening<'_, P, Self::Mark>, _world: &World<P>) {}

    /// It has happened.  What the node sent by it is told later, by [`sent`](Observer::sent).
    fn after(&mut self, _node: NodeIndex, _stepped: Stepped, _world: &World<P>) {}

    /// A handler wrote a line into the node's log.
    fn logged(&mut self, _node: NodeIndex, _line: &str) {}

    /// A handler reported a result.
    fn reported(&mut self, _node: NodeIndex, _name: &str, _value: &serde_json::Value) {}
}

impl<P: Protocol> Observer<P> for () {
    type Mark = ();

    #[inline]
    fn sent(&mut self, _sent: Sent<'_, P>) {}
}
