//! All nodes without the type of their protocol.

use core::any::Any;
use core::cell::Cell;
use core::ops::Range;
use core::time::Duration;
use std::sync::Arc;

use super::node::{erase_effects, typed_event, typed_message};
use super::{AnyEffect, AnyEvent, AnyMessage, NodeView};
use crate::protocol::{Event, Instance, MessageSet, Net, Node, Property, Protocol, Stepped, Verdict, World};
use crate::time::nanos;
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
        self.graph().expect("all nodes are shown").end(node, port).neighbour
    }
}

impl dyn WorldView {
    /// The world with its type, if it is one of protocol `P` and all nodes are shown.
    pub fn of<P: Protocol>(&self) -> Option<&World<P>> {
        let any: &dyn Any = self;
        any.downcast_ref::<TypedWorld<P>>().map(|typed| &typed.world)
    }
}

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
        Glance { next_alarm: next_alarm.map_or(u64::MAX, nanos), flags }
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

/// What a world makes a node do.
#[derive(Debug)]
pub enum Act {
    /// An atomic step.
    Step(AnyEvent),
    /// The node has crashed and comes back, and knows what it had stored.
    Recover,
    /// The run is over: the protocol may log and report.
    Finish,
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
    /// Nothing yet: what [`AnyWorld::deliver`] fills.
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

/// What has been sent.
#[derive(Clone, Copy, Debug)]
pub struct Totals<'a> {
    /// How many messages, by tag.
    pub sent: &'a [u64],
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
    pub fn recover(&mut self, node: NodeIndex, now: Duration, effects: &mut Vec<AnyEffect>) {
        self.act(node, Act::Recover, now, effects);
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
        let mut nodes = Vec::with_capacity(count);
        crate::tables::make_huge(&nodes);
        let mut asked = Vec::new();
        for index in 0..count {
            *making = NodeIndex::new(index);
            net.aim(*making);
            nodes.push(Node::new(config, &mut net));
            if !net.is_done() {
                let mut effects = Vec::new();
                erase_effects(&mut net, &mut effects);
                asked.push((*making, effects));
            }
        }
        let world = World::new(Arc::clone(instance), nodes, message_types);
        (TypedWorld { world, net, config: config.clone(), reads, properties: P::properties() }, asked)
    }

    /// A world at its end.
    pub(super) fn ended(instance: &Arc<Instance<P::Input>>, config: &P::Config, nodes: Vec<Node<P>>, sent: Vec<u64>) -> Self {
        let net = Net::whole(Arc::clone(instance));
        let world = World::ended(Arc::clone(instance), nodes, sent);
        TypedWorld { world, net, config: config.clone(), reads: Reads::default(), properties: P::properties() }
    }
}

#[inline(always)]
fn glance_at<P: Protocol>(node: &Node<P>) -> Glance {
    if node.is_plain() {
        return Glance::new(node.is_alive(), true, node.is_decided(), false, None);
    }
    Glance::new(node.is_alive(), false, node.is_decided(), node.has_offer(), node.next_alarm())
}

impl<P: Protocol> WorldView for TypedWorld<P> {
    #[inline(never)]
    fn node(&self, node: NodeIndex) -> &dyn NodeView {
        self.world.node(node)
    }

    #[inline(never)]
    fn graph(&self) -> Option<&Graph> {
        Some(self.world.topology())
    }
}

impl<P: Protocol> AnyWorld for TypedWorld<P> {
    #[inline(never)]
    fn glance(&self, node: NodeIndex) -> Glance {
        glance_at(self.world.node(node))
    }

    #[inline(never)]
    fn act(&mut self, node: NodeIndex, act: Act, now: Duration, effects: &mut Vec<AnyEffect>) -> Stepped {
        self.net.begin(now);
        self.net.aim(node);
        let mut stepped = Stepped::Handled;
        match act {
            Act::Step(event) => stepped = self.world.step(node, typed_event::<P>(event), &mut self.net),
            Act::Recover => self.world.recover(node, &self.config, &mut self.net),
            Act::Finish => self.world.finish(node, &mut self.net),
        }
        erase_effects(&mut self.net, effects);
        stepped
    }

    #[inline(never)]
    fn deliver(&mut self, node: NodeIndex, sender: Port, msg: AnyMessage, now: Duration, answer: &mut Answer) {
        self.net.begin(now);
        self.net.aim(node);
        let msg = typed_message::<P>(msg);
        if sender != Port::SELF {
            self.world.count_arrived(msg.tag());
        }
        let stepped = self.world.step(node, Event::Message { sender, msg }, &mut self.net);
        answer.note(stepped, glance_at(self.world.node(node)));
        if let Some((port, msg)) = self.net.take_only_send() {
            let (tag, length) = (msg.tag(), msg.length());
            answer.note_only_send(port, AnyMessage::new(msg), tag, length);
        } else if !self.net.is_done() {
            erase_effects(&mut self.net, &mut answer.effects);
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
        Totals { sent: self.world.sent_by_tag(), all_terminal: self.world.all_terminal() }
    }

    #[inline(never)]
    fn check(&self, property: usize, at: Option<NodeIndex>) -> Verdict {
        self.properties[property].check_at(&self.world, at)
    }

    #[inline(never)]
    fn copied(&self) -> Box<dyn AnyWorld> {
        let (world, config, reads) = (self.world.clone(), self.config.clone(), self.reads);
        let net = Net::whole(world.shared_instance()).reading(reads);
        Box::new(TypedWorld { world, net, config, reads, properties: self.properties })
    }
}
