//! Runs of real processes in a hostile world, and near the limits of the machine.
//!
//! `NODES_TEST_LONG=10 cargo test -p nodes-tests --test hostile` makes ten times as many random cases, and large runs.

mod deaths;
mod faults;
mod limits;
mod memory;
mod namespace;
mod pages;
mod recovery;
mod secrets;
mod strangers;

use nodes_tests::started::{Ended, Started, start};

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");
const IN_THE_MIDDLE: &str = env!("CARGO_BIN_EXE_in-the-middle");

fn begin(arguments: &str) -> Started {
    start(PROGRAM, arguments)
}

fn run(arguments: &str) -> Ended {
    let ended = begin(arguments).wait();
    ended.assert_nothing_is_left();
    ended
}

#[track_caller]
fn assert_ends(ended: &Ended, status: i32, outcome: &str, explained: &[&str]) {
    let (document, stderr) = (ended.json(), ended.stderr());
    assert_eq!(document["outcome"], outcome, "{stderr}");
    assert_eq!(ended.status(), Some(status), "{stderr}");
    for text in explained {
        assert!(stderr.contains(text), "no `{text}` in:\n{stderr}");
    }
}

/// How much longer than usual the tests may take.
fn patience() -> u64 {
    std::env::var("NODES_TEST_LONG").map_or(1, |factor| factor.parse().expect("NODES_TEST_LONG is a number"))
}

/// A directory for a test; removed when dropped.
struct Directory(std::path::PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("nodes-hostile-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a directory can be made");
        Directory(path)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
