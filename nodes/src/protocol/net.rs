//! What a handler sees of the world: its node's surroundings, and a place to leave what it wants done.

use core::fmt;
use core::ops::RangeBounds;
use core::time::Duration;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    AlarmOf, AnyInstance, Effect, Id, Ids, Instance, Knows, MessageOf, NeighbourIds, OwnId, PortIter, Ports, Protocol, Random,
    Reads, Size, StoredBy, Uniform,
};
use crate::topology::{Graph, NodeIndex, Port, PortLabel};

/// The surroundings of one node, as far as it can know them: what a node process is given at set-up.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Local<I> {
    /// The node.
    pub node: NodeIndex,
    /// Its id.
    pub id: Id,
    /// How many nodes there are.
    pub size: usize,
    /// Its input.
    pub input: I,
    /// What all randomness follows from.
    pub seed: u64,
    /// Its link ends, by port.
    pub ends: Vec<LocalEnd>,
}

/// A link end, as the node at it can know it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LocalEnd {
    /// The neighbour's id.
    pub neighbour: Id,
    /// The link's weight.
    pub weight: f64,
    /// Whether the node may send here.
    pub sends: bool,
    /// Whether it may receive here.
    pub receives: bool,
    /// What the port is called.
    pub label: Option<PortLabel>,
}

impl<I: Clone> Local<I> {
    /// The surroundings of `node`.
    pub fn of(instance: &Instance<I>, node: NodeIndex) -> Self {
        Local::around(&instance.graph, &instance.ids, instance.seed, instance.inputs[node.index()].clone(), node)
    }
}

impl Local<Vec<u8>> {
    /// The surroundings of `node`, with its input encoded.
    ///
    /// # Errors
    /// If the input cannot be encoded.
    pub fn encoded(instance: &dyn AnyInstance, node: NodeIndex) -> Result<Self, String> {
        let input = instance.encoded_input(node)?;
        Ok(Local::around(instance.graph(), instance.ids(), instance.seed(), input, node))
    }
}

impl<I> Local<I> {
    /// The same, with that input.
    pub fn with_input<J>(self, input: J) -> Local<J> {
        let Local { node, id, size, input: _, seed, ends } = self;
        Local { node, id, size, input, seed, ends }
    }

    fn around(graph: &Graph, ids: &Ids, seed: u64, input: I, node: NodeIndex) -> Self {
        Local { node, id: ids.of(node), size: graph.node_count(), input, seed, ends: link_ends(graph, ids, node) }
    }
}

/// The net of one node cannot be aimed at another.
#[cold]
fn stays(at: NodeIndex, node: NodeIndex) {
    assert_eq!(at, node, "the net of one node cannot be aimed at another");
}

fn link_ends(graph: &Graph, ids: &Ids, node: NodeIndex) -> Vec<LocalEnd> {
    let end = |(port, end): (usize, crate::topology::End)| LocalEnd {
        neighbour: ids.of(end.neighbour),
        weight: graph.weight(node, Port::new(port)),
        sends: end.sends,
        receives: end.receives,
        label: end.label,
    };
    graph.ends(node).enumerate().map(end).collect()
}

/// Where a node's surroundings are looked up.
#[derive(Clone, Debug)]
enum Place<I> {
    /// In the whole instance: a simulator's.
    Whole(Arc<Instance<I>>),
    /// In what one node was given.
    Local(Box<Local<I>>),
}

/// A node's view of its surroundings, and the outbox of a step.  Plain data: an engine has one, aims it at a node, lets the
/// node make a step, and carries out the [`Effect`]s.
#[derive(Clone, Debug)]
pub struct Net<P: Protocol> {
    place: Place<P::Input>,
    node: NodeIndex,
    now: Duration,
    keep_log: bool,
    /// Whether the effects of setting and cancelling alarms are left for the engine.
    pub(super) keep_alarms: bool,
    pub(super) random: Option<Box<Random>>,
    /// What the last step sends, if that is its only effect: as it is for most steps, it goes the short way.
    only: Option<(Port, P::Msg)>,
    /// Its effects, if there are more or others.
    effects: Vec<Effect<P::Msg, P::Alarm>>,
    /// Whether an alarm has been set or cancelled, or something stored, since the node last looked.
    pub(super) kept_changed: bool,
}

/// For engines.
impl<P: Protocol> Net<P> {
    /// For an engine that has the whole instance; aimed at node 0.
    pub fn whole(instance: Arc<Instance<P::Input>>) -> Self {
        Net::at(Place::Whole(instance), NodeIndex::new(0))
    }

    /// For an engine of one node.
    pub fn local(local: Local<P::Input>) -> Self {
        let node = local.node;
        Net::at(Place::Local(Box::new(local)), node)
    }

    /// The same, for an engine that reads that of what handlers ask for.
    pub fn reading(mut self, reads: Reads) -> Self {
        self.keep_log = reads.log;
        self.keep_alarms = reads.alarms;
        self
    }

    fn at(place: Place<P::Input>, node: NodeIndex) -> Self {
        Net {
            place,
            node,
            now: Duration::ZERO,
            keep_log: true,
            keep_alarms: false,
            random: None,
            only: None,
            effects: Vec::new(),
            kept_changed: false,
        }
    }

    /// Turns to another node of the instance.
    ///
    /// # Panics
    /// If this is the `Net` of one node, and not of this.
    #[inline]
    pub fn aim(&mut self, node: NodeIndex) {
        if matches!(self.place, Place::Local(_)) {
            stays(self.node, node);
        }
        self.node = node;
    }

    /// Sets the clock.
    #[inline]
    pub fn set_now(&mut self, now: Duration) {
        self.now = now;
    }

    /// Sets the clock before a step, and forgets what a step that panicked has left.
    pub(super) fn begin(&mut self, now: Duration) {
        if !self.is_done() {
            self.forget();
        }
        self.now = now;
    }

    /// Forgets what a step that panicked has left.
    pub(crate) fn forget(&mut self) {
        self.take_effects();
        self.random = None;
        self.kept_changed = false;
    }

    /// Whether [`log`](Net::log) makes effects; if nobody reads the log, it need not be formatted.
    pub fn keep_log(&mut self, keep: bool) {
        self.keep_log = keep;
    }

    /// Whether the engine sees the effects by which alarms are set and cancelled, which the node carries out; else it does not.
    pub fn keep_alarms(&mut self, keep: bool) {
        self.keep_alarms = keep;
    }

    /// The node that it is aimed at.
    #[inline]
    pub fn node(&self) -> NodeIndex {
        self.node
    }

    #[inline(never)]
    fn ask(&mut self, effect: Effect<P::Msg, P::Alarm>) {
        self.all_effects().push(effect);
    }

    /// The effects of the last step, in order.
    #[inline]
    pub(super) fn all_effects(&mut self) -> &mut Vec<Effect<P::Msg, P::Alarm>> {
        self.effects.extend(self.only.take().map(|(port, msg)| Effect::Send { port, msg }));
        &mut self.effects
    }

    /// Takes the effects of the last step, in order.
    pub fn drain(&mut self) -> impl Iterator<Item = Effect<P::Msg, P::Alarm>> + '_ {
        self.all_effects().drain(..)
    }

    /// Takes what the last step sends, and through which port, if that is its only effect.
    #[inline]
    pub fn take_only_send(&mut self) -> Option<(Port, P::Msg)> {
        self.only.take()
    }

    /// Whether the last step asked for nothing, or everything has been taken.
    #[inline]
    pub fn is_done(&self) -> bool {
        self.only.is_none() && self.effects.is_empty()
    }

    /// Takes the effects of the last step as a whole; [`give_back`](Net::give_back) the emptied vector, so that it is used
    /// again.
    #[inline]
    pub fn take_effects(&mut self) -> Vec<Effect<P::Msg, P::Alarm>> {
        core::mem::take(self.all_effects())
    }

    /// Gives back what [`take_effects`](Net::take_effects) took, emptied.
    #[inline]
    pub fn give_back(&mut self, effects: Vec<Effect<P::Msg, P::Alarm>>) {
        debug_assert!(effects.is_empty() && self.is_done(), "effects are carried out before the next step");
        self.effects = effects;
    }

    /// Whether the last step asked for more than reports and lines of the log.
    pub fn has_more_than_words(&self) -> bool {
        self.only.is_some() || self.effects.iter().any(|effect| !matches!(effect, Effect::Log(_) | Effect::Report { .. }))
    }

    /// Whether a link leads out of that port: an effect `SendAll` means those ports, but the excepted.
    #[inline]
    pub fn can_send(&self, port: Port) -> bool {
        self.sends(port)
    }

    pub(super) fn seed(&self) -> u64 {
        match &self.place {
            Place::Whole(instance) => instance.seed,
            Place::Local(local) => local.seed,
        }
    }

    #[inline]
    fn link_ends(&self) -> usize {
        match &self.place {
            Place::Whole(instance) => instance.graph.degree(self.node),
            Place::Local(local) => local.ends.len(),
        }
    }

    #[inline]
    fn sends(&self, port: Port) -> bool {
        match &self.place {
            Place::Whole(instance) => !instance.graph.is_directed() || instance.graph.end(self.node, port).sends,
            Place::Local(local) => local.ends[port.index()].sends,
        }
    }

    /// Whether there is that port, and its link leads that way.
    #[inline]
    fn leads_out(&self, port: Port) -> bool {
        match &self.place {
            Place::Whole(instance) => instance.graph.leads_out(self.node, port),
            Place::Local(local) => local.ends.get(port.index()).is_some_and(|end| end.sends),
        }
    }

    fn receives(&self, port: Port) -> bool {
        match &self.place {
            Place::Whole(instance) => instance.graph.end(self.node, port).receives,
            Place::Local(local) => local.ends[port.index()].receives,
        }
    }

    #[inline]
    fn directed(&self) -> bool {
        match &self.place {
            Place::Whole(instance) => instance.graph.is_directed(),
            Place::Local(local) => local.ends.iter().any(|end| !end.sends || !end.receives),
        }
    }

    fn neighbour_id(&self, port: Port) -> Id {
        match &self.place {
            Place::Whole(instance) => instance.ids.of(instance.graph.end(self.node, port).neighbour),
            Place::Local(local) => local.ends[port.index()].neighbour,
        }
    }

    /// The node's id, also for a protocol whose nodes do not know it.
    #[inline]
    pub(super) fn true_id(&self) -> Id {
        match &self.place {
            Place::Whole(instance) => instance.ids.of(self.node),
            Place::Local(local) => local.id,
        }
    }

    pub(super) fn labelled(&self, label: PortLabel) -> Port {
        (0..self.link_ends())
            .map(Port::new)
            .find(|port| self.label(*port) == Some(label))
            .unwrap_or_else(|| panic!("this node has no port {label:?}"))
    }
}

/// For handlers: what the node knows.
impl<P: Protocol> Net<P> {
    /// The node's own id.
    #[inline]
    pub fn id(&self) -> Id
    where
        P: Knows<OwnId>,
    {
        self.true_id()
    }

    /// How many ports it can send through.
    #[inline]
    pub fn degree(&self) -> usize {
        self.ports().len()
    }

    /// The ports that it can send through, in order.
    #[inline]
    pub fn ports(&self) -> PortIter {
        if self.directed() {
            PortIter::some((0..self.link_ends()).map(Port::new).filter(|port| self.sends(*port)).collect())
        } else {
            PortIter::all(self.link_ends())
        }
    }

    /// The ports that messages can arrive from, in order; the same as [`ports`](Net::ports) unless links lead one way.
    pub fn in_ports(&self) -> PortIter {
        if self.directed() {
            PortIter::some((0..self.link_ends()).map(Port::new).filter(|port| self.receives(*port)).collect())
        } else {
            PortIter::all(self.link_ends())
        }
    }

    /// The id of the neighbour at a port.
    ///
    /// # Panics
    /// If the node has no such port.
    pub fn id_of(&self, port: Port) -> Id
    where
        P: Knows<NeighbourIds>,
    {
        self.neighbour_id(port)
    }

    /// The first port to the neighbour of that id, if it is a neighbour.
    pub fn neighbour(&self, id: Id) -> Option<Port>
    where
        P: Knows<NeighbourIds>,
    {
        (0..self.link_ends()).map(Port::new).find(|port| self.neighbour_id(*port) == id)
    }

    /// How many nodes there are: n.
    pub fn size(&self) -> usize
    where
        P: Knows<Size>,
    {
        match &self.place {
            Place::Whole(instance) => instance.graph.node_count(),
            Place::Local(local) => local.size,
        }
    }

    /// The weight of the link at a port; 1 unless the graph says otherwise.
    ///
    /// # Panics
    /// If the node has no such port.
    pub fn weight(&self, port: Port) -> f64 {
        match &self.place {
            Place::Whole(instance) => instance.graph.weight(self.node, port),
            Place::Local(local) => local.ends[port.index()].weight,
        }
    }

    /// What the port is called in a labelled topology.
    ///
    /// # Panics
    /// If the node has no such port.
    pub fn label(&self, port: Port) -> Option<PortLabel> {
        match &self.place {
            Place::Whole(instance) => instance.graph.end(self.node, port).label,
            Place::Local(local) => local.ends[port.index()].label,
        }
    }

    /// What the node was given.
    pub fn input(&self) -> &P::Input {
        match &self.place {
            Place::Whole(instance) => &instance.inputs[self.node.index()],
            Place::Local(local) => &local.input,
        }
    }

    /// The time since the run began.
    pub fn now(&self) -> Duration {
        self.now
    }

    /// A random integer of the range; all randomness of a run follows from its seed.
    ///
    /// # Panics
    /// If the range is empty.
    pub fn random<T: Uniform>(&mut self, range: impl RangeBounds<T>) -> T {
        let (seed, node) = (self.seed(), self.node.index() as u64);
        self.random.get_or_insert_with(|| Box::new(Random::stream(seed, "node", node))).range(range)
    }
}

/// For handlers: what the node does.
impl<P: Protocol> Net<P> {
    /// Sends through one port.
    ///
    /// # Panics
    /// If the node has no such port, or its link does not lead that way.
    #[track_caller]
    #[inline]
    pub fn send<M: MessageOf<P>>(&mut self, port: Port, msg: M) {
        self.send_any(port, msg.wrap());
    }

    #[track_caller]
    #[inline]
    fn send_any(&mut self, port: Port, msg: P::Msg) {
        if !self.leads_out(port) {
            self.no_way_out(port);
        }
        if self.is_done() {
            self.only = Some((port, msg));
        } else {
            self.ask(Effect::Send { port, msg });
        }
    }

    #[cold]
    #[track_caller]
    fn no_way_out(&self, port: Port) -> ! {
        assert!(port != Port::SELF, "a message to the node itself goes by `send_to_self`, not through `Port::SELF`");
        let ports = self.link_ends();
        assert!(port.index() < ports, "there is no port {port}: this node has {ports} ports");
        panic!("the link at port {port} leads to this node: nothing can be sent into it");
    }

    /// Sends through every port.
    #[inline]
    pub fn send_to_all<M: MessageOf<P>>(&mut self, msg: M) {
        self.ask(Effect::SendAll { except: Ports::None, msg: msg.wrap() });
    }

    /// Sends through every port but one, or but some.
    #[inline]
    pub fn send_to_all_except<M: MessageOf<P>>(&mut self, except: impl Into<Ports>, msg: M) {
        self.ask(Effect::SendAll { except: except.into(), msg: msg.wrap() });
    }

    /// Sends through a port drawn at random.  Does nothing at a node without ports.
    pub fn send_random<M: MessageOf<P>>(&mut self, msg: M) {
        let degree = self.degree();
        if degree > 0 {
            let drawn = self.random(0..degree);
            if let Some(port) = self.ports().nth(drawn) {
                self.send(port, msg);
            }
        }
    }

    /// Sends to the node itself: arrives from [`Port::SELF`], is not counted.
    #[inline]
    pub fn send_to_self<M: MessageOf<P>>(&mut self, msg: M) {
        self.ask(Effect::ToSelf { msg: msg.wrap() });
    }

    /// Sets an alarm, to ring after that time.  Several of a type may be set; each rings.
    pub fn set_alarm<A: AlarmOf<P>>(&mut self, after: Duration, alarm: A) {
        self.kept_changed = true;
        self.ask(Effect::SetAlarm { after, alarm: alarm.wrap() });
    }

    /// Takes back every alarm of type `A` that has not rung.
    pub fn cancel<A: AlarmOf<P>>(&mut self) {
        self.cancel_tag(A::TAG);
    }

    /// Takes back every alarm of that tag, its place in [`Description::alarms`](super::Description::alarms), that has not rung; for
    /// engines, and for protocols that know the kinds of their alarms only at run time.  Does nothing if there is no such alarm.
    ///
    /// ```
    /// # use nodes::prelude::*;
    /// # #[alarm] struct Patience;
    /// # #[message] struct Calm { which: u8 }
    /// # #[protocol] struct Waiter;
    /// #[protocol]
    /// impl Waiter {
    ///     # #[on(Spontaneously)] fn start(&mut self, net: &mut Net<Self>) { net.set_alarm(secs(1), Patience); }
    ///     # #[when(Patience)] fn ring(&mut self) {}
    ///     #[on(Calm)]
    ///     fn calm(&mut self, msg: Calm, net: &mut Net<Self>) {
    ///         net.cancel_tag(msg.which);
    ///     }
    /// }
    /// ```
    pub fn cancel_tag(&mut self, tag: u8) {
        self.kept_changed = true;
        self.ask(Effect::Cancel { alarm: tag });
    }

    /// Puts a value where a crash does not reach it, in place of what was there.  When the node recovers, `#[recover]` gets
    /// what was stored last; all else that the node knew is lost.
    ///
    /// # Panics
    /// If the value cannot be encoded (its own `Serialize` refuses).
    #[track_caller]
    pub fn store<T: StoredBy<P>>(&mut self, value: &T) {
        let bytes = match value.encode() {
            Ok(bytes) => bytes,
            Err(cause) => panic!("store(..): {cause}"),
        };
        self.kept_changed = true;
        self.ask(Effect::Store(bytes.into_boxed_slice()));
    }

    /// Writes a line into the node's log.
    pub fn log(&mut self, line: impl fmt::Display) {
        if self.keep_log {
            self.ask(Effect::Log(line.to_string()));
        }
    }

    /// Tells the initializer a result, shown at the end; a later value of the same name replaces an earlier.
    ///
    /// # Panics
    /// If the value cannot be written as JSON (a map whose keys are not texts or numbers).
    #[track_caller]
    pub fn report(&mut self, name: impl Into<String>, value: impl Serialize) {
        let value = match serde_json::to_value(value) {
            Ok(value) => value,
            Err(cause) => panic!("report(..): the value cannot be written as JSON: {cause}"),
        };
        self.ask(Effect::Report { name: name.into().into_boxed_str(), value: Box::new(value) });
    }
}
