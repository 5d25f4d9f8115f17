//! Inputs that a program gives as values: where they have no text, no command line makes the run again.

use nodes::Input;
use nodes::campaign::Campaign;
use nodes::prelude::*;
use nodes::run::Run;
use nodes::testing::Trial;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Colour {
    Red,
    Green,
}

impl Input for Colour {
    const EXPECTED: &'static str = "a colour";

    fn by_index(_: usize) -> Self {
        Colour::Red
    }

    fn parse(_: &str) -> Option<Self> {
        None
    }
}

#[states]
enum State {
    #[default]
    Waiting,
    #[terminal]
    Done,
}

/// Each node looks at its input.
#[protocol(initiators = All, input = Colour)]
#[derive(Default)]
struct Looking {
    state: State,
    green: bool,
}

#[protocol]
impl Looking {
    #[on(Spontaneously in Waiting)]
    fn look(&mut self, net: &mut Net<Self>) {
        self.green = *net.input() == Colour::Green;
        self.state = State::Done;
    }

    #[finally]
    fn none_is_green(world: &World<Self>) -> bool {
        world.nodes().all(|node| !node.green)
    }
}

/// What is to be written in a program.
const AGAIN: &str = "from a program, with the same inputs and `.seed(3)`";

#[test]
fn what_has_no_text_is_repeated_from_a_program() {
    let run = Run::<Looking>::on("path:2").seed(3).input_values(vec![Colour::Red, Colour::Green]);
    let document = run.simulate().expect("it runs").document;
    assert_eq!((document.violated(), document.replay.as_ref()), (Some("none_is_green"), None));
    assert_eq!(document.options["inputs"], "given");

    let findings = run.campaign(Campaign::of(3)).expect("it runs");
    assert_eq!((findings.replay.as_ref(), findings.failures.len()), (None, 3));
    let told = findings.failures[0].to_string();
    assert!(told.contains(&format!("again: {AGAIN}")), "{told}");
}

#[test]
fn a_trial_tells_so_too() {
    let trial = Trial::<Looking>::on(["path:2"]).with(|run| run.input_values(vec![Colour::Red, Colour::Green])).first_seed(3);
    let panicked = std::panic::catch_unwind(|| trial.must_hold()).expect_err("it does not hold");
    let text = panicked.downcast_ref::<String>().expect("a text");
    assert!(text.contains(&format!("as it was found: {AGAIN}")), "{text}");
    assert!(text.contains("replay it from a program, with the same inputs: read "), "{text}");
}

#[test]
fn what_has_a_text_is_repeated_by_a_line() {
    let run = Run::<catalogue::Flooding>::on("path:2").seed(3).input_values(vec![7, 8]);
    let document = run.simulate().expect("it runs").document;
    assert_eq!(document.replay.as_deref(), Some("simulate flooding --topology path:2 --inputs 7,8 --seed 3"));
    assert_eq!(document.options["inputs"], serde_json::json!(["7", "8"]));
}
