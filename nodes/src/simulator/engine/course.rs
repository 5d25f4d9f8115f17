//! The course of a run: what is due now, then on to the next time at which something is.

use core::ops::ControlFlow;
use core::time::Duration;

use super::{BETWEEN_PAUSES, End, Engine, Flow, Own, Parcel};
use crate::network::{Happening, Observer};
use crate::protocol::{Event, Node, Protocol, Stepped};
use crate::simulator::Watch;
use crate::simulator::agenda::Plan;
use crate::tables::prefetch;
use crate::time::nanos;
use crate::topology::{NodeIndex, Port, Way};

/// So many messages ahead, what they will need is fetched: long enough for memory, short enough for the nearest cache.
const AHEAD: usize = 24;

impl<P: Protocol, O: Observer<P>> Engine<P, O> {
    /// Handles events until the run is over.
    pub(super) fn go_on(&mut self, watch: &mut Option<&mut Watch<'_>>) {
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
                    (0..AHEAD).for_each(|others| self.look_ahead(others));
                }
                loop {
                    if self.is_large {
                        self.look_ahead(AHEAD);
                    }
                    let Some(parcel) = self.queue.pop() else { break };
                    self.deliver(parcel)?;
                }
            }
            if !self.own_or_alarm()? {
                return Flow::Continue(());
            }
            // A handler that sends to itself for ever keeps this instant from ending.
            if self.events >= self.next_pause {
                return Flow::Continue(());
            }
        }
    }

    /// What is due now behind messages: those of nodes to themselves, then alarms.  Whether there was something.
    #[inline]
    pub(super) fn own_or_alarm(&mut self) -> ControlFlow<(), bool> {
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
            return ControlFlow::Continue(false);
        }
        ControlFlow::Continue(true)
    }

    /// Has what a later message will need fetched meanwhile.
    #[inline(always)]
    fn look_ahead(&self, others: usize) {
        let Some(parcel) = self.queue.ahead(others) else { return };
        let Parcel { to, port, .. } = *parcel;
        prefetch(self.world.node(to));
        self.tally.prefetch_node(to.index());
        // Most messages lead to one more: back, or on.
        self.queue.prefetch(self.tick.saturating_add(self.courier.ahead(others)));
        let graph = &self.instance.graph;
        self.prefetch_way(graph.way(to, port));
        if graph.degree(to) == 2 {
            self.prefetch_way(graph.way(to, Port::new(1 - port.index())));
        }
    }

    #[inline(always)]
    fn prefetch_way(&self, way: Way) {
        self.tally.prefetch_link(way.link());
        self.courier.prefetch(way.channel as usize);
    }

    /// On to the next time at which something is due.
    pub(super) fn advance(&mut self) -> Flow {
        if !self.own.is_empty() {
            return Flow::Continue(());
        }
        let tick = self.queue.next_time(self.tick);
        if tick.is_none() && self.waiting == 0 && !self.agenda.wakes(|node| !self.world.node(node).is_alive()) {
            return self.over(End::Quiet);
        }
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
        self.net.set_now(Duration::from_nanos(next));
        Flow::Continue(())
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
            && watch(self.events, Duration::from_nanos(self.now)).is_break()
        {
            let _ = self.over(End::Interrupted);
        }
        self.next_pause = self.max_events.min(self.events + BETWEEN_PAUSES);
    }

    pub(super) fn carry_out_plan(&mut self, plan: Plan) -> Flow {
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
    pub(super) fn crash(&mut self, node: NodeIndex) {
        self.waiting -= usize::from(self.is_waiting(node));
        self.world.crash(node);
        self.own.retain(|own| own.node != node);
    }
}
