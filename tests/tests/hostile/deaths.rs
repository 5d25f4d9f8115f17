//! Processes that are killed or stopped, at any moment: the run ends with a word on it, and leaves nothing behind.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use nodes::protocol::Random;
use nodes_tests::seeds::for_seeds;
use nodes_tests::started::{Started, signal, start_by};

use crate::{PROGRAM, begin, patience, run};

/// Which node a process is, by its title: "Lamport node 3".
fn node(process: u32) -> Option<usize> {
    let title = std::fs::read_to_string(format!("/proc/{process}/cmdline")).ok()?;
    title.trim_end_matches('\0').rsplit_once(" node ")?.1.parse().ok()
}

/// The nodes that are there now, and their processes.
fn nodes(started: &Started) -> BTreeMap<usize, u32> {
    started.nodes().into_iter().filter_map(|process| Some((node(process)?, process))).collect()
}

/// Sends the signal to a process that may have ended.
fn try_signal(process: u32, name: &str) -> bool {
    let mut kill = Command::new("kill");
    kill.args([format!("-{name}"), process.to_string()]).stderr(Stdio::null());
    kill.status().expect("kill is there").success()
}

const RUNS: [&str; 5] = [
    "run lamport --topology complete:6 --requests 5",
    "run shout --topology complete:8 --initiators 0@50ms",
    "run streaming --topology ring:4 --items 3000",
    "run flooding --topology random-tree:30 --initiators 0@20ms",
    "run chattering --topology complete:5 --for 1s",
];

#[test]
fn nodes_that_are_killed_at_any_moment_end_the_run_with_a_word_on_it() {
    for_seeds(10 * patience(), |seed| {
        let mut random = Random::stream(seed, "killer", 0);
        let goes_on = seed % 2 == 1;
        let on_crash = if goes_on { "continue" } else { "stop" };
        let arguments = RUNS[random.range(0..RUNS.len())];
        let started = begin(&format!("{arguments} --on-crash {on_crash} --seed {seed} --json --timeout 20s"));
        std::thread::sleep(Duration::from_millis(random.range(0..400)));
        let victims = (0..random.range(1..=2)).filter_map(|_| {
            let there = nodes(&started).into_iter().collect::<Vec<_>>();
            let (node, process) = *there.get(random.range(0..there.len().max(1)))?;
            try_signal(process, "KILL").then_some(node)
        });
        let victims = victims.collect::<Vec<_>>();
        let ended = started.wait();
        ended.assert_nothing_is_left();

        let stderr = ended.stderr();
        let case = format!("{arguments} --on-crash {on_crash}, killed {victims:?}: {stderr}");
        if ended.stdout().is_empty() {
            // Before the node could be told who it is, nothing had begun.
            assert!(ended.status() == Some(1) && stderr.lines().count() == 1 && stderr.contains("cannot be started"), "{case}");
            return;
        }
        let document = ended.json();
        let finals = document["nodes_final"].as_array().unwrap();
        let told = |node: &usize| stderr.contains(&format!("node {node}, ")) && stderr.contains("killed by signal 9 (SIGKILL)");
        assert_ne!(document["outcome"], "timeout", "{case}");
        if document["outcome"] == "crashed" {
            assert_eq!(ended.status(), Some(1), "{case}");
            assert!(victims.iter().any(told), "{case}");
            assert!(!goes_on || stderr.contains("before the start"), "{case}");
        } else {
            // Either it was too late to matter, or the others went on.
            let silent = (0..finals.len()).filter(|node| finals[*node]["state"].is_null()).collect::<Vec<_>>();
            assert!(silent.iter().all(|node| goes_on && victims.contains(node) && told(node)), "{silent:?} are silent: {case}");
        }
        assert!(document["messages"]["total"].is_u64());
    });
}

#[test]
fn an_initializer_that_is_killed_at_any_moment_takes_its_nodes_along() {
    for_seeds(8 * patience(), |seed| {
        let mut random = Random::stream(seed, "killer of the initializer", 0);
        let started = begin(&format!("{} --seed {seed} --json", RUNS[random.range(0..RUNS.len())]));
        std::thread::sleep(Duration::from_micros(random.range(0..300_000)));
        try_signal(started.pid(), "KILL");
        started.wait().assert_nothing_is_left();
    });
}

#[test]
fn many_nodes_may_crash_and_the_others_go_on() {
    let crashes = (0..10).map(|node| format!("{node}@{}ms", 50 + node % 3)).collect::<Vec<_>>().join(",");
    let ended = run(&format!(
        "run chattering --topology complete:16 --initiators all --for 500ms --seed 1 --json --crash {crashes} --on-crash continue"
    ));
    ended.assert_ends(0, "stopped", &["node 0, 0.", "node 9, 0.", "crashed, as planned; the others went on"]);
    let document = ended.json();
    let finals = document["nodes_final"].as_array().unwrap();
    let (dead, living) = finals.split_at(10);
    assert!(dead.iter().all(|node| node["state"].is_null() && node["sent"].is_null()));
    assert!(living.iter().all(|node| node["sent"].as_u64() > Some(0)));
}

#[test]
fn where_children_that_end_are_ignored_it_is_known_how_they_ended_all_the_same() {
    // As nohup does with SIGHUP, some supervisors do with SIGCHLD; what is ignored, those who are started inherit.
    let ignoring = |arguments: &str| {
        let ended = start_by(&["env", "--ignore-signal=CHLD"], PROGRAM, arguments).wait();
        ended.assert_nothing_is_left();
        ended
    };
    let ended = ignoring("run aborting --topology path:2 --seed 1 --json");
    ended.assert_ends(1, "crashed", &["node 1", "was killed by signal 6 (SIGABRT)"]);
    let ended = ignoring(
        "run chattering --topology complete:16 --initiators all --for 400ms --seed 1 --json --crash 0@100ms,1@200ms --on-crash continue",
    );
    ended.assert_ends(0, "stopped", &["node 0, 0.", "node 1, 0.", "crashed, as planned"]);
}

#[test]
fn what_a_handler_starts_does_not_hide_that_its_node_has_ended() {
    let ended = run("run fostering --topology path:2 --seed 1 --json --timeout 4s");
    ended.assert_ends(1, "crashed", &["node 1", "was killed by signal 6", "a handler prints", "a handler reads 0 bytes"]);
}

#[test]
fn a_run_of_which_nobody_is_left_ends() {
    let ended =
        run("run chattering --topology ring:3 --seed 1 --json --crash 0@50ms,1@60ms,2@50ms --on-crash continue --timeout 20s");
    ended.assert_ends(0, "quiescent", &["node 0", "node 1", "node 2"]);
}

#[test]
fn what_the_dead_sent_before_the_others_began_does_not_keep_the_run_from_its_end() {
    // Node 0 has sent, and is dead, before node 1 has handled its impulse, and so before anybody handles a message.
    let ended = run("run sluggish --topology complete:4 --initiators 0,1 --seed 1 --json --crash 0@150ms --on-crash continue \
                     --timeout 20s");
    ended.assert_ends(0, "quiescent", &["node 0, 0."]);
    let document = ended.json();
    // Each living node got what both had sent, but for the one from itself.
    assert_eq!([1, 2, 3].map(|node| document["nodes_final"][node]["fields"]["got"].as_u64().unwrap()), [1, 2, 2]);
}

#[test]
fn a_node_that_dies_while_it_tells_how_it_ended_has_not_ended_well() {
    // A panic of the clean-up is the surest way.
    let ended = run("run untidy --topology complete:4 --seed 1 --json");
    ended.assert_ends(1, "crashed", &["node 1", "nothing can be tidied up"]);
}

#[test]
fn a_node_that_is_stopped_for_a_while_slows_its_senders_and_loses_nothing() {
    let started = begin("run streaming --topology star:4 --items 20000 --size 200 --seed 1 --json --timeout 55s");
    started.await_nodes(4);
    std::thread::sleep(Duration::from_millis(150));
    let hub = nodes(&started)[&0];
    signal(hub, "STOP");
    std::thread::sleep(Duration::from_millis(900));
    let most = started.nodes().into_iter().filter_map(crate::memory::used).max().expect("they are alive");
    signal(hub, "CONT");
    let ended = started.wait();
    ended.assert_nothing_is_left();
    ended.assert_ends(0, "terminated", &[]);
    let document = ended.json();
    assert_eq!(document["properties"]["all_arrived"], "holds");
    assert_eq!(document["messages"]["total"], 2 * 3 * 20_000);
    assert!(document["time"]["wall_s"].as_f64().unwrap() >= 0.9, "it was stopped in the middle: {}", document["time"]);
    // Each of its senders has 4 MB to send, and kept little more than its mark of 1 MiB.
    assert!(most < 16 << 20, "a node took {most} bytes");
}

#[test]
fn an_initializer_that_is_stopped_for_a_while_is_waited_for() {
    let started = begin("run lamport --topology complete:4 --requests 4 --seed 1 --json");
    started.await_nodes(4);
    signal(started.pid(), "STOP");
    std::thread::sleep(Duration::from_millis(700));
    signal(started.pid(), "CONT");
    let ended = started.wait();
    ended.assert_nothing_is_left();
    ended.assert_ends(0, "quiescent", &[]);
    assert_eq!(ended.json()["messages"]["total"], 3 * 3 * 4 * 4);
}

#[test]
fn ctrl_c_while_nodes_are_started_ends_at_once() {
    let started = begin("run flooding --topology random-tree:400 --seed 1 --json");
    while started.nodes().is_empty() {
        std::thread::sleep(Duration::from_millis(1));
    }
    #[allow(clippy::disallowed_methods, reason = "a test of how long it takes")]
    let before = SystemTime::now();
    started.signal("INT");
    let ended = started.wait();
    ended.assert_nothing_is_left();
    ended.assert_ends(0, "stopped", &["interrupted"]);
    assert!(before.elapsed().unwrap() < Duration::from_secs(15));
}

#[test]
fn diagnostics_that_nobody_reads_change_nothing() {
    // Standard error is a pipe whose reader has gone: what is written to it fails with EPIPE.
    let program = format!("exec {PROGRAM} \"$@\" 2> >(true)");
    for (arguments, status, outcome) in [
        ("run chattering --topology path:2 --timeout 300ms", 1, "timeout"),
        ("run chattering --topology path:2 --for 300ms -v", 0, "stopped"),
    ] {
        let by = ["bash", "-c", &program, "bash"];
        let ended = start_by(&by[..3], by[3], &format!("{arguments} --seed 1 --json")).wait();
        ended.assert_nothing_is_left();
        assert_eq!(ended.json()["outcome"], outcome);
        assert_eq!(ended.status(), Some(status));
    }
}
