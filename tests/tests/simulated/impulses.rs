//! Impulses that come several times, at several times: an impulse is an external event, and a node that is awake already has rules
//! for it or not.

use core::time::Duration;

use nodes::network::{Choice, Crash, Faults, NotEnabled, OnCrash, Recorder, Recovery, Schedule, Step};
use nodes::protocol::{AnyProtocol, Protocol, Random};
use nodes::run::{AnyFinished, AnyRun, Initiators, Run, Wake};
use nodes::simulator::{Replay, Simulation, Types};
use nodes::testing::Trial;
use nodes::topology::NodeIndex;
use nodes::trace::{Detail, Kind, Trace};
use nodes::{millis, secs};
use nodes_tests::patient::Patient;
use nodes_tests::roused::{Options, Roused};
use nodes_tests::seeds::for_seeds;
use nodes_tests::started::start;
use nodes_tests::with_types;
use serde_json::{Value, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

/// Node 1 three times, node 0 once, at the time of one of those.
const FOUR: [(usize, Option<Duration>); 4] =
    [(1, Some(Duration::ZERO)), (0, Some(millis(5))), (1, Some(millis(5))), (1, Some(millis(9)))];

fn run<P: Protocol>(initiators: &[(usize, Option<Duration>)]) -> AnyRun {
    AnyRun::of(&with_types::<P>()).topology("path:3").initiators(Initiators::Given(initiators.to_vec())).seed(1)
}

fn by(run: &AnyRun, simulation: Simulation<'_>) -> AnyFinished {
    run.by(simulation).expect("it runs")
}

fn fields(finished: &AnyFinished, name: &str) -> Vec<Value> {
    finished.document.nodes_final.iter().map(|node| node.fields[name].clone()).collect()
}

fn refused(run: &AnyRun) -> String {
    run.prepare().map(|_| ()).expect_err("it is refused").to_string()
}

#[test]
fn a_node_gets_each_of_its_impulses() {
    for types in [Types::With, Types::Without] {
        let finished = by(&run::<Roused>(&FOUR), Simulation::new().types(types));
        assert_eq!(fields(&finished, "impulses"), [json!(1), json!(3), json!(0)]);
        assert_eq!(fields(&finished, "heard"), [json!(3), json!(1), json!(3)]);
        assert_eq!((finished.document.messages.total, finished.document.time.virtual_time), (7, Some(10.0)));
        assert_eq!(finished.document.options["initiators"], json!([1, 0]), "each node once");
    }
}

#[test]
fn the_line_that_replays_it_has_them_all() {
    let finished = by(&run::<Roused>(&FOUR), Simulation::new());
    let line = finished.document.replay.clone().expect("it can be replayed");
    assert!(line.contains("--initiators 1@0s,0@5ms,1@5ms,1@9ms"), "{line}");
    let again = start(PROGRAM, &format!("{line} --json")).wait();
    assert_eq!(again.json()["nodes_final"], serde_json::to_value(&finished.document.nodes_final).expect("they have JSON"));
}

#[test]
fn a_trace_shows_each() {
    let recorded = Run::<Roused>::on("path:3").initiators(Initiators::Given(FOUR.to_vec())).seed(1);
    let recorded = recorded.simulate_recorded(Simulation::new(), Vec::new(), Detail::Full).expect("it runs");
    let trace = Trace::read(&recorded.1.expect("memory takes all")[..]).expect("it was written right");
    let impulses = (0..trace.len()).filter(|event| trace.kind(*event) == Kind::Impulse);
    let impulses = impulses.map(|event| (trace.node(event), trace.time(event) / 1_000_000)).collect::<Vec<_>>();
    assert_eq!(impulses, [(1, 0), (0, 5), (1, 5), (1, 9)]);
}

/// Also with crashes, so that some come to a node that is down.
#[test]
fn the_same_choices_lead_the_transition_system_to_the_same_end() {
    for_seeds(200, |seed| {
        let mut random = Random::stream(seed, "impulses", 0);
        let mut given = Vec::new();
        for _ in 0..random.range(1..9) {
            let one = (random.range(0..3), Some(millis(random.range(0..6))));
            if !given.contains(&one) {
                given.push(one);
            }
        }
        let crash = Crash::new(random.range(0..3), millis(random.range(0..5)));
        let faults = Faults {
            crashes: vec![crash],
            recoveries: vec![Recovery::new(crash.node, crash.at + millis(random.range(1..3)))],
            on_crash: OnCrash::Continue,
            ..Faults::default()
        };
        let run = run::<Roused>(&given).seed(seed).faults(if random.chance(0.5) { faults } else { Faults::default() });
        let prepared = run.prepare().expect("it can be run");
        let mut choices = Recorder::new(&prepared.initiators, &prepared.faults);
        let simulated = by(&run, Simulation::new().observe(&mut choices));
        let choices = choices.into_choices();
        let count = choices.iter().filter(|(_, choice)| matches!(choice, Choice::Impulse(_))).count();
        assert_eq!(count, given.len(), "each stands there: {choices:?}");
        let steps = choices.into_iter().map(|(at, choice)| Step {
            line: 0,
            at: Some(at),
            choice,
            comment: String::new(),
            draws: Vec::new(),
        });
        let schedule = Schedule { steps: steps.collect(), ..Schedule::default() };
        let read = schedule.to_string().parse::<Schedule>().expect("it was written right");
        let replayed = run.by(Replay::of(&read, Simulation::new())).unwrap_or_else(|why| panic!("{why}: {schedule}"));
        assert_eq!(replayed.document.nodes_final, simulated.document.nodes_final, "{schedule}");
    });
}

#[test]
fn the_transition_system_has_as_many_as_were_given() {
    let mut system = run::<Roused>(&FOUR).prepare().expect("it can be run").system();
    let impulse = Choice::Impulse(NodeIndex::new(1));
    for left in (0..3).rev() {
        system.apply(impulse).expect("it can happen");
        assert_eq!(system.enabled().contains(&impulse), left > 0);
    }
    assert_eq!(system.apply(impulse), Err(NotEnabled::NoImpulse));
}

/// Flooding has a rule for an impulse in its first state only.
#[test]
fn where_no_rule_answers_an_impulse_nothing_happens() {
    let once = by(&run::<catalogue::Flooding>(&[(1, Some(Duration::ZERO))]), Simulation::new());
    let often = by(&run::<catalogue::Flooding>(&FOUR), Simulation::new());
    assert_eq!(once.document.messages.total, often.document.messages.total);
    assert_eq!((once.outcome(), fields(&once, "informed")), (often.outcome(), fields(&often, "informed")));
}

#[test]
fn two_at_one_time_are_refused() {
    let at = |times: &[Option<Duration>]| run::<Roused>(&times.iter().map(|at| (2, *at)).collect::<Vec<_>>());
    let (none, zero) = (None, Some(Duration::ZERO));
    for times in [[none, none], [zero, none], [zero, zero], [Some(secs(1)), Some(millis(1000))]] {
        let told = refused(&at(&times));
        assert!(told.starts_with("--initiators: node 2 is given twice at "), "{told}");
    }
    let example = "write it once, or for a second impulse another time: `2@1s,2@1.2s`";
    assert!(refused(&at(&[Some(secs(1)); 2])).ends_with(example), "{}", refused(&at(&[Some(secs(1)); 2])));
    assert!(refused(&at(&[Some(Duration::MAX); 2])).contains("node 2 is given twice"));
    assert!(at(&[none, Some(millis(1))]).prepare().is_ok());
    assert!(refused(&at(&[none, none]).wake_up(Wake::Random)).contains("node 2 is given twice at 0s"));
}

/// What is declared is who may be woken, and not how often.
#[test]
fn the_one_initiator_may_have_several_and_all_must_have_one() {
    let again = |node| (node, Some(millis(7)));
    let patient = run::<Patient>(&[(0, None), again(0)]).topology("complete:3");
    let finished = by(&patient, Simulation::new());
    let pings = ("Ping".to_owned(), 12);
    assert!(finished.document.messages.by_type.contains(&pings), "three to two others, twice");
    let two = refused(&patient.initiators(Initiators::Given(vec![(0, None), again(1)])));
    assert!(two.contains("--initiators names 2 of 3 nodes"), "{two}");

    let all = AnyProtocol::of::<catalogue::Lamport>();
    let all = |given: Vec<_>| AnyRun::of(&all).topology("complete:3").initiators(Initiators::Given(given)).seed(1);
    let missing = refused(&all(vec![(0, None), (1, None), again(1)]));
    assert!(missing.contains("--initiators names 2 of 3 nodes"), "{missing}");
    assert!(all(vec![(0, None), (1, None), (2, None), again(1)]).prepare().is_ok());
}

/// Of four impulses, the two that the failure needs are left.
#[test]
fn a_trial_makes_them_fewer() {
    let of_four = |run: Run<Roused>| run.initiators(Initiators::Given(FOUR.to_vec())).config(Options { at_most: 1 });
    let trial = Trial::<Roused>::on(["path:3"]).with(of_four).seeds(3);
    let failure = trial.failure().expect("it can be run").expect("it fails");
    let left = failure.run.prepare().expect("it can be run").initiators;
    assert_eq!(left.iter().map(|(node, _)| *node).collect::<Vec<_>>(), [left[0].0; 2]);
}
