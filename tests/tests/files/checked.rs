//! Checks of many instances that are killed at random moments, and go on: what they find in the end is what an undisturbed one finds.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use nodes::protocol::Random;
use serde_json::Value;

use super::{command, ends, folder, kill, run, stderr};

const LINE: &str = "check flooding --every-graph 2..4 --initiators every";

/// The document, without how long it took.
fn document(folder: &Path, line: &str) -> Value {
    let ended = run(folder, &format!("{line} --json"));
    assert!(ended.status.success(), "{}", stderr(&ended));
    let mut document = serde_json::from_slice::<Value>(&ended.stdout).expect("it is JSON");
    document["time"] = Value::Null;
    document["classes"].as_array_mut().expect("there are classes").iter_mut().for_each(|class| class["time_s"] = Value::Null);
    document
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how long a check takes says when to kill it")]
fn a_check_that_is_killed_goes_on_and_finds_the_same() {
    let folder = folder("checked-killed");
    let started = Instant::now();
    let right = document(&folder, &format!("{LINE} --csv right.csv --threads 1"));
    let whole = started.elapsed();
    assert_eq!((&right["outcome"], &right["instances"]), (&"holds".into(), &601.into()));
    let table = fs::read_to_string(folder.join("right.csv")).expect("it was written");
    assert!(table.lines().any(|line| line.starts_with("flooding,4,6,1,15,")), "{table}");
    // What was done in an earlier check is not done again.
    let again = run(&folder, &format!("{LINE} --csv right.csv"));
    assert!(stderr(&again).contains("601 instances on 43 graphs; 601 were checked before"), "{}", stderr(&again));

    let (mut kills, mut resumed) = (0, 0);
    for seed in 0..4 {
        let mut random = Random::stream(seed, "killer", 0);
        let line = format!("{LINE} --csv killed-{seed}.csv --threads {}", 1 + seed % 2);
        for _ in 0..3 {
            let child = command(&folder, &line).spawn().expect("the program starts");
            std::thread::sleep(Duration::from_micros(random.below(whole.as_micros() as u64)));
            kill(child);
            kills += 1;
        }
        let ended = run(&folder, &line);
        resumed += u64::from(stderr(&ended).contains("were checked before"));
        assert_eq!(document(&folder, &line), right, "seed {seed}");
        assert_eq!(fs::read_to_string(folder.join(format!("killed-{seed}.csv"))).expect("it was written"), table);
    }
    assert!(resumed > 0, "none of {kills} kills left anything");
}

#[test]
fn a_table_of_other_conditions_is_not_replaced() {
    let folder = folder("checked-others");
    ends(&folder, "check flooding --every-graph 3 --csv c.csv", 0, "4 instances on 4 graphs");
    ends(&folder, "check flooding --every-graph 4 --csv c.csv", 2, "of other conditions (`check flooding --every-graph 3 ");
    ends(&folder, "check shout --every-graph 3 --csv c.csv", 2, "of other conditions");
    ends(&folder, "sweep flooding --topology ring:{n} --n 3,4 --seeds 2 --csv c.csv", 2, "other conditions");
    ends(&folder, "check flooding --every-graph 3 --csv note.txt", 2, "is not a CSV file of `sweep` or `check`");
    // The number of threads is no condition.
    ends(&folder, "check flooding --every-graph 3 --csv c.csv --threads 1", 0, "4 were checked before");
    ends(&folder, "check flooding --every-graph 4 --csv c.csv --force", 0, "38 instances on 38 graphs");
    // A graph in a file that changed is another one.
    ends(&folder, "check flooding --topology file:g.edges --initiators every --csv g.csv", 0, "7 instances on 1 graph");
    fs::write(folder.join("g.edges"), "0 1\n1 2\n0 2\n").expect("there is room for temporary files");
    ends(&folder, "check flooding --topology file:g.edges --initiators every --csv g.csv", 2, "of other conditions");
}

/// What stands for an instance makes the same run elsewhere.
#[test]
fn an_instance_stands_on_a_command_line() {
    let folder = folder("checked-instance");
    let instance = "dft --topology links:0-1,0-2,1-2 --ids 2,0,1 --ports 1,0/0,1/1,0 --initiators 1 --seed 1";
    let checked = run(&folder, &format!("check {instance} --schedule-out s.schedule --json"));
    let checked = serde_json::from_slice::<Value>(&checked.stdout).expect("it is JSON");
    assert_eq!((&checked["outcome"], &checked["replay"]), (&"holds".into(), &format!("check {instance}").into()));
    let replayed = run(&folder, "simulate --schedule s.schedule --json");
    let replayed = serde_json::from_slice::<Value>(&replayed.stdout).expect("it is JSON");
    assert_eq!(
        (&replayed["outcome"], &replayed["messages"]["total"]),
        (&"terminated".into(), &checked["messages"]["greatest"])
    );
    assert_eq!(replayed["options"]["ports"], serde_json::json!([[1, 0], [0, 1], [1, 0]]));
    // Of many, that with the most messages is shown.
    ends(&folder, "check flooding --every-graph 3 --initiators every --wake any --schedule-out f.schedule", 0, "28 instances");
    let replayed = run(&folder, "simulate --schedule f.schedule --json");
    let replayed = serde_json::from_slice::<Value>(&replayed.stdout).expect("it is JSON");
    assert_eq!((&replayed["edges"], &replayed["messages"]["total"]), (&3.into(), &6.into()));
}

/// The first instance that goes wrong ends it with status 1, and is named.
#[test]
fn what_goes_wrong_is_told_with_its_instance() {
    let folder = folder("checked-wrong");
    let line = "check lamport --every-graph 1..3 --ids all --links reliable";
    let ended = run(&folder, line);
    assert_eq!(ended.status.code(), Some(1));
    assert!(stderr(&ended).contains("9 instances on 3 of 6 graphs: the others are not of the protocol's class, Complete"));
    let said = String::from_utf8_lossy(&ended.stdout).into_owned();
    assert!(said.contains("on --topology links:0-1 --ids 0,1 --links reliable --seed 1"), "{said}");
    // It is told again by the command that goes on, and no further instance is looked at.
    for _ in 0..2 {
        ends(&folder, &format!("{line} --csv c.csv"), 1, "9 instances");
        assert_eq!(fs::read_to_string(folder.join("c.csv")).expect("it was written").lines().count(), 3);
    }
}
