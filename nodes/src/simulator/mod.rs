//! The engine of simulated runs: the whole system in one thread, under virtual time.
//!
//! A run is a function of (protocol, topology, options, seed): the same events in the same order on every machine.  Computing
//! takes no time, messages take what [`Delay`](crate::network::Delay) says, and before that what rates there are
//! ([`Bandwidth`](crate::network::Bandwidth), [`Uplink`](crate::network::Uplink)).  What happens at the same instant happens in this
//! order: faults, impulses as they are given, messages in the order of sending, messages of nodes to themselves, alarms in the
//! order of setting.
//!
//! [`Simulation`] is the engine, and [`Replay`] another, which makes the choices of a [`Schedule`](crate::network::Schedule).
//!
//! A run is made by one of two loops, with the same events.  One is the same for all protocols; runs that are observed or steered
//! need it.  The other, [`Fast`], has the protocol's types: it is faster, and the compiler makes it again for each protocol.
//! [`Run`](crate::run::Run) and [`main!`](crate::main) attach it to the protocol where debug assertions are off; elsewhere it would
//! make builds longer.  [`Types`] chooses.

mod agenda;
mod counting;
mod courier;
mod engine;
mod lines;
mod past;
mod queue;
mod replay;
mod result;
mod steering;
mod tally;

use core::ops::ControlFlow;
use core::time::Duration;

pub use engine::Fast;
pub use past::{Chronicle, Past, PastEvent};
pub use replay::{Refused, Replay};
#[cfg(feature = "cli")]
pub(crate) use steering::{CRASHED_BY_HAND, DELIVERED_BY_HAND};
pub use steering::{Order, Steering};

pub use crate::network::{Fate, Happening, Observer, Sent};

pub use crate::execution::MOST_FINALS;
use crate::execution::{AnyFinished, Engine, Prepared, RunError};
use crate::protocol::{AnyProtocol, Protocol};

/// What is asked now and then whether the run is to go on: given how many events have happened, and the virtual time.
pub type Watch<'a> = dyn FnMut(u64, Duration) -> ControlFlow<()> + 'a;

/// Whether a run is made by the loop that has the protocol's types, or by the one that is the same for all protocols.  Both make the
/// same events; the first is faster, and follows no observer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Types {
    /// With types, if [`Fast`] is attached to the protocol and the run is neither observed nor steered.
    #[default]
    Auto,
    /// Without.
    Without,
    /// With: such a run must not be observed or steered.
    With,
}

/// How a run is simulated, apart from what it starts from: the engine of simulated runs.
pub struct Simulation<'a> {
    /// Whether properties are looked at.
    properties: bool,
    max_events: Option<u64>,
    max_in_transit: Option<u64>,
    overtime: Option<Box<dyn Fn() -> bool>>,
    most_finals: usize,
    types: Types,
    watch: Option<&'a mut Watch<'a>>,
    steering: Option<&'a mut dyn Steering>,
    observer: Option<&'a mut dyn Observer>,
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
        Simulation {
            properties: true,
            max_events: None,
            max_in_transit: None,
            overtime: None,
            most_finals: MOST_FINALS,
            types: Types::Auto,
            watch: None,
            steering: None,
            observer: None,
        }
    }
}

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

    /// Ends the run, as by a timeout, once more messages than that are under way: on links that duplicate, messages may multiply until
    /// memory ends.  Unless given: a million, and 20 for each link.
    pub fn max_in_transit(mut self, messages: u64) -> Self {
        self.max_in_transit = Some(messages);
        self
    }

    /// What is asked now and then, in a run that has a time limit, whether that has passed on the clock of who waits for the run.
    pub(crate) fn overtime(mut self, overtime: Box<dyn Fn() -> bool>) -> Self {
        self.overtime = Some(overtime);
        self
    }

    /// Whether something steers the run.
    pub(crate) fn is_steered(&self) -> bool {
        self.steering.is_some()
    }

    /// Up to how many nodes the document lists each node's end; [`MOST_FINALS`] unless given.
    pub fn most_finals(mut self, nodes: usize) -> Self {
        self.most_finals = nodes;
        self
    }

    /// What is asked now and then whether the run is to go on.
    pub fn watch(mut self, watch: &'a mut Watch<'a>) -> Self {
        self.watch = Some(watch);
        self
    }

    /// What steers the run.
    pub fn steering(mut self, steering: &'a mut dyn Steering) -> Self {
        self.steering = Some(steering);
        self
    }

    /// What follows the run.
    pub fn observe<'b>(self, observer: &'b mut dyn Observer) -> Simulation<'b>
    where
        'a: 'b,
    {
        // What is borrowed for longer is also borrowed for as long as that.
        let Simulation { properties, max_events, max_in_transit, overtime, most_finals, types, watch, steering, observer: _ } =
            self;
        let watch = watch.map(|watch| watch as &mut Watch<'b>);
        let steering = steering.map(|steering| steering as &mut dyn Steering);
        Simulation {
            properties,
            max_events,
            max_in_transit,
            overtime,
            most_finals,
            types,
            watch,
            steering,
            observer: Some(observer),
        }
    }

    /// By which loop the run is made.
    pub fn types(mut self, types: Types) -> Self {
        self.types = types;
        self
    }

    /// The loop with the protocol's types, if it is to make the run.
    ///
    /// # Errors
    /// If it must, and cannot.
    fn fast(&self, protocol: &AnyProtocol) -> Result<Option<&'static Fast>, RunError> {
        let followed = self.observer.is_some() || self.steering.is_some();
        match (self.types, protocol.extension::<Fast>()) {
            (Types::Without, _) => Ok(None),
            (Types::Auto, fast) => Ok(fast.filter(|_| !followed)),
            (Types::With, Some(fast)) if !followed => Ok(Some(fast)),
            (Types::With, Some(_)) => Err(RunError::refused("the loop with types follows no observer, and is not steered")),
            (Types::With, None) => Err(RunError::refused(
                "no loop with types is attached to this protocol; attach it by `AnyProtocol::with(Fast::of::<P>())`",
            )),
        }
    }
}

impl Engine for Simulation<'_> {
    fn run(mut self, prepared: Prepared) -> Result<AnyFinished, RunError> {
        prepared.faults.have_times().map_err(RunError::refused)?;
        let fast = self.fast(&prepared.protocol)?;
        let mut nobody = ();
        let observer = match self.observer.take() {
            Some(observer) => observer,
            None => &mut nobody,
        };
        Ok(match engine::run(prepared, &mut self, fast, observer) {
            Ok(ended) => result::finished(ended, &self, observer),
            Err(failed) => {
                let (prepared, node, what) = *failed;
                result::not_made(prepared, node, what)
            }
        })
    }
}

/// Protocol `P`, with [`Fast`] attached where debug assertions are off.  Where they are on, it would make builds longer; a program that
/// needs it there attaches it: `AnyProtocol::of::<P>().with(Fast::of::<P>())`.
pub const fn attached<P: Protocol>() -> AnyProtocol {
    #[cfg(not(debug_assertions))]
    return AnyProtocol::of::<P>().with(Fast::of::<P>());
    #[cfg(debug_assertions)]
    return AnyProtocol::of::<P>();
}
