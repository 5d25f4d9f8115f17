//! Programs under test, started as a user starts them, and what is left of them afterwards.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The variable by which processes of a test are found; children inherit it.
const MARK: &str = "NODES_TEST_MARK";

/// A run of the program under test.
pub struct Started {
    child: Child,
    mark: String,
}

/// Starts the program with these arguments (split at blanks).
pub fn start(program: &str, arguments: &str) -> Started {
    start_by(&[], program, arguments)
}

/// Starts the program with these arguments (split at blanks) by another program that becomes it in the end, such as `prlimit`.
pub fn start_by(by: &[&str], program: &str, arguments: &str) -> Started {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let mark = format!("{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let mut words = by.iter().copied().chain([program]);
    let child = Command::new(words.next().expect("there is a program"))
        .args(words)
        .args(arguments.split_whitespace())
        .env(MARK, &mark)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program under test starts");
    Started { child, mark }
}

impl Started {
    /// The process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Finds all processes of this run, from wherever.
    pub fn finder(&self) -> impl Fn() -> Vec<u32> + Send + 'static {
        let mark = self.mark.clone();
        move || marked(&mark)
    }

    /// Waits for the end.
    pub fn wait(self) -> Ended {
        let mark = self.mark;
        let output = self.child.wait_with_output().expect("the program under test ends");
        Ended { output, mark }
    }

    /// Reads one line of its diagnostics, for a program that says when it is ready.
    pub fn read_stderr_byte(&mut self) -> Option<u8> {
        let mut byte = [0];
        self.child.stderr.as_mut()?.read_exact(&mut byte).ok()?;
        Some(byte[0])
    }

    /// The processes of this run that are alive, but the first.
    pub fn nodes(&self) -> Vec<u32> {
        marked(&self.mark).into_iter().filter(|pid| *pid != self.pid()).collect()
    }

    /// Waits until so many node processes are there.
    pub fn await_nodes(&self, count: usize) -> Vec<u32> {
        for _ in 0..1000 {
            let nodes = self.nodes();
            if nodes.len() == count {
                return nodes;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("{count} node processes did not appear in 10 s; there are {:?}", self.nodes());
    }

    /// Sends a signal to the initializer.
    pub fn signal(&self, name: &str) {
        signal(self.pid(), name);
    }
}

/// A run that has ended.
pub struct Ended {
    output: Output,
    mark: String,
}

impl Ended {
    /// Its exit status.
    pub fn status(&self) -> Option<i32> {
        self.output.status.code()
    }

    /// What it printed.
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }

    /// Its diagnostics.
    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }

    /// The document that it printed, which is all that it printed.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.output.stdout)
            .unwrap_or_else(|cause| panic!("no JSON document: {cause}\n{}\n{}", self.stdout(), self.stderr()))
    }

    /// How it must have ended: its exit status, the outcome in its document, and what it says of it.
    #[track_caller]
    pub fn assert_ends(&self, status: i32, outcome: &str, explained: &[&str]) {
        let (document, stderr) = (self.json(), self.stderr());
        assert_eq!(document["outcome"], outcome, "{stderr}");
        assert_eq!(self.status(), Some(status), "{stderr}");
        for text in explained {
            assert!(stderr.contains(text), "no `{text}` in:\n{stderr}");
        }
    }

    /// No process of the run may be left, a moment after its end.
    pub fn assert_nothing_is_left(&self) {
        let mut left = Vec::new();
        for _ in 0..300 {
            left = marked(&self.mark);
            if left.is_empty() {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("left behind: {left:?}");
    }
}

/// Sends a signal to a process.
pub fn signal(pid: u32, name: &str) {
    let sent = Command::new("kill").args([format!("-{name}"), pid.to_string()]).status().expect("kill is there");
    assert!(sent.success(), "kill -{name} {pid}");
}

/// The live processes with that mark in their environment.
fn marked(mark: &str) -> Vec<u32> {
    let wanted = format!("{MARK}={mark}");
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| {
        let process = Path::new("/proc").join(pid.to_string());
        let marked = std::fs::read(process.join("environ"))
            .is_ok_and(|environ| environ.split(|byte| *byte == 0).any(|entry| entry == wanted.as_bytes()));
        // A zombie has ended; its parent has yet to look.
        let ended = std::fs::read_to_string(process.join("stat")).is_ok_and(|stat| stat.contains(") Z "));
        marked && !ended
    })
    .collect()
}
