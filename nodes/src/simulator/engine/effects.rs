//! What a step asked for, carried out: above all, messages on their way.

use core::num::NonZeroU32;

use super::{Engine, Own, Parcel};
use crate::network::{Fate, Observer, Sent};
use crate::protocol::{Effect, MessageSet, Protocol};
use crate::simulator::courier::Arrival;
use crate::simulator::tally;
use crate::topology::{NodeIndex, Port, Way};

impl<P: Protocol, O: Observer<P>> Engine<P, O> {
    /// Does what the last step asked for.
    #[inline(always)]
    pub(super) fn carry_out(&mut self, node: NodeIndex) {
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

    pub(super) fn carry_out_one(&mut self, node: NodeIndex, effect: Effect<P::Msg, P::Alarm>) {
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
    fn send_among_faults(&mut self, from: NodeIndex, port: Port, way: Way, depth: NonZeroU32, msg: P::Msg, mark: O::Mark) {
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
}
