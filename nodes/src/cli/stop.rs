//! Ctrl-C, for commands that compute.

use core::time::Duration;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::low_level;

use super::failure::Failure;
use crate::process::Interrupt;

/// The exit status of a program that a signal ended, as shells tell it.
const ENDED: i32 = 130;

/// Signals that follow the first one this closely belong to the same request: `timeout` sends its signal to the program, and then
/// to the group that the program belongs to.
const ONE_REQUEST: Duration = Duration::from_millis(200);

/// Set when a signal asks this process to end.
#[derive(Clone, Debug)]
pub(super) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// From now on the first Ctrl-C, SIGTERM or SIGHUP only asks; a later one ends the process, whatever it is at.
    pub(super) fn on_signals() -> Result<Self, Failure> {
        let asked = Arc::new(AtomicBool::new(false));
        follow_signals(Arc::clone(&asked)).map_err(|cause| Failure::failed(format!("Ctrl-C cannot be handled: {cause}")))?;
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

/// Waits for signals on a thread of its own.
fn follow_signals(asked: Arc<AtomicBool>) -> io::Result<()> {
    let mut signals = Interrupt::on_signals()?;
    let follow = move || -> io::Result<()> {
        signals.wait()?;
        asked.store(true, Ordering::Relaxed);
        std::thread::sleep(ONE_REQUEST);
        signals.forget()?;
        signals.wait()?;
        low_level::exit(ENDED)
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(follow)?;
    Ok(())
}
