//! The configuration of the whole system: what properties look at.

use std::sync::Arc;

use super::census::{Census, Members};
use super::traffic::Traffic;
use super::watch::Question;
use super::{Event, Instance, MessageOf, Net, Node, Protocol, StateName, States, Stepped, watch};
use crate::tables::Table;
use crate::topology::{Graph, NodeIndex};

/// All nodes, and what has been sent: a configuration of the system, as [`#[always]`](macro@crate::always) and `#[finally]` see
/// it.
#[derive(Clone, Debug)]
pub struct World<P: Protocol> {
    instance: Arc<Instance<P::Input>>,
    nodes: Table<Node<P>>,
    census: Census,
    traffic: Traffic,
}

/// For engines.
impl<P: Protocol> World<P> {
    /// A world of these nodes, nothing sent yet.
    ///
    /// # Panics
    /// If they are not the nodes of the instance's graph, in order.
    #[inline]
    pub fn new(instance: Arc<Instance<P::Input>>, nodes: Vec<Node<P>>, message_types: usize) -> Self {
        let mut table = Table::with_capacity(nodes.len());
        nodes.into_iter().for_each(|node| table.push(node));
        World::begun(instance, table, message_types)
    }

    /// The same, of nodes in a table.
    #[inline]
    pub(super) fn begun(instance: Arc<Instance<P::Input>>, nodes: Table<Node<P>>, message_types: usize) -> Self {
        World::of(instance, nodes, Traffic::of_types(message_types))
    }

    /// A world at its end: these nodes, so many messages sent by type, none under way.
    ///
    /// # Panics
    /// If they are not the nodes of the instance's graph, in order.
    #[inline]
    pub(super) fn ended(instance: Arc<Instance<P::Input>>, nodes: Table<Node<P>>, sent: Vec<u64>) -> Self {
        World::of(instance, nodes, Traffic::ended(sent))
    }

    fn of(instance: Arc<Instance<P::Input>>, nodes: Table<Node<P>>, traffic: Traffic) -> Self {
        assert!(nodes.len() == instance.graph.node_count(), "one node for each of the graph");
        let terminals = match nodes.first() {
            Some(node) if !P::State::KNOWN => node.state().terminals(),
            _ => P::State::TERMINAL,
        };
        let mut census = Census::of_states(terminals);
        for node in nodes.iter() {
            if node.is_alive() {
                census.join(node.index(), node.state().index());
            }
        }
        World { instance, nodes, census, traffic }
    }

    /// Lets a node make a step.
    // A simulator's hottest call: with the event known it becomes a few instructions.
    #[inline(always)]
    pub fn step(&mut self, index: NodeIndex, event: Event<P::Msg>, net: &mut Net<P>) -> Stepped {
        let node = &mut self.nodes[index.index()];
        let before = node.state().index();
        let moving = Moving { node, census: &mut self.census, before };
        moving.node.step(event, net)
    }

    /// The run is over: lets a node log and report.
    #[inline]
    pub fn finish(&mut self, index: NodeIndex, net: &mut Net<P>) {
        self.nodes[index.index()].finish(net);
    }

    /// A node stops.
    pub fn crash(&mut self, index: NodeIndex) {
        let node = &mut self.nodes[index.index()];
        if node.is_alive() {
            node.crash();
            self.census.quit(index, node.state().index());
        }
    }

    /// A node that has crashed comes back, with what it had stored, be it only in the step in which it crashed; what it asks for is left in `net`, which is aimed at it.
    ///
    /// # Panics
    /// If `#[recover]` does.
    pub fn recover(&mut self, index: NodeIndex, stored: Option<Box<[u8]>>, config: &P::Config, net: &mut Net<P>) {
        let node = &mut self.nodes[index.index()];
        if !node.is_alive() {
            node.recover(stored, config, net);
            self.census.join(index, node.state().index());
        }
    }

    /// A node, for engines: no property asks for it.
    #[inline]
    pub(crate) fn peek(&self, index: NodeIndex) -> &Node<P> {
        &self.nodes[index.index()]
    }

    /// Puts a node in the place of the one of its index.
    pub(super) fn place(&mut self, node: Node<P>) {
        let index = node.index();
        // It leaves the census.
        self.crash(index);
        if node.is_alive() {
            self.census.join(index, node.state().index());
        }
        self.nodes[index.index()] = node;
    }

    /// Counts messages of a type that are sent.
    #[inline]
    pub fn count_sent(&mut self, tag: u8, copies: u64) {
        self.traffic.count_sent(tag, copies);
    }

    /// Counts messages of a type: how many are sent, and how many more are under way than before.
    #[inline]
    pub fn count(&mut self, tag: u8, sent: u64, under_way: i64) {
        self.traffic.count(tag, sent, under_way);
    }

    /// Counts a message of a type that is no longer under way.
    #[inline]
    pub fn count_arrived(&mut self, tag: u8) {
        self.traffic.count_arrived(tag);
    }

    /// The instance, to be shared.
    pub(super) fn shared_instance(&self) -> Arc<Instance<P::Input>> {
        Arc::clone(&self.instance)
    }
}

/// A node that makes a step: it stands where its state is when that is over, also if the handler panics after it has changed it.
struct Moving<'a, P: Protocol> {
    node: &'a mut Node<P>,
    census: &'a mut Census,
    before: usize,
}

impl<P: Protocol> Drop for Moving<'_, P> {
    #[inline(always)]
    fn drop(&mut self) {
        let after = self.node.state().index();
        if self.before != after {
            self.census.turn(self.node.index(), self.before, after);
        }
    }
}

/// For properties.
impl<P: Protocol> World<P> {
    /// All nodes, in order, the crashed ones too.
    #[inline]
    pub fn nodes(&self) -> core::slice::Iter<'_, Node<P>> {
        watch::note(Question::AllNodes);
        self.nodes.iter()
    }

    /// One node.
    ///
    /// # Panics
    /// If there is no such node.
    #[inline]
    pub fn node(&self, index: NodeIndex) -> &Node<P> {
        watch::note(Question::Node(index));
        &self.nodes[index.index()]
    }

    /// The live nodes that are in a state, in order; what the state carries does not matter.
    /// `count()` takes constant time.
    ///
    /// # Panics
    /// If the state is given by a name that the protocol does not have.
    #[track_caller]
    pub fn in_state(&self, state: impl StateName<P::State>) -> InState<'_, P> {
        let Some(state) = state.state_index() else { no_such_state(P::State::NAMES) };
        watch::note(Question::Count(state));
        InState { world: self, state, passed: 0, from: 0 }
    }

    fn members(&self) -> &Members {
        if let Some(members) = self.census.members() {
            return members;
        }
        let mut members = self.census.nobody();
        for node in self.nodes.iter() {
            if node.is_alive() {
                members.add(node.index(), node.state().index());
            }
        }
        self.census.keep(members)
    }

    /// Whether every live node has decided.
    pub fn all_terminal(&self) -> bool {
        watch::note(Question::AllTerminal);
        self.census.all_terminal()
    }

    /// The graph, as the protocol's class of topologies sees it.
    pub fn topology(&self) -> &Graph {
        &self.instance.graph
    }

    /// What the run started from.
    pub fn instance(&self) -> &Instance<P::Input> {
        &self.instance
    }

    /// What a node was given.
    ///
    /// # Panics
    /// If there is no such node.
    pub fn input(&self, index: NodeIndex) -> &P::Input {
        &self.instance.inputs[index.index()]
    }

    /// The nodes that have not crashed, in order.
    pub fn correct(&self) -> impl Iterator<Item = &Node<P>> {
        self.nodes().filter(|node| node.is_alive())
    }

    /// How many messages of type `M` have been sent.
    pub fn sent<M: MessageOf<P>>(&self) -> u64 {
        watch::note(Question::Sent);
        self.traffic.sent()[usize::from(M::TAG)]
    }

    /// How many messages have been sent, by tag.
    pub fn sent_by_tag(&self) -> &[u64] {
        watch::note(Question::Sent);
        self.traffic.sent()
    }

    /// How many messages have been sent, of all types.
    pub fn sent_in_all(&self) -> u64 {
        watch::note(Question::Sent);
        self.traffic.sent().iter().sum()
    }

    /// How many messages of type `M` are under way.
    pub fn in_transit<M: MessageOf<P>>(&self) -> u64 {
        self.in_transit_by_tag(M::TAG)
    }

    /// How many messages of all types are under way.
    pub(crate) fn all_in_transit(&self) -> u64 {
        watch::note(Question::InTransit);
        self.traffic.all_under_way()
    }

    /// How many messages of that tag, their place in [`Description::messages`](super::Description::messages), are under way.
    ///
    /// # Panics
    /// If the protocol has no message of that tag.
    pub fn in_transit_by_tag(&self, tag: u8) -> u64 {
        watch::note(Question::InTransit);
        self.traffic.under_way(tag)
    }
}

/// The nodes in a state: see [`World::in_state`].
#[derive(Debug)]
pub struct InState<'a, P: Protocol> {
    world: &'a World<P>,
    state: usize,
    passed: usize,
    /// Behind the last that was shown.
    from: usize,
}

impl<'a, P: Protocol> Iterator for InState<'a, P> {
    type Item = &'a Node<P>;

    fn next(&mut self) -> Option<Self::Item> {
        watch::note(Question::Members(self.state));
        let index = self.world.members().first_from(self.state, self.from)?;
        self.passed += 1;
        self.from = index + 1;
        Some(&self.world.nodes[index])
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.world.census.population(self.state) - self.passed;
        (left, Some(left))
    }

    fn count(self) -> usize {
        self.len()
    }
}

impl<P: Protocol> ExactSizeIterator for InState<'_, P> {}

#[cold]
#[track_caller]
fn no_such_state(names: &[&str]) -> ! {
    panic!("there is no such state; there are {}", names.join(", "))
}
