//! The models as protocols.  The state before the impulse, and the impulse, are not counted: stateright has none.

use nodes::check::{Check, Reduction};
use nodes::protocol::{Payload, Protocol};
use nodes::run::Run;

use crate::measure::Counts;
use crate::models::abd::Abd;
use crate::models::hosted::{self, Actors, Hosted};
use crate::models::message_chase::MessageChase;
use crate::models::paxos::{self, Paxos};
use crate::models::ping_pong::{self, PingPong};
use crate::models::two_phase_commit::TwoPhaseCommit;

pub fn ping_pong(most: u32) -> Counts {
    count(&Run::<PingPong>::on("path:2").config(ping_pong::Options { most }))
}

pub fn message_chase(nodes: usize) -> Counts {
    count(&Run::<MessageChase>::on(format!("directed-ring:{nodes}").as_str()))
}

pub fn paxos(clients: usize) -> Counts {
    count(&Run::<Paxos>::on("complete:4").config(paxos::Options { clients }))
}

pub fn abd(servers: u32) -> Counts {
    hosted::<Abd, _>(servers)
}

pub fn two_phase_commit(participants: u32) -> Counts {
    hosted::<TwoPhaseCommit, _>(participants)
}

fn hosted<A: Actors<E>, E: Payload>(size: u32) -> Counts {
    count(&Run::<Hosted<A, E>>::on("ring:1").config(hosted::Options { size }))
}

fn count<P: Protocol>(run: &Run<P>) -> Counts {
    let checked = run.check(Check::new().reduction(Reduction::Full)).expect("it can be checked");
    assert!(checked.complete && checked.violations.is_empty(), "{:?}", checked.violations);
    Counts { states: checked.states.total - 1, transitions: checked.transitions - 1 }
}
