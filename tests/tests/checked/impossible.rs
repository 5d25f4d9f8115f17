//! What Fischer, Lynch and Paterson proved, as a run: `docs/impossible.md` shows it.

use std::collections::BTreeSet;
use std::path::Path;

use catalogue::ChorIsraeliLi;
use catalogue::consensus::chor_israeli_li::Options;
use nodes::check::{Checked, Verdict};
use nodes::network::System;
use nodes::run::Run;
use nodes::topology::NodeIndex;
use nodes_tests::started::start;

use crate::check;

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

fn without_coins() -> (Run<ChorIsraeliLi>, Checked) {
    let run = Run::<ChorIsraeliLi>::on("star:3").config(Options { deterministic: true }).seed(1);
    let checked = check(&run);
    assert_eq!(checked.outcome, Verdict::Endless);
    (run, checked)
}

/// What is decided on a schedule that is drawn from that state on.
fn decided(mut system: System, random: &mut u64) -> String {
    loop {
        let node = (1..3).map(|node| system.world().node(NodeIndex::new(node))).find(|node| node.is_decided());
        if let Some(node) = node {
            return node.fields()["value"].to_string();
        }
        let enabled = system.enabled();
        *random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let choice = enabled[(*random >> 33) as usize % enabled.len()];
        system.apply(choice).expect("it is enabled");
    }
}

#[test]
fn in_each_state_of_the_loop_it_is_open_what_will_be_decided() {
    let (run, checked) = without_coins();
    let found = checked.endless.expect("they go in step");
    let schedule = found.schedule.expect("it can happen");
    let mut system = run.prepare().expect("it runs").system();
    let (mut looked_at, mut random) = (0, 1);
    for place in 0..=schedule.steps.len() {
        if place >= found.prefix {
            let decisions = (0..200).map(|_| decided(system.clone(), &mut random)).collect::<BTreeSet<_>>();
            assert_eq!(decisions.len(), 2, "behind {place} events: {decisions:?}");
            looked_at += 1;
        }
        if let Some(step) = schedule.steps.get(place) {
            system.apply(step.choice).expect("it can happen");
        }
    }
    assert_eq!(looked_at, found.events + 1);
}

/// With NODES_BLESS=1 in the environment the picture is drawn anew.
#[test]
fn the_loop_in_the_documentation_is_what_its_commands_draw() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the workspace").join("docs");
    let file = |name: &str| Path::new(env!("CARGO_TARGET_TMPDIR")).join(name).display().to_string();
    let (schedule, trace) = (file("loop.schedule"), file("loop.trace"));
    let commands = [
        (1, format!("check chor_israeli_li --deterministic --seed 1 --force --schedule-out {schedule}")),
        (0, format!("simulate --force --schedule {schedule} --trace {trace}")),
        (0, format!("trace {trace} --to svg")),
    ];
    let printed = commands.map(|(status, command)| {
        let ended = start(PROGRAM, &command).wait();
        assert_eq!(ended.status(), Some(status), "{command}: {}", ended.stderr());
        ended.stdout()
    });
    let (drawn, picture) = (&printed[2], docs.join("impossible.svg"));
    if std::env::var_os("NODES_BLESS").is_some() {
        std::fs::write(&picture, drawn).expect("the picture is ours");
    }
    let shown = std::fs::read_to_string(&picture).expect("there is a picture");
    assert!(shown == *drawn, "draw it anew: NODES_BLESS=1 cargo test -p nodes-tests --test checked impossible");
}
