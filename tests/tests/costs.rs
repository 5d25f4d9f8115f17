//! How many messages each algorithm takes, to the message, on many graphs and under many schedules.
//!
//! The formulas are the literature's, worked out here from the graph and the ids alone.

use catalogue::mutex::{lamport, ricart_agrawala};
use catalogue::{AllTheWay, AsFar, ControlledDistance, Flooding, Lamport, RicartAgrawala, Shout};
use nodes::Protocol;
use nodes::protocol::Random;
use nodes::topology::Graph;
use nodes_tests::driver::{Drive, Ended, Schedule, for_seeds};
use nodes_tests::graphs;

/// Every schedule that links may follow which deliver each message once.
const ANY: [Schedule; 3] = [Schedule::Fifo, Schedule::Reordering, Schedule::Unit];

/// Those of links that keep the order too.
const IN_ORDER: [Schedule; 2] = [Schedule::Fifo, Schedule::Unit];

/// The first seeds take the smallest sizes in turn; the others draw one.
fn size(seed: u64, most: usize, random: &mut Random) -> usize {
    if seed < 9 { seed as usize / 3 + 1 } else { random.range(1..=most) }
}

fn random(seed: u64) -> Random {
    Random::stream(seed, "case", 0)
}

/// n and m.
fn counts(graph: &Graph) -> (u64, u64) {
    (graph.node_count() as u64, graph.link_count() as u64)
}

#[track_caller]
fn ends_well<P: Protocol>(drive: Drive<P>) -> Ended<P> {
    drive.run().unwrap_or_else(|what| panic!("{what}"))
}

#[test]
fn flooding_sends_one_message_over_each_link_end_but_those_that_informed() {
    for_seeds(300, |seed| {
        let mut random = random(seed);
        let graph = graphs::connected(size(seed, 14, &mut random), &mut random);
        let (n, m) = counts(&graph);
        for schedule in ANY {
            let one = random.range(0..graph.node_count());
            let ended = ends_well(Drive::<Flooding>::on(graph.clone()).wake([one]).schedule(schedule, seed));
            assert_eq!(ended.total(), 2 * m + 1 - n, "one initiator, {schedule:?}");

            let several = graphs::some_nodes(graph.node_count(), &mut random);
            let k = several.len() as u64;
            let ended = ends_well(Drive::<Flooding>::on(graph.clone()).wake(several.clone()).schedule(schedule, seed));
            assert_eq!(ended.total(), 2 * m + k - n, "{k} initiators, {schedule:?}");

            ends_well(Drive::<Flooding>::on(graph.clone()).wake(several).wake_any_time().schedule(schedule, seed));
        }
    });
}

#[test]
fn shout_asks_on_every_link_and_hears_one_yes_for_each_edge_of_the_tree() {
    for_seeds(300, |seed| {
        let mut random = random(seed);
        let graph = graphs::connected(size(seed, 14, &mut random), &mut random);
        let (n, m) = counts(&graph);
        for schedule in ANY {
            let root = random.range(0..graph.node_count());
            let ended = ends_well(Drive::<Shout>::on(graph.clone()).wake([root]).schedule(schedule, seed));
            assert_eq!(ended.sent("Q"), 2 * m + 1 - n, "Q, {schedule:?}");
            assert_eq!(ended.sent("Yes"), n - 1, "Yes, {schedule:?}");
            assert_eq!(ended.sent("No"), 2 * (m + 1 - n), "No, {schedule:?}");
            assert_eq!(ended.total(), 4 * m + 2 - 2 * n, "{schedule:?}");
        }
    });
}

/// A ring with ids, who starts, and whether all of them start before anything arrives.
fn ring_case(seed: u64) -> (Vec<u64>, Vec<usize>, Random) {
    let mut random = random(seed);
    let nodes = size(seed, 16, &mut random);
    (graphs::ids(nodes, &mut random), graphs::some_nodes(nodes, &mut random), random)
}

fn on_ring<P: Protocol>(ids: &[u64], initiators: &[usize], schedule: Schedule, seed: u64) -> Ended<P> {
    let drive = Drive::<P>::on(graphs::ring(ids.len())).ids(ids).wake(initiators.iter().copied()).schedule(schedule, seed);
    ends_well(if seed.is_multiple_of(2) { drive } else { drive.wake_any_time() })
}

#[test]
fn all_the_way_sends_every_id_over_every_link() {
    for_seeds(300, |seed| {
        let (ids, initiators, _) = ring_case(seed);
        for schedule in ANY {
            let ended = on_ring::<AllTheWay>(&ids, &initiators, schedule, seed);
            assert_eq!(ended.total(), (ids.len() * ids.len()) as u64, "{schedule:?}");
        }
    });
}

#[test]
fn as_far_sends_every_id_to_the_next_smaller_one() {
    for_seeds(300, |seed| {
        let (ids, initiators, _) = ring_case(seed);
        let n = ids.len();
        let distance = |node: usize| (1..n).find(|far| ids[(node + far) % n] < ids[node]).unwrap_or(n);
        let election = (0..n).map(distance).sum::<usize>() as u64;
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
    for_seeds(300, |seed| {
        let (ids, initiators, _) = ring_case(seed);
        let n = ids.len() as u64;
        let stages = u64::from(n.next_power_of_two().trailing_zeros());
        for schedule in ANY {
            let ended = on_ring::<ControlledDistance>(&ids, &initiators, schedule, seed);
            assert_eq!(ended.sent("Notify"), n, "Notify, {schedule:?}");
            let most = 8 * n * (1 + stages) + n;
            assert!(ended.total() <= most, "{} messages, more than {most}, {schedule:?}", ended.total());
        }
    });
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

/// A number of nodes with ids, and how often each of them enters.
fn mutex_case(seed: u64) -> (Vec<u64>, u32) {
    let mut random = random(seed);
    let nodes = size(seed, 6, &mut random);
    (graphs::ids(nodes, &mut random), random.range(0..=4))
}

#[test]
fn lamport_takes_a_request_a_reply_and_a_release_of_each_other_node_per_entry() {
    for_seeds(300, |seed| {
        let (ids, requests) = mutex_case(seed);
        let n = ids.len() as u64;
        let per_type = (n - 1) * n * u64::from(requests);
        for schedule in IN_ORDER {
            let drive = Drive::<Lamport>::on(graphs::complete(ids.len())).ids(&ids).config(lamport::Options { requests });
            let ended = ends_well(drive.wake(0..ids.len()).schedule(schedule, seed));
            for message in ["Request", "Reply", "Release"] {
                assert_eq!(ended.sent(message), per_type, "{message}, {schedule:?}");
            }
        }
    });
}

#[test]
fn ricart_agrawala_takes_a_request_and_a_reply_of_each_other_node_per_entry() {
    for_seeds(300, |seed| {
        let (ids, requests) = mutex_case(seed);
        let n = ids.len() as u64;
        let per_type = (n - 1) * n * u64::from(requests);
        for schedule in ANY {
            let config = ricart_agrawala::Options { requests };
            let drive = Drive::<RicartAgrawala>::on(graphs::complete(ids.len())).ids(&ids).config(config);
            let ended = ends_well(drive.wake(0..ids.len()).schedule(schedule, seed));
            for message in ["Request", "Reply"] {
                assert_eq!(ended.sent(message), per_type, "{message}, {schedule:?}");
            }
        }
    });
}

#[test]
fn lamport_without_order_lets_two_in() {
    for nodes in [3, 4] {
        let violated = (0..200).find_map(|seed| {
            let drive = Drive::<Lamport>::on(graphs::complete(nodes)).wake(0..nodes).schedule(Schedule::Reordering, seed);
            drive.run().err().filter(|what| what.starts_with("`mutual_exclusion` is violated"))
        });
        assert!(violated.is_some(), "200 schedules without order on {nodes} nodes, and never two in the critical section");
    }
}
