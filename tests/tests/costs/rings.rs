//! Computing on rings.

use catalogue::RingSize;
use nodes_tests::driver::{Drive, for_seeds};
use nodes_tests::graphs;

use super::{ANY, ends_well, random, size};

#[test]
fn ring_size_counts_and_tells() {
    for_seeds(100, |seed| {
        let mut random = random(seed);
        let nodes = size(seed, 20, &mut random);
        for schedule in ANY {
            let drive = Drive::<RingSize>::on(graphs::ring(nodes)).wake([random.range(0..nodes)]);
            assert_eq!(ends_well(drive.schedule(schedule, seed)).total(), 2 * nodes as u64, "{schedule:?}");
        }
    });
}
