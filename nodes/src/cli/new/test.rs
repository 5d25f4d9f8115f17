//! Runs the program as real processes, as a user does, and looks at how it ended.

use std::process::{Command, Output};

fn run(topology: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_crate_name"))
        .args(["run", "--topology", topology, "--seed", "1", "--json"])
        .output()
        .expect("the program starts")
}

/// The exit status is 0 only if every node decided and every property holds.
#[test]
fn the_rumour_reaches_everybody() {
    for topology in ["ring:8", "star:9", "petersen", "gnp:20,0.3"] {
        let output = run(topology);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{topology}: {said}");
    }
}

/// 2m - n + 1 messages on every graph, whatever the schedule: here m = 15, n = 10.
#[test]
fn it_costs_what_the_formula_says() {
    let output = run("petersen");
    let document = String::from_utf8_lossy(&output.stdout);
    let counted = document.contains(r#""messages":{"total":21,"#);
    assert!(counted, "{document}");
}
