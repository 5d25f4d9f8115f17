//! What `check` shows people.

use std::io::{Read, Write};
use std::net::TcpStream;

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
