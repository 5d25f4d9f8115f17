//! All nodes without the type of their protocol.

use core::any::Any;
use core::time::Duration;
use std::sync::Arc;

use super::node::{erase_effects, typed_event};
use super::{AnyEffect, AnyEvent, NodeView};
use crate::panics::caught;
use crate::protocol::{Check, Instance, Net, Node, Property, Protocol, Stepped, Verdict, World};
use crate::time::nanos;
use crate::topology::{NodeIndex, Port};

/// What an observer sees: nodes, and who is whose neighbour.  A simulator shows all nodes, a node process only its own.
pub trait WorldView {
    /// A node.
    ///
    /// # Panics
    /// If it is not among those that are shown.
    fn node(&self, node: NodeIndex) -> &dyn NodeView;

    /// The nodes that are shown.
    fn nodes(&self) -> core::ops::Range<usize>;

    /// The neighbour behind a port of a node that is shown.
    ///
    /// # Panics
    /// If there is no such node, or it has no such port.
    fn neighbour(&self, node: NodeIndex, port: Port) -> NodeIndex;

    /// The world with its type: a [`World<P>`], unless only one node is shown, or the protocol was made at run time.
    fn as_any(&self) -> &dyn Any;
}

impl dyn WorldView + '_ {
    /// The world with its type, if it is one of protocol `P`.
    pub fn of<P: Protocol>(&self) -> Option<&World<P>> {
        self.as_any().downcast_ref()
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

    /// [`NodeView::is_alive`].
    #[inline]
    pub fn is_alive(self) -> bool {
        self.flags & Self::ALIVE != 0
    }

    /// [`NodeView::is_plain`].
    #[inline]
    pub fn is_plain(self) -> bool {
        self.flags & Self::PLAIN != 0
    }

    /// [`NodeView::is_decided`].
    #[inline]
    pub fn is_decided(self) -> bool {
        self.flags & Self::DECIDED != 0
    }

    /// [`NodeView::has_offer`].
    #[inline]
    pub fn has_offer(self) -> bool {
        self.flags & Self::OFFER != 0
    }

    /// [`NodeView::next_alarm`], in nanoseconds.
    #[inline]
    pub fn next_alarm(self) -> Option<u64> {
        (self.next_alarm != u64::MAX).then_some(self.next_alarm)
    }
}

/// All nodes, and what has been sent: what an engine drives.
pub trait AnyWorld: WorldView + Any {
    /// What an observer sees of it.
    fn view(&self) -> &dyn WorldView;

    /// What an engine asks of a node around each step.
    fn glance(&self, node: NodeIndex) -> Glance {
        let node = self.node(node);
        Glance::new(node.is_alive(), node.is_plain(), node.is_decided(), node.has_offer(), node.next_alarm())
    }

    /// One atomic step of a node at time `now`.  What it asks for is appended to `effects`; alarms and what it stores the node keeps
    /// as well.
    ///
    /// # Panics
    /// If a handler does; what the step had asked for until then is forgotten.
    fn step(&mut self, node: NodeIndex, event: AnyEvent, now: Duration, effects: &mut Vec<AnyEffect>) -> Stepped;

    /// The run is over: lets a node log and report.
    ///
    /// # Panics
    /// If `#[finish]` does.
    fn finish(&mut self, node: NodeIndex, now: Duration, effects: &mut Vec<AnyEffect>);

    /// A node stops; one that has stopped stays so.
    fn crash(&mut self, node: NodeIndex);

    /// A node that has crashed comes back, and knows what it had stored.
    ///
    /// # Panics
    /// If `#[recover]` does.
    fn recover(&mut self, node: NodeIndex, now: Duration, effects: &mut Vec<AnyEffect>);

    /// Counts messages of a type that are sent.
    fn count_sent(&mut self, tag: u8, copies: u64);

    /// Counts a second copy, of a message of that type that was sent once, as under way.
    fn count_copied(&mut self, tag: u8);

    /// Counts a message of a type that is no longer under way.
    fn count_arrived(&mut self, tag: u8);

    /// How many messages have been sent, by tag.
    fn sent_by_tag(&self) -> &[u64];

    /// Whether every live node has decided.
    fn all_terminal(&self) -> bool;

    /// Whether a property holds, by its place in [`Description::properties`](crate::protocol::Description::properties).  If a node is
    /// given, a local invariant is looked at there only; else on every live node.
    ///
    /// # Panics
    /// If the property does.
    fn check(&self, property: usize, at: Option<NodeIndex>) -> Verdict;

    /// A copy of it, as it is now.
    fn copied(&self) -> Box<dyn AnyWorld>;
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
#[derive(Clone)]
pub(crate) struct TypedWorld<P: Protocol> {
    pub(crate) world: World<P>,
    pub(crate) net: Net<P>,
    config: P::Config,
    pub(crate) properties: &'static [Property<P>],
}

impl<P: Protocol> TypedWorld<P> {
    /// All nodes as they are before anything happens.
    ///
    /// # Errors
    /// If `#[init]` of a node panics: which, and its words.
    pub(super) fn new(
        instance: &Arc<Instance<P::Input>>,
        config: &P::Config,
        reads: Reads,
        message_types: usize,
    ) -> Result<(Self, Asked), (NodeIndex, String)> {
        let mut net = Net::whole(Arc::clone(instance));
        net.keep_log(reads.log);
        net.keep_alarms(reads.alarms);
        let count = instance.graph.node_count();
        let mut nodes = Vec::with_capacity(count);
        crate::tables::make_huge(&nodes);
        let mut asked = Vec::new();
        caught(|| {
            for index in instance.graph.nodes() {
                net.aim(index);
                nodes.push(Node::new(config, &mut net));
                if !net.is_done() {
                    let mut effects = Vec::new();
                    erase_effects(&mut net, &mut effects);
                    asked.push((index, effects));
                }
            }
        })
        .map_err(|what| (NodeIndex::new(nodes.len()), what))?;
        let world = World::new(Arc::clone(instance), nodes, message_types);
        Ok((TypedWorld { world, net, config: config.clone(), properties: P::properties() }, asked))
    }

    /// A world at its end.
    pub(super) fn ended(instance: &Arc<Instance<P::Input>>, config: &P::Config, nodes: Vec<Node<P>>, sent: Vec<u64>) -> Self {
        let net = Net::whole(Arc::clone(instance));
        let world = World::ended(Arc::clone(instance), nodes, sent);
        TypedWorld { world, net, config: config.clone(), properties: P::properties() }
    }

    /// Whether a property holds; see [`AnyWorld::check`].
    pub(crate) fn look(&self, property: usize, at: Option<NodeIndex>) -> Verdict {
        let property = &self.properties[property];
        match (&property.check, at) {
            (Check::Local(holds), Some(node)) => holds(self.world.node(node)),
            _ => property.check(&self.world),
        }
    }
}

impl<P: Protocol> WorldView for TypedWorld<P> {
    fn node(&self, node: NodeIndex) -> &dyn NodeView {
        self.world.node(node)
    }

    fn nodes(&self) -> core::ops::Range<usize> {
        0..self.world.topology().node_count()
    }

    fn neighbour(&self, node: NodeIndex, port: Port) -> NodeIndex {
        self.world.topology().end(node, port).neighbour
    }

    fn as_any(&self) -> &dyn Any {
        &self.world
    }
}

impl<P: Protocol> AnyWorld for TypedWorld<P> {
    fn view(&self) -> &dyn WorldView {
        self
    }

    fn glance(&self, node: NodeIndex) -> Glance {
        let node = self.world.node(node);
        if node.is_plain() {
            return Glance::new(node.is_alive(), true, node.is_decided(), false, None);
        }
        Glance::new(node.is_alive(), false, node.is_decided(), node.has_offer(), node.next_alarm())
    }

    fn step(&mut self, node: NodeIndex, event: AnyEvent, now: Duration, effects: &mut Vec<AnyEffect>) -> Stepped {
        self.net.begin(now);
        self.net.aim(node);
        let stepped = self.world.step(node, typed_event::<P>(event), &mut self.net);
        erase_effects(&mut self.net, effects);
        stepped
    }

    fn finish(&mut self, node: NodeIndex, now: Duration, effects: &mut Vec<AnyEffect>) {
        self.net.begin(now);
        self.net.aim(node);
        self.world.finish(node, &mut self.net);
        erase_effects(&mut self.net, effects);
    }

    fn crash(&mut self, node: NodeIndex) {
        self.world.crash(node);
    }

    fn recover(&mut self, node: NodeIndex, now: Duration, effects: &mut Vec<AnyEffect>) {
        self.net.begin(now);
        self.net.aim(node);
        self.world.recover(node, &self.config, &mut self.net);
        erase_effects(&mut self.net, effects);
    }

    fn count_sent(&mut self, tag: u8, copies: u64) {
        self.world.count_sent(tag, copies);
    }

    fn count_copied(&mut self, tag: u8) {
        self.world.count_copied(tag);
    }

    fn count_arrived(&mut self, tag: u8) {
        self.world.count_arrived(tag);
    }

    fn sent_by_tag(&self) -> &[u64] {
        self.world.sent_by_tag()
    }

    fn all_terminal(&self) -> bool {
        self.world.all_terminal()
    }

    fn check(&self, property: usize, at: Option<NodeIndex>) -> Verdict {
        self.look(property, at)
    }

    fn copied(&self) -> Box<dyn AnyWorld> {
        Box::new(self.clone())
    }
}
