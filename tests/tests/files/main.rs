//! What commands write: no file is lost, none is written by two, and what a killed run recorded can be read.

mod checked;
mod killed;
mod names;
mod root;
mod stopped;

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use nodes::trace::Trace;
use nodes_tests::folder::Folder;

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

fn command(folder: &Path, line: &str) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(line.split_whitespace()).current_dir(folder).env("TMPDIR", folder.join("temporary"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// In a folder that has one for temporary files.
fn run(folder: &Path, line: &str) -> Output {
    command(folder, line).output().expect("the program starts")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
fn ends(folder: &Path, line: &str, status: i32, says: &str) {
    let output = run(folder, line);
    let stderr = stderr(&output);
    assert_eq!(output.status.code(), Some(status), "{line}: {stderr}");
    assert!(stderr.contains(says), "{line}: no `{says}` in: {stderr}");
}

/// One cause is one line, with all of these in it.
#[track_caller]
fn is_told_once(output: &Output, says: &[&str]) {
    let stderr = stderr(output);
    let errors = stderr.lines().filter(|line| line.starts_with("error: ")).collect::<Vec<_>>();
    assert_eq!(errors.len(), 1, "{stderr}");
    says.iter().for_each(|says| assert!(errors[0].contains(says), "no `{says}` in: {stderr}"));
}

/// With a graph, a trace, a file of somebody else, and a folder for temporary files.
fn folder(name: &str) -> Folder {
    let folder = Folder::new(name);
    fs::create_dir(folder.join("temporary")).expect("there is room for temporary files");
    fs::write(folder.join("g.edges"), "0 1\n1 2\n").expect("there is room for temporary files");
    fs::write(folder.join("note.txt"), "mine\n").expect("there is room for temporary files");
    ends(&folder, "simulate flooding --topology file:g.edges --seed 1 --trace a.trace", 0, "");
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).expect("it is there") {
        names.push(entry.expect("it can be read").file_name().to_string_lossy().into_owned());
    }
    names.sort();
    names
}

fn wait_until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..3000 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("in vain: {what}");
}

fn kill(mut child: Child) {
    child.kill().expect("it runs");
    child.wait().expect("it has ended");
}

#[test]
fn no_output_is_an_input_or_another_output() {
    let folder = folder("files-named");
    symlink("a.trace", folder.join("link.html")).expect("there are links");
    fs::hard_link(folder.join("g.edges"), folder.join("again")).expect("there are links");
    fs::write(folder.join("some.schedule"), "x").expect("there is room for temporary files");
    fs::create_dir(folder.join("logs")).expect("there is room for temporary files");
    symlink("../g.edges", folder.join("logs/node-1.log")).expect("there are links");
    let before = |name: &str| fs::read(folder.join(name)).expect("it is there");
    let (trace, graph) = (before("a.trace"), before("g.edges"));
    for line in [
        "view a.trace -o a.trace",
        "view a.trace -o ./temporary/../a.trace --force",
        "view a.trace -o link.html",
        "trace a.trace --to csv -o a.trace --force",
        "trace link.html --to dot -o a.trace --force",
        "simulate flooding --topology file:g.edges --trace g.edges --force",
        "simulate flooding --topology file:g.edges --trace again --force",
        "run flooding --topology file:g.edges --trace g.edges --force",
        "simulate flooding --topology file:g.edges --logs logs --force",
        "run flooding --topology file:g.edges --logs logs --force",
        "simulate flooding --schedule some.schedule --trace some.schedule --force",
        "sweep flooding --topology file:{g} --g g.edges,again --csv again --force",
        "sweep flooding --topology file:g.edges --plot link.svg --csv link.svg",
        "sweep flooding --topology ring:{n} --n 3,4 --plot new.svg --csv new.svg",
        "run flooding --logs l --trace l/node-0.log",
        "run flooding --trace x --logs x.parts",
        "run flooding --trace x --logs ./l/../x.parts/",
        "run flooding --trace x --logs x.part",
        "run flooding --logs l --trace ./l/../l/node-0.log",
        "simulate flooding --json --trace /dev/stdout",
        "run flooding --trace /dev/fd/1",
        "check flooding --topology file:g.edges --schedule-out again --force",
        "check flooding --json --schedule-out /dev/stdout",
    ] {
        let names_before = names(&folder);
        let output = run(&folder, line);
        let stderr = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{line}: {stderr}");
        assert!(stderr.starts_with("error: --") && stderr.lines().count() == 1 && output.stdout.is_empty(), "{line}: {stderr}");
        assert_eq!(names(&folder), names_before, "{line}");
        assert!(before("a.trace") == trace && before("g.edges") == graph, "{line}");
    }
    // The same name in another folder is another file, and all may go to /dev/null.
    ends(&folder, "run flooding --topology file:g.edges --logs l --trace node-0.log", 0, "");
    ends(&folder, "sweep flooding --topology ring:{n} --n 3,4 --seeds 2 --csv /dev/null", 0, "");
    let piped = command(&folder, "trace a.trace --to csv -o /dev/stdout").output().expect("the program starts");
    assert!(piped.status.success() && piped.stdout.starts_with(b"event,time_ns"), "{}", stderr(&piped));
    // A reader that has gone has read enough.
    let mut gone = command(&folder, "view a.trace -o /dev/stdout").spawn().expect("the program starts");
    drop(gone.stdout.take());
    assert!(gone.wait().expect("it ends").success());
}

#[test]
fn a_schedule_does_not_name_what_is_written() {
    let folder = folder("files-schedule");
    fs::write(folder.join("s"), "# a schedule\nsimulate flooding --topology file:g.edges --seed 1\n").expect("room");
    let graph = fs::read(folder.join("g.edges")).expect("it is there");
    let output = run(&folder, "simulate flooding --schedule s --trace g.edges --force");
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert_eq!(fs::read(folder.join("g.edges")).expect("it is there"), graph);
}

/// Each form, written over what is not ours, over ours, and over nothing.
#[test]
fn what_others_wrote_stays_without_force() {
    let folder = folder("files-marks");
    let forms = [
        ("simulate flooding --seed 2 --trace FILE", "trace"),
        ("run flooding --topology ring:3 --seed 2 --trace FILE", "trace"),
        ("view a.trace -o FILE", "html"),
        ("trace a.trace --to svg -o FILE", "svg"),
        ("trace a.trace --to dot -o FILE", "dot"),
        ("trace a.trace --to perfetto -o FILE", "json"),
        ("trace a.trace --to csv -o FILE", "csv"),
        ("trace a.trace --to ndjson -o FILE", "ndjson"),
        ("trace a.trace --to shiviz -o FILE", "log"),
        ("sweep flooding --topology ring:{n} --n 3,4 --seeds 2 --plot FILE", "svg"),
        ("sweep flooding --topology ring:{n} --n 3,4 --seeds 2 --plot FILE", "png"),
        ("sweep flooding --topology ring:{n} --n 3,4 --seeds 2 --csv FILE", "csv"),
        ("check flooding --topology ring:3 --schedule-out FILE", "schedule"),
    ];
    for (place, (line, ending)) in forms.into_iter().enumerate() {
        let name = format!("out{place}.{ending}");
        let (file, line) = (folder.join(&name), line.replace("FILE", &name));
        fs::write(&file, "mine\n").expect("there is room for temporary files");
        ends(&folder, &line, 2, "--force");
        assert_eq!(fs::read(&file).expect("it is there"), b"mine\n", "{line}");
        ends(&folder, &format!("{line} --force"), 0, "");
        let written = fs::read(&file).expect("it is there");
        assert_ne!(written, b"mine\n", "{line}");
        // A log for ShiViz has no place for a mark.
        let again = if ending == "log" { 2 } else { 0 };
        ends(&folder, &line, again, "");
        fs::write(&file, "").expect("there is room for temporary files");
        ends(&folder, &line, 0, "");
        assert!(!folder.join(format!("{name}.part")).exists() && !folder.join(format!("{name}.parts")).exists(), "{line}");
    }
    fs::create_dir(folder.join("logs")).expect("there is room for temporary files");
    fs::write(folder.join("logs/node-1.log"), "mine\n").expect("there is room for temporary files");
    for line in
        ["simulate flooding --topology ring:3 --seed 1 --logs logs", "run flooding --topology ring:3 --seed 1 --logs logs"]
    {
        fs::write(folder.join("logs/node-1.log"), "mine\n").expect("there is room for temporary files");
        ends(&folder, line, 2, "node-1.log is there already");
        assert_eq!(fs::read(folder.join("logs/node-1.log")).expect("it is there"), b"mine\n");
        ends(&folder, &format!("{line} --force"), 0, "");
        ends(&folder, line, 0, "");
    }
    assert_eq!(fs::read(folder.join("note.txt")).expect("it is there"), b"mine\n");
}

#[test]
fn a_log_of_the_run_before_does_not_stay() {
    let folder = folder("files-old-logs");
    ends(&folder, "simulate flooding --topology path:3 --seed 1 --logs logs", 0, "");
    assert!(fs::metadata(folder.join("logs/node-2.log")).expect("it is there").len() > 0);
    // Nobody hears of anything.
    ends(&folder, "simulate flooding --topology path:3 --seed 1 --logs logs --for 1us", 0, "");
    assert_eq!(fs::metadata(folder.join("logs/node-2.log")).expect("it is there").len(), 0);
}

#[test]
fn what_is_written_through_a_link_takes_its_targets_place_with_its_mode() {
    let folder = folder("files-links");
    fs::create_dir(folder.join("far")).expect("there is room for temporary files");
    let (link, target) = (folder.join("run.trace"), folder.join("far/real.trace"));
    fs::copy(folder.join("a.trace"), &target).expect("there is room for temporary files");
    fs::set_permissions(&target, PermissionsExt::from_mode(0o640)).expect("it is ours");
    symlink("far/real.trace", &link).expect("there are links");
    let before = fs::read(&target).expect("it is there");
    ends(&folder, "simulate shout --topology ring:5 --seed 3 --trace run.trace", 0, "");
    assert!(fs::symlink_metadata(&link).expect("it is there").is_symlink());
    assert_ne!(fs::read(&target).expect("it is there"), before);
    assert_eq!(fs::metadata(&target).expect("it is there").permissions().mode() & 0o7777, 0o640);
    assert_eq!(names(&folder.join("far")), ["real.trace"]);
    // A link to where nothing stands yet.
    symlink("far/other.html", folder.join("page.html")).expect("there are links");
    ends(&folder, "view a.trace -o page.html", 0, "");
    assert_eq!(names(&folder.join("far")), ["other.html", "real.trace"]);
}

#[test]
fn where_the_disk_is_full_it_is_told_and_nothing_is_left() {
    let folder = folder("files-full");
    let before = names(&folder);
    for command in ["simulate", "run"] {
        let line = format!("{command} flooding --topology ring:3 --seed 1 --json --trace /dev/full");
        let output = run(&folder, &line);
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        is_told_once(&output, &["is not whole: ", "/dev/full", "No space left on device (os error 28)"]);
        assert!(serde_json::from_slice::<serde_json::Value>(&output.stdout).is_ok(), "the result is shown all the same");
        assert!(!Path::new("/dev/full.parts").exists() && !Path::new("/dev/full.part").exists());
    }
    ends(&folder, "trace a.trace --to svg -o /dev/full", 1, "No space left");
    ends(&folder, "view a.trace -o /dev/full", 1, "No space left");
    ends(&folder, "sweep flooding --topology ring:{n} --n 3,4 --seeds 2 --csv /dev/full", 1, "No space left");
    ends(&folder, "sweep flooding --topology ring:{n} --n 3,4 --seeds 2 --plot /dev/full", 2, "must end in");
    assert_eq!(names(&folder), before);
    assert_eq!(names(&folder.join("temporary")), [""; 0]);
    // A log; what the other nodes log is there.
    for command in ["simulate", "run"] {
        let logs = folder.join(command);
        fs::create_dir(&logs).expect("there is room for temporary files");
        symlink("/dev/full", logs.join("node-1.log")).expect("there are links");
        symlink("/dev/full", logs.join("node-2.log")).expect("there are links");
        let output = run(&folder, &format!("{command} shout --topology path:3 --seed 1 --json --logs {command}"));
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        is_told_once(&output, &["No space left"]);
    }
}

/// Under a limit for the size of files, `ulimit -f`, in KiB.
fn limited(folder: &Path, limit: u32, line: &str) -> Output {
    let script = format!("ulimit -f {limit} && exec {PROGRAM} {line}");
    let mut command = Command::new("bash");
    command.arg("-c").arg(script).current_dir(folder).env("TMPDIR", folder.join("temporary")).stdin(Stdio::null());
    command.output().expect("there is a shell")
}

#[test]
fn a_file_that_must_not_grow_is_told_and_what_stood_there_stays() {
    let folder = folder("files-limit");
    ends(&folder, "simulate flooding --topology complete:60 --seed 1 --trace-detail full --trace large.trace", 0, "");
    let old = "view a.trace -o page.html";
    ends(&folder, old, 0, "");
    ends(&folder, "trace a.trace --to svg -o picture.svg", 0, "");
    let before = names(&folder);
    let content = |name: &str| fs::read(folder.join(name)).expect("it is there");
    let (page, picture, trace) = (content("page.html"), content("picture.svg"), content("large.trace"));
    for (line, says) in [
        ("view a.trace -o page.html", "page.html cannot be written"),
        ("trace large.trace --to svg -o picture.svg", "picture.svg cannot be written"),
    ] {
        let output = limited(&folder, 8, line);
        assert_eq!(output.status.code(), Some(1), "{line}: {}", stderr(&output));
        assert!(stderr(&output).contains(says), "{line}: {}", stderr(&output));
        assert_eq!(names(&folder), before, "{line}");
    }
    // A run has a result, and what was recorded until then can be read.
    let line = "simulate flooding --topology complete:60 --seed 1 --trace-detail full --trace large.trace --json";
    let output = limited(&folder, 8, line);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(serde_json::from_slice::<serde_json::Value>(&output.stdout).is_ok(), "{}", stderr(&output));
    is_told_once(&output, &["large.trace is not whole", "File too large", "large.trace.part"]);
    assert!(content("page.html") == page && content("picture.svg") == picture && content("large.trace") == trace);
    // One of processes too.
    let line = "run lamport --topology complete:4 --requests 300 --seed 1 --trace-detail full --trace run.trace --json";
    let output = limited(&folder, 8, line);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(serde_json::from_slice::<serde_json::Value>(&output.stdout).is_ok(), "{}", stderr(&output));
    is_told_once(&output, &["the record of the run is not whole", "File too large", "run.trace.parts"]);
    assert!(!folder.join("run.trace").exists() && !folder.join("run.trace.part").exists());
    ends(&folder, "trace run.trace.parts", 0, "it was cut short");
    // Nothing is made by halves.
    let output = limited(&folder, 0, "new my_echo --nodes .");
    assert_ne!(output.status.code(), Some(0));
    assert!(!folder.join("my_echo").exists() && names(&folder).iter().all(|name| !name.contains("my_echo")));
}

/// A file system of 100 kB, in a namespace of its own.
#[test]
fn a_disk_that_fills_is_told_and_what_stood_there_stays() {
    let namespace = || {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c"]).stdin(Stdio::null());
        command
    };
    let folder = folder("files-disk");
    fs::create_dir(folder.join("disk")).expect("there is room for temporary files");
    let mounted = "mount -t tmpfs -o size=100k none disk && cd disk";
    let tried = namespace().arg(mounted).current_dir(&*folder).output();
    if !tried.as_ref().is_ok_and(|tried| tried.status.success()) {
        eprintln!("skipped: no file system can be mounted here: {:?}", tried.map(|tried| stderr(&tried)));
        return;
    }
    let on_disk = |line: &str| {
        let page = "printf '<html data-by=\"nodes\">old' > page.html";
        let script = format!("{mounted} && {page} && {PROGRAM} {line}; s=$?; echo; echo status $s; cat page.html; echo; ls");
        let output = namespace().arg(script).current_dir(&*folder).output().expect("it could be mounted before");
        (String::from_utf8_lossy(&output.stdout).into_owned(), stderr(&output))
    };
    let (stdout, said) = on_disk("view ../a.trace -o page.html");
    assert!(stdout.ends_with("status 1\n<html data-by=\"nodes\">old\npage.html\n"), "{stdout}{said}");
    assert!(said.contains("page.html cannot be written: No space left"), "{said}");
    let (stdout, said) = on_disk("simulate lamport --topology complete:5 --requests 100 --seed 1 --json --logs l");
    assert!(stdout.contains("status 1\n") && said.contains("the logs are not whole"), "{stdout}{said}");
    let (stdout, said) = on_disk("run lamport --topology complete:5 --requests 100 --seed 1 --json --trace t.trace");
    assert!(stdout.contains("status 1\n") && said.contains("the record of the run is not whole: "), "{stdout}{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(stdout.contains("\"outcome\":") && !stdout.contains("t.trace\n"), "{stdout}{said}");
}

#[test]
fn the_second_writer_of_a_file_is_refused() {
    let folder = folder("files-two");
    let long = "run lamport --topology complete:4 --requests 100000 --timeout 60s --seed 1 --trace s.trace --logs logs";
    let first = command(&folder, long).spawn().expect("the program starts");
    wait_until("the first records", || {
        folder.join("s.trace.parts/node-3.part").exists() && folder.join("logs/node-3.log").exists()
    });
    ends(&folder, "run echo --topology ring:4 --seed 2 --trace s.trace", 2, "another process");
    ends(&folder, "simulate flooding --topology ring:4 --seed 2 --trace s.trace --force", 2, "another process");
    ends(&folder, "simulate flooding --topology ring:4 --seed 2 --logs logs", 2, "another run");
    let interrupted = Command::new("kill").args(["-INT", &first.id().to_string()]).status();
    assert!(interrupted.expect("kill is there").success());
    let first = first.wait_with_output().expect("it ends");
    assert!(first.status.success(), "{}", stderr(&first));
    ends(&folder, "trace s.trace", 0, "");
    assert!(!folder.join("s.trace.parts").exists() && !folder.join("s.trace.part").exists());
    // And once it has ended, it may be written again.
    ends(&folder, "run echo --topology ring:4 --seed 2 --trace s.trace --logs logs", 0, "");
}

#[test]
fn the_second_sweep_into_a_file_is_refused() {
    let folder = folder("files-two-sweeps");
    let long = "sweep lamport --topology complete:{n} --n 3..12 --requests 2000 --seeds 50 --csv f.csv";
    let first = command(&folder, long).spawn().expect("the program starts");
    let other = "sweep echo --topology ring:{n} --n 3,4 --seeds 2 --csv f.csv --force";
    wait_until("the first has begun", || folder.join("f.csv.part").exists());
    ends(&folder, other, 2, "another process");
    wait_until("the first has kept something", || folder.join("f.csv").exists());
    ends(&folder, other, 2, "another process");
    kill(first);
    ends(&folder, "sweep echo --topology ring:{n} --n 3,4 --seeds 2 --csv f.csv", 2, "other conditions");
    ends(&folder, other, 0, "");
    assert!(fs::read_to_string(folder.join("f.csv")).expect("it is there").contains("echo"));
    assert!(!folder.join("f.csv.part").exists());
}

#[test]
fn what_a_killed_run_recorded_can_be_read_and_recorded_again() {
    let folder = folder("files-killed");
    // Simulated.
    let long = "simulate lamport --topology complete:6 --requests 1000000 --seed 1 --trace-detail none --trace k.trace";
    let child = command(&folder, long).spawn().expect("the program starts");
    let part = folder.join("k.trace.part");
    wait_until("something is recorded", || fs::metadata(&part).is_ok_and(|part| part.len() > 100_000));
    kill(child);
    ends(&folder, "trace k.trace", 2, "k.trace.part, which is read like a trace");
    ends(&folder, "trace k.trace.part", 0, "it was cut short");
    ends(&folder, "view k.trace.part -o k.html", 0, "it was cut short");
    // Of what is refused before it begins, it stays.
    ends(&folder, "simulate flooding --topology ring:5 --initiators 7 --trace k.trace", 2, "no node 7");
    assert!(part.exists());
    ends(&folder, "simulate flooding --topology ring:5 --seed 1 --trace k.trace", 0, "");
    ends(&folder, "simulate flooding --topology ring:5 --seed 1 --trace undisturbed.trace", 0, "");
    let read = |name: &str| {
        let trace = Trace::read(File::open(folder.join(name)).expect("it is there")).expect("it is whole");
        assert!(trace.is_complete());
        trace.len()
    };
    assert_eq!(read("k.trace"), read("undisturbed.trace"));
    assert!(!part.exists());
    // By processes; and somewhere else, where nothing may be left.
    let parts = folder.join("p.trace.parts");
    let long = "run lamport --topology complete:4 --requests 100000 --seed 1";
    for (line, recorded) in [(format!("{long} --trace p.trace"), true), (format!("{long} --diagram"), false)] {
        let child = command(&folder, &line).spawn().expect("the program starts");
        let left = || names(&folder.join("temporary")).len();
        wait_until("it has begun", || if recorded { parts.join("node-3.part").exists() } else { left() > 0 });
        std::thread::sleep(Duration::from_millis(300));
        kill(child);
        assert_eq!(left(), usize::from(!recorded), "nobody could remove it");
        if recorded {
            ends(&folder, "trace p.trace", 2, "p.trace.parts, which is read like a trace");
            ends(&folder, "trace p.trace.parts", 0, "it was cut short");
        }
        ends(&folder, "run flooding --topology ring:3 --seed 1 --trace p.trace --diagram", 0, "");
        assert_eq!((left(), parts.exists()), (0, false), "{line}");
        fs::remove_file(folder.join("p.trace")).expect("it is ours");
    }
}

/// A stranger who can write where a record is made must not have a run write elsewhere.
#[test]
fn a_folder_that_was_there_is_not_taken() {
    let folder = folder("files-planted");
    let parts = folder.join("x.trace.parts");
    fs::create_dir(&parts).expect("there is room for temporary files");
    for name in ["header.trace", "node-0.part", "node-1.part", "node-2.part"] {
        symlink("../note.txt", parts.join(name)).expect("there are links");
    }
    let line = "run flooding --topology ring:3 --seed 1 --trace x.trace";
    ends(&folder, line, 1, "holds more than the parts of a record");
    // Without a header they may be what is left; the links go, not what they lead to.
    fs::remove_file(parts.join("header.trace")).expect("it is ours");
    ends(&folder, line, 0, "");
    assert_eq!(fs::read(folder.join("note.txt")).expect("it is there"), b"mine\n");
    fs::create_dir(&parts).expect("the run has removed it");
    fs::write(parts.join("thesis.tex"), "mine\n").expect("there is room for temporary files");
    ends(&folder, line, 1, "holds more than the parts of a record");
    assert_eq!(fs::read(parts.join("thesis.tex")).expect("it is there"), b"mine\n");
    fs::remove_dir_all(&parts).expect("it is ours");
    symlink("temporary", &parts).expect("there are links");
    ends(&folder, line, 1, "holds more than the parts of a record");
    // What is written on the way, too.
    symlink("note.txt", folder.join("y.trace.part")).expect("there are links");
    fs::write(folder.join("z.trace.part"), "mine\n").expect("there is room for temporary files");
    for name in ["y", "z"] {
        ends(&folder, &format!("simulate flooding --seed 1 --trace {name}.trace"), 2, "which is there already");
    }
    assert_eq!(fs::read(folder.join("note.txt")).expect("it is there"), b"mine\n");
    assert_eq!(fs::read(folder.join("z.trace.part")).expect("it is there"), b"mine\n");
}
