//! The states of the whole system, and what may happen in each.

use super::faults::Spare;
use super::machine::{Cause, LocalId, Machine, Outcome, PacketId};
use super::matters::Matters;
use super::mistake::Mistake;
use super::nibbles::{Reader, Writer};
use super::ticks::{Left, Ticks};
use crate::execution::Prepared;
use crate::network::Duplicates;
use crate::protocol::Links;
use crate::topology::NodeIndex;

/// So many initiators are written as one number.
const TOGETHER: usize = 63;

/// A state of the whole system, in numbers of the [`Machine`]'s tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    /// By node.
    pub(super) locals: Vec<LocalId>,
    /// By place among the initiators: whether it is still to be woken.
    waiting: Vec<bool>,
    /// How often faults may happen yet.
    pub(super) spare: Spare,
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
            Cause::Recover => Spare::spend(&mut self.spare.recoveries),
        }
    }

    /// Puts a packet at a place, with the time that is left to it.
    fn insert(&mut self, place: usize, packet: PacketId, left: Option<u64>) {
        self.packets.insert(place, packet);
        if let Some(left) = left {
            self.left.packets.insert(place, left);
        }
    }

    /// Takes a packet, with the time that is left to it.
    pub(super) fn take(&mut self, place: usize) -> (PacketId, Option<u64>) {
        let left = if self.left.packets.is_empty() { None } else { Some(self.left.packets.remove(place)) };
        (self.packets.remove(place), left)
    }
}

/// Something that may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    /// A node reacts; one that is dead lets an impulse or a packet pass.
    React {
        /// Which.
        node: NodeIndex,
        /// To what.
        cause: Cause,
        /// Of an impulse: its place among the initiators; of a packet: its place among those under way.
        place: usize,
    },
    /// A node crashes.
    Crash {
        /// Which.
        node: NodeIndex,
        /// Inside the step that this begins, with its place; else between two steps.
        inside: Option<(Cause, usize)>,
    },
    /// The packet at that place will arrive once more.
    Duplicate(usize),
    /// The packet at that place will never arrive.
    Lose(usize),
    /// So much time passes, in ticks.
    Pass(u64),
}

impl Move {
    /// A node that has crashed recovers.
    pub(super) fn recovery(node: NodeIndex) -> Self {
        Move::React { node, cause: Cause::Recover, place: 0 }
    }
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
    /// How often faults may happen.
    pub(super) start: Spare,
    /// Whether each message may arrive any number of times.
    pub(super) repeats: bool,
}

impl Space {
    pub(super) fn new(prepared: &Prepared, matters: Matters) -> Self {
        let mut initiators = prepared.initiators.iter().map(|(node, _)| *node).collect::<Vec<_>>();
        initiators.sort_unstable();
        let start = Spare::of(prepared.faults.budget, prepared.links);
        let repeats = prepared.faults.budget.duplicates == Some(Duplicates::Any);
        let (together, links, ticks) = (prepared.together, prepared.links, matters.ticks);
        Space { initiators, together, links, matters, ticks, start, repeats }
    }

    /// Whether every impulse comes before anything else.
    pub(super) fn is_together(&self) -> bool {
        self.together
    }

    /// The state before anything happens.
    pub(super) fn start(&self, machine: &mut Machine, locals: Vec<LocalId>, sends: &[PacketId]) -> State {
        let types = if self.matters.sent { machine.description.messages.len() } else { 0 };
        let waiting = vec![true; self.initiators.len()];
        let mut state = State { locals, waiting, spare: self.start, sent: vec![0; types], ..State::default() };
        if let Some(ticks) = &self.ticks {
            let alarms = state.locals.iter().flat_map(|local| machine.locals[*local as usize].alarms());
            state.left.alarms = alarms.map(|alarm| ticks.of_alarm(alarm)).collect();
        }
        for packet in sends {
            self.send(machine, &mut state, *packet);
        }
        self.settle(machine, &mut state);
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
            // The run is over, unless a node recovers.
            self.add_crashes(machine, state, moves);
            moves.retain(|made| matches!(made, Move::React { .. }));
            return;
        }
        for (place, node) in self.initiators.iter().enumerate() {
            if state.waiting[place] {
                moves.push(Move::React { node: *node, cause: Cause::Impulse, place });
            }
        }
        let is_waking = self.together && !moves.is_empty();
        let loses = self.may_lose() && !self.loses_silently();
        let arrived = |packet: PacketId| machine.packets[packet as usize].marks.arrived;
        let mut last = None;
        for (place, packet) in state.packets.iter().enumerate() {
            let under_way = &machine.packets[*packet as usize];
            let behind = matches!(last, Some((channel, before)) if channel == under_way.channel && !arrived(before));
            let is_same = last.replace((under_way.channel, *packet)) == Some((under_way.channel, *packet));
            let is_between = (loses || state.spare.duplicates > 0) && machine.is_between_nodes(*packet);
            let waits = self.repeats && machine.waits(state.locals[under_way.to.index()], *packet);
            if !(is_waking || is_same || waits || (behind && machine.keeps_order(under_way.channel))) {
                moves.push(Move::React { node: under_way.to, cause: Cause::Packet(*packet), place });
            }
            if is_between && !is_same && state.spare.duplicates > 0 && !under_way.marks.copied {
                moves.push(Move::Duplicate(place));
            }
            if is_between && loses && !under_way.marks.arrived {
                // Of those that are the same, the last: where the order is kept, it is the first to vanish when a node crashes.
                let is_last = state.packets.get(place + 1) != Some(packet);
                if is_last && (state.spare.losses > 0 || self.vanishes(machine, state, place)) {
                    moves.push(Move::Lose(place));
                }
            }
        }
        self.add_crashes_inside(machine, state, 0, moves);
        self.add_crashes(machine, state, moves);
        // What takes no time stands before what does: so the first of the shortest ways is one on which alarms overtake little.
        let alarms = moves.len();
        let mut place = 0;
        for local in state.locals.iter().filter(|_| !is_waking) {
            let local = &machine.locals[*local as usize];
            let bell = |index: &u32| Move::React { node: local.node, cause: Cause::Alarm(*index), place: 0 };
            let rings_early = Mistake::EarlyAlarm.is(self.matters.mistake);
            let is_due = |index: &&u32| rings_early || state.left.is_due(place + **index as usize);
            moves.extend(local.bells.iter().filter(is_due).map(bell));
            place += local.alarms().len();
        }
        if let Some(ticks) = self.ticks.as_ref().filter(|_| !is_waking || Mistake::EarlyTime.is(self.matters.mistake)) {
            let passes = ticks.may_pass(machine, state, self.is_waking(state), self.is_lossy());
            moves.extend(passes.map(Move::Pass));
        }
        self.add_crashes_inside(machine, state, alarms, moves);
    }

    /// Whether a run may be over here: nothing is to come but alarms of nodes that have decided.  What is under way and may be lost may
    /// never arrive.
    pub(super) fn is_end(&self, machine: &Machine, state: &State) -> bool {
        let mut losses = state.spare.losses;
        let mut need_not_arrive = |place: usize| {
            let packet = &machine.packets[state.packets[place] as usize];
            let is_between = || machine.is_between_nodes(state.packets[place]);
            let mut is_lost = || {
                let one_more = losses.checked_sub(1);
                losses = one_more.unwrap_or(0);
                one_more.is_some()
            };
            packet.marks.arrived
                || (self.repeats && machine.waits(state.locals[packet.to.index()], state.packets[place]))
                || (self.loses_silently() && is_between() && (self.vanishes(machine, state, place) || is_lost()))
        };
        let rings = |local: &LocalId| {
            let local = &machine.locals[*local as usize];
            !local.decided && !local.bells.is_empty()
        };
        !self.is_waking(state) && (0..state.packets.len()).all(&mut need_not_arrive) && !state.locals.iter().any(rings)
    }

    /// Makes a move; `outcome` is what comes of it, if a node reacts.
    pub(super) fn follow(&self, machine: &mut Machine, from: &State, made: Move, outcome: Option<usize>, to: &mut State) {
        to.locals.clone_from(&from.locals);
        to.waiting.clone_from(&from.waiting);
        to.spare = from.spare;
        to.sent.clone_from(&from.sent);
        to.packets.clone_from(&from.packets);
        to.left.clone_from(&from.left);
        match made {
            Move::React { cause, place, .. } => self.receive(machine, to, cause, place),
            Move::Crash { node, inside } => {
                Spare::spend(&mut to.spare.crashes);
                if let Some((cause, place)) = inside {
                    self.receive(machine, to, cause, place);
                }
                let own = (machine.channels() + node.index()) as u32;
                while let Some(place) = to.packets.iter().position(|packet| machine.packets[*packet as usize].channel == own) {
                    to.take(place);
                }
            }
            Move::Duplicate(place) => {
                Spare::spend(&mut to.spare.duplicates);
                let (packet, left) = to.take(place);
                let copied = machine.copied(packet);
                if machine.keeps_order(machine.packets[packet as usize].channel) {
                    to.insert(place, copied, left);
                    to.insert(place, copied, left);
                } else {
                    self.put(machine, to, copied, left);
                    self.put(machine, to, copied, left);
                }
            }
            Move::Lose(place) => {
                if !self.vanishes(machine, from, place) {
                    Spare::spend(&mut to.spare.losses);
                }
                to.take(place);
            }
            Move::Pass(time) => self.ticks.iter().for_each(|ticks| ticks.pass(to, time)),
        }
        if let (Move::React { node, .. } | Move::Crash { node, .. }, Some(outcome)) = (made, outcome) {
            let outcome = machine.outcome(outcome);
            if let Some(ticks) = &self.ticks {
                let before = from.locals[node.index()];
                match made {
                    Move::Crash { .. } => ticks.forget(machine, to, before),
                    _ => ticks.change(machine, to, before, &outcome.alarms),
                }
            }
            to.locals[node.index()] = outcome.to;
            for packet in &outcome.sends {
                self.send(machine, to, *packet);
            }
        }
        self.settle(machine, to);
    }

    /// What a node reacts to is no longer to come; unless messages arrive again and again.
    fn receive(&self, machine: &mut Machine, state: &mut State, cause: Cause, place: usize) {
        match cause {
            Cause::Packet(packet) if self.repeats && machine.is_between_nodes(packet) => {
                self.keep(machine, state, packet, place)
            }
            _ => state.begin(cause, place),
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
    pub(super) fn put(&self, machine: &Machine, state: &mut State, packet: PacketId, left: Option<u64>) {
        let channel = machine.packets[packet as usize].channel;
        let keeps_order = machine.keeps_order(channel);
        let before = |place: &usize| {
            let other = state.packets[*place];
            let others = machine.packets[other as usize].channel;
            let is_first = || (other, state.left.packets.get(*place).copied()) <= (packet, left);
            others < channel || (others == channel && (keeps_order || is_first()))
        };
        let place = (0..state.packets.len()).rev().find(before).map_or(0, |place| place + 1);
        state.insert(place, packet, left);
    }

    /// The state as bytes.
    pub(super) fn encode(&self, machine: &Machine, state: &State, bytes: &mut Vec<u8>) {
        bytes.clear();
        let mut writer = Writer::default();
        let mut put = |number: u64| writer.put(number, bytes);
        for local in &state.locals {
            put(u64::from(machine.locals[*local as usize].rank));
        }
        for some in state.waiting.chunks(TOGETHER) {
            put(some.iter().fold(0, |bits, waits| bits << 1 | u64::from(*waits)));
        }
        state.spare.encode(self.start, &mut put);
        state.sent.iter().for_each(|count| put(*count));
        if self.ticks.is_some() {
            put(state.left.alarms.len() as u64);
            state.left.alarms.iter().for_each(|left| put(*left));
        }
        for (place, packet) in state.packets.iter().enumerate() {
            put(u64::from(*packet));
            state.left.packets.get(place).into_iter().for_each(|left| put(*left));
        }
        writer.end(bytes);
    }

    /// Reads what [`encode`](Space::encode) wrote, into a state of this space.
    pub(super) fn decode(&self, machine: &Machine, bytes: &[u8], state: &mut State) {
        let mut reader = Reader::of(bytes);
        for (local, of_node) in state.locals.iter_mut().zip(&machine.of_node) {
            *local = of_node[reader.take() as usize];
        }
        for some in state.waiting.chunks_mut(TOGETHER) {
            let bits = reader.take();
            some.iter_mut().rev().enumerate().for_each(|(place, waits)| *waits = bits >> place & 1 == 1);
        }
        state.spare = Spare::decode(self.start, &mut || reader.take());
        for count in &mut state.sent {
            *count = reader.take();
        }
        state.packets.clear();
        state.left.packets.clear();
        state.left.alarms.clear();
        if self.ticks.is_some() {
            let alarms = reader.take();
            state.left.alarms.extend((0..alarms).map(|_| reader.take()));
        }
        while !reader.is_over() {
            state.packets.push(reader.take() as u32);
            if self.ticks.is_some() {
                state.left.packets.push(reader.take());
            }
        }
    }
}
