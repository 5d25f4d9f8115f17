//! Commands that are stopped while they wait for a pipe, or read or make a graph: one signal ends them, and nothing is left.
//!
//! `STOPPED_RUNS=50 cargo test -p nodes-tests --test files stopped` is the long form.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use nodes::protocol::Random;
use nodes_tests::seeds::for_seeds;
use nodes_tests::started::signal;

use super::{command, folder, names, stderr, wait_until};

/// How often each command is stopped.
fn patience() -> u64 {
    std::env::var("STOPPED_RUNS").map_or(2, |count| count.parse().expect("STOPPED_RUNS is a number"))
}

/// Nobody opens the other ends of the pipes.
const COMMANDS: &[&str] = &[
    "run echo --topology ring:3 --trace pipe",
    "run echo --topology file:pipe.edges",
    "run echo --topology file:pipe.graphml --trace x.trace --logs x.logs",
    "simulate echo --topology ring:3 --trace pipe",
    "simulate echo --topology file:pipe.edges --trace x.trace --logs x.logs",
    "simulate echo --schedule pipe",
    "simulate flooding --topology ring:3 --inputs file:pipe",
    "topology file:pipe.edges",
    "trace pipe",
    "trace a.trace --to csv -o pipe",
    "view pipe -o x.html",
    "view a.trace -o pipe",
    // Seconds of work: a graph that is made, and one that is read.
    "topology random-tree:4000000 --to json",
    "topology file:large.edges --to json",
];

fn fifo(folder: &Path, name: &str) {
    assert!(Command::new("mkfifo").arg(folder.join(name)).status().expect("there are pipes").success());
}

#[test]
fn one_signal_ends_what_waits_for_a_pipe_or_a_graph() {
    let folder = folder("stopped");
    ["pipe", "pipe.edges", "pipe.graphml"].iter().for_each(|name| fifo(&folder, name));
    fs::write(folder.join("large.edges"), (0..3_000_000).map(|node| format!("{node} {}\n", node + 1)).collect::<String>())
        .expect("there is room");
    let (before, signals) = (names(&folder), heeded());
    for_seeds(patience(), |seed| {
        let mut random = Random::stream(seed, "signals", 0);
        for line in COMMANDS {
            let name = signals[random.range(0..signals.len())];
            let child = command(&folder, line).spawn().expect("the program starts");
            let after = Duration::from_millis(random.range(20..400));
            std::thread::sleep(after);
            let pid = child.id();
            assert!(is_running(pid), "{line} ends by itself within {after:?}");
            signal(pid, name);
            wait_until(&format!("{line} ends by {name} after {after:?}"), || !is_running(pid));
            let ended = child.wait_with_output().expect("it has ended");
            assert!(!ended.status.success(), "{line}, {name} after {after:?}: {}", stderr(&ended));
            assert_eq!(
                (names(&folder), names(&folder.join("temporary"))),
                (before.clone(), vec![]),
                "{line}, {name} after {after:?}"
            );
        }
    });
}

/// The signals that ask to end and that this process, and so what it starts, does not ignore.  A shell has what it starts in the
/// background ignore SIGINT, `nohup` SIGHUP: that holds until a run begins.
fn heeded() -> Vec<&'static str> {
    let status = fs::read_to_string("/proc/self/status").expect("there is a /proc");
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).expect("proc(5) has it");
    let ignored = u64::from_str_radix(ignored.trim(), 16).expect("a mask");
    [("HUP", 1), ("INT", 2), ("TERM", 15)]
        .iter()
        .filter(|(_, number)| ignored >> (number - 1) & 1 == 0)
        .map(|(name, _)| *name)
        .collect()
}

/// Whether it has neither ended nor is one that has, and was not waited for.
fn is_running(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // proc(5): the state stands behind the name, which may have blanks.
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}
