//! `nodes::testing::Proof`: what a check finds, as a test says it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use catalogue::consensus::chor_israeli_li::Options;
use catalogue::{ChangRoberts, ChorIsraeliLi, Dft, Echo, Flooding, Lamport};
use nodes::check::Verdict;
use nodes::protocol::Links;
use nodes::run::Initiators;
use nodes::testing::{AnyProof, Failure, Found, Kind, Proof};
use nodes_tests::started::start;

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

fn found(proof: &Proof<impl nodes::Protocol>) -> Failure {
    proof.failure().expect("it is decided").expect("it does not hold")
}

#[test]
fn what_holds_on_every_schedule_is_proved() {
    Proof::<Echo>::on(["path:3", "complete:3", "ring:4"]).must_hold();
    let echo = nodes::protocol::AnyProtocol::of::<Echo>();
    AnyProof::on(&echo, ["star:4"]).must_hold();
}

#[test]
fn what_does_not_is_shown_by_a_shortest_schedule_that_the_command_line_replays() {
    let proof = Proof::<Lamport>::on(["complete:2", "complete:3"]).with(|run| run.links(Links::Reliable));
    let failure = found(&proof);
    assert_eq!((&failure.kind, failure.schedule.steps.len()), (&Kind::Property("mutual_exclusion".into()), 8));
    let Found::Checked(checked) = &failure.found else { panic!("a check has found it") };
    assert_eq!((checked.outcome, checked.nodes), (Verdict::Violated, 2));
    assert_eq!(failure.past.as_ref().map(|past| past.states.len()), Some(2), "{failure}");

    let panicked = catch_unwind(AssertUnwindSafe(|| proof.must_hold())).expect_err("it does not hold");
    let said = panicked.downcast_ref::<String>().expect("a text");
    assert!(said.starts_with("Lamport on complete:2 does not hold on every schedule (violated, "), "{said}");
    for part in [
        "`mutual_exclusion` does not hold",
        "\na shortest run that goes wrong (2 nodes, 1 links, 8 events):",
        "what led there (",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let file = said.lines().find_map(|line| line.strip_prefix("replay it: cargo run -- simulate lamport --schedule "));
    let ended = start(PROGRAM, &format!("simulate --json --schedule {}", file.expect("it is written"))).wait();
    assert_eq!((ended.status(), ended.json()["properties"]["mutual_exclusion"].as_str()), (Some(1), Some("violated")));
}

#[test]
fn a_run_that_never_ends_is_a_failure_with_its_loop() {
    let options = || Options { deterministic: true };
    let failure = found(&Proof::<ChorIsraeliLi>::on(["star:3"]).with(|run| run.config(options())));
    assert_eq!(failure.kind, Kind::Endless);
    let said = failure.to_string();
    assert!(
        said.contains("\na run that never ends (3 nodes, 2 links, ") && said.contains("; the last 12 again and again):"),
        "{said}"
    );
}

#[test]
fn what_is_not_decided_is_not_proved() {
    let refused = |proof: Proof<Echo>| proof.failure().expect_err("it is not decided").to_string();
    let said = refused(Proof::on(["complete:4"]).most_states(100));
    assert!(said.starts_with("Echo on complete:4 is not proved (bounded, "), "{said}");
    assert!(said.contains(": it has more states than `most_states` allows\nlook at it: cargo run -- check echo "), "{said}");
    let by_chance = Proof::<ChorIsraeliLi>::on(["star:3"]).failure().expect_err("coins may fall alike for ever").to_string();
    assert!(by_chance.contains("is not proved (almost, "), "{by_chance}");
    let wrong = refused(Proof::on(["ring:2x"]));
    assert!(wrong.contains("`2x` is not a number of nodes"), "{wrong}");
}

#[test]
fn what_holds_on_each_of_many_instances_is_proved() {
    Proof::<Echo>::new().every_graph(1..=3).every_initiators().every_ids().must_hold();
    Proof::<Dft>::on(["ring:3", "path:3"]).every_ports().must_hold();
    let flooding = nodes::protocol::AnyProtocol::of::<Flooding>();
    AnyProof::new(&flooding).every_graph(3).every_initiators().every_input(["0", "1"]).must_hold();
    Proof::<ChangRoberts>::on(["directed-ring:3"]).with(|run| run.initiators(Initiators::All)).every_ids().must_hold();
}

#[test]
fn the_first_instance_that_does_not_hold_is_shown_and_replayed() {
    // Of the orders of ids on one, two and three nodes, the first on two nodes.
    let proof = Proof::<Lamport>::on(["ring:9"]).with(|run| run.links(Links::Reliable)).every_graph(1..=3).every_ids();
    let failure = found(&proof);
    assert_eq!((&failure.kind, failure.schedule.steps.len()), (&Kind::Property("mutual_exclusion".into()), 8));
    assert_eq!(failure.finished.document.nodes, 2);
    let Found::Checked(checked) = &failure.found else { panic!("a check has found it") };
    assert_eq!((checked.outcome, checked.instances, checked.instances_left), (Verdict::Violated, 2, 1 + 6));
    let panicked = catch_unwind(AssertUnwindSafe(|| proof.must_hold())).expect_err("it does not hold");
    let said = panicked.downcast_ref::<String>().expect("a text");
    for part in [
        "Lamport on every graph of 1 to 3 nodes does not hold on every schedule (violated, ",
        "\n  on --topology links:0-1 --ids 0,1 ",
        "\n  check it again: check lamport --every-graph 1..3 --ids all ",
        "\na shortest run that goes wrong (2 nodes, 1 links, 8 events):",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let file = said.lines().find_map(|line| line.strip_prefix("replay it: cargo run -- simulate lamport --schedule "));
    let ended = start(PROGRAM, &format!("simulate --json --schedule {}", file.expect("it is written"))).wait();
    assert_eq!((ended.status(), ended.json()["properties"]["mutual_exclusion"].as_str()), (Some(1), Some("violated")));
}

#[test]
fn of_many_instances_one_that_is_not_decided_is_enough() {
    let refused = |proof: Proof<Echo>| proof.failure().expect_err("it is not decided").to_string();
    let said = refused(Proof::new().every_graph(4).most_states(20));
    assert!(said.starts_with("Echo on every graph of 4 nodes is not proved (bounded, "), "{said}");
    let said = refused(Proof::new().every_graph(12));
    assert!(said.contains("all graphs of 12 nodes cannot be gone through"), "{said}");
}
