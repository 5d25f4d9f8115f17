//! Tests of protocols, in three lines: this protocol, on these graphs, so many seeds, must hold.
//!
//! ```
//! # use State::*;
//! # use nodes::prelude::*;
//! # #[message] struct Inform;
//! # #[states] enum State { #[default] Idle, #[terminal] Informed }
//! # #[protocol(links = Reliable)] struct Flooding { state: State }
//! # #[protocol] impl Flooding {
//! #     #[on(Spontaneously in Idle)] fn start(&mut self, net: &mut Net<Self>) { net.send_to_all(Inform); self.state = Informed; }
//! #     #[on(Inform in Idle)] fn hear(&mut self, sender: Port, net: &mut Net<Self>) { net.send_to_all_except(sender, Inform); self.state = Informed; }
//! # }
//! use nodes::testing::Trial;
//!
//! // In a #[test]:
//! Trial::<Flooding>::on(["ring:3", "gnp:8,0.4"]).seeds(100).must_hold();
//! ```
//!
//! Each seed is a simulated run under a mixture of delays (see [`campaign::of_seed`](crate::campaign::of_seed)), with the protocol's
//! properties.  Where one fails, the trial looks for a smaller one that fails alike, by the same property or in the same states: fewer
//! nodes, links, initiators and faults, and less of what is marked `#[shrink]` in the configuration.  What remains keeps its inputs and
//! ids.  Then it leaves out events, on the transition system ([`System`](crate::network::System)), while it still fails.
//! What is left is reported event by event, and written as a [`Schedule`], which `simulate --schedule FILE` replays.
//! [`AnyTrial`] is the same for a protocol that is known at run time only.
//!
//! The seeds are always the same, so a test that has passed passes again.  `NODES_SEEDS=100000 cargo test` tries more.
//!
//! On a small graph, a [`Proof`] leaves nothing to the seeds: it looks at every schedule ([`check`](mod@crate::check)), and reports what
//! goes wrong on one of them in the same way.  [`AnyProof`] does so for a protocol that is known at run time only.

mod proof;
mod report;
mod shrink;
mod smaller;

use core::any::Any;
use core::fmt;
use core::marker::PhantomData;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

pub use proof::{AnyProof, Proof};

use crate::campaign::{Campaign, replay};
use crate::check::Checked;
use crate::execution::{AnyFinished, AnyRun, IntoTopology, Outcome, RunError};
use crate::network::Schedule;
use crate::protocol::{AnyInputs, AnyInstance, AnyProtocol, AnyWorld, Input, Instance, Protocol};
use crate::simulator::{Chronicle, Past, Simulation};
use crate::sorting;
use crate::topology::{NodeIndex, Topology};
use crate::typed::Run;

/// The environment variable that says how many seeds are tried, whatever the test says.
const SEEDS: &str = "NODES_SEEDS";

/// A run in which more happens has failed, unless told otherwise.
const MOST_EVENTS: u64 = 1_000_000;

/// A protocol on some graphs, to be tried with many seeds.
#[derive(Clone, Debug)]
pub struct Trial<P: Protocol> {
    any: AnyTrial,
    protocol: PhantomData<fn() -> P>,
}

impl<P: Protocol> Trial<P> {
    /// On these graphs: text such as `"ring:8"`, a `Topology` or a `Graph`.  1000 seeds each.
    pub fn on<T: IntoTopology>(topologies: impl IntoIterator<Item = T>) -> Self {
        let of = Run::<P>::default().into();
        let any = AnyTrial::of(&of, topologies.into_iter().map(T::into_topology).collect());
        Trial::from_any(any.inputs::<P::Input>())
    }

    fn from_any(any: AnyTrial) -> Self {
        Trial { any, protocol: PhantomData }
    }

    /// With that many seeds on each graph.
    pub fn seeds(self, seeds: u64) -> Self {
        Trial::from_any(self.any.seeds(seeds))
    }

    /// With seeds from that on; from 1 unless given.
    pub fn first_seed(self, seed: u64) -> Self {
        Trial::from_any(self.any.first_seed(seed))
    }

    /// A run in which more events happen has failed; 1,000,000 unless given.
    pub fn max_events(self, events: u64) -> Self {
        Trial::from_any(self.any.max_events(events))
    }

    /// A run in which more messages are under way has failed, as they multiply; a million and 20 for each link unless given.
    pub fn max_in_transit(self, messages: u64) -> Self {
        Trial::from_any(self.any.max_in_transit(messages))
    }

    /// In each run up to so many nodes crash, and the others go on.  Who crashes is drawn by the seed, and in which of the steps that
    /// it makes in the same run without crashes, each with the same probability, and which messages of that step leave.
    ///
    /// `.crashes(2)` tests what a protocol promises of two crashes.
    pub fn crashes(self, at_most: usize) -> Self {
        Trial::from_any(self.any.crashes(at_most))
    }

    /// With other options: `.with(|run| run.links(Links::Reliable))`.
    pub fn with(self, options: impl Fn(Run<P>) -> Run<P>) -> Self {
        Trial::from_any(self.any.with(&|run| options(Run::from_any(run)).into()))
    }

    /// Only the property of that name counts, whatever else fails.
    ///
    /// # Panics
    /// If the protocol has no property of that name.
    #[track_caller]
    pub fn only(self, property: &str) -> Self {
        Trial::from_any(self.any.only(property))
    }

    /// Makes the runs.
    ///
    /// # Panics
    /// If one fails: with what went wrong, a small example of it, and how to replay it.  Also if the options contradict the
    /// protocol.
    #[track_caller]
    pub fn must_hold(&self) {
        self.any.must_hold();
    }

    /// The first run that fails, made small; `None` if all hold.
    ///
    /// # Errors
    /// If the options contradict the protocol, or each other.
    pub fn failure(&self) -> Result<Option<Failure>, RunError> {
        self.any.failure()
    }
}

/// The inputs that the nodes of an instance have.
type InputsOf = fn(&dyn AnyInstance) -> Option<AnyInputs>;

fn inputs_of<I: Input>(instance: &dyn AnyInstance) -> Option<AnyInputs> {
    let any: &dyn Any = instance;
    any.downcast_ref::<Instance<I>>().map(|instance| AnyInputs::new(instance.inputs.clone()))
}

/// What a run may take before it has failed.
#[derive(Clone, Copy, Debug)]
struct Limits {
    events: u64,
    in_transit: Option<u64>,
}

impl Limits {
    /// A simulation under these limits.
    fn of(self, simulation: Simulation<'_>) -> Simulation<'_> {
        let simulation = simulation.max_events(self.events);
        match self.in_transit {
            Some(messages) => simulation.max_in_transit(messages),
            None => simulation,
        }
    }
}

/// A [`Trial`] of a protocol that is known at run time.
#[derive(Clone, Debug)]
pub struct AnyTrial {
    protocol: AnyProtocol,
    runs: Vec<AnyRun>,
    seeds: u64,
    /// Whether the environment may ask for another number.
    may_differ: bool,
    first: u64,
    limits: Limits,
    crashes: usize,
    only: Option<String>,
    /// Known where the type of inputs is.
    inputs: Option<InputsOf>,
    interrupt: Arc<AtomicBool>,
}

impl AnyTrial {
    /// On these graphs: text such as `"ring:8"`, a `Topology` or a `Graph`.  1000 seeds each.
    pub fn on<T: IntoTopology>(protocol: &AnyProtocol, topologies: impl IntoIterator<Item = T>) -> Self {
        AnyTrial::of(&AnyRun::of(protocol), topologies.into_iter().map(T::into_topology).collect())
    }

    fn of(run: &AnyRun, topologies: Vec<Result<Topology, String>>) -> Self {
        let on = |topology| {
            let mut run = run.clone();
            run.topology = topology;
            run
        };
        AnyTrial::of_runs(&run.protocol, topologies.into_iter().map(on).collect())
    }

    /// Of these runs of the protocol, each with many seeds: 1000 unless given.
    pub fn of_runs(protocol: &AnyProtocol, runs: Vec<AnyRun>) -> Self {
        AnyTrial {
            protocol: protocol.clone(),
            runs,
            seeds: 1000,
            may_differ: true,
            first: 1,
            limits: Limits { events: MOST_EVENTS, in_transit: None },
            crashes: 0,
            only: None,
            inputs: None,
            interrupt: Arc::default(),
        }
    }

    /// The protocol's inputs are of that type: nodes keep those that were drawn for them while the graph becomes smaller.
    pub fn inputs<I: Input>(mut self) -> Self {
        self.inputs = Some(inputs_of::<I>);
        self
    }

    /// What ends the trial early when it is set; no failure is found then.
    pub fn interrupt(mut self, interrupt: Arc<AtomicBool>) -> Self {
        self.interrupt = interrupt;
        self
    }

    /// With that many seeds on each graph.
    pub fn seeds(mut self, seeds: u64) -> Self {
        self.seeds = seeds;
        self
    }

    /// With that many seeds on each graph, whatever `NODES_SEEDS` says.
    pub fn exactly(mut self, seeds: u64) -> Self {
        self.may_differ = false;
        self.seeds(seeds)
    }

    /// With seeds from that on; from 1 unless given.
    pub fn first_seed(mut self, seed: u64) -> Self {
        self.first = seed;
        self
    }

    /// A run in which more events happen has failed; 1,000,000 unless given.
    pub fn max_events(mut self, events: u64) -> Self {
        self.limits.events = events;
        self
    }

    /// A run in which more messages are under way has failed: as [`Trial::max_in_transit`].
    pub fn max_in_transit(mut self, messages: u64) -> Self {
        self.limits.in_transit = Some(messages);
        self
    }

    /// In each run up to so many nodes crash: as [`Trial::crashes`].
    pub fn crashes(mut self, at_most: usize) -> Self {
        self.crashes = at_most;
        self
    }

    /// With other options.
    pub fn with(mut self, options: &dyn Fn(AnyRun) -> AnyRun) -> Self {
        self.runs = self.runs.into_iter().map(options).collect();
        self
    }

    /// Only the property of that name counts, whatever else fails.
    ///
    /// # Panics
    /// If the protocol has no property of that name.
    #[track_caller]
    pub fn only(mut self, property: &str) -> Self {
        let description = self.protocol.description();
        let names = description.properties.iter().map(|own| own.name.as_str()).collect::<Vec<_>>();
        assert!(names.contains(&property), "there is no `{property}`, but {}", names.join(", "));
        self.only = Some(property.to_owned());
        self
    }

    /// Makes the runs.
    ///
    /// # Panics
    /// If one fails: with what went wrong, a small example of it, and how to replay it.  Also if the options contradict the
    /// protocol.
    #[track_caller]
    pub fn must_hold(&self) {
        judged(self.failure());
    }

    /// The first run that fails, made small; `None` if all hold.
    ///
    /// # Errors
    /// If the options contradict the protocol, or each other.
    pub fn failure(&self) -> Result<Option<Failure>, RunError> {
        crate::panics::keep();
        let asked = || std::env::var(SEEDS).ok()?.parse().ok().filter(|&seeds| seeds > 0);
        let seeds = self.may_differ.then(asked).flatten().unwrap_or(self.seeds);
        for run in &self.runs {
            let mut tried = 0;
            while tried < seeds {
                let Limits { events, in_transit } = self.limits;
                let mut campaign = Campaign::of(seeds - tried).until_failure().max_events(events).crashes(self.crashes);
                if let Some(messages) = in_transit {
                    campaign = campaign.max_in_transit(messages);
                }
                let findings = campaign.interrupt(&self.interrupt).run(&run.clone().seed(self.first.wrapping_add(tried)))?;
                if findings.interrupted {
                    return Ok(None);
                }
                tried += findings.runs;
                let Some(found) = findings.failures.into_iter().next() else { break };
                if self.only.is_none() || self.only == found.property {
                    let found = Tried { seed: found.seed, tried, explanation: found.explanation, replay: found.replay };
                    return shrink::shrunk(run, self, found).map(Some);
                }
            }
        }
        Ok(None)
    }
}

/// Writes down what failed, if something did, and ends the test with it.
#[track_caller]
fn judged(failure: Result<Option<Failure>, RunError>) {
    match failure {
        Ok(None) => {}
        Ok(Some(mut failure)) => {
            failure.write();
            panic!("{failure}");
        }
        Err(refused) => panic!("{refused}"),
    }
}

/// A run of these choices: how it ends, and what led there.
fn told(run: &AnyRun, schedule: &Schedule) -> Result<(AnyFinished, Option<Past>), RunError> {
    let mut chronicle = Chronicle::default();
    let finished = replay(run, schedule, Simulation::new().most_finals(usize::MAX).observe(&mut chronicle))?;
    let past = chronicle.past(&finished);
    Ok((finished, past))
}

/// How a failure was found.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// By a [`Trial`].
    Tried(Tried),
    /// By a [`Proof`]: all that the check says.
    Checked(Box<Checked>),
}

/// The run that failed first, as it was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    /// Its seed.
    pub seed: u64,
    /// How many runs had been made on its graph.
    pub tried: u64,
    /// Why it failed, line by line.
    pub explanation: Vec<String>,
    /// The arguments that make this run again; `None` if inputs that have no text were given by the test.
    pub replay: Option<String>,
}

/// How a run fails; a smaller one must fail alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A property does not hold: its name.
    Property(String),
    /// The protocol broke its own word: a `#[never]` happened, or a terminal state was left.
    Rule,
    /// Nothing is under way, and somebody has not decided: the states of those.
    Stuck(BTreeSet<String>),
    /// A handler panicked.
    Panic,
    /// It does not come to an end.
    Endless,
}

impl Kind {
    /// How that run failed; `None` if it did not.
    pub fn of(finished: &AnyFinished) -> Option<Kind> {
        let document = &finished.document;
        match (document.outcome, document.violated()) {
            (Outcome::Violated, Some(property)) => Some(Kind::Property(property.to_owned())),
            (Outcome::Violated, None) => Some(Kind::Rule),
            (Outcome::Stuck, _) => Some(Kind::Stuck(finished.world.as_deref().map(stuck_in).unwrap_or_default())),
            (Outcome::Crashed, _) => Some(Kind::Panic),
            (Outcome::Timeout, _) => Some(Kind::Endless),
            (Outcome::Terminated | Outcome::Quiescent | Outcome::Stopped, _) => None,
        }
    }
}

/// The states of the live nodes that have not decided.
fn stuck_in(world: &dyn AnyWorld) -> BTreeSet<String> {
    let nodes = world.nodes().map(|node| world.node(NodeIndex::new(node)));
    sorting::set(nodes.filter(|node| node.is_alive() && !node.is_decided()).map(|node| node.state_name().to_owned()))
}

/// A run that fails, as small as it could be made.
#[derive(Debug)]
pub struct Failure {
    /// How it fails.
    pub kind: Kind,
    /// How it was found.
    pub found: Found,
    /// What the small one starts from.
    pub run: AnyRun,
    /// What happens in it.
    pub schedule: Schedule,
    /// How it ends.
    pub finished: AnyFinished,
    /// What led there.
    pub past: Option<Past>,
    /// Where the schedule has been written, or why it could not be.
    file: Option<Result<PathBuf, String>>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        report::report(self, f)
    }
}
