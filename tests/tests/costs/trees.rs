//! Computing on trees.

use catalogue::Saturation;
use nodes_tests::driver::{Drive, for_seeds};
use nodes_tests::graphs;

use super::{IN_ORDER, ends_well, random, size};

#[test]
fn saturation_wakes_saturates_and_notifies() {
    for_seeds(300, |seed| {
        let mut random = random(seed);
        // From 2 nodes on: one that is alone sends nothing.
        let nodes = size(seed, 14, &mut random) + 1;
        let (tree, ids) = (graphs::tree(nodes, &mut random), graphs::ids(nodes, &mut random));
        let n = nodes as u64;
        for schedule in IN_ORDER {
            for initiators in [vec![random.range(0..nodes)], graphs::some_nodes(nodes, &mut random)] {
                let k = initiators.len() as u64;
                let drive = Drive::<Saturation>::on(tree.clone()).ids(&ids).wake(initiators.clone());
                let ended = ends_well(drive.schedule(schedule, seed));
                assert_eq!(ended.sent("Activate"), n + k - 2, "Activate, {k} initiators, {schedule:?}");
                assert_eq!(ended.sent("M"), n, "M, {k} initiators, {schedule:?}");
                assert_eq!(ended.sent("Notify"), n - 2, "Notify, {k} initiators, {schedule:?}");

                let drive = Drive::<Saturation>::on(tree.clone()).ids(&ids).wake(initiators).wake_any_time();
                ends_well(drive.schedule(schedule, seed));
            }
        }
    });
}

#[test]
fn saturation_of_a_single_node_takes_no_message() {
    assert_eq!(ends_well(Drive::<Saturation>::on(graphs::complete(1))).total(), 0);
}
