//! Events that commute with all that may ever come to their node, and that no property sees: where one of them can happen, it is all that
//! has to be followed.
//!
//! That is common, and known without a look at what may still happen below the state.

use super::faults::Spare;
use super::learned::{Known, UNBOUNDED};
use super::machine::{Cause, LocalId, Machine, PacketId, Unusable};
use super::scene::{Arrivals, Clear, Lens, Looks, Met, Scene, explore};
use super::space::{Move, Space, State};
use crate::protocol::Links;

/// If the node may come to stand in more local states than that, it is not asked.
const MOST_SPOTS: usize = 32;

/// What is known of events.
#[derive(Default)]
pub(super) struct Free {
    /// By the first of the outcomes of its step.
    answers: Vec<Answer>,
}

#[derive(Clone, Copy, Debug, Default)]
enum Answer {
    #[default]
    Unknown,
    /// That does not change if more may come.
    No,
    /// If no more than so many packets may come to the node.
    Yes(u32),
}

impl Free {
    /// Forgets what was found: properties read more than then.
    pub(super) fn forget(&mut self) {
        self.answers.clear();
    }

    /// The place among the moves of such an event.  They are looked for where messages arrive and nothing else happens.
    pub(super) fn find(
        &mut self,
        lens: &mut Lens<'_>,
        known: &Known,
        space: &Space,
        state: &State,
        moves: &[Move],
    ) -> Result<Option<usize>, Unusable> {
        let arrives = |what: &Move| matches!(what, Move::React { cause: Cause::Packet(_), .. });
        let is_plain = space.links != Links::Lossy && !space.repeats && space.start == Spare::default();
        if !is_plain || !lens.machine.description.alarms.is_empty() || !moves.iter().all(arrives) {
            return Ok(None);
        }
        for (place, what) in moves.iter().enumerate() {
            if let Move::React { node, cause: Cause::Packet(packet), .. } = what
                && self.is_free(lens, known, state.locals[node.index()], *packet)?
            {
                return Ok(Some(place));
            }
        }
        Ok(None)
    }

    fn is_free(&mut self, lens: &mut Lens<'_>, known: &Known, local: LocalId, packet: PacketId) -> Result<bool, Unusable> {
        let step = lens.machine.step(local, Cause::Packet(packet))?.start;
        let coming = known.coming(lens.machine.locals[local as usize].node.index());
        match self.answers.get(step) {
            Some(Answer::No) => return Ok(false),
            Some(Answer::Yes(of)) if *of == coming => return Ok(true),
            _ => {}
        }
        let scene = scene(lens.machine, known, local, packet);
        let seen = Clear { is_hidden: true, ..Clear::default() };
        let is_free = explore(lens, &scene, Looks::ALL, MOST_SPOTS)? == Met::Clear(seen);
        if self.answers.len() <= step {
            self.answers.resize(step + 1, Answer::Unknown);
        }
        self.answers[step] = if is_free { Answer::Yes(coming) } else { Answer::No };
        Ok(is_free)
    }

    /// The memory that it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        size_of_val(&*self.answers)
    }
}

/// A packet that arrives, and all that may come besides.
fn scene(machine: &Machine, known: &Known, local: LocalId, packet: PacketId) -> Scene {
    let by = machine.packets[packet as usize].channel;
    let node = machine.locals[local as usize].node;
    let mut scene = Scene { local, chosen: vec![Cause::Packet(packet)], ..Scene::default() };
    for channel in known.incoming(node.index()) {
        let in_order = machine.keeps_order(*channel);
        // Behind the first message of a link that keeps the order, nothing comes.
        if in_order && *channel == by {
            continue;
        }
        let future = known.sent_on(*channel).iter().copied().filter(|other| *other != packet).collect::<Vec<_>>();
        if !future.is_empty() {
            scene.channels.push(Arrivals { channel: *channel, in_order, future, most: UNBOUNDED, ..Arrivals::default() });
        }
    }
    scene
}
