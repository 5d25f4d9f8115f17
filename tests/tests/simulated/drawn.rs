//! Inputs of any type can be drawn, and what cannot be is refused with what to write instead.

use std::collections::BTreeSet;

use nodes::prelude::*;
use nodes::protocol::AnyProtocol;
use nodes::run::{AnyRun, InputChoice, Run};
use nodes::testing::Trial;
use nodes::{Input, Protocol};
use nodes_tests::started::start;
use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

/// A vote, with `#[data]` alone.
#[data]
enum Vote {
    Yes,
    No,
    Abstain,
}

impl Input for Vote {
    const EXPECTED: &'static str = "a vote";

    fn by_index(_: usize) -> Self {
        Vote::Abstain
    }

    fn parse(text: &str) -> Option<Self> {
        Vote::values().into_iter().find(|vote| format!("{vote:?}").eq_ignore_ascii_case(text))
    }
}

/// A type of one's own without few values.
#[data]
struct Point {
    x: u8,
    y: u8,
}

impl Input for Point {
    const EXPECTED: &'static str = "a point such as 3:4";

    fn by_index(index: usize) -> Self {
        Point { x: index as u8, y: 0 }
    }

    fn parse(text: &str) -> Option<Self> {
        let (x, y) = text.split_once(':')?;
        Some(Point { x: x.parse().ok()?, y: y.parse().ok()? })
    }

    fn text(&self) -> Option<String> {
        Some(format!("{}:{}", self.x, self.y))
    }
}

/// A type with ranges of its own.
#[data]
struct Even(u32);

impl Input for Even {
    const EXPECTED: &'static str = "an even number";

    fn by_index(index: usize) -> Self {
        Even(2 * index as u32)
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok().filter(|number| number % 2 == 0).map(Even)
    }

    fn random(low: &Self, high: &Self, random: &mut nodes::protocol::Random) -> Option<Self> {
        (low.0 < high.0).then(|| Even(2 * random.range(low.0 / 2..high.0 / 2)))
    }
}

macro_rules! keepers {
    ($($name:ident: $input:ty),*) => {
        $(mod $name {
            use super::*;

            /// Keeps its input.
            #[protocol(initiators = All, input = $input)]
            #[derive(Default)]
            pub(super) struct Keeper {
                pub(super) input: String,
            }

            #[protocol]
            impl Keeper {
                #[on(Spontaneously)]
                fn keep(&mut self, net: &mut Net<Self>) {
                    self.input = format!("{:?}", net.input());
                }
            }
        })*
    };
}
keepers!(of_bool: bool, of_u8: u8, of_i64: i64, of_f32: f32, of_f64: f64, of_text: String, of_vote: Vote, of_point: Point, of_even: Even);

fn run<P: Protocol>(inputs: &str) -> AnyRun {
    let choice = inputs.parse::<InputChoice>().expect("it can be read");
    AnyRun::of(&AnyProtocol::of::<P>()).topology("ring:40").inputs(choice).seed(5)
}

/// What the nodes were given.
fn drawn<P: Protocol>(inputs: &str) -> Vec<String> {
    let finished = run::<P>(inputs).by(nodes::simulator::Simulation::new()).expect("it runs");
    let inputs = finished.document.nodes_final.iter().map(|node| node.fields["input"].as_str().map(str::to_owned));
    inputs.collect::<Option<_>>().expect("each has kept its own")
}

fn all<P: Protocol>(inputs: &str) -> Vec<String> {
    drawn::<P>(inputs).into_iter().collect::<BTreeSet<_>>().into_iter().collect()
}

fn refused<P: Protocol>(inputs: &str) -> String {
    run::<P>(inputs).prepare().map(|_| ()).expect_err("it is refused").to_string()
}

#[test]
fn a_type_with_few_values_is_drawn_by_one_word() {
    assert_eq!(all::<of_bool::Keeper>("random"), ["false", "true"]);
    assert_eq!(all::<of_vote::Keeper>("random"), ["Abstain", "No", "Yes"]);
}

#[test]
fn numbers_are_drawn_from_ranges() {
    assert_eq!(all::<of_u8::Keeper>("random:253..255"), ["253", "254"]);
    assert_eq!(all::<of_i64::Keeper>("random:-1..1"), ["-1", "0"]);
    assert_eq!(all::<of_even::Keeper>("random:2..8"), ["Even(2)", "Even(4)", "Even(6)"]);
    for number in drawn::<of_f64::Keeper>("random:-0.5..0.5").iter().chain(&drawn::<of_f32::Keeper>("random:-0.5..0.5")) {
        assert!((-0.5..0.5).contains(&number.parse::<f64>().expect("it is a number")), "{number}");
    }
}

#[test]
fn every_type_is_drawn_from_a_list() {
    assert_eq!(all::<of_bool::Keeper>("random:true,true"), ["true"]);
    assert_eq!(all::<of_u8::Keeper>("random:3,1,41"), ["1", "3", "41"]);
    assert_eq!(all::<of_f64::Keeper>("random:0.5,2"), ["0.5", "2.0"]);
    assert_eq!(all::<of_text::Keeper>("random:red, 1..2"), ["\"1..2\"", "\"red\""]);
    assert_eq!(all::<of_vote::Keeper>("random:yes,no"), ["No", "Yes"]);
    assert_eq!(all::<of_point::Keeper>("random:1:2,3:4"), ["Point { x: 1, y: 2 }", "Point { x: 3, y: 4 }"]);
}

#[test]
fn what_is_drawn_follows_from_the_seed() {
    fn same<P: Protocol>(inputs: &str) {
        assert_eq!(drawn::<P>(inputs), drawn::<P>(inputs));
        let finished = run::<P>(inputs).by(nodes::simulator::Simulation::new()).expect("it runs");
        assert_eq!(finished.document.options["inputs"], inputs);
        assert!(finished.document.replay.is_some_and(|line| line.contains(&format!("--inputs {inputs} --seed 5"))));
    }
    same::<of_bool::Keeper>("random");
    same::<of_text::Keeper>("random:a,b,c");
    same::<of_vote::Keeper>("random");
    // These are pinned: a line that replays a run has to draw the same for ever.
    assert_eq!(drawn::<of_u8::Keeper>("random:0..100")[..5], ["49", "77", "25", "47", "65"]);
    assert_eq!(drawn::<of_bool::Keeper>("random")[..5], ["false", "true", "false", "false", "true"]);
}

#[test]
fn what_cannot_be_drawn_is_refused_with_what_to_write() {
    let bools = "each node takes `true` or `false`; write `random`";
    assert_eq!(
        refused::<of_bool::Keeper>("random:0..1"),
        format!("--inputs: nothing can be drawn from `random:0..1`: {bools}")
    );
    assert_eq!(refused::<of_bool::Keeper>("random:0..100"), "--inputs: `100` is not `true` or `false`; write `random`");
    let cases: [(String, &[&str]); 9] = [
        (refused::<of_vote::Keeper>("random:yes..no"), &["`random:yes..no`", "a vote", "write `random`"]),
        (refused::<of_vote::Keeper>("random:yes,maybe"), &["`maybe` is not a vote", "write `random`"]),
        (refused::<of_point::Keeper>("random"), &["`random`", "a point such as 3:4", "write `random:0:0,1:0`"]),
        (refused::<of_point::Keeper>("random:1:2..3:4"), &["`random:1:2..3:4`", "write `random:0:0,1:0`"]),
        (refused::<of_text::Keeper>("random:a..z"), &["`random:a..z`", "a text", "write `random:0,1`"]),
        (refused::<of_u8::Keeper>("random"), &["from `random`", "a number (u8)", "write `random:0..100`"]),
        (refused::<of_u8::Keeper>("random:0..256"), &["`256` is not a number (u8)", "write `random:0..100`"]),
        (refused::<of_f64::Keeper>("random:0..inf"), &["`random:0..inf`", "a number (f64)", "write `random:0..100`"]),
        (refused::<of_even::Keeper>("random:8..2"), &["`random:8..2`", "an even number", "write `random:0..100`"]),
    ];
    for (told, parts) in cases {
        assert!(told.starts_with("--inputs: ") && parts.iter().all(|part| told.contains(part)), "{told}");
    }
}

/// Whether the drawn ones fit is not a matter of the seed.
#[test]
fn a_value_that_is_not_drawn_is_read_all_the_same() {
    for seed in 0..50 {
        let run = run::<of_u8::Keeper>("random:1,2,3,x").topology("ring:1").seed(seed);
        assert!(run.prepare().is_err(), "seed {seed}");
    }
}

#[test]
fn a_trial_draws_for_each_seed_and_refuses_with_a_sentence() {
    let of =
        |inputs: InputChoice| Trial::<of_vote::Keeper>::on(["ring:5"]).with(move |run| run.inputs(inputs.clone())).seeds(5);
    assert!(of(InputChoice::AnyValue).failure().expect("it can be run").is_none());
    assert!(of(InputChoice::OneOf(vec!["yes".into(), "no".into()])).failure().expect("it can be run").is_none());
    let refused = |inputs| of(inputs).failure().map(|_| ()).expect_err("it is refused").to_string();
    let range = InputChoice::Random { low: "0".into(), high: "3".into() };
    assert_eq!(refused(range), "--inputs: `0` is not a vote; write `random`");
    let nothing = refused(InputChoice::OneOf(Vec::new()));
    assert!(nothing.contains("nothing can be drawn") && nothing.contains("write `random`"), "{nothing}");
}

#[test]
fn values_of_the_type_are_given_as_they_are() {
    let finished =
        Run::<of_vote::Keeper>::on("path:3").inputs([Vote::Yes, Vote::No, Vote::Yes]).seed(1).simulate().expect("it runs");
    let world = finished.world.expect("all nodes are known");
    assert_eq!(world.nodes().map(|node| node.input.clone()).collect::<Vec<_>>(), ["Yes", "No", "Yes"]);
    // From whatever gives them.
    for run in [
        Run::<of_u8::Keeper>::on("path:3").inputs(vec![3, 4, 5]),
        Run::<of_u8::Keeper>::on("path:3").inputs(3..=5),
        Run::<of_u8::Keeper>::on("path:3").inputs((1..=3).map(|number| number + 2)),
        Run::<of_u8::Keeper>::on("path:3").inputs(InputChoice::Given(["3", "4", "5"].map(str::to_owned).into())),
    ] {
        let document = run.seed(1).simulate().expect("it runs").document;
        assert_eq!(document.replay.as_deref(), Some("simulate keeper --topology path:3 --inputs 3,4,5 --seed 1"));
    }
    let few = Run::<of_bool::Keeper>::on("path:3").inputs([true]).prepare().map(|_| ()).expect_err("there are too few");
    assert_eq!(few.to_string(), "--inputs: 1 values for 3 nodes; give each node one, or write `random`");
}

/// The catalogue's numbers, and a protocol whose inputs are known to serde alone.
#[test]
fn the_command_line_has_all_of_it() {
    let run = |line: &str| start(PROGRAM, &format!("simulate {line} --seed 2 --json")).wait();
    let looking = run("looking --topology path:9 --inputs random");
    assert_eq!(looking.json()["outcome"], "violated", "one of nine is green: {}", looking.stderr());
    let numbers = run("flooding --topology path:9 --inputs random:7,8").json();
    assert_eq!(numbers["options"]["inputs"], "random:7,8");
    let line = numbers["replay"].as_str().expect("it can be replayed");
    let nodes = |document: &Value| document["nodes_final"].clone();
    assert_eq!(nodes(&start(PROGRAM, &format!("{line} --json")).wait().json()), nodes(&numbers));
    let refused = run("flooding --topology path:9 --inputs random");
    assert_eq!(refused.status(), Some(2));
    assert!(refused.stderr().contains("write `random:0..100`"), "{}", refused.stderr());
}
