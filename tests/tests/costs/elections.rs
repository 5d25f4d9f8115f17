//! Elections on other graphs than rings.

use std::collections::{BTreeMap, BTreeSet};

use catalogue::{Bully, HyperElect, YoYo};
use nodes::topology::{Graph, GraphBuilder, PortLabel};
use nodes_tests::driver::{Drive, Schedule, for_seeds};
use nodes_tests::graphs;

use super::{ANY, ends_well, graph_case, random, size};

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
        let above = |node: u64| links.iter().filter(move |link| link.1 == node).map(|link| link.0);
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
            let from_below = votes.iter().filter(|(link, _)| link.0 == node).map(|(_, vote)| *vote).collect::<Vec<_>>();
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

#[test]
fn yo_yo_uses_every_link_twice_in_each_iteration_that_it_lives() {
    for_seeds(300, |seed| {
        let (graph, _, _, mut random) = graph_case(seed);
        let ids = graphs::ids(graph.node_count(), &mut random);
        let (messages, iterations, sources) = yo_yo(&graph, &ids);
        assert!(iterations <= sources.next_power_of_two().trailing_zeros() + 1, "{iterations} iterations, {sources} sources");
        for schedule in ANY {
            let initiators = graphs::some_nodes(graph.node_count(), &mut random);
            let drive = Drive::<YoYo>::on(graph.clone()).ids(&ids).wake(initiators).wake_any_time();
            assert_eq!(ends_well(drive.schedule(schedule, seed)).total(), messages, "{schedule:?}");
        }
    });
}

#[test]
fn bully_asks_all_above_it_and_they_do_the_same() {
    for_seeds(200, |seed| {
        let mut random = random(seed);
        let nodes = size(seed, 9, &mut random);
        let (ids, initiator) = (graphs::ids(nodes, &mut random), random.range(0..nodes));
        let k = ids.iter().filter(|id| **id >= ids[initiator]).count() as u64;
        let drive = Drive::<Bully>::on(graphs::complete(nodes)).ids(&ids).wake([initiator]);
        let ended = ends_well(drive.schedule(Schedule::Unit, seed));
        assert_eq!(ended.sent("Election"), k * (k - 1) / 2);
        assert_eq!(ended.sent("Ok"), k * (k - 1) / 2);
        assert_eq!(ended.sent("Coordinator"), nodes as u64 - 1);
    });
}

#[test]
fn bully_elects_the_largest_that_is_alive() {
    for_seeds(200, |seed| {
        let mut random = random(seed);
        let nodes = random.range(2..=9);
        let (ids, mut crashed) = (graphs::ids(nodes, &mut random), graphs::some_nodes(nodes, &mut random));
        let initiator = crashed.pop().unwrap_or_default();
        let drive = Drive::<Bully>::on(graphs::complete(nodes)).ids(&ids).wake([initiator]).crash(crashed);
        ends_well(drive.schedule(Schedule::Unit, seed));
    });
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

#[test]
fn hyper_elect_stays_below_its_bound() {
    for_seeds(300, |seed| {
        let mut random = random(seed);
        let dimensions = random.range(0..=5u8);
        let cube = hypercube(dimensions);
        let (nodes, d) = (cube.node_count(), u64::from(dimensions));
        let n = nodes as u64;
        let ids = graphs::ids(nodes, &mut random);
        for schedule in ANY {
            let drive = Drive::<HyperElect>::on(cube.clone()).ids(&ids).wake(graphs::some_nodes(nodes, &mut random));
            let ended = ends_well(drive.wake_any_time().schedule(schedule, seed));
            assert_eq!(ended.sent("Notify"), n - 1, "Notify, {schedule:?}");
            let most = 7 * n - d * d - 3 * d - 7;
            assert!(ended.total() <= most, "{} messages, more than {most}, {schedule:?}", ended.total());
        }
    });
}
