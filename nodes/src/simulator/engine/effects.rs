//! What a step asked for, carried out: above all, messages on their way.

use core::num::NonZeroU32;

use serde_json::Value;

use super::{Cast, Engine, Own, Parcel};
use crate::network::{Carrier, Fate, Observer, carry_out};
use crate::protocol::{AnyEffect, OnlySend};
use crate::simulator::courier::Arrival;
use crate::topology::{NodeIndex, Port, Way};

impl<C: Cast> Engine<'_, C> {
    /// Does what the last step asked for.
    #[inline(always)]
    pub(super) fn carry_out(&mut self, node: NodeIndex) {
        if let Some(OnlySend { port, msg, tag, length }) = self.cast.take_only_send() {
            let length = self.core.checked_length(length, tag);
            self.send_on(node, port, msg, tag, length);
        } else if !self.cast.is_done() {
            self.carry_out_all(node);
        }
    }

    #[inline(never)]
    fn carry_out_all(&mut self, node: NodeIndex) {
        let mut effects = self.cast.take_effects();
        carry_out(node, &mut effects, self);
        self.cast.give_back(effects);
    }

    /// Does what was asked for outside of a step.
    #[cold]
    pub(super) fn carry_out_untyped(&mut self, node: NodeIndex, effects: Vec<AnyEffect>) {
        let mut effects = effects.into_iter().filter_map(C::typed).collect();
        carry_out(node, &mut effects, self);
    }

    #[inline(always)]
    fn send_on(&mut self, from: NodeIndex, port: Port, msg: C::Msg, tag: u8, length: u64) {
        let way = self.core.graph.way(from, port);
        self.cast.count_sent(tag);
        let depth = self.core.tally.count_sent(from.index(), way.link(), length);
        let sending = self.cast.sent(from, port, way.neighbour, &msg, length);
        if !self.core.courier.is_plain() {
            return self.send_with_care(from, port, way, (depth, length), msg, sending);
        }
        let (at, number) = self.core.courier.send(self.core.graph, way, self.core.tick);
        self.queue.push_made(at, move || Parcel { to: way.neighbour, port: way.back, depth, number, msg, sending });
    }

    #[cold]
    #[inline(never)]
    fn send_with_care(
        &mut self,
        from: NodeIndex,
        port: Port,
        way: Way,
        (depth, length): (NonZeroU32, u64),
        msg: C::Msg,
        sending: C::Number,
    ) {
        let courier = &mut self.core.courier;
        let resent = courier.tally.retransmitted;
        let (arrival, number) = courier.send_with_care(self.core.graph, from, way, self.core.tick, length);
        let resent = courier.tally.retransmitted - resent;
        if resent > 0 {
            self.cast.fate(from, port, sending, Fate::Resent(resent));
        }
        let parcel = |msg| Parcel { to: way.neighbour, port: way.back, depth, number, msg, sending };
        match arrival {
            Arrival::Once(at) => self.queue.push(at, parcel(msg)),
            Arrival::Twice(first, second) => {
                self.cast.fate(from, port, sending, Fate::Duplicated);
                self.cast.any_mut().count_copied(C::tag(&msg));
                self.queue.push(first, parcel(msg.clone()));
                self.queue.push(second, parcel(msg));
            }
            Arrival::Never => {
                self.cast.fate(from, port, sending, Fate::Lost);
                self.cast.count_arrived(C::tag(&msg));
            }
        }
    }
}

impl<C: Cast> Carrier<C::Msg, C::Alarm> for Engine<'_, C> {
    fn observer(&mut self) -> Option<&mut dyn Observer> {
        self.cast.observer()
    }

    fn ports(&self, node: NodeIndex) -> usize {
        self.core.graph.degree(node)
    }

    fn can_send(&self, node: NodeIndex, port: Port) -> bool {
        self.core.graph.sends(node, port)
    }

    fn length(&mut self, _node: NodeIndex, msg: &C::Msg) -> Option<u64> {
        Some(self.core.checked_length(C::length(msg), C::tag(msg)))
    }

    fn send(&mut self, node: NodeIndex, port: Port, msg: C::Msg, length: u64) {
        let tag = C::tag(&msg);
        self.send_on(node, port, msg, tag, length);
    }

    fn send_to_self(&mut self, node: NodeIndex, msg: C::Msg) {
        let sending = self.cast.sent(node, Port::SELF, node, &msg, 0);
        self.own.push_back(Own { node, msg, sending });
    }

    fn report(&mut self, node: NodeIndex, name: &str, value: Value) {
        self.core.reported.keep(node, name, value);
    }
}
