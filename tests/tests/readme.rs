//! README.md says what is so: its code is the code of files that are compiled and run, its table is the catalogue.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use nodes_tests::folder::Folder;
use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the workspace")
}

fn read(path: &str) -> String {
    fs::read_to_string(workspace().join(path)).unwrap_or_else(|cause| panic!("{path}: {cause}"))
}

/// The blocks of README.md in that language.
fn blocks(language: &str) -> Vec<String> {
    let readme = read("README.md");
    let opening = format!("```{language}\n");
    let parts = readme.split(&opening).skip(1);
    parts.filter_map(|part| part.split_once("```").map(|(block, _)| block.to_owned())).collect()
}

#[test]
fn the_first_algorithm_is_an_example_and_what_new_makes() {
    let blocks = blocks("rust");
    assert_eq!(blocks[0], read("examples/first.rs"));
    assert_eq!(blocks[0], read("nodes/src/cli/new/protocol.rs"));
    assert_eq!(blocks[1], read("examples/from_a_program.rs"));
    assert_eq!(blocks.len(), 2);
}

/// Counts differ a little from run to run; the shape does not.
#[test]
fn the_first_command_prints_what_is_shown() {
    let shown = blocks("text").remove(0);
    let run = Command::new(PROGRAM).args(["run", "controlled_distance"]).output().expect("the program starts");
    let printed = String::from_utf8_lossy(&run.stdout).into_owned();
    // Numbers, units of time and what links had to send again differ.
    let differs = |word: &str| {
        word.contains(|letter: char| letter.is_ascii_digit()) || ["s", "ms", "ms:", "\u{b5}s", "\u{b5}s:", "s:"].contains(&word)
    };
    let words = |line: &str| {
        let kept = line.split_whitespace().filter(|word| !differs(word)).map(str::to_owned);
        kept.take(if line.starts_with("  links") { 1 } else { usize::MAX }).collect::<Vec<_>>()
    };
    let shape = |text: &str| text.lines().filter(|line| !line.starts_with("  again")).map(words).collect::<Vec<_>>();
    assert_eq!(shape(&shown), shape(&printed), "{printed}");
}

/// With NODES_BLESS=1 in the environment the table is written instead.
#[test]
fn the_table_of_algorithms_is_the_catalogue() {
    let (begin, end) = ("<!-- catalogue -->\n", "<!-- end of the catalogue -->");
    let readme = read("README.md");
    let (before, rest) = readme.split_once(begin).expect("the table's beginning is marked");
    let (table, after) = rest.split_once(end).expect("the table's end is marked");
    let right = catalogue();
    if std::env::var_os("NODES_BLESS").is_some() {
        fs::write(workspace().join("README.md"), format!("{before}{begin}{right}{end}{after}")).expect("README.md is ours");
        return;
    }
    assert_eq!(table, right, "write it: NODES_BLESS=1 cargo test -p nodes-tests --test readme");
}

fn catalogue() -> String {
    let output = Command::new(PROGRAM).args(["list", "--json"]).output().expect("the program starts");
    let listed: Vec<Value> = serde_json::from_slice(&output.stdout).expect("a list");
    let text = |protocol: &Value, field: &str| protocol[field].as_str().unwrap_or_default().to_owned();
    // Those that misbehave, for other tests, are published nowhere.
    let mut rows = Vec::new();
    for protocol in listed.iter().filter(|protocol| !text(protocol, "source").is_empty()) {
        let name = text(protocol, "name");
        let file = find(&workspace().join("examples"), &format!("{name}.rs"));
        let file = file.unwrap_or_else(|| panic!("{name} has a file of its own"));
        let path = file.strip_prefix(workspace()).expect("in the workspace").display().to_string();
        let fields = ["problem", "topology", "cost", "source"].map(|field| text(protocol, field));
        rows.push((fields[0].clone(), format!("| [{name}]({path}) | {} |\n", fields.join(" | "))));
    }
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    let head = "| algorithm | problem | topology | cost | source |\n|---|---|---|---|---|\n".to_owned();
    rows.into_iter().fold(head, |table, (_, row)| table + &row)
}

fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    for entry in fs::read_dir(folder).ok()?.flatten() {
        let path = entry.path();
        let found = if path.is_dir() { find(&path, name) } else { path.ends_with(name).then_some(path) };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// The picture of a run is what the two commands beside it make.  With NODES_BLESS=1 in the environment it is made anew.
#[test]
fn the_picture_of_a_run_is_made_by_the_commands_beside_it() {
    let folder = Folder::new("readme");
    let readme = read("README.md");
    let commands = ["simulate as_far --topology ring:5", "trace run.trace --to svg"];
    let commands = commands.map(|begin| {
        let of = |line: &&str| line.starts_with(&format!("cargo run -- {begin}"));
        let line = readme.lines().find(of).unwrap_or_else(|| panic!("README.md has no `cargo run -- {begin}`"));
        line.trim_start_matches("cargo run -- ").split(" #").next().unwrap_or_default().split(" > ").next().unwrap_or_default()
    });
    let mut made = Vec::new();
    for command in commands {
        let ended =
            Command::new(PROGRAM).args(command.split_whitespace()).current_dir(&*folder).output().expect("the program starts");
        assert!(ended.status.success(), "{command}: {}", String::from_utf8_lossy(&ended.stderr));
        made = ended.stdout;
    }
    let file = workspace().join("docs/space-time.svg");
    if std::env::var_os("NODES_BLESS").is_some() {
        fs::write(&file, made).expect("the picture is ours");
    } else {
        let shown = fs::read(&file).expect("the picture is there");
        assert!(shown == made, "make it anew: NODES_BLESS=1 cargo test -p nodes-tests --test readme");
    }
}
