//! How many messages each algorithm takes, to the message, on many graphs: the same test under every schedule that its links
//! allow, and of real processes.
//!
//! The formulas are the literature's, worked out here from the graph and the ids alone.
//!
//! Most cases are small, where every interleaving has a chance; the large ones have 1 to 200 nodes, and there are karate,
//! petersen and the hypercubes among them.  `NODES_SEEDS=500 cargo test --release -p nodes-tests --test costs large` makes 500
//! of them for each fact and schedule.

use std::collections::BTreeMap;

use nodes::network::Delay;
use nodes::process::{Launcher, Processes};
use nodes::protocol::{Links, Random};
use nodes::run::{Document, Finished};
use nodes::topology::{Graph, Port};
use nodes::{Node, Protocol, World};
use nodes_tests::driver::{Drive, Ended, Schedule};
use nodes_tests::graphs;

/// `fact: Fifo Unit;`: tests of the function `fact` under each of these schedules, by the driver and by the simulator, or as
/// processes.
macro_rules! arms {
    ($($fact:ident: $($arm:ident)+;)+) => {$(
        mod $fact {
            $(arms!(@one $fact $arm);)+
        }
    )+};
    (@one $fact:ident Processes) => {
        arms!(@test super::$fact, processes crate::Arm::Processes);
    };
    (@one $fact:ident $schedule:ident) => {
        #[allow(non_snake_case)]
        mod $schedule {
            use nodes_tests::driver::Schedule;

            arms!(@test super::super::$fact, driven crate::Arm::Driven(Schedule::$schedule));
            arms!(@test super::super::$fact, simulated crate::Arm::Simulated(Schedule::$schedule));
            arms!(@test super::super::$fact, large crate::Arm::Large(Schedule::$schedule));
        }
    };
    (@test $fact:path, $name:ident $arm:expr) => {
        #[test]
        fn $name() {
            nodes_tests::seeds::for_seeds($arm.seeds(), |seed| $fact($arm, seed));
        }
    };
}

mod broadcast;
mod elections;
mod mutex;
mod parity;
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
    /// By the driver of these tests, which knows nothing of time.
    Driven(Schedule),
    /// By the simulator, under the mixture of delays of a campaign.
    Simulated(Schedule),
    /// By the simulator, on graphs of up to 200 nodes.
    Large(Schedule),
    /// As real processes, which talk over UDP.
    Processes,
}

/// So many cases of the large ones, unless `NODES_SEEDS` says otherwise.
const LARGE: u64 = 16;

impl Arm {
    fn seeds(self) -> u64 {
        match self {
            Arm::Driven(_) => 300,
            Arm::Simulated(_) => 1000,
            Arm::Large(_) => std::env::var("NODES_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(LARGE),
            Arm::Processes => 100,
        }
    }

    /// Whether every message takes as long as any other.
    fn is_in_step(self) -> bool {
        matches!(self, Arm::Driven(Schedule::Unit) | Arm::Simulated(Schedule::Unit) | Arm::Large(Schedule::Unit))
    }

    /// How many nodes a case has: the first seeds take the smallest numbers in turn, the others draw one.
    fn size(self, seed: u64, random: &mut Random) -> usize {
        match self {
            Arm::Large(_) => random.range(1..=200),
            _ if seed < 9 => seed as usize / 3 + 1,
            Arm::Processes => random.range(1..=7),
            Arm::Driven(_) | Arm::Simulated(_) => random.range(1..=14),
        }
    }

    /// A connected graph.
    fn graph(self, seed: u64, random: &mut Random) -> Graph {
        match (self, seed) {
            (Arm::Large(_), 0) => graphs::named("karate"),
            (Arm::Large(_), 1) => graphs::named("petersen"),
            (Arm::Large(_), 2..=8) => graphs::named(&format!("hypercube:{}", seed - 1)),
            (Arm::Large(_), _) => graphs::sparse(self.size(seed, random), random),
            _ => graphs::connected(self.size(seed, random), random),
        }
    }

    /// Runs it; it must end well, with every property holding as far as it can be seen.
    #[track_caller]
    fn run<P: Protocol>(self, drive: Drive<P>, seed: u64) -> Ended<P> {
        match self {
            Arm::Driven(schedule) => drive.schedule(schedule, seed).run().unwrap_or_else(|what| panic!("{what}")),
            Arm::Simulated(schedule) | Arm::Large(schedule) => simulated(&drive, schedule, seed),
            Arm::Processes => processes(&drive, seed),
        }
    }
}

#[track_caller]
fn simulated<P: Protocol>(drive: &Drive<P>, schedule: Schedule, seed: u64) -> Ended<P> {
    let run = drive.to_run();
    let run = match schedule {
        Schedule::Fifo => run.links(Links::Fifo).of_campaign(seed),
        Schedule::Reordering => run.links(Links::Reliable).of_campaign(seed),
        Schedule::Unit => run.delay(Delay::Unit).seed(seed),
    };
    ended_well(run.simulate().expect("the run starts"))
}

#[track_caller]
fn processes<P: Protocol>(drive: &Drive<P>, seed: u64) -> Ended<P> {
    let launcher = Launcher::program(env!("CARGO_BIN_EXE_under-test"), [""; 0]);
    let run = drive.to_run().seed(seed);
    let real = ended_well(run.clone().processes_with(Processes::new().launcher(launcher)).expect("the run starts"));
    // Which node ends in which role may depend on the schedule; how many do does not.
    let virtual_one = ended_well(run.of_campaign(seed).simulate().expect("the run starts"));
    assert_eq!(states(&real.world), states(&virtual_one.world), "processes, and simulated");
    real
}

/// How many nodes ended in each state.
fn states<P: Protocol>(world: &World<P>) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for node in world.nodes() {
        *counts.entry(node.state_name()).or_default() += 1;
    }
    counts
}

#[track_caller]
fn ended_well<P: Protocol>(finished: Finished<P>) -> Ended<P> {
    let explanation = finished.explanation.join("\n");
    assert!(finished.outcome().is_well(), "{:?}: {explanation}\n{:?}", finished.outcome(), finished.document.replay);
    let Document { messages, time, .. } = finished.document;
    let world = finished.world.expect("all final states are there");
    let time = time.virtual_time.unwrap_or_default() as u64;
    Ended { world, sent: messages.by_type.into_iter().collect(), late: messages.late, time }
}

fn random(seed: u64) -> Random {
    Random::stream(seed, "case", 0)
}

/// A connected graph, n and m.
fn graph_case(arm: Arm, seed: u64) -> (Graph, u64, u64, Random) {
    let mut random = random(seed);
    let graph = arm.graph(seed, &mut random);
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
