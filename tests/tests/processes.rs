//! The same formulas as in `costs.rs`, but of real processes that talk over UDP: each case a hundred times.

use catalogue::mutex::{lamport, ricart_agrawala};
use catalogue::{AllTheWay, AsFar, ControlledDistance, Flooding, Lamport, RicartAgrawala, Shout};
use nodes::Protocol;
use nodes::process::{Launcher, Processes};
use nodes::protocol::Random;
use nodes::run::{Finished, IdChoice, Outcome, Run};
use nodes_tests::driver::for_seeds;
use nodes_tests::graphs;

const REPETITIONS: u64 = 100;

/// Runs it with nodes of the program under test; every property must hold, as far as it can be seen.
#[track_caller]
fn processes<P: Protocol>(run: Run<P>, seed: u64) -> Finished<P> {
    let launcher = Launcher::program(env!("CARGO_BIN_EXE_under-test"), [""; 0]);
    let finished = run.seed(seed).processes_with(Processes::new().launcher(launcher)).expect("the run starts");
    assert!(finished.outcome().is_well(), "{:?}: {}", finished.outcome(), finished.explanation.join("\n"));
    finished
}

fn case(seed: u64, most: usize) -> (usize, Random) {
    let mut random = Random::stream(seed, "processes", 0);
    (random.range(1..=most), random)
}

#[test]
fn flooding_takes_2m_plus_k_minus_n_messages() {
    for_seeds(REPETITIONS, |seed| {
        let (nodes, mut random) = case(seed, 7);
        let graph = graphs::connected(nodes, &mut random);
        let (n, m) = (graph.node_count() as u64, graph.link_count() as u64);
        let initiators = graphs::some_nodes(nodes, &mut random);
        let k = initiators.len() as u64;
        let finished = processes(Run::<Flooding>::on(graph).wake(initiators), seed);
        assert_eq!(finished.outcome(), Outcome::Terminated);
        assert_eq!(finished.messages(), 2 * m + k - n);
    });
}

#[test]
fn shout_takes_4m_plus_2_minus_2n_messages() {
    for_seeds(REPETITIONS, |seed| {
        let (nodes, mut random) = case(seed, 7);
        let graph = graphs::connected(nodes, &mut random);
        let (n, m) = (graph.node_count() as u64, graph.link_count() as u64);
        let finished = processes(Run::<Shout>::on(graph).wake([random.range(0..nodes)]), seed);
        assert_eq!(finished.outcome(), Outcome::Terminated);
        assert_eq!((finished.sent("Q"), finished.sent("Yes"), finished.sent("No")), (2 * m + 1 - n, n - 1, 2 * (m + 1 - n)));
    });
}

/// An election among real processes on a ring.
fn election<P: Protocol>(seed: u64) -> (Vec<u64>, Finished<P>) {
    let (nodes, mut random) = case(seed, 7);
    let ids = graphs::ids(nodes, &mut random);
    let run = Run::<P>::on(format!("ring:{nodes}").as_str()).ids(IdChoice::Given(ids.clone()));
    let finished = processes(run.wake(graphs::some_nodes(nodes, &mut random)), seed);
    assert_eq!(finished.outcome(), Outcome::Terminated);
    assert_eq!((finished.ended_in("Leader"), finished.ended_in("Follower")), (1, nodes - 1));
    (ids, finished)
}

#[test]
fn all_the_way_takes_n_squared_messages() {
    for_seeds(REPETITIONS, |seed| {
        let (ids, finished) = election::<AllTheWay>(seed);
        assert_eq!(finished.messages(), (ids.len() * ids.len()) as u64);
    });
}

#[test]
fn as_far_takes_the_distances_to_the_next_smaller_ids_and_n() {
    for_seeds(REPETITIONS, |seed| {
        let (ids, finished) = election::<AsFar>(seed);
        let n = ids.len();
        let distance = |node: usize| (1..n).find(|far| ids[(node + far) % n] < ids[node]).unwrap_or(n);
        assert_eq!(finished.messages(), ((0..n).map(distance).sum::<usize>() + n) as u64);
    });
}

#[test]
fn controlled_distance_elects_within_its_bound() {
    for_seeds(REPETITIONS, |seed| {
        let (ids, finished) = election::<ControlledDistance>(seed);
        let n = ids.len() as u64;
        assert_eq!(finished.sent("Notify"), n);
        assert!(finished.messages() <= 8 * n * (1 + u64::from(n.next_power_of_two().trailing_zeros())) + n);
    });
}

#[test]
fn lamport_takes_3_times_n_minus_1_messages_per_entry() {
    for_seeds(REPETITIONS, |seed| {
        let (nodes, mut random) = case(seed, 5);
        let (n, requests) = (nodes as u64, random.range(0..=3));
        let run = Run::<Lamport>::on(graphs::complete(nodes)).config(lamport::Options { requests });
        let finished = processes(run, seed);
        assert_eq!(finished.outcome(), Outcome::Quiescent);
        assert_eq!(finished.messages(), 3 * (n - 1) * n * u64::from(requests));
    });
}

#[test]
fn ricart_agrawala_takes_2_times_n_minus_1_messages_per_entry() {
    for_seeds(REPETITIONS, |seed| {
        let (nodes, mut random) = case(seed, 5);
        let (n, requests) = (nodes as u64, random.range(0..=3));
        let run = Run::<RicartAgrawala>::on(graphs::complete(nodes)).config(ricart_agrawala::Options { requests });
        let finished = processes(run, seed);
        assert_eq!(finished.outcome(), Outcome::Quiescent);
        assert_eq!(finished.messages(), 2 * (n - 1) * n * u64::from(requests));
    });
}
