//! Which events of a state need to be followed: a stubborn set.
//!
//! Beside an event, those are chosen that could happen before it and do not commute with it; what has not been sent yet is kept from
//! happening, by choosing all events of its sender.  Then each run from the state is one from behind a chosen event, but for the order
//! of events that commute.  So that no state is lost in which a property does not hold, one of the chosen events is seen by none,
//! wherever it happens, or all properties hold and nothing that is seen can happen before them.

use super::around::Here;
use super::bits::Bits;
use super::closing::Closing;
use super::commute::Commute;
use super::eyes::Eyes;
use super::free::Free;
use super::judge::Judge;
use super::learned::Known;
use super::machine::Machine;
use super::matters::Unusable;
use super::mutant::Mutant;
use super::scene::Lens;
use super::space::{Move, Space, State};

/// Chooses what is followed.
pub(super) struct Reducer {
    pub(super) known: Known,
    lens: Lens,
    free: Free,
    closing: Closing,
    mutant: Option<Mutant>,
}

impl Reducer {
    pub(super) fn new(machine: &Machine, nodes_only: bool, mutant: Option<Mutant>) -> Self {
        let mut lens = Lens { eyes: Eyes::new(), commute: Commute::new(), nodes_only };
        let mut closing = Closing::new(machine, mutant);
        if let Some(mutant) = mutant {
            mutant.break_parts(&mut lens.eyes, &mut lens.commute, &mut closing.scenes);
        }
        Reducer { known: Known::new(machine), lens, free: Free::new(mutant), closing, mutant }
    }

    /// The memory that it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.known.memory() + self.lens.commute.memory() + self.closing.memory() + self.free.memory()
    }

    /// Whether losses are chosen with their messages, and not left out.
    pub(super) fn sees_losses(&self) -> bool {
        self.lens.eyes.see_messages()
    }

    /// Leaves out the moves that need not be followed.
    pub(super) fn reduce(
        &mut self,
        machine: &mut Machine,
        judge: &mut Judge,
        space: &Space,
        state: &State,
        moves: &mut Vec<Move>,
    ) -> Result<(), Unusable> {
        if let Some(chosen) = self.choose(&mut Here { machine, judge, space, state, moves })? {
            let mut place = 0..;
            moves.retain(|_| place.next().is_some_and(|place| chosen.contains(place)));
        }
        Ok(())
    }

    /// The places of the moves that are followed, if not all are.
    fn choose(&mut self, here: &mut Here<'_>) -> Result<Option<Bits>, Unusable> {
        if here.moves.len() < 2 {
            return Ok(None);
        }
        if self.lens.eyes.open(here.judge) {
            self.closing.scenes.forget();
            self.free.forget();
            self.known.changes();
        }
        let sees_faults = self.lens.eyes.see_messages() && here.state.spare.harms_messages();
        if sees_faults && !Mutant::LateFaults.is(self.mutant) {
            // A property that sees a fault is looked at behind the next step only: which one that is, counts.
            return Ok(None);
        }
        if here.space.is_together() && here.space.is_waking(here.state) {
            return self.impulse(here);
        }
        if let Some(free) = self.find_free(here)? {
            return Ok(Some([free].into_iter().collect()));
        }
        let Some(best) = self.closing.smallest(here, &mut self.lens, &self.known)? else { return Ok(None) };
        for (node, clear) in best.in_part() {
            self.known.note(here.state.locals[node], clear.shows_others || clear.shows_chosen, clear.rings);
        }
        Ok(Some(best.moves.clone()))
    }

    /// An event that may be followed alone, whatever may still happen.
    fn find_free(&mut self, here: &mut Here<'_>) -> Result<Option<usize>, Unusable> {
        // What is wrong with the rest shows only where the rest is needed.
        if self.mutant.is_some_and(|mutant| !mutant.is_of_free()) {
            return Ok(None);
        }
        self.free.find(here, &mut self.lens, &self.known)
    }

    /// While nodes are woken together, nothing else happens: one node that nobody sees wake up.
    fn impulse(&mut self, here: &mut Here<'_>) -> Result<Option<Bits>, Unusable> {
        let Here { machine, judge, state, moves, .. } = here;
        for what in *moves {
            let Move::React { node, cause, .. } = what else { continue };
            let local = state.locals[node.index()];
            let mut outcomes = machine.step(local, *cause)?;
            if !outcomes.any(|outcome| self.lens.eyes.see(machine, judge, local, *cause, outcome))
                || Mutant::Together.is(self.mutant)
            {
                let is_its = |other: &Move| matches!(other, Move::React { node: other, .. } if other == node);
                return Ok(Some((0..moves.len()).filter(|place| is_its(&moves[*place])).collect()));
            }
        }
        Ok(None)
    }
}
