//! Ctrl-C, for commands that compute.

use core::time::Duration;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::low_level;

use super::failure::Failure;
use crate::process::Interrupt;
use crate::scarce::in_words;

/// The exit status of a program that a signal ended, as shells tell it.
const ENDED: i32 = 130;

/// Signals that follow the first one this closely belong to the same request: `timeout` sends its signal to the program, and then
/// to the group that the program belongs to.
const ONE_REQUEST: Duration = Duration::from_millis(200);

/// What computes looks at the request much more often than this; a handler that never returns, or a graph that is read from a pipe,
/// does not.
const PATIENCE: Duration = Duration::from_secs(5);

/// Set when a signal asks this process to end.
#[derive(Clone, Debug, Default)]
pub(super) struct Stop {
    asked: Arc<AtomicBool>,
    /// Set when nothing is computed any more.
    computed: Arc<AtomicBool>,
}

impl Stop {
    /// From now on the first Ctrl-C, SIGTERM or SIGHUP only asks.  A later one ends the process, whatever it is at, and so does the
    /// first one if what computes has not ended a few seconds later.
    pub(super) fn on_signals() -> Result<Self, Failure> {
        let stop = Stop::default();
        let (asked, computed) = (Arc::clone(&stop.asked), Arc::clone(&stop.computed));
        let ask = move || {
            asked.store(true, Ordering::Relaxed);
            Ok(())
        };
        follow_signals(ask, move || computed.load(Ordering::Relaxed)).map_err(not_handled)?;
        Ok(stop)
    }

    /// What is set then.
    pub(super) fn flag(&self) -> &AtomicBool {
        &self.asked
    }

    /// Whether one has come.
    pub(super) fn is_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    /// Nothing is computed any more: to show and to keep what was found may take its time.
    pub(super) fn is_computed(&self) {
        self.computed.store(true, Ordering::Relaxed);
    }
}

/// For a run of processes: the first signal asks the run to end, which it does in a time that it knows; a later one ends this process
/// whatever it is at, such as writing to a pipe that nobody reads.  Its nodes end with it.
pub(super) fn interrupt_on_signals() -> Result<Interrupt, Failure> {
    let (interrupt, mut trigger) = Interrupt::by_hand().map_err(not_handled)?;
    follow_signals(move || trigger.write_all(&[0]), || true).map_err(not_handled)?;
    Ok(interrupt)
}

pub(super) fn not_handled(cause: io::Error) -> Failure {
    Failure::failed(format!("Ctrl-C cannot be handled: {}", in_words(&cause)))
}

/// Waits for signals on a thread of its own.
fn follow_signals(
    ask: impl FnOnce() -> io::Result<()> + Send + 'static,
    computed: impl Fn() -> bool + Send + 'static,
) -> io::Result<()> {
    const STEP: Duration = Duration::from_millis(50);
    let mut signals = Interrupt::on_signals()?;
    let follow = move || -> io::Result<()> {
        signals.wait()?;
        ask()?;
        std::thread::sleep(ONE_REQUEST);
        signals.forget()?;
        let mut left = PATIENCE;
        while !computed() {
            if signals.wait_for(STEP)? {
                low_level::exit(ENDED);
            }
            left = left.saturating_sub(STEP);
            if left.is_zero() && !computed() {
                let why =
                    format!("what is computed has not ended within {PATIENCE:?} of the signal; the program ends without it");
                Failure::failed(why).report();
                low_level::exit(ENDED);
            }
        }
        signals.wait()?;
        low_level::exit(ENDED)
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(follow)?;
    Ok(())
}
