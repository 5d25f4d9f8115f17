//! The loop: takes what is due, lets the node make its step, carries out what it asks for, looks at the properties.

use core::ops::ControlFlow;
use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde_json::Value;

use super::agenda::{Agenda, Plan};
use super::courier::{Arrival, Courier, nanos};
use super::judge::{self, Judge};
use super::queue::Queue;
use super::result::Ended;
use super::tally::{self, NodeTally, Tally};
use super::{Simulation, Watch};
use crate::network::{Fate, Happening, Observer, OnCrash, Sent};
use crate::panics::caught;
use crate::protocol::{Effect, Event, Instance, MessageSet, Net, Node, Protocol, States, Stepped, World};
use crate::run::{Prepared, explain};
use crate::topology::{NodeIndex, Port, Way};

/// A message under way.
#[derive(Debug)]
struct Parcel<M, T> {
    to: NodeIndex,
    /// The port that it arrives at.
    port: Port,
    depth: u32,
    /// Its number on its link, where messages can overtake each other.
    number: u32,
    msg: M,
    mark: T,
}

/// A message of a node to itself.
#[derive(Debug)]
struct Own<M, T> {
    node: NodeIndex,
    msg: M,
    mark: T,
}

/// Why a run is over.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum End {
    /// Nothing is under way.
    Quiet,
    /// The planned end has come.
    Planned,
    /// Whoever watches wants no more.
    Interrupted,
    /// The time is up.
    TimedOut(Duration),
    /// So many events have happened.
    TooManyEvents(u64),
    /// Something that must not be.
    Violated(Violation),
    /// A node failed.
    Crashed { node: NodeIndex, what: String },
}

/// Something that must not be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Violation {
    /// The property, by its place in [`Protocol::properties`]; `None` if a rule was broken.
    pub(crate) property: Option<usize>,
    /// The node that made the last step.
    pub(crate) node: NodeIndex,
    /// What is wrong, in words.
    pub(crate) what: String,
}

/// A run.
pub(super) struct Engine<P: Protocol, O: Observer<P>> {
    prepared: Prepared<P>,
    world: World<P>,
    courier: Courier,
    tally: Tally,
    reported: BTreeMap<usize, BTreeMap<String, Value>>,
    observer: O,
    /// How many events have happened.
    pub(super) events: u64,
    instance: Arc<Instance<P::Input>>,
    net: Net<P>,
    queue: Queue<Parcel<P::Msg, O::Mark>>,
    own: VecDeque<Own<P::Msg, O::Mark>>,
    alarms: Queue<NodeIndex>,
    /// How many nodes have an alarm set, are alive and have not decided: the run is not over before.
    waiting: usize,
    agenda: Agenda,
    /// How many nanoseconds a tick of the queue has.
    tick_length: u64,
    /// The present, in nanoseconds, and the tick that it lies in.
    now: u64,
    tick: u64,
    /// Whether the nodes do not fit into the processor's caches.
    is_large: bool,
    judge: Judge<P>,
    /// Until so many events have happened, nobody asks.
    next_pause: u64,
    max_events: u64,
    /// Who is making a step.
    acting: NodeIndex,
    end: Option<End>,
}

/// Whether the run goes on.
type Flow = ControlFlow<()>;

/// So many nodes fit into the processor's caches.
const LARGE: usize = 10_000;

/// So often somebody who watches is asked.
const BETWEEN_PAUSES: u64 = 1 << 10;

impl<P: Protocol, O: Observer<P>> Engine<P, O> {
    /// Everything as it is before anything happens.
    ///
    /// # Errors
    /// If `#[init]` of a node panics: which, and its words.
    pub(super) fn new(
        mut prepared: Prepared<P>,
        simulation: &Simulation<'_>,
        observer: O,
    ) -> Result<Self, Box<(Prepared<P>, NodeIndex, String)>> {
        let instance = Arc::clone(&prepared.instance);
        let graph = &instance.graph;
        let delay = prepared.delay.unwrap_or_default();
        let (courier, queue) = Courier::new(delay, prepared.links, &prepared.faults, graph, instance.seed);
        let mut net = Net::whole(Arc::clone(&instance));
        net.keep_log(O::READS_LOG);
        net.keep_alarms(O::READS_ALARMS);
        let mut nodes = Vec::with_capacity(graph.node_count());
        let mut asked = Vec::new();
        let born = caught(|| {
            for index in graph.nodes() {
                net.aim(index);
                nodes.push(Node::new(&prepared.config, &mut net));
                let effects = net.take_effects();
                if effects.is_empty() {
                    net.give_back(effects);
                } else {
                    asked.push((index, effects));
                }
            }
        });
        if let Err(what) = born {
            return Err(Box::new((prepared, NodeIndex::new(nodes.len()), what)));
        }
        let agenda = Agenda::new(std::mem::take(&mut prepared.initiators), &prepared.faults);
        let mut engine = Engine {
            world: World::new(Arc::clone(&instance), nodes, prepared.description.messages.len()),
            tick_length: courier.tick(),
            courier,
            tally: Tally::new(graph.node_count(), graph.link_count()),
            reported: BTreeMap::new(),
            observer,
            events: 0,
            net,
            queue,
            own: VecDeque::new(),
            alarms: Queue::any(),
            waiting: 0,
            agenda,
            now: 0,
            tick: 0,
            is_large: graph.node_count() > LARGE,
            judge: Judge::new(simulation.properties),
            next_pause: 0,
            max_events: simulation.max_events.unwrap_or(u64::MAX),
            acting: NodeIndex::new(0),
            end: None,
            instance: Arc::clone(&instance),
            prepared,
        };
        engine.next_pause = engine.max_events.min(BETWEEN_PAUSES);
        engine.observer.begun(&engine.world);
        for index in graph.nodes() {
            if let Some(alarm) = engine.world.node(index).next_alarm() {
                engine.alarms.push(nanos(alarm), index);
                engine.waiting += usize::from(engine.is_waiting(index));
            }
        }
        for (index, effects) in asked {
            engine.net.aim(index);
            effects.into_iter().for_each(|effect| engine.carry_out_one(index, effect));
        }
        Ok(engine)
    }

    /// Lets the run take its course, to its end.
    pub(super) fn run(&mut self, watch: &mut Option<&mut Watch<'_>>) -> End {
        loop {
            if let Err(what) = caught(|| self.go_on(watch)) {
                self.failed(what);
            }
            if let Some(end) = self.end.take() {
                return match (self.finish(), end) {
                    (Some(wrong), End::Quiet | End::Planned) => wrong,
                    (_, end) => end,
                };
            }
        }
    }

    /// A handler, or a property, panicked.
    fn failed(&mut self, what: String) {
        let node = self.acting;
        if let Some(violation) = self.judge.panicked(node, &what) {
            let _ = self.violated(violation);
            return;
        }
        self.net.take_effects().clear();
        self.observer.failed(node, &what);
        if self.prepared.faults.on_crash == OnCrash::Continue {
            self.observer.before(Duration::from_nanos(self.now), node, &Happening::Crash, &self.world);
            self.crash(node);
        } else {
            self.world.crash(node);
            self.end = Some(End::Crashed { node, what: format!("panicked: {what}") });
        }
    }

    /// Handles events until the run is over.
    fn go_on(&mut self, watch: &mut Option<&mut Watch<'_>>) {
        while self.end.is_none() {
            if self.present().is_break() || self.advance().is_break() {
                return;
            }
            if self.events >= self.next_pause {
                self.pause(watch);
            }
        }
    }

    /// All that is due now.
    fn present(&mut self) -> Flow {
        loop {
            while let Some(plan) = self.agenda.take_due(self.now) {
                self.carry_out_plan(plan)?;
            }
            while self.queue.look_for(self.tick) {
                if self.is_large {
                    self.touch();
                }
                while let Some(parcel) = self.queue.pop() {
                    self.deliver(parcel)?;
                }
            }
            if let Some(Own { node, msg, mark }) = self.own.pop_front() {
                if self.world.node(node).is_alive() {
                    self.happens(node, Event::Message { sender: Port::SELF, msg }, Some(mark))?;
                }
            } else if let Some(node) = self.alarms.pop_due(self.now) {
                let rings = |node: &Node<P>| node.is_alive() && node.next_alarm().map(nanos) == Some(self.now);
                if rings(self.world.node(node)) {
                    self.happens(node, Event::Alarm, None)?;
                }
            } else {
                return Flow::Continue(());
            }
            // A handler that sends to itself for ever keeps this instant from ending.
            if self.events >= self.next_pause {
                return Flow::Continue(());
            }
        }
    }

    /// Reads what the next messages will need.  The steps depend on each other, these reads do not: the machine fetches them
    /// from memory side by side.
    fn touch(&self) {
        let (world, graph) = (&self.world, &self.instance.graph);
        let touched = self.queue.at_hand().map(|parcel| {
            let way = graph.way(parcel.to, parcel.port);
            // A node may lie in two lines of the cache.
            let node = world.node(parcel.to);
            let node = u64::from(node.is_alive()) + u64::from(node.is_plain()) + node.state().index() as u64;
            node + self.tally.touch(parcel.to.index(), way.link()) + self.courier.touch(way.channel as usize)
        });
        core::hint::black_box(touched.fold(0, u64::wrapping_add));
    }

    /// On to the next time at which something is due.
    fn advance(&mut self) -> Flow {
        if !self.own.is_empty() {
            return Flow::Continue(());
        }
        let message = self.queue.next_time(self.tick).map(|tick| tick.saturating_mul(self.tick_length));
        let plan = self.agenda.next_time();
        if message.is_none() && self.waiting == 0 && !self.agenda.wakes(|node| !self.world.node(node).is_alive()) {
            return self.over(End::Quiet);
        }
        let alarm = self.alarms.next_time(self.now);
        let Some(next) = [message, plan, alarm].into_iter().flatten().min() else { return self.over(End::Quiet) };
        let limits = [(self.prepared.stop_after, End::Planned), (self.prepared.timeout, End::TimedOut(Duration::ZERO))];
        for (limit, end) in limits {
            if let Some(limit) = limit
                && next > nanos(limit)
            {
                self.now = nanos(limit);
                return self.over(if end == End::Planned { end } else { End::TimedOut(limit) });
            }
        }
        self.now = next;
        self.tick = next / self.tick_length;
        self.net.set_now(Duration::from_nanos(next));
        Flow::Continue(())
    }

    #[cold]
    fn pause(&mut self, watch: &mut Option<&mut Watch<'_>>) {
        if self.events >= self.max_events {
            let _ = self.over(End::TooManyEvents(self.max_events));
        } else if let Some(watch) = watch
            && watch(self.events, Duration::from_nanos(self.now)).is_break()
        {
            let _ = self.over(End::Interrupted);
        }
        self.next_pause = self.max_events.min(self.events + BETWEEN_PAUSES);
    }

    #[cold]
    fn over(&mut self, end: End) -> Flow {
        self.end = Some(end);
        Flow::Break(())
    }

    fn carry_out_plan(&mut self, plan: Plan) -> Flow {
        match plan {
            Plan::Impulse(node) if self.world.node(node).is_alive() => self.happens(node, Event::Impulse, None),
            Plan::Crash(node) if self.world.node(node).is_alive() => {
                self.observer.before(Duration::from_nanos(self.now), node, &Happening::Crash, &self.world);
                self.crash(node);
                if self.prepared.faults.crash_ends_run(node, Duration::from_nanos(self.now)) {
                    let what = "crashed as planned".to_owned();
                    return self.over(End::Crashed { node, what });
                }
                Flow::Continue(())
            }
            Plan::Recover(node) if !self.world.node(node).is_alive() => self.recover(node),
            Plan::Impulse(_) | Plan::Crash(_) | Plan::Recover(_) => Flow::Continue(()),
        }
    }

    /// The node comes back, and knows what it had stored.
    fn recover(&mut self, node: NodeIndex) -> Flow {
        self.acting = node;
        self.observer.before(Duration::from_nanos(self.now), node, &Happening::Recover, &self.world);
        self.net.aim(node);
        self.world.recover(node, &self.prepared.config, &mut self.net);
        self.events += 1;
        self.observer.after(node, Stepped::Handled, &self.world);
        self.follow_alarms(node, (None, false), true);
        self.carry_out(node);
        self.judge(node)
    }

    /// The node stops: what it has sent arrives, what it has set does not ring.
    fn crash(&mut self, node: NodeIndex) {
        self.waiting -= usize::from(self.is_waiting(node));
        self.world.crash(node);
        self.own.retain(|own| own.node != node);
    }

    #[inline]
    fn deliver(&mut self, parcel: Parcel<P::Msg, O::Mark>) -> Flow {
        let Parcel { to, port, depth, number, msg, mark } = parcel;
        self.world.count_arrived(msg.tag());
        let graph = &self.instance.graph;
        // It came out of the other end.
        self.courier.arrived(|| graph.way(to, port).channel as usize ^ 1, number);
        if !self.world.node(to).is_alive() {
            self.tally.to_the_dead += 1;
            self.observer.before(Duration::from_nanos(self.now), to, &Happening::ToTheDead { sender: port, mark }, &self.world);
            return Flow::Continue(());
        }
        self.step(to, Event::Message { sender: port, msg }, depth, Some(mark))?;
        self.offer_deferred(to)
    }

    /// An event of a live node, and all that follows from it at once.
    fn happens(&mut self, node: NodeIndex, event: Event<P::Msg>, mark: Option<O::Mark>) -> Flow {
        self.any_step(node, event, mark)?;
        self.offer_deferred(node)
    }

    /// A node that has changed its state takes what it has deferred.
    #[inline]
    fn offer_deferred(&mut self, node: NodeIndex) -> Flow {
        while self.world.node(node).has_offer() {
            self.any_step(node, Event::Deferred, None)?;
        }
        Flow::Continue(())
    }

    #[inline(never)]
    fn any_step(&mut self, node: NodeIndex, event: Event<P::Msg>, mark: Option<O::Mark>) -> Flow {
        self.step(node, event, 0, mark)
    }

    /// One step of a live node; `depth` is how long the chain of messages is that ends with it.
    // Most events are messages: in `deliver` this becomes what a message needs, and nothing else.
    #[inline(always)]
    fn step(&mut self, node: NodeIndex, event: Event<P::Msg>, depth: u32, mark: Option<O::Mark>) -> Flow {
        self.acting = node;
        self.net.aim(node);
        let (tag, from_link) = match &event {
            Event::Message { sender, msg } => (Some(msg.tag()), *sender != Port::SELF),
            Event::Deferred => match self.world.node(node).next_offer() {
                Some((sender, msg)) => (Some(msg.tag()), sender != Port::SELF),
                None => (None, false),
            },
            Event::Impulse | Event::Alarm => (None, false),
        };
        self.tell_before(node, &event, mark);
        let before = if self.world.node(node).is_plain() { (None, false) } else { self.alarm_of(node) };
        let rang = matches!(event, Event::Alarm);
        let stepped = self.world.step(node, event, &mut self.net);
        self.events += 1;
        self.observer.after(node, stepped, &self.world);
        let after = self.world.node(node);
        let (is_plain, is_decided) = (after.is_plain(), after.is_decided());
        let handled = matches!(stepped, Stepped::Handled | Stepped::Ignored);
        let tally = &mut self.tally.nodes[node.index()];
        tally.depth = tally.depth.max(depth);
        if is_decided && tally.decided_at == NodeTally::UNDECIDED {
            tally.decided_at = self.now;
        }
        if handled {
            tally.last_message = tag.or(tally.last_message);
            if from_link {
                self.tally.count_received(node.index());
            }
        } else {
            match stepped {
                Stepped::Late => self.tally.late += u64::from(from_link),
                Stepped::Never | Stepped::LeftTerminal { .. } => return self.broken(node, tag, stepped),
                _ => {}
            }
        }
        if !is_plain {
            self.follow_alarms(node, before, rang);
        }
        self.carry_out(node);
        if self.judge.is_idle() { Flow::Continue(()) } else { self.judge(node) }
    }

    /// Sees to it that the node's next alarm rings.
    #[inline(never)]
    fn follow_alarms(&mut self, node: NodeIndex, (alarm, waiting): (Option<Duration>, bool), rang: bool) {
        let (next_alarm, still_waiting) = self.alarm_of(node);
        if let Some(at) = next_alarm
            && (rang || alarm != next_alarm)
        {
            self.alarms.push(nanos(at).max(self.now), node);
        }
        self.waiting = self.waiting + usize::from(still_waiting) - usize::from(waiting);
    }

    #[inline]
    fn tell_before(&mut self, node: NodeIndex, event: &Event<P::Msg>, mark: Option<O::Mark>) {
        let happening = match (event, mark) {
            (Event::Message { sender, msg }, Some(mark)) => Happening::Message { sender: *sender, msg, mark },
            (Event::Impulse, _) => Happening::Impulse,
            (Event::Alarm, _) => Happening::Alarm,
            (Event::Deferred | Event::Message { .. }, _) => Happening::Deferred,
        };
        self.observer.before(Duration::from_nanos(self.now), node, &happening, &self.world);
    }

    /// The node's first alarm, and whether the run has to wait for it.
    #[inline]
    fn alarm_of(&self, node: NodeIndex) -> (Option<Duration>, bool) {
        let node = self.world.node(node);
        let alarm = node.next_alarm();
        (alarm, alarm.is_some() && !node.is_decided())
    }

    fn is_waiting(&self, node: NodeIndex) -> bool {
        self.world.node(node).is_alive() && self.alarm_of(node).1
    }

    /// Does what the last step asked for.
    #[inline(always)]
    fn carry_out(&mut self, node: NodeIndex) {
        if let Some((port, msg)) = self.net.take_only_send() {
            let length = self.length(&msg);
            self.send(node, port, msg, length);
        } else if !self.net.is_done() {
            self.carry_out_all(node);
        }
    }

    #[inline(never)]
    fn carry_out_all(&mut self, node: NodeIndex) {
        let mut effects = self.net.take_effects();
        for effect in effects.drain(..) {
            self.carry_out_one(node, effect);
        }
        self.net.give_back(effects);
    }

    fn carry_out_one(&mut self, node: NodeIndex, effect: Effect<P::Msg, P::Alarm>) {
        match effect {
            Effect::Send { port, msg } => {
                let length = self.length(&msg);
                self.send(node, port, msg, length);
            }
            Effect::SendAll { except, msg } => {
                let length = self.length(&msg);
                for port in (0..self.instance.graph.degree(node)).map(Port::new) {
                    if self.net.can_send(port) && !except.contains(port) {
                        self.send(node, port, msg.clone(), length);
                    }
                }
            }
            Effect::ToSelf { msg } => {
                let mark = self.observer.sent(Sent { from: node, port: Port::SELF, to: node, msg: &msg, length: 0 });
                self.own.push_back(Own { node, msg, mark });
            }
            Effect::Report { name, value } => {
                self.observer.reported(node, &name, &value);
                self.reported.entry(node.index()).or_default().insert(name.into_string(), *value);
            }
            Effect::Log(line) => self.observer.logged(node, &line),
            effect @ (Effect::SetAlarm { .. } | Effect::Cancel { .. }) => self.observer.alarm(node, &effect),
            Effect::Store(_) => {}
        }
    }

    #[inline]
    fn length(&self, msg: &P::Msg) -> u64 {
        tally::length(msg, &self.prepared.description)
    }

    #[inline(always)]
    fn send(&mut self, from: NodeIndex, port: Port, msg: P::Msg, length: u64) {
        let graph = &self.instance.graph;
        let way = graph.way(from, port);
        self.world.count_sent(msg.tag(), 1);
        let depth = self.tally.count_sent(from.index(), way.link(), length);
        let mark = self.observer.sent(Sent { from, port, to: way.neighbour, msg: &msg, length });
        if self.courier.is_faulty() {
            return self.send_among_faults(from, port, way, depth, msg, mark);
        }
        let (at, number) = self.courier.send(graph, way, self.tick);
        self.queue.push_made(at, || Parcel { to: way.neighbour, port: way.back, depth, number, msg, mark });
    }

    #[cold]
    #[inline(never)]
    fn send_among_faults(&mut self, from: NodeIndex, port: Port, way: Way, depth: u32, msg: P::Msg, mark: O::Mark) {
        let resent = self.courier.tally.retransmitted;
        let (arrival, number) = self.courier.send_among_faults(&self.instance.graph, from, way, self.tick);
        let resent = self.courier.tally.retransmitted - resent;
        if resent > 0 {
            self.observer.fate(mark, from, port, Fate::Resent(resent));
        }
        let parcel = |msg| Parcel { to: way.neighbour, port: way.back, depth, number, msg, mark };
        match arrival {
            Arrival::Once(at) => self.queue.push(at, parcel(msg)),
            Arrival::Twice(first, second) => {
                self.observer.fate(mark, from, port, Fate::Duplicated);
                self.world.count_copied(msg.tag());
                self.queue.push(first, parcel(msg.clone()));
                self.queue.push(second, parcel(msg));
            }
            Arrival::Never => {
                self.observer.fate(mark, from, port, Fate::Lost);
                self.world.count_arrived(msg.tag());
            }
        }
    }

    /// Looks at the properties that must hold always; local ones on the node that moved.
    fn judge(&mut self, node: NodeIndex) -> Flow {
        match self.judge.look(&self.world, node) {
            None => Flow::Continue(()),
            Some(violation) => self.violated(violation),
        }
    }

    /// The protocol broke its own word.
    #[cold]
    fn broken(&mut self, node: NodeIndex, tag: Option<u8>, stepped: Stepped) -> Flow {
        let violation = judge::broken(&self.world, node, tag, stepped, &self.prepared.description);
        self.violated(violation)
    }

    #[cold]
    fn violated(&mut self, violation: Violation) -> Flow {
        let Violation { property, node, what } = &violation;
        self.observer.violated(*node, *property, what);
        self.over(End::Violated(violation))
    }

    /// `#[finish]`: lets every live node report.  What goes wrong there is the end of a run that ended well.
    fn finish(&mut self) -> Option<End> {
        let mut wrong = None;
        for index in self.instance.clone().graph.nodes() {
            if self.world.node(index).is_alive() {
                self.net.aim(index);
                let (world, net) = (&mut self.world, &mut self.net);
                match caught(|| world.finish(index, net)) {
                    Ok(()) if self.net.has_more_than_words() => {
                        let what = explain::FINISH_DOES_MORE.to_owned();
                        wrong.get_or_insert(End::Violated(Violation { property: None, node: index, what }));
                        self.net.take_effects().clear();
                    }
                    Ok(()) => self.carry_out(index),
                    Err(what) => {
                        wrong.get_or_insert(End::Crashed { node: index, what: format!("panicked: {what}") });
                        self.net.take_effects().clear();
                    }
                }
            }
        }
        wrong
    }

    /// What is known of the run, whose end this was.
    pub(super) fn into_ended(self, end: End) -> (Ended<P>, O) {
        let Engine { prepared, world, tally, courier, reported, observer, now, .. } = self;
        let ended = Ended { prepared, world, tally, links: courier.tally, reported, now: Duration::from_nanos(now), end };
        (ended, observer)
    }
}
