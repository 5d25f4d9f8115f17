//! Spanning trees.

use catalogue::{Shout, ShoutPlus};
use nodes_tests::driver::{Drive, for_seeds};

use super::{ANY, ends_well, graph_case};

#[test]
fn shout_asks_on_every_link_and_hears_one_yes_for_each_edge_of_the_tree() {
    for_seeds(300, |seed| {
        let (graph, n, m, mut random) = graph_case(seed);
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

#[test]
fn shout_plus_asks_on_every_link_and_nobody_says_no() {
    for_seeds(300, |seed| {
        let (graph, n, m, mut random) = graph_case(seed);
        for schedule in ANY {
            let root = random.range(0..graph.node_count());
            let ended = ends_well(Drive::<ShoutPlus>::on(graph.clone()).wake([root]).schedule(schedule, seed));
            assert_eq!(ended.sent("Q"), 2 * m + 1 - n, "Q, {schedule:?}");
            assert_eq!(ended.sent("Yes"), n - 1, "Yes, {schedule:?}");
            assert_eq!(ended.total(), 2 * m, "{schedule:?}");
        }
    });
}
