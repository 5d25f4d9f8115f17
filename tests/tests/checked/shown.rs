//! What `check` shows people.

use std::io::{Read, Write};
use std::net::TcpStream;

use nodes_tests::folder::Folder;
use nodes_tests::started::{Started, start};

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

/// What a check prints, and its exit status.
fn shown(arguments: &str) -> (String, i32) {
    let ended = start(PROGRAM, &format!("check {arguments} --seed 1")).wait();
    (ended.stdout(), ended.status().expect("it ends by itself"))
}

#[track_caller]
fn assert_says(arguments: &str, status: i32, lines: &[&str]) {
    let (printed, ended) = shown(arguments);
    assert_eq!(ended, status, "{printed}");
    for line in lines {
        assert!(printed.contains(line), "no `{line}` in:\n{printed}");
    }
}

#[test]
fn it_says_in_a_few_lines_what_was_found_and_on_how_much_that_stands() {
    assert_says(
        "flooding --topology path:6",
        0,
        &[
            "✔ holds on every schedule: every run ends, and all properties hold\n",
            "looked at   7 states, 6 transitions, 1 end, depth 6\n",
            "messages    5 on every schedule\n",
            "longest run 6 events\n",
            "informed  holds\n",
        ],
    );
    assert_says(
        "echo --topology complete:4 --most-states 50",
        3,
        &["bounded: --most-states was reached, and nothing wrong was found until then\n"],
    );
    assert_says(
        "itai_rodeh --topology directed-ring:2 --initiators all",
        3,
        &[
            "almost: all properties hold, and every run ends with probability 1, not on every schedule\n",
            "lead back to the same state, and only a draw leaves them\n",
        ],
    );
}

#[test]
fn what_goes_wrong_is_shown_as_a_simulation_shows_it() {
    assert_says(
        "lamport --topology complete:2 --links reliable",
        1,
        &[
            "✘ violated: a schedule goes wrong\n  `mutual_exclusion` does not hold (after a step of node 0)\n",
            "  what led there (8 of 8 events):\n",
            "\n  8 events, and no fewer lead there\n",
            // The diagram.
            "  rounds of messages downwards ",
            "mutual_exclusion  violated\n",
        ],
    );
    assert_says(
        "chor_israeli_li --deterministic",
        1,
        &[
            "✘ endless: a run never ends\n",
            "lead to a state in which 12 events lead back to the same state\n",
            "  rounds of messages downwards ",
        ],
    );
}

#[test]
fn the_line_that_makes_the_check_again_does() {
    for arguments in ["chor_israeli_li --deterministic", "flooding --topology ring:4 --initiators all --links fifo"] {
        let (printed, status) = shown(arguments);
        let again = printed.lines().find(|line| line.starts_with("  again ")).expect("it is the last line");
        let (_, again) = again.split_once(" check ").expect("it is a check");
        let (before, _) = printed.split_once("  time").expect("it is told");
        let (again, _) = again.split_once(" --seed").expect("it has a seed");
        let (printed_again, status_again) = shown(again);
        assert!(status_again == status && printed_again.starts_with(before), "{again}: {printed_again}");
    }
}

/// What each option of a check is given here.
const GIVEN: [(&str, &str); 23] = [
    ("topology", "ring:4"),
    ("keep", "largest"),
    ("drop", "loops"),
    ("both-ways", ""),
    ("weights", "random:1..9"),
    ("ids", "3,1,0,2"),
    ("ports", "shuffled"),
    ("initiators", "0,2"),
    ("wake", "any"),
    ("inputs", "1,2,3,4"),
    ("seed", "7"),
    ("links", "fifo"),
    ("every-graph", "3"),
    ("depth", "4"),
    ("most-states", "20"),
    ("memory", "64MiB"),
    ("timeout", "3600s"),
    ("synchronous", "10ms"),
    ("draws", "2"),
    ("reduction", "events"),
    ("why", ""),
    ("faults", "losses=1"),
    ("compact", ""),
];

/// Those that do not change what is found.
const CHANGES_NOTHING: [&str; 7] = ["threads", "json", "schedule-out", "csv", "force", "view", "help"];

/// Those that need a graph from a file.
const OF_A_FILE: [&str; 3] = ["keep", "drop", "both-ways"];

#[test]
fn the_line_that_makes_the_check_again_has_each_option_that_changes_what_is_found() {
    let help = start(PROGRAM, "check flooding --help").wait().stdout();
    let names = help.lines().filter_map(|line| Some(line.split_once("--")?).filter(|(before, _)| before.len() == 6));
    let names = names.map(|(_, name)| name.split(' ').next().unwrap_or(name)).collect::<Vec<_>>();
    assert!(names.contains(&"depth") && names.len() > 20, "{names:?}");
    let folder = Folder::new("again");
    let file = folder.join("graph.edges");
    std::fs::write(&file, "0 1\n1 1\n1 2\n2 0\n5 6\n").expect("the folder is ours");
    let timeless = |document: &serde_json::Value| {
        let mut document = document.clone();
        document.as_object_mut().expect("an object").retain(|name, _| !["time", "classes"].contains(&name.as_str()));
        document
    };
    for name in names.iter().filter(|name| !CHANGES_NOTHING.contains(name)) {
        let (_, value) = GIVEN.iter().find(|(given, _)| given == name).unwrap_or_else(|| panic!("what does --{name} change?"));
        let option = if value.is_empty() { format!("--{name}") } else { format!("--{name} {value}") };
        let others = match *name {
            "topology" | "every-graph" => "--seed 1".to_owned(),
            "seed" => "--topology ring:4".to_owned(),
            _ if OF_A_FILE.contains(name) => {
                let both = ["--keep largest", "--drop loops"].into_iter().filter(|other| *other != option).collect::<Vec<_>>();
                format!("--seed 1 --topology file:{} {}", file.display(), both.join(" "))
            }
            _ => "--seed 1 --topology ring:4".to_owned(),
        };
        let first = start(PROGRAM, &format!("check flooding {others} {option} --json")).wait();
        let document = first.json();
        let again = document["replay"].as_str().unwrap_or_else(|| panic!("{option}: {}", first.stderr())).to_owned();
        assert!(again.contains(&option), "no `{option}` in: {again}");
        let second = start(PROGRAM, &format!("{again} --json")).wait();
        assert_eq!(timeless(&second.json()), timeless(&document), "{option}: {again}");
        assert_eq!(second.status(), first.status(), "{option}");
    }
}

/// The address of the page that it serves.
fn page(started: &mut Started) -> String {
    let mut line = Vec::new();
    while let Some(byte) = started.read_stderr_byte() {
        line.push(byte);
        let text = String::from_utf8_lossy(&line);
        if let Some(address) = text.strip_prefix("page: http://").and_then(|rest| rest.strip_suffix('\n')) {
            return address.to_owned();
        }
        if byte == b'\n' {
            line.clear();
        }
    }
    panic!("it serves no page: {}", String::from_utf8_lossy(&line));
}

#[test]
fn a_schedule_that_goes_wrong_opens_as_a_page_and_the_exit_status_is_that_of_the_check() {
    for (arguments, title, status) in [
        ("lamport --topology complete:2 --links reliable", "Lamport on complete:2", 1),
        // The run with most messages.
        ("flooding --topology ring:4", "Flooding on ring:4", 0),
    ] {
        let mut started = start(PROGRAM, &format!("check {arguments} --view"));
        let address = page(&mut started);
        let (host, token) = address.split_once("/?t=").expect("the address has a token");
        let mut stream = TcpStream::connect(host).expect("it listens");
        write!(stream, "GET /?t={token} HTTP/1.1\r\nHost: {host}\r\n\r\n").expect("it listens");
        let mut served = String::new();
        stream.read_to_string(&mut served).expect("a page is text");
        assert!(served.contains(&format!("<title>{title}</title>")), "{served:.500}");
        started.signal("INT");
        let ended = started.wait();
        assert_eq!(ended.status(), Some(status), "{}", ended.stderr());
    }
    let bounded = start(PROGRAM, "check echo --topology complete:4 --most-states 50 --view").wait();
    assert_eq!(bounded.status(), Some(1));
    assert!(bounded.stderr().contains("--view: no schedule was found that could be shown"), "{}", bounded.stderr());
}
