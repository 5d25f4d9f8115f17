//! A message that waits for a condition is handled once that holds, by every engine; and any end of a run tells what still waits.

use core::time::Duration;

use nodes::millis;
use nodes::network::{Choice, Crash, Faults, OnCrash, Passage, Recorder, Schedule, Step};
use nodes::protocol::AnyProtocol;
use nodes::run::{AnyFinished, AnyRun, Outcome};
use nodes::simulator::{Replay, Simulation, Types};
use nodes::topology::{NodeIndex, Port};
use nodes_tests::misbehaved::waiting::Waiting;
use nodes_tests::patient::{Options, Patient};
use nodes_tests::with_types;

const TYPES: [Types; 2] = [Types::With, Types::Without];

fn run(raises: u32) -> AnyRun {
    AnyRun::of(&with_types::<Patient>()).topology("complete:3").config(Box::new(Options { raises })).seed(1)
}

fn by(run: &AnyRun, simulation: Simulation<'_>) -> AnyFinished {
    run.by(simulation).expect("it runs")
}

fn handled(finished: &AnyFinished, node: usize) -> String {
    let world = finished.world.as_ref().expect("all nodes are known");
    world.node(NodeIndex::new(node)).fields()["handled"].to_string()
}

fn told(finished: &AnyFinished) -> Vec<&str> {
    finished.notices.iter().map(String::as_str).filter(|notice| notice.contains("deferred")).collect()
}

#[test]
fn what_waits_for_a_condition_is_handled_once_that_holds() {
    for types in TYPES {
        let finished = by(&run(4), Simulation::new().types(types));
        assert_eq!(finished.outcome(), Outcome::Quiescent);
        assert_eq!(handled(&finished, 1), "[1,10,20,3,4,40]", "the oldest first, after each step");
        assert_eq!(told(&finished), [""; 0]);
    }
}

#[test]
fn what_still_waits_is_told_at_a_quiet_end() {
    for types in TYPES {
        let finished = by(&run(3), Simulation::new().types(types));
        assert_eq!((finished.outcome(), &*handled(&finished, 2)), (Outcome::Quiescent, "[1,10,20,3]"));
        let all = "4 messages are still deferred at the end: node 1: Ping(4) from port 0; node 1: Call(4) from port 0; \
                   node 2: Ping(4) from port 0; node 2: Call(4) from port 0";
        assert_eq!(told(&finished), [all]);
    }
}

/// Of many, the first are told.
#[test]
fn the_list_of_what_waits_is_bounded() {
    let finished = by(&run(0).topology("complete:50"), Simulation::new());
    let [notice] = told(&finished)[..] else { panic!("{:?}", finished.notices) };
    assert!(notice.starts_with("294 messages are still deferred at the end: node 1: Ping(4) from port 0; node 1: Ping(1)"));
    assert!(notice.ends_with("; node 4: Ping(1) from port 0; and 274 more"), "{notice}");
}

#[test]
fn every_other_end_tells_it_too() {
    let crash = |on_crash| Faults { crashes: vec![Crash::new(2, millis(2))], on_crash, ..Faults::default() };
    let ends: [(AnyRun, u64, Outcome); 4] = [
        (run(3).stop_after(Duration::from_micros(2500)), 1_000_000, Outcome::Stopped),
        (run(3), 5, Outcome::Timeout),
        (run(3).faults(crash(OnCrash::Stop)), 1_000_000, Outcome::Crashed),
        (run(3).faults(crash(OnCrash::Continue)), 1_000_000, Outcome::Quiescent),
    ];
    for (run, events, outcome) in ends {
        for types in TYPES {
            let finished = by(&run, Simulation::new().types(types).max_events(events));
            assert_eq!(finished.outcome(), outcome, "{:?}", finished.explanation);
            assert!(told(&finished)[0].contains("node 1: Ping(4) from port 0"), "{outcome:?}: {:?}", finished.notices);
            let dead = outcome == Outcome::Crashed || outcome == Outcome::Quiescent;
            assert_eq!(told(&finished)[0].contains("node 2"), !dead, "{:?}", finished.notices);
        }
    }
    for types in TYPES {
        // Stuck: a message that waits for another state.
        let stuck =
            by(&AnyRun::of(&with_types::<Waiting>()).topology("path:2").wake([0, 1]).seed(1), Simulation::new().types(types));
        assert_eq!(stuck.outcome(), Outcome::Stuck);
        let both = "2 messages are still deferred at the end: node 0: Ask from port 0; node 1: Ask from port 0";
        assert_eq!(told(&stuck), [both]);
    }
}

/// The choices of the simulated run, made on the transition system, lead to the same end; choices by hand tell the same.
#[test]
fn a_replay_offers_and_tells_the_same() {
    for raises in 0..=4 {
        let run = run(raises);
        let prepared = run.prepare().expect("it can be run");
        let mut choices = Recorder::new(&prepared.initiators, &prepared.faults);
        let simulated = by(&run, Simulation::new().observe(&mut choices));
        let steps = choices.into_choices().into_iter().map(|(at, choice)| Step {
            line: 0,
            at: Some(at),
            choice,
            comment: String::new(),
            draws: Vec::new(),
        });
        let schedule = Schedule { steps: steps.collect(), ..Schedule::default() };
        let replayed = run.by(Replay::of(&schedule, Simulation::new())).expect("it can be replayed");
        assert_eq!(replayed.document.nodes_final, simulated.document.nodes_final);
        assert_eq!(told(&replayed), told(&simulated));
    }
}

#[test]
fn the_transition_system_offers_again() {
    let prepared = run(2).prepare().expect("it can be run");
    let mut system = prepared.system();
    let mut choose = |choice: Choice| system.apply(choice).expect("it can happen");
    choose(Choice::Impulse(NodeIndex::new(0)));
    for number in 1..=8 {
        if number > 6 {
            choose(Choice::Alarm(NodeIndex::new(0)));
        }
        choose(Choice::Deliver(Passage { from: NodeIndex::new(0), port: Port::new(0), number }));
    }
    assert_eq!(system.world().node(NodeIndex::new(1)).fields()["handled"].to_string(), "[1,10,20]");
    assert_eq!(system.world().node(NodeIndex::new(1)).deferred().len(), 3);
}

#[test]
fn a_protocol_says_whether_it_defers_on_a_condition() {
    use nodes::protocol::Protocol;
    const { assert!(Patient::DEFERS_ON_CONDITION && !Waiting::DEFERS_ON_CONDITION) };
    assert_eq!(AnyProtocol::of::<Patient>().description().rules.iter().filter(|rule| rule.guard.is_some()).count(), 2);
}
