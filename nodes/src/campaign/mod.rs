//! Simulated runs, one or many: the simulator is a function, here are the clock that measures it and the cores that it uses.
//!
//! A *campaign* makes the same run with many seeds, under a mixture of delays unless one is chosen, and tells how the runs
//! ended, what they cost, and which failed first.
//!
//! ```no_run
//! # use nodes::campaign::Campaign;
//! # use nodes::run::{Run, RunError};
//! # fn run<Shout: nodes::Protocol>() -> Result<(), RunError> {
//! let findings = Run::<Shout>::on("gnp:7,0.5").seed(1).campaign(Campaign::of(1000))?;
//! assert!(findings.is_well(), "{}", findings.failures[0]);
//! # Ok(())
//! # }
//! ```
//!
//! [`Instances`] are checked, by all cores: every schedule of each.
//!
//! The functions here are those of [`Run`](crate::run::Run) for a run without the protocol's type, an [`AnyRun`].

mod crashes;
mod distribution;
mod findings;
mod instances;
mod mixture;
mod replayed;
mod single;
mod workers;

use core::ops::{ControlFlow, Range};
use core::time::Duration;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

pub use distribution::Distribution;
pub use findings::{Failure, Findings};
pub use instances::{Instances, Sizes};
#[cfg(feature = "cli")]
pub(crate) use instances::{Plan, Tally};
pub use mixture::of_seed;
pub use replayed::{of_schedule, replay};
pub use single::{past, recorded, simulate, simulate_prepared};
pub use workers::{OneThread, in_order};
pub(crate) use workers::{batch_of, in_order_by_name, threads_for};

use crate::execution::content::{self, Contents};
use crate::execution::{AnyRun, RunError};
use crate::simulator::Simulation;
use findings::Summary;
pub(crate) use mixture::Mixture;

/// Who is told how far a campaign is: so many runs are done, and so many of them failed.
pub type Progress<'a> = dyn FnMut(u64, u64) + 'a;

/// How many runs, and how they are made, apart from what they start from.
pub struct Campaign<'a> {
    runs: u64,
    threads: usize,
    properties: bool,
    until_failure: bool,
    max_events: Option<u64>,
    crashes: usize,
    max_in_transit: Option<u64>,
    interrupt: Option<&'a AtomicBool>,
    progress: Option<&'a mut Progress<'a>>,
}

impl core::fmt::Debug for Campaign<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Campaign").field("runs", &self.runs).field("threads", &self.threads).finish_non_exhaustive()
    }
}

impl<'a> Campaign<'a> {
    /// So many runs: the seed of the first is the run's, the others' follow it.  On all cores, with properties.
    pub fn of(runs: u64) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Campaign {
            runs,
            threads,
            properties: true,
            until_failure: false,
            max_events: None,
            crashes: 0,
            max_in_transit: None,
            interrupt: None,
            progress: None,
        }
    }

    /// On so many threads, at least one.  The findings do not depend on it.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads.max(1);
        self
    }

    /// Whether `#[always]` is looked at after each event, and `#[finally]` at the end.
    pub fn properties(mut self, on: bool) -> Self {
        self.properties = on;
        self
    }

    /// Ends with the first run (by seed) that fails.
    pub fn until_failure(mut self) -> Self {
        self.until_failure = true;
        self
    }

    /// A run fails, as by a timeout, once so many events have happened in it.
    pub fn max_events(mut self, events: u64) -> Self {
        self.max_events = Some(events);
        self
    }

    /// In each run up to so many nodes crash, each in one of the steps that it makes in the same run without crashes; who, in which
    /// step, and which of its messages leave, is drawn by the seed.  The others go on.
    pub fn crashes(mut self, at_most: usize) -> Self {
        self.crashes = at_most;
        self
    }

    /// A run fails once more messages than that are under way: see [`Simulation::max_in_transit`].
    pub fn max_in_transit(mut self, messages: u64) -> Self {
        self.max_in_transit = Some(messages);
        self
    }

    /// What ends the campaign early when it is set; the findings are those so far.
    pub fn interrupt(mut self, interrupt: &'a AtomicBool) -> Self {
        self.interrupt = Some(interrupt);
        self
    }

    /// Whom to tell how far it is.
    pub fn progress(mut self, progress: &'a mut Progress<'a>) -> Self {
        self.progress = Some(progress);
        self
    }

    /// Simulates the run with many seeds, over the cores, and tells what was found.  Each run is the one that [`of_seed`] makes of
    /// its seed.
    ///
    /// # Errors
    /// If the options contradict the protocol, or each other, or a file that the runs read changes while they are made.
    #[expect(clippy::disallowed_methods, reason = "how long it took is written down, and nothing depends on it")]
    pub fn run(self, run: &AnyRun) -> Result<Findings, RunError> {
        let started = Instant::now();
        let Campaign { runs, threads, properties, until_failure, max_events, max_in_transit, crashes, interrupt, mut progress } =
            self;
        let files = run.files();
        content::check_can_be_read_again(&files)?;
        let mixture = Mixture::of(run).crashes(crashes);
        let mut prepared = run.prepare()?;
        if let Some(messages) = max_in_transit {
            prepared.note_option("max-in-transit", messages.to_string());
        }
        let mut findings = Findings::new(prepared, runs, &mixture.varied());
        let before = Contents::default().of(&files)?;
        let seed = findings.seed;
        let asked = || interrupt.is_some_and(|interrupt| interrupt.load(Ordering::Relaxed));
        let over = AtomicBool::new(false);
        let is_over = || over.load(Ordering::Relaxed) || asked();

        let work = |number: u64| {
            let mut interrupted = false;
            let mut watch = |_: u64, _: Duration| {
                interrupted = is_over();
                if interrupted { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            let mut simulation = Simulation::new().properties(properties).most_finals(0).watch(&mut watch);
            if let Some(events) = max_events {
                simulation = simulation.max_events(events);
            }
            if let Some(messages) = max_in_transit {
                simulation = simulation.max_in_transit(messages);
            }
            let finished = simulate(&mixture.of_seed(seed.wrapping_add(number)), simulation);
            // Half a run tells nothing.
            if interrupted {
                return None;
            }
            Some(finished.and_then(|finished| match content::changed_since(&files, &before)? {
                None => Ok(Summary::of(finished.document, finished.explanation)),
                Some(file) => Err(RunError::refused(format!(
                    "{} changed while the runs were made, so they are not all the same; make them again",
                    file.display()
                ))),
            }))
        };
        let mut error = None;
        let threads = threads_for(&run.protocol, threads);
        let protocol = run.description.snake_name();
        let name = |numbers: Range<u64>| {
            let (first, last) = (seed.wrapping_add(numbers.start), seed.wrapping_add(numbers.end - 1));
            if first == last { format!("{protocol} seed {first}") } else { format!("{protocol} seeds {first} to {last}") }
        };
        in_order_by_name(runs, batch_of(runs), threads, &name, &is_over, &work, &mut |summary| {
            match summary {
                None => {}
                Some(Err(refused)) => error = Some(refused),
                Some(Ok(summary)) => {
                    findings.add(summary);
                    if let Some(tell) = &mut progress {
                        tell(findings.runs, findings.failed());
                    }
                }
            }
            if error.is_some() || (until_failure && !findings.is_well()) {
                over.store(true, Ordering::Relaxed);
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        });
        if let Some(error) = error {
            return Err(error);
        }
        findings.finish(started.elapsed().as_secs_f64(), asked());
        Ok(findings)
    }
}
