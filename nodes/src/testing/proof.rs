//! Every schedule instead of many seeds.

use core::marker::PhantomData;

use super::{Failure, Found, Kind, judged, told};
use crate::campaign::{Instances, Sizes};
use crate::check::{Check, Checked, Limit, Verdict, check};
use crate::execution::{AnyRun, IntoTopology, RunError};
use crate::protocol::{AnyProtocol, Protocol};
use crate::topology::Topology;
use crate::typed::Run;

/// A protocol on some small graphs, to be checked on every schedule.
///
/// ```
/// # use State::*;
/// # use nodes::prelude::*;
/// # #[message] struct Inform;
/// # #[states] enum State { #[default] Idle, #[terminal] Informed }
/// # #[protocol(links = Reliable)] struct Flooding { state: State }
/// # #[protocol] impl Flooding {
/// #     #[on(Spontaneously in Idle)] fn start(&mut self, net: &mut Net<Self>) { net.send_to_all(Inform); self.state = Informed; }
/// #     #[on(Inform in Idle)] fn hear(&mut self, sender: Port, net: &mut Net<Self>) { net.send_to_all_except(sender, Inform); self.state = Informed; }
/// # }
/// use nodes::run::Initiators;
/// use nodes::testing::Proof;
///
/// // In a #[test]:
/// Proof::<Flooding>::on(["ring:5", "complete:4"]).must_hold();
/// Proof::<Flooding>::on(["star:5"]).with(|run| run.initiators(Initiators::All)).must_hold();
/// ```
///
/// Or on all small graphs, with each set of initiators and each order of ids:
///
/// ```
/// # use State::*;
/// # use nodes::prelude::*;
/// # #[message] struct Inform;
/// # #[states] enum State { #[default] Idle, #[terminal] Informed }
/// # #[protocol(links = Reliable)] struct Flooding { state: State }
/// # #[protocol] impl Flooding {
/// #     #[on(Spontaneously in Idle)] fn start(&mut self, net: &mut Net<Self>) { net.send_to_all(Inform); self.state = Informed; }
/// #     #[on(Inform in Idle)] fn hear(&mut self, sender: Port, net: &mut Net<Self>) { net.send_to_all_except(sender, Inform); self.state = Informed; }
/// # }
/// # use nodes::testing::Proof;
/// // The 44 connected graphs of at most 4 nodes, and each set of initiators on them.
/// Proof::<Flooding>::new().every_graph(1..=4).every_initiators().must_hold();
/// // All 120 orders of ids round a ring.
/// Proof::<Flooding>::on(["ring:5"]).every_ids().must_hold();
/// ```
///
/// A [`Trial`](super::Trial) draws schedules; a proof leaves none out, so graphs have to be small: three to five nodes, usually.
/// Everything else of a run is as the run says: ids, initiators, and what follows from its seed, which is 1 unless given.  See
/// [`check`](mod@crate::check) for what is looked at, and what a check cannot decide; and [`Instances`] for what can be varied.
#[derive(Clone, Debug)]
pub struct Proof<P: Protocol> {
    any: AnyProof,
    protocol: PhantomData<fn() -> P>,
}

impl<P: Protocol> Default for Proof<P> {
    fn default() -> Self {
        Proof::new()
    }
}

impl<P: Protocol> Proof<P> {
    /// On the graph that a run is on unless told otherwise.
    pub fn new() -> Self {
        Proof::from_any(AnyProof::of(Run::<P>::default().into(), None))
    }

    /// On these graphs: text such as `"ring:5"`, a `Topology` or a `Graph`.
    pub fn on<T: IntoTopology>(topologies: impl IntoIterator<Item = T>) -> Self {
        let topologies = topologies.into_iter().map(T::into_topology).collect();
        Proof::from_any(AnyProof::of(Run::<P>::default().into(), Some(topologies)))
    }

    fn from_any(any: AnyProof) -> Self {
        Proof { any, protocol: PhantomData }
    }

    /// With other options: `.with(|run| run.links(Links::Reliable))`.
    pub fn with(self, options: impl Fn(Run<P>) -> Run<P>) -> Self {
        Proof::from_any(self.any.with(&|run| options(Run::from_any(run)).into()))
    }

    /// In place of other graphs, on every connected graph with that number of nodes that is of the protocol's class: `4`, or `3..=5`.
    pub fn every_graph(self, nodes: impl Into<Sizes>) -> Self {
        Proof::from_any(self.any.every_graph(nodes))
    }

    /// With the ids `0..n` in every order.
    pub fn every_ids(self) -> Self {
        Proof::from_any(self.any.every_ids())
    }

    /// With the ports of each node in every order.
    pub fn every_ports(self) -> Self {
        Proof::from_any(self.any.every_ports())
    }

    /// With every set of initiators that is not empty, as far as the protocol allows it.
    pub fn every_initiators(self) -> Self {
        Proof::from_any(self.any.every_initiators())
    }

    /// With each of these inputs at each node, as text.
    pub fn every_input(self, inputs: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Proof::from_any(self.any.every_input(inputs))
    }

    /// An instance with more states is not decided, and the proof has failed; as many as fit in 4 GiB of memory unless given.
    pub fn most_states(self, states: u64) -> Self {
        Proof::from_any(self.any.most_states(states))
    }

    /// Checks them.
    ///
    /// # Panics
    /// If something goes wrong on some schedule: with what, a shortest schedule, and how to replay it.  Also if something is not
    /// decided, or the options contradict the protocol.
    #[track_caller]
    pub fn must_hold(&self) {
        self.any.must_hold();
    }

    /// What goes wrong on some schedule, on the first of these instances that has one; `None` if all holds on every schedule.
    ///
    /// # Errors
    /// If the options contradict the protocol, or each other, or it is not decided whether all holds: why.
    pub fn failure(&self) -> Result<Option<Failure>, RunError> {
        self.any.failure()
    }
}

/// A [`Proof`] of a protocol that is known at run time.
#[derive(Clone, Debug)]
pub struct AnyProof {
    run: AnyRun,
    /// In place of the run's own graph.
    topologies: Option<Vec<Result<Topology, String>>>,
    every: Instances,
    most_states: Option<u64>,
}

impl AnyProof {
    /// On the graph that a run is on unless told otherwise.
    pub fn new(protocol: &AnyProtocol) -> Self {
        AnyProof::of(AnyRun::of(protocol), None)
    }

    /// On these graphs: text such as `"ring:5"`, a `Topology` or a `Graph`.
    pub fn on<T: IntoTopology>(protocol: &AnyProtocol, topologies: impl IntoIterator<Item = T>) -> Self {
        AnyProof::of(AnyRun::of(protocol), Some(topologies.into_iter().map(T::into_topology).collect()))
    }

    fn of(run: AnyRun, topologies: Option<Vec<Result<Topology, String>>>) -> Self {
        AnyProof { run: run.seed(1), topologies, every: Instances::new(), most_states: None }
    }

    /// With other options.
    pub fn with(mut self, options: &dyn Fn(AnyRun) -> AnyRun) -> Self {
        self.run = options(self.run);
        self
    }

    /// On every connected graph with that number of nodes: as [`Proof::every_graph`].
    pub fn every_graph(mut self, nodes: impl Into<Sizes>) -> Self {
        self.topologies = None;
        self.every = self.every.every_graph(nodes);
        self
    }

    /// With the ids `0..n` in every order.
    pub fn every_ids(mut self) -> Self {
        self.every = self.every.every_ids();
        self
    }

    /// With the ports of each node in every order.
    pub fn every_ports(mut self) -> Self {
        self.every = self.every.every_ports();
        self
    }

    /// With every set of initiators: as [`Proof::every_initiators`].
    pub fn every_initiators(mut self) -> Self {
        self.every = self.every.every_initiators();
        self
    }

    /// With each of these inputs at each node, as text.
    pub fn every_input(mut self, inputs: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.every = self.every.every_input(inputs);
        self
    }

    /// An instance with more states is not decided: as [`Proof::most_states`].
    pub fn most_states(mut self, states: u64) -> Self {
        self.most_states = Some(states);
        self
    }

    /// Checks them.
    ///
    /// # Panics
    /// As [`Proof::must_hold`].
    #[track_caller]
    pub fn must_hold(&self) {
        judged(self.failure());
    }

    /// What goes wrong on some schedule: as [`Proof::failure`].
    ///
    /// # Errors
    /// If the options contradict the protocol, or each other, or it is not decided whether all holds: why.
    pub fn failure(&self) -> Result<Option<Failure>, RunError> {
        let on = |topology: &Result<Topology, String>| AnyRun { topology: topology.clone(), ..self.run.clone() };
        let runs = self.topologies.as_ref().map_or_else(|| vec![self.run.clone()], |all| all.iter().map(on).collect());
        for run in runs {
            let mut how = Check::new();
            if let Some(states) = self.most_states {
                how = how.most_states(states);
            }
            let (checked, wrong) = if self.every.vary() { self.every.check_each(&run, how)? } else { (check(&run, how)?, run) };
            if !checked.holds() {
                return failure(&wrong, checked).map(Some);
            }
        }
        Ok(None)
    }
}

/// What is wrong with a run that does not hold.
fn failure(run: &AnyRun, checked: Checked) -> Result<Failure, RunError> {
    let schedule = match checked.outcome {
        Verdict::Violated | Verdict::Suspected => checked.failure().and_then(|failure| failure.schedule.clone()),
        Verdict::Endless => checked.endless.as_ref().and_then(|found| found.schedule.clone()),
        Verdict::Holds | Verdict::Almost | Verdict::Unchecked | Verdict::Bounded => None,
    };
    let Some(schedule) = schedule else { return Err(RunError::Refused(undecided(&checked))) };
    let (finished, past) = told(run, &schedule)?;
    let kind = Kind::of(&finished).unwrap_or(Kind::Endless);
    let found = Found::Checked(Box::new(checked));
    Ok(Failure { kind, found, run: run.clone(), schedule, finished, past, file: None })
}

/// Why it is not known whether all holds.
fn undecided(checked: &Checked) -> String {
    let Checked { protocol, topology, outcome, states, .. } = checked;
    let limit = checked.limit.map(|limit| match limit {
        Limit::MostStates => "it has more states than `most_states` allows".to_owned(),
        Limit::Memory => "its states take more memory than there is".to_owned(),
        Limit::Deferred => limit.reached().to_owned(),
        Limit::Depth | Limit::Timeout | Limit::Interrupted => "not all of them were looked at".to_owned(),
    });
    let wrong = checked.violations.iter().map(|failure| failure.what.clone());
    let almost = "its runs end with probability 1, not on every schedule".to_owned();
    let almost = (*outcome == Verdict::Almost).then_some(almost);
    let reasons =
        limit.into_iter().chain(almost).chain(wrong).chain(checked.unchecked.iter().cloned()).collect::<Vec<_>>().join("; ");
    let again = checked.replay.as_ref().map(|line| format!("\nlook at it: cargo run -- {line}")).unwrap_or_default();
    let name = outcome.name();
    format!("{protocol} on {topology} is not proved ({name}, {} states looked at): {reasons}{again}", states.total)
}
