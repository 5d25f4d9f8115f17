//! Mutual exclusion.

use catalogue::mutex::{lamport, ricart_agrawala, suzuki_kasami};
use catalogue::{Lamport, RicartAgrawala, SuzukiKasami};
use nodes_tests::driver::{Drive, Schedule, for_seeds};
use nodes_tests::graphs;

use super::{ANY, IN_ORDER, ends_well, random, size};

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

#[test]
fn suzuki_kasami_takes_n_messages_for_each_time_that_the_token_moves() {
    for_seeds(300, |seed| {
        let (ids, requests) = mutex_case(seed);
        let n = ids.len() as u64;
        for schedule in ANY {
            let config = suzuki_kasami::Options { requests };
            let drive = Drive::<SuzukiKasami>::on(graphs::complete(ids.len())).ids(&ids).config(config);
            let ended = ends_well(drive.wake(0..ids.len()).schedule(schedule, seed));
            let moves = ended.sent("Token");
            assert_eq!(ended.sent("Request"), (n - 1) * moves, "Request, {schedule:?}");
            assert!(moves <= n * u64::from(requests), "an entry moves it once at most, {schedule:?}");
            assert!(requests == 0 || moves >= n - 1, "it must come to all others, {schedule:?}");
        }
    });
}
