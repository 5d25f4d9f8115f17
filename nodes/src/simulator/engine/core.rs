//! What a run under way is besides its nodes and its messages: clocks, counters, plans.

use core::ops::ControlFlow;
use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::Flow;
use crate::execution::{End, Judge, Prepared, Reports};
use crate::network::{Leaving, checked_length, draws, over_links};
use crate::protocol::{AnyEffect, AnyMessage, AnyWorld, Description};
use crate::simulator::agenda::Agenda;
use crate::simulator::courier::Courier;
use crate::simulator::lines::Lines;
use crate::simulator::queue::{Kind, Queue};
use crate::simulator::tally::Tally;
use crate::simulator::{Simulation, Watch};
use crate::time::nanos;
use crate::topology::{Graph, NodeIndex, Port};

/// From this many nodes on they do not fit into the processor's caches.
const LARGE: usize = 10_000;

/// A run that is watched pauses after this many events.
pub(super) const BETWEEN_PAUSES: u64 = 1 << 10;

/// The last moment that the clock of a run holds, in nanoseconds.
const LAST: u64 = u64::MAX - 1;

/// So many events at one moment are no accident, on this graph: each node may have some, and each message may arrive.
fn most_at_once(graph: &Graph) -> u64 {
    1_000_000.max(100 * (graph.node_count() + graph.link_count()) as u64)
}

/// So many messages are under way at most, unless another limit is given: those of a protocol that has a few for each link at a time.
fn usual_in_transit(graph: &Graph) -> u64 {
    1_000_000 + 20 * graph.link_count() as u64
}

/// What a run under way is, apart from what has types.
pub(in crate::simulator) struct Core<'a> {
    pub(super) prepared: Prepared,
    pub(super) graph: &'a Graph,
    pub(super) description: Arc<Description>,
    /// The description's, at hand for each message.
    max_message: usize,
    pub(super) courier: Courier,
    pub(super) tally: Tally,
    pub(super) reported: Reports,
    /// How many events have happened.
    pub(super) events: u64,
    pub(super) alarms: Queue<NodeIndex>,
    /// Of the node that is making a step, before it: its first alarm, and whether the run has to wait for it.
    pub(super) alarm_before: (Option<u64>, bool),
    /// How many nodes have an alarm set, are alive and have not decided: the run is not over before.
    pub(super) waiting: usize,
    pub(super) agenda: Agenda,
    /// Who crashes in its next step, and what of that leaves.
    pub(super) doomed: BTreeMap<NodeIndex, Leaving>,
    /// What nodes stored in the steps in which they crashed.
    pub(super) stored_last: BTreeMap<NodeIndex, Box<[u8]>>,
    /// Of which kind the queue of messages is.
    pub(super) kind: Kind,
    /// How many nanoseconds a tick of the queue has.
    pub(super) tick_length: u64,
    /// The present, in nanoseconds, and the tick that it lies in.
    pub(super) now: u64,
    pub(super) tick: u64,
    /// Whether the nodes do not fit into the processor's caches.
    pub(super) is_large: bool,
    /// When the run ends, planned or not.
    limit: u64,
    pub(super) judge: Judge,
    /// The run does not pause before this many events have happened.
    pub(super) next_pause: u64,
    max_events: u64,
    /// More messages are not under way at a time.
    most_in_transit: u64,
    /// Whether the time limit has passed on the wall clock.
    overtime: Option<Box<dyn Fn() -> bool>>,
    /// The present at the last pause, and how many events had happened when a pause first found it.
    moment: (u64, u64),
    /// The node that is making a step.
    pub(super) acting: NodeIndex,
    pub(super) end: Option<End>,
}

impl<'a> Core<'a> {
    /// Everything as it is before anything happens.
    pub(super) fn new(mut prepared: Prepared, graph: &'a Graph, simulation: &mut Simulation<'_>) -> Self {
        let delay = prepared.delay.unwrap_or_default();
        let seed = prepared.instance.seed();
        let lines = Lines::new(prepared.bandwidth, prepared.uplink.as_ref(), graph, seed);
        let (courier, kind) = Courier::new(delay, lines, prepared.links, &prepared.faults, graph, seed);
        let agenda = Agenda::new(std::mem::take(&mut prepared.initiators), &prepared.faults);
        let max_events = simulation.max_events.unwrap_or(u64::MAX);
        let limits = [prepared.stop_after, prepared.timeout].into_iter().flatten().map(nanos);
        Core {
            graph,
            description: Arc::clone(&prepared.description),
            max_message: prepared.description.max_message,
            kind,
            tick_length: courier.tick(),
            courier,
            tally: Tally::new(graph.node_count(), graph.link_count()),
            reported: Reports::default(),
            events: 0,
            alarms: Queue::new(Kind::Any),
            alarm_before: (None, false),
            waiting: 0,
            agenda,
            doomed: BTreeMap::new(),
            stored_last: BTreeMap::new(),
            now: 0,
            tick: 0,
            is_large: graph.node_count() > LARGE,
            limit: limits.min().unwrap_or(LAST).min(LAST),
            judge: Judge::new(&prepared.description, simulation.properties),
            next_pause: max_events.min(BETWEEN_PAUSES),
            max_events,
            most_in_transit: simulation.max_in_transit.unwrap_or_else(|| usual_in_transit(graph)),
            overtime: simulation.overtime.take(),
            moment: (0, 0),
            acting: NodeIndex::new(0),
            end: None,
            prepared,
        }
    }

    /// The present.
    pub(super) fn time(&self) -> Duration {
        Duration::from_nanos(self.now)
    }

    /// The length of a message of that type, in bytes.
    ///
    /// # Panics
    /// If it cannot be sent.
    #[inline(always)]
    pub(super) fn checked_length(&self, length: Option<usize>, tag: u8) -> u64 {
        match length {
            Some(length) if length <= self.max_message => length as u64,
            length => checked_length(length, tag, &self.description),
        }
    }

    /// Whether that node will crash in its next step.
    pub(super) fn is_doomed(&self, node: NodeIndex) -> bool {
        self.doomed.contains_key(&node)
    }

    /// What a doomed node sends by its last step, in the life of that number, and whether it leaves.
    pub(super) fn last_messages(
        &self,
        node: NodeIndex,
        incarnation: u32,
        asked: Vec<AnyEffect>,
    ) -> Vec<(Port, AnyMessage, bool)> {
        let can_send = |port: Port| self.graph.sends(node, port);
        let messages = over_links(asked, self.graph.degree(node), &can_send);
        let leaving = self.doomed.get(&node).copied().unwrap_or_default();
        let random = draws(self.prepared.instance.seed(), node, incarnation);
        let leaves = leaving.choose(&mut messages.iter().map(|(port, _)| *port), self.prepared.links, random);
        messages.into_iter().zip(leaves).map(|((port, msg), leaves)| (port, msg, leaves)).collect()
    }

    #[cold]
    pub(super) fn over(&mut self, end: End) -> Flow {
        self.end = Some(end);
        ControlFlow::Break(())
    }

    /// On to the next time at which something is due; `tick` is when the next message is.
    #[inline(always)]
    pub(super) fn advance_to(&mut self, tick: Option<u64>) -> Flow {
        let message = tick.map_or(u64::MAX, |tick| tick.saturating_mul(self.tick_length));
        let alarm = self.alarms.next_time(self.now).unwrap_or(u64::MAX);
        let next = message.min(self.agenda.next_time()).min(alarm);
        if next > self.limit {
            return self.out_of_time();
        }
        self.now = next;
        self.tick = match tick {
            Some(tick) if message == next => tick,
            _ => next / self.tick_length,
        };
        ControlFlow::Continue(())
    }

    #[cold]
    fn out_of_time(&mut self) -> Flow {
        let at_limit = |time: Option<Duration>| time.filter(|time| nanos(*time) == self.limit);
        let end = if at_limit(self.prepared.stop_after).is_some() {
            End::Planned
        } else if let Some(timeout) = at_limit(self.prepared.timeout) {
            End::TimedOut(timeout)
        } else {
            return self.over(End::TimeUsedUp);
        };
        self.now = self.limit;
        self.over(end)
    }

    /// Looks whether the run may go on.  `own` is the next message of a node to itself: who sent it, and its tag.
    #[cold]
    pub(super) fn pause(&mut self, watch: &mut Option<&mut Watch<'_>>, world: &dyn AnyWorld, own: Option<(NodeIndex, u8)>) {
        if self.moment.0 != self.now {
            self.moment = (self.now, self.events);
        }
        let (at_once, too_many) = (self.events - self.moment.1, self.events >= self.max_events);
        let (in_transit, most_in_transit) = (world.in_transit(), self.most_in_transit);
        let end = if at_once >= most_at_once(self.graph) || (too_many && at_once > self.events / 2) {
            Some(End::StoodStill { events: at_once, why: self.stands_still(world, own) })
        } else if too_many {
            Some(End::TooManyEvents(self.max_events))
        } else if in_transit > most_in_transit {
            Some(End::Multiplied { in_transit, duplicated: self.courier.tally.duplicated })
        } else if let (Some(timeout), Some(overtime)) = (self.prepared.timeout, &self.overtime)
            && overtime()
        {
            Some(End::Overtime(timeout))
        } else {
            let asked = watch.as_mut().is_some_and(|watch| watch(self.events, self.time()).is_break());
            asked.then_some(End::Interrupted)
        };
        if let Some(end) = end {
            let _ = self.over(end);
        }
        self.next_pause = self.max_events.min(self.events + BETWEEN_PAUSES);
    }

    /// What keeps the present from ending.
    fn stands_still(&self, world: &dyn AnyWorld, own: Option<(NodeIndex, u8)>) -> String {
        if let Some((node, tag)) = own {
            return format!("node {node} keeps sending `{}` to itself", self.description.messages[usize::from(tag)].name);
        }
        let node = self.acting;
        match world.node(node).first_alarm() {
            Some(alarm) => {
                let name = &self.description.alarms[usize::from(alarm.tag())].name;
                format!("node {node} keeps setting `{name}` for the moment at which it is set")
            }
            None => format!("node {node} is one of those that make steps"),
        }
    }
}
