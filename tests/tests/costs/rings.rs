//! Computing on rings.

use catalogue::RingSize;
use nodes_tests::driver::Drive;
use nodes_tests::graphs;

use super::{Arm, random};

arms! {
    ring_size_counts_and_tells: Fifo Reordering Unit Processes;
}

fn ring_size_counts_and_tells(arm: Arm, seed: u64) {
    let mut random = random(seed);
    let nodes = arm.size(seed, &mut random);
    let ended = arm.run(Drive::<RingSize>::on(graphs::ring(nodes)).wake([random.range(0..nodes)]), seed);
    assert_eq!(ended.total(), 2 * nodes as u64);
}
