//! `new` makes a crate that builds, runs, and passes its own test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use nodes_tests::folder::Folder;

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

#[track_caller]
fn succeed(mut command: Command) -> String {
    let Output { status, stdout, stderr } = command.output().expect("the program starts");
    let text = String::from_utf8_lossy(&stdout).into_owned();
    assert!(status.success(), "{command:?}: {status}\n{text}\n{}", String::from_utf8_lossy(&stderr));
    text
}

#[test]
fn a_new_crate_builds_runs_and_passes_its_test() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the workspace");
    let above = Folder::new("new");
    let folder = above.join("my-echo");
    let mut new = Command::new(PROGRAM);
    new.args(["new", "my-echo", "--path"]).arg(&folder).arg("--nodes").arg(workspace);
    let said = succeed(new);
    assert!(said.contains("src/main.rs") && said.contains("cargo run"), "{said}");

    // The same versions and settings as here, so that dependencies which are built already are used.  `nodes` is built anew, since
    // features differ; once for the program and its tests.
    fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).expect("the workspace has a lock file");
    let read = |path: PathBuf| fs::read_to_string(&path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()));
    let (ours, theirs) = (read(workspace.join("Cargo.toml")), read(folder.join("Cargo.toml")));
    assert!(theirs.contains("[profile.trials.package.nodes]\nopt-level = 1\n"), "{theirs}");
    let lines = "[profile.dev.package.\"*\"]\ndebug = \"line-tables-only\"\n";
    assert!(theirs.contains(lines), "{theirs}");
    let (_, profile) = ours.split_once("\n[profile.dev]\n").expect("there is a profile");
    let (profile, _) = profile.split_once("\n# Tests run").expect("another follows those of dev");
    let theirs = theirs.replacen(lines, &format!("[profile.dev]\n{profile}\n"), 1);
    fs::write(folder.join("Cargo.toml"), theirs).expect("the folder is ours");
    let target = Path::new(PROGRAM).ancestors().nth(2).expect("target/debug/under-test");
    let cargo = |arguments: &[&str]| {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(arguments).current_dir(&folder).env("CARGO_TARGET_DIR", target);
        command
    };
    let text = succeed(cargo(&["run", "--quiet", "--", "run", "--topology", "petersen", "--seed", "1"]));
    // Flooding costs 2m - n + 1; Petersen's graph has n = 10, m = 15.
    assert!(text.contains("MyEcho on petersen") && text.contains("terminated") && text.contains("21: Rumour 21"), "{text}");
    assert!(!succeed(cargo(&["run", "--quiet", "--", "describe"])).contains("warning:"));
    let tested = succeed(cargo(&["test", "--quiet"]));
    // Two beside the protocol, and two in `tests/`.
    assert_eq!(tested.matches("2 passed").count(), 2, "{tested}");
    succeed(cargo(&["fmt", "--check"]));
}
