//! As many states as Stateright 0.31 counts, in its own tests or in `benches/stateright`, which runs both.
//!
//! Here is one more: that before the impulse.

use nodes::check::Checked;
use nodes::protocol::Protocol;
use nodes::run::Run;

use crate::check;
use crate::models::abd::Abd;
use crate::models::hosted::{self, Actors, Hosted};
use crate::models::message_chase::MessageChase;
use crate::models::paxos::{self, Paxos};
use crate::models::ping_pong::{self, PingPong};
use crate::models::repeated::Repeated;
use crate::models::single_copy::SingleCopy;
use crate::models::single_decree::SingleDecree;
use crate::models::two_phase_commit::TwoPhaseCommit;

fn whole<P: Protocol>(run: &Run<P>) -> Checked {
    let checked = check(run);
    assert!(checked.complete && checked.violations.is_empty(), "{:?}", checked.violations);
    checked
}

/// How many states there are behind the impulse.
fn states<P: Protocol>(run: &Run<P>) -> u64 {
    whole(run).states.total - 1
}

fn hosted<A: Actors<E>, E: nodes::protocol::Payload>(size: u32) -> u64 {
    states(&Run::<Hosted<A, E>>::on("ring:1").config(hosted::Options { size }))
}

#[test]
fn ping_pong_to_five_has_11_states() {
    assert_eq!(states(&Run::<PingPong>::on("path:2").config(ping_pong::Options { most: 5 })), 11);
}

/// `visits_expected_states` and `maintains_fixed_delta_despite_lossy_duplicating_network`.
#[test]
fn ping_pong_over_a_network_that_loses_and_repeats_has_14_states_to_one_and_4094_to_five() {
    assert_eq!([1, 5].map(hosted::<Repeated, _>), [14, 4_094]);
}

/// Each message is at one of its places independently of the others.
#[test]
fn a_message_chase_on_the_worst_ring_has_the_factorial_of_n_plus_1_states() {
    let chase = |nodes: usize| states(&Run::<MessageChase>::on(format!("directed-ring:{nodes}").as_str()));
    assert_eq!([5, 6, 7].map(chase), [720, 5_040, 40_320]);
}

#[test]
fn two_phase_commit_of_3_and_5_has_288_and_8832_states() {
    assert_eq!([3, 5].map(hosted::<TwoPhaseCommit, _>), [288, 8_832]);
}

#[test]
fn a_register_of_two_servers_and_two_clients_has_544_states() {
    assert_eq!(hosted::<Abd, _>(2), 544);
}

/// Two servers that do not talk give an old value: client 1 writes to one and reads from the other.
#[test]
fn a_register_of_one_server_has_93_states_and_of_two_it_is_none() {
    assert_eq!(hosted::<SingleCopy, _>(1), 93);
    let checked = check(&Run::<Hosted<SingleCopy, _>>::on("ring:1").config(hosted::Options { size: 2 }));
    let failure = checked.failure().expect("it is no register");
    // The impulse; that it writes arrives, and is acknowledged; that it reads arrives, and is answered.
    assert_eq!((failure.property.as_deref(), failure.events, failure.shortest), (Some("is_well"), 5, true));
}

#[test]
fn paxos_of_three_servers_and_two_clients_has_16668_states() {
    assert_eq!(hosted::<SingleDecree, _>(2), 16_668);
}

/// So many has it there if a message that changes nothing is taken from its link all the same: see `benches/stateright`.
#[test]
fn paxos_on_a_graph_has_301099_states() {
    let checked = whole(&Run::<Paxos>::on("complete:4").config(paxos::Options { clients: 2 }));
    assert_eq!((checked.states.total - 1, checked.transitions - 1), (301_099, 1_372_702));
    assert!(checked.holds(), "{:?}", checked.outcome);
}
