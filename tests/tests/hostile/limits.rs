//! Near the limits of the machine a run takes place or is refused, and never begins by half.

use std::process::Command;

use nodes_tests::folder::Folder;
use nodes_tests::started::{Ended, start_by};

use crate::{PROGRAM, patience, run};

/// Under limits that `prlimit` sets.
fn limited(by: &[&str], arguments: &str) -> Ended {
    limited_program(by, PROGRAM, arguments)
}

fn limited_program(by: &[&str], program: &str, arguments: &str) -> Ended {
    let ended = start_by(by, program, arguments).wait();
    ended.assert_nothing_is_left();
    ended
}

#[track_caller]
fn assert_refused(ended: &Ended, texts: &[&str]) {
    let stderr = ended.stderr();
    assert_eq!(ended.status(), Some(2), "{stderr}");
    assert_eq!((ended.stdout().as_str(), stderr.lines().count()), ("", 1), "{stderr}");
    for text in texts {
        assert!(stderr.contains(text), "no `{text}` in: {stderr}");
    }
}

#[test]
fn too_few_open_files_are_raised_or_refused() {
    let ended = limited(&["prlimit", "--nofile=80:80"], "run flooding --topology random-tree:40 --seed 1 --json");
    assert_refused(&ended, &["40 node processes need", "open files", "may have 80", "`ulimit -Hn`", "a smaller graph"]);
    let ended = limited(&["prlimit", "--nofile=80:400"], "run flooding --topology random-tree:40 --seed 1 --json");
    ended.assert_ends(0, "terminated", &[]);
    assert_eq!(ended.json()["messages"]["total"], 39);
}

#[test]
fn too_few_processes_are_refused() {
    // Root may have as many as it likes.
    let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    let limit = ["prlimit", "--nproc=50:50"];
    let arguments = "run flooding --topology random-tree:60 --seed 1 --json";
    if !root {
        return assert_refused(&limited(&limit, arguments), &["60 node processes", "may have 50", "`ulimit -u`"]);
    }
    // Somebody else must be able to read the program.
    let folder = Folder::new("nobody");
    let program = folder.join("under-test");
    std::fs::copy(PROGRAM, &program).expect("it can be copied");
    let by = [&["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"][..], &limit].concat();
    let ended = limited_program(&by, program.to_str().unwrap(), arguments);
    assert_refused(&ended, &["60 node processes are too many", "may have 50", "leaves room for", "`ulimit -u`"]);
    let ended = limited_program(&by, program.to_str().unwrap(), "run flooding --topology random-tree:10 --seed 1 --json");
    ended.assert_ends(0, "terminated", &[]);
    let ended = limited(&limit, arguments);
    ended.assert_ends(0, "terminated", &[]);
}

#[test]
fn more_than_the_machine_can_hold_is_refused_at_once() {
    assert_refused(
        &run("run flooding --topology ring:5000000 --seed 1 --json"),
        &["5000000 node processes", "a smaller graph"],
    );
}

#[test]
fn many_processes_end_right() {
    // `NODES_TEST_LONG=1` makes a run of 1000.
    let nodes = if std::env::var_os("NODES_TEST_LONG").is_some() { 1000 } else { 200 };
    for seed in 1..=patience() {
        let ended = run(&format!("run flooding --topology random-tree:{nodes} --seed {seed} --json"));
        ended.assert_ends(0, "terminated", &[]);
        let document = ended.json();
        assert_eq!(document["messages"]["total"], nodes - 1, "2m - n + 1, and a tree has n - 1 links");
        let finals = document["nodes_final"].as_array().unwrap();
        assert!(finals.len() == nodes && finals.iter().all(|node| node["state"] == "Done"));
    }
}

#[test]
fn a_log_that_ends_too_early_says_so_and_the_run_goes_on() {
    // Whatever is written to /dev/full, the disk is full.
    let folder = Folder::new("full-disk");
    std::os::unix::fs::symlink("/dev/full", folder.join("node-1.log")).expect("there are links");
    let ended = run(&format!("run shout --topology path:3 --seed 1 --json --logs {}", folder.display()));
    ended.assert_ends(1, "terminated", &["error: node 1: its log file ends at 0.", "No space left on device"]);
    assert!(!ended.stderr().contains("node 2"), "{}", ended.stderr());
    let log = std::fs::read_to_string(folder.join("node-2.log")).expect("node 2 has a log");
    assert!(log.contains("received"), "{log}");
}
