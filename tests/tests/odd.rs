//! Odd command lines and damaged traces: each ends with a result or a sentence, in a few seconds and 2 GB.
//!
//! `ODD_COMMANDS=1000 ODD_TRACES=5000 cargo test --release -p nodes-tests --test odd` is the long form.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use nodes::protocol::Random;
use nodes_tests::folder::Folder;
use nodes_tests::seeds::for_seeds;

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

fn many(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).map_or(usual, |count| count.parse().expect("the variable is a number"))
}

/// Under 2 GB and 10 s.
fn limited(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new("prlimit");
    command.args(["--as=2000000000", "timeout", "--signal=KILL", "10", PROGRAM]).args(words).current_dir(folder);
    command.stdin(Stdio::null()).output().expect("there is prlimit")
}

/// It has ended as it should: no panic, no abort, no signal, not killed after 10 s.
fn check(what: &str, output: &Output) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    let ended = matches!(output.status.code(), Some(0..=2));
    let fell = stderr.contains("panicked") || stderr.contains("memory allocation");
    assert!(ended && !fell, "{what}: {:?}: {stderr}", output.status);
    assert!(output.status.code() != Some(2) || stderr.starts_with("error: "), "{what}: {stderr}");
}

const NUMBERS: &[&str] = &[
    "0",
    "1",
    "2",
    "7",
    "-1",
    "1e9",
    "4294967295",
    "4294967296",
    "18446744073709551615",
    "99999999999999999999",
    "",
    "x",
    "0x10",
];

const TIMES: &[&str] = &["0", "1ns", "5ms", "1s", "5000000h", "5124095.6h", "99999999999h", "-1s", "1", "1e3s", "nan", ""];

const RATES: &[&str] =
    &["0bit/s", "1bit/s", "5kbit/s", "10Mbit/s", "1000Gbit/s", "9999999999999Gbit/s", "-1bit/s", "1Mbps", "7", "nan", ""];

const CHANCES: &[&str] =
    &["0", "0.5", "0.999999", "0.9999999999", "0.99999999999999994", "1", "1.1", "-0.1", "nan", "inf", "1e-300"];

const TOPOLOGIES: &[&str] = &[
    "path:2",
    "ring:8",
    "complete:6",
    "ring:1",
    "ring:0",
    "ring:99999999999",
    "ring:18446744073709551616",
    "complete:100000",
    "hypercube:64",
    "hypercube:-1",
    "gnp:20,0.3",
    "gnp:100000,0.0000001",
    "regular:5,5",
    "barabasi-albert:5,5",
    "watts-strogatz:10,11,0.5",
    "grid:3x3",
    "grid:99999999x99999999",
    "file:/dev/null",
    "file:/dev/zero",
    "file:.",
    "file:heavy.edges",
    "torus:3x3",
    "petersen",
    ":",
    "",
];

/// An option, with a value that somebody might write who is tired, or wants to break it.
fn option(random: &mut Random) -> Vec<String> {
    let mut one_of = |values: &[&str]| values[random.range(0..values.len())].to_owned();
    let name = one_of(&[
        "topology",
        "ids",
        "ports",
        "initiators",
        "wake",
        "inputs",
        "seed",
        "links",
        "delay",
        "bandwidth",
        "uplink",
        "loss",
        "duplicate",
        "reorder",
        "partition",
        "link-down",
        "crash",
        "recover",
        "on-crash",
        "faults",
        "for",
        "runs",
        "schedule",
        "max-in-transit",
        "coins",
        "requests",
        "no-such",
        "json",
        "no-properties",
        "diagram",
    ]);
    let value = match &*name {
        "topology" => one_of(TOPOLOGIES),
        "ids" => one_of(&["sequential", "shuffled", "0,1", "0,0", "18446744073709551615,0", ",", "random"]),
        "ports" => one_of(&["ordered", "shuffled", "x"]),
        "initiators" => format!(
            "{}{}",
            one_of(&["all", "one", "random:3", "random:99999999999", "0-99999999", "0-1", "5-1", "0,0"]),
            one_of(&["", "", "@5200000h", "@5000000h", "@1s", "@"])
        ),
        "wake" => one_of(&["together", "random", ""]),
        "inputs" => {
            one_of(&["random:0..100", "random:9..1", "1,2", "file:/dev/zero", "file:/dev/null", "file:.", "given:", "-"])
        }
        "links" => one_of(&["fifo", "reliable", "lossy", "none"]),
        "delay" => {
            let (one, other) = (one_of(TIMES), one_of(TIMES));
            match one_of(&["unit", "uniform", "exponential", "lognormal", "weights"]).as_str() {
                "uniform" => format!("uniform:{one}..{other}"),
                "exponential" => format!("exponential:{one}"),
                "lognormal" => format!("lognormal:{one},{}", one_of(&["0", "1", "20", "21", "nan"])),
                name => name.to_owned(),
            }
        }
        "bandwidth" | "uplink" => {
            let (one, other) = (one_of(RATES), one_of(RATES));
            match one_of(&["", "uniform", "lognormal", "weights", "0@", "1@5kbit/s,99@"]).as_str() {
                "uniform" => format!("uniform:{one}..{other}"),
                "lognormal" => format!("lognormal:{one},{}", one_of(&["0", "1", "20", "nan"])),
                "weights" => "weights".to_owned(),
                before => format!("{before}{one}"),
            }
        }
        "loss" | "duplicate" | "reorder" => one_of(CHANCES),
        "partition" => {
            format!(
                "{}@{}..{}",
                one_of(&["0|1", "0-99999999|1", "0-1|2", "0|0", "|", "0|1@0..1s,2"]),
                one_of(TIMES),
                one_of(TIMES)
            )
        }
        "link-down" => format!(
            "{}@{}..{}",
            one_of(&["0-1", "1-0", "0->1", "1->0", "0->9", "0-0", "-", "->"]),
            one_of(TIMES),
            one_of(TIMES)
        ),
        "crash" | "recover" => format!("{}@{}", one_of(&["0", "1", "99", "0-3", "1@5ms,1", "1@9ms,1"]), one_of(TIMES)),
        "on-crash" => one_of(&["stop", "continue", "go"]),
        "faults" => {
            one_of(&["none", "crashes=1", "crashes", "losses=1,losses=1", "duplicates=any", "recoveries=99999999999", ","])
        }
        "for" => one_of(TIMES),
        "runs" => one_of(&["0", "1", "2", "-1", "x"]),
        "schedule" => one_of(&["/dev/zero", "/dev/null", ".", "none"]),
        "json" | "no-properties" | "diagram" => return vec![format!("--{name}")],
        _ => one_of(NUMBERS),
    };
    vec![format!("--{name}"), value]
}

#[test]
fn odd_command_lines_end_with_a_result_or_a_sentence() {
    let folder = Folder::new("odd");
    fs::write(folder.join("heavy.edges"), "0 1 1e15\n1 2 -5\n").expect("there is room");
    for_seeds(many("ODD_COMMANDS", 60), |seed| {
        let mut random = Random::stream(seed, "odd", 0);
        let protocols = ["flooding", "echo", "shout", "lamport", "chandy_lamport", "dolev_klawe_rodeh", "ghs", "saturation"];
        let protocol = protocols[random.range(0..protocols.len())];
        // What never ends by itself ends by this.
        let mut words = ["simulate", protocol, "--timeout", "2s"].map(str::to_owned).to_vec();
        for _ in 0..random.range(1..=4) {
            words.extend(option(&mut random));
        }
        let words = words.iter().map(String::as_str).collect::<Vec<_>>();
        check(&words.join(" "), &limited(&folder, &words));
    });
}

/// What commands did that somebody attacked, each with the exit status that is right, and what is said.
#[test]
fn what_took_memory_or_time_without_end_is_refused_or_ends() {
    let folder = Folder::new("attacked");
    fs::write(folder.join("heavy.edges"), "0 1 1e15\n1 2 1e15\n").expect("there is room");
    for (line, status, says) in [
        ("sweep echo --topology ring:{n} --n 3..5 --seeds 18446744073709551615", 2, "--seeds"),
        ("simulate flooding --topology path:2 --partition 0|1@0s..6000000h --timeout 1s --seed 1", 2, "longer than 584 years"),
        ("simulate flooding --topology path:2 --partition 0|1@0s..5000000h --timeout 1s --seed 1", 1, "did not end within 1s"),
        ("simulate flooding --topology path:2 --link-down 0-1@0s..5000000h --timeout 1s --seed 1", 1, "did not end within 1s"),
        ("simulate flooding --topology path:2 --loss 0.9999999999 --timeout 1s --seed 1", 1, "did not end within 1s"),
        ("simulate chattering --topology path:2 --delay uniform:1ns..2ns --timeout 1s --seed 1", 1, "within 1s on the clock"),
        (
            "simulate flooding --topology path:2 --partition 0-99999999|1@0s..1s",
            2,
            "there is no node 99999999; the nodes are 0 to 1",
        ),
        ("simulate flooding --topology path:2 --initiators 0-99999999", 2, "there is no node 99999999; the nodes are 0 to 1"),
        ("simulate flooding --topology path:2 --schedule /dev/zero", 2, ""),
        ("simulate flooding --schedule /dev/zero", 2, "1024 MiB or more"),
        ("simulate flooding --topology path:2 --inputs file:/dev/zero", 2, "1024 MiB or more"),
        ("simulate chandy_lamport --topology path:2 --coins 4294967295 --seed 1", 2, "not in the range from 0 to 1000"),
        ("simulate flooding --topology path:9 --delay uniform:2000000h..2000001h --seed 1 --json", 1, "time is used up"),
        ("simulate flooding --topology path:9 --delay lognormal:1000000h,20 --seed 2", 1, "time is used up"),
        ("simulate flooding --topology file:heavy.edges --delay weights --seed 1 --json", 2, "heavy.edges:1: "),
        ("simulate flooding --topology path:2 --initiators 0@5200000h --seed 1", 2, "longer than 584 years"),
        ("simulate flooding --topology path:2 --initiators 0@5000000h --seed 1", 0, ""),
        ("simulate chattering --topology path:2 --timeout 1000h --seed 1 --max-in-transit 0", 2, "--max-in-transit 50000000"),
        ("simulate avalanche --topology path:2 --seed 1 --max-in-transit 5000", 1, "messages multiply: "),
        ("simulate echo_chamber --topology path:2 --seed 1", 1, "node 0 keeps sending `Thought` to itself"),
        ("simulate restless --topology path:2 --seed 1", 1, "node 0 keeps setting `Again` for the moment at which it is set"),
        ("simulate restless --topology path:2 --seed 1 --runs 2", 1, "time stands still: "),
        (
            "simulate dolev_klawe_rodeh --topology ring:8 --links lossy --loss 0.1 --duplicate 0.2 --reorder 0.2 --for 5s --seed 1 \
             --max-in-transit 100000",
            1,
            "messages multiply: 1",
        ),
    ] {
        let words = line.split_whitespace().collect::<Vec<_>>();
        let output = limited(&folder, &words);
        let told = format!("{}{}", String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
        assert_eq!(output.status.code(), Some(status), "{line}: {told}");
        assert!(told.contains(says), "{line}: no `{says}` in: {told}");
    }
}

/// Nothing can be told of a stack that overflows but the name of its thread.
#[test]
fn a_stack_overflow_names_protocol_and_seed() {
    let folder = Folder::new("overflow");
    for line in [
        "simulate bottomless --topology path:2 --seed 17 --runs 900",
        "sweep bottomless --topology path:{n} --n 2 --seed 17 --seeds 9",
    ] {
        let output = limited(&folder, &line.split_whitespace().collect::<Vec<_>>());
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(
            stderr.contains("thread 'bottomless seed 1") && stderr.contains("has overflowed its stack"),
            "{line}: {stderr}"
        );
    }
}

#[test]
fn what_is_of_the_end_is_unchecked_where_a_run_is_stopped_and_that_is_told() {
    let folder = Folder::new("stopped-early");
    for command in ["simulate", "run"] {
        let line = format!("{command} lamport --topology complete:3 --requests 100000 --for 300ms --seed 1");
        let output = limited(&folder, &line.split_whitespace().collect::<Vec<_>>());
        let told = format!("{}{}", String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
        assert!(told.contains("unchecked: `") && told.contains("`--for` ended this one"), "{line}: {told}");
    }
}

/// CRC-32 as in zlib.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = !0u32;
    for byte in bytes {
        crc ^= u32::from(*byte);
        (0..8).for_each(|_| crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 });
    }
    !crc
}

/// Where the parts of a trace begin and end, with their heads of 12 bytes.
fn parts(trace: &[u8]) -> Vec<(usize, usize)> {
    let (mut parts, mut at) = (Vec::new(), 10);
    while let Some(Ok(length)) = trace.get(at..at + 4).map(<[u8; 4]>::try_from) {
        let end = at + 12 + u32::from_le_bytes(length) as usize;
        parts.push((at, end));
        at = end;
    }
    parts
}

/// Damages a trace; where it can, so that all check sums are right.
fn damage(trace: &mut Vec<u8>, random: &mut Random) {
    let parts = parts(trace);
    let (start, end) = parts[random.range(0..parts.len())];
    match random.range(0..6) {
        0 => {
            let place = random.range(0..trace.len());
            trace[place] ^= 1 << random.range(0..8);
        }
        1 => trace.truncate(random.range(0..trace.len())),
        2 => trace.extend_from_within(start..end),
        3 => drop(trace.drain(start..end)),
        4 => {
            trace.extend_from_within(start..end);
            drop(trace.drain(start..end));
        }
        _ => {
            for _ in 0..random.range(1..=3) {
                let place = random.range(start + 12..end);
                trace[place] = random.range(0..=255);
            }
        }
    }
    for (start, end) in self::parts(trace) {
        if let Some(body) = trace.get(start + 12..end) {
            let crc = crc32(body).to_le_bytes();
            let head = crc32(&trace[start..start + 5]).to_le_bytes();
            trace[start + 5..start + 8].copy_from_slice(&head[..3]);
            trace[start + 8..start + 12].copy_from_slice(&crc);
        }
    }
}

#[test]
fn damaged_traces_are_read_or_refused_with_a_sentence() {
    let folder = Folder::new("damaged");
    let recorded = limited(&folder, &["simulate", "lamport", "--topology", "complete:4", "--seed", "1", "--trace", "a.trace"]);
    assert!(recorded.status.success(), "{}", String::from_utf8_lossy(&recorded.stderr));
    let whole = fs::read(folder.join("a.trace")).expect("it is there");
    assert_eq!(parts(&whole).last().map(|(_, end)| *end), Some(whole.len()), "the form is understood");
    for_seeds(many("ODD_TRACES", 100), |seed| {
        let mut random = Random::stream(seed, "damage", 0);
        let mut trace = whole.clone();
        damage(&mut trace, &mut random);
        fs::write(folder.join("b.trace"), &trace).expect("there is room");
        let words: &[&str] = match seed % 3 {
            0 => &["trace", "b.trace"],
            1 => &["view", "b.trace", "-o", "b.html", "--force"],
            _ => &["trace", "b.trace", "--to", "ndjson"],
        };
        check(&format!("seed {seed}: {}", words.join(" ")), &limited(&folder, words));
    });
}
