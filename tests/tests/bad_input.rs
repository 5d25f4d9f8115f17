//! Wrong command lines: each ends with status 2, before anything is started, and says in one line what is wrong and how it is
//! right.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use nodes_tests::folder::Folder;

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

/// Arguments (split at blanks; `''` is an empty one), and what the line must contain.
const WRONG: &[(&str, &[&str])] = &[
    // Commands and words.
    ("rnu shout", &["no command `rnu`", "`run`"]),
    ("frobnicate", &["no command `frobnicate`", "run, simulate, check, sweep, view, list, describe, trace, topology, new"]),
    ("shout", &["`shout` is a protocol", "`run shout`"]),
    ("--seed 7", &["`--seed` stands before any command", "`run "]),
    ("''", &["no command ``", "run, simulate, check, sweep"]),
    ("help frobnicate", &["no command `frobnicate`"]),
    ("run", &["of which protocol?", "`list`"]),
    ("describe", &["of which protocol?", "`describe "]),
    ("run shuot", &["no protocol `shuot`", "did you mean `shout`?"]),
    ("run ControledDistance", &["no protocol `ControledDistance`", "`controlled_distance`"]),
    ("run raft", &["no protocol `raft`", "`list`"]),
    ("run shout flooding", &["`flooding` is one word too many", "`--topology"]),
    ("list shout", &["takes no word", "`shout`"]),
    ("topology ring:8 ring:9", &["`ring:9` is one word too many", "`topology ring:8`"]),
    // Options themselves.
    ("run shout --topologie ring:5", &["no option `--topologie`", "did you mean `--topology"]),
    ("run shout --frobnicate", &["no option `--frobnicate`", "`help run`"]),
    ("run shout -x", &["no option `-x`", "two dashes", "--topology"]),
    ("check shout --reduction event", &["--reduction", "`event`", "did you mean `--reduction events`?"]),
    ("run shout --reduction events", &["no option `--reduction`", "check"]),
    ("run shout --to svg", &["no option `--to`", "describe, trace, topology"]),
    ("list --seed 3", &["no option `--seed`", "run, simulate, check, sweep, topology"]),
    ("run shout --seed", &["--seed needs a value", "`--seed 7`"]),
    ("run shout --seed --json", &["--seed needs a value", "`--seed 7`"]),
    ("run shout --json=yes", &["--json takes no value", "`--json`"]),
    ("run shout --seed 1 --seed 2", &["--seed is given twice", "`--seed 7`"]),
    ("run shout --json --json", &["--json is given twice"]),
    ("run as_far --requests 3", &["--requests", "as_far has no such option", "lamport"]),
    ("run lamport --requests many", &["--requests", "`many` is not a number", "`--requests "]),
    ("run lamport --requests -1", &["--requests", "`-1` is not a number"]),
    // Values.
    ("run shout --seed seven", &["--seed", "`seven` is not a number", "`--seed 7`"]),
    ("run shout --seed -1", &["--seed", "`-1` is not a number"]),
    ("run shout --seed 18446744073709551616", &["--seed", "18446744073709551615"]),
    ("simulate shout --runs 18446744073709551615", &["--runs 18446744073709551615", "`--runs 10000000`", "another --seed"]),
    ("simulate shout --runs 10000001", &["--runs 10000001", "`--runs 10000000`"]),
    ("simulate shout --runs 99999999999999999999", &["--runs", "is not a number of runs", "`--runs 1000`"]),
    ("run shout --timeout 5", &["--timeout", "`5` has no unit", "`2s`"]),
    ("run shout --timeout soon", &["--timeout", "`soon` is not a time", "`500ms`"]),
    ("run shout --timeout 0", &["--timeout", "no time", "`--timeout 2s`"]),
    ("run shout --for 5parsecs", &["--for", "`5parsecs` is not a time", "`500ms`"]),
    ("run shout --for 2s --timeout 1s", &["--timeout 1s contradicts --for 2s", "`--for 2s --timeout 4s`"]),
    ("run shout --ports up", &["--ports", "no `up`", "`ordered`, `shuffled`, or an order for each node"]),
    ("run shout --ports shufled", &["--ports", "did you mean `--ports shuffled`?"]),
    ("run shout -t path:3 --ports 0/1,0", &["--ports", "2 nodes of 3", "`1,0/0,1,2/0`"]),
    ("run shout -t path:3 --ports 0/1,1/0", &["--ports", "`1,1` is not an order of the 2 ports of node 1", "`1,0`"]),
    ("run shout -t path:3 --ports 0/1,x/0", &["--ports", "`x` is not the number of a port"]),
    ("run shout --ports all", &["--ports all", "only `check`", "`shuffled`"]),
    ("run shout --ids all", &["--ids all", "only `check`", "`sequential`"]),
    ("simulate shout --initiators every", &["--initiators every", "only `check`", "`one`, `all`"]),
    ("simulate shout --wake any", &["--wake any", "only `check`", "`together` or `random`"]),
    ("simulate flooding --inputs every:0,1", &["--inputs", "only `check`", "`--inputs 3,1,4`"]),
    ("check flooding --every-graph 5 -t ring:5", &["--every-graph contradicts --topology", "leave out one"]),
    ("check flooding --every-graph 5 --weights random:1..9", &["--every-graph contradicts --weights"]),
    ("check flooding --every-graph 8", &["--every-graph", "8 nodes", "only of 1 to 7"]),
    ("check flooding --every-graph 0", &["--every-graph", "only of 1 to 7"]),
    ("check flooding --every-graph 5..3", &["--every-graph", "5 to 3", "`--every-graph 3..5`"]),
    ("check flooding --every-graph five", &["--every-graph", "`five` is not a number of nodes", "`--every-graph 5`"]),
    ("check hyper_elect --every-graph 5", &["--every-graph", "topology Hypercube", "none of the 728 graphs"]),
    ("check itai_rodeh --ids all", &["--ids all", "have no ids", "leave it out"]),
    ("check shout --inputs every:0,1", &["--inputs", "take no input"]),
    ("check flooding --inputs every", &["--inputs", "`every` does not say which values", "`--inputs every:0,1`"]),
    ("check flooding -t ring:70 --initiators every", &["more instances than can be counted", "vary less"]),
    ("check flooding -t complete:9 --ports all --ids all", &["more instances than can be counted"]),
    ("check flooding --every-graph 3 -i 3", &["--initiators", "no node 3"]),
    ("check flooding --every-graph 2..3 --ids 1,0", &["--ids", "2 ids for 3 nodes"]),
    ("check flooding --threads 0", &["--threads", "`0` is not a number above 0"]),
    ("topology links:0-1,1-0", &["links:0-1,1-0: 1-0 stands there twice", "`links:0-1,0-2,1-2`"]),
    ("topology links:0", &["links:0: `0` is not a link", "`links:0-1,0-2,1-2`"]),
    ("topology links:0-0", &["0-0 leads from a node to itself"]),
    ("topology links:0-x", &["`x` is not a node"]),
    ("run shout --wake never", &["--wake", "no `never`", "`together` or `random`"]),
    ("run shout --links tcp", &["--links", "no `tcp`", "`fifo`, `reliable` or `lossy`"]),
    ("run shout -t ring:4 --ids 1,2", &["--ids", "2 ids for 4 nodes", "`--ids 3,2,1,0`"]),
    ("run shout -t ring:4 --ids 1,2,x,4", &["--ids", "`x` is not an id", "`3,1,4,0,2`"]),
    ("run shout -t ring:3 --ids 1,1,2", &["--ids", "`1` is given twice"]),
    ("run shout --ids sorted", &["--ids", "no `sorted`", "`sequential`"]),
    ("run shout --initiators first", &["--initiators", "no `first`", "`0,4`"]),
    ("run shout -t ring:4 --initiators 4", &["--initiators", "no node 4", "0 to 3"]),
    ("run flooding -t ring:4 --initiators 1,1", &["--initiators", "node 1 is given twice"]),
    ("run flooding --initiators 3-1", &["--initiators", "`3-1` is not a node"]),
    ("run flooding --initiators 0@5", &["--initiators", "`5` has no unit"]),
    ("run flooding --initiators random", &["--initiators", "`random:3`"]),
    ("run flooding -t ring:4 --initiators random:5", &["--initiators", "`random:5` of 4 nodes", "from 1 to 4"]),
    ("run shout --initiators all", &["Shout", "exactly one initiator", "`--initiators one`"]),
    ("run lamport --initiators one", &["Lamport", "every node", "`--initiators all`"]),
    ("run flooding -t ring:3 --inputs 1,2", &["--inputs", "2 values for 3 nodes", "`random:0..100`"]),
    ("run flooding -t ring:3 --inputs 1,x,3", &["--inputs", "`x` is not a number"]),
    ("run flooding --inputs random:9", &["--inputs", "`9` is not a range", "`random:0..100`"]),
    ("run flooding --inputs random:9..3", &["--inputs", "`random:9..3`", "`random:0..100`"]),
    ("run flooding --inputs random", &["--inputs", "`random`", "a number (u64)", "`random:0..100`"]),
    ("run flooding --inputs random:1,x", &["--inputs", "`x` is not a number", "`random:0..100`"]),
    ("run flooding -t ring:4 --initiators 1@1s,1@1000ms", &["--initiators", "node 1 is given twice at 1s", "`1@1s,1@1.2s`"]),
    ("run flooding --inputs file:no/such/file", &["--inputs", "no/such/file", "cannot be read"]),
    ("run flooding --inputs file:", &["--inputs", "which file?", "`file:PATH`"]),
    ("run flooding --inputs --json", &["--inputs", "`--inputs 3,1,4`"]),
    ("run shout --inputs 1,2", &["--inputs", "Shout take no input"]),
    // Faults.
    ("run shout --loss 2", &["--loss", "`2` is not a probability", "`--loss 0.1`"]),
    ("run shout --duplicate often", &["--duplicate", "`often` is not a probability"]),
    ("run shout --partition 0-3", &["--partition", "from when until when", "`--partition '0-3|4-7@1s..2s'`"]),
    ("run shout --link-down 0@1s..2s", &["--link-down", "names no two nodes", "`--link-down 0-1@1s..2s`"]),
    ("run shout --crash 3", &["--crash", "`3` is not a node and a time", "`3@500ms`"]),
    ("simulate shout -t ring:4 --partition 0|1@2s..1s", &["--partition", "ends before it begins", "`1s..2s`"]),
    ("simulate shout -t ring:4 --partition 0|1@1s..1s", &["--partition", "ends when it begins"]),
    ("simulate shout -t ring:4 --partition 0-1|1-2@1s..2s", &["--partition", "node 1 stands twice", "on one side"]),
    ("simulate shout -t ring:4 --partition 0,0|2@1s..2s", &["--partition", "node 0 stands twice"]),
    ("simulate shout -t ring:4 --partition 0-3@1s..2s", &["--partition", "all nodes are on one side", "`0|1-3`"]),
    ("simulate shout -t ring:4 --partition 0|4@1s..2s", &["--partition", "no node 4", "0 to 3"]),
    ("simulate shout -t ring:4 --partition 0|1@1s..2s --partition 1|0@1s..2s", &["--partition", "`1|0@1s..2s` stands twice"]),
    ("simulate shout -t ring:4 --partition 0|1@1s..2s,2", &["--partition", "`2` does not say from when until when"]),
    ("simulate shout -t ring:4 --link-down 0-2@1s..2s", &["--link-down", "no link joins 0 and 2", "links to 1, 3"]),
    ("simulate shout -t ring:4 --link-down 0->2@1s..2s", &["--link-down", "no link joins 0 and 2"]),
    ("simulate shout -t ring:4 --link-down 0->1@2s..1s", &["--link-down", "ends before it begins"]),
    ("simulate shout -t ring:4 --link-down 0-1@1s..2s,1-0@1s..2s", &["--link-down", "`1-0@1s..2s` stands twice", "once"]),
    ("simulate as_far --link-down 1->0@1s..2s", &["--link-down", "the link leads from 0 to 1", "`0->1@1s..2s`"]),
    ("simulate shout -t ring:4 --crash 1@1ms,1@1ms", &["--crash", "node 1 would crash twice at 1ms", "once"]),
    ("simulate shout -t ring:4 --crash 1@1ms --crash 1@5ms", &["--crash", "down since 1ms", "`--recover 1@..`"]),
    ("simulate shout -t ring:4 --recover 1@1ms", &["--recover", "has not crashed before", "`--crash 1@..`"]),
    ("simulate shout -t ring:4 --crash 1@1ms --recover 1@2ms,1@3ms", &["--recover", "up since 2ms", "`--crash 1@..`"]),
    ("simulate shout -t ring:4 --crash 1@1ms --recover 1@1ms", &["--recover", "crashes at 1ms", "a later time"]),
    ("simulate shout -t ring:4 --crash 4@1ms", &["--crash", "no node 4", "0 to 3"]),
    ("run shout --on-crash explode", &["--on-crash", "no `explode`", "`stop` or `continue`"]),
    ("run shout --delay slow", &["--delay", "`slow`", "uniform:1ms..10ms"]),
    ("simulate shout --bandwidth fast", &["--bandwidth", "`fast`", "uniform:1Mbit/s..10Mbit/s"]),
    ("simulate shout --bandwidth 10", &["--bandwidth", "`10` has no unit", "10Mbit/s"]),
    ("simulate shout --bandwidth 0Mbit/s", &["--bandwidth", "less than 1bit/s", "10Mbit/s", "--link-down"]),
    ("simulate shout --bandwidth=-5Mbit/s", &["--bandwidth", "`-5Mbit/s` is not a rate", "10Mbit/s"]),
    ("simulate shout --uplink 2000Gbit/s", &["--uplink", "more than 1000Gbit/s"]),
    ("simulate shout --topology ring:4 --uplink 4@1Mbit/s", &["--uplink", "no node 4", "0 to 3"]),
    ("simulate shout --uplink weights", &["--uplink", "nodes have none", "20Mbit/s"]),
    ("run shout --bandwidth 10Mbit/s", &["run has no option", "--bandwidth", "simulate, sweep"]),
    (
        "sweep shout --topology ring:{n} --n 3 --engine processes --uplink 10Mbit/s",
        &["--uplink", "real processes send as fast as their machine", "simulate"],
    ),
    // Topologies.
    ("run shout -t ring:2x", &["--topology ring:2x", "`2x` is not a number of nodes", "`ring:8`"]),
    ("run shout -t ring", &["--topology ring", "missing", "`ring:8`"]),
    ("run shout -t ring:0", &["--topology ring:0", "`ring:8`"]),
    ("run shout -t rnig:8", &["--topology rnig:8", "no topology `rnig`", "ring"]),
    ("run shout -t gnp:10", &["--topology gnp:10", "probability is missing", "`gnp:50,0.1`"]),
    ("run shout -t gnp:10,1.5", &["--topology gnp:10,1.5", "not a probability"]),
    ("run shout -t petersen:4", &["--topology petersen:4", "`petersen`"]),
    ("run shout -t file:no/such.edges", &["no/such.edges", "cannot be read"]),
    ("run as_far -t star:5", &["AsFar", "DirectedRing", "`star:5`", "node 0 has 4 neighbours", "`--topology directed-ring:8`"]),
    ("topology ring:2x", &["`2x` is not a number of nodes", "`ring:8`"]),
    ("topology hypercube:4 --to png", &["--to", "no `png`", "`svg`"]),
    ("topology --to svg", &["--to of which graph?", "`topology ring:8 --to"]),
    ("describe shout --to pdf", &["--to", "no `pdf`", "`table`, `dot`, `svg` or `mermaid`"]),
    // New crates.
    ("new", &["which name?", "`new my_echo`"]),
    ("new MyEcho", &["`MyEcho`", "small letters", "`new myecho`"]),
    ("new 2pc", &["`2pc`", "begins with a letter", "`new pc`"]),
    ("new match", &["`match`", "`new my_match`"]),
    ("new ../escape", &["`../escape`", "`new escape`"]),
    ("new my_echo --path .", &["is there already", "--path"]),
    ("new my_echo --nodes /nowhere", &["--nodes", "no checkout of nodes in /nowhere"]),
];

#[test]
fn wrong_command_lines_are_answered_in_one_line() {
    assert!(WRONG.len() >= 40);
    let mut failures = Vec::new();
    for (arguments, expected) in WRONG {
        let words = arguments.split(' ').map(|word| if word == "''" { "" } else { word });
        let output = Command::new(PROGRAM).args(words).stdin(Stdio::null()).output().expect("the program starts");
        let stderr = String::from_utf8_lossy(&output.stderr);
        let missing = expected.iter().filter(|text| !stderr.contains(**text)).collect::<Vec<_>>();
        let one_line = stderr.lines().count() == 1 && stderr.starts_with("error: ");
        if output.status.code() != Some(2) || !output.stdout.is_empty() || !one_line || !missing.is_empty() {
            failures.push(format!("{arguments}\n  status {:?}, missing {missing:?}, said: {stderr}", output.status.code()));
        }
    }
    assert!(failures.is_empty(), "{} of {} lines:\n{}", failures.len(), WRONG.len(), failures.join("\n"));
}

/// What is wrong with one argument does not depend on what else is right.
#[test]
fn bytes_that_are_no_text_are_refused() {
    use std::os::unix::ffi::OsStrExt;
    let argument = OsStr::from_bytes(b"ring:\xff");
    let output = Command::new(PROGRAM).args(["run", "shout", "--topology"]).arg(argument).output().expect("the program starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("is not UTF-8"));
    assert!(output.stdout.is_empty());
}

/// What is refused leaves nothing behind, and what stood there as it was.
#[test]
fn a_run_that_does_not_begin_writes_no_trace() {
    let folder = Folder::new("no-run");
    let file = folder.join("run.trace");
    for command in ["run", "simulate"] {
        let arguments = [command, "flooding", "--topology", "ring:5", "--initiators", "7", "--trace", "FILE"];
        assert_eq!(ended(&arguments, &file).status.code(), Some(2), "there is no node 7");
        assert!(!file.exists(), "{command}");
        fs::write(&file, "kept").expect("there is room for temporary files");
        assert_eq!(ended(&arguments, &file).status.code(), Some(2));
        assert_eq!(fs::read(&file).expect("it is there"), b"kept", "{command}");
        fs::remove_file(&file).expect("it is ours");
    }
}

fn ended(arguments: &[&str], file: &Path) -> Output {
    let mut command = Command::new(PROGRAM);
    let words = arguments.iter().map(|word| if *word == "FILE" { file.as_os_str() } else { OsStr::new(*word) });
    command.args(words).stdin(Stdio::null()).output().expect("the program starts")
}

/// A trace that cannot be read is told in one line, and nothing is written; one that was cut short is read up to there.
#[test]
fn traces_that_are_none_or_not_whole_are_told() {
    let folder = Folder::new("bad-traces");
    let (file, out) = (folder.join("run.trace"), folder.join("out"));
    let recorded = ended(&["simulate", "controlled_distance", "--seed", "7", "--trace", "FILE"], &file);
    assert!(recorded.status.success(), "{}", String::from_utf8_lossy(&recorded.stderr));
    let whole = fs::read(&file).expect("the trace is there");
    let changed = |place: usize, to: u8| {
        let mut bytes = whole.clone();
        bytes[place] = to;
        bytes
    };
    let output = out.to_str().expect("a name that is text");
    let commands: [&[&str]; 3] =
        [&["trace", "FILE"], &["trace", "FILE", "--to", "csv", "-o", output], &["view", "FILE", "-o", output]];
    // What is in the file, what is said of it, and whether it is read all the same.
    let last = whole.len() - 5;
    let files = [
        ("empty", Vec::new(), "it is not a trace", false),
        ("another file", b"{\"version\": \"0.1.0\"}\n".to_vec(), "it is not a trace", false),
        ("cut in its header", whole[..20].to_vec(), "it was cut short at byte 20, before the end of its header", false),
        ("of another version", changed(8, 7), "it is a trace of version 7, and this program reads version 1", false),
        ("damaged in its header", changed(40, !whole[40]), "it is damaged at byte", false),
        ("damaged in an event", changed(last, !whole[last]), "it is damaged at byte", false),
        ("cut between its events", whole[..whole.len() * 2 / 3].to_vec(), "it was cut short, and is read up to there", true),
    ];
    for (what, bytes, said, is_read) in files {
        fs::write(&file, bytes).expect("there is room for temporary files");
        for arguments in commands {
            let output = ended(arguments, &file);
            let stderr = String::from_utf8_lossy(&output.stderr);
            let (status, word) = if is_read { (0, "notice: ") } else { (2, "error: ") };
            assert_eq!(output.status.code(), Some(status), "{what}, {arguments:?}: {stderr}");
            assert!(stderr.starts_with(word) && stderr.lines().count() == 1, "{what}, {arguments:?}: {stderr}");
            assert!(stderr.contains(said) && stderr.contains("run.trace"), "{what}, {arguments:?}: {stderr}");
            assert!(is_read || output.stdout.is_empty(), "{what}, {arguments:?}: nothing but the error is printed");
            let wanted = is_read && arguments.contains(&"-o");
            assert_eq!(out.exists(), wanted, "{what}, {arguments:?}: a file is written if there is something in it");
            let _ = fs::remove_file(&out);
        }
    }
    // Beside the parts that its processes recorded.
    fs::write(&file, &whole[..whole.len() * 2 / 3]).expect("there is room for temporary files");
    let parts = folder.join("run.trace.parts");
    fs::create_dir_all(&parts).expect("there is room for temporary files");
    let told = |says: bool| {
        let output = ended(&["trace", "FILE"], &file);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(stderr.contains("run.trace.parts"), says, "{stderr}");
    };
    // Killed before there was anything to read.
    told(false);
    fs::write(parts.join("header.trace"), &whole).expect("there is room for temporary files");
    told(true);
    // What is no file of bytes; without an end, or not there at all.
    let parts = folder.join("parts");
    fs::create_dir_all(&parts).expect("there is room for temporary files");
    for (what, said) in [
        (parts.as_path(), "it is a folder, but not one of the parts of a trace: there is no `header.trace` in it"),
        (Path::new("/dev/zero"), "it is not a trace"),
        (folder.join("none").as_path(), "it cannot be read: No such file"),
    ] {
        for arguments in commands {
            let output = ended(arguments, what);
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{}, {arguments:?}: {stderr}", what.display());
            assert!(
                stderr.starts_with("error: ") && stderr.lines().count() == 1 && stderr.contains(said),
                "{arguments:?}: {stderr}"
            );
            assert!(output.stdout.is_empty() && !out.exists(), "{arguments:?}: nothing but the error is written");
        }
    }
}
