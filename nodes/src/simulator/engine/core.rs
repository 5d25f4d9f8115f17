//! What a run under way is besides its nodes and its messages: clocks, counters, plans.

use core::ops::ControlFlow;
use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::Flow;
use crate::execution::{End, Judge, Prepared, Reports};
use crate::network::{Leaving, checked_length, draws, over_links};
use crate::protocol::{AnyEffect, AnyMessage, Description};
use crate::simulator::agenda::Agenda;
use crate::simulator::courier::Courier;
use crate::simulator::queue::{Kind, Queue};
use crate::simulator::tally::Tally;
use crate::simulator::{Simulation, Watch};
use crate::time::nanos;
use crate::topology::{Graph, NodeIndex, Port};

/// From this many nodes on they do not fit into the processor's caches.
const LARGE: usize = 10_000;

/// A run that is watched pauses after this many events.
pub(super) const BETWEEN_PAUSES: u64 = 1 << 10;

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
    /// The node that is making a step.
    pub(super) acting: NodeIndex,
    pub(super) end: Option<End>,
}

impl<'a> Core<'a> {
    /// Everything as it is before anything happens.
    pub(super) fn new(mut prepared: Prepared, graph: &'a Graph, simulation: &Simulation<'_>) -> Self {
        let delay = prepared.delay.unwrap_or_default();
        let seed = prepared.instance.seed();
        let (courier, kind) = Courier::new(delay, prepared.links, &prepared.faults, graph, seed);
        let agenda = Agenda::new(std::mem::take(&mut prepared.initiators), &prepared.faults);
        let max_events = simulation.max_events.unwrap_or(u64::MAX);
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
            limit: [prepared.stop_after, prepared.timeout].into_iter().flatten().map(nanos).min().unwrap_or(u64::MAX),
            judge: Judge::new(&prepared.description, simulation.properties),
            next_pause: max_events.min(BETWEEN_PAUSES),
            max_events,
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
        let can_send = |port: Port| !self.graph.is_directed() || self.graph.end(node, port).sends;
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
        if next == u64::MAX && tick.is_none() {
            return self.over(End::Quiet);
        }
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
        self.now = self.limit;
        let planned = self.prepared.stop_after.map(nanos) == Some(self.limit);
        self.over(match self.prepared.timeout {
            Some(timeout) if !planned => End::TimedOut(timeout),
            _ => End::Planned,
        })
    }

    #[cold]
    pub(super) fn pause(&mut self, watch: &mut Option<&mut Watch<'_>>) {
        if self.events >= self.max_events {
            let _ = self.over(End::TooManyEvents(self.max_events));
        } else if let Some(watch) = watch
            && watch(self.events, self.time()).is_break()
        {
            let _ = self.over(End::Interrupted);
        }
        self.next_pause = self.max_events.min(self.events + BETWEEN_PAUSES);
    }
}
