//! What a run is at, shown on a terminal while somebody watches.  Always on standard error.

use core::time::Duration;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use console::{Term, truncate_str};

use super::terminal::Terminal;

/// How often it moves, even if there is nothing new.
const TICK: Duration = Duration::from_millis(120);
const TURNS: [char; 10] = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/// How long a bar is.
const LENGTH: u64 = 30;

/// A spinner and a line of text; nothing where nobody watches.
pub(super) struct Spinner {
    shown: Option<Shown>,
}

impl Spinner {
    /// A spinner, if one is wanted and somebody watches.
    pub(super) fn new(wanted: bool) -> Self {
        Spinner::of(wanted, None)
    }

    /// How far a task of so many steps is, under a name; nothing where nobody watches.
    pub(super) fn bar(steps: u64, of: &'static str) -> Self {
        Spinner::of(true, Some(Task { steps, of, done: 0 }))
    }

    fn of(wanted: bool, task: Option<Task>) -> Self {
        let is_shown = wanted && Terminal::stderr().watched;
        Spinner { shown: is_shown.then(|| Shown::new(Line { text: String::new(), turn: 0, task })) }
    }

    /// Shows a text; it is made only where somebody watches.
    pub(super) fn say(&self, text: impl FnOnce() -> String) {
        if let Some(shown) = &self.shown {
            let text = text();
            shown.change(|line| line.text = text);
        }
    }

    /// Shows how many steps are done.
    pub(super) fn at(&self, steps: u64) {
        if let Some(shown) = &self.shown {
            shown.change(|line| line.task.iter_mut().for_each(|task| task.done = steps));
        }
    }
}

/// What is shown.
struct Line {
    text: String,
    /// How often it has moved.
    turn: usize,
    task: Option<Task>,
}

/// A task, for which a bar is shown.
struct Task {
    steps: u64,
    of: &'static str,
    done: u64,
}

impl Line {
    /// The line, so long after the beginning.
    fn after(&self, elapsed: Duration) -> String {
        let (text, passed) = (&self.text, rounded(elapsed));
        let Some(Task { steps, of, done }) = &self.task else {
            return format!("  {} {text}  {passed}", TURNS[self.turn % TURNS.len()]);
        };
        let filled = (u128::from(LENGTH) * u128::from(*done) / u128::from((*steps).max(1))) as usize;
        let bar = "█".repeat(filled) + &"░".repeat((LENGTH as usize).saturating_sub(filled));
        let left = elapsed.as_secs_f64() * steps.saturating_sub(*done) as f64 / *done as f64;
        // Nothing is known before the first step.
        let left = Duration::try_from_secs_f64(left).map_or(String::new(), |left| format!(", {} left", rounded(left)));
        format!("  {bar} {done} of {steps} {of}  {text}  {passed}{left}")
    }
}

/// A time as people say it.
fn rounded(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..120 => format!("{seconds}s"),
        seconds @ 120..7200 => format!("{}m", seconds / 60),
        seconds => format!("{}h", seconds / 3600),
    }
}

/// A line that is shown.
struct Shown {
    line: Arc<Mutex<Line>>,
    over: Arc<AtomicBool>,
    /// Draws it; where the system has no thread for that, nothing is shown.
    ticker: Option<JoinHandle<()>>,
}

impl Shown {
    #[expect(clippy::disallowed_methods, reason = "how long a run takes is told, and changes nothing")]
    fn new(line: Line) -> Self {
        let (line, over) = (Arc::new(Mutex::new(line)), Arc::new(AtomicBool::new(false)));
        let (drawn, is_over, started) = (Arc::clone(&line), Arc::clone(&over), Instant::now());
        let tick = move || {
            let terminal = Term::stderr();
            while !is_over.load(Ordering::Acquire) {
                let text = {
                    let mut line = drawn.lock().unwrap_or_else(PoisonError::into_inner);
                    line.turn += 1;
                    line.after(started.elapsed())
                };
                // What is longer than the terminal is wide would stand there for ever.
                let width = usize::from(terminal.size().1).saturating_sub(1);
                let _ = terminal.write_str(&format!("\r{}\u{1b}[K", truncate_str(&text, width, "")));
                std::thread::park_timeout(TICK);
            }
            let _ = terminal.clear_line();
        };
        let ticker = std::thread::Builder::new().name("progress".to_owned()).spawn(tick).ok();
        Shown { line, over, ticker }
    }

    fn change(&self, change: impl FnOnce(&mut Line)) {
        change(&mut self.line.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
        if let Some(ticker) = self.ticker.take() {
            ticker.thread().unpark();
            let _ = ticker.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_what_is_done_and_how_long_the_rest_will_take() {
        let mut line = Line { text: "2 failed".into(), turn: 1, task: None };
        assert_eq!(line.after(Duration::from_millis(12_345)), "  ⠙ 2 failed  12s");
        let mut bar = |done| {
            line.task = Some(Task { steps: 100, of: "runs", done });
            line.after(Duration::from_secs(30))
        };
        assert_eq!(bar(0), format!("  {} 0 of 100 runs  2 failed  30s", "░".repeat(30)));
        assert_eq!(bar(50), format!("  {}{} 50 of 100 runs  2 failed  30s, 30s left", "█".repeat(15), "░".repeat(15)));
        assert_eq!(bar(100), format!("  {} 100 of 100 runs  2 failed  30s, 0s left", "█".repeat(30)));
        assert_eq!([119, 120, 7199, 7200].map(|seconds| rounded(Duration::from_secs(seconds))), ["119s", "2m", "119m", "2h"]);
    }
}
