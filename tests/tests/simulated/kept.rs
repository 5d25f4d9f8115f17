//! What a sweep keeps: that it is never stale, never half written and never taken on trust.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use nodes::protocol::Random;
use nodes_tests::folder::Folder;
use nodes_tests::seeds::for_seeds;
use nodes_tests::started::{Ended, start};

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

fn try_sweep(arguments: &str) -> Ended {
    start(PROGRAM, &format!("sweep {arguments}")).wait()
}

#[track_caller]
fn sweep(arguments: &str) -> Ended {
    let ended = try_sweep(arguments);
    assert_eq!(ended.status(), Some(0), "sweep {arguments}: {}", ended.stderr());
    ended
}

#[track_caller]
fn refused(arguments: &str, told: &[&str]) {
    let ended = try_sweep(arguments);
    assert_eq!(ended.status(), Some(2), "sweep {arguments}: {}", ended.stdout());
    for told in told {
        assert!(ended.stderr().contains(told), "{arguments}: no `{told}` in {}", ended.stderr());
    }
}

/// The columns of a table, each with its cells; no cell of it has a comma.
fn columns(file: &Path) -> BTreeMap<String, Vec<String>> {
    let text = fs::read_to_string(file).expect("it was written");
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let head = lines.next().expect("there is a first line");
    let rows = lines.collect::<Vec<_>>();
    assert!(rows.iter().all(|row| row.len() == head.len()), "{text}");
    let columns =
        head.iter().enumerate().map(|(place, name)| (name.clone(), rows.iter().map(|row| row[place].clone()).collect()));
    let columns = columns.collect::<BTreeMap<_, _>>();
    assert_eq!(columns.len(), head.len(), "a name stands twice in {head:?}");
    columns
}

fn write(file: &Path, text: &str) {
    fs::write(file, text).expect("it can be written");
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|cause| panic!("{}: {cause}", file.display()))
}

/// Flooding from all nodes sends a message over each link in each direction.
#[test]
fn a_graph_that_changed_is_measured_again_whatever_names_its_file() {
    let folder = Folder::new("sweep-stale");
    let (graph, csv, runs) = (folder.join("g.edges"), folder.join("f.csv"), folder.join("r.csv"));
    let (graph, output) = (graph.display(), format!("--csv {} --csv-runs {}", csv.display(), runs.display()));
    for line in [
        format!("flooding --topology file:{graph} --seeds 2 {output}"),
        format!("flooding --topology file:{{g}} --g {graph} --seeds 2 {output}"),
        format!("flooding --topology {{t}} --t file:{graph} --seeds 2 {output}"),
        format!("flooding --topology file:{}/{{g}}.{{e}} --g g --e edges --seeds 2 {output}", folder.display()),
    ] {
        for file in fs::read_dir(&*folder).expect("it is there").flatten() {
            fs::remove_file(file.path()).expect("it can be removed");
        }
        let mut hashes = Vec::new();
        for (links, messages) in
            [("0 1\n1 2\n", "4"), ("0 1\n1 2\n2 3\n3 4\n4 0\n0 2\n", "12"), ("0 1\n1 2\n2 0\n", "6"), ("0 1\n1 2\n", "4")]
        {
            write(&folder.join("g.edges"), links);
            let again = !hashes.is_empty();
            let ended = sweep(&line);
            assert_eq!(
                ended.stderr().contains("g.edges changed since then: 1 row measured again"),
                again,
                "{}",
                ended.stderr()
            );
            let (rows, runs) = (columns(&csv), columns(&runs));
            let n = links.split_whitespace().max().expect("a node").parse::<usize>().expect("a number") + 1;
            assert_eq!(rows["messages_mean"], [messages], "{line}: {links}");
            assert_eq!((&rows["nodes"], &rows["runs"]), (&vec![n.to_string()], &vec!["2".to_owned()]), "{line}: {links}");
            assert_eq!(runs["messages"].len(), 2);
            assert_eq!(runs["files"], vec![rows["files"][0].clone(); 2]);
            hashes.push(rows["files"][0].clone());
            let kept = sweep(&line);
            assert!(kept.stdout().contains("1 row measured before"), "{}", kept.stdout());
        }
        assert!(hashes[0] == hashes[3] && hashes[0] != hashes[1] && hashes[1] != hashes[2], "{hashes:?}");
    }
}

#[test]
fn only_rows_of_the_file_that_changed_are_measured_again() {
    let folder = Folder::new("sweep-one-stale");
    let csv = folder.join("f.csv");
    write(&folder.join("a.edges"), "0 1\n");
    write(&folder.join("b.edges"), "0 1\n1 2\n");
    let line = format!("flooding --topology file:{}/{{g}}.edges --g a,b --seeds 3 --csv {}", folder.display(), csv.display());
    sweep(&line);
    write(&folder.join("b.edges"), "0 1\n1 2\n2 3\n");
    let ended = sweep(&line);
    assert!(ended.stderr().contains("b.edges changed since then: 1 row measured"), "{}", ended.stderr());
    assert!(ended.stdout().contains("1 row measured before"), "{}", ended.stdout());
    assert_eq!(columns(&csv)["nodes"], ["2", "4"]);
    // A file that is not asked for now keeps its rows, and they keep their hash.
    let before = columns(&csv)["files"].clone();
    write(&folder.join("b.edges"), "0 1\n1 2\n2 3\n3 4\n");
    sweep(&line.replace("a,b", "a"));
    assert_eq!(columns(&csv)["files"], before);
    sweep(&line);
    let after = columns(&csv);
    assert_eq!(after["nodes"], ["2", "5"]);
    assert!(after["files"][0] == before[0] && after["files"][1] != before[1]);
}

#[test]
fn a_graph_that_changes_while_it_is_measured_ends_the_sweep() {
    let folder = Folder::new("sweep-changing");
    let (graph, csv, runs) = (folder.join("g.edges"), folder.join("f.csv"), folder.join("r.csv"));
    let line = |seeds: u32| {
        let (csv, runs) = (csv.display(), runs.display());
        format!("flooding --topology file:{} --seeds {seeds} --csv {csv} --csv-runs {runs}", graph.display())
    };
    write(&graph, "0 1\n1 2\n");
    let ended = start(PROGRAM, &format!("sweep {}", line(5_000_000)));
    for _ in 0..60_000 {
        if runs.exists() {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    // As editors do it: the file is never half written.
    write(&folder.join("new.edges"), "0 1\n1 2\n2 0\n");
    fs::rename(folder.join("new.edges"), &graph).expect("it is there");
    let ended = ended.wait();
    assert_eq!(ended.status(), Some(1), "{}", ended.stdout());
    assert!(ended.stderr().contains("g.edges changed while it was measured"), "{}", ended.stderr());
    let of_the_first = columns(&runs)["messages"].clone();
    assert!(of_the_first.iter().all(|messages| messages == "4"), "{of_the_first:?}");
    sweep(&line(2));
    assert_eq!(columns(&runs)["messages"], ["6", "6"]);
    assert_eq!(columns(&csv)["messages_mean"], ["6"]);
}

/// The inputs of flooding travel in its messages, and larger numbers take more bytes.
#[test]
fn inputs_that_changed_are_measured_again() {
    let folder = Folder::new("sweep-inputs");
    let (inputs, csv) = (folder.join("in.txt"), folder.join("f.csv"));
    let line = format!("flooding --topology ring:4 --inputs file:{} --seeds 2 --csv {}", inputs.display(), csv.display());
    write(&inputs, "1 2 3 4\n");
    sweep(&line);
    let small = columns(&csv);
    write(&inputs, "1000000 2000000 3000000 4000000\n");
    let ended = sweep(&line);
    assert!(ended.stderr().contains("in.txt changed since then"), "{}", ended.stderr());
    let large = columns(&csv);
    assert_eq!(small["messages_mean"], large["messages_mean"]);
    let bytes = |columns: &BTreeMap<String, Vec<String>>| columns["bytes_mean"][0].parse::<f64>().expect("a number");
    assert!(bytes(&large) > bytes(&small), "{} and {}", bytes(&large), bytes(&small));
}

#[test]
fn what_can_be_read_once_only_is_refused() {
    let folder = Folder::new("sweep-pipe");
    let pipe = folder.join("g.edges");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo is there");
    assert!(made.success());
    for options in ["--topology file:PIPE", "--topology file:{p} --p PIPE", "--topology ring:3 --inputs file:PIPE"] {
        let options = options.replace("PIPE", &pipe.display().to_string());
        refused(&format!("flooding {options} --seeds 2"), &["g.edges is a pipe or a device", "copy it into a file"]);
    }
}

/// What a protocol reads by itself belongs to what is measured, too, if a text of its configuration names it.
#[test]
fn a_file_that_a_flag_names_is_measured_again_when_it_changed() {
    let folder = Folder::new("sweep-flags");
    let (file, other, csv) = (folder.join("a.txt"), folder.join("b.txt"), folder.join("f.csv"));
    let of = "reading --topology path:2 --initiators one --seeds 2";
    for (flags, sum) in [
        (format!("--file {}", file.display()), false),
        (format!("--file {{f}} --f {}", file.display()), false),
        (format!("--more {}", file.display()), false),
        (format!("--file {} --more {}", other.display(), file.display()), true),
    ] {
        let line = format!("{of} {flags} --csv {}", csv.display());
        write(&other, "line\nline\n");
        for (place, text) in ["one\n", "one\ntwo\nthree\n"].into_iter().enumerate() {
            write(&file, text);
            let ended = sweep(&line);
            assert_eq!(ended.stderr().contains("a.txt changed since then"), place == 1, "{flags}: {}", ended.stderr());
            let messages = text.lines().count() + if sum { 2 } else { 0 };
            assert_eq!(columns(&csv)["messages_mean"], [messages.to_string()], "{flags}");
        }
        assert!(sweep(&line).stdout().contains("1 row measured before"));
        // Nor is it written over.
        let before = read(&file);
        refused(
            &format!("{line} --plot {} --force", folder.join("a.svg").display()).replace("f.csv", "a.txt"),
            &["would replace"],
        );
        assert_eq!(read(&file), before);
        for file in fs::read_dir(&*folder).expect("it is there").flatten() {
            fs::remove_file(file.path()).expect("it can be removed");
        }
    }
    // Any other text names nothing.
    sweep(&format!("{of} --file no/such/file --csv {}", csv.display()));
    assert_eq!(columns(&csv)["messages_mean"], ["0"]);
}

/// Each of the tables, each time that it must go before it is written anew.
#[test]
fn a_table_behind_a_link_is_replaced_and_the_link_stays() {
    let folder = Folder::new("sweep-links");
    let (graph, csv, runs) = (folder.join("g.edges"), folder.join("f.csv"), folder.join("r.csv"));
    fs::create_dir(folder.join("far")).expect("there is room");
    let links = ["f.csv", "f.csv.runs.csv", "r.csv", "f.csv.manifest.json"];
    for name in links {
        std::os::unix::fs::symlink(format!("far/{name}"), folder.join(name)).expect("there are links");
    }
    let line =
        format!("flooding --topology file:{} --seeds 2 --csv {} --csv-runs {}", graph.display(), csv.display(), runs.display());
    let is_behind = |messages: &str| {
        for name in links {
            assert!(fs::symlink_metadata(folder.join(name)).expect("it is there").is_symlink(), "{name} is a link");
        }
        assert_eq!(columns(&folder.join("far/f.csv"))["messages_mean"], [messages]);
        assert_eq!(columns(&folder.join("far/r.csv"))["messages"], [messages; 2]);
    };
    for (links, messages) in [("0 1\n1 2\n", "4"), ("0 1\n1 2\n2 0\n", "6")] {
        write(&graph, links);
        sweep(&line);
        is_behind(messages);
    }
    // Of other conditions, and without its runs.
    sweep(&format!("{line} --ids shuffled --force"));
    is_behind("6");
    fs::remove_file(folder.join("far/f.csv.runs.csv")).expect("it is there");
    fs::remove_file(folder.join("far/r.csv")).expect("it is there");
    sweep(&format!("{line} --ids shuffled"));
    is_behind("6");
}

#[test]
fn all_places_go_into_one_file() {
    let folder = Folder::new("sweep-places");
    let name = |name: &str| folder.join(name).display().to_string();
    for (option, file) in [("csv", "f{n}.csv"), ("csv-runs", "{n}.csv"), ("plot", "a{n}b.svg")] {
        let file = name(file);
        refused(
            &format!("flooding --topology ring:{{n}} --n 3,4 --seeds 2 --{option} {file}"),
            &[option, &file, "no variable"],
        );
    }
    assert_eq!(fs::read_dir(&*folder).expect("it is there").count(), 0);
}

#[test]
fn a_variable_cannot_be_called_like_a_column() {
    let folder = Folder::new("sweep-columns");
    let (csv, runs, graph) = (folder.join("f.csv"), folder.join("r.csv"), folder.join("g.edges"));
    write(&graph, "0 1\n1 2\n");
    let output = format!("--seeds 2 --csv {} --csv-runs {}", csv.display(), runs.display());
    sweep(&format!("flooding --topology {{g}} --g file:{} {output}", graph.display()));
    let mut names = columns(&csv).into_keys().chain(columns(&runs).into_keys()).filter(|name| name != "g").collect::<Vec<_>>();
    assert!(names.len() > 40, "{names:?}");
    names.extend(["messages_Anything".to_owned(), "topology".to_owned(), "help".to_owned()]);
    for name in names {
        refused(&format!("shout --topology ring:{{{name}}} --{name} 5..7 {output}"), &[&format!("`{{my_{name}}}`")]);
    }
}

#[test]
fn every_run_has_a_row_and_the_rows_of_the_other_table_follow_from_them() {
    let folder = Folder::new("sweep-runs");
    let (csv, runs) = (folder.join("f.csv"), folder.join("r.csv"));
    let line = "all_the_way stages --topology ring:{n} --n 5,9 --ids shuffled --seed 41 --seeds 4";
    sweep(&format!("{line} --csv {} --csv-runs {}", csv.display(), runs.display()));
    let (rows, runs_of) = (columns(&csv), columns(&runs));
    let seeds = ["41", "42", "43", "44"];
    assert_eq!(runs_of["seed"], seeds.repeat(4));
    assert_eq!(runs_of["protocol"], [["all_the_way"; 8], ["stages"; 8]].concat());
    assert_eq!(runs_of["n"], [["5"; 4], ["9"; 4]].concat().repeat(2));
    assert_eq!(runs_of["outcome"], ["terminated"; 16]);
    assert_eq!(runs_of["messages"][..8], [["25"; 4], ["81"; 4]].concat());
    for cost in ["messages", "bytes", "time", "causal"] {
        let values = runs_of[cost].iter().map(|cell| cell.parse::<f64>().expect("a number")).collect::<Vec<_>>();
        for (row, values) in values.chunks(4).enumerate() {
            let mut sorted = values.to_vec();
            sorted.sort_by(f64::total_cmp);
            let right = [values.iter().sum::<f64>() / 4.0, sorted[0], (sorted[1] + sorted[2]) / 2.0, sorted[3]];
            let parts = ["mean", "min", "median", "max"].map(|part| rows[&format!("{cost}_{part}")][row].parse::<f64>());
            assert_eq!(parts, right.map(Ok), "{cost} in row {row}");
        }
    }
    // What a row says is what the same seed gives by itself.
    let one =
        start(PROGRAM, "simulate stages --topology ring:9 --ids shuffled --initiators all --seed 43 --json").wait().json();
    assert_eq!(runs_of["messages"][14], one["messages"]["total"].to_string());
    assert_eq!(runs_of["bytes"][14], one["messages"]["bytes"].to_string());

    let alone = folder.join("alone.csv");
    sweep(&format!("{line} --csv-runs {}", alone.display()));
    assert_eq!(read(&alone), read(&runs));
}

#[test]
fn a_run_that_failed_has_a_row_and_is_told_each_time() {
    let folder = Folder::new("sweep-failed");
    let (csv, runs) = (folder.join("f.csv"), folder.join("r.csv"));
    let line = "lamport --topology complete:{n} --n 4,5 --links reliable --delay exponential:5ms --seeds 10";
    let line = format!("{line} --csv {} --csv-runs {}", csv.display(), runs.display());
    let first = try_sweep(&line);
    let tables = [read(&csv), read(&runs)];
    let again = try_sweep(&line);
    assert_eq!((first.status(), again.status()), (Some(1), Some(1)));
    assert_eq!([read(&csv), read(&runs)], tables);
    for ended in [&first, &again] {
        assert!(ended.stdout().contains("violated seed "), "{}", ended.stdout());
    }
    let failed = columns(&runs)["outcome"].iter().filter(|outcome| *outcome == "violated").count();
    let counted = columns(&csv)["failed"].iter().map(|count| count.parse::<usize>().expect("a number")).sum::<usize>();
    assert!(failed > 0 && failed == counted, "{failed} and {counted}");
}

#[test]
fn more_seeds_keep_the_runs_that_were_made() {
    let folder = Folder::new("sweep-seeds");
    let line = |seeds: u32, name: &str| {
        let base = folder.join(name).display().to_string();
        let of = "shout stages --topology ring:{n} --n 5..20:5 --ids shuffled --initiators one";
        format!("{of} --seeds {seeds} --csv {base}.csv --csv-runs {base}-runs.csv")
    };
    let tables = |name: &str| {
        ["csv", "csv.runs.csv", "-runs.csv"].map(|end| {
            let dot = if end.starts_with('-') { "" } else { "." };
            read(&folder.join(format!("{name}{dot}{end}")))
        })
    };
    sweep(&line(6, "right"));
    sweep(&line(3, "few"));
    let few = tables("few");
    sweep(&line(3, "more"));
    let more = sweep(&line(6, "more"));
    assert!(more.stdout().contains("24 runs measured before"), "{}", more.stdout());
    assert_eq!(tables("more"), tables("right"));
    // Fewer seeds again: the rows are those of fewer seeds, and no run is lost.
    let fewer = sweep(&line(3, "more"));
    assert!(fewer.stdout().contains("8 rows measured before"), "{}", fewer.stdout());
    assert_eq!(tables("more")[0], few[0]);
    assert_eq!(tables("more")[1..], tables("right")[1..]);
    assert!(sweep(&line(6, "more")).stdout().contains("8 rows measured before"));
    assert_eq!(tables("more"), tables("right"));
}

#[test]
fn what_precision_and_measure_ask_for_is_made_of_the_runs_that_are_there() {
    let folder = Folder::new("sweep-precision");
    let line = |name: &str, more: &str| {
        format!("as_far --topology ring:{{n}} --n 5..15:5 --ids shuffled {more} --csv {}", folder.join(name).display())
    };
    let exact = "--seeds 5 --precision 5% --measure time";
    sweep(&line("right", exact));
    for before in ["--seeds 5", "--seeds 9", "--seeds 5 --precision 20%", "--seeds 5 --precision 5%"] {
        let name = before.replace([' ', '-', '%'], "");
        sweep(&line(&name, before));
        sweep(&line(&name, exact));
        assert_eq!(read(&folder.join(&name)), read(&folder.join("right")), "{before}");
    }
}

#[test]
fn either_table_goes_on_from_the_other() {
    let folder = Folder::new("sweep-tables");
    let (csv, runs) = (folder.join("f.csv"), folder.join("r.csv"));
    let line = "stages --topology ring:{n} --n 5..15:5 --ids shuffled --seeds 3";
    let (rows, each) = (format!("--csv {}", csv.display()), format!("--csv-runs {}", runs.display()));
    sweep(&format!("{line} {rows}"));
    let kept = |options: &str| {
        let ended = sweep(&format!("{line} {options}"));
        assert!(ended.stdout().contains("3 rows measured before"), "{options}: {}", ended.stdout());
    };
    kept(&format!("{rows} {each}"));
    kept(&each);
    fs::remove_file(&csv).expect("it is there");
    kept(&rows);
    fs::remove_file(folder.join("f.csv.runs.csv")).expect("it is there");
    kept(&format!("{rows} {each}"));
    assert_eq!(read(&runs), read(&folder.join("f.csv.runs.csv")));
    // Without any runs, nothing of a row is believed.
    fs::remove_file(folder.join("f.csv.runs.csv")).expect("it is there");
    let ended = sweep(&format!("{line} {rows}"));
    assert!(ended.stderr().contains("everything is measured again"), "{}", ended.stderr());
    assert_eq!(read(&runs), read(&folder.join("f.csv.runs.csv")));
}

#[test]
fn tables_that_were_edited_are_refused() {
    let folder = Folder::new("sweep-edited");
    let (csv, runs) = (folder.join("f.csv"), folder.join("r.csv"));
    let line = format!(
        "stages --topology ring:{{n}} --n 5,6 --ids shuffled --seeds 2 --csv {} --csv-runs {}",
        csv.display(),
        runs.display()
    );
    sweep(&line);
    let hidden = folder.join("f.csv.runs.csv");
    for table in [&csv, &runs, &hidden] {
        let right = read(table);
        let records = right.lines().map(|line| line.split(',').collect::<Vec<_>>()).collect::<Vec<_>>();
        for edited in ["NaN", "nonsense", "-1", "inf"] {
            // In each row one column, another one each time; those before the third name the row.
            for row in 1..records.len() {
                let mut records = records.clone();
                let column = 2 + (row * 7 + edited.len()) % (records[0].len() - 2);
                records[row][column] = edited;
                let lines = records.iter().map(|fields| fields.join(",") + "\n").collect::<String>();
                write(table, &lines);
                refused(&line, &[&format!("{}:{}: ", table.display(), row + 1), &format!("`{edited}`"), records[0][column]]);
                assert_eq!(read(table), lines, "what is refused stays as it is");
            }
        }
        write(table, &right);
    }
    let right = read(&csv);
    write(&csv, &right.replacen("stages,5,2,0,5,5,", "stages,5,2,0,5,6,", 1));
    refused(&line, &["`6` in column edges does not follow from its runs, which make it `5`"]);
    write(&csv, &right);
    // A line that was taken out of the runs is made again.
    let rest = read(&runs).lines().take(3).map(|line| format!("{line}\n")).collect::<String>();
    let right = read(&runs);
    write(&runs, &rest);
    write(&hidden, &rest);
    fs::remove_file(&csv).expect("it is there");
    assert!(sweep(&line).stdout().contains("1 row measured before"));
    assert_eq!(read(&runs), right);
}

#[test]
fn files_of_others_and_of_other_conditions_stay_as_they_are() {
    let folder = Folder::new("sweep-others");
    let file = folder.join("t.csv");
    let sweep_to =
        |option: &str, more: &str| format!("stages --topology ring:{{n}} --n 5,6 --seeds 2 {more} {option} {}", file.display());
    for option in ["--csv", "--csv-runs"] {
        write(&file, "a,b\n1,2\n");
        refused(&sweep_to(option, ""), &[option, "is not a CSV file of `sweep`", "--force"]);
        assert_eq!(read(&file), "a,b\n1,2\n");
        fs::remove_file(&file).expect("it is there");
        sweep(&sweep_to(option, ""));
        let right = read(&file);
        for other in [
            "--seed 2",
            "--ids shuffled",
            "--no-properties",
            "--delay exponential:5ms",
            "--bandwidth 1Mbit/s",
            "--uplink 1Mbit/s",
            "--engine processes",
        ] {
            refused(&sweep_to(option, other), &[option, "other conditions"]);
            assert_eq!(read(&file), right);
        }
        // What is usual may be said or left out.
        let ended = sweep(&sweep_to(option, "--seed 1 --engine simulator --threads 1 --precision 50%"));
        assert!(ended.stdout().contains("2 rows measured before"), "{}", ended.stdout());
        for file in fs::read_dir(&*folder).expect("it is there").flatten() {
            fs::remove_file(file.path()).expect("it can be removed");
        }
    }
    refused(&format!("{} --csv {}", sweep_to("--csv-runs", ""), file.display()), &["name another"]);
}

#[test]
fn more_runs_than_a_sweep_makes_are_refused_at_once() {
    for (line, told) in [
        ("--n 3..5 --seeds 18446744073709551615", "`--seeds 3333333` or less"),
        ("--n 3..5 --seeds 1000000000", "`--seeds 3333333` or less"),
        ("--n 3..902 --seeds 100000", "`--seeds 11111` or less"),
        ("--n 3..5 --seeds 3333334", "`--seeds 3333333` or less"),
        ("--n 3..5 --seeds 99999999999999999999", "`--seeds 20`"),
    ] {
        refused(&format!("shout --topology ring:{{n}} {line}"), &["--seeds", told]);
    }
    sweep("shout --topology ring:{n} --n 3..5 --seeds 2 --threads 18446744073709551615");
}

/// How many sweeps are killed; `KILLED_SWEEPS=100 cargo test --release -p nodes-tests --test simulated killed_sweeps` is the long form.
fn patience() -> u64 {
    std::env::var("KILLED_SWEEPS").map_or(4, |count| count.parse().expect("KILLED_SWEEPS is a number"))
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how long a sweep takes says when to kill it")]
fn killed_sweeps_that_go_on_write_what_undisturbed_ones_do() {
    const LINE: &str = "as_far stages --topology ring:{n} --n 5..45:5 --ids shuffled --precision 9%";
    let folder = Folder::new("sweep-killed");
    let options = |name: &str, seeds: u64| {
        let base = folder.join(name).display().to_string();
        format!("sweep {LINE} --seeds {seeds} --csv {base}/f.csv --csv-runs {base}/r.csv")
    };
    let tables = |name: &str| {
        let of = fs::read_dir(folder.join(name)).expect("it is there").flatten().map(|file| file.path());
        let tables = of.filter(|file| !file.to_string_lossy().ends_with(".manifest.json"));
        let tables = tables.map(|file| (file.file_name().expect("a name").to_owned(), read(&file)));
        tables.collect::<BTreeMap<_, _>>()
    };
    fs::create_dir(folder.join("right")).expect("there is room");
    let started = Instant::now();
    assert_eq!(start(PROGRAM, &options("right", 40)).wait().status(), Some(0));
    let long = started.elapsed().as_micros() as u64;
    let right = tables("right");
    assert_eq!(right.keys().collect::<Vec<_>>(), ["f.csv", "f.csv.runs.csv", "r.csv"]);

    for_seeds(patience(), |seed| {
        let mut random = Random::stream(seed, "killer", 0);
        let name = format!("killed-{seed}");
        fs::create_dir(folder.join(&name)).expect("there is room");
        // First with fewer seeds, which may or may not come to its end.
        for seeds in [random.range(2..40), 40] {
            for _ in 0..random.range(1..=4) {
                let sweep = start(PROGRAM, &options(&name, seeds));
                std::thread::sleep(Duration::from_micros(random.range(long / 4..long + long / 4)));
                sweep.signal("KILL");
                sweep.wait();
            }
        }
        let ended = start(PROGRAM, &options(&name, 40)).wait();
        assert_eq!((ended.status(), ended.stderr()), (Some(0), String::new()));
        assert!(tables(&name) == right, "the tables of seed {seed} are others");
    });
}
