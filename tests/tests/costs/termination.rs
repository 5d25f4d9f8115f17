//! Termination detection.

use catalogue::DijkstraScholten;
use catalogue::termination::dijkstra_scholten::Options;
use nodes_tests::driver::Drive;

use super::{Arm, graph_case};

arms! {
    dijkstra_scholten_sends_as_many_acknowledgements_as_there_is_work: Fifo Reordering Unit Processes;
}

fn dijkstra_scholten_sends_as_many_acknowledgements_as_there_is_work(arm: Arm, seed: u64) {
    let (graph, n, _, mut random) = graph_case(arm, seed);
    let (root, tasks) = (random.range(0..graph.node_count()), random.range(0..=60));
    let ended = arm.run(Drive::<DijkstraScholten>::on(graph).config(Options { tasks }).wake([root]), seed);
    assert_eq!(ended.sent("Ack"), ended.sent("Work"));
    assert!(n == 1 || tasks < 20 || ended.sent("Work") > 0, "nobody gave any work away");
}
