//! Snapshots.

use catalogue::ChandyLamport;
use nodes_tests::driver::{Drive, Schedule};
use nodes_tests::graphs;

use super::{Arm, graph_case, random};

arms! {
    chandy_lamport_sends_a_marker_each_way_over_every_link: Fifo Unit Processes;
}

fn chandy_lamport_sends_a_marker_each_way_over_every_link(arm: Arm, seed: u64) {
    let (graph, _, m, mut random) = graph_case(arm, seed);
    let initiators = graphs::some_nodes(graph.node_count(), &mut random);
    let ended = arm.run(Drive::<ChandyLamport>::on(graph).wake(initiators).wake_any_time(), seed);
    assert_eq!(ended.sent("Marker"), 2 * m);
}

#[test]
fn chandy_lamport_without_order_loses_or_doubles_coins() {
    for case in 0..20 {
        let mut random = random(case);
        let nodes = random.range(2..=6);
        let graph = graphs::connected(nodes, &mut random);
        let violated = (0..200).find_map(|seed| {
            let drive = Drive::<ChandyLamport>::on(graph.clone()).schedule(Schedule::Reordering, seed);
            drive.run().err().filter(|what| what.starts_with("`coins_are_conserved` is violated"))
        });
        assert!(violated.is_some(), "200 schedules without order on {graph:?}, and never a wrong snapshot");
    }
}
