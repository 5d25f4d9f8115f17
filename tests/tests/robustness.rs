//! Runs of real processes that go wrong: each ends with a word on what happened, and leaves nothing behind.

use nodes_tests::folder::Folder;
use nodes_tests::started::{Ended, Started, signal, start};

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

fn begin(arguments: &str) -> Started {
    start(PROGRAM, arguments)
}

fn run(arguments: &str) -> Ended {
    let ended = begin(arguments).wait();
    ended.assert_nothing_is_left();
    ended
}

#[test]
fn a_run_that_succeeds_leaves_no_process() {
    let ended = run("run shout --topology complete:4 --seed 1 --json");
    ended.assert_ends(0, "terminated", &[]);
}

#[test]
fn a_panic_of_a_handler_ends_the_run_with_node_state_and_text() {
    let ended = run("run panicking --topology ring:5 --seed 1 --json");
    ended.assert_ends(1, "crashed", &["node 2 in state Waiting", "two is too much", "misbehaved.rs"]);
}

#[test]
fn an_abort_ends_the_run_with_the_signal() {
    let ended = run("run aborting --topology path:2 --seed 1 --json");
    ended.assert_ends(1, "crashed", &["node 1", "signal 6"]);
}

#[test]
fn an_endless_loop_in_a_handler_ends_with_the_timeout() {
    let ended = run("run looping --topology ring:5 --initiators 1 --timeout 500ms --seed 1 --json");
    ended.assert_ends(1, "timeout", &["node 2 did not answer"]);
}

#[test]
fn a_protocol_that_gets_stuck_says_what_each_node_waits_for() {
    let ended = run("run waiting --topology path:2 --initiators all --seed 1 --json");
    ended.assert_ends(1, "stuck", &["node 0 is in Asking", "node 1 is in Asking", "waits for Answer", "deferred: Ask"]);
}

#[test]
fn what_never_happens_is_a_violation() {
    let ended = run("run surprised --topology path:2 --seed 1 --json");
    ended.assert_ends(1, "violated", &["node 1 in state Calm", "`Surprise` arrived"]);
}

#[test]
fn a_terminal_state_that_a_helper_leaves_is_a_violation() {
    let ended = run("run fickle --topology path:2 --seed 1 --json");
    ended.assert_ends(1, "violated", &["node 0", "left the terminal state Done for Calm"]);
}

#[test]
fn properties_that_do_not_hold_are_told() {
    // On a ring of 3 the flood takes 2m - n + 1 = 4 messages over 3 links.
    let ended = run("run boastful --topology ring:3 --seed 1 --json");
    ended.assert_ends(
        1,
        "violated",
        &["`nobody_is_done` does not hold", "`one_message_a_link` does not hold: 4 messages over 3 links"],
    );
    assert_eq!(ended.json()["properties"]["one_message_a_link"], "violated");
}

#[test]
fn a_planned_end_stops_a_protocol_that_never_ends() {
    let ended = run("run chattering --topology path:2 --for 300ms --seed 1 --json");
    ended.assert_ends(0, "stopped", &[]);
    let document = ended.json();
    let hits = |node: usize| document["nodes_final"][node]["reported"]["hits"].as_u64().unwrap();
    let total = document["messages"]["total"].as_u64().unwrap();
    // Each message was sent by an impulse or in answer to one that arrived.
    assert_eq!(total, hits(0) + hits(1) + 1);
}

#[test]
fn a_timeout_ends_a_protocol_that_never_ends() {
    let ended = run("run chattering --topology path:2 --timeout 300ms --seed 1 --json");
    ended.assert_ends(1, "timeout", &[]);
}

#[test]
fn ctrl_c_ends_cleanly_with_the_counts_so_far() {
    let started = begin("run chattering --topology complete:4 --seed 1 --json");
    started.await_nodes(4);
    std::thread::sleep(std::time::Duration::from_millis(300));
    started.signal("INT");
    let ended = started.wait();
    ended.assert_nothing_is_left();
    ended.assert_ends(0, "stopped", &["interrupted"]);
    assert!(ended.json()["messages"]["total"].as_u64().unwrap() > 0);
}

#[test]
fn a_killed_node_ends_the_run() {
    let started = begin("run chattering --topology complete:4 --seed 1 --json");
    let nodes = started.await_nodes(4);
    std::thread::sleep(std::time::Duration::from_millis(300));
    signal(nodes[0], "KILL");
    let ended = started.wait();
    ended.assert_nothing_is_left();
    ended.assert_ends(1, "crashed", &["was killed by signal 9"]);
}

#[test]
fn a_killed_initializer_takes_its_nodes_along() {
    let started = begin("run chattering --topology complete:4 --seed 1 --json");
    started.await_nodes(4);
    started.signal("KILL");
    started.wait().assert_nothing_is_left();
}

#[test]
fn a_killed_initializer_takes_nodes_in_an_endless_loop_along() {
    let started = begin("run looping --topology ring:5 --initiators 1 --seed 1 --json");
    started.await_nodes(5);
    std::thread::sleep(std::time::Duration::from_millis(300));
    started.signal("KILL");
    started.wait().assert_nothing_is_left();
}

#[test]
fn large_messages_arrive_whole_and_too_large_ones_are_named() {
    // A message takes 4 bytes more than a `Load` of many bytes: the tag, and the length in three groups of seven bits.
    for size in [0, 1, 1200, 1400, 1500, 60_000, (1 << 20) - 4] {
        let ended = run(&format!("run bulky --topology ring:3 --size {size} --seed 1 --json"));
        ended.assert_ends(0, "terminated", &[]);
        assert_eq!(ended.json()["properties"]["whole"], "holds");
    }
    let ended = run(&format!("run bulky --topology ring:3 --size {} --seed 1 --json", (1 << 20) - 3));
    ended.assert_ends(1, "crashed", &["node 0", "`Load` cannot be sent: it has 1048577 bytes, more than 1048576"]);
}

#[test]
fn two_hundred_processes_run() {
    let ended = run("run flooding --topology random-tree:200 --seed 1 --json");
    ended.assert_ends(0, "terminated", &[]);
    // 2m - n + 1, with m = n - 1.
    assert_eq!(ended.json()["messages"]["total"], 199);
}

#[test]
fn three_runs_at_once_do_not_disturb_each_other() {
    let runs = [11, 12, 13]
        .map(|n| (n, begin(&format!("run controlled_distance --topology ring:{n} --ids shuffled --seed {n} --json"))));
    for (n, started) in runs {
        let ended = started.wait();
        ended.assert_nothing_is_left();
        ended.assert_ends(0, "terminated", &[]);
        let document = ended.json();
        let finals = document["nodes_final"].as_array().unwrap();
        assert_eq!(finals.len(), n);
        assert_eq!(finals.iter().filter(|node| node["state"] == "Leader").count(), 1);
        assert_eq!(document["links"]["rejected"], 0);
    }
}

#[test]
fn mutual_exclusion_survives_a_network_that_loses_copies_and_reorders() {
    // Lamport: 3(n-1) messages an entry, on every schedule that FIFO links allow.
    let ended = run("run lamport --topology complete:6 --requests 5 --initiators all --seed 1 --json \
                     --loss 0.3 --duplicate 0.1 --reorder 0.3");
    ended.assert_ends(0, "quiescent", &[]);
    let document = ended.json();
    assert_eq!(document["messages"]["total"], 3 * (6 - 1) * (6 * 5));
    assert!(document["links"]["retransmitted"].as_u64().unwrap() > 100);
    assert!(document["links"]["duplicated"].as_u64().unwrap() > 10);
}

#[test]
fn a_partition_that_heals_delays_but_loses_nothing() {
    let ended = run("run shout --topology complete:6 --seed 1 --json --partition 0-2|3-5@0s..300ms --link-down 3-4@0s..400ms");
    ended.assert_ends(0, "terminated", &[]);
    // 4m - 2n + 2.
    assert_eq!(ended.json()["messages"]["total"], 4 * 15 - 2 * 6 + 2);
    assert!(ended.json()["time"]["wall_s"].as_f64().unwrap() >= 0.3);
}

#[test]
fn delays_on_demand_delay() {
    for delay in ["unit", "uniform:1ms..3ms", "weights"] {
        let ended = run(&format!("run all_the_way --topology directed-ring:10 --seed 1 --json --delay {delay}"));
        ended.assert_ends(0, "terminated", &[]);
        let document = ended.json();
        assert_eq!(document["messages"]["total"], 100);
        // Each id goes round the ring of 10, a millisecond a link at least.
        assert!(document["time"]["wall_s"].as_f64().unwrap() >= 0.010, "{delay}");
    }
}

#[test]
fn a_planned_crash_ends_the_run_with_who_and_when() {
    let ended = run("run chattering --topology complete:5 --seed 1 --json --crash 3@200ms");
    ended.assert_ends(1, "crashed", &["node 3", "0.2", "crashed, as planned"]);
    assert!(ended.json()["messages"]["total"].as_u64().unwrap() > 0);
}

#[test]
fn the_others_go_on_after_a_crash_if_they_shall() {
    // Node 3 is dead before the flood, which begins at 300 ms, and goes around it.
    let ended = run("run flooding --topology wheel:8 --initiators 1@300ms --seed 1 --json --crash 3@100ms --on-crash continue");
    let document = ended.json();
    ended.assert_ends(0, "terminated", &[]);
    assert!(ended.stderr().contains("node 3") && ended.stderr().contains("the others went on"), "{}", ended.stderr());
    let finals = document["nodes_final"].as_array().unwrap();
    assert_eq!(finals.iter().filter(|node| node["state"] == "Done").count(), 7);
    assert!(finals[3]["state"].is_null());
}

#[test]
fn a_controlled_distance_on_a_ring_of_8_takes_30_forth_14_back_8_notify() {
    for _ in 0..20 {
        let document = run("run controlled_distance --topology ring:8 --json").json();
        let by_type = &document["messages"]["by_type"];
        assert_eq!((&by_type["Forth"], &by_type["Back"], &by_type["Notify"]), (&30.into(), &14.into(), &8.into()));
        assert_eq!(document["messages"]["bytes"], 3 * 30 + 2 * 14 + 2 * 8);
        assert_eq!(document["messages"]["late"], 2);
    }
}

#[test]
fn an_impulse_for_the_dead_does_not_keep_the_run_from_its_end() {
    let ended =
        run("run flooding --topology wheel:8 --initiators 1@50ms,3@300ms --crash 3@150ms --on-crash continue --seed 1 --json");
    ended.assert_ends(0, "terminated", &["node 3"]);
}

#[test]
fn when_all_are_dead_the_run_is_over() {
    let ended = run("run chattering --topology path:2 --crash 0@100ms,1@100ms --on-crash continue --seed 1 --json");
    ended.assert_ends(0, "quiescent", &["node 0", "node 1"]);
}

#[test]
fn crashes_at_the_start_do_not_confuse_the_count() {
    for at in ["0s", "1ms", "2ms", "5ms"] {
        let ended = run(&format!(
            "run flooding --topology complete:8 --initiators all --crash 0@{at} --on-crash continue --seed 1 --json --timeout 20s"
        ));
        ended.assert_ends(0, "terminated", &[]);
    }
}

#[test]
fn of_the_step_in_which_a_node_crashes_the_same_messages_leave_in_both_engines() {
    // Node 0 tells all others in its first step: who hears of it is done.
    let informed = |command: &str, crash: &str, seed: u64| {
        let line = format!("flooding --topology star:6 --crash {crash} --on-crash continue --seed {seed} --json --timeout 20s");
        let document = run(&format!("{command} {line}")).json();
        let finals = document["nodes_final"].as_array().unwrap().clone();
        assert_ne!(finals[0]["state"], "Done", "{command} {line}: the step has not happened");
        (0..6).filter(|node| finals[*node]["state"] == "Done").collect::<Vec<_>>()
    };
    for first in 0..6 {
        let expected = (1..=first).collect::<Vec<_>>();
        assert_eq!(informed("run", &format!("0@0s+{first}"), 1), expected);
        assert_eq!(informed("simulate", &format!("0@0s+{first}"), 1), expected);
    }
    let drawn = (1..7).map(|seed| informed("run", "0@0s", seed)).collect::<Vec<_>>();
    assert_eq!(drawn, (1..7).map(|seed| informed("simulate", "0@0s", seed)).collect::<Vec<_>>());
    assert!(drawn.iter().any(|nodes| !nodes.is_empty() && nodes.len() < 5), "{drawn:?}");
}

#[test]
fn a_crash_that_comes_too_late_is_told() {
    let ended = run("run flooding --topology ring:3 --crash 1@1h --seed 1 --json");
    ended.assert_ends(0, "terminated", &["node 1 did not crash"]);
}

#[test]
fn the_log_of_a_node_in_an_endless_loop_tells_what_it_did_before() {
    let logs = Folder::new("logs");
    let ended =
        run(&format!("run looping --topology ring:5 --initiators 1 --timeout 500ms --seed 1 --json --logs {}", logs.display()));
    ended.assert_ends(1, "timeout", &[]);
    let log = std::fs::read_to_string(logs.join("node-2.log")).expect("node 2 has a log");
    assert!(log.contains("received Go from node 1"), "{log}");
}

#[test]
fn a_ring_of_fifty_elects_one_leader_within_the_bound() {
    let document = run("run controlled_distance --topology ring:50 --ids shuffled --seed 7 --json").json();
    assert_eq!(document["outcome"], "terminated");
    let states = document["nodes_final"].as_array().unwrap().iter().map(|node| node["state"].as_str().unwrap());
    let states = states.collect::<Vec<_>>();
    assert_eq!(states.iter().filter(|state| **state == "Leader").count(), 1);
    assert_eq!(states.iter().filter(|state| **state == "Follower").count(), 49);
    // 8n(1 + ceil(log2 n)) + n.
    assert!(document["messages"]["total"].as_u64().unwrap() <= 8 * 50 * (1 + 6) + 50);
}

#[test]
fn graphs_that_networkx_wrote_run_in_every_format() {
    let graphs = concat!(env!("CARGO_MANIFEST_DIR"), "/../nodes/tests/data/graphs");
    let mut formats = std::collections::BTreeSet::new();
    for file in std::fs::read_dir(graphs).expect("the sample graphs are there") {
        let path = file.expect("a file").path();
        // That is what the graphs in it must be, not a graph.
        if path.ends_with("families.expected.json") {
            continue;
        }
        let ended = run(&format!("run flooding --topology file:{} --seed 1 --json", path.display()));
        ended.assert_ends(0, "terminated", &[]);
        let document = ended.json();
        let (n, m) = (document["nodes"].as_u64().unwrap(), document["edges"].as_u64().unwrap());
        assert_eq!(document["messages"]["total"], 2 * m - n + 1, "{}", path.display());
        formats.extend(path.extension().map(std::ffi::OsStr::to_owned));
    }
    assert!(
        ["adjlist", "dot", "edges", "g6", "gml", "graphml", "json"]
            .iter()
            .all(|format| formats.contains(std::ffi::OsStr::new(format))),
        "{formats:?}"
    );
}

#[test]
fn a_wrong_line_of_a_graph_file_is_refused_with_file_line_and_reason() {
    let folder = Folder::new("bad-graph");
    let path = folder.join("bad.edges");
    std::fs::write(&path, "0 1\n1 2\n2 0 x y\n").expect("a file can be written");
    let ended = run(&format!("run flooding --topology file:{}", path.display()));
    assert_eq!(ended.status(), Some(2));
    assert_eq!(ended.stdout(), "");
    assert!(ended.stderr().contains(".edges:3: expected"), "{}", ended.stderr());
}

#[test]
fn what_goes_wrong_in_finish_is_told() {
    let ended = run("run abrupt --topology path:3 --seed 1 --json");
    ended.assert_ends(1, "crashed", &["panicked: too much at the end"]);
    let ended = run("run garrulous --topology path:3 --seed 1 --json");
    ended.assert_ends(1, "violated", &["`#[finish]` sends a message"]);
}
