//! Termination detection.

use catalogue::DijkstraScholten;
use catalogue::termination::dijkstra_scholten::Options;
use nodes_tests::driver::{Drive, for_seeds};

use super::{ANY, ends_well, graph_case};

#[test]
fn dijkstra_scholten_sends_as_many_acknowledgements_as_there_is_work() {
    for_seeds(300, |seed| {
        let (graph, n, _, mut random) = graph_case(seed);
        for schedule in ANY {
            let (root, tasks) = (random.range(0..graph.node_count()), random.range(0..=60));
            let drive = Drive::<DijkstraScholten>::on(graph.clone()).config(Options { tasks }).wake([root]);
            let ended = ends_well(drive.schedule(schedule, seed));
            assert_eq!(ended.sent("Ack"), ended.sent("Work"), "{schedule:?}");
            assert!(n == 1 || tasks < 20 || ended.sent("Work") > 0, "nobody gave any work away, {schedule:?}");
        }
    });
}
