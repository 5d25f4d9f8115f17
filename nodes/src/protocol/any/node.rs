//! A node without the type of its protocol.

use core::any::Any;
use core::mem::needs_drop;
use core::time::Duration;
use std::rc::Rc;

use serde_json::Value;

use super::{AnyAlarm, AnyEffect, AnyEvent, AnyMessage, Content};
use crate::protocol::codec::DecodeError;
use crate::protocol::fingerprint::Print;
use crate::protocol::{Effect, Event, Id, MessageSet, Net, Node, Protocol, States, Stepped};
use crate::topology::{NodeIndex, Port};

/// What a node is like, apart from its protocol's fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look<'a> {
    /// Where it stands in the graph.
    pub index: NodeIndex,
    /// Its id.
    pub id: Id,
    /// The name of its state.
    pub state_name: &'a str,
    /// Whether it has decided: its state is terminal.
    pub is_decided: bool,
    /// Whether it has not crashed.
    pub is_alive: bool,
    /// Whether it has neither alarms nor deferred messages.
    pub is_plain: bool,
    /// Whether a deferred message has not been offered since the state changed or a condition may have: the engine then makes a
    /// step with [`Event::Deferred`], before any other event of this node.
    pub has_offer: bool,
    /// The place among the [deferred](NodeView::deferred_at) messages of the one that is offered next.
    pub offered: usize,
    /// How often it has recovered from a crash.
    pub incarnation: u32,
    /// When the first of its alarms rings, on the clock of [`Net::now`].
    pub next_alarm: Option<Duration>,
}

impl<'a> Look<'a> {
    /// A node that is alive, has not decided, and has neither alarms nor deferred messages.
    pub fn new(index: NodeIndex, id: Id, state_name: &'a str) -> Self {
        Look {
            index,
            id,
            state_name,
            is_decided: false,
            is_alive: true,
            is_plain: true,
            has_offer: false,
            offered: 0,
            incarnation: 0,
            next_alarm: None,
        }
    }
}

/// What can be seen of a node: what tables, traces and observers read.
pub trait NodeView: Any {
    /// Its state's place in [`Description::states`](crate::protocol::Description::states).
    fn state(&self) -> usize;

    /// What it is like.
    fn look(&self) -> Look<'_>;

    /// The alarm that rings first.
    fn first_alarm(&self) -> Option<AnyAlarm> {
        None
    }

    /// The deferred message that a step with [`Event::Deferred`] would offer, and the port that it came from.
    fn next_offer(&self) -> Option<(Port, AnyMessage)> {
        None
    }

    /// Of the deferred messages, oldest first, the one of that index, and the port that it came from.
    fn deferred_at(&self, _index: usize) -> Option<(Port, &dyn Content)> {
        None
    }

    /// The protocol's fields but its state, as JSON; each as text where JSON cannot hold it.
    fn fields(&self) -> Value;

    /// The protocol's fields, encoded: [`Definition::ended_node`](super::Definition::ended_node) reads them.
    ///
    /// # Errors
    /// If a field cannot be encoded.
    fn encode(&self) -> Result<Vec<u8>, String>;

    /// A copy of the node, as it is now.  All that its future depends on is appended to `fingerprint`: its fields, whether it is alive,
    /// what it has deferred and how much of that has been offered, its alarms in the order of setting, what it has stored, how often it
    /// has recovered.  Two things are left out: when its alarms ring, and its random numbers.
    ///
    /// # Errors
    /// If a field cannot be encoded, or such nodes are not copied so.
    fn keep(&self, _fingerprint: &mut Vec<u8>) -> Result<KeptNode, String> {
        Err("such nodes cannot be copied".to_owned())
    }
}

/// A copy of a node.
pub type KeptNode = Box<dyn Any>;

impl dyn NodeView {
    /// The node with its type, if it is one of protocol `P`.
    pub fn of<P: Protocol>(&self) -> Option<&Node<P>> {
        self.downcast_ref()
    }

    /// The node, if it is of type `N`: a [`Node<P>`], or a node of a protocol made at run time.
    pub fn downcast_ref<N: NodeView>(&self) -> Option<&N> {
        let any: &dyn Any = self;
        any.downcast_ref()
    }

    /// The messages that wait for another state, oldest first, with the ports that they came from.
    pub(crate) fn deferred_messages(&self) -> impl Iterator<Item = (Port, &dyn Content)> {
        (0..).map_while(|index| self.deferred_at(index))
    }

    /// The messages that wait for another state, oldest first, with the ports that they came from, as text.
    pub fn deferred(&self) -> Vec<(Port, String)> {
        self.deferred_messages().map(|(port, msg)| (port, super::text_of(&msg))).collect()
    }

    /// [`Look::index`].
    pub fn index(&self) -> NodeIndex {
        self.look().index
    }

    /// [`Look::id`].
    pub fn id(&self) -> Id {
        self.look().id
    }

    /// [`Look::state_name`].
    pub fn state_name(&self) -> &str {
        self.look().state_name
    }

    /// [`Look::is_decided`].
    pub fn is_decided(&self) -> bool {
        self.look().is_decided
    }

    /// [`Look::is_alive`].
    pub fn is_alive(&self) -> bool {
        self.look().is_alive
    }

    /// [`Look::is_plain`].
    pub fn is_plain(&self) -> bool {
        self.look().is_plain
    }

    /// [`Look::has_offer`].
    pub fn has_offer(&self) -> bool {
        self.look().has_offer
    }

    /// [`Look::incarnation`].
    pub fn incarnation(&self) -> u32 {
        self.look().incarnation
    }

    /// [`Look::next_alarm`].
    pub fn next_alarm(&self) -> Option<Duration> {
        self.look().next_alarm
    }
}

impl<P: Protocol> NodeView for Node<P> {
    fn state(&self) -> usize {
        Node::state(self).index()
    }

    #[inline(never)]
    fn look(&self) -> Look<'_> {
        let is_plain = self.is_plain();
        Look {
            index: self.index(),
            id: self.id(),
            state_name: self.state_name(),
            is_decided: self.is_decided(),
            is_alive: self.is_alive(),
            is_plain,
            has_offer: !is_plain && self.has_offer(),
            offered: self.offered(),
            incarnation: self.incarnation(),
            next_alarm: if is_plain { None } else { self.next_alarm() },
        }
    }

    #[inline(never)]
    #[expect(clippy::manual_map, reason = "`map` would be made again for each protocol")]
    fn first_alarm(&self) -> Option<AnyAlarm> {
        match Node::first_alarm(self) {
            Some(alarm) => Some(AnyAlarm::new(alarm.clone())),
            None => None,
        }
    }

    #[inline(never)]
    fn next_offer(&self) -> Option<(Port, AnyMessage)> {
        let (port, msg) = Node::next_offer(self)?;
        Some((port, AnyMessage::new(msg.clone())))
    }

    #[inline(never)]
    fn deferred_at(&self, index: usize) -> Option<(Port, &dyn Content)> {
        let (port, msg) = Node::deferred(self).get(index)?;
        Some((*port, msg))
    }

    #[inline(never)]
    fn fields(&self) -> Value {
        super::fields::fields_of(serde_json::to_value(self.protocol()), self.protocol())
    }

    #[inline(never)]
    fn encode(&self) -> Result<Vec<u8>, String> {
        super::encoded(postcard::to_allocvec(self.protocol()))
    }

    #[inline(never)]
    fn keep(&self, fingerprint: &mut Vec<u8>) -> Result<KeptNode, String> {
        let mut print = Print::of(fingerprint, self.is_alive(), NodeView::encode(self));
        if let Some(rare) = &self.rare {
            print.kept(self, &rare.stored, rare.incarnation, rare.offered, rare.on_condition, rare.alarms.len());
            for (_, alarm) in &rare.alarms {
                print.alarm(alarm);
            }
        }
        print.finish(Box::new(self.clone()))
    }
}

/// A node that takes steps, without the type of its protocol: what a node process has.
pub trait AnyNode: Any {
    /// What can be seen of it.
    fn view(&self) -> &dyn NodeView;

    /// One atomic step at time `now`.  What it asks for is appended to `effects`; alarms and what it stores the node keeps as well.
    ///
    /// # Panics
    /// If a handler does; what the step had asked for until then is forgotten.
    fn step(&mut self, event: AnyEvent, now: Duration, effects: &mut Vec<AnyEffect>) -> Stepped;

    /// A message has come from a link, as [`Content::encode_into`] wrote it: decodes it, all of it, and keeps it for the step that
    /// [`handle`](AnyNode::handle) makes.  One that was kept before is dropped.
    ///
    /// # Errors
    /// If these bytes are no message of the protocol.
    // It makes no `AnyMessage`: this spares a process that takes millions of messages a second a third of its time.
    fn receive(&mut self, bytes: &[u8]) -> Result<(), DecodeError>;

    /// The message that is kept.
    fn received(&self) -> Option<&dyn Content>;

    /// The step that the kept message brings, which has come from that link: as [`step`](AnyNode::step) with it.
    ///
    /// # Panics
    /// If a handler does, or no message is kept.
    fn handle(&mut self, sender: Port, now: Duration, effects: &mut Vec<AnyEffect>) -> Stepped;

    /// The run is over: lets the protocol log and report.
    ///
    /// # Panics
    /// If `#[finish]` does.
    fn finish(&mut self, now: Duration, effects: &mut Vec<AnyEffect>);

    /// What it stored last, encoded.
    fn stored(&self) -> Option<&[u8]>;

    /// It stops: takes no step any more.
    fn crash(&mut self);

    /// A copy of it, as it is now: what a [`Crowd`](super::Crowd) of them needs, to be copied itself, and to let a node crash in a step
    /// that has not happened.
    fn copied(&self) -> Option<Box<dyn AnyNode>> {
        None
    }
}

/// A node of `P` with its surroundings.
pub(super) struct TypedNode<P: Protocol> {
    pub(super) node: Node<P>,
    pub(super) net: Net<P>,
    pub(super) received: Option<P::Msg>,
    pub(super) room: Room<P::Msg>,
}

/// Where the messages of the last step lie: those of the next take their places, if nothing else holds them any more.
pub(super) struct Room<M> {
    places: Vec<Rc<M>>,
    /// The places before this one are taken.
    next: usize,
    most: usize,
}

impl<M: Content> Room<M> {
    /// For a process's node, whose messages are bytes before its next step.  A step that sends more has new places for the others.
    pub(super) const fn of_a_process() -> Self {
        Room { places: Vec::new(), next: 0, most: 128 }
    }

    /// For a simulated node, whose messages stay under way: each has a new place.
    pub(super) const fn none() -> Self {
        Room { places: Vec::new(), next: 0, most: 0 }
    }

    /// The message without its type.  What it points to would lie there until the next comes: such a message is not kept.
    #[inline(never)]
    fn hold(&mut self, msg: M) -> AnyMessage {
        if needs_drop::<M>() {
            return AnyMessage::new(msg);
        }
        while let Some(last) = self.places.get_mut(self.next) {
            self.next += 1;
            if let Some(place) = Rc::get_mut(last) {
                *place = msg;
                return AnyMessage::shared(Rc::clone(last));
            }
        }
        let place = Rc::new(msg);
        if self.places.len() < self.most {
            self.places.push(Rc::clone(&place));
            self.next += 1;
        }
        AnyMessage::shared(place)
    }
}

impl<P: Protocol> AnyNode for TypedNode<P> {
    fn view(&self) -> &dyn NodeView {
        &self.node
    }

    fn step(&mut self, event: AnyEvent, now: Duration, effects: &mut Vec<AnyEffect>) -> Stepped {
        self.net.begin(now);
        let stepped = self.node.step(typed_event::<P>(event), &mut self.net);
        erase_effects(&mut self.net, &mut self.room, effects);
        stepped
    }

    fn receive(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        self.received = None;
        self.received = Some(P::Msg::decode(bytes)?);
        Ok(())
    }

    fn received(&self) -> Option<&dyn Content> {
        match &self.received {
            Some(msg) => Some(msg),
            None => None,
        }
    }

    fn handle(&mut self, sender: Port, now: Duration, effects: &mut Vec<AnyEffect>) -> Stepped {
        let Some(msg) = self.received.take() else { super::nothing_received() };
        self.net.begin(now);
        let stepped = self.node.step(Event::Message { sender, msg }, &mut self.net);
        erase_effects(&mut self.net, &mut self.room, effects);
        stepped
    }

    fn finish(&mut self, now: Duration, effects: &mut Vec<AnyEffect>) {
        self.net.begin(now);
        self.node.finish(&mut self.net);
        erase_effects(&mut self.net, &mut self.room, effects);
    }

    fn stored(&self) -> Option<&[u8]> {
        self.node.stored()
    }

    fn crash(&mut self) {
        self.node.crash();
    }
}

/// The event with its type.
///
/// # Panics
/// If its message is none of `P`: an engine has mixed up two protocols.
#[inline(never)]
pub(super) fn typed_event<P: Protocol>(event: AnyEvent) -> Event<P::Msg> {
    match event {
        Event::Impulse => Event::Impulse,
        Event::Message { sender, msg } => Event::Message { sender, msg: msg.take(P::__OUTLINE.declaration.name) },
        Event::Alarm => Event::Alarm,
        Event::Deferred => Event::Deferred,
    }
}

/// Takes what the last step asked for.
#[inline(never)]
pub(super) fn erase_effects<P: Protocol>(net: &mut Net<P>, room: &mut Room<P::Msg>, effects: &mut Vec<AnyEffect>) {
    room.next = 0;
    if let Some((port, msg)) = net.take_only_send() {
        note(effects, AnyEffect::Send { port, msg: room.hold(msg) });
        return;
    }
    if net.is_done() {
        return;
    }
    let mut asked = net.take_effects();
    for effect in asked.drain(..) {
        let effect = match effect {
            Effect::Send { port, msg } => Effect::Send { port, msg: room.hold(msg) },
            Effect::SendAll { except, msg } => Effect::SendAll { except, msg: room.hold(msg) },
            Effect::ToSelf { msg } => Effect::ToSelf { msg: room.hold(msg) },
            Effect::SetAlarm { after, alarm } => Effect::SetAlarm { after, alarm: AnyAlarm::new(alarm) },
            Effect::Cancel { alarm } => Effect::Cancel { alarm },
            Effect::Store(bytes) => Effect::Store(bytes),
            Effect::Log(line) => Effect::Log(line),
            Effect::Report { name, value } => Effect::Report { name, value },
        };
        note(effects, effect);
    }
    net.give_back(asked);
}

// Not generic, so that it is generated once.
#[inline(never)]
fn note(effects: &mut Vec<AnyEffect>, effect: AnyEffect) {
    effects.push(effect);
}
