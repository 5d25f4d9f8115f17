//! The page that shows a run, opened in a real browser (`tests/viewer/`), against plain computations on the same traces.
//!
//! It needs Chromium (`/usr/bin/chromium`, or NODES_CHROMIUM), Node.js and the packages of `tests/viewer/package.json`
//! (`npm ci --prefix tests/viewer`).  Where one is missing the test says so and passes; with NODES_DEMAND_BROWSER=1 it fails.

mod reference;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use nodes::trace::{Trace, Writer};
use nodes_tests::started::start;

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

/// Runs by name, and what is done to make them.
const RUNS: [(&str, &str); 7] = [
    (
        "election",
        "simulate controlled_distance --topology ring:8 --initiators all --ids 3,7,1,5,0,6,2,4 --delay uniform:1ms..4ms --seed 5",
    ),
    ("tree", "simulate saturation --topology random-tree:20 --initiators all --seed 3"),
    ("losses", "simulate flooding --topology gnp:12,0.4 --links lossy --loss 0.15 --duplicate 0.2 --seed 7"),
    ("crash", "simulate bully --topology complete:5 --crash 4@1ms --on-crash continue --initiators all --seed 3"),
    ("violation", "simulate lamport --topology complete:4 --links reliable --delay exponential:5ms --initiators all --seed 6"),
    // For a live page.
    ("slow", "simulate echo --topology gnp:40,0.15 --delay uniform:1ms..9ms --seed 2"),
    ("many", "simulate ricart_agrawala --topology complete:16 --requests 8 --delay uniform:1ms..9ms --seed 2"),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("viewer")
}

/// What is missing to open pages, if something is.
fn missing() -> Option<String> {
    let chromium = std::env::var("NODES_CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".to_owned());
    if !Path::new(&chromium).exists() {
        return Some(format!("there is no {chromium}; on Debian: apt-get install chromium"));
    }
    if Command::new("node").arg("--version").output().is_err() {
        return Some("there is no `node`; on Debian: apt-get install nodejs".to_owned());
    }
    if !folder().join("node_modules/playwright-core").exists() {
        return Some("playwright-core is not installed: npm ci --prefix tests/viewer".to_owned());
    }
    None
}

/// Whether pages can be opened here.
fn can_open() -> bool {
    match missing() {
        None => true,
        Some(what) if std::env::var_os("NODES_DEMAND_BROWSER").is_some() => panic!("{what}"),
        Some(what) => {
            eprintln!("SKIPPED, no page was opened: {what}");
            false
        }
    }
}

/// A folder that is removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("nodes-pages-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder can be made");
        Folder(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[track_caller]
fn view(folder: &Folder, name: &str) {
    let trace = folder.file(&format!("{name}.trace"));
    let ended =
        start(PROGRAM, &format!("view {} -o {}", trace.display(), folder.file(&format!("{name}.html")).display())).wait();
    assert_eq!(ended.status(), Some(0), "{name}: {}", ended.stderr());
}

/// Makes the pages, and what is right of them.
fn make_pages(folder: &Folder) {
    for (name, arguments) in RUNS {
        let file = folder.file(&format!("{name}.trace"));
        let ended = start(PROGRAM, &format!("{arguments} --trace {}", file.display())).wait();
        assert!(file.exists(), "{name}: {}", ended.stderr());
        view(folder, name);
        let trace = Trace::read(&fs::read(&file).expect("it was written")[..]).expect("it was written right");
        fs::write(folder.file(&format!("{name}.json")), reference::of(&trace).to_string()).expect("the folder is ours");
    }
    let schedule = folder.file("replayed.schedule").display().to_string();
    let found = format!("check lamport --topology complete:2 --links reliable --schedule-out {schedule}");
    assert_eq!(start(PROGRAM, &found).wait().status(), Some(1));
    let trace = folder.file("replayed.trace");
    start(PROGRAM, &format!("simulate --schedule {schedule} --trace {}", trace.display())).wait();
    view(folder, "replayed");
    in_small_parts(&folder.file("slow.trace"), &folder.file("slow.trace"));
    in_small_parts(&folder.file("many.trace"), &folder.file("long.trace"));
    let live = nodes::viewer::live_page("live", true);
    fs::write(folder.file("live.html"), live).expect("the folder is ours");
    // One that was cut short, and one that was changed on its way into the page.
    let whole = fs::read(folder.file("many.trace")).expect("it was written");
    fs::write(folder.file("cut.trace"), &whole[..whole.len() * 2 / 3]).expect("the folder is ours");
    view(folder, "cut");
    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0x10;
    let page = nodes::viewer::page(&damaged, "damaged");
    fs::write(folder.file("damaged.html"), page).expect("the folder is ours");
}

/// Writes a trace anew as a live run sends it: readable up to each few events.
fn in_small_parts(from: &Path, to: &Path) {
    let trace = Trace::read(&fs::read(from).expect("it was written")[..]).expect("it was written right");
    let mut writer = Writer::new(Vec::new(), trace.header());
    for (number, event) in trace.events().enumerate() {
        writer.push(event);
        if number % 25 == 24 {
            writer.flush();
        }
    }
    fs::write(to, writer.finish().expect("memory takes all")).expect("the folder is ours");
}

#[test]
fn pages_show_their_runs_in_a_browser() {
    if !can_open() {
        return;
    }
    let pages = Folder::new();
    make_pages(&pages);
    let tests = Command::new("node")
        .args(["--test", "--test-reporter=spec"])
        .current_dir(folder())
        .env("NODES_PAGES", &pages.0)
        .env("NODES_PROGRAM", PROGRAM)
        .env("FORCE_COLOR", "0")
        .output()
        .expect("node starts");
    let text = String::from_utf8_lossy(&tests.stdout).into_owned() + &String::from_utf8_lossy(&tests.stderr);
    assert!(tests.status.success(), "{text}");
    // A test that does not run does not fail.
    let passed =
        text.lines().find_map(|line| line.trim_start_matches("ℹ ").strip_prefix("pass ")?.trim().parse::<usize>().ok());
    assert!(passed.is_some_and(|passed| passed >= 59), "{text}");
}
