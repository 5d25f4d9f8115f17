//! Elections on rings.

use catalogue::{AllTheWay, AsFar, ChangRoberts, ControlledDistance, DolevKlaweRodeh, HirschbergSinclair, Stages};
use nodes::Protocol;
use nodes_tests::driver::{Drive, Schedule, for_seeds};
use nodes_tests::graphs;

use super::{ANY, IN_ORDER, ends_well, on_ring, ring_case};

/// The sum over all nodes of how far to the right the next smaller id is; n for the smallest.
fn distances_to_the_next_smaller(ids: &[u64]) -> u64 {
    let n = ids.len();
    let distance = |node: usize| (1..n).find(|far| ids[(node + far) % n] < ids[node]).unwrap_or(n);
    (0..n).map(distance).sum::<usize>() as u64
}

/// How often one must keep those of a circle that beat both neighbours until one is left, and once more.
fn rounds(mut circle: Vec<u64>, beats: impl Fn(u64, u64) -> bool) -> u64 {
    let mut rounds = 1;
    while circle.len() > 1 {
        let n = circle.len();
        let survives = |place: &usize| {
            let (before, id, after) = (circle[(place + n - 1) % n], circle[*place], circle[(place + 1) % n]);
            beats(id, before) && beats(id, after)
        };
        circle = (0..n).filter(survives).map(|place| circle[place]).collect();
        rounds += 1;
    }
    rounds
}

/// That of controlled distance and of Hirschberg and Sinclair's algorithm.
fn stays_below_the_bound<P: Protocol>(seed: u64) {
    let (ids, initiators) = ring_case(seed);
    let n = ids.len() as u64;
    let most = 8 * n * (1 + u64::from(n.next_power_of_two().trailing_zeros())) + n;
    for schedule in ANY {
        let ended = on_ring::<P>(&ids, &initiators, schedule, seed);
        assert_eq!(ended.sent("Notify"), n, "Notify, {schedule:?}");
        assert!(ended.total() <= most, "{} messages, more than {most}, {schedule:?}", ended.total());
    }
}

#[test]
fn all_the_way_sends_every_id_over_every_link() {
    for_seeds(300, |seed| {
        let (ids, initiators) = ring_case(seed);
        for schedule in ANY {
            let ended = on_ring::<AllTheWay>(&ids, &initiators, schedule, seed);
            assert_eq!(ended.total(), (ids.len() * ids.len()) as u64, "{schedule:?}");
        }
    });
}

#[test]
fn as_far_sends_every_id_to_the_next_smaller_one() {
    for_seeds(300, |seed| {
        let (ids, initiators) = ring_case(seed);
        let (n, election) = (ids.len(), distances_to_the_next_smaller(&ids));
        for schedule in IN_ORDER {
            let ended = on_ring::<AsFar>(&ids, &initiators, schedule, seed);
            assert_eq!(ended.sent("Election"), election, "Election, {schedule:?}");
            assert_eq!(ended.sent("Notify"), n as u64, "Notify, {schedule:?}");
        }
        // Without order a node may hear the result before the last ids come by: less is sent, but the result is right.
        let ended = on_ring::<AsFar>(&ids, &initiators, Schedule::Reordering, seed);
        assert!(ended.sent("Election") <= election);
    });
}

#[test]
fn as_far_costs_least_with_rising_ids_and_most_with_falling_ones() {
    for n in 1..20u64 {
        let nodes = n as usize;
        let to_the_left = (0..n).rev().collect::<Vec<_>>();
        let ended = ends_well(Drive::<AsFar>::on(graphs::ring(nodes)).ids(&to_the_left));
        assert_eq!(ended.total(), 2 * n - 1 + n, "best, n = {n}");
        let to_the_right = (0..n).collect::<Vec<_>>();
        let ended = ends_well(Drive::<AsFar>::on(graphs::ring(nodes)).ids(&to_the_right));
        assert_eq!(ended.total(), n * (n + 1) / 2 + n, "worst, n = {n}");
    }
}

#[test]
fn controlled_distance_stays_below_its_bound() {
    for_seeds(300, stays_below_the_bound::<ControlledDistance>);
}

#[test]
fn controlled_distance_from_the_smallest_alone_asks_1_2_4_and_8_far() {
    // Node 0 alone starts, and is the smallest: it asks 1, 2 and 4 far both ways, and is answered over as many links; what it
    // asks 8 far comes back to it, from both sides at once under unit delay.
    let ended = ends_well(Drive::<ControlledDistance>::on(graphs::ring(8)).schedule(Schedule::Unit, 0));
    assert_eq!(ended.sent("Forth"), 2 * (1 + 2 + 4 + 8));
    assert_eq!(ended.sent("Back"), 2 * (1 + 2 + 4));
    assert_eq!(ended.sent("Notify"), 8);
    let alone = ends_well(Drive::<ControlledDistance>::on(graphs::ring(1)).schedule(Schedule::Unit, 0));
    assert_eq!(alone.total(), 3, "both questions come back; one of them ends it");
}

#[test]
fn hirschberg_sinclair_stays_below_its_bound() {
    for_seeds(300, stays_below_the_bound::<HirschbergSinclair>);
}

#[test]
fn chang_roberts_with_one_initiator_goes_to_the_smallest_id_and_round_twice() {
    for_seeds(300, |seed| {
        let (ids, initiators) = ring_case(seed);
        let n = ids.len();
        let smallest = (0..n).min_by_key(|node| ids[*node]).unwrap_or_default();
        let distance = (smallest + n - initiators[0]) % n;
        for schedule in ANY {
            let ended = on_ring::<ChangRoberts>(&ids, &initiators[..1], schedule, seed);
            assert_eq!(ended.total(), (distance + 2 * n) as u64, "{schedule:?}");
            on_ring::<ChangRoberts>(&ids, &initiators, schedule, seed);
        }
    });
}

#[test]
fn chang_roberts_with_all_initiators_sends_every_id_to_the_next_smaller_one() {
    for_seeds(300, |seed| {
        let (ids, _) = ring_case(seed);
        for schedule in IN_ORDER {
            let drive = Drive::<ChangRoberts>::on(graphs::ring(ids.len())).ids(&ids).wake(0..ids.len());
            let total = ends_well(drive.schedule(schedule, seed)).total();
            assert_eq!(total, distances_to_the_next_smaller(&ids) + ids.len() as u64, "{schedule:?}");
        }
    });
}

#[test]
fn stages_take_2n_messages_each_until_one_local_minimum_is_left() {
    for_seeds(300, |seed| {
        let (ids, initiators) = ring_case(seed);
        let n = ids.len() as u64;
        let stages = rounds(ids.clone(), |one, other| one < other);
        assert!(stages <= u64::from(n.ilog2()) + 1);
        for schedule in IN_ORDER {
            let ended = on_ring::<Stages>(&ids, &initiators, schedule, seed);
            assert_eq!(ended.sent("Election"), 2 * n * stages, "Election, {schedule:?}");
            assert_eq!(ended.sent("Notify"), n, "Notify, {schedule:?}");
        }
    });
}

#[test]
fn dolev_klawe_rodeh_takes_2n_messages_for_each_phase_of_local_maxima() {
    for_seeds(300, |seed| {
        let (ids, initiators) = ring_case(seed);
        let n = ids.len() as u64;
        let phases = rounds(ids.clone(), |one, other| one > other);
        for schedule in IN_ORDER {
            let ended = on_ring::<DolevKlaweRodeh>(&ids, &initiators, schedule, seed);
            assert_eq!(ended.total(), 2 * n * (phases - 1) + 2 * n, "{schedule:?}");
        }
    });
}
