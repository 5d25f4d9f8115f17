//! What follows from a state: the steps that are followed, and where they lead.

use super::machine::Cause;
use super::matters::Unusable;
use super::search::{Made, Search};
use super::space::{Move, State};

/// The steps from a state that are followed.
#[derive(Default)]
pub(super) struct Successors {
    moves: Vec<Move>,
    pub(super) made: Vec<Made>,
    /// By step, and then what is left of longer lists: where it leads, unless it is wrong.
    pub(super) led: Vec<Led>,
    /// By step: the hash of that.
    pub(super) hashes: Vec<u64>,
}

/// A state that a step leads to.
#[derive(Default)]
pub(super) struct Led {
    pub(super) state: State,
    pub(super) bytes: Vec<u8>,
}

impl Successors {
    /// Follows all steps, before any of the states that they lead to is looked for.
    pub(super) fn follow(&mut self, search: &mut Search, state: &State) {
        self.hashes.clear();
        if self.led.len() < self.made.len() {
            self.led.resize_with(self.made.len(), Led::default);
        }
        for (made, Led { state: to, bytes }) in self.made.iter().zip(&mut self.led) {
            if made.outcome.is_none_or(|outcome| search.machine.outcome(outcome).wrong.is_none()) {
                search.space.follow(&mut search.machine, state, made.what, made.outcome, to);
                search.space.encode(&search.machine, to, bytes);
            }
            self.hashes.push(search.states.hash(bytes));
        }
    }

    pub(super) fn fill(&mut self, search: &mut Search, state: &State) -> Result<(), Unusable> {
        search.space.moves(&search.machine, state, &mut self.moves);
        if let Some(reducer) = &mut search.reducer {
            reducer.reduce(&mut search.machine, &mut search.judge, &search.space, state, &mut self.moves)?;
        }
        self.made.clear();
        for what in &self.moves {
            match what {
                Move::React { node, cause, .. } if *cause == Cause::Recover || search.is_alive(state, *node) => {
                    let local = state.locals[node.index()];
                    let outcomes = search.machine.step(local, *cause)?;
                    if let Some(reducer) = &mut search.reducer {
                        reducer.known.learn(&search.machine, local, *cause, outcomes.clone());
                    }
                    self.made.extend(outcomes.map(|outcome| Made { what: *what, outcome: Some(outcome) }));
                }
                Move::Crash { node, inside } => {
                    let outcomes = search.machine.crash(state.locals[node.index()], inside.map(|(cause, _)| cause))?;
                    self.made.extend(outcomes.map(|outcome| Made { what: *what, outcome: Some(outcome) }));
                }
                Move::React { .. } | Move::Duplicate(_) | Move::Lose(_) | Move::Pass(_) => {
                    self.made.push(Made { what: *what, outcome: None });
                }
            }
        }
        Ok(())
    }
}
