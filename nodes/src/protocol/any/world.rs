//! All nodes without the type of their protocol.

use core::any::Any;
use core::ops::Range;
use core::time::Duration;
use std::sync::Arc;

use super::answer::{Answer, Glance};
use super::node::{Room, erase_effects, typed_event};
use super::{AnyEffect, AnyEvent, AnyMessage, Crowd, KeptNode, NodeView};
use crate::protocol::{Event, Instance, MessageSet, Net, Node, Property, Protocol, States, Stepped, Verdict, World};
use crate::tables::Table;
use crate::topology::{Graph, NodeIndex, Port};

/// What an observer sees: nodes, and who is whose neighbour.  A simulator shows all nodes, a node process only its own.
pub trait WorldView: Any {
    /// A node.
    ///
    /// # Panics
    /// If it is not among those that are shown.
    fn node(&self, node: NodeIndex) -> &dyn NodeView;

    /// The graph, if all nodes are shown.
    fn graph(&self) -> Option<&Graph>;

    /// The nodes that are shown.
    ///
    /// # Panics
    /// If neither this nor [`graph`](WorldView::graph) says which.
    fn nodes(&self) -> Range<usize> {
        0..self.graph().expect("all nodes are shown").node_count()
    }

    /// The neighbour behind a port of a node that is shown.
    ///
    /// # Panics
    /// If there is no such node, or it has no such port.
    fn neighbour(&self, node: NodeIndex, port: Port) -> NodeIndex {
        self.graph().expect("all nodes are shown").neighbour(node, port)
    }
}

impl dyn WorldView {
    /// The world with its type, if it is one of protocol `P` and all nodes are shown.
    pub fn of<P: Protocol>(&self) -> Option<&World<P>> {
        let any: &dyn Any = self;
        any.downcast_ref::<TypedWorld<P>>().map(|typed| &typed.world)
    }
}

/// What a world makes a node do.
#[derive(Debug)]
pub enum Act {
    /// An atomic step.
    Step(AnyEvent),
    /// The node has crashed and comes back, and knows what it had stored: this, if it stored that in the step in which it crashed.
    Recover(Option<Box<[u8]>>),
    /// The run is over: the protocol may log and report.
    Finish,
}

/// What has been sent.
#[derive(Clone, Copy, Debug)]
pub struct Totals<'a> {
    /// How many messages, by tag.
    pub sent: &'a [u64],
    /// How many messages of all types are under way.
    pub in_transit: u64,
    /// Whether every live node has decided.
    pub all_terminal: bool,
}

/// All nodes, and what has been sent: what an engine drives.
pub trait AnyWorld: WorldView {
    /// What an engine asks of a node around each step.
    fn glance(&self, node: NodeIndex) -> Glance;

    /// Makes a node do something at time `now`.  What it asks for is appended to `effects`; alarms and what it stores the node keeps
    /// as well.  What came of it is that of a step, and else [`Stepped::Handled`].
    ///
    /// # Panics
    /// If a handler does; what it had asked for until then is forgotten.
    fn act(&mut self, node: NodeIndex, act: Act, now: Duration, effects: &mut Vec<AnyEffect>) -> Stepped;

    /// A message arrives at a node: the step that happens most often, and else the same as [`Act::Step`].  If it comes from a link,
    /// it is counted as no longer under way.
    ///
    /// # Panics
    /// If a handler does; what it had asked for until then is forgotten.
    // What is handed over here stays in registers; as a part of an event it would be copied again and again.
    fn deliver(&mut self, node: NodeIndex, sender: Port, msg: AnyMessage, now: Duration, answer: &mut Answer) {
        if sender != Port::SELF {
            self.count(msg.tag(), 0, -1);
        }
        let stepped = self.act(node, Act::Step(AnyEvent::Message { sender, msg }), now, &mut answer.effects);
        answer.note(stepped, self.glance(node));
    }

    /// A node stops; one that has stopped stays so.
    fn crash(&mut self, node: NodeIndex);

    /// Counts messages of a type: how many are sent, and how many more are under way than before.
    fn count(&mut self, tag: u8, sent: u64, under_way: i64);

    /// What has been sent.
    fn totals(&self) -> Totals<'_>;

    /// Whether a property holds, by its place in [`Description::properties`](crate::protocol::Description::properties).  If a node is
    /// given, a local invariant is looked at there only; else on every live node.
    ///
    /// # Panics
    /// If the property does.
    fn check(&self, property: usize, at: Option<NodeIndex>) -> Verdict;

    /// Puts a copy of a node of this protocol, made by [`keep`](trait@AnyWorld#method.keep), in the place of the node of its index.
    fn place(&mut self, kept: &KeptNode);

    /// A copy of it, as it is now.
    ///
    /// # Panics
    /// If its nodes cannot be copied: see [`AnyNode::copied`](super::AnyNode::copied).
    fn copied(&self) -> Box<dyn AnyWorld>;
}

impl dyn AnyWorld {
    /// What an observer sees of it.
    pub fn view(&self) -> &dyn WorldView {
        self
    }

    /// One atomic step of a node: [`Act::Step`].
    ///
    /// # Panics
    /// If a handler does.
    pub fn step(&mut self, node: NodeIndex, event: AnyEvent, now: Duration, effects: &mut Vec<AnyEffect>) -> Stepped {
        self.act(node, Act::Step(event), now, effects)
    }

    /// The step in which a node crashes: tells what it asks for, as [`act`](AnyWorld::act) does, and what it stores; the node is as it
    /// was before, and alive until it is [crashed](AnyWorld::crash).
    ///
    /// # Panics
    /// If a handler does.
    // Few nodes crash, and each protocol is spared a function of its own: hence the copy of all nodes.
    pub fn last_step(
        &mut self,
        node: NodeIndex,
        event: AnyEvent,
        now: Duration,
        effects: &mut Vec<AnyEffect>,
    ) -> Option<Box<[u8]>> {
        let any: &mut dyn Any = self;
        match any.downcast_mut::<Crowd>() {
            Some(crowd) => crowd.last_step(node, event, now, effects),
            None => drop(self.copied().step(node, event, now, effects)),
        }
        let stored = |effect: &AnyEffect| if let AnyEffect::Store(bytes) = effect { Some(bytes.clone()) } else { None };
        effects.iter().rev().find_map(stored)
    }

    /// A copy of a node, as it is now, for [`place`](AnyWorld::place): see [`NodeView::keep`].
    ///
    /// # Errors
    /// If a field cannot be encoded, or the node cannot be copied.
    pub fn keep(&self, node: NodeIndex, fingerprint: &mut Vec<u8>) -> Result<KeptNode, String> {
        let any: &dyn Any = self;
        match any.downcast_ref::<Crowd>() {
            Some(crowd) => crowd.keep(node, fingerprint),
            None => self.node(node).keep(fingerprint),
        }
    }

    /// The run is over: [`Act::Finish`].
    ///
    /// # Panics
    /// If `#[finish]` does.
    pub fn finish(&mut self, node: NodeIndex, now: Duration, effects: &mut Vec<AnyEffect>) {
        self.act(node, Act::Finish, now, effects);
    }

    /// A node that has crashed comes back: [`Act::Recover`].
    ///
    /// # Panics
    /// If `#[recover]` does.
    pub fn recover(&mut self, node: NodeIndex, stored: Option<Box<[u8]>>, now: Duration, effects: &mut Vec<AnyEffect>) {
        self.act(node, Act::Recover(stored), now, effects);
    }

    /// Counts messages of a type that are sent.
    pub fn count_sent(&mut self, tag: u8, copies: u64) {
        self.count(tag, copies, copies as i64);
    }

    /// Counts a second copy, of a message of that type that was sent once, as under way.
    pub fn count_copied(&mut self, tag: u8) {
        self.count(tag, 0, 1);
    }

    /// Counts a message of a type that is no longer under way.
    pub fn count_arrived(&mut self, tag: u8) {
        self.count(tag, 0, -1);
    }

    /// How many messages have been sent, by tag.
    pub fn sent_by_tag(&self) -> &[u64] {
        self.totals().sent
    }

    /// How many messages of all types are under way.
    pub fn in_transit(&self) -> u64 {
        self.totals().in_transit
    }

    /// Whether every live node has decided.
    pub fn all_terminal(&self) -> bool {
        self.totals().all_terminal
    }

    /// The world as it is kept, for what is attached to a protocol with its type.
    pub fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

impl Clone for Box<dyn AnyWorld> {
    fn clone(&self) -> Self {
        (**self).copied()
    }
}

/// What an engine reads of what handlers ask for; the rest need not be made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    /// The lines of the log.
    pub log: bool,
    /// That alarms are set and cancelled.
    pub alarms: bool,
}

/// What the nodes asked for when they came into being: those that asked for something.
pub type Asked = Vec<(NodeIndex, Vec<AnyEffect>)>;

// Not generic, so that it is generated once.
#[inline(never)]
fn note(asked: &mut Asked, node: NodeIndex, effects: Vec<AnyEffect>) {
    asked.push((node, effects));
}

/// A [`World`] of `P` with what its nodes need to make steps.
pub(crate) struct TypedWorld<P: Protocol> {
    pub(crate) world: World<P>,
    pub(crate) net: Net<P>,
    config: P::Config,
    reads: Reads,
    pub(crate) properties: &'static [Property<P>],
}

impl<P: Protocol> TypedWorld<P> {
    /// All nodes as they are before anything happens; which is being made, stands in `making`.
    pub(super) fn new(
        instance: &Arc<Instance<P::Input>>,
        config: &P::Config,
        reads: Reads,
        message_types: usize,
        making: &mut NodeIndex,
    ) -> (Self, Asked) {
        let mut net = Net::whole(Arc::clone(instance)).reading(reads);
        let count = instance.graph.node_count();
        let mut nodes = Table::with_capacity(count);
        let mut asked = Vec::new();
        for index in 0..count {
            *making = NodeIndex::new(index);
            net.aim(*making);
            nodes.push(Node::new(config, &mut net));
            if !net.is_done() {
                let mut effects = Vec::new();
                erase_effects(&mut net, &mut Room::none(), &mut effects);
                note(&mut asked, *making, effects);
            }
        }
        let world = World::begun(Arc::clone(instance), nodes, message_types);
        (
            TypedWorld {
                world,
                net,
                config: config.clone(),
                reads,
                properties: if P::State::KNOWN { P::properties() } else { P::properties_of(config) },
            },
            asked,
        )
    }

    /// That world, of which an engine reads that.
    pub(super) fn of(world: World<P>, config: P::Config, reads: Reads) -> Self {
        let net = Net::whole(world.shared_instance()).reading(reads);
        TypedWorld {
            world,
            net,
            reads,
            properties: if P::State::KNOWN { P::properties() } else { P::properties_of(&config) },
            config,
        }
    }
}

impl<P: Protocol> WorldView for TypedWorld<P> {
    #[inline(never)]
    fn node(&self, node: NodeIndex) -> &dyn NodeView {
        self.world.peek(node)
    }

    #[inline(never)]
    fn graph(&self) -> Option<&Graph> {
        Some(self.world.topology())
    }
}

impl<P: Protocol> AnyWorld for TypedWorld<P> {
    #[inline(never)]
    fn glance(&self, node: NodeIndex) -> Glance {
        Glance::at(self.world.peek(node))
    }

    #[inline(never)]
    fn act(&mut self, node: NodeIndex, act: Act, now: Duration, effects: &mut Vec<AnyEffect>) -> Stepped {
        self.net.begin(now);
        self.net.aim(node);
        let mut stepped = Stepped::Handled;
        match act {
            Act::Step(event) => stepped = self.world.step(node, typed_event::<P>(event), &mut self.net),
            Act::Recover(stored) => self.world.recover(node, stored, &self.config, &mut self.net),
            Act::Finish => self.world.finish(node, &mut self.net),
        }
        erase_effects(&mut self.net, &mut Room::none(), effects);
        stepped
    }

    #[inline(never)]
    fn deliver(&mut self, node: NodeIndex, sender: Port, msg: AnyMessage, now: Duration, answer: &mut Answer) {
        self.net.begin(now);
        self.net.aim(node);
        let msg: P::Msg = msg.take(P::__OUTLINE.declaration.name);
        if sender != Port::SELF {
            self.world.count_arrived(msg.tag());
        }
        let stepped = self.world.step(node, Event::Message { sender, msg }, &mut self.net);
        answer.note(stepped, Glance::at(self.world.peek(node)));
        if let Some((port, msg)) = self.net.take_only_send() {
            let (tag, length) = (msg.tag(), msg.length());
            answer.note_only_send(port, AnyMessage::new(msg), tag, length);
        } else if !self.net.is_done() {
            erase_effects(&mut self.net, &mut Room::none(), &mut answer.effects);
        }
    }

    #[inline(never)]
    fn crash(&mut self, node: NodeIndex) {
        self.world.crash(node);
    }

    #[inline(never)]
    fn count(&mut self, tag: u8, sent: u64, under_way: i64) {
        self.world.count(tag, sent, under_way);
    }

    #[inline(never)]
    fn totals(&self) -> Totals<'_> {
        let (sent, in_transit) = (self.world.sent_by_tag(), self.world.all_in_transit());
        Totals { sent, in_transit, all_terminal: self.world.all_terminal() }
    }

    #[inline(never)]
    fn check(&self, property: usize, at: Option<NodeIndex>) -> Verdict {
        self.properties[property].check_at(&self.world, at)
    }

    #[inline(never)]
    fn place(&mut self, kept: &KeptNode) {
        let Some(node) = kept.downcast_ref::<Node<P>>() else { super::not_of(P::__OUTLINE.declaration.name) };
        self.world.place(node.clone());
    }

    #[inline(never)]
    fn copied(&self) -> Box<dyn AnyWorld> {
        Box::new(TypedWorld::of(self.world.clone(), self.config.clone(), self.reads))
    }
}
