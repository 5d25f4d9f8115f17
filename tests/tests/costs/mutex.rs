//! Mutual exclusion.

use catalogue::mutex::{lamport, ricart_agrawala, suzuki_kasami};
use catalogue::{Lamport, RicartAgrawala, SuzukiKasami};
use nodes::Protocol;
use nodes_tests::driver::{Drive, Ended, Schedule};
use nodes_tests::graphs;

use super::{Arm, random};

arms! {
    lamport_takes_a_request_a_reply_and_a_release_of_each_other_node_per_entry: Fifo Unit Processes;
    ricart_agrawala_takes_a_request_and_a_reply_of_each_other_node_per_entry: Fifo Reordering Unit Processes;
    suzuki_kasami_takes_n_messages_for_each_time_that_the_token_moves: Fifo Reordering Unit Processes;
}

/// Some nodes, each of which enters some times: n, how often each enters, and what came out.
fn mutex_run<P: Protocol>(arm: Arm, seed: u64, config: impl Fn(u32) -> P::Config) -> (u64, u64, Ended<P>) {
    let mut random = random(seed);
    let is_large = matches!(arm, Arm::Large(_));
    let nodes = if is_large { arm.size(seed, &mut random) } else { arm.size(seed, &mut random).min(6) };
    // 200 nodes that enter once send 120,000 messages.
    let (ids, requests) = (graphs::ids(nodes, &mut random), random.range(0..=if is_large { 1 } else { 4 }));
    let drive = Drive::<P>::on(graphs::complete(nodes)).ids(&ids).config(config(requests)).wake(0..nodes);
    (nodes as u64, u64::from(requests), arm.run(drive, seed))
}

fn lamport_takes_a_request_a_reply_and_a_release_of_each_other_node_per_entry(arm: Arm, seed: u64) {
    let (n, requests, ended) = mutex_run::<Lamport>(arm, seed, |requests| lamport::Options { requests });
    let others = (n - 1) * n * requests;
    assert_eq!((ended.sent("Request"), ended.sent("Reply"), ended.sent("Release")), (others, others, others));
}

fn ricart_agrawala_takes_a_request_and_a_reply_of_each_other_node_per_entry(arm: Arm, seed: u64) {
    let (n, requests, ended) = mutex_run::<RicartAgrawala>(arm, seed, |requests| ricart_agrawala::Options { requests });
    let others = (n - 1) * n * requests;
    assert_eq!((ended.sent("Request"), ended.sent("Reply")), (others, others));
}

fn suzuki_kasami_takes_n_messages_for_each_time_that_the_token_moves(arm: Arm, seed: u64) {
    let (n, requests, ended) = mutex_run::<SuzukiKasami>(arm, seed, |requests| suzuki_kasami::Options { requests });
    let moves = ended.sent("Token");
    assert_eq!(ended.sent("Request"), (n - 1) * moves);
    assert!(moves <= n * requests, "an entry moves it once at most");
    assert!(requests == 0 || moves >= n - 1, "it must come to all others");
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
