//! Every algorithm of the catalogue: nothing in it looks like a slip, all of it is described, and it runs by its name alone.

use std::fs;
use std::path::{Path, PathBuf};

use nodes::Protocol;
use nodes::protocol::Description;
use nodes_tests::of_each;
use nodes_tests::started::start;

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

/// The names of those that are published, as `list` has them; not of those that misbehave.
fn listed() -> Vec<String> {
    let listed = start(PROGRAM, "list --json").wait().json();
    let published = listed.as_array().into_iter().flatten().filter(|protocol| protocol["source"] != "");
    published.map(|protocol| protocol["name"].as_str().expect("a protocol has a name").to_owned()).collect()
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the workspace").join("examples")
}

/// Cargo takes examples from a list of its own.
#[test]
fn every_example_is_in_the_catalogue_and_every_algorithm_is_an_example() {
    let manifest = fs::read_to_string(examples().join("Cargo.toml")).expect("the examples are a package");
    let examples = manifest.split("[[example]]").skip(1).map(|example| {
        let field = |name: &str| example.lines().find_map(|line| line.strip_prefix(&format!("{name} = "))).unwrap_or_default();
        let (name, path) = (field("name").trim_matches('"'), field("path").trim_matches('"'));
        assert!(path.ends_with(&format!("{name}.rs")), "{name} is named as its file, which is {path}");
        name.to_owned()
    });
    // These two are about how a protocol is written and run.
    let (others, mut algorithms): (Vec<_>, Vec<_>) =
        examples.partition(|name| ["first", "from_a_program"].contains(&name.as_str()));
    assert_eq!(others.len(), 2);
    algorithms.sort();
    let mut listed = listed();
    listed.sort();
    assert_eq!(algorithms, listed);
}

#[test]
fn every_algorithm_runs_as_processes_with_nothing_but_its_name() {
    for name in listed() {
        let ended = start(PROGRAM, &format!("run {name} --seed 1 --json")).wait();
        assert_eq!(ended.status(), Some(0), "{name}: {}", ended.stderr());
        let properties = ended.json()["properties"].as_object().map_or(0, |properties| properties.len());
        assert!(properties >= 2, "{name} has {properties} properties: say what is safe, and what is right in the end");
    }
}

fn description<P: Protocol>() -> std::sync::Arc<Description> {
    P::description(&P::Config::default())
}

#[test]
fn no_algorithm_looks_like_a_slip() {
    fn warnings<P: Protocol>() -> (&'static str, Vec<String>) {
        (std::any::type_name::<P>(), nodes::lint::warnings::<P>())
    }
    let all = of_each!(warnings).map(|of| of());
    assert_eq!(all.len(), listed().len(), "all of them");
    for (protocol, warnings) in all {
        assert_eq!(warnings, [""; 0], "{protocol}");
    }
}

#[test]
fn every_algorithm_says_what_it_is_and_what_its_parts_mean() {
    for description in of_each!(description).map(|of| of()) {
        let own = [("problem", &description.problem), ("cost", &description.cost), ("source", &description.source)];
        let own = own.into_iter().chain([("what it is", &description.doc)]).map(|(part, text)| (part.to_owned(), text));
        let states = description.states.iter().map(|state| (state.name.clone(), &state.doc));
        let messages = description.messages.iter().map(|message| (message.name.clone(), &message.doc));
        let alarms = description.alarms.iter().map(|alarm| (alarm.name.clone(), &alarm.doc));
        let properties = description.properties.iter().map(|property| (property.name.clone(), &property.doc));
        for (part, text) in own.chain(states).chain(messages).chain(alarms).chain(properties) {
            assert!(!text.trim().is_empty(), "{}: nothing is said of {part}", description.name);
        }
    }
}

#[test]
fn every_algorithm_is_described_in_every_form() {
    for description in of_each!(description).map(|of| of()) {
        let describe = |form: &str| {
            let ended = start(PROGRAM, &format!("describe {} --to {form}", description.name)).wait();
            assert_eq!((ended.status(), ended.stderr().as_str()), (Some(0), ""), "{} as {form}", description.name);
            ended.stdout()
        };
        let (table, dot, svg, mermaid) = (describe("table"), describe("dot"), describe("svg"), describe("mermaid"));
        let too_wide = table.lines().filter(|line| line.chars().count() > 80).collect::<Vec<_>>();
        assert_eq!(too_wide, [""; 0], "{}", description.name);
        for part in ["problem", "topology", "links", "initiators", "a node knows", "after a crash", "cost", "source"] {
            let has = |line: &str| line.strip_prefix("  ").is_some_and(|line| line.starts_with(part));
            assert!(table.lines().any(has), "{}: no {part}", description.name);
        }
        let events = description.messages.iter().map(|message| &message.name);
        for event in events.chain(description.alarms.iter().map(|alarm| &alarm.name)) {
            // Once where its meaning is told, once in the table of rules.
            assert!(table.matches(event.as_str()).count() >= 2, "{}: no {event}", description.name);
        }
        let picture = roxmltree::Document::parse(&svg).expect("well-formed XML");
        let drawn = picture.descendants().filter_map(|node| node.text()).collect::<Vec<_>>();
        for state in &description.states {
            let name = state.name.as_str();
            assert!(table.contains(name) && dot.contains(name) && mermaid.contains(name), "{}: no {name}", description.name);
            assert!(drawn.contains(&name), "{}: no {name} in {drawn:?}", description.name);
        }
        assert!(dot.starts_with("digraph ") && mermaid.contains("[*] -->"), "{}", description.name);
    }
}

/// The picture of a run in each algorithm's documentation is what the command above it draws.  With NODES_BLESS=1 in the
/// environment it is drawn anew.
#[test]
fn every_algorithm_shows_a_run_as_it_is() {
    let folders = fs::read_dir(examples()).expect("the sources are there").flatten().map(|entry| entry.path());
    let folders = folders.filter(|path| path.is_dir()).collect::<Vec<_>>();
    for name in listed() {
        let file = examples().join("pictures").join(format!("{name}.md"));
        let shown = fs::read_to_string(&file).unwrap_or_else(|cause| panic!("{}: {cause}", file.display()));
        let before = "*A run.* `cargo run -- ";
        let command = shown.strip_prefix(before).and_then(|rest| rest.split('`').next()).expect("the command comes first");
        assert!(command.starts_with(&format!("simulate {name} ")) && command.ends_with(" --diagram"), "{command}");
        let ended = start(PROGRAM, command).wait();
        let printed = ended.stdout();
        let (_, drawn) =
            printed.split_once("\n  again").and_then(|(_, rest)| rest.split_once("\n\n")).expect("it is drawn last");
        let right = format!("{before}{command}` draws:\n\n```text\n{drawn}```\n");
        if std::env::var_os("NODES_BLESS").is_some() {
            fs::write(&file, right).expect("the picture is ours");
        } else {
            assert_eq!(shown, right, "draw it anew: NODES_BLESS=1 cargo test -p nodes-tests --test catalogue");
        }
        let included = format!("#![doc = include_str!(\"../pictures/{name}.md\")]");
        let source = folders.iter().find_map(|folder| fs::read_to_string(folder.join(format!("{name}.rs"))).ok());
        assert!(source.is_some_and(|source| source.contains(&included)), "its documentation has no {included}");
        assert!(drawn.lines().all(|line| line.chars().count() <= 100), "{name} is too wide");
    }
}
