//! The course of a run: what is due now, then on to the next time at which something is.

use core::ops::ControlFlow;

use super::{Cast, End, Engine, Flow, Happening, Own, Parcel};
use crate::protocol::{Event, Stepped};
use crate::simulator::Watch;
use crate::simulator::agenda::Plan;
use crate::topology::{NodeIndex, Port, Way};

/// How many messages ahead is fetched what they will need: covers a memory access, still fits the nearest cache.
const AHEAD: usize = 24;

impl<C: Cast> Engine<'_, C> {
    /// Handles events until the run is over.
    pub(super) fn go_on(&mut self, watch: &mut Option<&mut Watch<'_>>) {
        while self.core.end.is_none() {
            if self.present().is_break() || self.advance().is_break() {
                return;
            }
            if self.core.events >= self.core.next_pause {
                self.pause(watch);
            }
        }
    }

    #[cold]
    pub(super) fn pause(&mut self, watch: &mut Option<&mut Watch<'_>>) {
        let own = self.own.front().map(|own| (own.node, C::tag(&own.msg)));
        self.core.pause(watch, self.cast.any(), own);
    }

    /// All that is due now.
    fn present(&mut self) -> Flow {
        loop {
            while let Some(plan) = self.core.agenda.take_due(self.core.now) {
                self.carry_out_plan(plan)?;
            }
            while self.queue.look_for(self.core.tick) {
                if !self.core.doomed.is_empty() {
                    while let Some(parcel) = self.queue.pop() {
                        self.deliver_to_any(parcel)?;
                    }
                    continue;
                }
                if self.core.is_large {
                    (0..AHEAD).for_each(|others| self.look_ahead(others));
                }
                loop {
                    if self.core.is_large {
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
            if self.core.events >= self.core.next_pause {
                return Flow::Continue(());
            }
        }
    }

    /// What is due now behind messages: those of nodes to themselves, then alarms.  Whether there was something.
    #[inline]
    pub(super) fn own_or_alarm(&mut self) -> ControlFlow<(), bool> {
        if let Some(Own { node, msg, sending }) = self.own.pop_front() {
            if self.cast.is_alive(node) {
                self.happens(node, Event::Message { sender: Port::SELF, msg }, Some(sending))?;
            }
        } else if let Some(node) = self.core.alarms.pop_due(self.core.now) {
            if self.cast.is_alive(node) && self.cast.next_alarm(node) == Some(self.core.now) {
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
        self.cast.prefetch(to);
        self.core.tally.prefetch_node(to.index());
        // Most messages lead to one more: back, or on.
        self.queue.prefetch(self.core.tick.saturating_add(self.core.courier.ahead(others)));
        let graph = self.core.graph;
        self.prefetch_way(graph.way(to, port));
        if graph.degree(to) == 2 {
            self.prefetch_way(graph.way(to, Port::new(1 - port.index())));
        }
    }

    #[inline(always)]
    fn prefetch_way(&self, way: Way) {
        self.core.tally.prefetch_link(way.link());
        self.core.courier.prefetch(way.channel as usize);
    }

    /// On to the next time at which something is due.
    pub(super) fn advance(&mut self) -> Flow {
        if !self.own.is_empty() {
            return Flow::Continue(());
        }
        let (tick, cast) = (self.queue.next_time(self.core.tick), &self.cast);
        let core = &self.core;
        if tick.is_none() && core.waiting == 0 && !core.agenda.wakes(|node| !cast.is_alive(node) || core.is_doomed(node)) {
            return self.core.over(End::Quiet);
        }
        self.core.advance_to(tick)?;
        self.cast.set_now(self.core.time());
        Flow::Continue(())
    }

    #[inline(never)]
    pub(super) fn carry_out_plan(&mut self, plan: Plan) -> Flow {
        match plan {
            Plan::Impulse(node) if self.cast.is_alive(node) => self.happens(node, Event::Impulse, None),
            Plan::Crash(node, leaving) if self.cast.is_alive(node) => {
                if !self.core.is_doomed(node) {
                    self.cast.happens(self.core.time(), node, &Happening::Doomed);
                    self.core.doomed.insert(node, leaving);
                }
                Flow::Continue(())
            }
            Plan::Recover(node) => {
                if self.core.is_doomed(node) {
                    self.crash(node);
                }
                if self.cast.is_alive(node) { Flow::Continue(()) } else { self.recover(node) }
            }
            Plan::Impulse(_) | Plan::Crash(..) => Flow::Continue(()),
        }
    }

    /// The node comes back, and knows what it had stored.
    #[inline(never)]
    fn recover(&mut self, node: NodeIndex) -> Flow {
        self.core.acting = node;
        let now = self.core.time();
        self.cast.happens(now, node, &Happening::Recover);
        let mut asked = Vec::new();
        let stored = self.core.stored_last.remove(&node);
        self.cast.any_mut().recover(node, stored, now, &mut asked);
        self.core.events += 1;
        self.cast.after(node, Stepped::Handled);
        self.follow_alarms(node, (None, false), true);
        self.carry_out_untyped(node, asked);
        self.judge(node)
    }

    /// The node stops: what it has sent arrives, what it has set does not ring.
    #[inline(never)]
    pub(super) fn crash(&mut self, node: NodeIndex) {
        self.cast.happens(self.core.time(), node, &Happening::Crash);
        self.stop(node);
    }

    pub(super) fn stop(&mut self, node: NodeIndex) {
        self.core.doomed.remove(&node);
        self.core.waiting -= usize::from(self.is_waiting(node));
        self.cast.any_mut().crash(node);
        self.own.retain(|own| own.node != node);
    }
}
