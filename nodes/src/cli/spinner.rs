//! What a run is at, shown on a terminal while somebody watches.  Always on standard error.

use core::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::terminal::Terminal;

/// A spinner and a line of text; nothing where nobody watches.
pub(super) struct Spinner {
    bar: Option<ProgressBar>,
}

impl Spinner {
    /// A spinner, if one is wanted and somebody watches.
    pub(super) fn new(wanted: bool) -> Self {
        let bar = (wanted && Terminal::stderr().watched).then(|| bar(None, "  {spinner} {msg}  {elapsed}"));
        Spinner { bar }
    }

    /// How far a task of so many steps is, under a name; nothing where nobody watches.
    pub(super) fn bar(steps: u64, of: &str) -> Self {
        let template = format!("  {{bar:30}} {{pos}} of {{len}} {of}  {{msg}}  {{elapsed}}, {{eta}} left");
        let bar = Terminal::stderr().watched.then(|| bar(Some(steps), &template));
        Spinner { bar }
    }

    /// Shows a text; it is made only where somebody watches.
    pub(super) fn say(&self, text: impl FnOnce() -> String) {
        if let Some(bar) = &self.bar {
            bar.set_message(text());
        }
    }

    /// Shows how many steps are done.
    pub(super) fn at(&self, steps: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(steps);
        }
    }
}

fn bar(steps: Option<u64>, template: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(steps, ProgressDrawTarget::stderr_with_hz(12));
    bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner()));
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

impl Drop for Spinner {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
