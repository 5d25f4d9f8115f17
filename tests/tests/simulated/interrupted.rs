//! Ctrl-C: what was found until then is shown, and nothing keeps a command from its end.

use std::fs;
use std::process::Command;
use std::time::Duration;

use nodes_tests::folder::Folder;
use nodes_tests::started::{Started, signal, start, start_by};

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

/// Waits until the process handles SIGINT itself, which proc(5) shows as the second bit of `SigCgt`.
fn await_handler(started: &Started) {
    let handles = |status: String| {
        let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).expect("Linux shows it");
        u64::from_str_radix(mask.trim(), 16).expect("a mask") & 2 != 0
    };
    for _ in 0..3000 {
        if fs::read_to_string(format!("/proc/{}/status", started.pid())).is_ok_and(handles) {
            // And until it has something to show.
            std::thread::sleep(Duration::from_millis(100));
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("SIGINT is not handled after 30 s");
}

/// `timeout` signals the program and then its group, so each signal comes twice.
#[test]
fn a_signal_that_comes_twice_at_once_shows_what_was_found() {
    let folder = Folder::new("interrupted");
    let csv = folder.join("f.csv");
    for (line, status, shows) in [
        ("simulate flooding --topology path:3 --runs 9999999".to_owned(), 0, "interrupted: none of "),
        ("simulate flooding --topology path:3 --runs 9999999 --json".to_owned(), 0, "\"interrupted\":true"),
        ("simulate chattering --topology ring:4 --seed 1".to_owned(), 0, "stopped after "),
        ("run chattering --topology ring:4 --seed 1".to_owned(), 0, "stopped after "),
        (
            format!("sweep flooding --topology ring:{{n}} --n 3..902 --seeds 11111 --csv {}", csv.display()),
            1,
            "the same command continues",
        ),
    ] {
        for name in ["INT", "TERM", "HUP"] {
            // A gigabyte and a half: nothing is reserved for runs that are not made.
            let started = start_by(&["prlimit", "--as=1500000000"], PROGRAM, &line);
            await_handler(&started);
            for _ in 0..3 {
                signal(started.pid(), name);
            }
            let ended = started.wait();
            ended.assert_nothing_is_left();
            assert_eq!(ended.status(), Some(status), "{line}, {name}: {}", ended.stderr());
            assert!(ended.stdout().contains(shows), "{line}, {name}: {}{}", ended.stdout(), ended.stderr());
        }
    }
    assert!(csv.exists(), "what was measured is kept");
}

/// A handler that never returns cannot be asked.
#[test]
fn a_later_signal_ends_what_cannot_be_asked() {
    let started = start(PROGRAM, "simulate looping --topology ring:5 --initiators 1 --seed 1");
    await_handler(&started);
    signal(started.pid(), "INT");
    std::thread::sleep(Duration::from_millis(400));
    signal(started.pid(), "INT");
    let ended = started.wait();
    // 128 + SIGINT, as shells tell it.
    assert_eq!((ended.status(), ended.stdout()), (Some(130), String::new()), "{}", ended.stderr());
}

#[test]
fn one_signal_ends_what_cannot_be_asked_some_seconds_later() {
    let looping = "simulate looping --topology ring:5 --initiators 1";
    for line in [format!("{looping} --seed 1"), format!("{looping} --runs 9")] {
        let started = start(PROGRAM, &line);
        await_handler(&started);
        signal(started.pid(), "TERM");
        let ended = started.wait();
        assert_eq!((ended.status(), ended.stdout()), (Some(130), String::new()), "{line}: {}", ended.stderr());
        assert!(ended.stderr().contains("has not ended within 5s of the signal"), "{line}: {}", ended.stderr());
    }
}

#[test]
fn timeout_ends_a_campaign_with_its_findings() {
    let mut command = Command::new("timeout");
    let ended =
        command.args(["--signal=INT", "2", PROGRAM, "simulate", "flooding", "--topology", "path:3", "--runs", "9999999"]);
    let ended = ended.output().expect("timeout is there");
    assert_eq!(ended.status.code(), Some(124));
    let stdout = String::from_utf8_lossy(&ended.stdout);
    assert!(stdout.contains("interrupted: none of "), "{stdout}{}", String::from_utf8_lossy(&ended.stderr));
}
