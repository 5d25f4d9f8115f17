//! What follows a run, event by event: counters, traces, logs, and tools of the user's own.

use core::time::Duration;

use serde_json::Value;

use crate::protocol::{AnyEffect, AnyEvent, AnyMessage, AnyWorld, Content, Event, Reads, Stepped, WorldView};
use crate::topology::{NodeIndex, Port};

/// Something that happens in a run.
#[derive(Debug)]
pub enum Happening<'a> {
    /// The impulse.
    Impulse,
    /// A message arrives.
    Message {
        /// From which link.
        sender: Port,
        /// What.
        msg: &'a dyn Content,
        /// Its [number](Sent::number).
        number: u64,
    },
    /// An alarm rings.
    Alarm,
    /// A deferred message is offered again.
    Deferred,
    /// The node will crash in its next step.
    Doomed,
    /// The node stops; if it was [doomed](Happening::Doomed) and has just been told to make a step, in the midst of that: of what it
    /// sent by it, what will never arrive has not left.
    Crash,
    /// The node starts again.
    Recover,
    /// A message arrives at a node that has crashed.
    ToTheDead {
        /// From which link.
        sender: Port,
        /// Its [number](Sent::number).
        number: u64,
    },
}

impl<'a> Happening<'a> {
    /// A step of a node with that event; if it is a message, it has that number.
    pub fn of(event: &'a AnyEvent, number: u64) -> Self {
        match event {
            Event::Impulse => Happening::Impulse,
            Event::Message { sender, msg } => Happening::Message { sender: *sender, msg: &**msg, number },
            Event::Alarm => Happening::Alarm,
            Event::Deferred => Happening::Deferred,
        }
    }

    /// Where the message comes from and its type, if it brings one to that node, at once or as one that was deferred.
    #[inline]
    pub fn message(&self, node: NodeIndex, world: &dyn WorldView) -> Option<(Port, u8)> {
        match self {
            Happening::Message { sender, msg, .. } => Some((*sender, msg.tag())),
            Happening::Deferred => world.node(node).next_offer().map(|(sender, msg)| (sender, msg.tag())),
            _ => None,
        }
    }
}

/// One step of a node at time `now`, of which the observer is told; if the event is a message, it has that number.  What the step
/// asks for is appended to `effects`, to be [carried out](super::carry_out).  Returns also the type of the message, if one was handled.
///
/// # Panics
/// If a handler does.
pub fn take_step(
    world: &mut dyn AnyWorld,
    node: NodeIndex,
    event: AnyEvent,
    number: u64,
    now: Duration,
    effects: &mut Vec<AnyEffect>,
    observer: &mut dyn Observer,
) -> (Stepped, Option<u8>) {
    let happening = Happening::of(&event, number);
    let tag = happening.message(node, world.view()).map(|(_, tag)| tag);
    observer.before(now, node, &happening, world.view());
    let stepped = world.step(node, event, now, effects);
    observer.after(node, stepped, world.view());
    (stepped, tag)
}

/// A message that a handler sends.
#[derive(Debug)]
pub struct Sent<'a> {
    /// Who sends it.
    pub from: NodeIndex,
    /// Through which port; [`Port::SELF`] for one to the node itself.
    pub port: Port,
    /// To whom.
    pub to: NodeIndex,
    /// What.
    pub msg: &'a AnyMessage,
    /// Its encoded length, in bytes; 0 for one to the node itself, which is not encoded.
    pub length: u64,
    /// Its number: how many messages were sent before it, in the whole run; of real processes, by its sender.
    pub number: u64,
}

/// What becomes of a message below the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It will never arrive.
    Lost,
    /// It will arrive twice; both copies have its number.
    Duplicated,
    /// It was lost so many times below the link, which sent it again.
    Resent(u64),
}

/// Follows a run.  The engine calls each method when it happens; those that are not written do nothing.
///
/// Two observers are one as a pair, and `None` observes nothing:
///
/// ```
/// use nodes::network::{Observer, Sent};
///
/// struct Count(u64);
/// impl Observer for Count {
///     fn sent(&mut self, _sent: &Sent<'_>) {
///         self.0 += 1;
///     }
/// }
/// let mut both = (Count(0), None::<Count>);
/// let observer: &mut dyn Observer = &mut both;
/// ```
pub trait Observer {
    /// What it wants to be told; what no observer reads, handlers need not make.
    fn reads(&self) -> Reads {
        Reads::default()
    }

    /// Flushes what was observed, so that a viewer can show it.
    fn show(&mut self) {}

    /// The nodes have been made, and nothing has happened.
    fn begun(&mut self, _world: &dyn WorldView) {}

    /// A handler sends a message.
    fn sent(&mut self, _sent: &Sent<'_>) {}

    /// Something happens below the protocol to the message of that number, which that node has just sent through that port.
    fn fate(&mut self, _sender: NodeIndex, _port: Port, _number: u64, _fate: Fate) {}

    /// Something is about to happen at a node; `now` is the time since the start.
    fn before(&mut self, _now: Duration, _node: NodeIndex, _happening: &Happening<'_>, _world: &dyn WorldView) {}

    /// It has happened.  What the node sent by it follows, by [`sent`](Observer::sent).  A step in which the node crashes counts as
    /// handled, and leaves the node as it was.
    fn after(&mut self, _node: NodeIndex, _stepped: Stepped, _world: &dyn WorldView) {}

    /// A handler wrote a line into the node's log, or what has just happened to the node was ordered by hand.
    fn logged(&mut self, _node: NodeIndex, _line: &str) {}

    /// A handler reported a result.
    fn reported(&mut self, _node: NodeIndex, _name: &str, _value: &Value) {}

    /// A handler set an alarm, or cancelled some: [`Effect::SetAlarm`](crate::protocol::Effect::SetAlarm) or
    /// [`Effect::Cancel`](crate::protocol::Effect::Cancel).
    fn alarm(&mut self, _node: NodeIndex, _effect: &AnyEffect) {}

    /// A handler panicked.
    fn failed(&mut self, _node: NodeIndex, _what: &str) {}

    /// After a step of that node, a property, by its place in
    /// [`Description::properties`](crate::protocol::Description::properties), does not hold, or the protocol has broken its own rules.
    fn violated(&mut self, _node: NodeIndex, _property: Option<usize>, _what: &str) {}
}

impl Observer for () {}

/// The methods of an [`Observer`] that passes everything on to each of the observers that the expressions give, if they
/// give one; [`reads`](Observer::reads) is left.
macro_rules! pass_on {
    ($self:ident => $($each:expr),*) => {
        fn show(&mut $self) {
            $(if let Some(observer) = $each {
                observer.show();
            })*
        }

        fn begun(&mut $self, world: &dyn $crate::protocol::WorldView) {
            $(if let Some(observer) = $each {
                observer.begun(world);
            })*
        }

        #[inline]
        fn sent(&mut $self, sent: &$crate::network::Sent<'_>) {
            $(if let Some(observer) = $each {
                observer.sent(sent);
            })*
        }

        fn fate(
            &mut $self,
            sender: $crate::topology::NodeIndex,
            port: $crate::topology::Port,
            number: u64,
            fate: $crate::network::Fate,
        ) {
            $(if let Some(observer) = $each {
                observer.fate(sender, port, number, fate);
            })*
        }

        #[inline]
        fn before(
            &mut $self,
            now: core::time::Duration,
            node: $crate::topology::NodeIndex,
            happening: &$crate::network::Happening<'_>,
            world: &dyn $crate::protocol::WorldView,
        ) {
            $(if let Some(observer) = $each {
                observer.before(now, node, happening, world);
            })*
        }

        #[inline]
        fn after(
            &mut $self,
            node: $crate::topology::NodeIndex,
            stepped: $crate::protocol::Stepped,
            world: &dyn $crate::protocol::WorldView,
        ) {
            $(if let Some(observer) = $each {
                observer.after(node, stepped, world);
            })*
        }

        fn logged(&mut $self, node: $crate::topology::NodeIndex, line: &str) {
            $(if let Some(observer) = $each {
                observer.logged(node, line);
            })*
        }

        fn reported(&mut $self, node: $crate::topology::NodeIndex, name: &str, value: &serde_json::Value) {
            $(if let Some(observer) = $each {
                observer.reported(node, name, value);
            })*
        }

        fn alarm(&mut $self, node: $crate::topology::NodeIndex, effect: &$crate::protocol::AnyEffect) {
            $(if let Some(observer) = $each {
                observer.alarm(node, effect);
            })*
        }

        fn failed(&mut $self, node: $crate::topology::NodeIndex, what: &str) {
            $(if let Some(observer) = $each {
                observer.failed(node, what);
            })*
        }

        fn violated(&mut $self, node: $crate::topology::NodeIndex, property: Option<usize>, what: &str) {
            $(if let Some(observer) = $each {
                observer.violated(node, property, what);
            })*
        }
    };
}
pub(crate) use pass_on;

impl<A: Observer, B: Observer> Observer for (A, B) {
    fn reads(&self) -> Reads {
        let (one, other) = (self.0.reads(), self.1.reads());
        Reads { log: one.log || other.log, alarms: one.alarms || other.alarms }
    }

    pass_on!(self => Some(&mut self.0), Some(&mut self.1));
}

impl<O: Observer + ?Sized> Observer for &mut O {
    fn reads(&self) -> Reads {
        (**self).reads()
    }

    pass_on!(self => Some(&mut **self));
}

impl<O: Observer> Observer for Option<O> {
    fn reads(&self) -> Reads {
        self.as_ref().map_or_else(Reads::default, Observer::reads)
    }

    pass_on!(self => self.as_mut());
}
