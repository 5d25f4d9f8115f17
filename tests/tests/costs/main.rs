//! How many messages each algorithm takes, to the message, on many graphs: the same test under every schedule that its links
//! allow, and of real processes.
//!
//! The formulas are the literature's, worked out here from the graph and the ids alone.

use nodes::process::{Launcher, Processes};
use nodes::protocol::Random;
use nodes::topology::{Graph, Port};
use nodes::{Node, Protocol, World};
use nodes_tests::driver::{Drive, Ended, Schedule};
use nodes_tests::graphs;

/// `fact: Fifo Unit;`: a test of the function `fact` on each of these arms.
macro_rules! arms {
    ($($fact:ident: $($arm:ident)+;)+) => {$(
        mod $fact {
            $(
                #[test]
                #[allow(non_snake_case)]
                fn $arm() {
                    nodes_tests::seeds::for_seeds(crate::Arm::$arm.seeds(), |seed| super::$fact(crate::Arm::$arm, seed));
                }
            )+
        }
    )+};
}

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

/// How a case is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Arm {
    /// In the driver, links in order.
    Fifo,
    /// In the driver, links without order.
    Reordering,
    /// In the driver, every message as long under way as any other.
    Unit,
    /// As real processes, which talk over UDP.
    Processes,
}

impl Arm {
    fn seeds(self) -> u64 {
        if self == Arm::Processes { 100 } else { 300 }
    }

    /// How many nodes a case has: the first seeds take the smallest numbers in turn, the others draw one.
    fn size(self, seed: u64, random: &mut Random) -> usize {
        let most = if self == Arm::Processes { 7 } else { 14 };
        if seed < 9 { seed as usize / 3 + 1 } else { random.range(1..=most) }
    }

    /// Runs it; it must end well, with every property holding as far as it can be seen.
    #[track_caller]
    fn run<P: Protocol>(self, drive: Drive<P>, seed: u64) -> Ended<P> {
        let schedule = match self {
            Arm::Fifo => Schedule::Fifo,
            Arm::Reordering => Schedule::Reordering,
            Arm::Unit => Schedule::Unit,
            Arm::Processes => return processes(drive, seed),
        };
        drive.schedule(schedule, seed).run().unwrap_or_else(|what| panic!("{what}"))
    }
}

#[track_caller]
fn processes<P: Protocol>(drive: Drive<P>, seed: u64) -> Ended<P> {
    let launcher = Launcher::program(env!("CARGO_BIN_EXE_under-test"), [""; 0]);
    let finished = drive.to_run().seed(seed).processes_with(Processes::new().launcher(launcher)).expect("the run starts");
    assert!(finished.outcome().is_well(), "{:?}: {}", finished.outcome(), finished.explanation.join("\n"));
    let messages = finished.document.messages;
    let world = finished.world.expect("all final states are there");
    Ended { world, sent: messages.by_type.into_iter().collect(), late: messages.late, time: 0 }
}

fn random(seed: u64) -> Random {
    Random::stream(seed, "case", 0)
}

/// A connected graph, n and m.
fn graph_case(arm: Arm, seed: u64) -> (Graph, u64, u64, Random) {
    let mut random = random(seed);
    let graph = graphs::connected(arm.size(seed, &mut random), &mut random);
    let (n, m) = (graph.node_count() as u64, graph.link_count() as u64);
    (graph, n, m, random)
}

/// The ids on a ring, and who starts.
fn ring_case(arm: Arm, seed: u64) -> (Vec<u64>, Vec<usize>) {
    let mut random = random(seed);
    let nodes = arm.size(seed, &mut random);
    (graphs::ids(nodes, &mut random), graphs::some_nodes(nodes, &mut random))
}

/// Every other seed wakes its initiators at any time, not all before the first delivery.
fn on_ring<P: Protocol>(ids: &[u64], initiators: &[usize], arm: Arm, seed: u64) -> Ended<P> {
    let drive = Drive::<P>::on(graphs::ring(ids.len())).ids(ids).wake(initiators.iter().copied());
    arm.run(if seed.is_multiple_of(2) { drive } else { drive.wake_any_time() }, seed)
}

/// Whom each node's field `parent` leads to.
fn parents<P: Protocol>(world: &World<P>) -> Vec<Option<usize>> {
    let parent = |node: &Node<P>| {
        let fields = serde_json::to_value(node.protocol()).expect("a protocol's fields can be written");
        let port = Port::new(fields["parent"].as_u64()? as usize);
        Some(world.topology().end(node.index(), port).neighbour.index())
    };
    world.nodes().map(parent).collect()
}
