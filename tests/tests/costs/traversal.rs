//! Traversal.

use catalogue::{DfStar, Dft};
use nodes_tests::driver::Drive;
use nodes_tests::formulas::{depth_first, leaves};

use super::{Arm, graph_case, parents};

arms! {
    dft_uses_every_link_there_and_back: Fifo Reordering Unit Processes;
    df_star_makes_no_mistake_if_all_messages_take_equally_long: Unit;
    df_star_mends_its_mistakes_within_the_bound: Fifo Reordering Processes;
}

fn dft_uses_every_link_there_and_back(arm: Arm, seed: u64) {
    let (graph, n, m, mut random) = graph_case(arm, seed);
    let root = random.range(0..graph.node_count());
    let ended = arm.run(Drive::<Dft>::on(graph.clone()).wake([root]), seed);
    assert_eq!((ended.sent("Token"), ended.sent("Return"), ended.sent("BackEdge")), (m, n - 1, m + 1 - n));
    assert_eq!(parents(&ended.world), depth_first(&graph, root));
    if arm.is_in_step() {
        assert_eq!(ended.time, 2 * m, "one message at a time");
    }
}

fn df_star_makes_no_mistake_if_all_messages_take_equally_long(arm: Arm, seed: u64) {
    let (graph, n, m, mut random) = graph_case(arm, seed);
    let root = random.range(0..graph.node_count());
    let tree = depth_first(&graph, root);
    let ended = arm.run(Drive::<DfStar>::on(graph).wake([root]), seed);
    assert_eq!(parents(&ended.world), tree);
    assert_eq!(ended.total(), 2 * m + leaves(&tree) - 1);
    assert_eq!(ended.time, 2 * n - 2);
}

fn df_star_mends_its_mistakes_within_the_bound(arm: Arm, seed: u64) {
    let (graph, n, m, mut random) = graph_case(arm, seed);
    let root = random.range(0..graph.node_count());
    let ended = arm.run(Drive::<DfStar>::on(graph).wake([root]), seed);
    let most = 4 * m + leaves(&parents(&ended.world)) + 1 - 2 * n;
    assert!(ended.total() <= most, "{} messages, more than {most}", ended.total());
}
