//! Computing on trees.

use catalogue::Saturation;
use nodes_tests::driver::Drive;
use nodes_tests::graphs;

use super::{Arm, random};

arms! {
    saturation_wakes_saturates_and_notifies: Fifo Unit Processes;
    saturation_finds_a_pair_whenever_initiators_start: Fifo Processes;
}

fn saturation_wakes_saturates_and_notifies(arm: Arm, seed: u64) {
    let mut random = random(seed);
    let nodes = arm.size(seed, &mut random);
    let mut initiators = graphs::some_nodes(nodes, &mut random);
    if seed.is_multiple_of(2) {
        initiators.truncate(1);
    }
    let (n, k) = (nodes as u64, initiators.len() as u64);
    let (tree, ids) = (graphs::tree(nodes, &mut random), graphs::ids(nodes, &mut random));
    let ended = arm.run(Drive::<Saturation>::on(tree).ids(&ids).wake(initiators), seed);
    if n == 1 {
        assert_eq!(ended.total(), 0, "a node that is alone ends at once");
    } else {
        assert_eq!((ended.sent("Activate"), ended.sent("M"), ended.sent("Notify")), (n + k - 2, n, n - 2));
    }
}

fn saturation_finds_a_pair_whenever_initiators_start(arm: Arm, seed: u64) {
    let mut random = random(seed);
    let nodes = arm.size(seed, &mut random) + 1;
    let (tree, ids) = (graphs::tree(nodes, &mut random), graphs::ids(nodes, &mut random));
    let initiators = graphs::some_nodes(nodes, &mut random);
    let ended = arm.run(Drive::<Saturation>::on(tree).ids(&ids).wake(initiators).wake_any_time(), seed);
    assert_eq!((ended.sent("M"), ended.sent("Notify")), (nodes as u64, nodes as u64 - 2));
}
