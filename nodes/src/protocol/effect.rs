//! What a step asks of the engine.

use core::time::Duration;

use super::Ports;
use crate::topology::Port;

/// Something that a handler asked for; the engine carries it out after the step.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect<M, A> {
    /// A message through one port.
    Send {
        /// Through which.
        port: Port,
        /// The message.
        msg: M,
    },
    /// A message through every port that can send, except some; encoded once.
    SendAll {
        /// Not through these.
        except: Ports,
        /// The message.
        msg: M,
    },
    /// A message to the node itself; arrives from [`Port::SELF`] and is not counted.
    ToSelf {
        /// The message.
        msg: M,
    },
    /// An alarm, to ring after that time.  Carried out by the [`Node`](super::Node) itself.
    SetAlarm {
        /// From now.
        after: Duration,
        /// The alarm.
        alarm: A,
    },
    /// No alarm of that tag shall ring.  Carried out by the [`Node`](super::Node) itself.
    Cancel {
        /// The tag in the protocol's alarm set.
        alarm: u8,
    },
    /// What [`Net::store`](super::Net::store) was given, encoded.  The [`Node`](super::Node) keeps a copy; an engine whose
    /// nodes do not outlive a crash keeps it elsewhere, before it carries out anything else.
    Store(Box<[u8]>),
    /// A line for the log.
    Log(String),
    /// A result for the initializer.
    Report {
        /// Its name.
        name: Box<str>,
        /// Its value.
        value: Box<serde_json::Value>,
    },
}

impl<M, A> Effect<M, A> {
    /// Whether it is more than a report or a line of the log.
    pub fn is_more_than_words(&self) -> bool {
        !matches!(self, Effect::Log(_) | Effect::Report { .. })
    }
}
