//! The states of the whole system, and what may happen in each.

use super::machine::{Cause, LocalId, Machine, Matters, Outcome, PacketId};
use super::ticks::{Left, Ticks};
use crate::execution::Prepared;
use crate::protocol::Links;
use crate::protocol::fingerprint::put_varint;
use crate::topology::NodeIndex;

/// A state of the whole system, in numbers of the [`Machine`]'s tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    /// By node.
    pub(super) locals: Vec<LocalId>,
    /// By place among the initiators: whether it is still to be woken.
    waiting: Vec<bool>,
    /// How many messages of each type have been sent; empty unless that matters.
    pub(super) sent: Vec<u64>,
    /// Under way: by channel, on each in the order of sending if the channel keeps it, else in the order of numbers.
    pub(super) packets: Vec<PacketId>,
    /// How much time is left.
    pub(super) left: Left,
}

impl State {
    /// What a node reacts to is no longer to come.
    fn begin(&mut self, cause: Cause, place: usize) {
        match cause {
            Cause::Impulse => self.waiting[place] = false,
            Cause::Packet(_) => drop(self.take(place)),
            Cause::Alarm(_) => {}
        }
    }

    /// Takes a packet, with the time that is left to it.
    fn take(&mut self, place: usize) -> (PacketId, Option<u64>) {
        let left = if self.left.packets.is_empty() { None } else { Some(self.left.packets.remove(place)) };
        (self.packets.remove(place), left)
    }
}

/// Something that may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    /// A node reacts.
    React {
        /// Which.
        node: NodeIndex,
        /// To what.
        cause: Cause,
        /// Of an impulse: its place among the initiators; of a packet: its place among those under way.
        place: usize,
    },
    /// The packet at that place will arrive once more.
    Duplicate(usize),
    /// The packet at that place will never arrive.
    Lose(usize),
    /// So much time passes, in ticks.
    Pass(u64),
}

/// What is the same in all states.
#[derive(Debug)]
pub(super) struct Space {
    initiators: Vec<NodeIndex>,
    together: bool,
    pub(super) links: Links,
    pub(super) matters: Matters,
    /// How time passes, where it does.
    pub(super) ticks: Option<Ticks>,
}

impl Space {
    pub(super) fn new(prepared: &Prepared, matters: Matters) -> Self {
        let mut initiators = prepared.initiators.iter().map(|(node, _)| *node).collect::<Vec<_>>();
        initiators.sort_unstable();
        Space { initiators, together: prepared.together, links: prepared.links, matters, ticks: matters.ticks }
    }

    /// Whether every impulse comes before anything else.
    pub(super) fn is_together(&self) -> bool {
        self.together
    }

    /// The state before anything happens.
    pub(super) fn start(&self, machine: &Machine, locals: Vec<LocalId>, sends: &[PacketId]) -> State {
        let types = if self.matters.sent { machine.description.messages.len() } else { 0 };
        let waiting = vec![true; self.initiators.len()];
        let mut state = State { locals, waiting, sent: vec![0; types], ..State::default() };
        if let Some(ticks) = &self.ticks {
            let alarms = state.locals.iter().flat_map(|local| machine.locals[*local as usize].alarms());
            state.left.alarms = alarms.map(|alarm| ticks.of_alarm(alarm)).collect();
        }
        for packet in sends {
            self.send(machine, &mut state, *packet);
        }
        state
    }

    /// Whether an impulse is still to come.
    pub(super) fn is_waking(&self, state: &State) -> bool {
        state.waiting.contains(&true)
    }

    /// What may happen, in an order that is always the same.  Of equal packets, one is told.
    pub(super) fn moves(&self, machine: &Machine, state: &State, moves: &mut Vec<Move>) {
        moves.clear();
        if state.packets.is_empty() && self.is_end(machine, state) {
            return;
        }
        for (place, node) in self.initiators.iter().enumerate() {
            if state.waiting[place] {
                moves.push(Move::React { node: *node, cause: Cause::Impulse, place });
            }
        }
        if self.together && !moves.is_empty() {
            return;
        }
        let mut last = None;
        for (place, packet) in state.packets.iter().enumerate() {
            let under_way = &machine.packets[*packet as usize];
            let behind = matches!(last, Some((channel, _)) if channel == under_way.channel);
            let is_same = last.replace((under_way.channel, *packet)) == Some((under_way.channel, *packet));
            if is_same || (behind && machine.keeps_order(under_way.channel)) {
                continue;
            }
            moves.push(Move::React { node: under_way.to, cause: Cause::Packet(*packet), place });
            if self.links == Links::Lossy && machine.is_between_nodes(*packet) {
                if !under_way.copied {
                    moves.push(Move::Duplicate(place));
                }
                if self.matters.losses {
                    moves.push(Move::Lose(place));
                }
            }
        }
        let mut place = 0;
        for local in &state.locals {
            let local = &machine.locals[*local as usize];
            let bell = |index: &u32| Move::React { node: local.node, cause: Cause::Alarm(*index), place: 0 };
            let is_due = |index: &&u32| state.left.is_due(place + **index as usize);
            moves.extend(local.bells.iter().filter(is_due).map(bell));
            place += local.alarms().len();
        }
        if let Some(ticks) = &self.ticks {
            let passes = ticks.may_pass(machine, state, self.is_waking(state), self.links == Links::Lossy);
            moves.extend(passes.map(Move::Pass));
        }
    }

    /// Whether a run may be over here: nothing is to come but alarms of nodes that have decided.  On lossy links, what is under way may
    /// never arrive.
    pub(super) fn is_end(&self, machine: &Machine, state: &State) -> bool {
        let may_be_lost =
            |packet: &PacketId| self.links == Links::Lossy && !self.matters.losses && machine.is_between_nodes(*packet);
        let rings = |local: &LocalId| {
            let local = &machine.locals[*local as usize];
            !local.decided && !local.bells.is_empty()
        };
        !self.is_waking(state) && state.packets.iter().all(may_be_lost) && !state.locals.iter().any(rings)
    }

    /// Makes a move; `outcome` is what comes of it, if a node reacts.
    pub(super) fn follow(&self, machine: &mut Machine, from: &State, made: Move, outcome: Option<usize>, to: &mut State) {
        to.locals.clone_from(&from.locals);
        to.waiting.clone_from(&from.waiting);
        to.sent.clone_from(&from.sent);
        to.packets.clone_from(&from.packets);
        to.left.clone_from(&from.left);
        match made {
            Move::React { cause, place, .. } => to.begin(cause, place),
            Move::Duplicate(place) => {
                let (packet, left) = to.take(place);
                let copied = machine.copied(packet);
                self.put(machine, to, copied, left);
                self.put(machine, to, copied, left);
            }
            Move::Lose(place) => drop(to.take(place)),
            Move::Pass(time) => self.ticks.iter().for_each(|ticks| ticks.pass(to, time)),
        }
        if let (Move::React { node, .. }, Some(outcome)) = (made, outcome) {
            let outcome = machine.outcome(outcome);
            if let Some(ticks) = &self.ticks {
                ticks.change(machine, to, from.locals[node.index()], &outcome.alarms);
            }
            to.locals[node.index()] = outcome.to;
            for packet in &outcome.sends {
                self.send(machine, to, *packet);
            }
        }
    }

    /// The state between two steps of one reaction: see [`Outcome::via`].
    pub(super) fn halfway(&self, machine: &Machine, from: &State, made: Move, outcome: &Outcome, step: usize) -> State {
        let mut state = from.clone();
        let (local, sent) = outcome.via[step];
        if let Move::React { node, cause, place } = made {
            state.begin(cause, place);
            state.locals[node.index()] = local;
        }
        for packet in &outcome.sends[..sent] {
            self.send(machine, &mut state, *packet);
        }
        state
    }

    fn send(&self, machine: &Machine, state: &mut State, packet: PacketId) {
        let sent = &machine.packets[packet as usize];
        if self.matters.sent && machine.is_between_nodes(packet) {
            state.sent[usize::from(sent.msg.tag())] += 1;
        }
        self.put(machine, state, packet, self.ticks.as_ref().map(Ticks::of_message));
    }

    /// Puts a packet behind those of its channel, or, without an order, behind equal ones to which no more time is left.
    fn put(&self, machine: &Machine, state: &mut State, packet: PacketId, left: Option<u64>) {
        let channel = machine.packets[packet as usize].channel;
        let keeps_order = machine.keeps_order(channel);
        let before = |place: &usize| {
            let other = state.packets[*place];
            let others = machine.packets[other as usize].channel;
            let is_first = || (other, state.left.packets.get(*place).copied()) <= (packet, left);
            others < channel || (others == channel && (keeps_order || is_first()))
        };
        let place = (0..state.packets.len()).rev().find(before).map_or(0, |place| place + 1);
        state.packets.insert(place, packet);
        if let Some(left) = left {
            state.left.packets.insert(place, left);
        }
    }

    /// The state as bytes.
    pub(super) fn encode(&self, state: &State, bytes: &mut Vec<u8>) {
        bytes.clear();
        for local in &state.locals {
            put_varint(bytes, u64::from(*local));
        }
        for eight in state.waiting.chunks(8) {
            bytes.push(eight.iter().fold(0, |bits, waits| bits << 1 | u8::from(*waits)));
        }
        for count in &state.sent {
            put_varint(bytes, *count);
        }
        if self.ticks.is_some() {
            put_varint(bytes, state.left.alarms.len() as u64);
            state.left.alarms.iter().for_each(|left| put_varint(bytes, *left));
        }
        for (place, packet) in state.packets.iter().enumerate() {
            put_varint(bytes, u64::from(*packet));
            state.left.packets.get(place).into_iter().for_each(|left| put_varint(bytes, *left));
        }
    }

    /// Reads what [`encode`](Space::encode) wrote, into a state of this space.
    pub(super) fn decode(&self, bytes: &[u8], state: &mut State) {
        let mut rest = bytes;
        for local in &mut state.locals {
            *local = take_varint(&mut rest) as u32;
        }
        for eight in state.waiting.chunks_mut(8) {
            let bits = rest[0];
            rest = &rest[1..];
            let count = eight.len();
            for (place, waits) in eight.iter_mut().enumerate() {
                *waits = bits >> (count - 1 - place) & 1 == 1;
            }
        }
        for count in &mut state.sent {
            *count = take_varint(&mut rest);
        }
        state.packets.clear();
        state.left.packets.clear();
        state.left.alarms.clear();
        if self.ticks.is_some() {
            let alarms = take_varint(&mut rest);
            state.left.alarms.extend((0..alarms).map(|_| take_varint(&mut rest)));
        }
        while !rest.is_empty() {
            state.packets.push(take_varint(&mut rest) as u32);
            if self.ticks.is_some() {
                state.left.packets.push(take_varint(&mut rest));
            }
        }
    }
}

#[inline]
pub(super) fn take_varint(bytes: &mut &[u8]) -> u64 {
    let (mut number, mut shift) = (0, 0);
    loop {
        let byte = bytes[0];
        *bytes = &bytes[1..];
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return number;
        }
        shift += 7;
    }
}
