//! A run under way: takes what is due, lets the node make its step, carries out what it asks for, looks at the properties.

mod course;
mod effects;
mod steered;
mod step;

use core::num::NonZeroU32;
use core::ops::ControlFlow;
use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde_json::Value;

use super::agenda::Agenda;
use super::courier::Courier;
use super::judge::Judge;
use super::queue::Queue;
use super::result::Ended;
use super::tally::Tally;
use super::{Simulation, Steering, Watch};
use crate::network::{Happening, Observer, OnCrash};
use crate::panics::caught;
use crate::protocol::{Instance, Net, Node, Protocol, World};
use crate::execution::{Prepared, explain};
use crate::tables;
use crate::time::nanos;
use crate::topology::{NodeIndex, Port};

/// A message under way.
#[derive(Debug)]
struct Parcel<M, T> {
    to: NodeIndex,
    /// The port that it arrives at.
    port: Port,
    depth: NonZeroU32,
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
    /// When the run ends, planned or not.
    limit: u64,
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
        let (courier, mut queue) = Courier::new(delay, prepared.links, &prepared.faults, graph, instance.seed);
        let is_large = graph.node_count() > LARGE;
        if is_large {
            queue.expect(2 * graph.node_count());
        }
        let mut net = Net::whole(Arc::clone(&instance));
        net.keep_log(O::READS_LOG);
        net.keep_alarms(O::READS_ALARMS);
        let mut nodes = Vec::with_capacity(graph.node_count());
        tables::make_huge(&nodes);
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
            limit: [prepared.stop_after, prepared.timeout].into_iter().flatten().map(nanos).min().unwrap_or(u64::MAX),
            is_large,
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
    pub(super) fn run(&mut self, watch: &mut Option<&mut Watch<'_>>, steering: &mut Option<&mut dyn Steering>) -> End {
        loop {
            let gone_on = caught(|| match steering {
                None => self.go_on(watch),
                Some(steering) => self.go_on_steered(watch, &mut **steering),
            });
            if let Err(what) = gone_on {
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

    #[cold]
    fn over(&mut self, end: End) -> Flow {
        self.end = Some(end);
        Flow::Break(())
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
