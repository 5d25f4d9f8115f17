//! A protocol made at run time whose configuration says how large its messages may be.

use nodes::link::DEFAULT_MAX_MESSAGE;
use nodes::millis;
use nodes::network::{Crash, Faults, OnCrash, Recovery};
use nodes::process::{Launcher, Processes};
use nodes::protocol::Links;
use nodes::run::{AnyFinished, AnyRun, Initiators, Outcome};
use nodes::simulator::Simulation;
use nodes::topology::NodeIndex;
use nodes_tests::folder::Folder;
use nodes_tests::started::start_by;
use nodes_tests::tables::{Limit, VARIABLE};

use super::read::{PROGRAM, RUMOUR, file, read};

fn limited(unit: usize) -> String {
    format!("{RUMOUR}\n    limited {unit}")
}

/// A message has two bytes: its type, and the number 0.
fn run(most: usize) -> AnyRun {
    AnyRun::of(&read(&limited(1))).topology("complete:3").seed(1).config(Box::new(Limit { most }))
}

fn by_processes(run: &AnyRun) -> AnyFinished {
    with_nodes_of(&limited(1), run)
}

/// As processes that read their protocol from that text.
fn with_nodes_of(text: &str, run: &AnyRun) -> AnyFinished {
    let folder = Folder::new("limited");
    let launcher = Launcher::program(PROGRAM, ["table".into(), file(&folder, text)]);
    run.by(Processes::new().launcher(launcher)).expect("it can be made")
}

#[test]
fn any_limit_holds_in_simulated_runs_and_among_processes() {
    for most in [2, 1000, DEFAULT_MAX_MESSAGE, 2 * DEFAULT_MAX_MESSAGE] {
        for finished in [run(most).by(Simulation::new()).expect("it can be made"), by_processes(&run(most))] {
            let document = &finished.document;
            assert_eq!(finished.outcome(), Outcome::Terminated, "{} {most}: {:?}", document.engine, finished.explanation);
            assert_eq!(document.messages.total, 4);
            assert_eq!(finished.description.max_message, most);
        }
    }
    let sentence = "`Inform` cannot be sent: it has 2 bytes, more than 1";
    for finished in [run(1).by(Simulation::new()).expect("it can be made"), by_processes(&run(1))] {
        let (document, said) = (&finished.document, &finished.explanation);
        assert_eq!(finished.outcome(), Outcome::Crashed, "{}: {said:?}", document.engine);
        assert!(said[0].contains(sentence), "{}: {said:?}", document.engine);
    }
}

#[test]
fn a_node_that_comes_back_has_the_limit_of_the_run() {
    let faults = Faults {
        crashes: vec![Crash::new(2, millis(0))],
        recoveries: vec![Recovery::new(2, millis(60))],
        on_crash: OnCrash::Continue,
        ..Faults::default()
    };
    let run = run(2).topology("path:3").initiators(Initiators::Given(vec![(0, Some(millis(0)))]));
    let finished = by_processes(&run.links(Links::Fifo).faults(faults));
    assert!(matches!(finished.outcome(), Outcome::Terminated | Outcome::Stuck), "{:?}", finished.explanation);
    let world = finished.world.expect("all nodes are known");
    assert!(world.node(NodeIndex::new(2)).is_alive(), "it has come back");
}

#[test]
fn nodes_of_another_build_are_refused() {
    let refused = |text: &str, most: usize| {
        let finished = with_nodes_of(text, &run(most));
        assert_eq!(finished.outcome(), Outcome::Crashed);
        assert!(finished.explanation[0].contains("before the start: it is another build"), "{:?}", finished.explanation);
    };
    refused(&limited(1).replace("messages Inform", "messages Inform Forget"), 0);
    refused(RUMOUR, 0);
    // Under the default configuration these are the same.
    assert_eq!(with_nodes_of(&limited(3), &run(0)).outcome(), Outcome::Terminated);
    refused(&limited(3), 1000);
}

#[test]
fn a_flag_sets_it() {
    let folder = Folder::new("limited");
    let variable = format!("{VARIABLE}={}", file(&folder, &limited(1)).display());
    for command in ["simulate", "run"] {
        let arguments = format!("{command} rumour --topology complete:3 --most 5000 --seed 1 --json");
        let ended = start_by(&["env", &variable], PROGRAM, &arguments).wait();
        assert_eq!(ended.status(), Some(0), "{}", ended.stderr());
        assert_eq!(ended.json()["options"]["most"], "5000");
    }
}
