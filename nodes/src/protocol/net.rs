//! What a handler sees of the world: its node's surroundings, and a place to leave what it wants done.

mod engine;
mod place;

use core::borrow::Borrow;
use core::fmt;
use core::ops::RangeBounds;
use core::time::Duration;

use serde::Serialize;

pub use self::place::{Local, LocalEnd};
use self::place::{Place, Way};
use super::{
    AlarmOf, Effect, Id, Knows, MessageOf, NeighbourIds, OwnId, PortIter, Ports, Protocol, Random, Size, StoredBy, Uniform,
    Wait, watch,
};
use crate::random::span_of;
use crate::topology::{NodeIndex, Port, PortLabel};

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

/// For handlers: what the node knows.
impl<P: Protocol> Net<P> {
    /// The node's own id.
    #[inline]
    pub fn id(&self) -> Id
    where
        P: Knows<OwnId>,
    {
        self.place.id(self.node)
    }

    /// How many ports it can send through.
    #[inline]
    pub fn degree(&self) -> usize {
        self.place.degree(self.node)
    }

    /// The ports that it can send through, in order.
    #[inline]
    pub fn ports(&self) -> PortIter {
        self.place.ports(self.node, Way::Out)
    }

    /// The ports that messages can arrive from, in order; the same as [`ports`](Net::ports) unless links lead one way.
    pub fn in_ports(&self) -> PortIter {
        self.place.ports(self.node, Way::In)
    }

    /// Whether the node has that port, and can send through it.
    #[inline]
    pub fn leads_out(&self, port: Port) -> bool {
        self.place.leads_out(self.node, port)
    }

    /// The id of the neighbour at a port.
    ///
    /// # Panics
    /// If the node has no such port.
    pub fn id_of(&self, port: Port) -> Id
    where
        P: Knows<NeighbourIds>,
    {
        self.place.neighbour_id(self.node, port)
    }

    /// The first port to the neighbour of that id, if it is a neighbour.
    pub fn neighbour(&self, id: Id) -> Option<Port>
    where
        P: Knows<NeighbourIds>,
    {
        (0..self.link_ends()).map(Port::new).find(|port| self.place.neighbour_id(self.node, *port) == id)
    }

    /// How many nodes there are: n.
    pub fn size(&self) -> usize
    where
        P: Knows<Size>,
    {
        self.place.size()
    }

    /// The weight of the link at a port; 1 unless the graph says otherwise.
    ///
    /// # Panics
    /// If the node has no such port.
    pub fn weight(&self, port: Port) -> f64 {
        self.place.weight(self.node, port)
    }

    /// What the port is called in a labelled topology.
    ///
    /// # Panics
    /// If the node has no such port.
    pub fn label(&self, port: Port) -> Option<PortLabel> {
        self.place.label(self.node, port)
    }

    /// What the node was given.
    pub fn input(&self) -> &P::Input {
        self.place.input(self.node)
    }

    /// The time since the run began.
    pub fn now(&self) -> Duration {
        watch::note_clock();
        self.now
    }

    /// A random integer of the range; all randomness of a run follows from its seed.
    ///
    /// # Panics
    /// If the range is empty.
    pub fn random<T: Uniform>(&mut self, range: impl RangeBounds<T>) -> T {
        let (low, span) = span_of(&range);
        let seed = self.seed();
        T::from_i128(low + i128::from(drawn(span, &mut self.random, seed, self.node)))
    }

    #[inline]
    fn link_ends(&self) -> usize {
        self.place.link_ends(self.node)
    }

    pub(super) fn labelled(&self, label: PortLabel) -> Port {
        (0..self.link_ends())
            .map(Port::new)
            .find(|port| self.label(*port) == Some(label))
            .unwrap_or_else(|| panic!("this node has no port {label:?}"))
    }
}

/// For handlers: what the node does.
impl<P: Protocol> Net<P> {
    /// Sends through one port; through [`Port::SELF`], to the node itself, as [`send_to_self`](Net::send_to_self) does.
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
        if !self.place.leads_out(self.node, port) {
            if port == Port::SELF {
                return self.ask(Effect::ToSelf { msg });
            }
            no_way_out(port, self.link_ends());
        }
        if self.is_done() {
            self.only = Some((port, msg));
        } else {
            self.ask(Effect::Send { port, msg });
        }
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

    /// Sends through each of these ports, in their order.
    ///
    /// ```
    /// # use nodes::prelude::*;
    /// # #[message] struct Notify;
    /// # #[protocol] struct Tree { children: Vec<Port> }
    /// #[protocol]
    /// impl Tree {
    ///     # #[on(Spontaneously)] fn start(&mut self) {}
    ///     #[on(Notify)]
    ///     fn pass_down(&mut self, msg: Notify, net: &mut Net<Self>) {
    ///         net.send_to(&self.children, msg);
    ///     }
    /// }
    /// ```
    ///
    /// # Panics
    /// As [`send`](Net::send).
    #[track_caller]
    pub fn send_to<M: MessageOf<P>>(&mut self, ports: impl IntoIterator<Item: Borrow<Port>>, msg: M) {
        let msg = msg.wrap();
        for port in ports {
            self.send_any(*port.borrow(), msg.clone());
        }
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

    /// Sets an alarm, to ring after that time, or after one of a range, which is [drawn](Wait).  Several of a type may be set; each
    /// rings.
    ///
    /// ```
    /// # use nodes::prelude::*;
    /// # #[alarm] struct Election;
    /// # #[message] struct Heartbeat;
    /// # #[protocol] struct Follower;
    /// #[protocol]
    /// impl Follower {
    ///     #[on(Spontaneously)]
    ///     fn start(&mut self, net: &mut Net<Self>) {
    ///         net.set_alarm(millis(150)..millis(300), Election);
    ///     }
    ///
    ///     #[on(Heartbeat)]
    ///     fn heartbeat(&mut self, net: &mut Net<Self>) {
    ///         net.restart(millis(150)..millis(300), Election);
    ///     }
    ///     # #[when(Election)] fn elect(&mut self, net: &mut Net<Self>) { net.send_to_all(Heartbeat); }
    /// }
    /// ```
    ///
    /// # Panics
    /// If the range is empty.
    #[track_caller]
    pub fn set_alarm<A: AlarmOf<P>>(&mut self, after: impl Into<Wait>, alarm: A) {
        let seed = self.seed();
        let after = waits(after.into(), &mut self.random, seed, self.node);
        self.kept_changed = true;
        self.ask(Effect::SetAlarm { after, alarm: alarm.wrap() });
    }

    /// Takes back every alarm of that type that has not rung, and sets this one.
    ///
    /// # Panics
    /// As [`set_alarm`](Net::set_alarm).
    #[track_caller]
    pub fn restart<A: AlarmOf<P>>(&mut self, after: impl Into<Wait>, alarm: A) {
        self.cancel::<A>();
        self.set_alarm(after, alarm);
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

    #[inline(never)]
    fn ask(&mut self, effect: Effect<P::Msg, P::Alarm>) {
        self.all_effects().push(effect);
    }
}

/// A number below `span`, which is at most 2^64: what a script says, else the next of that node's random numbers, from which it has
/// drawn already, or not.
fn drawn(span: u128, random: &mut Option<Box<Random>>, seed: u64, node: NodeIndex) -> u64 {
    match watch::drawn(span) {
        Some(scripted) => scripted,
        None => random.get_or_insert_with(|| Random::of_node(seed, node.index() as u64)).offset(span),
    }
}

/// How long an alarm of that node waits.
#[track_caller]
fn waits(wait: Wait, random: &mut Option<Box<Random>>, seed: u64, node: NodeIndex) -> Duration {
    match wait {
        Wait::For(time) => time,
        range => range.draw(&mut |span| drawn(u128::from(span), random, seed, node)),
    }
}

/// Nothing can be sent through that port of a node that has so many.
#[cold]
#[track_caller]
fn no_way_out(port: Port, ports: usize) -> ! {
    assert!(port.index() < ports, "there is no port {port}: this node has {ports} ports");
    panic!("the link at port {port} leads to this node: nothing can be sent into it");
}
