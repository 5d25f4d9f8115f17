//! Traces of runs of real processes.

use std::fs;
use std::path::Path;

use catalogue::mutex::lamport;
use nodes::network::{Crash, Faults, OnCrash};
use nodes::process::{Launcher, Processes, Recording};
use nodes::protocol::Links;
use nodes::run::{Document, Run};
use nodes::trace::{Detail, Kind, Trace, merge_parts};
use nodes::{Protocol, millis, secs};
use nodes_tests::folder::Folder;
use nodes_tests::of_each;
use nodes_tests::seeds::for_seeds;
use nodes_tests::started::start;

use super::{agree, count};

fn read(file: &Path) -> Trace {
    Trace::read(&fs::read(file).expect("the trace is there")[..]).expect("it was written right")
}

fn recorded<P: Protocol>(run: Run<P>, live: bool) -> (Trace, Document) {
    let folder = Folder::new("traces");
    let (file, parts) = (folder.join("run.trace"), folder.join("run.trace.parts"));
    let out = fs::File::create(&file).expect("there is room for a trace");
    let recording = Recording::new(out, &parts).detail(Detail::Full);
    let recording = if live { recording.live() } else { recording };
    let launcher = Launcher::program(env!("CARGO_BIN_EXE_under-test"), [""; 0]);
    let finished = run.processes_with(Processes::new().launcher(launcher).record(recording)).expect("it runs");
    let of_record = |notice: &&String| notice.contains("record");
    assert_eq!(finished.notices.iter().find(of_record), None);
    assert!(!parts.exists(), "the parts are gone when the trace is whole");
    (read(&file), finished.document)
}

#[test]
fn every_algorithm_of_the_catalogue_is_recorded_as_it_is_counted() {
    fn check<P: Protocol>(live: bool) {
        let (trace, document) = recorded(Run::<P>::default().seed(1), live);
        assert!(document.outcome.is_well(), "{:?}", document.replay);
        agree(&trace, &document);
    }
    of_each!(check).into_iter().zip([true, false].into_iter().cycle()).for_each(|(check, live)| check(live));
}

#[test]
fn what_lossy_links_do_is_recorded() {
    for_seeds(3, |seed| {
        let faults = Faults { loss: 0.2, duplicate: 0.2, reorder: 0.2, ..Faults::default() };
        let run = Run::<catalogue::Flooding>::on("gnp:8,0.5").seed(seed).faults(faults);
        let (trace, document) = recorded(run.links(Links::Lossy).stop_after(secs(2)), false);
        assert_eq!(Some(count(&trace, Kind::Lost) as u64), document.links.lost, "{:?}", document.replay);
        for message in trace.messages() {
            assert!(message.arrived().is_none_or(|event| event > message.sent));
        }
    });
}

#[test]
fn what_links_send_again_is_recorded_and_arrives_once() {
    let faults = Faults { loss: 0.3, duplicate: 0.2, reorder: 0.2, ..Faults::default() };
    let (trace, document) = recorded(Run::<catalogue::Flooding>::on("complete:6").seed(1).faults(faults), false);
    agree(&trace, &document);
    assert!(count(&trace, Kind::Resend) > 0);
}

#[test]
fn the_record_of_a_killed_node_reaches_to_its_death() {
    let faults = Faults { crashes: vec![Crash::new(2, millis(150))], on_crash: OnCrash::Continue, ..Faults::default() };
    let run = Run::<catalogue::Lamport>::on("complete:4").config(lamport::Options { requests: 100_000 }).seed(1).faults(faults);
    let (trace, document) = recorded(run.stop_after(millis(600)), true);
    assert_eq!(trace.outcome(), Some(document.outcome.name()));
    assert_eq!(count(&trace, Kind::Crash), 1);
    let crash = (0..trace.len()).find(|event| trace.kind(*event) == Kind::Crash).expect("it is there");
    assert_eq!(trace.node(crash), 2);
    for event in 0..trace.len() {
        let kind = trace.kind(event);
        assert!(!kind.is_arrival() || trace.message_of(event).is_some(), "whatever arrives, its sending is on record");
        assert!(event < crash || trace.node(event) != 2 || event == crash, "a dead node does nothing");
    }
}

#[test]
fn whoever_kills_the_initializer_leaves_parts_that_can_be_read() {
    let folder = Folder::new("traces");
    let file = folder.join("run.trace");
    let arguments = format!("run lamport --topology complete:4 --requests 100000 --trace {}", file.display());
    let run = start(env!("CARGO_BIN_EXE_under-test"), &arguments);
    let parts = folder.join("run.trace.parts");
    // Until something has been recorded of every node.
    let long = |node| fs::metadata(parts.join(format!("node-{node}.part"))).is_ok_and(|part| part.len() > 10_000);
    while !(0..4).all(long) {
        std::thread::sleep(millis(5));
    }
    run.signal("KILL");
    run.wait().assert_nothing_is_left();
    let trace =
        Trace::read(&merge_parts(&parts, Vec::new()).expect("the parts can be read")[..]).expect("it was written right");
    assert!(!trace.is_complete() && trace.messages().len() > 100);
    let known = (0..trace.len()).filter(|event| trace.kind(*event).is_arrival());
    assert!(known.clone().count() > 100 && known.into_iter().all(|event| trace.message_of(event).is_some()));
}
