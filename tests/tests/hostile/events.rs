//! What comes to a process from outside, or waits in it: impulses at several times, and messages that wait for a condition.

use crate::run;

#[test]
fn a_process_gets_each_of_its_impulses() {
    let ended = run("run roused --topology path:3 --initiators 1@0s,0@30ms,1@30ms,1@60ms,1@61ms --seed 1 --timeout 20s --json");
    ended.assert_ends(0, "quiescent", &[]);
    let document = ended.json();
    let fields = |name: &str| [0, 1, 2].map(|node| document["nodes_final"][node]["fields"][name].as_u64());
    assert_eq!(fields("impulses"), [Some(1), Some(4), Some(0)], "{document}");
    assert_eq!(fields("heard"), [Some(4), Some(1), Some(4)]);
    assert_eq!(document["options"]["initiators"], serde_json::json!([1, 0]));
}

/// The end is not told of while one is still to come, also if the node has been quiet for long.
#[test]
fn a_run_waits_for_a_late_impulse() {
    let ended = run("run roused --topology path:2 --initiators 0@0s,0@900ms --seed 1 --timeout 20s --json");
    ended.assert_ends(0, "quiescent", &[]);
    assert_eq!(ended.json()["nodes_final"][0]["fields"]["impulses"], 2);
}

#[test]
fn what_waits_for_a_condition_is_handled_once_that_holds_and_else_told() {
    let all = run("run patient --topology complete:3 --raises 4 --seed 1 --timeout 20s --json");
    all.assert_ends(0, "quiescent", &[]);
    for node in [1, 2] {
        assert_eq!(all.json()["nodes_final"][node]["fields"]["handled"], serde_json::json!([1, 10, 20, 3, 4, 40]));
    }
    assert!(!all.stderr().contains("deferred"), "{}", all.stderr());

    let some = run("run patient --topology complete:3 --raises 3 --seed 1 --timeout 20s --json");
    some.assert_ends(0, "quiescent", &[]);
    let told = "4 messages are still deferred at the end: node 1: Ping(4) from port 0; node 1: Call(4) from port 0; \
                node 2: Ping(4) from port 0; node 2: Call(4) from port 0";
    assert!(some.stderr().contains(told), "{}", some.stderr());
}

/// A record names each message that waited, when it is taken up: by the number of its sending.
#[test]
fn a_record_of_processes_tells_which_message_is_taken_up() {
    let folder = nodes_tests::folder::Folder::new("taken-up");
    let file = folder.join("run.trace");
    for command in ["run", "simulate"] {
        let ended = run(&format!("{command} patient -t complete:2 --seed 1 --trace {} --force --json", file.display()));
        ended.assert_ends(0, "quiescent", &[]);
        let told = run(&format!("trace {} --to ndjson", file.display())).stdout();
        let numbers = |kind: &str| {
            let events = told.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("it is JSON"));
            let numbers = events.filter(|event| event["kind"] == kind).map(|event| event["message"].as_u64());
            let mut numbers = numbers.collect::<Vec<_>>();
            numbers.sort_unstable();
            numbers
        };
        assert_eq!(numbers("resume").len(), 6, "{command}: {told}");
        assert_eq!(numbers("resume"), numbers("defer"), "{command}");
    }
}
