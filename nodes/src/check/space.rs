//! The states of the whole system, and what may happen in each.

use super::machine::{Cause, LocalId, Machine, Matters, Outcome, PacketId};
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
}

/// What is the same in all states.
#[derive(Debug)]
pub(super) struct Space {
    initiators: Vec<NodeIndex>,
    together: bool,
    pub(super) links: Links,
    pub(super) matters: Matters,
}

impl Space {
    pub(super) fn new(prepared: &Prepared, matters: Matters) -> Self {
        let mut initiators = prepared.initiators.iter().map(|(node, _)| *node).collect::<Vec<_>>();
        initiators.sort_unstable();
        Space { initiators, together: prepared.together, links: prepared.links, matters }
    }

    /// Whether every impulse comes before anything else.
    pub(super) fn is_together(&self) -> bool {
        self.together
    }

    /// The state before anything happens.
    pub(super) fn start(&self, machine: &Machine, locals: Vec<LocalId>, sends: &[PacketId]) -> State {
        let types = if self.matters.sent { machine.description.messages.len() } else { 0 };
        let mut state = State { locals, waiting: vec![true; self.initiators.len()], sent: vec![0; types], packets: Vec::new() };
        for packet in sends {
            self.send(machine, &mut state, *packet);
        }
        state
    }

    /// The nodes that are still to be woken.
    pub(super) fn asleep<'a>(&'a self, state: &'a State) -> impl Iterator<Item = NodeIndex> + 'a {
        self.initiators.iter().zip(&state.waiting).filter(|(_, waits)| **waits).map(|(node, _)| *node)
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
            if self.links == Links::Lossy && (under_way.channel as usize) < machine.channels() {
                if !under_way.copied {
                    moves.push(Move::Duplicate(place));
                }
                if self.matters.losses {
                    moves.push(Move::Lose(place));
                }
            }
        }
        for local in &state.locals {
            let local = &machine.locals[*local as usize];
            let bell = |index: &u32| Move::React { node: local.node, cause: Cause::Alarm(*index), place: 0 };
            moves.extend(local.bells.iter().map(bell));
        }
    }

    /// Whether a run may be over here: nothing is to come but alarms of nodes that have decided.  On lossy links, what is under way may
    /// never arrive.
    pub(super) fn is_end(&self, machine: &Machine, state: &State) -> bool {
        let may_be_lost = |packet: &PacketId| {
            self.links == Links::Lossy
                && !self.matters.losses
                && (machine.packets[*packet as usize].channel as usize) < machine.channels()
        };
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
        match made {
            Move::React { cause, place, .. } => match cause {
                Cause::Impulse => to.waiting[place] = false,
                Cause::Packet(_) => drop(to.packets.remove(place)),
                Cause::Alarm(_) => {}
            },
            Move::Duplicate(place) => {
                let copied = machine.copied(to.packets.remove(place));
                self.put(machine, to, copied);
                self.put(machine, to, copied);
            }
            Move::Lose(place) => drop(to.packets.remove(place)),
        }
        if let (Move::React { node, .. }, Some(outcome)) = (made, outcome) {
            let outcome = machine.outcome(outcome);
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
            match cause {
                Cause::Impulse => state.waiting[place] = false,
                Cause::Packet(_) => drop(state.packets.remove(place)),
                Cause::Alarm(_) => {}
            }
            state.locals[node.index()] = local;
        }
        for packet in &outcome.sends[..sent] {
            self.send(machine, &mut state, *packet);
        }
        state
    }

    fn send(&self, machine: &Machine, state: &mut State, packet: PacketId) {
        let sent = &machine.packets[packet as usize];
        if self.matters.sent && (sent.channel as usize) < machine.channels() {
            state.sent[usize::from(sent.msg.tag())] += 1;
        }
        self.put(machine, state, packet);
    }

    fn put(&self, machine: &Machine, state: &mut State, packet: PacketId) {
        let channel = machine.packets[packet as usize].channel;
        let keeps_order = machine.keeps_order(channel);
        let before = |other: &PacketId| {
            let others = machine.packets[*other as usize].channel;
            others < channel || (others == channel && (keeps_order || *other <= packet))
        };
        let place = state.packets.iter().rposition(before).map_or(0, |place| place + 1);
        state.packets.insert(place, packet);
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
        for packet in &state.packets {
            put_varint(bytes, u64::from(*packet));
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
        while !rest.is_empty() {
            state.packets.push(take_varint(&mut rest) as u32);
        }
    }
}

#[inline]
fn take_varint(bytes: &mut &[u8]) -> u64 {
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
