//! Faults in turn, in both engines: cuts one after the other and one way only, and nodes that crash again after they have recovered.

use crate::run;

fn decided_at(document: &serde_json::Value, node: usize) -> f64 {
    document["nodes_final"][node]["decided_at"].as_f64().expect("each node decides")
}

/// What it stored survives every crash, though the other node hears of none.
#[test]
fn a_node_that_crashes_again_goes_on_again_from_what_it_stored() {
    for command in ["run", "simulate"] {
        let ended = run(&format!(
            "{command} bank --topology complete:2 --crash 1@40ms --crash 1@300ms+0 --recover 1@60ms,1@320ms --deposits 300 \
             --delay uniform:1ms..2ms --seed 1 --timeout 20s --json"
        ));
        ended.assert_ends(0, "terminated", &[]);
        let document = ended.json();
        assert_eq!(document["options"]["crash"], "1@40ms,1@300ms+0", "{command}");
        let of = |node: usize| &document["nodes_final"][node];
        assert_eq!((&of(0)["fields"]["count"], &of(1)["fields"]["count"]), (&300.into(), &300.into()), "{command}");
        let lives = of(1)["reported"]["lives"].as_u64();
        // A process that comes up slowly is killed again before it has begun.
        assert!(lives == Some(2) || (lives == Some(1) && command == "run"), "{command}: {document}");
    }
}

/// Processes take longer to end and to come up than the times lie apart: each crash waits for the recovery before.
#[test]
fn crashes_and_recoveries_wait_for_each_other() {
    let ended = run("run bank --topology complete:2 --crash 1@20ms,1@21ms,1@22ms --recover 1@20500us,1@21500us,1@22500us \
                     --deposits 300 --seed 1 --timeout 20s --json");
    ended.assert_ends(0, "terminated", &[]);
    assert_eq!(ended.json()["nodes_final"][1]["fields"]["count"], 300);
    assert_eq!(ended.stderr().matches("crashed, as planned").count(), 3, "{}", ended.stderr());
    assert!(!ended.stderr().contains("did not"), "{}", ended.stderr());
}

/// The last crash ends the run, as nobody is to come back from it.
#[test]
fn a_crash_without_a_recovery_behind_it_ends_the_run() {
    for command in ["run", "simulate"] {
        let ended = run(&format!(
            "{command} bank --topology complete:2 --crash 1@20ms,1@200ms --recover 1@40ms --deposits 100000 \
             --delay uniform:1ms..2ms --seed 1 --timeout 20s --json"
        ));
        ended.assert_ends(1, "crashed", &["node 1"]);
    }
}

/// Node 0 asks, node 1 answers: one way is cut for a second of the simulator's time, and what goes the other way goes on.
#[test]
fn a_link_that_is_cut_one_way_carries_messages_the_other_way() {
    for links in ["fifo", "reliable"] {
        for (cut, answered, known) in
            [("0->1@0s..1s", 1001.0, 1002.0), ("1->0@0s..1s", 1.0, 1001.0), ("0-1@0s..1s", 1001.0, 1002.0)]
        {
            let ended = run(&format!("simulate shout --topology path:2 --links {links} --link-down {cut} --seed 1 --json"));
            ended.assert_ends(0, "terminated", &[]);
            let document = ended.json();
            assert_eq!((decided_at(&document, 1), decided_at(&document, 0)), (answered, known), "{links} {cut}");
        }
    }
    // What is cut off is lost where nobody sends again.
    for (cut, sent, lost) in [("0->1@0s..1s", 1, 1), ("1->0@0s..1s", 2, 1), ("1->0@0s..500us", 2, 0)] {
        let document = run(&format!("simulate shout --topology path:2 --links lossy --link-down {cut} --seed 1 --json")).json();
        assert_eq!(document["outcome"], if lost > 0 { "stuck" } else { "terminated" }, "{cut}");
        assert_eq!((&document["messages"]["total"], &document["links"]["lost"]), (&sent.into(), &lost.into()), "{cut}");
    }
    // Between processes as well.
    for (cut, at_once) in [("0->1@0s..600ms", false), ("1->0@0s..600ms", true)] {
        let ended = run(&format!("run shout --topology path:2 --link-down {cut} --seed 1 --json"));
        ended.assert_ends(0, "terminated", &[]);
        let document = ended.json();
        assert_eq!(decided_at(&document, 1) < 0.6, at_once, "{cut}: {document}");
        assert!(decided_at(&document, 0) >= 0.6, "{cut}: {document}");
    }
}

/// The news passes one link, then the other, each when its own cut has ended.
#[test]
fn partitions_take_turns() {
    let cuts = "--partition 0|1-2@0s..300ms --partition 0-1|2@200ms..600ms";
    let document = run(&format!("simulate flooding --topology path:3 {cuts} --seed 1 --json")).json();
    assert_eq!([0, 1, 2].map(|node| decided_at(&document, node)), [0.0, 301.0, 601.0]);
    let document = run(&format!("run flooding --topology path:3 {cuts} --seed 1 --json")).json();
    assert!(decided_at(&document, 1) >= 0.3 && decided_at(&document, 2) >= 0.6, "{document}");
}

/// Cuts of one link may overlap, or follow each other without a moment between: it is whole when all have ended.
#[test]
fn cuts_of_one_link_add_up() {
    let cuts = "0-1@0s..10ms,0->1@5ms..20ms,1-0@20ms..30ms,1->0@0s..1s,0-1@31ms..1s";
    let document = run(&format!("simulate flooding --topology path:2 --link-down {cuts} --seed 1 --json")).json();
    assert_eq!(decided_at(&document, 1), 31.0, "{document}");
}

#[test]
fn an_option_that_stands_several_times_is_a_list_and_is_repeated_as_one() {
    let line = "simulate lamport --topology complete:4 --delay uniform:1ms..9ms --on-crash continue --for 60ms --seed 3 --json";
    let several = "--partition 0|1@1ms..3ms --partition 0,1|2,3@5ms..9ms --link-down 0->1@2ms..4ms --link-down 2-3@3ms..6ms \
                   --crash 1@5ms+1 --recover 1@10ms --crash 1@20ms --recover 1@30ms";
    let listed = "--partition 0|1@1ms..3ms,0,1|2,3@5ms..9ms --link-down 0->1@2ms..4ms,2-3@3ms..6ms --crash 1@5ms+1,1@20ms \
                  --recover 1@10ms,1@30ms";
    let document = |line: &str| {
        let mut document = run(line).json();
        document["time"]["wall_s"] = 0.into();
        document
    };
    let one = document(&format!("{line} {several}"));
    assert_eq!(one, document(&format!("{line} {listed}")));
    let replay = one["replay"].as_str().expect("it can be repeated").replace('\'', "");
    assert_eq!(one, document(&format!("{replay} --json")), "{replay}");
}
