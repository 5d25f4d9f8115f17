//! Elections on other graphs than rings.

use catalogue::{Bully, HyperElect, YoYo};
use nodes::topology::{Graph, GraphBuilder, PortLabel};
use nodes_tests::driver::Drive;
use nodes_tests::formulas::{self, YoYoRun};
use nodes_tests::graphs;

use super::{Arm, graph_case, random};

arms! {
    yo_yo_uses_every_link_twice_in_each_iteration_that_it_lives: Fifo Reordering Unit Processes;
    bully_asks_all_above_it_and_they_do_the_same: Unit;
    bully_elects_the_largest: Processes;
    bully_elects_the_largest_that_is_alive: Unit;
    hyper_elect_stays_below_its_bound: Fifo Reordering Unit Processes;
}

fn yo_yo_uses_every_link_twice_in_each_iteration_that_it_lives(arm: Arm, seed: u64) {
    let (graph, _, _, mut random) = graph_case(arm, seed);
    let ids = graphs::ids(graph.node_count(), &mut random);
    let initiators = graphs::some_nodes(graph.node_count(), &mut random);
    let YoYoRun { messages, iterations, sources } = formulas::yo_yo(&graph, &ids);
    assert!(iterations <= sources.next_power_of_two().trailing_zeros() + 1, "{iterations} iterations, {sources} sources");
    let ended = arm.run(Drive::<YoYo>::on(graph).ids(&ids).wake(initiators).wake_any_time(), seed);
    assert_eq!(ended.total(), messages);
}

fn bully_asks_all_above_it_and_they_do_the_same(arm: Arm, seed: u64) {
    let mut random = random(seed);
    let nodes = arm.size(seed, &mut random);
    let (ids, initiator) = (graphs::ids(nodes, &mut random), random.range(0..nodes));
    let k = ids.iter().filter(|id| **id >= ids[initiator]).count() as u64;
    let ended = arm.run(Drive::<Bully>::on(graphs::complete(nodes)).ids(&ids).wake([initiator]), seed);
    assert_eq!((ended.sent("Election"), ended.sent("Ok")), (k * (k - 1) / 2, k * (k - 1) / 2));
    assert_eq!(ended.sent("Coordinator"), nodes as u64 - 1);
}

/// Real processes do not run in step: who hears of the leader first does not ask any more.
fn bully_elects_the_largest(arm: Arm, seed: u64) {
    let mut random = random(seed);
    let nodes = arm.size(seed, &mut random);
    let ids = graphs::ids(nodes, &mut random);
    let initiators = graphs::some_nodes(nodes, &mut random);
    let ended = arm.run(Drive::<Bully>::on(graphs::complete(nodes)).ids(&ids).wake(initiators), seed);
    assert_eq!(ended.sent("Election"), ended.sent("Ok"), "every question is answered");
    assert_eq!(ended.sent("Coordinator"), nodes as u64 - 1);
}

fn bully_elects_the_largest_that_is_alive(arm: Arm, seed: u64) {
    let mut random = random(seed);
    let nodes = arm.size(seed, &mut random);
    let (ids, mut crashed) = (graphs::ids(nodes, &mut random), graphs::some_nodes(nodes, &mut random));
    let initiator = crashed.pop().unwrap_or_default();
    arm.run(Drive::<Bully>::on(graphs::complete(nodes)).ids(&ids).wake([initiator]).crash(crashed), seed);
}

fn hypercube(dimensions: u8) -> Graph {
    let mut cube = GraphBuilder::new(1 << dimensions);
    for node in 0..1_usize << dimensions {
        for dimension in 0..dimensions {
            let (other, label) = (node ^ (1 << dimension), Some(PortLabel::Dimension(dimension)));
            if node < other {
                cube.labelled_link(node, other, 1.0, label, label);
            }
        }
    }
    cube.build()
}

fn hyper_elect_stays_below_its_bound(arm: Arm, seed: u64) {
    let mut random = random(seed);
    let dimensions = match arm {
        Arm::Processes => random.range(0..=3u8),
        Arm::Large(_) => random.range(0..=7),
        _ => random.range(0..=5),
    };
    let cube = hypercube(dimensions);
    let (n, d) = (cube.node_count() as u64, u64::from(dimensions));
    let ids = graphs::ids(cube.node_count(), &mut random);
    let initiators = graphs::some_nodes(cube.node_count(), &mut random);
    let ended = arm.run(Drive::<HyperElect>::on(cube).ids(&ids).wake(initiators).wake_any_time(), seed);
    assert_eq!(ended.sent("Notify"), n - 1);
    let most = 7 * n - d * d - 3 * d - 7;
    assert!(ended.total() <= most, "{} messages, more than {most}", ended.total());
}
