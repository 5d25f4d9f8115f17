//! `nodes::testing` and `--schedule`: a failure is found, made small, written and replayed.

use catalogue::{Lamport, Shout};
use nodes::campaign::replay;
use nodes::network::{Recorder, Schedule, Step};
use nodes::prelude::*;
use nodes::protocol::Links;
use nodes::run::{Outcome, Run};
use nodes::simulator::Simulation;
use nodes::testing::{Failure, Found, Kind, Trial, Tried};
use nodes_tests::misbehaved::restless::Restless;
use nodes_tests::started::start;
use nodes_tests::torrents::{Avalanche, EchoChamber};

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

fn file(name: &str, text: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).expect("a file can be written");
    path.display().to_string()
}

fn lamport_without_order() -> Failure {
    let trial = Trial::<Lamport>::on(["complete:5"]).with(|run| run.links(Links::Reliable)).only("mutual_exclusion");
    trial.failure().expect("it can be tried").expect("without order, two nodes enter")
}

#[test]
fn lamport_without_order_is_caught_and_shrunk_to_three_nodes() {
    let failure = lamport_without_order();
    assert_eq!(failure.kind, Kind::Property("mutual_exclusion".into()));
    let Found::Tried(Tried { tried, .. }) = failure.found else { panic!("a trial has found it") };
    assert!(tried <= 1000, "{tried} runs");
    assert!(failure.finished.document.nodes <= 3, "{failure}");
    assert!(failure.schedule.steps.len() <= 16, "{failure}");
    // What is told: both nodes, and what led there.
    let past = failure.past.as_ref().expect("a violation has a past");
    assert_eq!(past.states.len(), 2, "{failure}");
    assert!(past.states.iter().all(|state| state.contains("Critical")), "{failure}");
    assert!(past.causal <= failure.schedule.steps.len(), "{failure}");

    // Through the text of its schedule, in this program.
    let schedule = failure.schedule.to_string().parse::<Schedule>().expect("it is read as it is written");
    let again = replay(&failure.run, &schedule, Simulation::new()).expect("it can be replayed");
    assert_eq!(again.outcome(), Outcome::Violated);
    assert_eq!(again.document.messages, failure.finished.document.messages);
    assert_eq!(again.document.nodes_final, failure.finished.document.nodes_final);

    // And by the line that is printed.
    let path = file("lamport.schedule", &failure.schedule.to_string());
    let ended = start(PROGRAM, &format!("simulate lamport --schedule {path} --json")).wait();
    assert_eq!(ended.status(), Some(1), "{}", ended.stderr());
    let document = ended.json();
    assert_eq!(document["outcome"], "violated");
    assert_eq!(document["properties"]["mutual_exclusion"], "violated");
    assert_eq!(document["replay"], format!("simulate lamport --schedule {path}"));
    assert_eq!(document["messages"]["total"], again.document.messages.total);
    // People are told what led there.
    assert!(ended.stderr().contains("what led there (") && ended.stderr().contains("is in Critical"), "{}", ended.stderr());
    // The file knows the protocol itself.
    assert_eq!(start(PROGRAM, &format!("simulate --schedule {path}")).wait().status(), Some(1));

    // Without its last event, nothing is wrong yet.
    let mut shorter = schedule;
    shorter.steps.pop();
    assert_eq!(replay(&failure.run, &shorter, Simulation::new()).expect("it can be replayed").outcome(), Outcome::Stopped);
}

#[test]
fn a_failure_is_found_and_shrunk_alike_each_time() {
    assert_eq!(lamport_without_order().schedule, lamport_without_order().schedule);
}

#[test]
fn lamport_holds_in_order() {
    Trial::<Lamport>::on(["complete:3", "complete:5"]).seeds(250).must_hold();
}

#[test]
fn shout_holds_without_order() {
    Trial::<Shout>::on(["ring:6", "gnp:12,0.3"]).with(|run| run.links(Links::Reliable)).seeds(250).must_hold();
}

#[message]
struct Token(u32);

#[states]
enum State {
    #[default]
    Waiting,
    #[terminal]
    Done,
}

/// Believes that the first token to come is the smallest.
#[protocol(links = Reliable)]
#[derive(Default)]
struct Hasty {
    state: State,
    first: Option<u32>,
}

#[protocol]
impl Hasty {
    #[on(Spontaneously in Waiting)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Token(1));
        net.send_to_all(Token(2));
        self.state = State::Done;
    }

    #[on(Token in Waiting)]
    fn hear(&mut self, msg: Token, sender: Port, net: &mut Net<Self>) {
        // Who hears the second first waits for ever.
        if msg.0 == 1 || self.first == Some(1) {
            net.send_to_all_except(sender, Token(1));
            self.state = State::Done;
        }
        self.first.get_or_insert(msg.0);
    }

    #[on(Token in Done)]
    fn again(&mut self, msg: Token) {
        assert!(self.first != Some(9) || msg.0 != 9, "never");
    }

    #[finally]
    fn in_order(world: &World<Self>) -> bool {
        world.nodes().all(|node| node.first != Some(2))
    }
}

#[test]
fn a_wrong_end_is_shrunk_too() {
    let failure = Trial::<Hasty>::on(["gnp:9,0.4"]).seeds(500).failure().expect("it can be tried").expect("it fails");
    assert_eq!(failure.kind, Kind::Property("in_order".into()), "{failure}");
    assert_eq!(failure.finished.document.nodes, 2, "{failure}");
    let schedule = failure.schedule.to_string().parse::<Schedule>().expect("it is read as it is written");
    let again = replay(&failure.run, &schedule, Simulation::new()).expect("it can be replayed");
    assert_eq!(again.outcome(), Outcome::Violated, "{failure}");
    assert_eq!(Kind::of(&again), Some(failure.kind));
}

#[test]
fn a_panic_tells_all() {
    let trial = Trial::<Lamport>::on(["complete:3"]).with(|run| run.links(Links::Reliable)).only("mutual_exclusion");
    let panicked = std::panic::catch_unwind(|| trial.must_hold()).expect_err("it does not hold");
    let text = panicked.downcast_ref::<String>().expect("a text");
    for part in ["mutual_exclusion", "made small (", "impulse", "what led there", "is in Critical", "replay it: "] {
        assert!(text.contains(part), "no `{part}` in {text}");
    }
    let path = text.trim_end().rsplit(' ').next().expect("a path");
    assert!(std::fs::read_to_string(path).expect("the schedule is there").starts_with("nodes schedule 1\n"));
}

#[test]
fn a_recorded_run_replays_to_the_same_document() {
    let run = Run::<Shout>::on("gnp:12,0.3").links(Links::Reliable).seed(7).delay("exponential:5ms".parse().expect("a delay"));
    let prepared = run.prepare().expect("it can be made");
    let mut recorder = Recorder::new(&prepared.initiators, &prepared.faults);
    let simulated = run.by(Simulation::new().observe(&mut recorder)).expect("it runs");
    let step = |(at, choice)| Step { line: 0, at: Some(at), choice, draws: Vec::new(), comment: String::new() };
    let schedule = Schedule { steps: recorder.into_choices().into_iter().map(step).collect(), ..Schedule::default() };
    let mut replayed = run.replay(&schedule).expect("it can be replayed");
    replayed.document.time.wall_s = simulated.document.time.wall_s;
    assert_eq!(replayed.document, simulated.document);
}

#[test]
fn bad_schedules_are_refused_with_file_and_line() {
    let begin = "nodes schedule 1\nsimulate lamport --topology complete:3 --seed 1\n";
    for (name, text, place, hint) in [
        ("no.schedule", "hello".to_owned(), ":1: ", "nodes schedule 1"),
        ("word.schedule", format!("{begin}jump 0\n"), ":3: ", "`jump` is no event"),
        ("early.schedule", format!("{begin}deliver 0:1 1\n"), ":3: ", "cannot happen here"),
        ("place.schedule", format!("{begin}\n\nimpulse 7\n"), ":5: ", "no initiator"),
        ("option.schedule", "nodes schedule 1\nsimulate lamport --speed 3\n".to_owned(), ":2: ", "--speed"),
        ("graph.schedule", "nodes schedule 1\nsimulate lamport\ngraph 3: 0-1 1-2\n".to_owned(), "", "Complete"),
    ] {
        let path = file(name, &text);
        let ended = start(PROGRAM, &format!("simulate --schedule {path}")).wait();
        assert_eq!(ended.status(), Some(2), "{name}: {}", ended.stderr());
        let error = ended.stderr();
        assert!(place.is_empty() || error.contains(&format!("{path}{place}")), "{name}: {error}");
        assert!(error.contains(hint), "{name}: {error}");
    }
    let good = file("good.schedule", begin);
    for (options, hint) in [
        (format!("--schedule {good} --seed 3"), "--seed: a schedule tells itself"),
        (format!("shout --schedule {good}"), "is a schedule of lamport"),
        ("--schedule nowhere.schedule".to_owned(), "nowhere.schedule cannot be read"),
    ] {
        let ended = start(PROGRAM, &format!("simulate {options}")).wait();
        assert_eq!(ended.status(), Some(2), "{options}: {}", ended.stderr());
        assert!(ended.stderr().contains(hint), "{options}: {}", ended.stderr());
    }
}

/// What a trial says of a protocol that never comes to an end, and how long it takes to say so.
fn endless<P: nodes::Protocol>(trial: &Trial<P>) -> (String, Duration) {
    #[expect(clippy::disallowed_methods, reason = "a test of how long it takes")]
    let started = std::time::Instant::now();
    let failure = trial.failure().expect("it can be tried").expect("it does not end");
    assert_eq!(failure.kind, Kind::Endless);
    let text = failure.to_string();
    let Found::Tried(Tried { seed, .. }) = failure.found else { panic!("a trial has found it") };
    assert!(text.contains(&format!(" fails with seed {seed}, run 1 of this graph:")), "{text:.500}");
    assert!(text.lines().count() < 100, "{} lines", text.lines().count());
    (text, started.elapsed())
}

#[test]
fn a_protocol_whose_messages_multiply_or_whose_time_stands_still_ends_with_a_sentence_and_its_seed() {
    let multiplies = Trial::<Avalanche>::on(["path:2"]).first_seed(7).seeds(3).max_in_transit(5000);
    let (text, _) = endless(&multiplies);
    // It is looked at now and then.
    let many = text.lines().nth(1).and_then(|line| line.strip_prefix("  messages multiply: ")?.split(' ').next()?.parse().ok());
    assert!(many.is_some_and(|many: u64| (5001..6000).contains(&many)), "{text:.500}");
    assert!(text.contains("--delay exponential:5ms --max-in-transit 5000 --seed 7\n"), "{text:.500}");
    for (text, said) in [
        (endless(&Trial::<EchoChamber>::on(["path:2"]).seeds(3)).0, "node 0 keeps sending `Thought` to itself"),
        (
            endless(&Trial::<Restless>::on(["path:2"]).seeds(3)).0,
            "node 0 keeps setting `Again` for the moment at which it is set",
        ),
    ] {
        let right = format!("  time stands still: 1000000 events at 0.000000 s, and no end: {said}\n");
        assert!(text.contains(&right), "{text:.500}");
    }
}

#[test]
fn a_trial_of_a_protocol_without_end_takes_time_in_proportion_to_its_events() {
    let took = |events| endless(&Trial::<Avalanche>::on(["path:2"]).seeds(1).max_events(events));
    let (text, few) = took(20_000);
    assert!(text.contains("\n  the run did not end within 20000 events; "), "{text:.500}");
    let (_, many) = took(160_000);
    // Eight times the events; 64 times the time would be quadratic.
    assert!(many < 24 * few + Duration::from_secs(2), "{few:?}, {many:?}");
}
