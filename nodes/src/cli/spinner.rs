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

    /// Shows a text; it is made only where somebody watches.
    pub(super) fn say(&self, text: impl FnOnce() -> String) {
        if let Some(bar) = &self.bar {
            bar.set_message(text());
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
