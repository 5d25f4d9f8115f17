//! Where the system is short of something, a command says so early, in one sentence that names it and what helps, and its exit status
//! says so too; nothing hangs, and no process is left.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use nodes_tests::folder::Folder;
use nodes_tests::started::{Ended, signal, start, start_by};

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

/// What takes longer hangs.
const IN_TIME: [&str; 3] = ["timeout", "--signal=KILL", "20"];

/// Runs the program as these words start it.
fn run_by(by: &[&str], line: &str) -> Ended {
    let ended = start_by(&[&IN_TIME, by].concat(), PROGRAM, line).wait();
    ended.assert_nothing_is_left();
    ended
}

/// It has done nothing but to say one sentence, with all of these in it.
#[track_caller]
fn assert_refused(ended: &Ended, status: i32, says: &[&str]) {
    let (stdout, stderr) = (ended.stdout(), ended.stderr());
    assert_eq!((ended.status(), stdout.as_str()), (Some(status), ""), "{stderr}");
    assert!(stderr.starts_with("error: ") && stderr.lines().count() == 1, "{stderr}");
    says.iter().for_each(|says| assert!(stderr.contains(says), "no `{says}` in: {stderr}"));
}

/// Runs a script in namespaces of its own, with the program as `$P` and no network but what the script makes; `None` where that is not
/// allowed, which is said.
fn in_namespace(script: &str) -> Option<Output> {
    let unshared = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--net", "--mount", "timeout", "--signal=KILL", "30", "bash", "-c", script]);
        command.env("P", PROGRAM).stdin(Stdio::null()).output()
    };
    let tried = unshared("ip link show && ip address show && mount -t tmpfs none /mnt");
    if !tried.as_ref().is_ok_and(|tried| tried.status.success()) {
        eprintln!("skipped: there are no namespaces here: {:?}", tried.map(|tried| text(&tried.stderr)));
        return None;
    }
    Some(unshared(script).expect("it could be started before"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What a script has said: a line for each error of a command, then `status N`.
#[track_caller]
fn assert_says(output: &Output, right: &[(i32, &[&str])]) {
    let said = text(&output.stdout);
    let lines = said.lines().collect::<Vec<_>>();
    assert_eq!(lines.len(), 2 * right.len(), "{said}{}", text(&output.stderr));
    for (lines, (status, says)) in lines.chunks(2).zip(right) {
        assert!(lines[0].starts_with("error: ") && lines[1] == format!("status {status}"), "{said}");
        says.iter().for_each(|says| assert!(lines[0].contains(says), "no `{says}` in: {said}"));
    }
}

#[test]
fn without_a_loopback_interface_nothing_that_needs_it_begins() {
    let script = r#"
        exec 2>&1
        $P simulate flooding --topology ring:3 --seed 1 --trace /mnt/../tmp/x.$$ >/dev/null
        for line in "run flooding --topology ring:3" "run flooding --topology ring:3 --live" \
            "sweep flooding --engine processes --topology ring:{n} --n 3 --seeds 2" "simulate flooding --topology ring:4 --live" \
            "view /tmp/x.$$"; do
            $P $line; echo status $?
        done
        rm /tmp/x.$$
        ip link set lo up && ip address del 127.0.0.1/8 dev lo
        $P run flooding --topology ring:3; echo status $?
    "#;
    let Some(output) = in_namespace(script) else { return };
    let down: &[&str] = &["Network is unreachable", "`ip link set lo up`"];
    let no_address: &[&str] = &["no process can listen at 127.0.0.1", "no interface has that address"];
    assert_says(&output, &[(1, down), (1, down), (1, down), (1, down), (1, down), (1, no_address)]);
}

#[test]
fn where_a_packet_filter_lets_nothing_through_no_run_begins() {
    let script = r#"
        ip link set lo up
        if ! iptables -A INPUT -p udp -j DROP; then echo none; exit; fi
        exec 2>&1
        $P run flooding --topology ring:3; echo status $?
        iptables -F && iptables -A OUTPUT -p udp -j DROP
        $P run flooding --topology ring:3; echo status $?
    "#;
    let Some(output) = in_namespace(script) else { return };
    if output.stdout == b"none\n" {
        eprintln!("skipped: there is no packet filter here: {}", text(&output.stderr));
        return;
    }
    let says = "no process can send a datagram to another at 127.0.0.1";
    let filter = "let the packet filter pass UDP to 127.0.0.1";
    assert_says(&output, &[(1, &[says, "none arrived within 1s", filter]), (1, &[says, "Operation not permitted", filter])]);
}

#[test]
fn where_too_few_ports_are_free_it_is_said_how_many() {
    // Six ports, of which a run of two nodes takes three.
    let script = r#"
        ip link set lo up
        echo 40000 40005 >/proc/sys/net/ipv4/ip_local_port_range || { echo none; exit; }
        taken() { grep -c ':9C4[0-5] ' /proc/net/udp; }
        $P run chattering --topology path:2 --for 9s >/dev/null & other=$!
        until [ "$(taken)" = 3 ]; do sleep 0.02; done
        exec 2>&1
        $P run flooding --topology ring:3; echo status $?
        # Where nothing tells, it is a node that finds out.
        mount --bind /dev/null /proc/sys/net/ipv4/ip_local_port_range
        $P run flooding --topology ring:3 | grep -E '^ *node [0-9], before'; echo status ${PIPESTATUS[0]}
        kill $other; wait $other
        umount /proc/sys/net/ipv4/ip_local_port_range
        echo 40000 40000 >/proc/sys/net/ipv4/ip_local_port_range
        $P simulate flooding --topology ring:4 --live >/dev/null 2>/dev/null & other=$!
        until grep -q ':9C40 ' /proc/net/tcp; do sleep 0.02; done
        $P simulate flooding --topology ring:4 --live; echo status $?
        kill $other
    "#;
    let Some(output) = in_namespace(script) else { return };
    let said = text(&output.stdout);
    if said == "none\n" {
        eprintln!("skipped: the ports of a namespace cannot be set here: {}", text(&output.stderr));
        return;
    }
    let said = said.replace("  node ", "error: node ");
    let range = "the system gives away the UDP ports 40000 to 40005, and 3 of them are taken, which leaves room for 2";
    let node = "before the start: its process cannot go on: it cannot listen at 127.0.0.1: Address already in use";
    let right: [(i32, &[&str]); 3] = [
        (2, &["3 node processes are too many", range, "ip_local_port_range"]),
        (1, &[node, "no port is free"]),
        (1, &["the page cannot be served: Address already in use", "no port is free"]),
    ];
    assert_says(&Output { stdout: said.into_bytes(), ..output }, &right);
}

/// Each command ends with its result, or with a sentence on the limit.
#[test]
fn with_few_open_files_each_command_works_or_says_so() {
    let folder = Folder::new("few-files");
    let trace = folder.join("run.trace").display().to_string();
    let table = folder.join("table.csv").display().to_string();
    // Without what this process has inherited, which counts.
    let alone = r#"for each in $(ls /proc/$$/fd); do [ "$each" -lt 3 ] || eval "exec $each>&-"; done; exec "$@""#;
    let mut refused = 0;
    for files in (4..=14).chain([16, 32, 64]) {
        let limit = format!("--nofile={files}:{files}");
        for line in [
            "run flooding --topology ring:3 --seed 1 --json".to_owned(),
            "run flooding --topology random-tree:40 --seed 1 --json".to_owned(),
            format!("simulate flooding --topology ring:4 --seed 1 --json --trace {trace}"),
            "simulate flooding --topology ring:4 --seed 1 --runs 20 --json".to_owned(),
            format!("sweep flooding --topology ring:{{n}} --n 3..5 --seeds 2 --json --csv {table} --force"),
        ] {
            let ended = run_by(&["bash", "-c", alone, "bash", "prlimit", &limit], &line);
            let case = format!("{files} files: {line}: {}", ended.stderr());
            match ended.status() {
                Some(0) => assert!(ended.json().is_object() || ended.json().is_array(), "{case}"),
                Some(1 | 2) => {
                    refused += 1;
                    let names = ended.stderr().contains("`ulimit -n`") || ended.stderr().contains("`ulimit -Hn`");
                    assert!(names && ended.stderr().lines().count() == 1 && ended.stdout().is_empty(), "{case}");
                }
                _ => panic!("{case}"),
            }
        }
    }
    assert!(refused >= 14, "{refused}");
}

/// A page that is served by a process which may have few open files: who comes when there are none left is told so.
#[test]
fn with_few_open_files_a_page_says_so_to_whoever_is_too_many() {
    let by = ["timeout", "--signal=KILL", "60", "prlimit", "--nofile=24:24"];
    let mut served = start_by(&by, PROGRAM, "simulate flooding --topology ring:3 --seed 1 --live");
    let mut line = Vec::new();
    while line.last() != Some(&b'\n') {
        line.push(served.read_stderr_byte().expect("it says where the page is"));
    }
    let line = text(&line);
    let (address, rest) = line.split_once("http://").and_then(|(_, url)| url.split_once("/?t=")).expect("an address");
    let (address, token) = (address.parse::<SocketAddr>().expect("an address"), &rest[..32]);
    let ask = |path: &str| {
        let mut stream = TcpStream::connect(address).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("it is a socket");
        let _ = write!(stream, "GET /{path}?t={token} HTTP/1.1\r\nHost: {address}\r\n\r\n");
        let mut status = [0; 12];
        stream.read_exact(&mut status).expect("everybody is answered");
        (stream, text(&status[9..]))
    };
    let watchers = (0..40).map(|_| ask("trace")).collect::<Vec<_>>();
    let (followed, mut turned_away): (Vec<_>, Vec<_>) = watchers.into_iter().partition(|(_, status)| status == "200");
    assert!(followed.len() >= 4 && turned_away.len() >= 16, "{} follow it", followed.len());
    for (stream, status) in &mut turned_away {
        let mut said = String::new();
        stream.read_to_string(&mut said).expect("it is closed after a sentence");
        assert!(status == "503" && said.contains("no more open files") && said.contains("`ulimit -n`"), "{status} {said}");
    }
    drop(followed);
    let found = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(20));
        ask("").1 == "200"
    });
    assert!(found, "there is room again");
    signal(served.pid(), "TERM");
    let _ = served.wait();
}

/// As a user who may have so many processes and threads, and has none but this one.
fn with_few_processes(processes: usize) -> Vec<String> {
    let limit = format!("--nproc={processes}:{processes}");
    let words = ["setpriv", "--reuid=65533", "--regid=65533", "--clear-groups", "prlimit", &limit];
    words.map(str::to_owned).to_vec()
}

#[test]
fn with_few_processes_each_command_works_or_says_so() {
    let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    if !root {
        eprintln!("skipped: only root can be somebody who has no processes");
        return;
    }
    // Somebody else must be able to read the program.
    let folder = Folder::new("few-processes");
    let program = folder.join("under-test").display().to_string();
    std::fs::copy(PROGRAM, &program).expect("there is room");
    for processes in 1..=4 {
        for (line, needs) in [
            ("run flooding --topology ring:3 --seed 1 --json", 5),
            ("simulate flooding --topology ring:4 --seed 1 --json", 2),
            ("simulate flooding --topology ring:4 --seed 1 --runs 20 --json", 2),
            ("sweep flooding --topology ring:{n} --n 3..5 --seeds 2 --json --threads 4", 2),
            ("topology ring:5 --to json", 1),
        ] {
            let words = with_few_processes(processes);
            let by = IN_TIME.iter().copied().chain(words.iter().map(String::as_str)).collect::<Vec<_>>();
            let ended = start_by(&by, &program, line).wait();
            ended.assert_nothing_is_left();
            let case = format!("{processes} processes: {line}: {:?} {}", ended.status(), ended.stderr());
            match ended.status() {
                Some(0) => assert!(!ended.stdout().is_empty() && processes >= needs - 1, "{case}"),
                Some(1 | 2) => {
                    let is_told = ended.stderr().lines().count() == 1 && ended.stderr().contains("`ulimit -u`");
                    assert!(processes < needs && is_told && ended.stdout().is_empty(), "{case}");
                }
                _ => panic!("{case}"),
            }
        }
    }
}

/// What a shell does with the program as `$P`, in time.
fn shell(script: &str) -> Output {
    let mut command = Command::new("timeout");
    command.args(["--signal=KILL", "20", "bash", "-c", script]).env("P", PROGRAM).stdin(Stdio::null());
    command.output().expect("there is a shell")
}

const PRINTING: [&str; 14] = [
    "list",
    "list --json",
    "help run",
    "--version",
    "describe flooding --to svg",
    "topology ring:500 --to dot",
    "simulate flooding --topology ring:4 --seed 1",
    "simulate flooding --topology ring:4 --seed 1 --json",
    "simulate flooding --topology ring:4 --seed 1 --runs 5",
    "sweep flooding --topology ring:{n} --n 3..5 --seeds 2",
    "run flooding --topology ring:3 --seed 1",
    "run flooding --topology ring:3 --seed 1 --json",
    "trace $T",
    "trace $T --to csv",
];

#[test]
fn where_the_result_would_go_nowhere_nothing_begins() {
    for line in PRINTING.map(|line| line.replace("$T", "none.trace")) {
        for (closed, is_heard) in [(">&-", true), ("<&- >&-", true), ("<&- >&- 2>&-", false)] {
            let output = shell(&format!("$P {line} {closed}"));
            let said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{line} {closed}: {said}");
            let sentence = "error: standard output is closed, so that the result would go nowhere; write `>FILE`, or `>/dev/null` if \
                            nobody needs it\n";
            assert_eq!(said, if is_heard { sentence } else { "" }, "{line} {closed}");
        }
    }
    // What only speaks there may be closed.
    for line in ["simulate flooding --topology ring:4 --seed 1 --json", "run flooding --topology ring:3 --seed 1 --json"] {
        for open in ["<&-", "2>&-", "<&- 2>&-", "2>/dev/full", ">/dev/null", "1<>/dev/null"] {
            let output = shell(&format!("$P {line} {open}"));
            assert!(output.status.success() && output.stderr.is_empty(), "{line} {open}: {}", text(&output.stderr));
            let shown = !open.contains("/dev/null");
            assert_eq!(serde_json::from_slice::<serde_json::Value>(&output.stdout).is_ok(), shown, "{line} {open}");
        }
    }
}

#[test]
fn a_reader_that_has_gone_has_read_enough_and_a_full_disk_is_said_once() {
    let folder = Folder::new("gone");
    let trace = folder.join("a.trace").display().to_string();
    let recorded = shell(&format!("$P simulate lamport --topology complete:5 --seed 1 --trace {trace}"));
    assert!(recorded.status.success(), "{}", text(&recorded.stderr));
    for line in PRINTING.map(|line| line.replace("$T", &trace)) {
        let output = shell(&format!("exec 3>&1; {{ $P {line}; echo $? >&3; }} | true"));
        assert_eq!((text(&output.stdout).as_str(), text(&output.stderr).as_str()), ("0\n", ""), "{line}");
        let output = shell(&format!("$P {line} >/dev/full"));
        let said = text(&output.stderr);
        let right = "error: standard output cannot be written: No space left on device (os error 28)\n";
        assert_eq!((output.status.code(), said.as_str()), (Some(1), right), "{line}");
    }
}

#[test]
fn without_a_folder_for_temporary_files_what_needs_one_says_so() {
    let temporary = |folder: &str| format!("TMPDIR={folder}");
    for folder in ["/nonexistent", PROGRAM, "/proc"] {
        let variable = temporary(folder);
        for line in [
            "run flooding --topology ring:3 --seed 1 --diagram",
            "run bank --topology complete:2 --crash 1@40ms --recover 1@90ms --timeout 20s",
            "simulate flooding --topology ring:4 --seed 1 --live",
        ] {
            let says = format!("nothing can be made in {folder}, where temporary files go");
            assert_refused(&run_by(&["env", &variable], line), 1, &[&says, "set TMPDIR to another folder"]);
        }
        let ended = run_by(&["env", &variable], "run flooding --topology ring:3 --seed 1 --json");
        ended.assert_ends(0, "terminated", &[]);
    }
}

#[test]
fn without_proc_a_run_of_processes_says_so_and_the_rest_works() {
    let script = r#"
        mount -t tmpfs none /proc || { echo none; exit; }
        $P simulate flooding --topology ring:4 --seed 1 --runs 20 --json >/dev/null || echo "error: it needs none"
        $P run flooding --topology ring:3 2>&1; echo status $?
    "#;
    let Some(output) = in_namespace(&format!("ip link set lo up; {script}")) else { return };
    assert_says(&output, &[(1, &["this program cannot be found, to be started as nodes", "Is /proc mounted?"])]);
}

#[test]
fn a_node_that_a_signal_has_stopped_is_named() {
    let started = start(PROGRAM, "run chattering --topology ring:3 --seed 1 --json --timeout 400ms");
    let nodes = started.await_nodes(3);
    std::thread::sleep(Duration::from_millis(100));
    signal(nodes[0], "STOP");
    let ended = started.wait();
    ended.assert_nothing_is_left();
    ended.assert_ends(1, "timeout", &["did not answer: a signal has stopped its process"]);
}

/// What shows how far a run is on a terminal needs a thread, and does without.
#[test]
fn with_few_processes_a_terminal_is_written_all_the_same() {
    let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    if !root || !Command::new("script").arg("--version").output().is_ok_and(|script| script.status.success()) {
        eprintln!("skipped: there is no `script`, or this is not root");
        return;
    }
    let folder = Folder::new("terminal");
    let program = folder.join("under-test").display().to_string();
    std::fs::copy(PROGRAM, &program).expect("there is room");
    for processes in 1..=3 {
        let words = with_few_processes(processes).join(" ");
        let line = format!("{words} {program} simulate flooding --topology ring:4 --seed 1 --runs 20");
        let mut command = Command::new("timeout");
        let output = command.args(["--signal=KILL", "20", "script", "-qefc", &line, "/dev/null"]).stdin(Stdio::null()).output();
        let output = output.expect("it could be started before");
        let said = text(&output.stdout);
        assert!(output.status.signal().is_none() && !said.contains("panicked"), "{said}");
    }
}
