//! Broadcast.

use catalogue::{Echo, Flooding};
use nodes_tests::driver::Drive;
use nodes_tests::graphs;

use super::{Arm, graph_case};

arms! {
    flooding_sends_over_each_link_end_but_those_that_informed: Fifo Reordering Unit Processes;
    flooding_informs_all_whenever_initiators_start: Fifo Reordering Processes;
    echo_sends_one_message_each_way_over_every_link: Fifo Reordering Unit Processes;
}

fn flooding_sends_over_each_link_end_but_those_that_informed(arm: Arm, seed: u64) {
    let (graph, n, m, mut random) = graph_case(arm, seed);
    let mut initiators = graphs::some_nodes(graph.node_count(), &mut random);
    if seed.is_multiple_of(2) {
        initiators.truncate(1);
    }
    let k = initiators.len() as u64;
    let ended = arm.run(Drive::<Flooding>::on(graph).wake(initiators), seed);
    assert_eq!(ended.total(), 2 * m + k - n, "{k} initiators");
}

fn flooding_informs_all_whenever_initiators_start(arm: Arm, seed: u64) {
    let (graph, n, m, mut random) = graph_case(arm, seed);
    let initiators = graphs::some_nodes(graph.node_count(), &mut random);
    let k = initiators.len() as u64;
    let ended = arm.run(Drive::<Flooding>::on(graph).wake(initiators).wake_any_time(), seed);
    // Who is informed before it starts is no initiator any more.
    assert!((2 * m + 1 - n..=2 * m + k - n).contains(&ended.total()), "{} messages", ended.total());
}

fn echo_sends_one_message_each_way_over_every_link(arm: Arm, seed: u64) {
    let (graph, n, m, mut random) = graph_case(arm, seed);
    let ids = graphs::ids(graph.node_count(), &mut random);
    let root = random.range(0..graph.node_count());
    let ended = arm.run(Drive::<Echo>::on(graph).ids(&ids).wake([root]), seed);
    assert_eq!((ended.sent("Wave"), ended.sent("Feedback")), (2 * m + 1 - n, n - 1));
    assert_eq!(ended.total(), 2 * m);
}
