//! The configuration of the whole system: what properties look at.

use std::sync::{Arc, OnceLock};

use super::node_set::NodeSet;
use super::watch::Question;
use super::{Event, Instance, MessageOf, Net, Node, Protocol, StateName, States, Stepped, watch};
use crate::topology::{Graph, NodeIndex};

/// All nodes, and what has been sent: a configuration of the system, as [`#[always]`](macro@crate::always) and `#[finally]` see
/// it.
#[derive(Clone, Debug)]
pub struct World<P: Protocol> {
    instance: Arc<Instance<P::Input>>,
    pub(super) nodes: Vec<Node<P>>,
    /// By state: how many are in it.
    population: Vec<usize>,
    /// Who they are: known from the first question on, so that worlds which are never asked do not pay.
    members: OnceLock<Members>,
    sent: Vec<u64>,
    /// By tag: how many are no longer under way.  A second copy of a message counts as one less.
    arrived: Vec<u64>,
    terminal: usize,
    pub(super) alive: usize,
}

/// The live nodes by state, kept at each step: a scan after every event would cost O(n).
#[derive(Debug)]
struct Members {
    by_state: Vec<NodeSet>,
}

// What is derived is marked to be inlined, so that it is made for each protocol.
impl Clone for Members {
    #[inline(never)]
    fn clone(&self) -> Self {
        Members { by_state: self.by_state.clone() }
    }
}

impl Members {
    // Not generic, so that it is made once.
    #[inline(never)]
    fn empty(states: usize) -> Self {
        Members { by_state: vec![NodeSet::default(); states] }
    }

    fn of<P: Protocol>(nodes: &[Node<P>]) -> Self {
        let mut members = Members::empty(P::State::NAMES.len());
        for node in nodes {
            if node.is_alive() {
                members.enter(node.index(), node.state().index());
            }
        }
        members
    }

    #[inline(never)]
    fn enter(&mut self, node: NodeIndex, state: usize) {
        self.by_state[state].insert(node.index());
    }

    #[inline(never)]
    fn leave(&mut self, node: NodeIndex, state: usize) {
        self.by_state[state].remove(node.index());
    }
}

/// For engines.
impl<P: Protocol> World<P> {
    /// A world of these nodes, nothing sent yet.
    ///
    /// # Panics
    /// If they are not the nodes of the instance's graph, in order.
    pub fn new(instance: Arc<Instance<P::Input>>, nodes: Vec<Node<P>>, message_types: usize) -> Self {
        assert_eq!(nodes.len(), instance.graph.node_count(), "one node for each of the graph");
        let mut world = World {
            instance,
            nodes: Vec::new(),
            population: vec![0; P::State::NAMES.len()],
            members: OnceLock::new(),
            sent: vec![0; message_types],
            arrived: vec![0; message_types],
            terminal: 0,
            alive: 0,
        };
        for node in &nodes {
            if node.is_alive() {
                world.alive += 1;
                world.enter(node.index(), node.state().index());
            }
        }
        world.nodes = nodes;
        world
    }

    /// A world at its end: these nodes, so many messages sent by type, none under way.
    ///
    /// # Panics
    /// If they are not the nodes of the instance's graph, in order.
    pub fn ended(instance: Arc<Instance<P::Input>>, nodes: Vec<Node<P>>, sent: Vec<u64>) -> Self {
        let mut world = World::new(instance, nodes, sent.len());
        world.arrived.clone_from(&sent);
        world.sent = sent;
        world
    }

    /// Lets a node make a step.
    // A simulator's hottest call: with the event known it becomes a few instructions.
    #[inline(always)]
    pub fn step(&mut self, index: NodeIndex, event: Event<P::Msg>, net: &mut Net<P>) -> Stepped {
        let before = self.nodes[index.index()].state().index();
        let moving = Moving { world: self, index, before };
        moving.world.nodes[index.index()].step(event, net)
    }

    /// The run is over: lets a node log and report.
    pub fn finish(&mut self, index: NodeIndex, net: &mut Net<P>) {
        self.nodes[index.index()].finish(net);
    }

    /// A node stops.
    pub fn crash(&mut self, index: NodeIndex) {
        let node = &mut self.nodes[index.index()];
        if node.is_alive() {
            node.crash();
            let state = node.state().index();
            self.leave(index, state);
            self.alive -= 1;
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
            let state = node.state().index();
            self.alive += 1;
            self.enter(index, state);
        }
    }

    /// A node, for engines: no property asks for it.
    #[inline]
    pub(crate) fn peek(&self, index: NodeIndex) -> &Node<P> {
        &self.nodes[index.index()]
    }

    /// Counts messages of a type that are sent.
    #[inline]
    pub fn count_sent(&mut self, tag: u8, copies: u64) {
        self.sent[tag as usize] += copies;
    }

    /// Counts messages of a type: how many are sent, and how many more are under way than before.
    pub fn count(&mut self, tag: u8, sent: u64, under_way: i64) {
        let tag = usize::from(tag);
        self.sent[tag] = self.sent[tag].wrapping_add(sent);
        self.arrived[tag] = self.arrived[tag].wrapping_add(sent).wrapping_sub(under_way as u64);
    }

    /// Counts a message of a type that is no longer under way.
    #[inline]
    pub fn count_arrived(&mut self, tag: u8) {
        self.arrived[tag as usize] = self.arrived[tag as usize].wrapping_add(1);
    }

    /// The instance, to be shared.
    pub(super) fn shared_instance(&self) -> Arc<Instance<P::Input>> {
        Arc::clone(&self.instance)
    }

    #[inline(never)]
    pub(super) fn enter(&mut self, node: NodeIndex, state: usize) {
        self.population[state] += 1;
        self.terminal += usize::from(P::State::TERMINAL[state]);
        if let Some(members) = self.members.get_mut() {
            members.enter(node, state);
        }
    }

    #[inline(never)]
    pub(super) fn leave(&mut self, node: NodeIndex, state: usize) {
        self.population[state] -= 1;
        self.terminal -= usize::from(P::State::TERMINAL[state]);
        if let Some(members) = self.members.get_mut() {
            members.leave(node, state);
        }
    }
}

/// A node that makes a step: it stands where its state is when that is over, also if the handler panics after it has changed it.
struct Moving<'a, P: Protocol> {
    world: &'a mut World<P>,
    index: NodeIndex,
    before: usize,
}

impl<P: Protocol> Drop for Moving<'_, P> {
    #[inline(always)]
    fn drop(&mut self) {
        let after = self.world.nodes[self.index.index()].state().index();
        if self.before != after {
            self.world.leave(self.index, self.before);
            self.world.enter(self.index, after);
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

    /// Whether every live node has decided.
    pub fn all_terminal(&self) -> bool {
        watch::note(Question::AllTerminal);
        self.terminal == self.alive
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
        self.sent[M::TAG as usize]
    }

    /// How many messages have been sent, by tag.
    pub fn sent_by_tag(&self) -> &[u64] {
        watch::note(Question::Sent);
        &self.sent
    }

    /// How many messages have been sent, of all types.
    pub fn sent_in_all(&self) -> u64 {
        watch::note(Question::Sent);
        self.sent.iter().sum()
    }

    /// How many messages of type `M` are under way.
    pub fn in_transit<M: MessageOf<P>>(&self) -> u64 {
        self.in_transit_by_tag(M::TAG)
    }

    /// How many messages of all types are under way.
    pub(crate) fn all_in_transit(&self) -> u64 {
        watch::note(Question::InTransit);
        all_under_way(&self.sent, &self.arrived)
    }

    /// How many messages of that tag, their place in [`Description::messages`](super::Description::messages), are under way.
    ///
    /// # Panics
    /// If the protocol has no message of that tag.
    pub fn in_transit_by_tag(&self, tag: u8) -> u64 {
        watch::note(Question::InTransit);
        self.sent[usize::from(tag)].wrapping_sub(self.arrived[usize::from(tag)])
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
        let members = self.world.members.get_or_init(|| Members::of(&self.world.nodes));
        let index = members.by_state[self.state].first_from(self.from)?;
        self.passed += 1;
        self.from = index + 1;
        Some(&self.world.nodes[index])
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.world.population[self.state] - self.passed;
        (left, Some(left))
    }

    fn count(self) -> usize {
        self.len()
    }
}

impl<P: Protocol> ExactSizeIterator for InState<'_, P> {}

/// How many messages are under way, given by tag how many have been sent, and how many are not under way any more.
// Not generic, so that it is made once.
fn all_under_way(sent: &[u64], arrived: &[u64]) -> u64 {
    sent.iter().zip(arrived).map(|(sent, arrived)| sent.wrapping_sub(*arrived)).sum()
}

#[cold]
#[track_caller]
fn no_such_state(names: &[&str]) -> ! {
    panic!("there is no such state; there are {}", names.join(", "))
}
