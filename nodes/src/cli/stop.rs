//! Ctrl-C, for commands that compute.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

use super::failure::Failure;

/// The exit status of a program that a signal ended, as shells tell it.
const ENDED: i32 = 130;

/// Set when a signal asks this process to end.
#[derive(Clone, Debug)]
pub(super) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// From now on the first Ctrl-C, SIGTERM or SIGHUP only asks; a second one ends the process, whatever it is at.
    pub(super) fn on_signals() -> Result<Self, Failure> {
        let asked = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            flag::register_conditional_shutdown(signal, ENDED, Arc::clone(&asked))
                .and_then(|_| flag::register(signal, Arc::clone(&asked)))
                .map_err(|cause| Failure::failed(format!("Ctrl-C cannot be handled: {cause}")))?;
        }
        Ok(Stop(asked))
    }

    /// What is set then.
    pub(super) fn flag(&self) -> &AtomicBool {
        &self.0
    }

    /// Whether one has come.
    pub(super) fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
