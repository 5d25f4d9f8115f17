//! What a run took.

use core::fmt;
use std::process::Command;

/// What a checker counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    pub states: u64,
    pub transitions: u64,
}

/// A run.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    pub counts: Counts,
    /// Of the processor, over all threads.
    seconds: f64,
    /// A state.
    pub bytes: f64,
}

impl Measured {
    /// Runs it here.
    pub fn of(job: fn() -> Counts) -> Self {
        let (memory, time) = (peak(), cpu());
        let counts = job();
        Measured { counts, seconds: cpu() - time, bytes: (peak() - memory) as f64 / counts.states as f64 }
    }

    /// Runs it in a process of its own.
    pub fn apart(job: &str, side: &str) -> Self {
        let this = std::env::current_exe().expect("this program");
        let output = Command::new(this).args([job, side]).output().expect("it runs");
        let text = String::from_utf8_lossy(&output.stdout);
        let numbers = text.split_whitespace().filter_map(|number| number.parse().ok()).collect::<Vec<f64>>();
        let [states, transitions, seconds, bytes] = numbers[..] else {
            panic!("{job}, {side}: {text}{}", String::from_utf8_lossy(&output.stderr));
        };
        Measured { counts: Counts { states: states as u64, transitions: transitions as u64 }, seconds, bytes }
    }

    /// The run in the middle by time; they have counted the same.
    pub fn median(mut runs: Vec<Self>) -> Self {
        assert!(runs.iter().all(|run| run.counts == runs[0].counts), "it is not the same each time: {runs:?}");
        runs.sort_by(|one, other| one.seconds.total_cmp(&other.seconds));
        runs[runs.len() / 2]
    }

    /// States a second.
    pub fn rate(&self) -> f64 {
        self.counts.states as f64 / self.seconds
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.counts.states, self.counts.transitions, self.seconds, self.bytes)
    }
}

/// Seconds of the processor that this process has had, with its threads that have ended: Linux counts hundredths.
fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").expect("Linux tells");
    let (_, behind_name) = text.rsplit_once(')').expect("a name");
    let ticks = behind_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

/// The most memory that this process has had, in bytes.
fn peak() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = text.lines().find(|line| line.starts_with("VmHWM"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)).and_then(|kib| kib.parse::<u64>().ok());
    kib.expect("a number of KiB") * 1024
}
