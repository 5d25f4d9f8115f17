//! All nodes and all messages under way, as a transition system.

mod drive;

use core::ops::ControlFlow;
use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

pub use drive::After;

use super::transit::{Channel, Life, Rules};
use super::{Budget, Choice, Duplicates, Faults, Observer, Passage};
use crate::panics::caught;
use crate::protocol::{
    AnyConfig, AnyEffect, AnyInstance, AnyMessage, AnyProtocol, AnyWorld, Description, Links, NodeView, Protocol, World,
};
use crate::sorting;
use crate::topology::{Graph, NodeIndex, Port};

/// Why a choice cannot be made now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotEnabled {
    /// There is no such node, or it has no such port.
    #[error("there is no such node, or no such port that sends")]
    NoSuchPlace,
    /// The impulse has been given, or the node is no initiator.
    #[error("the node is no initiator, or has had its impulse")]
    NoImpulse,
    /// `--wake together`: all impulses are handled before any message or alarm.
    #[error("all initiators start before anything arrives or rings")]
    Waking,
    /// The node has crashed.
    #[error("the node has crashed")]
    Dead,
    /// The node is doomed already.
    #[error("the node crashes in its next step already")]
    Doomed,
    /// The node has not crashed.
    #[error("the node is alive")]
    Alive,
    /// There is no such message, or it has arrived.
    #[error("no such message is under way")]
    NotUnderWay,
    /// The links keep the order.
    #[error("an earlier message is under way on this link, which keeps the order")]
    NotFirst,
    /// It was sent while the link was cut.
    #[error("it was sent while the link was cut")]
    Cut,
    /// The links neither lose nor duplicate.
    #[error("the links are not lossy")]
    NotLossy,
    /// A message is duplicated once at most.
    #[error("it has been duplicated before")]
    Copied,
    /// The node has sent itself nothing.
    #[error("the node has sent nothing to itself")]
    NothingToSelf,
    /// The node has set no alarm.
    #[error("the node has set no alarm")]
    NoAlarm,
    /// Such a fault is not declared, or has happened as often as it was.
    #[error("no such fault is declared, or it has happened")]
    NotDeclared,
    /// As many messages have been lost, or duplicated, as the [budget](Budget) allows.
    #[error("as many as `--faults` allows have been lost or duplicated")]
    Spent,
    /// The run is that of a schedule.
    #[error("a schedule says what happens next; `simulate` without one lets you choose")]
    Scheduled,
}

/// How far a declared cut has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Ahead,
    Present,
    Past,
}

/// All nodes, all messages under way, and what may go wrong yet: a configuration of the system.  Nothing here is random or takes
/// time; who drives it chooses.
///
/// What the links allow: the first message under way on a [`Fifo`](Links::Fifo) link may arrive, any on a
/// [`Reliable`](Links::Reliable) or [`Lossy`](Links::Lossy) one; on the last any may also be lost, or duplicated once.  Faults
/// happen if they are declared, each as often as it is, at any time:
///
/// - A node that *crashes* takes no step any more; what arrives at it is gone.  What it sent arrives, but of the messages that it
///   sent last some may never have left: they may be lost.
/// - A crash may fall inside a step: a node that is *doomed* crashes in the next step that it makes.  What it sends over links by that
///   is under way, and may be lost as above, so that any part of it leaves; what it stores is stored; else the step has not happened.
/// - A node that *recovers* is a new one that knows what it had stored.  What was sent to it before may still arrive, or be
///   lost.
/// - While a link is *cut*, what is sent over it waits until it is whole again; over a lossy one, it is lost.
///
/// A [budget](Faults::budget) allows crashes and recoveries of any nodes, and says how many messages may be lost or duplicated, on any
/// links.  What a crash loses is none of those.  Where each message may be duplicated any number of times, those under way on a link
/// that are the same count as one, unless the order is kept: all but one may be lost.  A budget allows no cuts, which would add nothing
/// but delays.
///
/// An alarm may ring at any time: clocks are not compared with messages.  Time, which handlers see in
/// [`Net::now`](crate::Net::now), passes when an alarm rings, to the time that it was set for; or when the driver says so.
///
/// ```
/// # use State::*;
/// # use nodes::prelude::*;
/// # #[message] struct Inform;
/// # #[states] enum State { #[default] Idle, #[terminal] Informed }
/// # #[protocol(links = Reliable)] struct Flooding { state: State }
/// # #[protocol] impl Flooding {
/// #     #[on(Spontaneously in Idle)] fn start(&mut self, net: &mut Net<Self>) { net.send_to_all(Inform); self.state = Informed; }
/// #     #[on(Inform in Idle)] fn hear(&mut self, sender: Port, net: &mut Net<Self>) { net.send_to_all_except(sender, Inform); self.state = Informed; }
/// # }
/// use nodes::run::Run;
///
/// let mut system = Run::<Flooding>::on("path:3").prepare()?.system();
/// while let Some(choice) = system.enabled().pop() {
///     system.apply(choice)?;
/// }
/// assert!(system.is_quiet() && system.world().all_terminal());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct System {
    world: Box<dyn AnyWorld>,
    description: Arc<Description>,
    instance: Arc<dyn AnyInstance>,
    links: Links,
    now: Duration,
    /// By [`End::channel`](crate::topology::End::channel).
    channels: Vec<Channel>,
    /// Messages of nodes to themselves, with their numbers in the run.
    to_self: BTreeMap<NodeIndex, VecDeque<(AnyMessage, u64)>>,
    /// How many messages have been sent.
    sent: u64,
    /// Who is still to be woken.
    impulses: Vec<NodeIndex>,
    /// Before all else.
    together: bool,
    crashes: Vec<NodeIndex>,
    doomed: BTreeSet<NodeIndex>,
    /// What nodes stored in the steps in which they crashed.
    stored_last: BTreeMap<NodeIndex, Box<[u8]>>,
    recoveries: Vec<NodeIndex>,
    /// What is left of the faults' budget.
    budget: Budget,
    faults: Arc<Faults>,
    /// Of each of its [cuts](Faults::cuts).
    cuts: Vec<Stage>,
    /// What the step under way asks for; empty between steps.
    effects: Vec<AnyEffect>,
}

impl core::fmt::Debug for System {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("System").field("now", &self.now).field("channels", &self.channels).finish_non_exhaustive()
    }
}

/// To make one.
impl System {
    /// The system before anything happens, without initiators.  These faults may happen, at any time and in any order, but that a
    /// link which is cut from the start is cut at the start; probabilities mean nothing here.  The observer is told what `#[init]`
    /// sends.
    ///
    /// # Errors
    /// If a node does not come into being, or `#[init]` sends a message that is too large: which, and why.
    pub fn new(
        protocol: &AnyProtocol,
        instance: &Arc<dyn AnyInstance>,
        config: &dyn AnyConfig,
        links: Links,
        faults: &Faults,
        observer: &mut dyn Observer,
    ) -> Result<Self, (NodeIndex, String)> {
        let (world, asked) = protocol.world(instance, config, observer.reads())?;
        let mut system = System {
            channels: vec![Channel::default(); instance.graph().link_count() * 2],
            world,
            description: protocol.description_of(config),
            instance: Arc::clone(instance),
            links,
            now: Duration::ZERO,
            to_self: BTreeMap::new(),
            sent: 0,
            impulses: Vec::new(),
            together: false,
            crashes: faults.crashes.iter().map(|crash| NodeIndex::new(crash.node)).collect(),
            doomed: BTreeSet::new(),
            stored_last: BTreeMap::new(),
            recoveries: faults.recoveries.iter().map(|recovery| NodeIndex::new(recovery.node)).collect(),
            budget: faults.budget,
            cuts: faults.cuts().map(|cut| if cut.during().from.is_zero() { Stage::Present } else { Stage::Ahead }).collect(),
            faults: Arc::new(faults.clone()),
            effects: Vec::new(),
        };
        observer.begun(system.world.view());
        for (node, effects) in asked {
            system.effects = effects;
            caught(|| system.carry_out(node, observer)).map_err(|what| (node, what))?;
        }
        Ok(system)
    }

    /// These nodes get an impulse, in any order, and one that stands there several times as many of them; if `together`, before anything arrives or rings.
    pub fn with_initiators(mut self, nodes: impl IntoIterator<Item = NodeIndex>, together: bool) -> Self {
        self.impulses = nodes.into_iter().collect();
        self.together = together;
        self
    }

    /// Makes a choice.
    ///
    /// # Errors
    /// If it is not enabled; nothing has changed then.
    ///
    /// # Panics
    /// If a handler does, or sends a message that is larger than its protocol allows.
    pub fn apply(&mut self, choice: Choice) -> Result<(), NotEnabled> {
        self.follow(choice, &mut (), &mut |_, _, _, _| ControlFlow::Continue(()))
    }
}

/// To look at it.
impl System {
    /// The nodes, and how many messages are under way.
    pub fn world(&self) -> &dyn AnyWorld {
        &*self.world
    }

    /// The nodes, and nothing else.
    pub fn into_world(self) -> Box<dyn AnyWorld> {
        self.world
    }

    /// The nodes and the messages with their types, if they are of protocol `P`.
    pub fn of<P: Protocol>(&self) -> Option<&World<P>> {
        self.world.view().of()
    }

    /// The graph.
    pub fn topology(&self) -> &Graph {
        self.instance.graph()
    }

    fn nodes(&self) -> impl Iterator<Item = &dyn NodeView> {
        self.topology().nodes().map(|node| self.world.node(node))
    }

    /// The time that the last handler saw.
    pub fn now(&self) -> Duration {
        self.now
    }

    /// All messages under way between neighbours, by sender, port and the order of sending.
    pub fn in_transit(&self) -> impl Iterator<Item = (Passage, &AnyMessage)> {
        let graph = self.topology();
        graph.nodes().flat_map(move |from| {
            (0..graph.degree(from)).map(Port::new).flat_map(move |port| {
                let channel = &self.channels[graph.end(from, port).channel()];
                channel.iter().map(move |transit| (Passage { from, port, number: transit.number }, &transit.msg))
            })
        })
    }

    /// A message, if it is under way.
    pub fn message(&self, passage: Passage) -> Option<&AnyMessage> {
        let (channel, _) = self.way(passage).ok()?;
        self.channels[channel].get(passage.number)
    }

    /// Which message sets out next through a port.
    ///
    /// # Panics
    /// If there is no such node, or it has no such port.
    pub fn next_passage(&self, from: NodeIndex, port: Port) -> Passage {
        let channel = self.topology().end(from, port).channel();
        Passage { from, port, number: self.channels[channel].next_number() }
    }

    /// How often faults may happen yet that have no time.
    pub fn budget(&self) -> Budget {
        self.budget
    }

    /// Whether that node will crash in its next step.
    pub fn is_doomed(&self, node: NodeIndex) -> bool {
        self.doomed.contains(&node)
    }

    /// Whether the run is over: nothing is under way, nobody is still to be woken, to crash since it is doomed, or to recover, and no
    /// alarm is set but by who has decided.
    pub fn is_quiet(&self) -> bool {
        let waits = |node: &dyn NodeView| node.is_alive() && node.next_alarm().is_some() && !node.is_decided();
        self.impulses.is_empty()
            && self.to_self.is_empty()
            && self.channels.iter().all(Channel::is_empty)
            && self.doomed.is_empty()
            && self.recoveries.iter().all(|node| self.is_alive(*node))
            && !self.nodes().any(waits)
    }

    /// All that may happen now, in an order that means nothing but is always the same.
    pub fn enabled(&self) -> Vec<Choice> {
        let mut choices = self.impulses.iter().copied().map(Choice::Impulse).collect::<Vec<_>>();
        for (passage, _) in self.in_transit() {
            choices.extend([Choice::Deliver(passage), Choice::Lose(passage), Choice::Duplicate(passage)]);
        }
        choices.extend(self.to_self.keys().copied().map(Choice::ToSelf));
        choices.extend(self.nodes().filter(|node| !node.is_plain()).map(|node| Choice::Alarm(node.index())));
        let each = |node: NodeIndex| [Choice::Doom(node), Choice::Crash(node), Choice::Recover(node)];
        choices.extend(self.topology().nodes().flat_map(each));
        choices.extend((0..self.cuts.len()).flat_map(|cut| [Choice::Cut(cut), Choice::Mend(cut)]));
        choices.retain(|choice| self.is_enabled(*choice).is_ok());
        // Two copies of a message are one choice.
        sorting::sort(&mut choices);
        choices.dedup();
        choices
    }

    /// Whether a choice can be made now.
    ///
    /// # Errors
    /// If not: why.
    pub fn is_enabled(&self, choice: Choice) -> Result<(), NotEnabled> {
        let is_handled = matches!(choice, Choice::Deliver(_) | Choice::ToSelf(_) | Choice::Alarm(_));
        if self.together && !self.impulses.is_empty() && is_handled {
            return Err(NotEnabled::Waking);
        }
        let ok = |allowed: bool, otherwise: NotEnabled| if allowed { Ok(()) } else { Err(otherwise) };
        match choice {
            Choice::Impulse(node) => ok(self.impulses.contains(&node), NotEnabled::NoImpulse),
            Choice::Deliver(passage) => {
                let (channel, rules) = self.way(passage)?;
                self.channels[channel].may_deliver(passage.number, rules).map(|_| ())
            }
            Choice::Lose(passage) => self.may_lose(passage).map(|_| ()),
            Choice::Duplicate(passage) => self.may_duplicate(passage).map(|_| ()),
            Choice::ToSelf(node) => ok(self.to_self.contains_key(&node), NotEnabled::NothingToSelf),
            Choice::Alarm(node) if !self.exists(node) => Err(NotEnabled::NoSuchPlace),
            Choice::Alarm(node) if !self.is_alive(node) => Err(NotEnabled::Dead),
            Choice::Alarm(node) => ok(self.world.node(node).next_alarm().is_some(), NotEnabled::NoAlarm),
            Choice::Doom(node) if !self.may_crash(node) => Err(NotEnabled::NotDeclared),
            Choice::Doom(node) if self.is_doomed(node) => Err(NotEnabled::Doomed),
            Choice::Doom(node) => ok(self.is_alive(node), NotEnabled::Dead),
            Choice::Crash(node) if self.is_doomed(node) => Ok(()),
            Choice::Crash(node) if !self.may_crash(node) => Err(NotEnabled::NotDeclared),
            Choice::Crash(node) => ok(self.is_alive(node), NotEnabled::Dead),
            Choice::Recover(node) if !self.may_recover(node) => Err(NotEnabled::NotDeclared),
            Choice::Recover(node) => ok(!self.is_alive(node), NotEnabled::Alive),
            Choice::Cut(cut) => ok(self.stage(cut) == Some(Stage::Ahead), NotEnabled::NotDeclared),
            Choice::Mend(cut) => ok(self.stage(cut) == Some(Stage::Present), NotEnabled::NotDeclared),
        }
    }

    fn may_crash(&self, node: NodeIndex) -> bool {
        self.crashes.contains(&node) || (self.budget.crashes > 0 && self.exists(node))
    }

    fn may_recover(&self, node: NodeIndex) -> bool {
        self.recoveries.contains(&node) || (self.budget.recoveries > 0 && self.exists(node))
    }

    /// Whether a message may be lost: its channel, its place there, and whether it is one that the budget counts.
    fn may_lose(&self, passage: Passage) -> Result<(usize, usize, bool), NotEnabled> {
        let (channel, rules) = self.way(passage)?;
        let (place, vanishes) = self.channels[channel].may_vanish(passage.number, rules)?;
        match self.budget.losses {
            _ if vanishes || self.is_there_twice(channel, place) => Ok((channel, place, false)),
            None if self.links == Links::Lossy => Ok((channel, place, false)),
            None => Err(NotEnabled::NotLossy),
            Some(0) => Err(NotEnabled::Spent),
            Some(_) => Ok((channel, place, true)),
        }
    }

    /// Whether another message under way there is the same, and counts as one with it since each may be duplicated any number of times.
    fn is_there_twice(&self, channel: usize, place: usize) -> bool {
        self.budget.duplicates == Some(Duplicates::Any)
            && self.links != Links::Fifo
            && self.channels[channel].has_another(place)
    }

    /// Whether a message may be duplicated: its channel, and its place there.
    fn may_duplicate(&self, passage: Passage) -> Result<(usize, usize), NotEnabled> {
        let (channel, _) = self.way(passage)?;
        let again = match self.budget.duplicates {
            None if self.links == Links::Lossy => false,
            None => Err(NotEnabled::NotLossy)?,
            Some(Duplicates::AtMost(0)) => Err(NotEnabled::Spent)?,
            Some(Duplicates::AtMost(_)) => false,
            Some(Duplicates::Any) => true,
        };
        Ok((channel, self.channels[channel].may_duplicate(passage.number, again)?))
    }

    fn stage(&self, cut: usize) -> Option<Stage> {
        self.cuts.get(cut).copied()
    }

    fn exists(&self, node: NodeIndex) -> bool {
        node.index() < self.topology().node_count()
    }

    fn is_alive(&self, node: NodeIndex) -> bool {
        self.world.node(node).is_alive()
    }

    fn life(&self, node: NodeIndex) -> Life {
        let node = self.world.node(node);
        Life { incarnation: node.incarnation(), alive: node.is_alive() }
    }

    fn is_cut(&self, from: NodeIndex, to: NodeIndex) -> bool {
        self.faults.cuts().zip(&self.cuts).any(|(cut, stage)| *stage == Stage::Present && cut.separates(from, to))
    }

    /// The channel that a message is on, and what is allowed there now.
    fn way(&self, passage: Passage) -> Result<(usize, Rules), NotEnabled> {
        let graph = self.topology();
        if !self.exists(passage.from) || passage.port.index() >= graph.degree(passage.from) {
            return Err(NotEnabled::NoSuchPlace);
        }
        let end = graph.end(passage.from, passage.port);
        if graph.is_directed() && !end.sends {
            return Err(NotEnabled::NoSuchPlace);
        }
        Ok((end.channel(), self.rules(passage.from, end.neighbour)))
    }

    fn rules(&self, from: NodeIndex, to: NodeIndex) -> Rules {
        Rules { links: self.links, cut: self.is_cut(from, to), sender: self.life(from), receiver: self.life(to) }
    }
}
