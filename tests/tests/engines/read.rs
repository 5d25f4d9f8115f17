//! Protocols that are read from a text when the program runs: no macro has seen them, and no engine notices.

use std::fs;
use std::path::PathBuf;

use nodes::campaign::{self, Campaign};
use nodes::millis;
use nodes::network::{Crash, Delay, Faults, OnCrash, Recovery};
use nodes::process::{Launcher, Processes, Recording};
use nodes::protocol::{AnyProtocol, Links, Random};
use nodes::run::{AnyFinished, AnyRun, Engine, IdChoice, Outcome, PortOrder, PropertyStatus};
use nodes::simulator::{Simulation, Types};
use nodes::testing::{AnyTrial, Kind as Fails};
use nodes::trace::{Detail, Kind, Trace, What};
use nodes_tests::folder::Folder;
use nodes_tests::seeds::for_seeds;
use nodes_tests::started::start_by;
use nodes_tests::tables::{self, VARIABLE};

use crate::round_robin::RoundRobin;

pub(super) const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

/// Everybody is told: flooding.
pub(super) const RUMOUR: &str = "
    protocol Rumour
    topology Cloud gnp:8,0.5 0 1000
    messages Inform
    states Idle Informed!
    Idle     impulse all    Inform own  Informed
    Idle     Inform  others Inform same Informed
    Informed Inform  none   Inform same Informed
    finally all Informed
";

/// Something goes once round a ring, and comes back to where it began.
const TOUR: &str = "
    protocol Tour
    topology Circle ring:5 2 2
    messages Token
    states Waiting Touring Passed! Home!
    Waiting impulse   one    Token own  Touring
    Waiting Token     others Token same Passed
    Touring Token=own none   Token same Home
    always at-most 1 Home
    always at-most 1 Touring
    always at-most 1 Token
    finally at-most 0 Waiting
";

pub(super) fn read(text: &str) -> AnyProtocol {
    tables::protocol(text).expect("it describes a protocol")
}

/// A run of [`RUMOUR`], and what it must cost: each link is used once each way, but for those through which a node was told.
fn rumour(seed: u64) -> (AnyRun, u64) {
    let mut random = Random::stream(seed, "test", 0);
    let nodes = random.range(2..9);
    let graph = ["ring", "path", "star", "complete"][random.range(0..4)];
    let initiators = random.range(1..=nodes);
    let run = AnyRun::of(&read(RUMOUR)).topology(format!("{graph}:{nodes}").as_str()).seed(seed).wake(0..initiators);
    let run = if random.chance(0.5) { run.ids(IdChoice::Shuffled).ports(PortOrder::Shuffled) } else { run };
    let links = run.prepare().expect("it can be run").instance.graph().link_count();
    (run, (2 * links + initiators - nodes) as u64)
}

/// A run of [`TOUR`], and what it must cost.
fn tour(seed: u64) -> (AnyRun, u64) {
    let nodes = 3 + seed % 7;
    let run = AnyRun::of(&read(TOUR)).topology(format!("ring:{nodes}").as_str()).seed(seed);
    (run.ports(PortOrder::Shuffled).ids(IdChoice::Shuffled), nodes)
}

/// It has ended well, and cost so much.
#[track_caller]
fn well(finished: &AnyFinished, cost: u64) {
    let document = &finished.document;
    assert_eq!(document.outcome, Outcome::Terminated, "{:?}: {:?}", document.replay, finished.explanation);
    assert_eq!(document.messages.total, cost, "{:?}", document.replay);
    assert_eq!(document.messages.by_type, [(finished.description.messages[0].name.clone(), cost)]);
    for (name, status) in &document.properties {
        assert!(matches!(status, PropertyStatus::Holds | PropertyStatus::HeldAtEnd), "{name}: {status:?}");
    }
    for node in &document.nodes_final {
        assert!(node.reported.contains_key("degree") && node.fields["number"].is_u64(), "{node:?}");
    }
}

/// What was sent stands in the trace, and what it was.
#[track_caller]
fn on_record(file: &[u8], finished: &AnyFinished) {
    let trace = Trace::read(file).expect("it was written right");
    let document = &finished.document;
    assert_eq!(trace.outcome(), Some(document.outcome.name()));
    assert_eq!((trace.header().protocol.as_str(), &trace.header().replay), (document.protocol.as_str(), &document.replay));
    let sent = trace.events().filter_map(|event| match event.what {
        What::Send { payload, .. } => Some(payload.map(str::to_owned).unwrap_or_default()),
        _ => None,
    });
    let sent = sent.collect::<Vec<_>>();
    assert_eq!(sent.len() as u64, document.messages.total);
    let name = format!("{}(", finished.description.messages[0].name);
    assert!(sent.iter().all(|payload| payload.starts_with(&name)), "{sent:?}");
    assert_eq!((0..trace.len()).filter(|event| trace.kind(*event) == Kind::Report).count(), document.nodes);
}

#[test]
fn they_are_simulated_at_their_exact_cost() {
    for_seeds(60, |seed| {
        for (run, cost) in [rumour(seed), tour(seed)] {
            for delay in [Delay::Unit, Delay::Exponential(millis(3))] {
                well(&run.clone().delay(delay).by(Simulation::new()).expect("it runs"), cost);
            }
            well(&run.by(Simulation::new().types(Types::Without)).expect("it runs"), cost);
        }
    });
}

#[test]
fn simulated_runs_are_recorded() {
    for_seeds(10, |seed| {
        for (run, cost) in [rumour(seed), tour(seed)] {
            let recorded = campaign::recorded(&run, Simulation::new(), Vec::new(), Detail::Full);
            let (finished, written) = recorded.expect("it runs");
            well(&finished, cost);
            on_record(&written.expect("memory takes all"), &finished);
        }
    });
}

#[test]
fn a_third_engine_runs_them() {
    for_seeds(20, |seed| {
        for (run, cost) in [rumour(seed), tour(seed)] {
            well(&RoundRobin(&mut ()).run(run.prepare().expect("it can be run")).expect("it runs"), cost);
        }
    });
}

/// The text in a file, by which node processes and commands find the protocol.
pub(super) fn file(folder: &Folder, text: &str) -> PathBuf {
    let file = folder.join("table");
    fs::write(&file, text).expect("there is room for a text");
    file
}

#[test]
fn they_run_as_processes_and_are_recorded() {
    for (text, run) in [(RUMOUR, rumour as fn(u64) -> (AnyRun, u64)), (TOUR, tour)] {
        for_seeds(3, |seed| {
            let (run, cost) = run(seed);
            let folder = Folder::new("tables");
            let (trace, parts) = (folder.join("run.trace"), folder.join("parts"));
            let out = fs::File::create(&trace).expect("there is room for a trace");
            let launcher = Launcher::program(PROGRAM, ["table".into(), file(&folder, text)]);
            let recording = Recording::new(out, &parts).detail(Detail::Full);
            let finished = run.by(Processes::new().launcher(launcher).record(recording)).expect("it runs");
            well(&finished, cost);
            on_record(&fs::read(&trace).expect("the trace is there"), &finished);
        });
    }
}

#[test]
fn commands_take_them_by_name() {
    let folder = Folder::new("tables");
    let variable = format!("{VARIABLE}={}", file(&folder, RUMOUR).display());
    let ask = |arguments: &str| start_by(&["env", &variable], PROGRAM, arguments).wait();
    for command in ["simulate", "run"] {
        let ended = ask(&format!("{command} rumour --topology complete:5 --seed 1 --json"));
        assert_eq!(
            (ended.status(), ended.json()["messages"]["total"].as_u64()),
            (Some(0), Some(2 * 10 - 4)),
            "{}",
            ended.stderr()
        );
    }
    let ended = ask("simulate rumour --topology complete:5 --seed 1 --runs 20 --json");
    assert_eq!(ended.json()["outcomes"]["terminated"], 20, "{}", ended.stderr());
    let described = ask("describe rumour").stdout();
    for part in ["Cloud", "Idle", "Informed", "Inform", "all_informed"] {
        assert!(described.contains(part), "no {part} in\n{described}");
    }
    assert!(ask("list").stdout().contains("rumour"));
    let refused = ask("simulate rumour --requests 3");
    assert_eq!(refused.status(), Some(2), "{}", refused.stderr());
}

#[test]
fn a_graph_of_another_class_is_refused_with_a_sentence() {
    let refused = |topology: &str| AnyRun::of(&read(TOUR)).topology(topology).seed(1).by(Simulation::new()).map(|_| ());
    assert!(refused("ring:4").is_ok());
    assert_eq!(
        refused("path:4").expect_err("it is no circle").to_string(),
        "Tour is declared for topology Circle, and `path:4` is none: node 0 has 1 neighbours, and 2 to 2 are allowed; try \
         `--topology ring:5`"
    );
    let typed = AnyRun::of(&read(TOUR)).by(Simulation::new().types(Types::With)).map(|_| ());
    assert!(typed.expect_err("it has no types").to_string().starts_with("no loop with types is attached"));
    let inputs = AnyRun::of(&read(TOUR)).inputs(nodes::run::InputChoice::Given(vec!["1".into(); 5])).prepare().map(|_| ());
    assert!(inputs.expect_err("it takes none").to_string().contains("nodes of Tour take no input"));
    let wrong = tables::protocol("states Idle\nIdle impulse all Inform own Idle").map(|_| ());
    assert!(wrong.is_err_and(|wrong| wrong.starts_with("line 2")), "there is no message Inform");
}

#[test]
fn what_does_not_hold_is_found_and_made_small() {
    let boast = format!("{RUMOUR}\n    always at-most 1 Informed");
    let run = AnyRun::of(&read(&boast)).topology("complete:6").seed(1);
    let finished = run.by(Simulation::new()).expect("it runs");
    assert_eq!((finished.outcome(), finished.document.violated()), (Outcome::Violated, Some("at_most_1_informed")));
    let what = "`at_most_1_informed` does not hold: node 1 is in Informed";
    assert!(finished.explanation[0].starts_with(what), "{:?}", finished.explanation);
    let past = campaign::past(&run).expect("it runs").expect("it fails");
    assert!(past.events.iter().any(|event| event.what.starts_with("Inform(0) from node 0")), "{past}");

    let found = AnyTrial::on(&read(&boast), ["gnp:7,0.6"]).seeds(20).failure().expect("it runs").expect("it fails");
    assert_eq!(found.kind, Fails::Property("at_most_1_informed".to_owned()));
    assert_eq!((found.finished.document.nodes, found.schedule.steps.len()), (2, 2), "{found}");
    AnyTrial::on(&read(RUMOUR), ["gnp:7,0.6", "ring:5"]).seeds(200).must_hold();
}

#[test]
fn nodes_crash_and_come_back() {
    let faults = |recoveries| Faults {
        crashes: vec![Crash::new(2, millis(0))],
        recoveries,
        on_crash: OnCrash::Continue,
        loss: 0.1,
        ..Faults::default()
    };
    for_seeds(20, |seed| {
        let run = AnyRun::of(&read(RUMOUR)).topology("complete:5").seed(seed).links(Links::Fifo);
        let lives = |finished: &AnyFinished| {
            let world = finished.world.as_ref().expect("all nodes are known");
            let node = world.node(nodes::topology::NodeIndex::new(2));
            (node.is_alive(), node.incarnation())
        };
        let dead = run.clone().faults(faults(Vec::new())).by(Simulation::new()).expect("it runs");
        assert_eq!((dead.outcome(), lives(&dead)), (Outcome::Terminated, (false, 0)), "{:?}", dead.explanation);
        let back = run.faults(faults(vec![Recovery::new(2, millis(1) / 2)])).by(Simulation::new()).expect("it runs");
        assert_eq!((back.outcome(), lives(&back)), (Outcome::Terminated, (true, 1)), "{:?}", back.explanation);
    });
    let findings = Campaign::of(50).run(&AnyRun::of(&read(TOUR)).seed(1)).expect("it runs");
    assert!(findings.is_well() && findings.runs == 50);
}
