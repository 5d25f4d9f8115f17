//! Broadcast.

use catalogue::{Echo, Flooding};
use nodes_tests::driver::{Drive, for_seeds};
use nodes_tests::graphs;

use super::{ANY, ends_well, graph_case};

#[test]
fn flooding_sends_one_message_over_each_link_end_but_those_that_informed() {
    for_seeds(300, |seed| {
        let (graph, n, m, mut random) = graph_case(seed);
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
fn echo_sends_one_message_each_way_over_every_link() {
    for_seeds(300, |seed| {
        let (graph, n, m, mut random) = graph_case(seed);
        for schedule in ANY {
            let root = random.range(0..graph.node_count());
            let ids = graphs::ids(graph.node_count(), &mut random);
            let ended = ends_well(Drive::<Echo>::on(graph.clone()).ids(&ids).wake([root]).schedule(schedule, seed));
            assert_eq!(ended.sent("Wave"), 2 * m + 1 - n, "Wave, {schedule:?}");
            assert_eq!(ended.sent("Feedback"), n - 1, "Feedback, {schedule:?}");
            assert_eq!(ended.total(), 2 * m, "{schedule:?}");
        }
    });
}
