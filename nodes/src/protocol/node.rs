//! A node: the protocol's fields, and all else that makes its state.

use core::ops::Deref;
use core::time::Duration;

use super::{AlarmSet, Effect, Id, Net, Outcome, Protocol, Random, States};
use crate::random;
use crate::topology::{NodeIndex, Port};

/// Something that happens to a node.
#[derive(Clone, Debug)]
pub enum Event<M> {
    /// The impulse.
    Impulse,
    /// A message arrives.
    Message {
        /// From which link.
        sender: Port,
        /// What.
        msg: M,
    },
    /// The alarm that is due first rings.
    Alarm,
    /// The oldest deferred message that has not been [offered](Node::has_offer) is offered.
    Deferred,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stepped {
    /// A handler ran.
    Handled,
    /// There is no rule, and that is meant.
    Ignored,
    /// A message for a node that has decided and has no rule for it.
    Late,
    /// The message waits: for another state, or for a condition to hold.
    Deferred,
    /// A `#[never]` happened.
    Never,
    /// A handler ran and left a terminal state, which is forbidden: decided is decided.
    LeftTerminal {
        /// The terminal state's index.
        from: usize,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    Alive,
    Crashed,
}

/// What few nodes have: kept behind one pointer.
#[derive(Debug)]
pub(super) struct Rare<P: Protocol> {
    random: Option<Box<Random>>,
    /// In order of arrival; the first `offered` need not be offered before something changes.
    pub(super) deferred: Vec<(Port, P::Msg)>,
    pub(super) offered: usize,
    /// One of those waits for a condition.
    pub(super) on_condition: bool,
    /// In order of setting.
    pub(super) alarms: Vec<(Duration, P::Alarm)>,
    /// What a crash does not reach.
    pub(super) stored: Option<Box<[u8]>>,
    /// How often the node has recovered.
    pub(super) incarnation: u32,
}

// What is derived is marked to be inlined, so that it is made several times for each protocol.
impl<P: Protocol> Clone for Rare<P> {
    #[inline(always)]
    fn clone(&self) -> Self {
        Rare {
            random: random::copy_of(&self.random),
            deferred: self.deferred.clone(),
            offered: self.offered,
            on_condition: self.on_condition,
            alarms: self.alarms.clone(),
            stored: copy_of(&self.stored),
            incarnation: self.incarnation,
        }
    }
}

impl<P: Protocol> Clone for Node<P> {
    #[inline(never)]
    fn clone(&self) -> Self {
        let Node { protocol, id, index, life, rare } = self;
        Node { protocol: protocol.clone(), id: *id, index: *index, life: *life, rare: rare.clone() }
    }
}

impl<P: Protocol> Rare<P> {
    #[inline(always)]
    fn new() -> Self {
        Rare {
            random: None,
            deferred: Vec::new(),
            offered: 0,
            on_condition: false,
            alarms: Vec::new(),
            stored: None,
            incarnation: 0,
        }
    }
}

/// A node: the protocol's fields (to which it dereferences), and all else that makes its state.
#[derive(Debug)]
pub struct Node<P: Protocol> {
    protocol: P,
    id: Id,
    index: NodeIndex,
    life: Life,
    pub(super) rare: Option<Box<Rare<P>>>,
}

impl<P: Protocol> Deref for Node<P> {
    type Target = P;

    fn deref(&self) -> &P {
        &self.protocol
    }
}

impl<P: Protocol> Node<P> {
    /// The node that `net` is aimed at, as it is before anything happens.  What `#[init]` asked for is left in `net`.
    pub fn new(config: &P::Config, net: &mut Net<P>) -> Self {
        net.random = None;
        let protocol = P::init(config, net);
        let mut node = Node { protocol, id: net.true_id(), index: net.node(), life: Life::Alive, rare: None };
        if let Some(random) = net.random.take() {
            node.rare().random = Some(random);
        }
        node.take_kept(net);
        node
    }

    /// The node that `net` is aimed at, as it comes back from a crash for the `incarnation`-th time, with what it had stored.
    /// What it asks for is left in `net`.
    ///
    /// # Panics
    /// If `#[recover]` does.
    pub fn recovered(stored: Option<Box<[u8]>>, incarnation: u32, config: &P::Config, net: &mut Net<P>) -> Self {
        // It must not draw what it drew in its former life.
        let stream = net.node().index() as u64 | u64::from(incarnation) << 32;
        net.random = Some(Random::of_node(net.seed(), stream));
        let protocol = P::recover(stored.as_deref(), config, net);
        let mut node = Node { protocol, id: net.true_id(), index: net.node(), life: Life::Alive, rare: None };
        let rare = node.rare();
        rare.random = net.random.take();
        rare.stored = stored;
        rare.incarnation = incarnation;
        node.take_kept(net);
        node
    }

    /// A node whose fields are known: as it ended in another process.
    pub fn from_parts(index: NodeIndex, id: Id, protocol: P, alive: bool) -> Self {
        let life = if alive { Life::Alive } else { Life::Crashed };
        Node { protocol, id, index, life, rare: None }
    }

    /// Where it stands in the graph.
    #[inline]
    pub fn index(&self) -> NodeIndex {
        self.index
    }

    /// Its id.
    #[inline]
    pub fn id(&self) -> Id {
        self.id
    }

    /// Its state.
    #[inline]
    pub fn state(&self) -> &P::State {
        self.protocol.state()
    }

    /// The protocol's fields.
    #[inline]
    pub fn protocol(&self) -> &P {
        &self.protocol
    }

    /// The name of its state.
    #[inline]
    pub fn state_name(&self) -> &str {
        let state = self.state();
        state.name_of(state.index())
    }

    /// Whether it has decided: its state is terminal.
    #[inline]
    pub fn is_decided(&self) -> bool {
        let state = self.state();
        state.is_terminal(state.index())
    }

    /// Whether it has not crashed.
    #[inline]
    pub fn is_alive(&self) -> bool {
        self.life == Life::Alive
    }

    /// It stops: takes no step any more, unless it [recovers](Node::recover).
    pub fn crash(&mut self) {
        self.life = Life::Crashed;
    }

    /// It comes back, and knows what it had stored: this, if it stored that in the step in which it crashed.  What it asks for is left in `net`, which is aimed at it.
    ///
    /// # Panics
    /// If `#[recover]` does.
    pub fn recover(&mut self, stored: Option<Box<[u8]>>, config: &P::Config, net: &mut Net<P>) {
        let stored = match &self.rare {
            Some(rare) if stored.is_none() => copy_of(&rare.stored),
            _ => stored,
        };
        *self = Node::recovered(stored, self.incarnation() + 1, config, net);
    }

    /// How often it has recovered from a crash.
    pub fn incarnation(&self) -> u32 {
        match &self.rare {
            Some(rare) => rare.incarnation,
            None => 0,
        }
    }

    /// What it stored last, encoded.
    pub fn stored(&self) -> Option<&[u8]> {
        self.rare.as_ref()?.stored.as_deref()
    }

    /// Whether it has neither alarms nor deferred messages, nor has ever drawn a random number: as most nodes.
    #[inline]
    pub fn is_plain(&self) -> bool {
        self.rare.is_none()
    }

    /// When the first of its alarms rings, on the clock of [`Net::now`].
    #[inline(never)]
    pub fn next_alarm(&self) -> Option<Duration> {
        let [(first, _), others @ ..] = &self.rare.as_ref()?.alarms[..] else { return None };
        let (mut first, mut others) = (*first, others);
        while let [(other, _), rest @ ..] = others {
            first = if *other < first { *other } else { first };
            others = rest;
        }
        Some(first)
    }

    /// The alarm that rings first.
    pub fn first_alarm(&self) -> Option<&P::Alarm> {
        let alarms = &self.rare.as_ref()?.alarms;
        Some(&alarms[first_of(alarms)?].1)
    }

    /// The deferred messages, oldest first, with the ports that they came from.
    pub fn deferred(&self) -> &[(Port, P::Msg)] {
        match &self.rare {
            Some(rare) => &rare.deferred,
            None => &[],
        }
    }

    /// Whether a deferred message has not been offered since the state changed or a condition may have: the engine then makes a
    /// step with [`Event::Deferred`], before any other event of this node.
    #[inline]
    pub fn has_offer(&self) -> bool {
        match &self.rare {
            Some(rare) => rare.offered < rare.deferred.len(),
            None => false,
        }
    }

    /// The deferred message that a step with [`Event::Deferred`] would offer.
    #[inline]
    pub fn next_offer(&self) -> Option<(Port, &P::Msg)> {
        let rare = self.rare.as_ref()?;
        let (sender, msg) = rare.deferred.get(rare.offered)?;
        Some((*sender, msg))
    }

    /// The place among the [deferred](Node::deferred) messages of the one that is offered next, if one [is](Node::has_offer).
    pub fn offered(&self) -> usize {
        match &self.rare {
            Some(rare) => rare.offered,
            None => 0,
        }
    }

    #[inline(never)]
    fn rare(&mut self) -> &mut Rare<P> {
        if self.rare.is_none() {
            self.rare = Some(Box::new(Rare::new()));
        }
        self.rare.as_mut().expect("it was just made")
    }

    /// One atomic step.  What it asks for is left in `net`, except alarms, which the node keeps.
    ///
    /// # Panics
    /// If a handler does.
    #[inline(always)]
    pub fn step(&mut self, event: Event<P::Msg>, net: &mut Net<P>) -> Stepped {
        if let Some(rare) = &mut self.rare {
            net.random = rare.random.take();
        }
        let before = self.state().index();
        let stepped = match event {
            Event::Impulse => plain(self.protocol.on_impulse(net)),
            Event::Message { sender, msg } => self.offer(sender, msg, false, net),
            Event::Alarm => match self.take_first_alarm() {
                Some(alarm) => plain(self.protocol.on_alarm(alarm, net)),
                None => Stepped::Ignored,
            },
            Event::Deferred => match self.take_offer() {
                Some((sender, msg)) => self.offer(sender, msg, true, net),
                None => Stepped::Ignored,
            },
        };
        if let Some(random) = net.random.take() {
            self.rare().random = Some(random);
        }
        self.take_kept(net);
        if before != self.state().index() {
            if let Some(rare) = &mut self.rare {
                rare.offered = 0;
            }
            let left_terminal = if P::State::KNOWN { P::State::TERMINAL[before] } else { self.state().is_terminal(before) };
            if left_terminal {
                return Stepped::LeftTerminal { from: before };
            }
        } else if P::DEFERS_ON_CONDITION {
            self.look_again(stepped);
        }
        stepped
    }

    /// The run is over: lets the protocol log and report.
    pub fn finish(&mut self, net: &mut Net<P>) {
        self.protocol.on_finish(net);
    }

    /// If one of the deferred messages waits for a condition, which may hold now, they are to be offered again: unless the step has
    /// only deferred a message.
    #[inline(never)]
    fn look_again(&mut self, stepped: Stepped) {
        if let Some(rare) = &mut self.rare
            && rare.on_condition
            && stepped != Stepped::Deferred
        {
            rare.offered = 0;
            // Those that are deferred again say so again.
            rare.on_condition = false;
        }
    }

    #[inline]
    fn offer(&mut self, sender: Port, msg: P::Msg, again: bool, net: &mut Net<P>) -> Stepped {
        let (msg, on_condition) = match self.protocol.on_message(msg, sender, net) {
            Outcome::Handled => return Stepped::Handled,
            Outcome::Ignored => return Stepped::Ignored,
            Outcome::Late => return Stepped::Late,
            Outcome::Unexpected => return Stepped::Never,
            Outcome::Deferred(msg) => (msg, false),
            Outcome::DeferredOnCondition(msg) => (msg, true),
        };
        let rare = self.rare();
        let place = if again { rare.offered } else { rare.deferred.len() };
        rare.deferred.insert(place, (sender, msg));
        rare.offered = rare.offered.max(place) + 1;
        rare.on_condition |= on_condition;
        Stepped::Deferred
    }

    fn take_offer(&mut self) -> Option<(Port, P::Msg)> {
        let rare = self.rare.as_mut()?;
        (rare.offered < rare.deferred.len()).then(|| rare.deferred.remove(rare.offered))
    }

    fn take_first_alarm(&mut self) -> Option<P::Alarm> {
        let rare = self.rare.as_mut()?;
        let first = match super::watch::alarm() {
            Some(chosen) => chosen,
            None => first_of(&rare.alarms)?,
        };
        Some(rare.alarms.remove(first).1)
    }

    #[inline]
    fn take_kept(&mut self, net: &mut Net<P>) {
        if !core::mem::take(&mut net.kept_changed) {
            return;
        }
        self.take_what_changed(net);
    }

    #[inline(never)]
    fn take_what_changed(&mut self, net: &mut Net<P>) {
        let (now, keeps_alarms) = (net.clock(), net.keep_alarms);
        let rare = self.rare();
        let effects = net.all_effects();
        let mut place = 0;
        while place < effects.len() {
            match &effects[place] {
                Effect::SetAlarm { after, alarm } => rare.alarms.push((now.saturating_add(*after), alarm.clone())),
                Effect::Cancel { alarm } => {
                    for place in (0..rare.alarms.len()).rev() {
                        if AlarmSet::tag(&rare.alarms[place].1) == *alarm {
                            rare.alarms.remove(place);
                        }
                    }
                }
                Effect::Store(bytes) => keep(&mut rare.stored, bytes),
                _ => {}
            }
            if !keeps_alarms && matches!(effects[place], Effect::SetAlarm { .. } | Effect::Cancel { .. }) {
                effects.remove(place);
            } else {
                place += 1;
            }
        }
    }
}

/// The place of the alarm that is due first; of those due together, the one that was set first.
#[inline(never)]
fn first_of<A>(alarms: &[(Duration, A)]) -> Option<usize> {
    let mut first = 0;
    for place in 1..alarms.len() {
        if alarms[place].0 < alarms[first].0 {
            first = place;
        }
    }
    (!alarms.is_empty()).then_some(first)
}

// Neither of these is generic, so that they are generated once.
#[inline(never)]
fn keep(stored: &mut Option<Box<[u8]>>, bytes: &[u8]) {
    *stored = Some(bytes.into());
}

#[inline(never)]
fn copy_of(stored: &Option<Box<[u8]>>) -> Option<Box<[u8]>> {
    stored.clone()
}

fn plain(outcome: Outcome<()>) -> Stepped {
    match outcome {
        Outcome::Handled => Stepped::Handled,
        Outcome::Ignored | Outcome::Late | Outcome::Deferred(()) | Outcome::DeferredOnCondition(()) => Stepped::Ignored,
        Outcome::Unexpected => Stepped::Never,
    }
}
