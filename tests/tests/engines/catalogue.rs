//! The whole catalogue on a third engine, with all observers at once.

use core::time::Duration;

use nodes::network::{self, Happening, Observer, Sent};
use nodes::protocol::{AnyProtocol, AnyWorld, Random, WorldView};
use nodes::run::{AnyFinished, AnyRun, Engine, EngineKind, IdChoice, Outcome, PortOrder, PropertyStatus};
use nodes::simulator::{Chronicle, Past, Simulation};
use nodes::topology::{NodeIndex, Port};
use nodes::trace::{Detail, Header, Kind, Recorder, TimeKind, Trace};
use nodes_tests::graphs::fitting;
use nodes_tests::misbehaved::{boastful::Boastful, panicking::Panicking, surprised::Surprised};
use nodes_tests::patient::{Options, Patient};
use nodes_tests::seeds::for_seeds;

use crate::round_robin::RoundRobin;

/// Counts what is sent between nodes, and what happens.
#[derive(Default)]
struct Count {
    sent: u64,
    bytes: u64,
    happened: u64,
    begun: u64,
}

impl Observer for Count {
    fn begun(&mut self, _: &dyn WorldView) {
        self.begun += 1;
    }

    fn sent(&mut self, sent: &Sent<'_>) {
        self.sent += u64::from(sent.port != Port::SELF);
        self.bytes += sent.length;
    }

    fn before(&mut self, _: Duration, _: NodeIndex, _: &Happening<'_>, _: &dyn WorldView) {
        self.happened += 1;
    }
}

/// What the observers of one run have to show.
struct Shown {
    finished: AnyFinished,
    trace: Trace,
    past: Option<Past>,
    count: Count,
}

/// Makes the run with all observers at once.  What they took down as choices leads the transition system to the same end.
fn followed(run: &AnyRun) -> Shown {
    let prepared = run.prepare().expect("it can be run");
    let header = Header::of(&prepared, EngineKind::Other("round robin"), TimeKind::Virtual);
    let mut trace = Recorder::new(Vec::new(), &header, Detail::Full);
    let mut choices = network::Recorder::new(&prepared.initiators, &prepared.faults);
    let (mut chronicle, mut count) = (Chronicle::default(), Count::default());
    let mut system = prepared.system();
    let mut all = ((&mut trace, &mut choices), (&mut chronicle, Some(&mut count)));
    let finished = RoundRobin(&mut all).run(prepared).expect("its nodes come into being");

    if finished.outcome() != Outcome::Crashed {
        for (at, choice) in choices.into_choices() {
            system.pass_time(at);
            system.apply(choice).unwrap_or_else(|why| panic!("`{choice}` at {at:?}: {why}"));
        }
        let world = finished.world.as_deref().expect("all nodes are known");
        assert_eq!(end(system.world()), end(world));
        assert!(system.is_quiet() || finished.outcome() == Outcome::Violated);
    }
    let file = trace.finish(&finished.document, &finished.explanation).expect("memory takes all");
    let trace = Trace::read(&file[..]).expect("it was written right");
    Shown { past: chronicle.past(&finished), trace, count, finished }
}

/// How the nodes ended, and what was sent.
fn end(world: &dyn AnyWorld) -> (Vec<String>, Vec<u64>) {
    let node = |index: usize| {
        let node = world.node(NodeIndex::new(index));
        format!("{} {} alarm {:?} deferred {:?}", node.state_name(), node.fields(), node.next_alarm(), node.deferred())
    };
    (world.nodes().map(node).collect(), world.sent_by_tag().to_vec())
}

fn kinds(trace: &Trace, kind: Kind) -> usize {
    (0..trace.len()).filter(|event| trace.kind(*event) == kind).count()
}

/// A run that must end well, seen alike by all who follow it.
fn ends_well(run: &AnyRun) {
    let Shown { finished, trace, past, count } = followed(run);
    let document = &finished.document;
    let place = format!("{} on {}", document.protocol, document.topology);
    assert!(matches!(document.outcome, Outcome::Terminated | Outcome::Quiescent), "{place}: {:?}", finished.explanation);
    for (name, status) in &document.properties {
        assert_eq!(*status, PropertyStatus::Holds, "{place}: {name}");
    }
    assert_eq!((past, finished.explanation.len(), document.nodes_final.len()), (None, 0, document.nodes), "{place}");
    assert_eq!((document.engine.as_str(), &document.replay), ("round robin", &None));

    let header = trace.header();
    assert_eq!((&header.engine, &header.protocol, &header.replay), (&document.engine, &document.protocol, &None));
    assert_eq!(trace.outcome(), Some(document.outcome.name()), "{place}: the record is whole");
    let between = || trace.messages().iter().filter(|message| message.port.is_some());
    assert_eq!((between().count() as u64, count.sent), (document.messages.total, document.messages.total), "{place}");
    assert_eq!(between().map(|message| message.size).sum::<u64>(), count.bytes, "{place}");
    for (tag, (name, sent)) in document.messages.by_type.iter().enumerate() {
        assert_eq!(between().filter(|message| message.kind as usize == tag).count() as u64, *sent, "{place}: {name}");
    }
    assert!(trace.messages().iter().all(|message| message.arrived().is_some()), "{place}: all of them arrive");
    let others = [Kind::Impulse, Kind::Rings, Kind::Resume, Kind::Drop];
    let begins = |event: &usize| trace.kind(*event).is_arrival() || others.contains(&trace.kind(*event));
    assert!(count.happened >= (0..trace.len()).filter(begins).count() as u64, "{place}: each step is told of");
    assert_eq!((kinds(&trace, Kind::Start), count.begun), (document.nodes, 1), "{place}");
}

#[test]
fn the_whole_catalogue_runs_on_it_and_all_observers_agree() {
    for protocol in catalogue::ALL {
        ends_well(&AnyRun::of(protocol).seed(1));
        for_seeds(12, |seed| {
            let mut random = Random::stream(seed, "test", 0);
            let nodes = random.range(1..10);
            let spec = fitting(&protocol.description(), nodes, &mut random);
            let run = AnyRun::of(protocol).topology(spec.as_str()).seed(seed).ids(IdChoice::Shuffled);
            ends_well(&if random.chance(0.5) { run.ports(PortOrder::Shuffled) } else { run });
        });
    }
}

/// What waits for a condition is offered again by an engine of a user's own, and its notice is the simulator's.
#[test]
fn what_waits_for_a_condition_is_followed_alike() {
    for raises in 0..=4 {
        let run = run_of(AnyProtocol::of::<Patient>(), "complete:4").config(Box::new(Options { raises }));
        ends_well(&run);
        let (own, simulated) = (followed(&run).finished, run.by(Simulation::new()).expect("it runs"));
        assert_eq!((&own.notices, own.notices.len()), (&simulated.notices, usize::from(raises < 4)));
    }
}

fn run_of(protocol: AnyProtocol, topology: &str) -> AnyRun {
    AnyRun::of(&protocol).topology(topology).seed(1)
}

#[test]
fn what_does_not_hold_is_told_once_and_its_past_is_known() {
    let Shown { finished, trace, past, .. } = followed(&run_of(AnyProtocol::of::<Boastful>(), "complete:4"));
    assert_eq!(finished.outcome(), Outcome::Violated, "{:?}", finished.explanation);
    assert!(finished.violated().is_some());
    assert_eq!((kinds(&trace, Kind::Violate), trace.outcome()), (1, Some("violated")));
    assert!(past.is_some_and(|past| !past.events.is_empty() && past.causal <= past.happened));
}

#[test]
fn a_broken_rule_is_told_in_the_same_words_as_by_the_simulator() {
    let run = run_of(AnyProtocol::of::<Surprised>(), "path:2");
    let Shown { finished, trace, .. } = followed(&run);
    assert_eq!((finished.outcome(), finished.violated()), (Outcome::Violated, None));
    assert_eq!(kinds(&trace, Kind::Violate), 1);
    let simulated = run.by(Simulation::new()).expect("it runs");
    let words = |finished: &AnyFinished| finished.explanation[0].split_once(": ").expect("when, and what").1.to_owned();
    assert_eq!(words(&finished), "`Surprise` arrived in state Calm, which `#[never(Surprise in Calm)]` rules out");
    assert_eq!(words(&finished), words(&simulated));
}

#[test]
fn a_handler_that_panics_ends_the_run_and_nothing_else() {
    let run = run_of(AnyProtocol::of::<Panicking>(), "path:3");
    let Shown { finished, trace, .. } = followed(&run);
    assert_eq!(finished.outcome(), Outcome::Crashed, "{:?}", finished.explanation);
    assert_eq!((kinds(&trace, Kind::Crash), kinds(&trace, Kind::Violate)), (1, 0));
    assert!(finished.explanation[0].contains("panicked: "), "{:?}", finished.explanation);
}

/// Else a new engine is more than a small addition.
#[test]
fn the_engine_has_at_most_a_hundred_lines() {
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with("//");
    assert!(include_str!("round_robin.rs").lines().filter(is_code).count() <= 100);
}
