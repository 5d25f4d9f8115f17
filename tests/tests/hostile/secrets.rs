//! The key of a run stands where only its processes can read it.

use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use catalogue::Flooding;
use nodes::process::{Launcher, Processes, Progress};
use nodes::run::{Initiators, Run};
use nodes_tests::folder::Folder;
use nodes_tests::misbehaved::Chattering;

use crate::{IN_THE_MIDDLE, PROGRAM, begin};

/// What everybody on the machine may read of a process, or all processes of the user.
fn readable(process: u32) -> [Vec<u8>; 2] {
    ["cmdline", "environ"]
        .map(|what| std::fs::read(Path::new("/proc").join(process.to_string()).join(what)).unwrap_or_default())
}

/// This process and all that descend from it.
fn family() -> Vec<u32> {
    let mut family = vec![std::process::id()];
    let mut next = 0;
    while let Some(parent) = family.get(next).copied() {
        next += 1;
        let threads = std::fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten();
        for children in threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok()) {
            family.extend(children.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
        }
    }
    family
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// The ways in which bytes are commonly written; of each, enough that it is nothing else.
fn spellings(key: &[u8]) -> Vec<Vec<u8>> {
    const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let hex = key.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let decimal = key.iter().map(ToString::to_string).collect::<Vec<_>>();
    let base64 = key.chunks_exact(3).flat_map(|three| {
        let bits = three.iter().fold(0, |bits, byte| bits << 8 | usize::from(*byte));
        [18, 12, 6, 0].map(|shift| BASE64[bits >> shift & 63])
    });
    let part = |bytes: Vec<u8>| bytes[..12].to_vec();
    vec![
        key[..6].to_vec(),
        part(hex.to_uppercase().into_bytes()),
        part(hex.into_bytes()),
        part(decimal.join(",").into_bytes()),
        part(decimal.join(", ").into_bytes()),
        part(base64.collect()),
    ]
}

#[test]
fn the_key_is_on_no_command_line_and_in_no_environment() {
    let folder = Folder::new("key");
    let launcher = Launcher::program(IN_THE_MIDDLE, ["record", folder.to_str().unwrap(), PROGRAM]);
    let (tell, told) = mpsc::channel();
    let mut told_once = Some(tell);
    // Everything is looked at while the run goes on.
    let watch = move |progress| {
        if progress == Progress::Running
            && let Some(tell) = told_once.take()
        {
            let family = family();
            let texts = family.iter().flat_map(|process| readable(*process)).collect::<Vec<_>>();
            tell.send((family.len(), texts)).expect("somebody listens");
        }
    };
    let run = Run::<Flooding>::on("ring:3").initiators(Initiators::Given(vec![(0, Some(Duration::from_millis(100)))]));
    run.processes_with(Processes::new().launcher(launcher).watch(watch)).expect("the run starts");

    let key = std::fs::read(folder.join("key")).expect("it was recorded");
    assert_eq!(key.len(), 32);
    let (processes, texts) = told.recv().expect("the run went on");
    assert!(processes > 2 * 3, "this process, and for each node a man in the middle and the node: {processes}");
    assert!(texts.iter().any(|text| contains(text, b"NODES_NODE_OF=Flooding")), "environments can be read");
    for text in texts {
        for spelling in spellings(&key) {
            assert!(!contains(&text, &spelling), "{:?} in {:?}", spelling, String::from_utf8_lossy(&text));
        }
    }
}

#[test]
fn a_node_is_told_nothing_but_its_protocol_where_others_can_read_it() {
    let started = begin("run chattering --topology complete:3 --for 400ms --seed 1 --json");
    let nodes = started.await_nodes(3);
    // The system shows a process before it has become the program.
    let became = |node: &u32| contains(&readable(*node)[0], b"Chattering node");
    for _ in 0..200 {
        if nodes.iter().all(became) {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let words = |text: &[u8]| text.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect::<std::collections::BTreeSet<_>>();
    let mut expected = words(&readable(started.pid())[1]);
    expected.insert(b"NODES_NODE_OF=Chattering".to_vec());
    let mut titles = Vec::new();
    for node in nodes {
        let [title, environment] = readable(node);
        assert_eq!(words(&environment), expected, "the initializer's environment, and the protocol");
        titles.push(String::from_utf8(title).unwrap());
    }
    titles.sort();
    assert_eq!(titles, ["Chattering node 0\0", "Chattering node 1\0", "Chattering node 2\0"]);
    started.wait().assert_nothing_is_left();
}

#[test]
fn every_run_has_a_key_of_its_own() {
    let key = |name: &str| {
        let folder = Folder::new(name);
        let launcher = Launcher::program(IN_THE_MIDDLE, ["record", folder.to_str().unwrap(), PROGRAM]);
        let run = Run::<Chattering>::on("path:2").seed(1).stop_after(Duration::from_millis(10));
        run.processes_with(Processes::new().launcher(launcher)).expect("the run starts");
        std::fs::read(folder.join("key")).expect("it was recorded")
    };
    let (one, two) = (key("one"), key("two"));
    assert_ne!(one, two, "though the seed is the same");
    assert!([one, two].iter().all(|key| key.iter().any(|byte| *byte != 0)));
}
