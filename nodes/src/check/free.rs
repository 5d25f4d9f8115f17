//! Events that commute with all that may ever come to their node, and that no property sees: where one of them can happen, it is all that
//! has to be followed.
//!
//! That is common, and known without a look at what may still happen below the state.

use core::iter;

use super::around::Here;
use super::learned::{Known, UNBOUNDED};
use super::machine::{Cause, LocalId, Machine, PacketId};
use super::matters::Unusable;
use super::mutant::Mutant;
use super::scene::{Arrivals, Clear, Lens, Looks, Met, Scene, explore};
use super::space::Move;

/// If the node may come to stand in more local states than that, it is not asked.
const MOST_SPOTS: usize = 32;

/// What is known of events.
pub(super) struct Free {
    /// By the first of the outcomes of its step.
    answers: Vec<Answer>,
    mutant: Option<Mutant>,
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
    pub(super) fn new(mutant: Option<Mutant>) -> Self {
        Free { answers: Vec::new(), mutant }
    }

    fn is(&self, mutant: Mutant) -> bool {
        mutant.is(self.mutant)
    }

    /// Forgets what was found: properties read more than then.
    pub(super) fn forget(&mut self) {
        self.answers.clear();
    }

    /// The place among the moves of such an event.  They are looked for where messages arrive and nothing else happens.
    pub(super) fn find(&mut self, here: &mut Here<'_>, lens: &mut Lens, known: &Known) -> Result<Option<usize>, Unusable> {
        let (state, moves) = (here.state, here.moves);
        let arrives = |what: &Move| matches!(what, Move::React { cause: Cause::Packet(_), .. });
        // If one is set for the first time in a later state, there will be another pass.
        let may_ring = here.machine.sets_alarms && !self.is(Mutant::FreeAlarms);
        if may_ring || !(moves.iter().all(arrives) || self.is(Mutant::FreeAmongOthers)) {
            return Ok(None);
        }
        for (place, what) in moves.iter().enumerate() {
            if let Move::React { node, cause: Cause::Packet(packet), .. } = what
                && self.is_free(here, lens, known, state.locals[node.index()], *packet)?
            {
                return Ok(Some(place));
            }
        }
        Ok(None)
    }

    fn is_free(
        &mut self,
        here: &mut Here<'_>,
        lens: &mut Lens,
        known: &Known,
        local: LocalId,
        packet: PacketId,
    ) -> Result<bool, Unusable> {
        let step = here.machine.step(local, Cause::Packet(packet))?.start;
        let coming = known.coming(here.machine.locals[local as usize].node.index());
        match self.answers.get(step) {
            Some(Answer::No) => return Ok(false),
            Some(Answer::Yes(of)) if *of == coming || self.is(Mutant::FreeForEver) => return Ok(true),
            _ => {}
        }
        let scene = self.scene(here.machine, known, local, packet);
        let is_free = match explore(here, lens, &scene, Looks::ALL, MOST_SPOTS)? {
            Met::Clear(Clear { is_hidden, shows_others, rings, .. }) => {
                (is_hidden || self.is(Mutant::FreeSeen)) && (!shows_others || self.is(Mutant::FreeBesideSeen)) && !rings
            }
            Met::Conflict(_) => false,
        };
        if self.answers.len() <= step {
            self.answers.resize(step + 1, Answer::Unknown);
        }
        self.answers[step] = if is_free { Answer::Yes(coming) } else { Answer::No };
        Ok(is_free)
    }

    /// A packet that arrives, and all that may come besides.
    fn scene(&self, machine: &Machine, known: &Known, local: LocalId, packet: PacketId) -> Scene {
        let by = machine.packets[packet as usize].channel;
        let node = machine.locals[local as usize].node;
        let most = if self.is(Mutant::FreeOnce) { 1 } else { UNBOUNDED };
        let mut scene = Scene::default();
        scene.begin(local);
        scene.chosen.push(Cause::Packet(packet));
        for channel in known.incoming(node.index()) {
            let in_order = machine.keeps_order(*channel);
            // Behind the first message of a link that keeps the order, nothing comes.
            if (in_order || self.is(Mutant::FreeLink)) && *channel == by {
                continue;
            }
            let future = known.sent_on(*channel).iter().copied().filter(|other| *other != packet);
            scene.add(Arrivals { channel: *channel, in_order, most, ..Arrivals::default() }, iter::empty(), future);
        }
        scene
    }

    /// The memory that it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        size_of_val(&*self.answers)
    }
}
