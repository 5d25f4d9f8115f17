//! What goes to a terminal or another tool is clean, whatever labels, names of files and traces hold.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use nodes::trace::{Event, Reader, Trace, What, Writer};
use nodes_tests::folder::Folder;

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

fn run(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(PROGRAM);
    command.args(words).current_dir(folder).stdin(Stdio::null()).output().expect("the program starts")
}

/// What must not come out, whatever goes in.
#[track_caller]
fn assert_clean(what: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let acts = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\t' | '\r') || letter == '\u{202e}';
    assert!(!text.contains(acts), "{what}: {text:?}");
}

/// A label that would set a title, clear the screen and turn text around.
const LABEL: &str = "a\u{1b}]0;x\u{7}\u{1b}[2J\u{9b}31m\u{202e}z";

fn graph(folder: &Path) {
    let label = serde_json::to_string(LABEL).expect("a text");
    let json = format!(
        "{{\"nodes\":[{{\"id\":{label}}},{{\"id\":\"b\"}},{{\"id\":\"c\"}}],\"links\":[{{\"source\":{label},\"target\":\"b\"}},\
         {{\"source\":\"b\",\"target\":\"c\"}}]}}"
    );
    fs::write(folder.join("g.json"), json).expect("there is room for temporary files");
    // A list of links leaves no doubt only where no other separator stands in a label.
    let word = LABEL.replace([' ', ';'], "");
    fs::write(folder.join("g.edges"), format!("{word} b\nb c\n")).expect("there is room");
}

#[test]
fn no_label_acts_on_a_terminal() {
    let folder = Folder::new("clean");
    graph(&folder);
    for file in ["file:g.json", "file:g.edges"] {
        for words in [
            &["topology", file][..],
            &["simulate", "flooding", "--topology", file, "--seed", "1", "--diagram", "-v"],
            &["simulate", "flooding", "--topology", file, "--seed", "1", "--json"],
            &["simulate", "flooding", "--topology", file, "--seed", "1", "--trace", "t.trace"],
            &["run", "flooding", "--topology", file, "--seed", "1", "--diagram"],
            &["simulate", "controlled_distance", "--topology", file],
        ] {
            let output = run(&folder, words);
            assert!(!output.stdout.is_empty() || output.status.code() == Some(2), "{words:?}");
            assert_clean(&format!("{words:?}"), &output.stdout);
            assert_clean(&format!("{words:?}"), &output.stderr);
        }
        for format in ["edges", "graphml", "dot", "svg", "json"] {
            let output = run(&folder, &["topology", file, "--to", format]);
            assert!(output.status.success() || ["graphml", "dot"].contains(&format), "{format}");
            assert_clean(format, &output.stdout);
            assert_clean(format, &output.stderr);
        }
        assert_clean("trace", &run(&folder, &["trace", "t.trace"]).stdout);
        for format in ["shiviz", "perfetto", "dot", "svg", "csv", "ndjson"] {
            let output = run(&folder, &["trace", "t.trace", "--to", format]);
            assert!(output.status.success(), "{format}");
            assert_clean(format, &output.stdout);
        }
    }
    // What is written is read as the same graph.
    let json = run(&folder, &["topology", "file:g.json", "--to", "json"]).stdout;
    let document: serde_json::Value = serde_json::from_slice(&json).expect("it is JSON");
    assert_eq!(document["nodes"][0]["id"], LABEL);
    let html = run(&folder, &["view", "t.trace", "-o", "t.html"]);
    assert!(html.status.success());
}

/// Where there are colours, they are ours.
#[test]
fn no_label_sets_a_colour() {
    let folder = Folder::new("clean-colours");
    let label = "a\u{1b}[31mred";
    let json = serde_json::to_string(label).expect("a text");
    let name = format!("{label}.json");
    let graph =
        format!("{{\"nodes\":[{{\"id\":{json}}},{{\"id\":\"b\"}}],\"links\":[{{\"source\":{json},\"target\":\"b\"}}]}}");
    fs::write(folder.join(&name), graph).expect("there is room for temporary files");
    let file = format!("file:{name}");
    for words in [
        &["topology", file.as_str()][..],
        &["simulate", "flooding", "--topology", &file, "--diagram", "-v", "--trace", "t"],
        &["simulate", "flooding", "--topology", &file, "--runs", "3"],
        &["run", "flooding", "--topology", &file, "-v", "--logs", &name],
        &["simulate", "controlled_distance", "--topology", &file],
        &["trace", "t"],
        &["trace", &name],
    ] {
        let mut command = Command::new(PROGRAM);
        let output = command.args(words).current_dir(&*folder).env("CLICOLOR_FORCE", "1").output().expect("the program starts");
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        assert!(text.contains("\u{1b}[") || words[0] == "trace", "{words:?} has colours");
        assert!(!text.contains("\u{1b}[31mred"), "{words:?}: {text:?}");
    }
}

#[test]
fn no_word_of_a_command_line_acts_on_a_terminal() {
    let folder = Folder::new("clean-words");
    let evil = "x\u{1b}[2J\u{9b}1m.trace";
    for words in [
        &["run", evil][..],
        &[evil],
        &["topology", evil],
        &["topology", &format!("file:{evil}")],
        &["trace", evil],
        &["view", evil],
        &["simulate", "flooding", "--trace", evil, "--seed", "1"],
        &["simulate", "flooding", "--initiators", evil],
        &["simulate", "flooding", evil],
        &["simulate", "flooding", &format!("--{evil}")],
        &["trace", evil, "--to", evil],
        &["trace", evil, "--to", "svg", "-o", &format!("{evil}/x")],
    ] {
        let output = run(&folder, words);
        assert_clean(&format!("{words:?}"), &output.stdout);
        assert_clean(&format!("{words:?}"), &output.stderr);
    }
}

#[test]
fn labels_that_differ_in_signs_only_are_different_hosts() {
    let folder = Folder::new("clean-hosts");
    let label = ["u v", "u_v", "u/v", "w"];
    let nodes = label.map(|label| format!("{{\"id\":\"{label}\"}}")).join(",");
    let links = [(0, 1), (1, 2), (2, 3)]
        .map(|(a, b): (usize, usize)| format!("{{\"source\":\"{}\",\"target\":\"{}\"}}", label[a], label[b]))
        .join(",");
    fs::write(folder.join("g.json"), format!("{{\"nodes\":[{nodes}],\"links\":[{links}]}}")).expect("there is room");
    assert!(run(&folder, &["simulate", "flooding", "--topology", "file:g.json", "--trace", "t"]).status.success());
    let log = String::from_utf8(run(&folder, &["trace", "t", "--to", "shiviz"]).stdout).expect("it is text");
    let mut own = std::collections::BTreeMap::<String, u64>::new();
    for line in log.lines().skip(1).step_by(2) {
        let (host, clock) = line.split_once(' ').expect("a host and its clock");
        let clock: serde_json::Value = serde_json::from_str(clock).expect("a clock is JSON");
        let ticks = own.entry(host.to_owned()).or_default();
        *ticks += 1;
        assert_eq!(clock[host], *ticks, "each event is one tick of its host");
    }
    assert_eq!(own.keys().collect::<Vec<_>>(), ["node-u_v", "node-u_v.0", "node-u_v.2", "node-w"]);
}

/// A trace whose blocks are sound and whose events cannot have been.
#[test]
fn view_and_trace_judge_a_trace_alike() {
    let folder = Folder::new("clean-judged");
    assert!(run(&folder, &["simulate", "flooding", "--topology", "path:3", "--trace", "t"]).status.success());
    let bytes = fs::read(folder.join("t")).expect("it is there");
    let trace = Trace::read(&bytes[..]).expect("it is whole");
    let header = Reader::new(&bytes[..]).expect("it is whole").header().clone();
    let again = |header: &nodes::trace::Header, change: &dyn Fn(&mut Event<'_>)| {
        let mut writer = Writer::new(Vec::new(), header);
        for mut event in trace.events() {
            change(&mut event);
            writer.push(event);
        }
        writer.finish().expect("memory takes all")
    };
    let mut twice = header.clone();
    twice.links[1][1] = twice.links[0][3];
    let far = |event: &mut Event<'_>| {
        if let What::Send { port, .. } = &mut event.what {
            *port = Some(97);
        }
    };
    let astray = |event: &mut Event<'_>| {
        if matches!(event.what, What::Arrive { .. }) {
            event.node = 2 - event.node.min(2);
        }
    };
    for (bytes, says) in [
        (again(&twice, &|_| ()), "are not numbered as they must be"),
        (again(&header, &far), "has no port 97"),
        (again(&header, &astray), "does not concern node"),
    ] {
        fs::write(folder.join("bad"), bytes).expect("there is room for temporary files");
        let (told, seen) = (run(&folder, &["trace", "bad"]), run(&folder, &["view", "bad", "-o", "page.html"]));
        assert_eq!((told.status.code(), seen.status.code()), (Some(2), Some(2)), "{says}");
        assert_eq!(told.stderr, seen.stderr);
        assert!(String::from_utf8_lossy(&told.stderr).contains(says), "{}", String::from_utf8_lossy(&told.stderr));
        assert!(!folder.join("page.html").exists());
    }
}
