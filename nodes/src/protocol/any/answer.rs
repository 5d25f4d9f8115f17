//! What an engine gets back around a step of a node.

use core::cell::Cell;
use core::time::Duration;

use super::{AnyEffect, AnyMessage};
use crate::protocol::{MessageSet, Node, Protocol, Stepped};
use crate::time::nanos;
use crate::topology::Port;

/// What an engine asks of a node around each step, in one answer.
// Two words, so that it comes back in registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glance {
    /// In nanoseconds; `u64::MAX` if no alarm is set.
    next_alarm: u64,
    flags: u64,
}

impl Glance {
    const ALIVE: u64 = 1;
    const PLAIN: u64 = 2;
    const DECIDED: u64 = 4;
    const OFFER: u64 = 8;

    /// A look at a node that is like that.
    #[inline]
    pub fn new(is_alive: bool, is_plain: bool, is_decided: bool, has_offer: bool, next_alarm: Option<Duration>) -> Self {
        let flag = |set: bool, flag: u64| u64::from(set) * flag;
        let flags = flag(is_alive, Self::ALIVE)
            | flag(is_plain, Self::PLAIN)
            | flag(is_decided, Self::DECIDED)
            | flag(has_offer, Self::OFFER);
        let next_alarm = match next_alarm {
            Some(time) => whole(time),
            None => u64::MAX,
        };
        Glance { next_alarm, flags }
    }

    /// At that node.
    #[inline(always)]
    pub(super) fn at<P: Protocol>(node: &Node<P>) -> Self {
        if node.is_plain() {
            return Glance::new(node.is_alive(), true, node.is_decided(), false, None);
        }
        Glance::new(node.is_alive(), false, node.is_decided(), node.has_offer(), node.next_alarm())
    }

    /// [`Look::is_alive`](super::Look::is_alive).
    #[inline]
    pub fn is_alive(self) -> bool {
        self.flags & Self::ALIVE != 0
    }

    /// [`Look::is_plain`](super::Look::is_plain).
    #[inline]
    pub fn is_plain(self) -> bool {
        self.flags & Self::PLAIN != 0
    }

    /// [`Look::is_decided`](super::Look::is_decided).
    #[inline]
    pub fn is_decided(self) -> bool {
        self.flags & Self::DECIDED != 0
    }

    /// [`Look::has_offer`](super::Look::has_offer).
    #[inline]
    pub fn has_offer(self) -> bool {
        self.flags & Self::OFFER != 0
    }

    /// [`Look::next_alarm`](super::Look::next_alarm), in nanoseconds.
    #[inline]
    pub fn next_alarm(self) -> Option<u64> {
        (self.next_alarm != u64::MAX).then_some(self.next_alarm)
    }
}

// Not inlined: it would be made again for each protocol.
#[inline(never)]
fn whole(time: Duration) -> u64 {
    nanos(time)
}

/// What came of a message that arrived, and what the step asked for.
// Its fields are written and read one by one: a value that is moved as a whole right after it was written part by part makes the
// processor wait.
#[derive(Debug)]
pub struct Answer {
    stepped: Stepped,
    glance: Cell<Glance>,
    only: Option<AnyMessage>,
    port: Port,
    tag: u8,
    length: Option<usize>,
    /// All that the step asked for, but for what is its [only send](Answer::take_only_send).
    pub effects: Vec<AnyEffect>,
}

impl Answer {
    /// Nothing yet: what [`AnyWorld::deliver`](super::AnyWorld::deliver) fills.
    pub fn new() -> Self {
        Answer {
            stepped: Stepped::Handled,
            glance: Cell::new(Glance::new(true, true, false, false, None)),
            only: None,
            port: Port::SELF,
            tag: 0,
            length: None,
            effects: Vec::new(),
        }
    }

    /// Notes what became of the message, and what the node is like after it.
    #[inline]
    pub fn note(&mut self, stepped: Stepped, glance: Glance) {
        self.stepped = stepped;
        self.glance.set(glance);
    }

    /// Notes that all that the step asks for is to send that message, which has that [tag](super::Content::tag) and that
    /// [length](super::Content::length).
    #[inline]
    pub fn note_only_send(&mut self, port: Port, msg: AnyMessage, tag: u8, length: Option<usize>) {
        self.only = Some(msg);
        self.port = port;
        self.tag = tag;
        self.length = length;
    }

    /// What the node did with the message.
    #[inline]
    pub fn stepped(&self) -> Stepped {
        self.stepped
    }

    /// What the node is like now.
    #[inline]
    pub fn glance(&self) -> Glance {
        self.glance.get()
    }

    /// Another node was looked at since.
    #[inline]
    pub(crate) fn keep(&self, glance: Glance) {
        self.glance.set(glance);
    }

    /// Takes the message that the step sends, if the world has noted that it asks for nothing else.
    #[inline]
    pub fn take_only_send(&mut self) -> Option<OnlySend> {
        let msg = self.only.take()?;
        Some(OnlySend { port: self.port, msg, tag: self.tag, length: self.length })
    }

    /// Forgets what a step that panicked has left.
    pub fn forget(&mut self) {
        self.only = None;
        self.effects.clear();
    }
}

impl Default for Answer {
    fn default() -> Self {
        Answer::new()
    }
}

/// The one message that a step sends.
#[derive(Clone, Debug)]
pub struct OnlySend<M = AnyMessage> {
    /// Through which port.
    pub port: Port,
    /// What.
    pub msg: M,
    /// Its type: [`Content::tag`](super::Content::tag).
    pub tag: u8,
    /// Its length: [`Content::length`](super::Content::length).
    pub length: Option<usize>,
}

impl<M: MessageSet> OnlySend<M> {
    #[inline(always)]
    pub(crate) fn new((port, msg): (Port, M)) -> Self {
        OnlySend { port, tag: msg.tag(), length: msg.length(), msg }
    }
}
