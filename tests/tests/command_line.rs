//! What the commands print, started as a user starts them.

use std::collections::BTreeSet;

use nodes_tests::folder::Folder;
use nodes_tests::started::{Ended, start};
use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

#[track_caller]
fn run(arguments: &str) -> Ended {
    let ended = start(PROGRAM, arguments).wait();
    assert_eq!(ended.status(), Some(0), "{arguments}: {}", ended.stderr());
    ended
}

/// The names of an object's fields.
fn names(object: &Value) -> BTreeSet<&str> {
    object.as_object().expect("an object").keys().map(String::as_str).collect()
}

fn set<const N: usize>(names: [&'static str; N]) -> BTreeSet<&'static str> {
    names.into()
}

/// Exactly the fields that are promised, also those that the engine cannot know (`null`).
#[test]
fn the_document_of_a_run_has_every_field_and_no_other() {
    let ended = run("run controlled_distance --topology ring:8 --seed 7 --json");
    assert_eq!(ended.stdout().lines().count(), 1, "one document, and nothing else");
    assert_eq!(ended.stderr(), "");
    let document = ended.json();
    assert_eq!(
        names(&document),
        set([
            "version",
            "protocol",
            "fingerprint",
            "engine",
            "topology",
            "nodes",
            "edges",
            "seed",
            "replay",
            "options",
            "outcome",
            "messages",
            "links",
            "time",
            "properties",
            "nodes_final",
        ])
    );
    assert_eq!(
        names(&document["messages"]),
        set(["total", "by_type", "bytes", "max_bytes", "late", "busiest_node", "busiest_link"])
    );
    assert_eq!(names(&document["links"]), set(["datagrams", "retransmitted", "lost", "duplicated", "reordered", "rejected"]));
    assert_eq!(names(&document["time"]), set(["wall_s", "virtual", "causal"]));
    assert_eq!(
        names(&document["nodes_final"][0]),
        set(["node", "id", "state", "sent", "received", "busy_s", "decided_at", "fields", "reported"])
    );
    assert_eq!(document["protocol"], "ControlledDistance");
    assert_eq!(document["engine"], "processes");
    assert_eq!((document["nodes"].as_u64(), document["edges"].as_u64()), (Some(8), Some(8)));
    assert_eq!(document["seed"], 7);
    assert_eq!(document["replay"], "run controlled_distance --topology ring:8 --seed 7");
    assert_eq!(document["options"]["initiators"], serde_json::json!([0]));
    assert_eq!(document["outcome"], "terminated");
    assert_eq!(document["properties"], serde_json::json!({"at_most_one_leader": "held-at-end", "elected": "holds"}));
    // How many candidates ask how often depends on the schedule; that everybody is told does not.
    let by_type = &document["messages"]["by_type"];
    assert_eq!(names(by_type), set(["Forth", "Back", "Notify"]));
    assert_eq!(by_type["Notify"], 8);
    let sum = by_type.as_object().expect("counts").values().filter_map(Value::as_u64).sum::<u64>();
    assert_eq!(document["messages"]["total"], sum);
    assert!(sum <= 8 * 8 * (1 + 3) + 8, "{sum} messages: the bound is 8n(1 + ceil(log2 n)) + n");
}

/// The line that a result prints leads to the same run.
#[test]
fn the_replay_line_replays() {
    let arguments = "run flooding --topology gnp:12,0.4 --ids shuffled --ports shuffled --initiators random:3 --inputs random:0..100 \
                     --links fifo --timeout 30s --json";
    let first = run(arguments).json();
    let replay = first["replay"].as_str().expect("a line").to_owned();
    for option in
        ["--topology gnp:12,0.4", "--ids shuffled", "--initiators random:3", "--links fifo", "--timeout 30s", "--seed "]
    {
        assert!(replay.contains(option), "{replay}");
    }
    let second = run(&format!("{replay} --json")).json();
    for field in ["seed", "edges", "options", "fingerprint", "replay"] {
        assert_eq!(first[field], second[field], "{field}");
    }
    let of_nodes = |document: &Value, field: &str| {
        document["nodes_final"].as_array().expect("nodes").iter().map(|node| node[field].clone()).collect::<Vec<_>>()
    };
    assert_eq!(of_nodes(&first, "id"), of_nodes(&second, "id"));
}

/// The table of the example in the documentation, and what a simulated run knows besides.
#[test]
fn a_simulated_run_is_the_same_every_time() {
    let arguments = "simulate controlled_distance --topology ring:8 --seed 7 --json";
    let (first, second) = (run(arguments), run(arguments));
    assert_eq!((first.stdout().lines().count(), first.stderr()), (1, String::new()), "one document, and nothing else");
    let (mut first, mut second) = (first.json(), second.json());
    assert_eq!(names(&first), names(&run("run controlled_distance --topology ring:8 --json").json()), "the same fields");
    assert_eq!(first["messages"]["by_type"], serde_json::json!({"Forth": 30, "Back": 14, "Notify": 8}));
    assert_eq!(first["properties"], serde_json::json!({"at_most_one_leader": "holds", "elected": "holds"}));
    assert_eq!((&first["engine"], &first["options"]["delay"]), (&"simulator".into(), &"unit".into()));
    assert_eq!(first["replay"], "simulate controlled_distance --topology ring:8 --seed 7");
    for document in [&mut first, &mut second] {
        document["time"]["wall_s"] = Value::Null;
    }
    assert_eq!(first, second);
}

#[test]
fn a_simulated_violation_is_told_and_replayed_by_its_line() {
    let violated = (0..).map(|seed| {
        start(PROGRAM, &format!("simulate lamport --links reliable --delay exponential:5ms --seed {seed} --json")).wait()
    });
    let violated =
        violated.take(100).find(|ended| ended.status() == Some(1)).expect("without order, Lamport's mutual exclusion fails");
    let document = violated.json();
    assert_eq!(document["outcome"], "violated");
    assert!(violated.stderr().contains("does not hold"), "{}", violated.stderr());
    let again = start(PROGRAM, &format!("{} --json", document["replay"].as_str().expect("a line"))).wait();
    assert_eq!((again.status(), again.stderr()), (Some(1), violated.stderr()));
    assert_eq!(again.json()["nodes_final"], document["nodes_final"]);
}

#[test]
fn simulated_nodes_keep_the_logs_of_real_ones() {
    let folder = Folder::new("simulated-logs");
    let ended = run(&format!("simulate flooding --topology path:2 --seed 1 -v --json --logs {}", folder.display()));
    let log = |node: usize| std::fs::read_to_string(folder.join(format!("node-{node}.log"))).expect("a log");
    let lines = |text: String| text.lines().map(|line| line.split_at(14).1.to_owned()).collect::<Vec<_>>();
    assert_eq!(lines(log(0)), ["wakes up", "Idle -> Done", "sends Info { value: 0 } to node 1 (port 0)"]);
    assert_eq!(lines(log(1)), ["received Info { value: 0 } from node 0 (port 0)", "Idle -> Done"]);
    assert!(log(1).starts_with("    0.001000  received"), "after one unit, a millisecond:\n{}", log(1));
    assert_eq!(ended.stderr().lines().count(), 5, "{}", ended.stderr());
}

/// `received` counts what was handled, late ones apart; nothing is lost, so together they are what was sent.
#[test]
fn what_was_sent_was_received_or_late() {
    let document = run("run shout --topology gnp:12,0.4 --seed 3 --json").json();
    let sum = |field: &str| {
        let nodes = document["nodes_final"].as_array().expect("nodes");
        nodes.iter().map(|node| node[field].as_u64().expect("a number")).sum::<u64>()
    };
    let (total, late) = (&document["messages"]["total"], &document["messages"]["late"]);
    assert_eq!(Some(sum("sent")), total.as_u64());
    assert_eq!(Some(sum("received")), total.as_u64().zip(late.as_u64()).map(|(total, late)| total - late));
    let (n, m) = (document["nodes"].as_u64().expect("n"), document["edges"].as_u64().expect("m"));
    assert_eq!(total.as_u64(), Some(4 * m - 2 * n + 2), "Shout's cost");
}

/// snake_case, the type's name, and dashes are one name.
#[test]
fn a_protocol_has_one_name_in_three_spellings() {
    for name in ["controlled_distance", "ControlledDistance", "controlled-distance"] {
        let document = run(&format!("run {name} --topology ring:3 --seed 1 --json")).json();
        assert_eq!(document["protocol"], "ControlledDistance");
    }
}

#[test]
fn the_table_tells_outcome_counts_states_and_how_to_run_it_again() {
    let text = run("run all_the_way --topology ring:8 --seed 7").stdout();
    for part in [
        "AllTheWay on ring:8",
        "seed 7",
        "terminated",
        "64: Election 64",
        "held at the end",
        "Leader 1, Follower 7",
        "run all_the_way --topology ring:8 --seed 7",
    ] {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
    assert!(!text.contains('\x1b'), "no colours where nobody looks");
    assert!(text.lines().all(|line| line.chars().count() <= 80 || line.contains("again")), "{text}");
}

#[test]
fn a_configuration_is_an_option() {
    let (two, three) =
        (run("run lamport --requests 2 --seed 1 --json").json(), run("run lamport --requests 3 --seed 1 --json").json());
    // 3(n-1) messages an entry, n = 5 nodes that enter that often.
    assert_eq!(two["messages"]["total"], 3 * 4 * 5 * 2);
    assert_eq!(three["messages"]["total"], 3 * 4 * 5 * 3);
    assert_eq!(three["options"]["requests"], "3");
    assert!(three["replay"].as_str().is_some_and(|line| line.contains("--requests 3")), "{}", three["replay"]);
}

#[test]
fn logs_tell_what_every_node_did() {
    let folder = Folder::new("logs");
    let ended = run(&format!("run flooding --topology ring:4 --seed 1 --json -v --logs {}", folder.display()));
    assert_eq!(ended.stdout().lines().count(), 1, "the logs are not on standard output");
    let stream = ended.stderr();
    for node in 0..4 {
        let log = std::fs::read_to_string(folder.join(format!("node-{node}.log"))).expect("a log");
        assert!(!log.is_empty(), "node {node} has logged");
        assert!(stream.contains(&format!("node {node} ")), "node {node} in the stream:\n{stream}");
    }
}

#[test]
fn the_list_names_what_each_protocol_assumes() {
    let listed = run("list --json").json();
    let listed = listed.as_array().expect("a list");
    let find =
        |name: &str| listed.iter().find(|protocol| protocol["name"] == name).unwrap_or_else(|| panic!("{name} is listed"));
    let assumed = ["name", "type", "problem", "topology", "links", "initiators", "cost", "source", "stored"];
    assert_eq!(names(find("shout")), set(assumed));
    assert_eq!((&find("shout")["stored"], &find("bank")["stored"]), (&Value::Null, &"(bool, u64, u64)".into()));
    assert_eq!((&find("shout")["type"], &find("shout")["initiators"]), (&"Shout".into(), &"one".into()));
    let lamport = find("lamport");
    assert_eq!((&lamport["topology"], &lamport["links"]), (&"Complete".into(), &"fifo".into()));
    let table = run("list").stdout();
    assert!(listed.iter().all(|protocol| table.contains(protocol["name"].as_str().expect("a name"))), "{table}");
}

#[test]
fn a_description_holds_the_whole_table_of_rules() {
    let text = run("describe controlled_distance").stdout();
    for part in
        ["leader election", "Hirschberg", "Asleep", "Candidate", "Leader*", "Forth", "never", "late", "at_most_one_leader"]
    {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
    assert!(!text.contains("warning:"), "every state is entered:\n{text}");
    assert!(run("describe lamport").stdout().contains("--requests "));
}

#[test]
fn a_description_tells_what_a_node_knows_after_a_crash() {
    let told = |protocol: &str| {
        let text = run(&format!("describe {protocol}")).stdout();
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (_, rest) = words.split_once(" after a crash ").expect("it is told");
        (rest.to_owned(), words)
    };
    assert!(told("shout").0.starts_with("nothing: it begins anew, without an impulse"));
    let (rest, all) = told("bank");
    assert!(rest.starts_with("what it stored last, `(bool, u64, u64)`, which `back` takes up;"), "{rest}");
    assert!(all.contains("back Goes on where it was"), "{all}");
}

/// What a protocol does on links that it does not assume, is not the protocol's fault: who asked for them is told.
#[test]
fn links_weaker_than_assumed_are_told() {
    let told = |arguments: &str| {
        let ended = start(PROGRAM, &format!("{arguments} --seed 3 --json")).wait();
        ended.stderr().lines().filter(|line| line.contains("--links")).map(str::to_owned).collect::<Vec<_>>()
    };
    let expected = ["notice: --links lossy: DijkstraScholten assumes reliable links, and need not hold on these"];
    // An acknowledgement that comes twice breaks what it counts.
    assert_eq!(told("simulate dijkstra_scholten --links lossy --duplicate 0.2"), expected);
    assert_eq!(told("run dijkstra_scholten --links lossy"), expected);
    for stronger in ["simulate dijkstra_scholten --links fifo", "simulate dijkstra_scholten", "simulate lamport --links fifo"] {
        assert_eq!(told(stronger), [""; 0], "{stronger}");
    }
}

#[test]
fn state_diagrams_are_what_their_readers_expect() {
    let svg = run("describe shout --to svg").stdout();
    roxmltree::Document::parse(&svg).expect("well-formed XML");
    assert!(svg.contains(">Active</text>") && svg.contains(">Done</text>"), "{svg}");
    let dot = run("describe shout --to dot").stdout();
    assert!(dot.starts_with("digraph \"Shout\" {") && dot.ends_with("}\n"), "{dot}");
    let mermaid = run("describe shout --to mermaid").stdout();
    assert!(mermaid.contains("stateDiagram-v2") && mermaid.contains("[*] -->"), "{mermaid}");
}

#[test]
fn a_topology_has_the_numbers_of_the_literature() {
    // Petersen's graph: cubic, of diameter 2.
    let text = run("topology petersen").stdout();
    for line in ["  nodes       10", "  links       15", "  degree      3 each", "  diameter    2", "  connected   yes"] {
        assert!(text.lines().any(|other| other == line), "no `{line}` in:\n{text}");
    }
    let all = run("topology").stdout();
    for family in nodes::topology::SPECS {
        assert!(all.contains(family.example), "{}", family.example);
    }
}

#[test]
fn help_shows_every_option_with_an_example_and_fits_a_terminal() {
    let help = run("run lamport --help").stdout();
    for option in
        ["--topology", "--ids", "--ports", "--initiators", "--wake", "--inputs", "--seed", "--links", "--timeout", "--for"]
    {
        assert!(
            help.contains(&format!("Example: {option} ")) || help.contains(&format!("Example:\n          {option} ")),
            "{option}:\n{help}"
        );
    }
    assert!(help.contains("--requests <u32>"), "{help}");
    let short = run("run lamport -h").stdout();
    for text in [&help, &short, &run("--help").stdout(), &run("help describe").stdout()] {
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    }
}

/// What is written is read again as the same graph.
#[test]
fn a_topology_goes_into_a_file_and_back() {
    let folder = Folder::new("topology");
    for format in ["edges", "graphml", "dot", "json"] {
        let file = folder.join(format!("petersen.{format}"));
        std::fs::write(&file, run(&format!("topology petersen --to {format}")).stdout()).expect("a file of ours");
        let facts =
            |spec: &str| run(&format!("topology {spec}")).stdout().lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(facts(&format!("file:{}", file.display())), facts("petersen"), "{format}");
    }
    roxmltree::Document::parse(&run("topology petersen --to svg").stdout()).expect("well-formed XML");
}

/// `| head` ends the reading, not the program with a panic.
#[test]
fn a_reader_that_goes_is_no_failure() {
    use std::process::{Command, Stdio};
    let mut child =
        Command::new(PROGRAM).arg("topology").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("ends");
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn check_tells_what_it_leaves_out_and_why_it_leaves_out_no_more() {
    let shout = "check shout --topology star:4 --links reliable --reduction events --why";
    let text = run(shout).stdout();
    assert!(text.contains("  reduction   events that commute in one order\n"), "{text}");
    assert!(text.contains("Yes and Yes do not commute: `children` tells\n"), "{text}");
    let document = run(&format!("{shout} --json")).json();
    assert_eq!(document["reduction"], "events");
    assert_eq!(document["noncommuting"], serde_json::json!([{"messages": ["Yes", "Yes"], "field": "children"}]));
    // Few states are all looked at.
    let document = run("check shout --topology star:4 --json").json();
    assert_eq!((&document["reduction"], &document["noncommuting"]), (&"full".into(), &Value::Null));
}
