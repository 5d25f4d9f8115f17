//! What may go wrong in a state, and how often yet.

use super::machine::{Machine, PacketId};
use super::packet::{Marks, Packet};
use super::space::{Move, Space, State};
use crate::network::{Budget, Duplicates};
use crate::protocol::Links;
use crate::topology::NodeIndex;

/// How often faults may happen yet: a part of each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Spare {
    pub(super) crashes: u32,
    pub(super) recoveries: u32,
    /// How many messages may be lost.
    pub(super) losses: u32,
    /// How many may be duplicated.
    pub(super) duplicates: u32,
}

impl Spare {
    /// Any number.
    pub(super) const ANY: u32 = u32::MAX;

    /// Before anything has happened.
    pub(super) fn of(budget: Budget, links: Links) -> Self {
        let as_links_do = if links == Links::Lossy { Spare::ANY } else { 0 };
        let duplicates = match budget.duplicates {
            None => as_links_do,
            Some(Duplicates::AtMost(count)) => count,
            // They are no event of their own.
            Some(Duplicates::Any) => 0,
        };
        let Budget { crashes, recoveries, losses, .. } = budget;
        Spare { crashes, recoveries, losses: losses.unwrap_or(as_links_do), duplicates }
    }

    /// Whether a message may be lost or duplicated yet.
    pub(super) fn harms_messages(self) -> bool {
        self.losses > 0 || self.duplicates > 0
    }

    /// One of them has happened.
    pub(super) fn spend(count: &mut u32) {
        if *count != Spare::ANY {
            *count -= 1;
        }
    }

    fn counts(&mut self) -> [&mut u32; 4] {
        let Spare { crashes, recoveries, losses, duplicates } = self;
        [crashes, recoveries, losses, duplicates]
    }

    /// Puts what is left of `start`, as far as there is anything to tell.
    pub(super) fn encode(mut self, mut start: Spare, put: &mut dyn FnMut(u64)) {
        for (left, start) in self.counts().into_iter().zip(start.counts()) {
            if (1..Spare::ANY).contains(start) {
                put(u64::from(*left));
            }
        }
    }

    /// Reads what [`encode`](Spare::encode) wrote.
    pub(super) fn decode(mut start: Spare, take: &mut dyn FnMut() -> u64) -> Spare {
        for count in start.counts() {
            if (1..Spare::ANY).contains(count) {
                *count = take() as u32;
            }
        }
        start
    }
}

impl Space {
    /// Whether a lost message counts as one that is late, so that a run may end with it under way.  Where messages keep their
    /// order, one that is lost makes way for those behind it.
    pub(super) fn loses_silently(&self) -> bool {
        !self.matters.losses && self.may_lose_silently()
    }

    /// The same as far as it does not depend on what is asked of messages that are lost.
    pub(super) fn may_lose_silently(&self) -> bool {
        // What has to arrive in time, is lost at some time; and so is what is counted.
        let is_counted = (1..Spare::ANY).contains(&self.start.losses);
        self.links != Links::Fifo && !is_counted && (self.ticks.is_none() || self.is_lossy())
    }

    /// Whether the links lose any number of messages.
    pub(super) fn is_lossy(&self) -> bool {
        self.start.losses == Spare::ANY
    }

    /// Whether anything may be lost.
    pub(super) fn may_lose(&self) -> bool {
        self.start.losses > 0 || self.start.crashes > 0
    }

    /// Whether a packet may be lost since a node has crashed: it was sent to the dead, or by them, and then may never have left.  Where
    /// messages keep their order, what never left is what was sent last.
    pub(super) fn vanishes(&self, machine: &Machine, state: &State, place: usize) -> bool {
        if self.start.crashes == 0 {
            return false;
        }
        let packet = &machine.packets[state.packets[place] as usize];
        let now = |node: NodeIndex| &machine.locals[state.locals[node.index()] as usize];
        if packet.marks.to_the_dead || !now(packet.to).alive {
            return true;
        }
        let sender = now(packet.from);
        let next = state.packets.get(place + 1).map(|next| &machine.packets[*next as usize]);
        let is_last = |next: &Packet| next.channel != packet.channel || next.marks.life != packet.marks.life;
        (!sender.alive || sender.life != packet.marks.life)
            && (!machine.keeps_order(packet.channel) || next.is_none_or(is_last))
    }

    /// Crashes between two steps, and recoveries.
    pub(super) fn add_crashes(&self, machine: &Machine, state: &State, moves: &mut Vec<Move>) {
        if state.spare.crashes == 0 && state.spare.recoveries == 0 {
            return;
        }
        for (node, local) in state.locals.iter().enumerate() {
            let node = NodeIndex::new(node);
            match machine.locals[*local as usize].alive {
                true if state.spare.crashes > 0 => moves.push(Move::Crash { node, inside: None }),
                false if state.spare.recoveries > 0 => moves.push(Move::recovery(node)),
                _ => {}
            }
        }
    }

    /// Crashes inside the steps among the moves from that one on.
    pub(super) fn add_crashes_inside(&self, machine: &Machine, state: &State, first: usize, moves: &mut Vec<Move>) {
        if state.spare.crashes == 0 {
            return;
        }
        for place in first..moves.len() {
            if let Move::React { node, cause, place } = moves[place]
                && machine.locals[state.locals[node.index()] as usize].alive
            {
                moves.push(Move::Crash { node, inside: Some((cause, place)) });
            }
        }
    }

    /// What marks a packet has once a step is over.  What can decide nothing any more is forgotten.
    pub(super) fn settled(&self, marks: Marks, receiver_is_alive: bool, spare: Spare) -> Marks {
        // Of what may arrive again and again, there is nothing else to tell; where losses are not counted, it need not arrive at all.
        if marks.arrived || (self.repeats && self.links == Links::Lossy && spare.losses == Spare::ANY) {
            return Marks { arrived: true, ..Marks::default() };
        }
        Marks {
            copied: marks.copied && spare.duplicates > 0,
            to_the_dead: marks.to_the_dead || (self.start.recoveries > 0 && !receiver_is_alive),
            ..marks
        }
    }

    /// Marks the packets of a state to which a step has led.
    pub(super) fn settle(&self, machine: &mut Machine, state: &mut State) {
        let copies_are_counted = (1..Spare::ANY).contains(&self.start.duplicates);
        if self.start.recoveries == 0 && !copies_are_counted && !self.repeats {
            return;
        }
        let mut changed = false;
        for place in 0..state.packets.len() {
            if !machine.is_between_nodes(state.packets[place]) {
                continue;
            }
            let packet = &machine.packets[state.packets[place] as usize];
            let receiver_is_alive = machine.locals[state.locals[packet.to.index()] as usize].alive;
            let marks = self.settled(packet.marks, receiver_is_alive, state.spare);
            if marks != packet.marks {
                state.packets[place] = machine.marked(state.packets[place], marks);
                changed = true;
            }
        }
        if changed {
            self.sort(machine, state);
        }
        if self.repeats {
            // Where each arrives any number of times, those that are the same count as one; but the order of others is kept.
            let keeps_order = |packet: PacketId| machine.keeps_order(machine.packets[packet as usize].channel);
            state.packets.dedup_by(|one, other| one == other && !keeps_order(*one));
        }
    }

    /// Puts packets in the order that they have in a state, after their numbers have changed.
    fn sort(&self, machine: &Machine, state: &mut State) {
        let count = state.packets.len();
        let key = |place: &usize| {
            let packet = state.packets[*place];
            let channel = machine.packets[packet as usize].channel;
            let left = state.left.packets.get(*place).copied();
            (channel, if machine.keeps_order(channel) { None } else { Some((packet, left)) })
        };
        let mut order = (0..count).collect::<Vec<_>>();
        order.sort_by_key(key);
        state.left.packets = order.iter().filter_map(|place| state.left.packets.get(*place).copied()).collect();
        state.packets = order.iter().map(|place| state.packets[*place]).collect();
    }

    /// A packet arrives that may arrive again and again: it stays.  Where messages keep their order, those before it stay no longer.
    pub(super) fn keep(&self, machine: &mut Machine, state: &mut State, packet: PacketId, place: usize) {
        let arrived = machine.marked(packet, Marks { arrived: true, ..Marks::default() });
        let channel = machine.packets[packet as usize].channel;
        if machine.keeps_order(channel) {
            state.packets[place] = arrived;
            let first = state.packets.partition_point(|other| machine.packets[*other as usize].channel < channel);
            state.packets.drain(first..place);
        } else {
            state.packets.remove(place);
            if !state.packets.contains(&arrived) {
                self.put(machine, state, arrived, None);
            }
        }
    }
}
