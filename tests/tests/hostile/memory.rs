//! What waits is bounded, whatever a protocol does.

use std::collections::BTreeMap;
use std::time::Duration;

use nodes_tests::started::{Ended, Started};

use crate::{begin, run};

/// The memory that a process has allocated and uses, in bytes.  Pages of the program's file are left out: a program with much
/// in it has many, all processes share them, and they do not depend on what is sent.
pub(crate) fn used(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let used = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    Some(used.split_whitespace().next()?.parse::<u64>().ok()? << 10)
}

/// Waits for the end, and how much each node used at most, as far as was seen.
fn watched(started: Started) -> (Ended, BTreeMap<u32, u64>) {
    let mut peaks = BTreeMap::new();
    let find = started.finder();
    let initializer = started.pid();
    let waiting = std::thread::spawn(move || started.wait());
    while !waiting.is_finished() {
        for process in find().into_iter().filter(|process| *process != initializer) {
            if let Some(used) = used(process) {
                let peak = peaks.entry(process).or_default();
                *peak = used.max(*peak);
            }
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let ended = waiting.join().expect("it waits");
    ended.assert_nothing_is_left();
    (ended, peaks)
}

#[test]
fn two_nodes_that_stream_at_each_other_neither_wait_for_ever_nor_fill_the_memory() {
    let (ended, peaks) =
        watched(begin("run streaming --topology path:2 --items 8000 --size 10000 --seed 1 --json --timeout 55s"));
    ended.assert_ends(0, "terminated", &[]);
    let document = ended.json();
    assert_eq!(document["messages"]["total"], 2 * 8000);
    assert_eq!(document["properties"]["all_arrived"], "holds");
    // 80 MB went each way.
    assert!(document["messages"]["bytes"].as_u64() >= Some(160_000_000));
    assert!(peaks.len() == 2 && peaks.values().all(|peak| *peak < 16 << 20), "{peaks:?}");
}

#[test]
fn who_sends_faster_than_anybody_takes_is_named() {
    let (ended, peaks) = watched(begin("run avalanche --topology path:2 --seed 1 --json --outbox-limit 2MiB"));
    ended.assert_ends(1, "crashed", &["node ", "bytes wait to be sent", "to node ", "(port 0)", "2097152", "--outbox-limit"]);
    assert!(peaks.values().all(|peak| *peak < 48 << 20), "{peaks:?}");
    assert_eq!(ended.json()["options"]["outbox-limit"], "2097152");
    assert!(ended.json()["replay"].as_str().unwrap().ends_with("--outbox-limit 2097152 --seed 1"));

    let (ended, peaks) = watched(begin("run avalanche --topology path:2 --seed 1 --json"));
    ended.assert_ends(1, "crashed", &["bytes wait to be sent", "to node ", "67108864"]);
    assert!(peaks.values().all(|peak| *peak < 320 << 20), "{peaks:?}");
}

#[test]
fn what_a_node_sends_to_itself_is_bounded_too() {
    let (ended, peaks) = watched(begin("run echo_chamber --topology path:2 --seed 1 --json --outbox-limit 1MiB"));
    ended.assert_ends(1, "crashed", &["node 0", "sent to itself", "1048576"]);
    assert!(peaks.values().all(|peak| *peak < 48 << 20), "{peaks:?}");
}

#[test]
fn what_is_too_large_to_be_told_is_named() {
    let ended = run("run hoarding --topology path:2 --bytes 2000000 --seed 1 --json");
    ended.assert_ends(1, "crashed", &["its final state, 20000", "at most 1048576"]);
    assert_eq!(ended.json()["messages"]["total"], 1, "what was sent is known");
    let ended = run("run hoarding --topology path:2 --bytes 1000000 --report 2000000 --seed 1 --json");
    ended.assert_ends(1, "crashed", &["node 0", "its report `all` cannot be told", "at most 1048576"]);
    let ended = run("run hoarding --topology path:2 --bytes 1000000 --seed 1 --json");
    ended.assert_ends(0, "quiescent", &[]);
}
