//! Crash and recovery, in both engines: what was stored is there again, all else is gone, and the run ends when it should.

use crate::run;

fn lives(document: &serde_json::Value, node: usize) -> u64 {
    document["nodes_final"][node]["reported"]["lives"].as_u64().expect("each node reports its lives")
}

/// Who recovers goes on from what it stored: else the other would wait for ever.
#[test]
fn a_node_that_recovers_goes_on_from_what_it_stored() {
    for command in ["run", "simulate"] {
        for (crash, recover, node) in [("1@40ms", "1@90ms", 1), ("0@40ms", "0@90ms", 0)] {
            let ended = run(&format!(
                "{command} bank --topology complete:2 --crash {crash} --recover {recover} --deposits 300 --seed 1 --timeout 20s --json"
            ));
            ended.assert_ends(0, "terminated", &[]);
            let document = ended.json();
            assert_eq!((lives(&document, node), lives(&document, 1 - node)), (1, 0), "{command}: {document}");
            let count = |node: usize| document["nodes_final"][node]["fields"]["count"].as_u64();
            assert_eq!((count(0), count(1)), (Some(300), Some(300)), "{command}");
            assert_eq!(document["properties"]["all_entered"], "holds", "{command}");
        }
    }
}

/// Both at once, one twice, on links of every kind.
#[test]
fn nodes_recover_again_and_at_the_same_time() {
    for command in ["run", "simulate"] {
        for links in ["fifo", "reliable", "lossy"] {
            let ended = run(&format!(
                "{command} bank --topology complete:2 --links {links} --crash 0@30ms,1@30ms,1@110ms --recover \
                 0@70ms,1@70ms,1@150ms --deposits 60 --seed 2 --timeout 20s --json"
            ));
            ended.assert_ends(0, "terminated", &[]);
            let document = ended.json();
            assert_eq!(lives(&document, 0), 1, "{command} {links}: {document}");
            // A process that comes up slowly is killed again before it has begun.
            let lives = lives(&document, 1);
            assert!(lives == 2 || (lives == 1 && command == "run"), "{command} {links}: {document}");
        }
    }
}

/// A protocol without `#[recover]` begins anew, without an impulse: here it never decides.
#[test]
fn who_stores_nothing_begins_anew() {
    for command in ["run", "simulate"] {
        let ended = run(&format!(
            "{command} flooding --topology path:3 --initiators 0@0s --crash 1@0s --recover 1@60ms --on-crash continue --seed 1 \
             --delay uniform:20ms..30ms --timeout 20s --json"
        ));
        let document = ended.json();
        assert_eq!(document["outcome"], "stuck", "{command}: {}", ended.stderr());
        assert_eq!(document["nodes_final"][1]["state"], "Idle", "{command}");
    }
}

/// All is quiet long before, but somebody is still to come back.
#[test]
fn the_run_waits_for_who_recovers() {
    let ended =
        run("run bank --topology complete:3 --crash 2@1ms --recover 2@700ms --deposits 30 --seed 1 --timeout 20s --json");
    let document = ended.json();
    assert_eq!(document["outcome"], "stuck", "{}", ended.stderr());
    assert!(ended.stderr().contains("recovered, as planned"), "{}", ended.stderr());
    assert_eq!(document["nodes_final"][2]["state"], "Keeping");
}
