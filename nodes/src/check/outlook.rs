//! What may still happen below a state, as far as steps are known.
//!
//! Each node follows its known steps by itself, and takes messages from a set that only grows: what is under way, and what such steps
//! send.  That is more than can happen, and quickly found.

use core::ops::Range;

use super::eyes::Eyes;
use super::judge::Judge;
use super::learned::Known;
use super::machine::{Cause, LocalId, Machine, PacketId};
use super::space::{Space, State};

/// What may still happen below a state.
#[derive(Default)]
pub(super) struct Outlook {
    /// By channel: what may still be sent on it.
    pub(super) future: Vec<Vec<PacketId>>,
    /// By node: whether it may still change something that a property reads.
    pub(super) shows: Vec<bool>,
    /// Whether a node that has decided may have an alarm set.
    pub(super) rings: bool,
    /// The number of the outlook: marks what belongs to it.
    round: u32,
    /// By local state, by packet without marks and by packet: whether a node may come to it, it may arrive, it may be sent.
    reached: Vec<u32>,
    arriving: Vec<u32>,
    sent: Vec<u32>,
    /// Local states whose steps are still to be followed, and packets that have just been sent.
    queue: Vec<LocalId>,
    arrived: Vec<PacketId>,
    /// Steps of packets that have not been sent: they may still be.  And by packet the round and the last of its steps.
    waiting: Vec<Waiting>,
    last: Vec<(u32, usize)>,
    /// By node: whether it is still to be woken.
    asleep: Vec<bool>,
}

/// A step that waits for a packet.
struct Waiting {
    local: LocalId,
    outcomes: Range<usize>,
    /// Another that waits for the same packet.
    before: Option<usize>,
}

/// What an outlook is taken with.
pub(super) struct Sight<'a> {
    pub(super) machine: &'a mut Machine,
    pub(super) judge: &'a mut Judge,
    pub(super) space: &'a Space,
    pub(super) known: &'a Known,
    pub(super) eyes: &'a mut Eyes,
}

impl Outlook {
    /// Looks ahead from a state.
    pub(super) fn look(&mut self, sight: &mut Sight<'_>, state: &State) {
        self.begin(sight, state);
        loop {
            if let Some(local) = self.queue.pop() {
                self.stand(sight, local);
            } else if let Some(packet) = self.arrived.pop() {
                let (round, mut next) = self.last.get(packet as usize).map_or((0, None), |(round, last)| (*round, Some(*last)));
                while let Some(place) = next.filter(|_| round == self.round) {
                    let Waiting { local, outcomes, before } = &self.waiting[place];
                    let (local, outcomes) = (*local, outcomes.clone());
                    next = *before;
                    self.follow(sight, local, Cause::Packet(packet), outcomes);
                }
            } else {
                break;
            }
        }
    }

    /// Follows what is known of a local state.
    fn stand(&mut self, sight: &mut Sight<'_>, local: LocalId) {
        let (here, known) = (&sight.machine.locals[local as usize], sight.known);
        let (node, is_asleep) = (here.node.index(), self.asleep[here.node.index()]);
        self.rings |= here.decided && !here.bells.is_empty();
        let Some(learned) = known.of(local) else { return };
        self.rings |= learned.rings;
        self.shows[node] |= learned.shows;
        for (cause, outcomes) in &learned.steps {
            match cause {
                Cause::Impulse if !is_asleep => {}
                Cause::Packet(packet) if self.arriving.get(*packet as usize) != Some(&self.round) => {
                    self.wait(*packet, local, outcomes.clone());
                }
                _ => self.follow(sight, local, *cause, outcomes.clone()),
            }
        }
    }

    fn wait(&mut self, packet: PacketId, local: LocalId, outcomes: Range<usize>) {
        let packet = packet as usize;
        if self.last.len() <= packet {
            self.last.resize(packet + 1, (0, 0));
        }
        let (round, last) = self.last[packet];
        let before = (round == self.round).then_some(last);
        self.last[packet] = (self.round, self.waiting.len());
        self.waiting.push(Waiting { local, outcomes, before });
    }

    fn begin(&mut self, sight: &mut Sight<'_>, state: &State) {
        self.round += 1;
        self.rings = false;
        self.queue.clear();
        self.waiting.clear();
        self.future.resize(sight.machine.channels() + state.locals.len(), Vec::new());
        self.future.iter_mut().for_each(Vec::clear);
        for nodes in [&mut self.shows, &mut self.asleep] {
            nodes.clear();
            nodes.resize(state.locals.len(), false);
        }
        for node in sight.space.asleep(state) {
            self.asleep[node.index()] = true;
        }
        for packet in &state.packets {
            mark(&mut self.arriving, sight.machine.plain(*packet), self.round);
        }
        for local in &state.locals {
            self.reach(*local);
        }
    }

    fn reach(&mut self, local: LocalId) {
        if mark(&mut self.reached, local, self.round) {
            self.queue.push(local);
        }
    }

    fn follow(&mut self, sight: &mut Sight<'_>, local: LocalId, cause: Cause, outcomes: Range<usize>) {
        for outcome in outcomes {
            let node = sight.machine.locals[local as usize].node.index();
            self.shows[node] = self.shows[node] || sight.eyes.see(sight.machine, sight.judge, local, cause, outcome);
            self.reach(sight.machine.outcome(outcome).to);
            for place in 0..sight.machine.outcome(outcome).sends.len() {
                let packet = sight.machine.outcome(outcome).sends[place];
                if mark(&mut self.sent, packet, self.round) {
                    let channel = sight.machine.packets[packet as usize].channel as usize;
                    self.future[channel].push(packet);
                    let heard = sight.machine.plain(packet);
                    if mark(&mut self.arriving, heard, self.round) {
                        self.arrived.push(heard);
                    }
                }
            }
        }
    }

    /// The memory that it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        4 * (self.reached.len() + self.arriving.len() + self.sent.len())
    }
}

/// Marks a number; whether it was not marked yet.
fn mark(marks: &mut Vec<u32>, number: u32, round: u32) -> bool {
    let number = number as usize;
    if marks.len() <= number {
        marks.resize(number + 1, 0);
    }
    core::mem::replace(&mut marks[number], round) != round
}
