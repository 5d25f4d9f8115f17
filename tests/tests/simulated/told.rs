//! What people read of a run: nothing is said of states where there are none, `Port::SELF` has its name, and each field of a node is
//! shown by itself.

use std::collections::BTreeMap;

use nodes::network::{Crash, Faults, OnCrash, Recovery};
use nodes::prelude::*;
use nodes::run::{Finished, Outcome, Run};
use nodes::simulator::Simulation;
use nodes::trace::{Detail, Trace};
use nodes_tests::started::start;
use nodes_tests::stateless::{Options, Stateless};
use serde_json::json;

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

fn run(wrong: &str) -> Run<Stateless> {
    Run::<Stateless>::on("path:2").config(Options { wrong: wrong.into() }).seed(1)
}

fn all_that_is_told(finished: &Finished<Stateless>) -> String {
    [&finished.explanation[..], &finished.notices].concat().join("\n")
}

#[test]
fn of_a_protocol_without_states_no_state_is_told() {
    for (wrong, outcome, told) in [
        ("panic", Outcome::Crashed, "node 0, at time 0: panicked: as it was told"),
        ("never", Outcome::Violated, "node 0, at time 0: `Wrong` arrived, which `#[never(Wrong)]` rules out"),
        ("always", Outcome::Violated, "node 0: last handled Hop; waits for Hop, its impulse; deferred: Hop(101) from itself"),
        ("endless", Outcome::Timeout, "1 message is still deferred at the end: node 0: Hop(101) from itself"),
    ] {
        let finished = run(wrong).simulate_with(Simulation::new().max_events(1000)).expect("it runs");
        let all = all_that_is_told(&finished);
        assert_eq!(finished.outcome(), outcome, "{all}");
        assert!(all.contains(told) && !all.contains("in -") && !all.contains("in state"), "{wrong}: {all}");
        if wrong != "endless" {
            let past = run(wrong).past().expect("it runs").expect("it fails").to_string();
            assert!(past.contains("node 0 (id 0)") && !past.contains("in -"), "{past}");
        }
    }
}

#[test]
fn neither_is_it_in_a_trace_or_in_the_schedule_of_a_trial() {
    let faults = Faults {
        crashes: vec![Crash::new(0, millis(1))],
        recoveries: vec![Recovery::new(0, millis(3))],
        on_crash: OnCrash::Continue,
        ..Faults::default()
    };
    let recorded = run("").faults(faults).simulate_recorded(Simulation::new(), Vec::new(), Detail::Full).expect("it runs");
    let trace = Trace::read(&recorded.1.expect("memory takes all")[..]).expect("it was written right");
    let told = (0..trace.len()).map(|event| trace.describe(event)).collect::<Vec<_>>();
    assert!(told.contains(&"starts".to_owned()) && told.contains(&"recovers".to_owned()), "{told:?}");
    assert!(told.iter().all(|told| !told.contains("in -")), "{told:?}");
    let fields = told.iter().filter(|told| told.contains("\"last\"")).collect::<Vec<_>>();
    assert!(fields.iter().any(|told| told.contains("\"last\":\"self\"")), "{fields:?}");
    assert!(told.iter().all(|told| !told.contains("4294967295")), "{told:?}");

    let failure = nodes::testing::Trial::<Stateless>::on(["path:2"])
        .with(|run| run.config(Options { wrong: "always".into() }))
        .seeds(1)
        .failure()
        .expect("it can be run")
        .expect("it fails");
    let report = failure.to_string();
    assert!(!report.contains("in -") && !report.contains("- ->") && !report.contains("4294967295"), "{report}");
}

#[test]
fn logs_and_diagrams_tell_no_state_either() {
    let ended = start(PROGRAM, "simulate stateless -t path:2 --seed 1 -v --diagram").wait();
    assert_eq!(ended.status(), Some(0), "{}", ended.stderr());
    let all = format!("{}{}", ended.stdout(), ended.stderr());
    assert!(all.contains("deferred\n") && all.contains("ignored\n"), "{all}");
    assert!(!all.contains(" in -"), "{all}");
}

mod mapped {
    use super::*;

    #[message]
    pub(super) struct Hello;

    /// A link, as a key.
    #[data]
    #[derive(Eq, PartialOrd, Ord)]
    pub(super) struct Link {
        pub(super) from: u64,
        pub(super) port: Port,
    }

    #[protocol]
    #[derive(Default)]
    pub(super) struct Mapped {
        pub(super) count: u32,
        pub(super) name: String,
        pub(super) by_link: BTreeMap<Link, bool>,
        pub(super) parent: Option<Port>,
    }

    #[protocol]
    impl Mapped {
        #[on(Spontaneously)]
        fn start(&mut self, net: &mut Net<Self>) {
            let link = Link { from: net.id().0, port: Port::SELF };
            self.by_link.insert(link, true);
            self.parent = Some(Port::SELF);
            self.name = "a, b: {c".into();
            net.send_to_all(Hello);
        }

        #[on(Hello)]
        fn hear(&mut self) {
            self.count += 1;
        }
    }
}

#[test]
fn each_field_is_shown_by_itself_also_beside_a_map_by_structs() {
    let finished = Run::<mapped::Mapped>::on("path:2").seed(1).simulate().expect("it runs");
    let fields = finished.document.nodes_final.iter().map(|node| node.fields.clone()).collect::<Vec<_>>();
    let first =
        json!({"count": 0, "name": "a, b: {c", "by_link": "{Link { from: 0, port: Port::SELF }: true}", "parent": "self"});
    // A node without an entry has an empty map, which JSON can hold.
    let second = json!({"count": 1, "name": "", "by_link": {}, "parent": null});
    assert_eq!(fields, [first, second]);
}

#[test]
fn processes_tell_it_alike() {
    let ended = start(PROGRAM, "run stateless -t path:2 --seed 1 --wrong panic --json").wait();
    let told = ended.stderr();
    assert!(told.contains("s after the start: panicked: as it was told") && !told.contains("in state"), "{told}");
    let ended = start(PROGRAM, "run stateless -t path:2 --seed 1 --wrong endless --timeout 300ms --json").wait();
    let told = ended.stderr();
    assert!(told.contains("node 0: last handled Hop; waits for Hop, its impulse; deferred: Hop(101) from itself"), "{told}");
}
