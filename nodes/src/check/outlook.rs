//! What may still happen below a state, as far as steps are known.
//!
//! Each node follows its known steps by itself, and takes messages from a set that only grows: what is under way, and what such steps
//! send.  That is more than can happen, and quickly found.

use super::around::Here;
use super::bits::Bits;
use super::eyes::Eyes;
use super::learned::{Known, Occasion};
use super::machine::{Local, LocalId, PacketId};

/// What may still happen below a state.
#[derive(Default)]
pub(super) struct Outlook {
    /// By channel: what may still be sent on it, in the order of numbers.
    pub(super) future: Vec<Vec<PacketId>>,
    /// The nodes that may still change something that a property reads.
    pub(super) shows: Bits,
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
    last: Vec<(u32, u32)>,
    /// The nodes that are still to be woken.
    asleep: Bits,
}

/// A step that waits for a packet.
struct Waiting {
    step: u32,
    /// Another that waits for the same packet, or [`NONE`].
    before: u32,
}

/// No step.
const NONE: u32 = u32::MAX;

impl Outlook {
    /// Looks ahead from a state.
    pub(super) fn look(&mut self, here: &mut Here<'_>, eyes: &mut Eyes, known: &Known) {
        self.begin(here);
        loop {
            if let Some(local) = self.queue.pop() {
                self.stand(here, eyes, known, local);
            } else if let Some(packet) = self.arrived.pop() {
                let (round, last) = self.last.get(packet as usize).copied().unwrap_or_default();
                let mut next = if round == self.round { last } else { NONE };
                while let Some(Waiting { step, before }) = self.waiting.get(next as usize) {
                    let step = *step;
                    next = *before;
                    self.follow(here, eyes, known, step);
                }
            } else {
                break;
            }
        }
        self.future.iter_mut().for_each(|future| future.sort_unstable());
    }

    /// Follows what is known of a local state.
    fn stand(&mut self, here: &mut Here<'_>, eyes: &mut Eyes, known: &Known, local: LocalId) {
        let Local { node, decided, bells, .. } = &here.machine.locals[local as usize];
        let node = node.index();
        self.rings |= *decided && !bells.is_empty();
        let Some(learned) = known.of(local) else { return };
        self.rings |= learned.rings;
        if learned.shows {
            self.shows.insert(node);
        }
        for (occasion, step) in &learned.steps {
            match occasion {
                Occasion::Impulse if !self.asleep.contains(node) => {}
                Occasion::Packet(packet) if self.arriving.get(*packet as usize) != Some(&self.round) => {
                    self.wait(*packet, *step);
                }
                _ => self.follow(here, eyes, known, *step),
            }
        }
    }

    #[inline]
    fn wait(&mut self, packet: PacketId, step: u32) {
        let packet = packet as usize;
        if self.last.len() <= packet {
            self.last.resize(packet + 1, (0, NONE));
        }
        let (round, last) = self.last[packet];
        let before = if round == self.round { last } else { NONE };
        self.last[packet] = (self.round, self.waiting.len() as u32);
        self.waiting.push(Waiting { step, before });
    }

    fn begin(&mut self, here: &Here<'_>) {
        let Here { machine, space, state, .. } = here;
        self.round += 1;
        self.rings = false;
        self.queue.clear();
        self.waiting.clear();
        self.future.resize(machine.channels() + state.locals.len(), Vec::new());
        self.future.iter_mut().for_each(Vec::clear);
        self.shows.clear();
        self.asleep.clear();
        space.asleep(state).for_each(|node| self.asleep.insert(node.index()));
        for packet in &state.packets {
            mark(&mut self.arriving, machine.plain(*packet), self.round);
        }
        for local in &state.locals {
            self.reach(*local);
        }
    }

    #[inline]
    fn reach(&mut self, local: LocalId) {
        if mark(&mut self.reached, local, self.round) {
            self.queue.push(local);
        }
    }

    fn follow(&mut self, here: &mut Here<'_>, eyes: &mut Eyes, known: &Known, step: u32) {
        let (Here { machine, judge, .. }, step) = (here, known.step(step));
        let node = step.node as usize;
        if !self.shows.contains(node)
            && known.outcomes(step).any(|outcome| eyes.see(machine, judge, step.local, step.cause, outcome))
        {
            self.shows.insert(node);
        }
        known.led(step).iter().for_each(|local| self.reach(*local));
        for packet in known.sends(step) {
            if mark(&mut self.sent, *packet, self.round) {
                self.future[machine.packets[*packet as usize].channel as usize].push(*packet);
                let heard = machine.plain(*packet);
                if mark(&mut self.arriving, heard, self.round) {
                    self.arrived.push(heard);
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
#[inline]
fn mark(marks: &mut Vec<u32>, number: u32, round: u32) -> bool {
    let number = number as usize;
    if marks.len() <= number {
        marks.resize(number + 1, 0);
    }
    core::mem::replace(&mut marks[number], round) != round
}
