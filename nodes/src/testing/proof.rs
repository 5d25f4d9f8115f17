//! Every schedule instead of many seeds.

use core::marker::PhantomData;

use super::{Failure, Found, Kind, judged, told};
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
/// A [`Trial`](super::Trial) draws schedules; a proof leaves none out, so graphs have to be small: three to five nodes, usually.
/// Everything else of a run is as the run says: ids, initiators, and what follows from its seed, which is 1 unless given.  See
/// [`check`](mod@crate::check) for what is looked at, and what a check cannot decide.
#[derive(Clone, Debug)]
pub struct Proof<P: Protocol> {
    any: AnyProof,
    protocol: PhantomData<fn() -> P>,
}

impl<P: Protocol> Proof<P> {
    /// On these graphs: text such as `"ring:5"`, a `Topology` or a `Graph`.
    pub fn on<T: IntoTopology>(topologies: impl IntoIterator<Item = T>) -> Self {
        let topologies = topologies.into_iter().map(T::into_topology).collect();
        Proof::from_any(AnyProof::of(&Run::<P>::default().into(), topologies))
    }

    fn from_any(any: AnyProof) -> Self {
        Proof { any, protocol: PhantomData }
    }

    /// With other options: `.with(|run| run.links(Links::Reliable))`.
    pub fn with(self, options: impl Fn(Run<P>) -> Run<P>) -> Self {
        Proof::from_any(self.any.with(&|run| options(Run::from_any(run)).into()))
    }

    /// A graph with more states is not decided, and the proof has failed; as many as fit in 4 GiB of memory unless given.
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

    /// What goes wrong on some schedule, on the first of these graphs that has one; `None` if all holds on every schedule.
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
    runs: Vec<AnyRun>,
    most_states: Option<u64>,
}

impl AnyProof {
    /// On these graphs: text such as `"ring:5"`, a `Topology` or a `Graph`.
    pub fn on<T: IntoTopology>(protocol: &AnyProtocol, topologies: impl IntoIterator<Item = T>) -> Self {
        AnyProof::of(&AnyRun::of(protocol), topologies.into_iter().map(T::into_topology).collect())
    }

    fn of(run: &AnyRun, topologies: Vec<Result<Topology, String>>) -> Self {
        let on = |topology| {
            let mut run = run.clone().seed(1);
            run.topology = topology;
            run
        };
        AnyProof { runs: topologies.into_iter().map(on).collect(), most_states: None }
    }

    /// With other options.
    pub fn with(mut self, options: &dyn Fn(AnyRun) -> AnyRun) -> Self {
        self.runs = self.runs.into_iter().map(options).collect();
        self
    }

    /// A graph with more states is not decided: as [`Proof::most_states`].
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
        for run in &self.runs {
            let mut how = Check::new();
            if let Some(states) = self.most_states {
                how = how.most_states(states);
            }
            let checked = check(run, how)?;
            if !checked.holds() {
                return failure(run, checked).map(Some);
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
        Limit::Depth | Limit::Interrupted => "not all of them were looked at".to_owned(),
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
