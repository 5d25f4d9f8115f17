//! The engine of simulated runs: the whole system in one thread, under virtual time.
//!
//! A run is a function of (protocol, topology, options, seed): the same events in the same order on every machine.  Computing
//! takes no time, messages take what [`Delay`](crate::network::Delay) says.  What happens at the same instant happens in this
//! order: faults, impulses as they are given, messages in the order of sending, messages of nodes to themselves, alarms in the
//! order of setting.

mod agenda;
mod courier;
mod engine;
pub(crate) mod judge;
mod past;
mod queue;
mod replay;
mod result;
mod steering;
mod tally;

use core::ops::ControlFlow;
use core::time::Duration;

pub use past::{Chronicle, Origin, Past, PastEvent};
pub use replay::{Refused, replay};
#[cfg(feature = "cli")]
pub(crate) use steering::{CRASHED_BY_HAND, DELIVERED_BY_HAND};
pub use steering::{Order, Steering};

pub use crate::network::{Fate, Happening, Observer, Sent};

use crate::protocol::Protocol;
use crate::execution::{Finished, Prepared};

/// Who is asked now and then whether the run shall go on: told how many events have happened, and the virtual time.
pub type Watch<'a> = dyn FnMut(u64, Duration) -> ControlFlow<()> + 'a;

/// How a run is simulated, apart from what it starts from.
pub struct Simulation<'a> {
    /// Whether properties are looked at.
    properties: bool,
    max_events: Option<u64>,
    most_finals: usize,
    watch: Option<&'a mut Watch<'a>>,
    steering: Option<&'a mut dyn Steering>,
}

impl core::fmt::Debug for Simulation<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Simulation")
            .field("properties", &self.properties)
            .field("max_events", &self.max_events)
            .finish_non_exhaustive()
    }
}

impl Default for Simulation<'_> {
    fn default() -> Self {
        Simulation { properties: true, max_events: None, most_finals: MOST_FINALS, watch: None, steering: None }
    }
}

/// A run of more nodes leaves them out of its document, unless told otherwise: nobody reads them, and they take more memory
/// than the run.
pub const MOST_FINALS: usize = 100_000;

impl<'a> Simulation<'a> {
    /// As usual: with properties, to the end.
    pub fn new() -> Self {
        Simulation::default()
    }

    /// Whether `#[always]` is looked at after each event, and `#[finally]` at the end.
    pub fn properties(mut self, on: bool) -> Self {
        self.properties = on;
        self
    }

    /// Ends the run, as by a timeout, once so many events have happened.
    pub fn max_events(mut self, events: u64) -> Self {
        self.max_events = Some(events);
        self
    }

    /// Up to how many nodes the document lists each node's end; [`MOST_FINALS`] unless given.
    pub fn most_finals(mut self, nodes: usize) -> Self {
        self.most_finals = nodes;
        self
    }

    /// Whom to ask now and then whether the run shall go on.
    pub fn watch(mut self, watch: &'a mut Watch<'a>) -> Self {
        self.watch = Some(watch);
        self
    }

    /// Who steers the run.
    pub fn steering(mut self, steering: &'a mut dyn Steering) -> Self {
        self.steering = Some(steering);
        self
    }
}

/// Simulates a run.
pub fn simulate<P: Protocol>(prepared: Prepared<P>, simulation: Simulation<'_>) -> Finished<P> {
    observe(prepared, simulation, ()).0
}

/// Simulates a run that somebody follows.  The observer comes back, unless the nodes did not come into being.
pub fn observe<P: Protocol, O: Observer<P>>(
    prepared: Prepared<P>,
    mut simulation: Simulation<'_>,
    observer: O,
) -> (Finished<P>, Option<O>) {
    let (mut watch, mut steering) = (simulation.watch.take(), simulation.steering.take());
    match engine::Engine::new(prepared, &simulation, observer) {
        Ok(mut engine) => {
            let end = engine.run(&mut watch, &mut steering);
            let (ended, observer) = engine.into_ended(end);
            (result::finished(ended, &simulation), Some(observer))
        }
        Err(failed) => {
            let (prepared, node, what) = *failed;
            (result::stillborn(prepared, node, what), None)
        }
    }
}
