//! How many messages each algorithm takes, to the message, on many graphs and under many schedules.
//!
//! The formulas are the literature's, worked out here from the graph and the ids alone.

use nodes::Protocol;
use nodes::protocol::Random;
use nodes::topology::Graph;
use nodes_tests::driver::{Drive, Ended, Schedule};
use nodes_tests::graphs;

mod broadcast;
mod elections;
mod mutex;
mod ring_elections;
mod rings;
mod snapshot;
mod spanning_trees;
mod termination;
mod traversal;
mod trees;

/// Every schedule that links may follow which deliver each message once.
const ANY: [Schedule; 3] = [Schedule::Fifo, Schedule::Reordering, Schedule::Unit];

/// Those of links that keep the order too.
const IN_ORDER: [Schedule; 2] = [Schedule::Fifo, Schedule::Unit];

fn random(seed: u64) -> Random {
    Random::stream(seed, "case", 0)
}

/// The first seeds take the smallest sizes in turn; the others draw one.
fn size(seed: u64, most: usize, random: &mut Random) -> usize {
    if seed < 9 { seed as usize / 3 + 1 } else { random.range(1..=most) }
}

/// A connected graph, n and m.
fn graph_case(seed: u64) -> (Graph, u64, u64, Random) {
    let mut random = random(seed);
    let graph = graphs::connected(size(seed, 14, &mut random), &mut random);
    let (n, m) = (graph.node_count() as u64, graph.link_count() as u64);
    (graph, n, m, random)
}

/// The ids on a ring, and who starts.
fn ring_case(seed: u64) -> (Vec<u64>, Vec<usize>) {
    let mut random = random(seed);
    let nodes = size(seed, 16, &mut random);
    (graphs::ids(nodes, &mut random), graphs::some_nodes(nodes, &mut random))
}

/// Every other seed wakes its initiators at any time, not all before the first delivery.
fn on_ring<P: Protocol>(ids: &[u64], initiators: &[usize], schedule: Schedule, seed: u64) -> Ended<P> {
    let drive = Drive::<P>::on(graphs::ring(ids.len())).ids(ids).wake(initiators.iter().copied()).schedule(schedule, seed);
    ends_well(if seed.is_multiple_of(2) { drive } else { drive.wake_any_time() })
}

#[track_caller]
fn ends_well<P: Protocol>(drive: Drive<P>) -> Ended<P> {
    drive.run().unwrap_or_else(|what| panic!("{what}"))
}

/// Whom each node's field `parent` leads to.
fn parents<P: Protocol>(ended: &Ended<P>) -> Vec<Option<usize>> {
    let parent = |node: &nodes::Node<P>| {
        let fields = serde_json::to_value(node.protocol()).expect("a protocol's fields can be written");
        let port = nodes::topology::Port::new(fields["parent"].as_u64()? as usize);
        Some(ended.world.topology().end(node.index(), port).neighbour.index())
    };
    ended.world.nodes().map(parent).collect()
}
