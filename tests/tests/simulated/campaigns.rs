//! What campaigns find, and that a line which they print makes that run again.

use std::sync::atomic::AtomicBool;

use catalogue::{Flooding, Lamport, Shout};
use nodes::campaign::Campaign;
use nodes::protocol::Links;
use nodes::run::{Outcome, Run};
use nodes_tests::folder::Folder;
use nodes_tests::started::start;

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

#[test]
fn lamport_without_order_lets_two_in_within_a_thousand_seeds() {
    let run = Run::<Lamport>::on("complete:5").links(Links::Reliable).seed(1);
    let findings = run.campaign(Campaign::of(1000)).expect("it runs");
    let counts = findings.properties["mutual_exclusion"];
    assert!(counts.violated > 0, "{findings:?}");
    assert_eq!(counts.holds + counts.violated, 1000);
}

/// Ten thousand: `simulate lamport --runs 10000`.
#[test]
fn lamport_in_order_lets_nobody_in_beside_another() {
    let findings = Run::<Lamport>::on("complete:5").seed(1).campaign(Campaign::of(500)).expect("it runs");
    assert!(findings.is_well(), "{}", findings.failures[0]);
    assert_eq!(findings.outcomes, [(Outcome::Quiescent, 500)]);
    // 3(n - 1) messages an entry, n nodes that enter twice each.
    let messages = (3 * 4 * 5 * 2) as f64;
    assert_eq!((findings.messages.min(), findings.messages.max()), (Some(messages), Some(messages)));
}

#[test]
fn shout_needs_no_order() {
    let findings = Run::<Shout>::on("gnp:12,0.3").links(Links::Reliable).seed(1).campaign(Campaign::of(1000)).expect("it runs");
    assert!(findings.is_well(), "{}", findings.failures[0]);
}

#[test]
fn until_the_first_failure_and_no_further() {
    let run = Run::<Lamport>::on("complete:5").links(Links::Reliable).seed(1);
    let all = run.campaign(Campaign::of(200)).expect("it runs");
    let first = run.campaign(Campaign::of(200).until_failure()).expect("it runs");
    assert_eq!(first.failures, all.failures[..1]);
    assert_eq!(first.runs, first.failures[0].seed, "seeds begin at 1");
}

/// Numbers of two graphs would be none of either.
#[test]
fn a_graph_that_changes_ends_the_campaign() {
    let folder = Folder::new("campaign-changing");
    let (graph, new) = (folder.join("g.edges"), folder.join("new.edges"));
    std::fs::write(&graph, "0 1\n1 2\n").expect("there is room");
    std::fs::write(&new, "0 1\n1 2\n2 3\n").expect("there is room");
    let line = format!("simulate flooding --topology file:{} --runs", graph.display());
    let long = start(PROGRAM, &format!("{line} 9999999"));
    std::thread::sleep(std::time::Duration::from_millis(700));
    std::fs::rename(&new, &graph).expect("it is there");
    let ended = long.wait();
    assert_eq!((ended.status(), ended.stdout()), (Some(2), String::new()), "{}", ended.stderr());
    assert!(ended.stderr().contains("g.edges changed while the runs were made"), "{}", ended.stderr());
    // Flooding a path of 4 takes a message a link.
    let again = start(PROGRAM, &format!("{line} 50 --initiators one --json")).wait().json();
    assert_eq!((&again["messages"]["min"], &again["messages"]["max"]), (&3.0.into(), &3.0.into()));
    let made = std::process::Command::new("mkfifo").arg(folder.join("p.edges")).status().expect("mkfifo is there");
    assert!(made.success());
    let ended =
        start(PROGRAM, &format!("simulate flooding --topology file:{} --runs 5", folder.join("p.edges").display())).wait();
    assert_eq!(ended.status(), Some(2));
    assert!(ended.stderr().contains("p.edges is a pipe or a device"), "{}", ended.stderr());
}

#[test]
fn interrupted_it_tells_what_was_done_so_far() {
    let stop = AtomicBool::new(false);
    let mut watch = |done: u64, _: u64| {
        if done == 20 {
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
        }
    };
    let campaign = Campaign::of(1_000_000_000).interrupt(&stop).progress(&mut watch);
    let findings = Run::<Flooding>::on("ring:5").seed(1).campaign(campaign).expect("it runs");
    assert!(findings.interrupted && (20..1_000_000).contains(&findings.runs), "{} runs", findings.runs);
}

/// Every option of the mixture stands in the line.
#[test]
fn a_printed_line_makes_the_same_run() {
    let ended = start(PROGRAM, "simulate lamport --links reliable --runs 100 --seed 5 --json").wait();
    assert_eq!(ended.status(), Some(1));
    let findings = ended.json();
    assert_eq!((&findings["runs"], &findings["seed"]), (&100.into(), &5.into()));
    assert_eq!(findings["replay"], "simulate lamport --topology complete:5 --links reliable --runs 100 --seed 5");
    for field in ["outcomes", "messages", "time", "violations"] {
        assert!(!findings[field].is_null(), "{field}");
    }
    for name in ["min", "mean", "max"] {
        assert!(findings["messages"][name].is_number() && findings["time"][name].is_number());
    }
    let violations = findings["violations"].as_array().expect("violations");
    assert!(!violations.is_empty());
    for violation in violations {
        let replay = violation["replay"].as_str().expect("a line");
        let again = start(PROGRAM, &format!("{replay} --json")).wait();
        assert_eq!(again.status(), Some(1), "{replay}");
        let property = violation["property"].as_str().expect("a property");
        assert_eq!(again.json()["properties"][property], "violated", "{replay}");
        let lines = violation["explanation"].as_array().expect("lines");
        for line in lines {
            assert!(again.stderr().contains(line.as_str().expect("a line")), "{line} in {}", again.stderr());
        }
    }
}

/// What users' code says when it panics is part of the findings, not of the terminal.
#[test]
fn panics_are_findings() {
    for (protocol, said) in [("panicking", "panicked: two is too much"), ("untidy", "panicked: nothing can be tidied up")] {
        let ended = start(PROGRAM, &format!("simulate {protocol} --topology complete:4 --runs 3 --seed 1 --json")).wait();
        assert_eq!(ended.status(), Some(1));
        let findings = ended.json();
        assert_eq!(findings["outcomes"], serde_json::json!({"crashed": 3}));
        assert!(!ended.stderr().contains("thread '"), "{}", ended.stderr());
        let line = findings["violations"][0]["explanation"][0].as_str().expect("a line");
        assert!(line.starts_with("node ") && line.contains(said), "{line}");
    }
}

#[test]
fn a_campaign_writes_no_logs() {
    let ended = start(PROGRAM, "simulate flooding --runs 10 -v").wait();
    assert_eq!(ended.status(), Some(2));
    assert!(ended.stderr().contains("--verbose is for one run"), "{}", ended.stderr());
}
