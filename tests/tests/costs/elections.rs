//! Elections on other graphs than rings.

use std::collections::{BTreeMap, BTreeSet};

use catalogue::{Bully, HyperElect, YoYo};
use nodes::topology::{Graph, GraphBuilder, PortLabel};
use nodes_tests::driver::Drive;
use nodes_tests::graphs;

use super::{Arm, graph_case, random};

arms! {
    yo_yo_uses_every_link_twice_in_each_iteration_that_it_lives: Fifo Reordering Unit Processes;
    bully_asks_all_above_it_and_they_do_the_same: Unit;
    bully_elects_the_largest: Processes;
    bully_elects_the_largest_that_is_alive: Unit;
    hyper_elect_stays_below_its_bound: Fifo Reordering Unit Processes;
}

/// Yo-Yo worked out in one place: its messages, iterations, and sources at first.
fn yo_yo(graph: &Graph, ids: &[u64]) -> (u64, u32, usize) {
    // Nodes by id from here on; every link from the smaller to the larger.
    let ends = graph.links().map(|link| (ids[link.a.index()], ids[link.b.index()]));
    let mut links = ends.map(|(a, b)| (a.min(b), a.max(b))).collect::<BTreeSet<_>>();
    let sources = ids.iter().filter(|id| links.iter().all(|(_, below)| below != *id)).count();
    let (mut messages, mut iterations) = (2 * graph.link_count() as u64, 0);
    while !links.is_empty() {
        iterations += 1;
        messages += 2 * links.len() as u64;
        let nodes = links.iter().flat_map(|(a, b)| [*a, *b]).collect::<BTreeSet<_>>();
        let mut over = BTreeMap::<u64, Vec<u64>>::new();
        links.iter().for_each(|(a, b)| over.entry(*b).or_default().push(*a));
        let above = |node: u64| over.get(&node).into_iter().flatten().copied();
        // From the sources down: a node is ready when all above it are.
        let (mut order, mut values) = (Vec::new(), BTreeMap::new());
        while order.len() < nodes.len() {
            for node in &nodes {
                if !values.contains_key(node) && above(*node).all(|node| values.contains_key(&node)) {
                    values.insert(*node, above(*node).map(|node| values[&node]).min().unwrap_or(*node));
                    order.push(*node);
                }
            }
        }
        // And back: for each link, whether it got a yes, and whether it goes.
        let mut votes = BTreeMap::<(u64, u64), (bool, bool)>::new();
        for node in order.into_iter().rev() {
            let from_below = votes.range((node, 0)..=(node, u64::MAX)).map(|(_, vote)| *vote).collect::<Vec<_>>();
            let all_yes = from_below.iter().all(|(yes, _)| *yes);
            let one_value = above(node).map(|above| values[&above]).collect::<BTreeSet<_>>().len() == 1;
            let useless = one_value && from_below.iter().all(|(_, prune)| *prune);
            for neighbour in above(node) {
                let same = above(node).filter(|other| values[other] == values[&neighbour]);
                let yes = all_yes && values[&neighbour] == values[&node];
                votes.insert((neighbour, node), (yes, useless || same.min() != Some(neighbour)));
            }
        }
        let kept = votes.into_iter().filter(|(_, (_, prune))| !prune);
        links = kept.map(|((a, b), (yes, _))| if yes { (a, b) } else { (b, a) }).collect();
    }
    (messages, iterations, sources)
}

fn yo_yo_uses_every_link_twice_in_each_iteration_that_it_lives(arm: Arm, seed: u64) {
    let (graph, _, _, mut random) = graph_case(arm, seed);
    let ids = graphs::ids(graph.node_count(), &mut random);
    let initiators = graphs::some_nodes(graph.node_count(), &mut random);
    let (messages, iterations, sources) = yo_yo(&graph, &ids);
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
