//! What a run is at, shown on a terminal while somebody watches.  Always on standard error.

use core::time::Duration;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::terminal::Terminal;

/// How often it moves, even if there is nothing new.
const TICK: Duration = Duration::from_millis(120);

/// A spinner and a line of text; nothing where nobody watches.
pub(super) struct Spinner {
    shown: Option<Shown>,
}

impl Spinner {
    /// A spinner, if one is wanted and somebody watches.
    pub(super) fn new(wanted: bool) -> Self {
        let is_shown = wanted && Terminal::stderr().watched;
        Spinner { shown: is_shown.then(|| Shown::new(None, "  {spinner} {msg}  {elapsed}")) }
    }

    /// How far a task of so many steps is, under a name; nothing where nobody watches.
    pub(super) fn bar(steps: u64, of: &str) -> Self {
        let template = format!("  {{bar:30}} {{pos}} of {{len}} {of}  {{msg}}  {{elapsed}}, {{eta}} left");
        Spinner { shown: Terminal::stderr().watched.then(|| Shown::new(Some(steps), &template)) }
    }

    /// Shows a text; it is made only where somebody watches.
    pub(super) fn say(&self, text: impl FnOnce() -> String) {
        if let Some(shown) = &self.shown {
            shown.bar.set_message(text());
        }
    }

    /// Shows how many steps are done.
    pub(super) fn at(&self, steps: u64) {
        if let Some(shown) = &self.shown {
            shown.bar.set_position(steps);
        }
    }
}

/// A spinner that is shown.
struct Shown {
    bar: ProgressBar,
    over: Arc<AtomicBool>,
    /// Moves it; where the system has no thread for that, it moves with what is new only.
    ticker: Option<JoinHandle<()>>,
}

impl Shown {
    fn new(steps: Option<u64>, template: &str) -> Self {
        let bar = ProgressBar::with_draw_target(steps, ProgressDrawTarget::stderr_with_hz(12));
        bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner()));
        let over = Arc::new(AtomicBool::new(false));
        let (ticked, is_over) = (bar.clone(), Arc::clone(&over));
        let tick = move || {
            while !is_over.load(Ordering::Acquire) {
                ticked.tick();
                std::thread::park_timeout(TICK);
            }
        };
        let ticker = std::thread::Builder::new().name("progress".to_owned()).spawn(tick).ok();
        Shown { bar, over, ticker }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
        if let Some(ticker) = self.ticker.take() {
            ticker.thread().unpark();
            let _ = ticker.join();
        }
        self.bar.finish_and_clear();
    }
}
