//! Elections on rings.

use catalogue::{AllTheWay, AsFar, ChangRoberts, ControlledDistance, DolevKlaweRodeh, HirschbergSinclair, Stages};
use nodes::Protocol;
use nodes_tests::driver::{Drive, Schedule};
use nodes_tests::formulas::{rounds, to_the_next_smaller};
use nodes_tests::graphs;

use super::{Arm, on_ring, ring_case};

arms! {
    all_the_way_sends_every_id_over_every_link: Fifo Reordering Unit Processes;
    as_far_sends_every_id_to_the_next_smaller_one: Fifo Unit Processes;
    as_far_elects_without_order_too: Reordering;
    chang_roberts_with_one_initiator_goes_to_the_smallest_id_and_round_twice: Fifo Reordering Unit Processes;
    chang_roberts_with_all_initiators_sends_every_id_to_the_next_smaller_one: Fifo Unit;
    chang_roberts_elects_whoever_starts: Fifo Reordering Unit Processes;
    controlled_distance_stays_below_its_bound: Fifo Reordering Unit Processes;
    controlled_distance_from_the_smallest_alone_doubles_and_goes_round: Fifo Reordering Unit Processes;
    hirschberg_sinclair_stays_below_its_bound: Fifo Reordering Unit Processes;
    hirschberg_sinclair_from_the_smallest_alone_doubles_and_goes_round: Fifo Reordering Unit Processes;
    stages_take_2n_messages_each_until_one_local_minimum_is_left: Fifo Unit Processes;
    dolev_klawe_rodeh_takes_2n_messages_for_each_phase_of_local_maxima: Fifo Unit Processes;
}

fn all_the_way_sends_every_id_over_every_link(arm: Arm, seed: u64) {
    let (ids, initiators) = ring_case(arm, seed);
    let ended = on_ring::<AllTheWay>(&ids, &initiators, arm, seed);
    assert_eq!(ended.total(), (ids.len() * ids.len()) as u64);
}

fn as_far_sends_every_id_to_the_next_smaller_one(arm: Arm, seed: u64) {
    let (ids, initiators) = ring_case(arm, seed);
    let ended = on_ring::<AsFar>(&ids, &initiators, arm, seed);
    assert_eq!(ended.sent("Election"), to_the_next_smaller(&ids));
    assert_eq!(ended.sent("Notify"), ids.len() as u64);
}

/// A node may hear the result before the last ids come by: less is sent, but the result is right.
fn as_far_elects_without_order_too(arm: Arm, seed: u64) {
    let (ids, initiators) = ring_case(arm, seed);
    let ended = on_ring::<AsFar>(&ids, &initiators, arm, seed);
    assert!(ended.sent("Election") <= to_the_next_smaller(&ids));
    assert_eq!(ended.sent("Notify"), ids.len() as u64);
}

#[test]
fn as_far_costs_least_with_rising_ids_and_most_with_falling_ones() {
    for n in 1..20u64 {
        let run =
            |ids: Vec<u64>| Arm::Driven(Schedule::Fifo).run(Drive::<AsFar>::on(graphs::ring(n as usize)).ids(&ids), n).total();
        assert_eq!(run((0..n).rev().collect()), 2 * n - 1 + n, "best, n = {n}");
        assert_eq!(run((0..n).collect()), n * (n + 1) / 2 + n, "worst, n = {n}");
    }
}

fn chang_roberts_with_one_initiator_goes_to_the_smallest_id_and_round_twice(arm: Arm, seed: u64) {
    let (ids, initiators) = ring_case(arm, seed);
    let n = ids.len();
    let smallest = (0..n).min_by_key(|node| ids[*node]).unwrap_or_default();
    let distance = (smallest + n - initiators[0]) % n;
    let ended = on_ring::<ChangRoberts>(&ids, &initiators[..1], arm, seed);
    assert_eq!(ended.total(), (distance + 2 * n) as u64);
}

fn chang_roberts_with_all_initiators_sends_every_id_to_the_next_smaller_one(arm: Arm, seed: u64) {
    let (ids, _) = ring_case(arm, seed);
    let n = ids.len();
    let ended = arm.run(Drive::<ChangRoberts>::on(graphs::ring(n)).ids(&ids).wake(0..n), seed);
    assert_eq!(ended.total(), to_the_next_smaller(&ids) + n as u64);
}

fn chang_roberts_elects_whoever_starts(arm: Arm, seed: u64) {
    let (ids, initiators) = ring_case(arm, seed);
    let ended = on_ring::<ChangRoberts>(&ids, &initiators, arm, seed);
    assert!(ended.sent("Election") <= to_the_next_smaller(&ids));
    assert_eq!(ended.sent("Notify"), ids.len() as u64);
}

fn stays_below_the_bound<P: Protocol>(arm: Arm, seed: u64) {
    let (ids, initiators) = ring_case(arm, seed);
    let n = ids.len() as u64;
    let ended = on_ring::<P>(&ids, &initiators, arm, seed);
    assert_eq!(ended.sent("Notify"), n);
    let most = 8 * n * (1 + u64::from(n.next_power_of_two().trailing_zeros())) + n;
    assert!(ended.total() <= most, "{} messages, more than {most}", ended.total());
}

fn controlled_distance_stays_below_its_bound(arm: Arm, seed: u64) {
    stays_below_the_bound::<ControlledDistance>(arm, seed);
}

fn hirschberg_sinclair_stays_below_its_bound(arm: Arm, seed: u64) {
    stays_below_the_bound::<HirschbergSinclair>(arm, seed);
}

/// The smallest alone starts.  It asks 1, 2, 4, .. far both ways, and is answered over as many links, while that is below n;
/// then it asks all the way round, from both sides, and the first that comes back ends it.  Under unit delay both do so at
/// once.
fn smallest_alone<P: Protocol>(arm: Arm, seed: u64) {
    let (ids, _) = ring_case(arm, seed);
    let n = ids.len() as u64;
    let smallest = (0..ids.len()).min_by_key(|node| ids[*node]).unwrap_or_default();
    let ended = on_ring::<P>(&ids, &[smallest], arm, seed);
    let answered = 2 * (n.next_power_of_two() - 1);
    assert_eq!((ended.sent("Back"), ended.sent("Notify")), (answered, n));
    if arm.is_in_step() {
        assert_eq!(ended.sent("Forth"), answered + 2 * n);
    } else {
        assert!((answered + n + 1..=answered + 2 * n).contains(&ended.sent("Forth")), "{} Forth", ended.sent("Forth"));
    }
}

fn controlled_distance_from_the_smallest_alone_doubles_and_goes_round(arm: Arm, seed: u64) {
    smallest_alone::<ControlledDistance>(arm, seed);
}

fn hirschberg_sinclair_from_the_smallest_alone_doubles_and_goes_round(arm: Arm, seed: u64) {
    smallest_alone::<HirschbergSinclair>(arm, seed);
}

fn stages_take_2n_messages_each_until_one_local_minimum_is_left(arm: Arm, seed: u64) {
    let (ids, initiators) = ring_case(arm, seed);
    let n = ids.len() as u64;
    let stages = rounds(&ids, |one, other| one < other);
    assert!(stages <= u64::from(n.ilog2()) + 1);
    let ended = on_ring::<Stages>(&ids, &initiators, arm, seed);
    assert_eq!((ended.sent("Election"), ended.sent("Notify")), (2 * n * stages, n));
}

fn dolev_klawe_rodeh_takes_2n_messages_for_each_phase_of_local_maxima(arm: Arm, seed: u64) {
    let (ids, initiators) = ring_case(arm, seed);
    let n = ids.len() as u64;
    let phases = rounds(&ids, |one, other| one > other);
    let ended = on_ring::<DolevKlaweRodeh>(&ids, &initiators, arm, seed);
    assert_eq!(ended.total(), 2 * n * (phases - 1) + 2 * n);
}
