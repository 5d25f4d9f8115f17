//! A node without the type of its protocol.

use core::any::Any;
use core::time::Duration;

use serde_json::Value;

use super::{AnyAlarm, AnyEffect, AnyEvent, AnyMessage};
use crate::protocol::{Event, Id, Net, Node, Protocol, States, Stepped};
use crate::topology::{NodeIndex, Port};

/// What can be seen of a node: what tables, traces and observers read.
///
/// The methods that are written here serve a node that sets no alarms and defers no messages.
pub trait NodeView: Any {
    /// Where it stands in the graph.
    fn index(&self) -> NodeIndex;

    /// Its id.
    fn id(&self) -> Id;

    /// Its state's place in [`Description::states`](crate::protocol::Description::states).
    fn state(&self) -> usize;

    /// The name of its state.
    fn state_name(&self) -> &str;

    /// Whether it has decided: its state is terminal.
    fn is_decided(&self) -> bool;

    /// Whether it has not crashed.
    fn is_alive(&self) -> bool;

    /// How often it has recovered from a crash.
    fn incarnation(&self) -> u32;

    /// Whether it has neither alarms nor deferred messages: [`next_alarm`](NodeView::next_alarm) and
    /// [`has_offer`](NodeView::has_offer) need not be asked.
    fn is_plain(&self) -> bool {
        self.next_alarm().is_none() && self.deferred().is_empty()
    }

    /// When the first of its alarms rings, on the clock of [`Net::now`].
    fn next_alarm(&self) -> Option<Duration> {
        None
    }

    /// The alarm that rings first.
    fn first_alarm(&self) -> Option<AnyAlarm> {
        None
    }

    /// Whether a deferred message has not been offered to the present state: the engine then makes a step with [`Event::Deferred`],
    /// before any other event of this node.
    fn has_offer(&self) -> bool {
        self.next_offer().is_some()
    }

    /// The deferred message that a step with [`Event::Deferred`] would offer, and the port that it came from.
    fn next_offer(&self) -> Option<(Port, AnyMessage)> {
        None
    }

    /// The messages that wait for another state, oldest first, with the ports that they came from, as text.
    fn deferred(&self) -> Vec<(Port, String)> {
        Vec::new()
    }

    /// The protocol's fields but its state, as JSON; as text where JSON cannot hold them.
    fn fields(&self) -> Value;

    /// The protocol's fields, encoded: [`Definition::ended_node`](super::Definition::ended_node) reads them.
    ///
    /// # Errors
    /// If a field cannot be encoded.
    fn encode(&self) -> Result<Vec<u8>, String>;
}

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
}

impl<P: Protocol> NodeView for Node<P> {
    fn index(&self) -> NodeIndex {
        Node::index(self)
    }

    fn id(&self) -> Id {
        Node::id(self)
    }

    fn state(&self) -> usize {
        Node::state(self).index()
    }

    fn state_name(&self) -> &str {
        Node::state_name(self)
    }

    fn is_decided(&self) -> bool {
        Node::is_decided(self)
    }

    fn is_alive(&self) -> bool {
        Node::is_alive(self)
    }

    fn incarnation(&self) -> u32 {
        Node::incarnation(self)
    }

    fn is_plain(&self) -> bool {
        Node::is_plain(self)
    }

    fn next_alarm(&self) -> Option<Duration> {
        Node::next_alarm(self)
    }

    fn first_alarm(&self) -> Option<AnyAlarm> {
        Node::first_alarm(self).cloned().map(AnyAlarm::new)
    }

    fn has_offer(&self) -> bool {
        Node::has_offer(self)
    }

    fn next_offer(&self) -> Option<(Port, AnyMessage)> {
        let (port, msg) = Node::next_offer(self)?;
        Some((port, AnyMessage::new(msg.clone())))
    }

    fn deferred(&self) -> Vec<(Port, String)> {
        let mut deferred = Vec::new();
        for (port, msg) in Node::deferred(self) {
            deferred.push((*port, super::text_of(msg)));
        }
        deferred
    }

    fn fields(&self) -> Value {
        super::fields_of(serde_json::to_value(self.protocol()), self.protocol())
    }

    fn encode(&self) -> Result<Vec<u8>, String> {
        postcard::to_allocvec(self.protocol()).map_err(|cause| cause.to_string())
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

    /// The run is over: lets the protocol log and report.
    ///
    /// # Panics
    /// If `#[finish]` does.
    fn finish(&mut self, now: Duration, effects: &mut Vec<AnyEffect>);

    /// What it stored last, encoded.
    fn stored(&self) -> Option<&[u8]>;

    /// It stops: takes no step any more.
    fn crash(&mut self);

    /// A copy of it, as it is now.
    fn copied(&self) -> Box<dyn AnyNode>;
}

/// A node of `P` with its surroundings.
#[derive(Clone)]
pub(super) struct TypedNode<P: Protocol> {
    pub(super) node: Node<P>,
    pub(super) net: Net<P>,
}

impl<P: Protocol> AnyNode for TypedNode<P> {
    fn view(&self) -> &dyn NodeView {
        &self.node
    }

    fn step(&mut self, event: AnyEvent, now: Duration, effects: &mut Vec<AnyEffect>) -> Stepped {
        self.net.begin(now);
        let stepped = self.node.step(typed_event::<P>(event), &mut self.net);
        erase_effects(&mut self.net, effects);
        stepped
    }

    fn finish(&mut self, now: Duration, effects: &mut Vec<AnyEffect>) {
        self.net.begin(now);
        self.node.finish(&mut self.net);
        erase_effects(&mut self.net, effects);
    }

    fn stored(&self) -> Option<&[u8]> {
        self.node.stored()
    }

    fn crash(&mut self) {
        self.node.crash();
    }

    fn copied(&self) -> Box<dyn AnyNode> {
        Box::new(self.clone())
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
        Event::Message { sender, msg } => {
            let Some(msg) = msg.take() else { super::not_of(P::DECLARATION.name) };
            Event::Message { sender, msg }
        }
        Event::Alarm => Event::Alarm,
        Event::Deferred => Event::Deferred,
    }
}

/// Takes what the last step asked for.
#[inline(never)]
pub(super) fn erase_effects<P: Protocol>(net: &mut Net<P>, effects: &mut Vec<AnyEffect>) {
    if let Some((port, msg)) = net.take_only_send() {
        effects.push(AnyEffect::Send { port, msg: AnyMessage::new(msg) });
        return;
    }
    if net.is_done() {
        return;
    }
    let mut asked = net.take_effects();
    for effect in asked.drain(..) {
        effects.push(effect.erase());
    }
    net.give_back(asked);
}
