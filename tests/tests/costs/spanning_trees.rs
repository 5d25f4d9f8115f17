//! Spanning trees.

use catalogue::{Shout, ShoutPlus};
use nodes_tests::driver::Drive;

use super::{Arm, graph_case};

arms! {
    shout_asks_on_every_link_and_hears_one_yes_for_each_edge_of_the_tree: Fifo Reordering Unit Processes;
    shout_plus_asks_on_every_link_and_nobody_says_no: Fifo Reordering Unit Processes;
}

fn shout_asks_on_every_link_and_hears_one_yes_for_each_edge_of_the_tree(arm: Arm, seed: u64) {
    let (graph, n, m, mut random) = graph_case(arm, seed);
    let root = random.range(0..graph.node_count());
    let ended = arm.run(Drive::<Shout>::on(graph).wake([root]), seed);
    assert_eq!((ended.sent("Q"), ended.sent("Yes"), ended.sent("No")), (2 * m + 1 - n, n - 1, 2 * (m + 1 - n)));
    assert_eq!(ended.total(), 4 * m + 2 - 2 * n);
}

fn shout_plus_asks_on_every_link_and_nobody_says_no(arm: Arm, seed: u64) {
    let (graph, n, m, mut random) = graph_case(arm, seed);
    let root = random.range(0..graph.node_count());
    let ended = arm.run(Drive::<ShoutPlus>::on(graph).wake([root]), seed);
    assert_eq!((ended.sent("Q"), ended.sent("Yes")), (2 * m + 1 - n, n - 1));
    assert_eq!(ended.total(), 2 * m);
}
