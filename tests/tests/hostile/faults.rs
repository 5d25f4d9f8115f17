//! Faults on demand, one with the other: what links promise holds all the same, and what they do not promise is accounted for.

use serde_json::Value;

use crate::{patience, run};

const EVERYTHING: &str = "--loss 0.3 --duplicate 0.1 --reorder 0.3";

fn sum(document: &Value, field: &str) -> u64 {
    document["nodes_final"].as_array().unwrap().iter().map(|node| node[field].as_u64().unwrap()).sum()
}

#[test]
fn counts_are_exact_on_a_network_that_loses_copies_and_reorders() {
    for seed in 1..=patience() {
        // 3(n - 1) messages an entry; 4m - 2n + 2; 2m - n + 1.
        for (arguments, outcome, messages) in [
            ("lamport --topology complete:6 --requests 5", "quiescent", 3 * (6 - 1) * (6 * 5)),
            ("shout --topology complete:8", "terminated", 4 * 28 - 2 * 8 + 2),
            ("flooding --topology torus:4x4", "terminated", 2 * 32 - 16 + 1),
        ] {
            let ended = run(&format!("run {arguments} --seed {seed} --json {EVERYTHING}"));
            ended.assert_ends(0, outcome, &[]);
            let document = ended.json();
            assert_eq!(document["messages"]["total"], messages, "{arguments}, seed {seed}");
            // Each message was handled once: what came too late was handled by dropping it.
            assert_eq!(sum(&document, "received") + document["messages"]["late"].as_u64().unwrap(), messages);
            assert_eq!(document["links"]["lost"], 0, "to the protocol nothing is lost");
            assert!(document["links"]["retransmitted"].as_u64() > Some(0));
        }
    }
}

#[test]
fn faults_go_together() {
    let faults = "--loss 0.2 --duplicate 0.2 --reorder 0.5 --delay uniform:0ms..4ms --partition 0-2|3-5@20ms..150ms \
                  --link-down 0-1@0s..100ms,4-5@50ms..200ms";
    for links in ["fifo", "reliable"] {
        for (arguments, outcome, messages) in [
            ("shout --topology complete:6", "terminated", 4 * 15 - 2 * 6 + 2),
            ("ricart_agrawala --topology complete:6 --requests 3 --wake random", "quiescent", 2 * (6 - 1) * (6 * 3)),
        ] {
            let ended =
                run(&format!("run {arguments} --links {links} --ports shuffled --ids shuffled --seed 3 --json {faults}"));
            ended.assert_ends(0, outcome, &[]);
            assert_eq!(ended.json()["messages"]["total"], messages, "{arguments} on {links} links");
        }
    }
    // One crashes in the middle of it, and the others go on without it.
    let ended = run(&format!(
        "run chattering --topology complete:6 --for 400ms --seed 3 --json {faults} --crash 2@120ms --on-crash continue"
    ));
    ended.assert_ends(0, "stopped", &["node 2, 0.", "crashed, as planned; the others went on"]);
}

#[test]
fn on_lossy_links_each_message_is_delivered_or_lost() {
    for seed in 1..=2 * patience() {
        for loss in ["0", "0.3", "0.9", "1"] {
            let ended = run(&format!(
                "run flooding --topology complete:8 --initiators all --links lossy --seed {seed} --json --loss {loss} \
                 --duplicate 0.3 --reorder 0.3 --timeout 30s"
            ));
            ended.assert_ends(0, "terminated", &[]);
            let document = ended.json();
            let (sent, lost) = (document["messages"]["total"].as_u64().unwrap(), document["links"]["lost"].as_u64().unwrap());
            // Everybody sends to everybody, since all wake together.
            assert_eq!(sent, 8 * 7);
            let arrived = sum(&document, "received") + document["messages"]["late"].as_u64().unwrap();
            assert_eq!(arrived + lost, sent, "seed {seed}, loss {loss}");
            match loss {
                "0" => assert_eq!(lost, 0),
                "1" => assert_eq!(lost, sent),
                _ => assert!(lost > 0),
            }
        }
    }
}

#[test]
fn a_flood_over_lossy_links_that_does_not_reach_everybody_is_stuck() {
    let ended = run("run flooding --topology path:6 --links lossy --seed 1 --json --loss 1");
    ended.assert_ends(1, "stuck", &["5 of 6 nodes have not decided", "node 5 is in Idle"]);
    assert_eq!(ended.json()["links"]["lost"], 1);
}
