//! `sweep`: what the numbers are, what growth they show, that they are kept, and what it says when a line is wrong.

use std::path::PathBuf;

use nodes_tests::started::{Ended, start, start_by};
use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

#[track_caller]
fn sweep(arguments: &str) -> Ended {
    let ended = start(PROGRAM, &format!("sweep {arguments}")).wait();
    assert_eq!(ended.status(), Some(0), "sweep {arguments}: {}", ended.stderr());
    ended
}

/// A directory for one test's files, empty.
fn empty(name: &str) -> PathBuf {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&directory);
    std::fs::create_dir_all(&directory).expect("a directory can be made");
    directory
}

fn law<'a>(document: &'a Value, protocol: &str) -> (&'a Value, &'a Value) {
    let growth = document["growth"].as_array().expect("a list");
    let grown = growth.iter().find(|grown| grown["protocol"] == protocol).expect("each protocol is there");
    (&grown["verdict"], &grown["fits"][0]["law"]["name"])
}

const ELECTIONS: &str =
    "all_the_way as_far controlled_distance stages --topology ring:{n} --n 5..45:5 --ids shuffled --seeds 20";

#[test]
fn elections_on_rings_grow_as_the_literature_says() {
    let document = sweep(&format!("{ELECTIONS} --json")).json();
    for (protocol, right) in
        [("all_the_way", "n^2"), ("as_far", "n log n"), ("controlled_distance", "n log n"), ("stages", "n log n")]
    {
        assert_eq!(law(&document, protocol), (&"supported".into(), &right.into()), "{protocol}: {}", document["growth"]);
    }
    for cell in document["cells"].as_array().expect("a list").iter().filter(|cell| cell["protocol"] == "all_the_way") {
        let n = cell["nodes"].as_f64().expect("a number");
        assert_eq!(cell["costs"]["messages"]["mean"], n * n);
        assert_eq!(cell["costs"]["messages"]["sd"], 0.0);
    }
}

/// Who is woken by a smaller id is no candidate any more: of random ids only about ln n others are, and the cost is linear.
#[test]
fn what_one_initiator_costs_is_not_taken_for_what_all_cost() {
    let line = "controlled_distance --topology ring:{n} --n 8..1024:x2 --ids shuffled --seeds 20 --json";
    assert_eq!(law(&sweep(line).json(), "controlled_distance"), (&"supported".into(), &"n log n".into()));
    let one = sweep(&format!("{line} --initiators one")).json();
    assert_ne!(law(&one, "controlled_distance"), (&"supported".into(), &"n log n".into()), "{}", one["growth"]);
    for cell in one["cells"].as_array().expect("a list") {
        let (n, messages) = (cell["nodes"].as_f64(), cell["costs"]["messages"]["mean"].as_f64());
        assert!(messages < n.map(|n| 16.0 * n), "{cell}");
    }
}

#[test]
fn the_table_shows_what_theory_says_and_how_it_agrees_in_80_columns() {
    let text = sweep(&format!("{ELECTIONS} --no-properties")).stdout();
    for line in [
        "theory: n^2; measured to the message",
        "theory: n H(n) + n on average; measured within",
        "theory: at most n(n + 1)/2 + n; kept",
        "theory: at most 8n(1 + ceil(log2 n)) + n; kept",
        "theory: at most 2n(floor(log2 n) + 1) + n; kept",
        "every node starts",
    ] {
        assert!(text.contains(line), "no `{line}` in {text}");
    }
    let too_wide = text.lines().filter(|line| line.chars().count() > 80).collect::<Vec<_>>();
    assert_eq!(too_wide, [""; 0]);
}

/// Nothing is measured, and nothing written, if any place of the grid cannot be.
#[test]
fn what_cannot_be_run_is_refused_before_anything_is() {
    let csv = empty("sweep-refused").join("costs.csv");
    for (line, hints) in [
        ("stages --topology {t} --t ring:5,path:5", ["stages, t = path:5", "ring"]),
        ("stages --topology ring:{n} --n 5,6 --ids 4,3,2,1,0", ["stages, n = 6", "--ids"]),
        ("shout --topology ring:{n} --n 5,6 --initiators all", ["shout, n = 5", "exactly one initiator"]),
        ("stages shout --topology ring:5 --initiators {who} --who 0,9", ["stages, who = 9", "there is no node 9"]),
    ] {
        let ended = start(PROGRAM, &format!("sweep {line} --csv {}", csv.display())).wait();
        assert_eq!(ended.status(), Some(2), "{line}");
        assert!(hints.iter().all(|hint| ended.stderr().contains(hint)), "{line}: {}", ended.stderr());
        assert!(!csv.exists(), "{line}");
    }
}

#[test]
fn mutual_exclusion_costs_what_its_formula_says_over_a_grid() {
    let line = "lamport ricart_agrawala --topology complete:{n} --n 3..9:3 --requests {r} --r 1,5 --seeds 2 --json";
    let document = sweep(line).json();
    for cell in document["cells"].as_array().expect("a list") {
        let variable = |name: &str| cell["variables"][name].as_str().expect("text").parse::<f64>().expect("a number");
        let (n, r) = (variable("n"), variable("r"));
        let each = if cell["protocol"] == "lamport" { 3.0 } else { 2.0 };
        assert_eq!(cell["costs"]["messages"]["mean"], each * (n - 1.0) * n * r, "{cell}");
    }
    assert_eq!(document["cells"].as_array().map(Vec::len), Some(12));
}

#[test]
fn a_wide_table_and_the_document_show_the_range() {
    let line = "sweep as_far --topology ring:{n} --n 5..15:5 --ids shuffled --seeds 9";
    let wide = start_by(&["env", "COLUMNS=110"], PROGRAM, line).wait().stdout();
    let head = wide.lines().next().expect("a head").split_whitespace().collect::<Vec<_>>();
    let right = ["n", "runs", "messages", "±", "95", "%", "deviation", "min", "median", "max", "bytes", "time", "causal"];
    assert_eq!(head, right, "{wide}");
    assert!(!start(PROGRAM, line).wait().stdout().contains("median"), "there is no room in 80 columns");
    let document = start(PROGRAM, &format!("{line} --json")).wait().json();
    for cell in document["cells"].as_array().expect("a list") {
        let of = |part: &str| cell["costs"]["messages"][part].as_f64().expect("a number");
        assert!(of("min") <= of("median") && of("median") <= of("max") && of("min") < of("max"), "{cell}");
        assert!(of("min") < of("mean") && of("mean") < of("max"), "{cell}");
    }
}

#[test]
fn the_numbers_do_not_depend_on_the_cores() {
    let line = "as_far --topology ring:{n} --n 5..15:5 --ids shuffled --precision 5% --seeds 5 --json";
    let (one, four) = (sweep(&format!("{line} --threads 1")), sweep(&format!("{line} --threads 4")));
    assert_eq!(one.stdout(), four.stdout());
    for cell in one.json()["cells"].as_array().expect("a list") {
        let messages = &cell["costs"]["messages"];
        let high = messages["interval"][1].as_f64().expect("an interval");
        let mean = messages["mean"].as_f64().expect("a mean");
        assert!(high - mean <= 0.05 * mean, "{cell}");
    }
}

#[test]
fn what_is_done_is_kept_and_ranges_may_be_extended() {
    let directory = empty("sweep-kept");
    let csv = directory.join("costs.csv");
    let line =
        |range: &str| format!("stages --topology ring:{{n}} --n {range} --ids shuffled --seeds 3 --csv {}", csv.display());
    sweep(&line("5..15:5"));
    let first = std::fs::read_to_string(&csv).expect("it is written");
    let lines = first.lines().collect::<Vec<_>>();
    assert_eq!(lines.len(), 4);
    assert!(lines[0].starts_with("protocol,n,runs,failed,nodes,edges,messages_mean,messages_sd,messages_low,"), "{}", lines[0]);
    let again = sweep(&line("5..20:5"));
    assert!(again.stdout().contains("3 rows measured before"), "{}", again.stdout());
    let second = std::fs::read_to_string(&csv).expect("it is written");
    assert!(second.starts_with(&first) && second.lines().count() == 5, "{second}");
    let manifest = std::fs::read_to_string(csv.with_extension("csv.manifest.json")).expect("it is written");
    let manifest = serde_json::from_str::<Value>(&manifest).expect("JSON");
    assert_eq!((&manifest["complete"], &manifest["cells"]), (&true.into(), &4.into()));
    assert!(manifest["fingerprints"]["stages"].is_string() && manifest["machine"]["cores"].is_u64(), "{manifest}");
    // Another sweep does not overwrite it.
    let other = start(PROGRAM, &format!("sweep stages --topology ring:{{n}} --n 5,6 --csv {}", csv.display())).wait();
    assert_eq!(other.status(), Some(2));
    assert!(other.stderr().contains("other conditions"), "{}", other.stderr());
}

#[test]
fn a_picture_is_whole_svg_and_names_everything() {
    let file = empty("sweep-plot").join("costs.svg");
    for more in ["", " --log"] {
        let line = "all_the_way stages --topology ring:{n} --ids shuffled --n 4..64:x2 --seeds 20";
        sweep(&format!("{line} --plot {}{more}", file.display()));
        let text = std::fs::read_to_string(&file).expect("it is written");
        let picture = roxmltree::Document::parse(&text).expect("it is XML");
        let texts = picture.descendants().filter(|node| node.has_tag_name("text")).filter_map(|node| node.text());
        let texts = texts.collect::<Vec<_>>();
        for named in [
            "all_the_way",
            "stages",
            "messages",
            "n, the number of nodes",
            "Messages on ring:n",
            "theory: n²",
            "fit: n²",
            "what theory says",
            "the law that fits",
        ] {
            assert!(texts.contains(&named), "{named} is not in {texts:?}");
        }
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    }
}

/// The parts of a PNG, each with its name.
fn chunks(png: &[u8]) -> Vec<(&[u8], &[u8])> {
    let (mut chunks, mut rest) = (Vec::new(), &png[8..]);
    while rest.len() >= 12 {
        let length = u32::from_be_bytes(rest[..4].try_into().expect("4 bytes")) as usize;
        chunks.push((&rest[4..8], &rest[8..8 + length]));
        rest = &rest[12 + length..];
    }
    chunks
}

#[test]
fn a_picture_for_print_is_a_whole_png() {
    let file = empty("sweep-png").join("costs.png");
    sweep(&format!("lamport ricart_agrawala --topology complete:{{n}} --n 3,5,7,9,11 --seeds 2 --plot {}", file.display()));
    let png = std::fs::read(&file).expect("it is written");
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
    let chunks = chunks(&png);
    let names = chunks.iter().map(|(name, _)| std::str::from_utf8(name).expect("letters")).collect::<Vec<_>>();
    assert_eq!(names, ["IHDR", "tEXt", "pHYs", "IDAT", "IEND"]);
    let size = |from: usize| u32::from_be_bytes(chunks[0].1[from..from + 4].try_into().expect("4 bytes"));
    assert!(size(0) > 1500 && size(4) > 1000, "{} x {}", size(0), size(4));
    let other = start(PROGRAM, "sweep stages --topology ring:{n} --n 5,6 --plot costs.gif").wait();
    assert_eq!(other.status(), Some(2));
    assert!(other.stderr().contains(".svg or .png"), "{}", other.stderr());
}

/// Without order on its links Lamport's algorithm lets two in; a protocol on links that it is not made for, by design.
#[test]
fn runs_that_fail_are_told_with_what_repeats_them() {
    let line = "sweep lamport --topology complete:{n} --n 4,5 --links reliable --delay exponential:5ms --seeds 10 --json";
    let ended = start(PROGRAM, line).wait();
    assert_eq!(ended.status(), Some(1));
    let document = ended.json();
    let violation = &document["violations"][0];
    let again = start(PROGRAM, violation["replay"].as_str().expect("a line")).wait();
    assert_eq!(again.status(), Some(1), "{}", again.stdout());
}

#[test]
fn real_processes_are_measured_by_the_same_line() {
    let line = "all_the_way --topology ring:{n} --n 3,4 --seeds 2 --engine processes --json";
    let document = sweep(line).json();
    let means = document["cells"].as_array().expect("a list").iter().map(|cell| cell["costs"]["messages"]["mean"].as_f64());
    assert_eq!(means.collect::<Vec<_>>(), [Some(9.0), Some(16.0)]);
    let line = "lamport ricart_agrawala --topology complete:{n} --n 2,3 --requests 1 --seeds 2 --engine processes --json";
    let document = sweep(line).json();
    let means = document["cells"].as_array().expect("a list").iter().map(|cell| cell["costs"]["messages"]["mean"].as_f64());
    assert_eq!(means.collect::<Vec<_>>(), [6.0, 18.0, 4.0, 12.0].map(Some));
}

#[test]
fn a_wrong_line_is_told_with_a_right_one() {
    for (line, told) in [
        ("stages --topology ring:{n}", "`--n 5..45:5`"),
        ("stages --topology ring:8 --n 5..9", "`--topology ring:{n}`"),
        ("stages --topology ring:{n} --n 9..5", "is empty"),
        ("stages --topology ring:{seed} --seed 1..3", "call the variable `{seed}` otherwise"),
        ("stages stages", "named twice"),
        ("stages as_fra", "did you mean `as_far`?"),
        ("stages --topology rong:{n} --n 5,6", "rong"),
        ("stages --requests 3", "has no such option"),
        ("stages --seeds 0", "`--seeds 20`"),
        ("stages --precision 0%", "`--precision 1%`"),
        ("stages --engine procesess", "did you mean `--engine processes`?"),
        ("stages --measure mesages", "did you mean `--measure messages`?"),
        ("stages --plot costs.pdf", ".svg"),
    ] {
        let ended = start(PROGRAM, &format!("sweep {line}")).wait();
        assert_eq!(ended.status(), Some(2), "{line}: {}", ended.stdout());
        assert!(ended.stderr().contains(told), "{line}: {}", ended.stderr());
    }
}
