//! The simulator has two loops, one with the protocol's types and one without.  They make the same runs, and who follows one changes
//! nothing.

use core::cell::RefCell;
use core::ops::ControlFlow;
use std::collections::BTreeSet;

use nodes::network::{OnCrash, Recorder};
use nodes::protocol::{Protocol, Random};
use nodes::run::{AnyRun, EngineKind, Finished, Outcome};
use nodes::simulator::{Chronicle, Fast, Simulation, Types, attached};
use nodes::trace::{self, Detail, Header, TimeKind};
use nodes::{millis, secs};
use nodes_tests::misbehaved::{abrupt::Abrupt, boastful::Boastful, fickle::Fickle, panicking::Panicking, surprised::Surprised};
use nodes_tests::patient::Patient;
use nodes_tests::seeds::for_seeds;
use nodes_tests::{of_each, with_types};

use super::cases::{Case, DELAYS, LINKS};
use super::fast_path::shown;
use super::storm::Storm;

/// Everything but the protocol, as a function of the seed.
fn case(seed: u64) -> Case {
    let mut random = Random::stream(seed, "case", 0);
    Case {
        seed,
        nodes: random.range(1..9),
        links: LINKS[random.range(0..LINKS.len())],
        delay: DELAYS[seed as usize % DELAYS.len()],
        faulty: !(seed / 6).is_multiple_of(3),
        on_crash: if random.chance(0.8) { OnCrash::Continue } else { OnCrash::Stop },
    }
}

/// A run ends by itself, or early for one reason or another.
fn run<P: Protocol>(case: &Case) -> (AnyRun, u64) {
    let mut random = Random::stream(case.seed, "end", 0);
    let run = case.run::<P>();
    match random.below(8) {
        0 => (run.stop_after(millis(random.below(20))), 20_000),
        1 => (run.timeout(millis(1 + random.below(20))), 20_000),
        2 => (run, random.below(3000)),
        _ => (run.timeout(secs(3600)), 20_000),
    }
}

/// Makes the run by both loops, and once more with everything that can follow it.
fn agree<P: Protocol>(case: &Case) -> Outcome {
    let (run, events) = run::<P>(case);
    let by = |simulation: Simulation<'_>| run.by(simulation.max_events(events)).expect("it runs").of::<P>();
    let same = |how: &str, one: &Finished<P>, other: &Finished<P>| {
        assert_eq!(one.document, other.document, "{how}: {case:?}");
        assert_eq!((&one.explanation, &one.notices), (&other.explanation, &other.notices), "{how}: {case:?}");
        assert_eq!(one.world.as_ref().map(shown), other.world.as_ref().map(shown), "{how}: {case:?}");
    };
    let with = by(Simulation::new().types(Types::With));
    same("without types", &with, &by(Simulation::new().types(Types::Without)));

    let prepared = run.prepare().expect("it can be run");
    let header = Header::of(&prepared, EngineKind::Simulator, TimeKind::Virtual);
    let mut recorder = trace::Recorder::new(Vec::new(), &header, Detail::Full);
    let (mut chronicle, mut choices) = (Chronicle::default(), Recorder::new(&prepared.initiators, &prepared.faults));
    let mut all = (&mut recorder, (&mut chronicle, &mut choices));
    same("followed", &with, &by(Simulation::new().observe(&mut all)));
    let written = recorder.finish(&with.document, &with.explanation).expect("memory takes all");
    assert!(trace::Trace::read(&written[..]).is_ok_and(|trace| trace.is_complete()), "{case:?}");

    let unlooked = |types: Types| by(Simulation::new().types(types).properties(false).most_finals(0));
    same("without properties", &unlooked(Types::With), &unlooked(Types::Without));
    let interrupted = |types: Types| by(Simulation::new().types(types).watch(&mut |_, _| ControlFlow::Break(())));
    same("interrupted", &interrupted(Types::With), &interrupted(Types::Without));
    with.outcome()
}

/// The same with many seeds; how the runs ended.
fn outcomes<P: Protocol>(seeds: u64) -> BTreeSet<&'static str> {
    let seen = RefCell::new(BTreeSet::new());
    for_seeds(seeds, |seed| {
        seen.borrow_mut().insert(agree::<P>(&case(seed)).name());
    });
    seen.into_inner()
}

#[test]
fn over_the_whole_catalogue_they_make_the_same_runs() {
    fn all<P: Protocol>() -> BTreeSet<&'static str> {
        outcomes::<P>(72)
    }
    let seen = of_each!(all).into_iter().flat_map(|all| all()).collect::<BTreeSet<_>>();
    for outcome in ["crashed", "quiescent", "stopped", "stuck", "terminated", "timeout"] {
        assert!(seen.contains(outcome), "none is {outcome}");
    }
}

#[test]
fn also_of_protocols_that_do_everything_right_or_wrong() {
    assert_eq!(outcomes::<Storm>(1000), ["crashed", "stopped", "stuck", "terminated", "timeout"].into());
    assert!(outcomes::<Boastful>(100).contains("violated"));
    assert!(outcomes::<Surprised>(100).contains("violated"));
    assert!(outcomes::<Fickle>(100).contains("violated"));
    assert!(outcomes::<Panicking>(100).contains("crashed"));
    assert!(outcomes::<Abrupt>(100).contains("crashed"));
    assert!(outcomes::<Patient>(200).contains("quiescent"));
}

/// A feature of `nodes` that attached it would do so for examples too: cargo unites the features that the members of a workspace ask
/// for, and a newcomer would wait longer for the first build.
#[test]
fn the_loop_with_types_is_attached_only_where_debug_assertions_are_off() {
    assert_eq!(attached::<Storm>().extension::<Fast>().is_none(), cfg!(debug_assertions));
    let examples = catalogue::ALL.iter().filter(|example| example.extension::<Fast>().is_none()).count();
    assert_eq!(examples, if cfg!(debug_assertions) { catalogue::ALL.len() } else { 0 });
}

#[test]
fn the_loop_with_types_refuses_to_be_followed() {
    let run = AnyRun::of(&with_types::<Storm>()).topology("complete:3").seed(1);
    let refused = |simulation: Simulation<'_>| run.by(simulation.types(Types::With)).map(|_| ()).map_err(|why| why.to_string());
    assert_eq!(refused(Simulation::new()), Ok(()));
    let why = "the loop with types follows no observer, and is not steered".to_owned();
    assert_eq!(refused(Simulation::new().observe(&mut ())), Err(why));
}
