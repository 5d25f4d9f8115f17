//! Inputs that a program gives as values: where they have no text, no command line makes the run again, and everything that tells how
//! to repeat a run says so.

use nodes::Input;
use nodes::campaign::Campaign;
use nodes::network::Schedule;
use nodes::process::{Launcher, Processes};
use nodes::protocol::{AnyInputs, AnyProtocol};
use nodes::run::{AnyRun, EngineKind, InputChoice, Run};
use nodes::simulator::Simulation;
use nodes::testing::Trial;
use nodes::trace::{Detail, Header, TimeKind, Trace};
use nodes_tests::folder::Folder;
use nodes_tests::looking::Colour::{Green, Red};
use nodes_tests::looking::{Colour, Looking};
use nodes_tests::started::start;
use serde::{Deserialize, Serialize};
use serde_json::json;

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

/// What is to be written in a program.
const AGAIN: &str = "from a program, with the same inputs and `.seed(3)`: they have no text for a command line";

fn run(colours: &[Colour]) -> Run<Looking> {
    Run::<Looking>::on("path:2").seed(3).inputs(colours.to_vec())
}

/// The only thing to know of such a run.
fn notice() -> String {
    format!("this run can be made again {AGAIN}")
}

#[test]
fn what_has_no_text_is_repeated_from_a_program() {
    for (colours, violated) in [([Red, Green], Some("none_is_green")), ([Red, Red], None)] {
        let finished = run(&colours).simulate().expect("it runs");
        let document = &finished.document;
        assert_eq!((document.violated(), &document.replay), (violated, &None));
        assert_eq!((&document.options["inputs"], finished.notices), (&json!("given"), vec![notice()]));
        let as_json = serde_json::to_value(document).expect("it has JSON");
        assert!(as_json["replay"].is_null() && as_json["options"]["inputs"] == "given");
    }
}

#[test]
fn so_are_many_runs_and_each_that_fails() {
    let findings = run(&[Red, Green]).campaign(Campaign::of(3)).expect("it runs");
    assert_eq!((&findings.replay, findings.failures.len(), &findings.options["inputs"]), (&None, 3, &json!("given")));
    for (failure, seed) in findings.failures.iter().zip(3..) {
        assert_eq!((failure.seed, &failure.replay), (seed, &None));
        let told = failure.to_string();
        assert!(told.ends_with(&format!("again: {}", AGAIN.replace("seed(3)", &format!("seed({seed})")))), "{told}");
    }
    assert!(serde_json::to_value(&findings).expect("it has JSON")["violations"][0]["replay"].is_null());
}

#[test]
fn a_trace_says_so_too() {
    let recorded = run(&[Red, Green]).simulate_recorded(Simulation::new(), Vec::new(), Detail::Full).expect("it runs");
    let file = recorded.1.expect("memory takes all");
    let trace = Trace::read(&file[..]).expect("it was written right");
    assert_eq!((&trace.header().replay, &trace.header().options["inputs"]), (&None, &json!("given")));
    let folder = Folder::new("given");
    std::fs::write(folder.join("run.trace"), file).expect("there is room for a trace");
    let told = start(PROGRAM, &format!("trace {}", folder.join("run.trace").display())).wait();
    assert!(told.stdout().contains(AGAIN), "{}{}", told.stdout(), told.stderr());
}

#[test]
fn node_processes_get_the_values() {
    let processes = || Processes::new().launcher(Launcher::program(PROGRAM, [""; 0]));
    let finished = run(&[Red, Green]).processes_with(processes()).expect("it runs");
    let green = finished.document.nodes_final.iter().map(|node| node.fields["green"].as_bool()).collect::<Vec<_>>();
    assert_eq!((green, finished.document.violated()), (vec![Some(false), Some(true)], Some("none_is_green")));
    assert_eq!((&finished.document.replay, &finished.document.options["inputs"]), (&None, &json!("given")));
    assert!(finished.notices.contains(&notice()), "{:?}", finished.notices);
}

#[test]
fn a_trial_tells_so_and_its_schedule_is_for_a_program() {
    let trial = Trial::<Looking>::on(["path:2"]).with(|run| run.inputs([Red, Green])).first_seed(3);
    let panicked = std::panic::catch_unwind(|| trial.must_hold()).expect_err("it does not hold");
    let text = panicked.downcast_ref::<String>().expect("a text");
    assert!(text.contains(&format!("as it was found: {AGAIN}")), "{text}");
    let (_, rest) = text.split_once("replay it from a program, with these inputs: read ").expect("that is said");
    let file = rest.split(" as a `Schedule`").next().expect("the file is named");

    let schedule = std::fs::read_to_string(file).expect("it is there").parse::<Schedule>().expect("it is a schedule");
    // The only node that is left is the second.
    assert!(text.contains("the inputs of its nodes: [Green]"), "{text}");
    let replayed = run(&[Green]).replay(&schedule).expect("it runs");
    assert_eq!(replayed.violated(), Some("none_is_green"));
    // A command would give the nodes other inputs.
    let refused = start(PROGRAM, &format!("simulate looking --schedule {file}")).wait();
    assert_eq!(refused.status(), Some(2));
    assert!(refused.stderr().contains("a program gave them, as values without a text"), "{}", refused.stderr());
}

#[test]
fn what_has_a_text_is_repeated_by_a_line() {
    let run = Run::<catalogue::Flooding>::on("path:2").seed(3).inputs([7, 8]);
    let finished = run.simulate().expect("it runs");
    let document = &finished.document;
    assert_eq!(document.replay.as_deref(), Some("simulate flooding --topology path:2 --inputs 7,8 --seed 3"));
    assert_eq!((&document.options["inputs"], finished.notices.len()), (&json!(["7", "8"]), 0));
    let header = Header::of(&run.prepare().expect("it can be run"), EngineKind::Processes, TimeKind::Real);
    assert_eq!(header.replay.as_deref(), Some("run flooding --topology path:2 --inputs 7,8 --seed 3"));
    let repeated = start(PROGRAM, &format!("{} --json", document.replay.as_deref().unwrap_or_default())).wait();
    assert_eq!(repeated.json()["nodes_final"], serde_json::to_value(&document.nodes_final).expect("they have JSON"));
    assert_eq!(
        run.campaign(Campaign::of(2)).expect("it runs").replay.as_deref(),
        Some("simulate flooding --topology path:2 --inputs 7,8 --runs 2 --seed 3")
    );
}

/// Its text may have commas, at which a command line splits a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Words(String);

impl Input for Words {
    const EXPECTED: &'static str = "words";

    fn by_index(index: usize) -> Self {
        Words(index.to_string())
    }

    fn parse(text: &str) -> Option<Self> {
        Some(Words(text.to_owned()))
    }

    fn text(&self) -> Option<String> {
        Some(self.0.clone())
    }
}

#[test]
fn a_text_that_a_command_line_would_read_otherwise_is_none() {
    let texts = |words: &[&str]| AnyInputs::new(words.iter().map(|word| Words((*word).to_owned())).collect()).texts().is_some();
    assert!(texts(&["a", "b c", "-1", "it's"]));
    for wrong in ["a,b", "", " a", "a\nb", "random", "random:1..2", "file:x", "--json", "given:"] {
        assert!(!texts(&[wrong]), "`{wrong}`");
    }
    // Texts that a program gives as such are told, and are not on a line.
    let given = InputChoice::Given(vec!["1,2".to_owned(), "3".to_owned()]);
    let prepared = AnyRun::of(&AnyProtocol::of::<Looking>()).topology("path:2").inputs(given).prepare().map(|_| ());
    assert!(prepared.expect_err("it is no colour").to_string().contains("`1,2` is not a colour"));
}

#[test]
fn values_that_do_not_fit_are_refused_with_a_sentence() {
    let refused = |run: &AnyRun| run.prepare().map(|_| ()).expect_err("they do not fit").to_string();
    let too_few = refused(&run(&[Red]).into());
    assert_eq!(too_few, "--inputs: 1 values for 2 nodes; give each node one, or write `random`");
    let looking = AnyRun::from(run(&[Red, Red]));
    let numbers = looking.inputs(InputChoice::Values(AnyInputs::new(vec![1_u64, 2])));
    assert_eq!(refused(&numbers), "the inputs of Looking: the values are of another type");
    let takes_none =
        AnyRun::of(&AnyProtocol::of::<catalogue::Shout>()).inputs(InputChoice::Values(AnyInputs::new(vec![(); 7])));
    assert!(refused(&takes_none).starts_with("--inputs: nodes of Shout take no input"));
}
