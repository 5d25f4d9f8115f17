//! Which steps have been made: what a search knows of what lies below a state.
//!
//! The tables of the [`Machine`] hold more, since whether two events commute is asked of local states that no run may reach.

use core::ops::Range;

use super::machine::{Cause, LocalId, Machine, PacketId};
use super::packet::Packet;
use crate::topology::Port;

/// No bound is known, or it is too large to matter.
pub(super) const UNBOUNDED: u8 = u8::MAX;

/// Counts above this are [`UNBOUNDED`]: what goes round in a loop is not counted for ever.
const MOST: u8 = 16;

/// The steps that have been made.
pub(super) struct Known {
    /// By channel: its place among those on which its sender sends.
    slots: Vec<usize>,
    /// By the first of the outcomes of a step.
    is_learned: Vec<bool>,
    /// The steps, in the order in which they were learned; where they lead, and what they send, one after the other.
    made: Vec<Step>,
    led: Vec<LocalId>,
    sends: Vec<PacketId>,
    /// By local state.
    locals: Vec<Learned>,
    /// By packet: whether it may be sent.
    is_sent: Vec<bool>,
    /// By channel: which may be sent on it.
    sent: Vec<Vec<PacketId>>,
    /// By node: the channels that lead to it, and how many packets may be sent on them.
    incoming: Vec<Vec<u32>>,
    coming: Vec<u32>,
    /// Grows with all that is learned.
    pub(super) revision: u64,
}

/// A step that has been made.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) node: u32,
    pub(super) local: LocalId,
    /// Of a message, what a node [hears](Machine::heard) of it.
    pub(super) cause: Cause,
    /// The first of its outcomes.
    outcome: u32,
    /// Places of where it leads, one for each outcome, and of what it sends: the first, and how many there are.
    led: (u32, u32),
    sends: (u32, u32),
}

/// When a step may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Occasion {
    Impulse,
    Packet(PacketId),
    Always,
}

/// What is known of a local state.
#[derive(Default)]
pub(super) struct Learned {
    /// The places of the steps that have been made in it.
    pub(super) steps: Vec<(Occasion, u32)>,
    /// The steps that have led to it: from where, and their outcomes.
    before: Vec<(LocalId, usize)>,
    /// By the sender's channels: how many messages it may still send on each.
    most: Vec<u8>,
    /// Whether something that a property reads may change at its node before another event that was chosen there.
    pub(super) shows: bool,
    /// Whether its node may have decided before such an event, and have an alarm set.
    pub(super) rings: bool,
}

impl Known {
    pub(super) fn new(machine: &Machine) -> Self {
        let graph = machine.graph();
        let mut slots = vec![0; machine.channels() + graph.node_count()];
        for node in graph.nodes() {
            for port in 0..graph.degree(node) {
                slots[graph.end(node, Port::new(port)).channel()] = port;
            }
            slots[machine.channels() + node.index()] = graph.degree(node);
        }
        let mut incoming = vec![Vec::new(); graph.node_count()];
        for node in graph.nodes() {
            for end in (0..graph.degree(node)).map(|port| graph.end(node, Port::new(port))) {
                incoming[end.neighbour.index()].push(end.channel() as u32);
            }
            incoming[node.index()].push((machine.channels() + node.index()) as u32);
        }
        incoming.iter_mut().for_each(|channels| channels.sort_unstable());
        Known {
            sent: vec![Vec::new(); slots.len()],
            slots,
            is_learned: Vec::new(),
            made: Vec::new(),
            led: Vec::new(),
            sends: Vec::new(),
            locals: Vec::new(),
            is_sent: Vec::new(),
            coming: vec![0; incoming.len()],
            incoming,
            revision: 0,
        }
    }

    /// The channels that lead to a node.
    pub(super) fn incoming(&self, node: usize) -> &[u32] {
        &self.incoming[node]
    }

    /// What may be sent on a channel.
    pub(super) fn sent_on(&self, channel: u32) -> &[PacketId] {
        &self.sent[channel as usize]
    }

    /// How many packets may be sent to a node.
    pub(super) fn coming(&self, node: usize) -> u32 {
        self.coming[node]
    }

    /// A packet may be sent.
    pub(super) fn learn_sent(&mut self, machine: &Machine, packet: PacketId) {
        let number = packet as usize;
        if self.is_sent.len() <= number {
            self.is_sent.resize(number + 1, false);
        }
        if !core::mem::replace(&mut self.is_sent[number], true) {
            let Packet { channel, to, .. } = &machine.packets[number];
            self.sent[*channel as usize].push(packet);
            self.coming[to.index()] += 1;
        }
    }

    /// What is known of a local state.
    pub(super) fn of(&self, local: LocalId) -> Option<&Learned> {
        self.locals.get(local as usize)
    }

    /// A step by its place.
    #[inline]
    pub(super) fn step(&self, place: u32) -> &Step {
        &self.made[place as usize]
    }

    /// The local states that a step leads to.
    #[inline]
    pub(super) fn led(&self, step: &Step) -> &[LocalId] {
        part(&self.led, step.led)
    }

    /// What may come of it.
    #[inline]
    pub(super) fn outcomes(&self, step: &Step) -> Range<usize> {
        step.outcome as usize..step.outcome as usize + step.led.1 as usize
    }

    /// What it sends.
    #[inline]
    pub(super) fn sends(&self, step: &Step) -> &[PacketId] {
        part(&self.sends, step.sends)
    }

    /// How many messages may be sent on a channel by a node that stands in this local state.
    pub(super) fn most(&self, local: LocalId, channel: u32) -> u8 {
        let most = self.of(local).and_then(|learned| learned.most.get(self.slots[channel as usize]));
        most.copied().unwrap_or(0)
    }

    fn learned(&mut self, local: LocalId) -> &mut Learned {
        let local = local as usize;
        if self.locals.len() <= local {
            self.locals.resize_with(local + 1, Learned::default);
        }
        &mut self.locals[local]
    }

    /// A step has been made.
    #[inline]
    pub(super) fn learn(&mut self, machine: &Machine, local: LocalId, cause: Cause, outcomes: Range<usize>) {
        if !self.has_made(outcomes.start) {
            self.learn_new(machine, local, cause, outcomes);
        }
    }

    /// Whether the step of which this is the first outcome has been made.
    pub(super) fn has_made(&self, first: usize) -> bool {
        self.is_learned.get(first) == Some(&true)
    }

    #[cold]
    fn learn_new(&mut self, machine: &Machine, local: LocalId, cause: Cause, outcomes: Range<usize>) {
        if self.is_learned.len() <= outcomes.start {
            self.is_learned.resize(outcomes.start + 1, false);
        }
        self.is_learned[outcomes.start] = true;
        self.revision += 1;
        let cause = machine.heard(cause);
        let occasion = match cause {
            Cause::Impulse => Occasion::Impulse,
            Cause::Packet(packet) => Occasion::Packet(packet),
            Cause::Alarm(_) | Cause::Recover => Occasion::Always,
        };
        let place = self.made.len() as u32;
        self.learned(local).steps.push((occasion, place));
        let (led, sends) = (self.led.len() as u32, self.sends.len() as u32);
        for outcome in outcomes.clone() {
            self.led.push(machine.outcome(outcome).to);
            self.sends.extend(&machine.outcome(outcome).sends);
        }
        self.made.push(Step {
            node: machine.locals[local as usize].node.index() as u32,
            local,
            cause,
            outcome: outcomes.start as u32,
            led: (led, self.led.len() as u32 - led),
            sends: (sends, self.sends.len() as u32 - sends),
        });
        for outcome in outcomes {
            self.learned(machine.outcome(outcome).to).before.push((local, outcome));
            machine.outcome(outcome).sends.iter().for_each(|packet| self.learn_sent(machine, *packet));
            if self.lift(machine, local, outcome) {
                self.lift_all_before(machine, local);
            }
        }
    }

    fn lift_all_before(&mut self, machine: &Machine, local: LocalId) {
        let mut risen = vec![local];
        while let Some(to) = risen.pop() {
            for place in 0..self.locals[to as usize].before.len() {
                let (from, outcome) = self.locals[to as usize].before[place];
                if self.lift(machine, from, outcome) {
                    risen.push(from);
                }
            }
        }
    }

    /// Counts what an outcome sends, and what may be sent behind it; whether more may be sent than was known.
    fn lift(&mut self, machine: &Machine, local: LocalId, outcome: usize) -> bool {
        let outcome = machine.outcome(outcome);
        let mut most = self.learned(outcome.to).most.clone();
        for packet in &outcome.sends {
            let slot = self.slots[machine.packets[*packet as usize].channel as usize];
            if most.len() <= slot {
                most.resize(slot + 1, 0);
            }
            most[slot] = if most[slot] >= MOST { UNBOUNDED } else { most[slot] + 1 };
        }
        let known = &mut self.learned(local).most;
        if known.len() < most.len() {
            known.resize(most.len(), 0);
        }
        let mut is_more = false;
        for (known, most) in known.iter_mut().zip(most) {
            is_more |= most > *known;
            *known = most.max(*known);
        }
        is_more
    }

    /// Something that a property reads may change at its node, or it may decide with an alarm set, before an event that was chosen.
    pub(super) fn note(&mut self, local: LocalId, shows: bool, rings: bool) {
        let learned = self.learned(local);
        let before = (learned.shows, learned.rings);
        (learned.shows, learned.rings) = (before.0 | shows, before.1 | rings);
        if before != (learned.shows, learned.rings) {
            self.revision += 1;
        }
    }

    /// What is learned changes as what properties read does.
    pub(super) fn changes(&mut self) {
        self.revision += 1;
    }

    /// The memory that it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        let steps = self.made.len() * (size_of::<Step>() + size_of::<(Occasion, u32)>() + size_of::<(LocalId, usize)>());
        let outcomes = 4 * (self.led.len() + self.sends.len()) + self.is_learned.len();
        steps + outcomes + self.locals.len() * size_of::<Learned>() + 5 * self.is_sent.len()
    }
}

#[inline]
fn part(all: &[u32], (first, count): (u32, u32)) -> &[u32] {
    &all[first as usize..first as usize + count as usize]
}
