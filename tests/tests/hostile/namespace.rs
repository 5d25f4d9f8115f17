//! A network that loses datagrams of its own accord: a namespace whose kernel drops a fifth of them.

use std::process::Command;

use nodes_tests::started::start_by;

use crate::{PROGRAM, assert_ends};

const NAMESPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/namespace/run");

/// Whether this machine has such namespaces; if not, says why: `cargo test -p nodes-tests --test hostile namespace -- --nocapture`.
fn allowed(chain: &str) -> bool {
    let tried = Command::new(NAMESPACE).args([chain, "20", "true"]).output().expect("the script is there");
    let said = String::from_utf8_lossy(&tried.stderr);
    match tried.status.code() {
        Some(0) => true,
        Some(77) => {
            eprintln!("not tested: {said}");
            false
        }
        other => panic!("{other:?}: {said}"),
    }
}

/// Lamport on 6 nodes x 5 requests, in a namespace that drops a fifth of the datagrams on that chain.
fn lamport_ends_as_on_a_quiet_network(chain: &str) {
    if !allowed(chain) {
        return;
    }
    let ended = start_by(
        &[NAMESPACE, chain, "20"],
        PROGRAM,
        "run lamport --topology complete:6 --requests 5 --initiators all --seed 1 --json",
    )
    .wait();
    ended.assert_nothing_is_left();
    assert_ends(&ended, 0, "quiescent", &["the kernel dropped "]);
    let document = ended.json();
    assert_eq!(document["messages"]["total"], 3 * (6 - 1) * (6 * 5), "3(n - 1) an entry");
    assert_eq!(document["links"]["lost"], 0);
    assert!(document["links"]["retransmitted"].as_u64() > Some(20));

    // The kernel did what it was told.
    let stderr = ended.stderr();
    let counts = stderr.split_once("the kernel dropped ").unwrap().1.split_whitespace();
    let counts = counts.filter_map(|word| word.parse::<u64>().ok()).collect::<Vec<_>>();
    let [dropped, all] = counts[..] else { panic!("{stderr}") };
    assert!(all > 200 && (all / 10..all / 3).contains(&dropped), "{stderr}");
}

#[test]
fn a_kernel_that_drops_a_fifth_of_all_datagrams_changes_nothing() {
    lamport_ends_as_on_a_quiet_network("input");
}

#[test]
fn a_kernel_that_forbids_to_send_a_fifth_of_all_datagrams_changes_nothing() {
    // sendto(2) fails with EPERM then.
    lamport_ends_as_on_a_quiet_network("output");
}
