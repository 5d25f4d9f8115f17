//! Recorded runs that are killed at random moments and made again: what they leave can be read, and does not stay.
//!
//! `KILLED_RUNS=100 cargo test --release -p nodes-tests --test files killed -- --nocapture` is the long form.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nodes::protocol::Random;
use nodes::trace::{Reader, Trace, merge_parts};
use nodes_tests::seeds::for_seeds;

use super::{command, ends, folder, kill, names, run, stderr, wait_until};

/// How many runs of each kind are killed.
fn patience() -> u64 {
    std::env::var("KILLED_RUNS").map_or(3, |count| count.parse().expect("KILLED_RUNS is a number"))
}

/// What was left of the kills, for those who watch the long form.
#[derive(Debug, Default)]
struct Tally {
    kills: u64,
    /// Killed before anything was on record.
    nothing: u64,
    /// Left something to read.
    readable: u64,
    /// Had ended before.
    whole: u64,
}

/// The time that a command takes undisturbed.
#[expect(clippy::disallowed_methods, reason = "how long a run takes says when to kill it")]
fn time(folder: &Path, line: &str) -> u64 {
    let started = Instant::now();
    ends(folder, line, 0, "");
    started.elapsed().as_micros() as u64
}

/// Starts the command, and kills it at a moment within the time that it takes.
fn disturb(folder: &Path, line: &str, long: u64, random: &mut Random) {
    let child = command(folder, line).spawn().expect("the program starts");
    std::thread::sleep(Duration::from_micros(random.range(0..=long)));
    kill(child);
}

/// What `trace` and `view` say of what was left must be the trace that is in it.
fn assert_readable(folder: &Path, left: &str, bytes: &[u8]) {
    let trace = Trace::read(bytes).unwrap_or_else(|error| panic!("{left}: {error}"));
    let told = run(folder, &format!("trace {left}"));
    assert!(told.status.success(), "{left}: {}", stderr(&told));
    let events = format!("  events    {}:", trace.len());
    assert!(String::from_utf8_lossy(&told.stdout).contains(&events), "no {events}: {}", String::from_utf8_lossy(&told.stdout));
    assert_eq!(stderr(&told).contains("it was cut short"), !trace.is_complete(), "{left}: {}", stderr(&told));
    ends(folder, &format!("view {left} -o left.html --force"), 0, "");
}

fn is_readable(header: &Path) -> bool {
    fs::File::open(header).is_ok_and(|file| Reader::new(file).is_ok())
}

#[test]
fn killed_simulated_runs_that_are_made_again_record_what_undisturbed_ones_do() {
    let folder = folder("killed-simulated");
    fs::create_dir(folder.join("far")).expect("there is room");
    let line = |name: &str| {
        let of = "simulate lamport --topology complete:6 --requests 40 --seed 3 --trace-detail full";
        format!("{of} --trace {name}.trace --logs {name}.logs")
    };
    let read = |path: PathBuf| fs::read(&path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()));
    let logs = |name: &str| {
        let logs = folder.join(format!("{name}.logs"));
        names(&logs).into_iter().map(|log| (read(logs.join(&log)), log)).collect::<Vec<_>>()
    };
    let long = time(&folder, &line("right"));
    let right = (read(folder.join("right.trace")), logs("right"));
    assert!(right.0.len() > 100_000 && right.1.len() == 6, "{} bytes", right.0.len());
    let tally = std::sync::Mutex::new(Tally::default());
    for_seeds(patience(), |seed| {
        let mut random = Random::stream(seed, "killer", 0);
        let name = format!("killed-{seed}");
        let (trace, mut place) = (folder.join(format!("{name}.trace")), PathBuf::new());
        if random.chance(0.5) {
            place.push("far");
            symlink(format!("far/{name}.trace"), &trace).expect("there are links");
        }
        let part = place.join(format!("{name}.trace.part")).display().to_string();
        for _ in 0..random.range(1..=4) {
            disturb(&folder, &line(&name), long, &mut random);
            let mut tally = tally.lock().expect("no other thread has it");
            tally.kills += 1;
            if trace.exists() {
                assert!(read(trace.clone()) == right.0, "what takes its place is whole");
            }
            match fs::read(folder.join(&part)) {
                Err(_) if trace.exists() => tally.whole += 1,
                // The header is written at once.
                Ok(left) if !left.is_empty() => {
                    assert_readable(&folder, &part, &left);
                    tally.readable += 1;
                }
                _ => tally.nothing += 1,
            }
        }
        ends(&folder, &line(&name), 0, "");
        assert!(read(trace) == right.0 && logs(&name) == right.1, "the record of seed {seed} is another");
        assert!(!folder.join(&part).exists());
    });
    assert_eq!(names(&folder.join("temporary")), [""; 0]);
    eprintln!("simulated: {:?}", tally.into_inner());
}

#[test]
fn killed_runs_of_processes_leave_what_can_be_read_and_the_next_ones_leave_nothing() {
    let folder = folder("killed-processes");
    let kinds = [
        // 3(n - 1) messages an entry.
        ("lamport --topology complete:4 --requests 20 --trace-detail full --trace FILE", Some(3 * 3 * 4 * 20)),
        ("lamport --topology complete:4 --requests 20 --trace-detail full --trace FILE --diagram", Some(3 * 3 * 4 * 20)),
        // The parts are among the temporary files.
        ("lamport --topology complete:4 --requests 20 --diagram", None),
        // What nodes store is.
        ("bank --topology complete:2 --crash 1@40ms --recover 1@90ms --deposits 100 --timeout 20s --trace FILE", None),
    ];
    let tally = std::sync::Mutex::new(Tally::default());
    for (kind, (of, messages)) in kinds.into_iter().enumerate() {
        let line = |name: &str| format!("run {} --seed 1", of.replace("FILE", &format!("{name}.trace")));
        let long = time(&folder, &line("right"));
        for_seeds(patience().div_ceil(kinds.len() as u64), |seed| {
            let mut random = Random::stream(seed, "killer", kind as u64);
            let name = format!("killed-{kind}-{seed}");
            let trace = folder.join(format!("{name}.trace"));
            let (left, parts) = (format!("{name}.trace.parts"), folder.join(format!("{name}.trace.parts")));
            for _ in 0..random.range(1..=3) {
                disturb(&folder, &line(&name), long, &mut random);
                let mut tally = tally.lock().expect("no other thread has it");
                tally.kills += 1;
                if is_readable(&parts.join("header.trace")) {
                    let merged = merge_parts(&parts, Vec::new()).unwrap_or_else(|error| panic!("{left}: {error}"));
                    assert_readable(&folder, &left, &merged);
                    tally.readable += 1;
                } else if trace.exists() {
                    assert!(Trace::read(&fs::read(&trace).expect("it is there")[..]).expect("it is whole").is_complete());
                    tally.whole += 1;
                } else {
                    tally.nothing += 1;
                }
                for temporary in names(&folder.join("temporary")) {
                    let folder = folder.join("temporary").join(&temporary);
                    assert_eq!(fs::metadata(folder).expect("it is there").permissions().mode() & 0o777, 0o700, "{temporary}");
                }
            }
            ends(&folder, &line(&name), 0, "");
            assert_eq!(names(&folder.join("temporary")), [""; 0]);
            assert!(!parts.exists() && !folder.join(format!("{name}.trace.part")).exists());
            if of.contains("FILE") {
                let trace = Trace::read(&fs::read(&trace).expect("it is there")[..]).expect("it is whole");
                let between = trace.messages().iter().filter(|message| message.port.is_some()).count();
                assert!(trace.is_complete() && messages.is_none_or(|messages| messages == between), "{between} messages");
            }
        });
    }
    eprintln!("processes: {:?}", tally.into_inner());
}

/// Killed by `strace` whenever files are made, removed or renamed: what random moments rarely meet.
#[test]
fn a_run_of_processes_that_is_killed_at_any_step_leaves_what_can_be_read() {
    let folder = folder("killed-at-steps");
    let strace = |arguments: &[&str]| {
        let mut command = std::process::Command::new("strace");
        command.args(["-f", "-qq", "-o", "/dev/null"]).args(arguments);
        command.current_dir(&*folder).env("TMPDIR", folder.join("temporary"));
        command.output()
    };
    let tried = strace(&["-e", "trace=?rename", "true"]);
    if !tried.as_ref().is_ok_and(|tried| tried.status.success()) {
        eprintln!("skipped: no process can be traced here: {:?}", tried.map(|tried| stderr(&tried)));
        return;
    }
    let line = "run flooding --topology ring:3 --seed 1 --trace x.trace";
    let mut points = 0;
    for (calls, path) in [
        ("?mkdir,?mkdirat", None),
        ("openat", Some("x.trace.parts/header.trace")),
        ("openat", Some("x.trace.parts/node-0.part")),
        ("openat", Some("x.trace.parts/node-2.part")),
        ("?unlink,?unlinkat", None),
        ("?rmdir,?unlinkat", None),
        ("?rename,?renameat,?renameat2", None),
    ] {
        for point in 1.. {
            let (traced, killed) = (format!("trace={calls}"), format!("inject={calls}:signal=KILL:when={point}"));
            let only = path.map(|path| ["-P", path]).unwrap_or(["-e", "signal=none"]);
            let words =
                [&only[..], &["-e", &traced, "-e", &killed, super::PROGRAM], &line.split(' ').collect::<Vec<_>>()].concat();
            let ended = strace(&words).expect("it could be traced before");
            let left =
                [("x.trace", "x.trace"), ("x.trace.part", "x.trace.part"), ("x.trace.parts", "x.trace.parts/header.trace")];
            for (name, beginning) in left {
                if fs::metadata(folder.join(beginning)).is_ok_and(|found| found.len() > 0) {
                    ends(&folder, &format!("trace {name}"), 0, "");
                }
            }
            ends(&folder, line, 0, "");
            let left = names(&folder).into_iter().filter(|name| name.starts_with("x.")).collect::<Vec<_>>();
            assert_eq!((left, names(&folder.join("temporary"))), (vec!["x.trace".to_owned()], vec![]), "{calls} {point}");
            fs::remove_file(folder.join("x.trace")).expect("it is there");
            if ended.status.success() {
                points += point - 1;
                break;
            }
        }
    }
    assert!(points >= 7, "killed at {points} steps only");
}

/// The owner of a temporary folder holds its lock as long as it lives.
#[test]
fn a_run_sweeps_the_folders_of_dead_owners_only() {
    let folder = folder("killed-swept");
    let temporary = |name: &str| folder.join("temporary").join(name);
    let make = |name: &str, mode: u32| {
        DirBuilder::new().mode(mode).create(temporary(name)).expect("there is room");
        fs::create_dir(temporary(name).join("deep")).expect("there is room");
        fs::write(temporary(name).join("deep/file"), "text").expect("there is room");
    };
    let long = "run lamport --topology complete:3 --requests 1000000 --seed 1 --diagram";
    let owner = command(&folder, long).spawn().expect("the program starts");
    let has_begun = || names(&folder.join("temporary")).iter().any(|name| temporary(name).join("node-2.part").exists());
    wait_until("the owner has begun", has_begun);
    let used = names(&folder.join("temporary"));
    assert_eq!(used.len(), 1);
    make("nodes-0123456789abcdef", 0o700);
    let of_others = ["nodes-0123456789abcde", "nodes-0123456789abcdeg", "nodes-mine", "nodes-traces-1-2", "other"];
    of_others.iter().for_each(|name| make(name, 0o700));
    make("nodes-00000000000000aa", 0o755);
    symlink("other", temporary("nodes-00000000000000bb")).expect("there are links");
    fs::write(temporary("nodes-00000000000000cc"), "text").expect("there is room");
    let mut right = names(&folder.join("temporary"));
    right.retain(|name| name != "nodes-0123456789abcdef");

    let short = "run flooding --topology ring:3 --seed 1 --diagram";
    ends(&folder, short, 0, "");
    assert_eq!(names(&folder.join("temporary")), right);
    assert!(has_begun(), "what its owner uses is whole");
    kill(owner);
    ends(&folder, short, 0, "");
    right.retain(|name| *name != used[0]);
    assert_eq!(names(&folder.join("temporary")), right);
    for name in of_others.iter().chain(&["nodes-00000000000000aa", "nodes-00000000000000bb"]) {
        assert_eq!(fs::read(temporary(name).join("deep/file")).expect("it is there"), b"text", "{name}");
    }
}

/// Whatever the user masks, a folder is made as it must be, or that is told; none is made again and again.
#[test]
fn a_mask_leaves_no_temporary_folder() {
    let folder = folder("killed-masked");
    for mask in ["0077", "0277", "0777"] {
        let script =
            format!("umask {mask} && exec timeout 20 {} run flooding --topology ring:3 --seed 1 --diagram", super::PROGRAM);
        let mut command = std::process::Command::new("bash");
        let ended = command.args(["-c", &script]).current_dir(&*folder).env("TMPDIR", folder.join("temporary")).output();
        let ended = ended.expect("there is a shell");
        // Only root can use a folder that has no permissions.
        assert!(matches!(ended.status.code(), Some(0 | 1)), "{mask}: {}", stderr(&ended));
        assert_eq!(ended.status.code() == Some(1), stderr(&ended).starts_with("error: "), "{mask}: {}", stderr(&ended));
        assert_eq!(names(&folder.join("temporary")), [""; 0], "{mask}");
    }
}
