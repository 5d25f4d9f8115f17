//! Two-phase commit: Stateright's example `2pc`, after Gray and Lamport, Consensus on transaction commit, 2006.
//!
//! What is sent is read and never taken away; what a participant may do of its own accord is a message that is there from the start.

use std::collections::BTreeSet;

use Participant::*;
use nodes::prelude::*;

use super::hosted::Actors;

/// What can happen.
#[data]
#[derive(Copy, Eq, Hash, PartialOrd, Ord)]
pub enum Happening {
    /// A participant prepares.
    Prepare(u32),
    /// A participant aborts of its own accord.
    ChooseToAbort(u32),
    /// The manager decides to commit, if all are prepared.
    DecideToCommit,
    /// The manager decides to abort.
    DecideToAbort,
    /// A participant's message to the manager.
    Prepared(u32),
    /// The manager's message to a participant.
    Commit(u32),
    /// The same.
    Abort(u32),
}

#[data]
#[derive(Copy, Eq, Hash)]
pub enum Participant {
    Working,
    Ready,
    Committed,
    Aborted,
}

/// The participants, and the manager.
#[data]
#[derive(Eq, Hash)]
pub struct TwoPhaseCommit {
    participants: Vec<Participant>,
    /// What the manager decided.
    decision: Option<bool>,
    prepared: BTreeSet<u32>,
}

impl Actors<Happening> for TwoPhaseCommit {
    fn start(size: u32) -> (Self, Vec<Happening>) {
        let own = (0..size).flat_map(|one| [Happening::Prepare(one), Happening::ChooseToAbort(one)]);
        let actors = TwoPhaseCommit { participants: vec![Working; size as usize], decision: None, prepared: BTreeSet::new() };
        (actors, own.chain([Happening::DecideToCommit, Happening::DecideToAbort]).collect())
    }

    fn deliver(&self, happening: &Happening) -> Vec<(Self, Vec<Happening>)> {
        let mut next = self.clone();
        let all = |message: fn(u32) -> Happening| (0..self.participants.len() as u32).map(message).collect::<Vec<_>>();
        let sent = match *happening {
            Happening::Prepare(one) if self.participants[one as usize] == Working => {
                next.participants[one as usize] = Ready;
                vec![Happening::Prepared(one)]
            }
            Happening::ChooseToAbort(one) if self.participants[one as usize] == Working => {
                next.participants[one as usize] = Aborted;
                vec![]
            }
            Happening::DecideToCommit if self.decision.is_none() && self.prepared.len() == self.participants.len() => {
                next.decision = Some(true);
                all(Happening::Commit)
            }
            Happening::DecideToAbort if self.decision.is_none() => {
                next.decision = Some(false);
                all(Happening::Abort)
            }
            Happening::Prepared(one) if self.decision.is_none() => {
                next.prepared.insert(one);
                vec![]
            }
            Happening::Commit(one) => {
                next.participants[one as usize] = Committed;
                vec![]
            }
            Happening::Abort(one) => {
                next.participants[one as usize] = Aborted;
                vec![]
            }
            _ => return vec![],
        };
        vec![(next, [vec![*happening], sent].concat())]
    }

    /// Nobody aborts what another commits.
    fn is_well(&self) -> bool {
        !(self.participants.contains(&Committed) && self.participants.contains(&Aborted))
    }
}
