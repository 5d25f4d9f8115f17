//! The checker: every schedule of a small instance.
//!
//! A simulation shows what happens on one schedule.  The checker looks at all of them: in each state it follows everything that the
//! links, the initiators and the alarms allow to happen next.  What it says of a small graph is a proof: no schedule leads to a state
//! in which an `#[always]` does not hold, none ends where a `#[finally]` does not, none sends more messages than the number given.
//!
//! ```
//! # mod flooding { use nodes::prelude::*;
//! # #[message] pub struct Inform;
//! # #[states] pub enum State { #[default] Idle, #[terminal] Informed }
//! # #[protocol(links = Reliable)] pub struct Flooding { state: State }
//! # #[protocol] impl Flooding {
//! #     #[on(Spontaneously in Idle)] fn start(&mut self, net: &mut Net<Self>) { net.send_to_all(Inform); self.state = State::Informed; }
//! #     #[on(Inform in Idle)] fn hear(&mut self, sender: Port, net: &mut Net<Self>) { net.send_to_all_except(sender, Inform); self.state = State::Informed; }
//! # }}
//! # use flooding::Flooding;
//! use nodes::check::Check;
//! use nodes::run::Run;
//!
//! let checked = Run::<Flooding>::on("path:6").check(Check::new())?;
//! assert!(checked.holds());
//! assert_eq!((checked.states.total, checked.messages.greatest), (7, Some(5)));
//! # Ok::<(), nodes::run::RunError>(())
//! ```
//!
//! # How it works
//!
//! A handler is a function of the node's fields and the event, so it runs once for each pair; from then on the protocol is a table
//! (`machine`), and a state of the whole system a few small numbers (`space`), of which an exact set is kept (`store`).  The search is
//! breadth first (`search`), so that what it finds wrong first lies on a shortest schedule (`path`), which `simulate --schedule`
//! replays.  Properties are looked at once for each set of answers that they read (`judge`).  When all states are known, the least and
//! the most messages over all schedules follow, or a loop (`cost`).
//!
//! # What it leaves out
//!
//! Where two events commute, one order shows what the other does.  Events of different nodes commute; whether two events of one node
//! do, the tables tell: both orders are tried (`commute`).  In each state only some events are followed (`stubborn`): all that could
//! happen before them commutes with them, as far as it is known what may still happen (`outlook`, `scene`), and properties see no
//! difference (`eyes`).  What may still happen is learned by searching again, until a pass learns nothing new (`known`, `reduce`).
//! [`Reduction::Auto`] does so where it leaves out most of many states.  Ends, verdicts and costs stay as they are.  Where that is not
//! known, as on loops, nothing is left out, and a notice says why.
//!
//! # What it says, and what not
//!
//! - Random draws are followed to all outcomes: at most [`MOST_ALTERNATIVES`] a step.
//!   What `#[init]` draws follows from the seed: nothing is said of other seeds.
//! - An alarm may ring at any time, since nothing is known of how long messages take.  What goes wrong only if an alarm overtakes
//!   something is [`Suspected`](Verdict::Suspected).  If a handler reads the clock, nothing that holds here is certain.
//! - On lossy links, each message may be lost, and duplicated once.  Ends that differ in what is lost count as several, unless states
//!   are left out.
//! - A loop is reported with its schedule: it is a run that never ends, unless it is one only because a message never arrives
//!   ([`Loop::fair`]) or by chance ([`Loop::draws`]).
//! - Where a limit is reached, the result is [`Bounded`](Verdict::Bounded), never that it holds.

mod commute;
mod cost;
mod eyes;
mod judge;
mod known;
mod machine;
mod mutant;
mod outlook;
mod path;
mod reduce;
mod result;
mod scene;
mod search;
mod space;
mod steps;
mod store;
mod stubborn;
mod why;

use core::fmt;
use core::ops::ControlFlow;

use serde::Serialize;

pub use crate::protocol::watch::MOST_ALTERNATIVES;
#[doc(hidden)]
pub use mutant::Mutant;
pub use result::{Checked, Costs, Failure, Loop, StateCount, Status, Time, Verdict};
pub use why::Noncommuting;

use crate::execution::{AnyRun, EngineKind, Prepared, RunError, explain};
use crate::protocol::{Links, NodeView, When};
use crate::topology::NodeIndex;
use cost::{Bounded, Cost, Extreme};
use machine::{Cause, Matters, Unusable};
use path::Path;
use reduce::Searched;
use search::{Fault, Limits, Made, Search};
use space::Move;

/// The memory that a check may take unless it is given another limit: 4 GiB.
const MEMORY: u64 = 4 << 30;

/// Looks at how far a check has come, and may end it.
pub type Watch<'a> = dyn FnMut(&Progress) -> ControlFlow<()> + 'a;

/// How far a check goes, and who follows it.
#[derive(Default)]
pub struct Check<'a> {
    depth: Option<u64>,
    most_states: Option<u64>,
    memory: Option<u64>,
    reduction: Reduction,
    why: bool,
    mutant: Option<Mutant>,
    watch: Option<&'a mut Watch<'a>>,
}

/// Which states are left out: what they would show, others do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reduction {
    /// None if there are few; else those that [`Events`](Reduction::Events) leaves out, if that is most of them.
    #[default]
    Auto,
    /// None.
    Full,
    /// Events of different nodes can happen in any order, which is followed in one.
    Nodes,
    /// So can events of one node that commute, which is found by trying both orders.
    Events,
}

impl Reduction {
    /// All of them.
    pub const ALL: [Reduction; 4] = [Reduction::Auto, Reduction::Full, Reduction::Nodes, Reduction::Events];

    /// As it stands on the command line and in the document.
    pub fn name(self) -> &'static str {
        match self {
            Reduction::Auto => "auto",
            Reduction::Full => "full",
            Reduction::Nodes => "nodes",
            Reduction::Events => "events",
        }
    }
}

impl fmt::Debug for Check<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Check { depth, most_states, memory, reduction, why, .. } = self;
        let mut fields = f.debug_struct("Check");
        fields
            .field("depth", depth)
            .field("most_states", most_states)
            .field("memory", memory)
            .field("reduction", reduction)
            .field("why", why)
            .finish_non_exhaustive()
    }
}

/// How far a check has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// How many states are known.
    pub states: u64,
    /// Of how many it is not known what follows.
    pub frontier: u64,
    /// How many steps have been made.
    pub transitions: u64,
    /// How many events lead to the state that is looked at.
    pub depth: u64,
    /// The memory that states and tables take, in bytes.
    pub memory: u64,
}

/// A limit that was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Limit {
    /// More events lead to a state than are to be looked at.
    Depth,
    /// There are more states.
    #[serde(rename = "states")]
    MostStates,
    /// The states and tables take more memory.
    Memory,
    /// The user ended the check.
    Interrupted,
}

impl<'a> Check<'a> {
    /// Everything, in 4 GiB of memory.
    pub fn new() -> Self {
        Check::default()
    }

    /// Only states to which at most that many events lead.
    pub fn depth(mut self, events: u64) -> Self {
        self.depth = Some(events);
        self
    }

    /// At most that many states.
    pub fn most_states(mut self, states: u64) -> Self {
        self.most_states = Some(states);
        self
    }

    /// States and tables may take that many bytes.
    pub fn memory(mut self, bytes: u64) -> Self {
        self.memory = Some(bytes);
        self
    }

    /// Which states may be left out.
    pub fn reduction(mut self, reduction: Reduction) -> Self {
        self.reduction = reduction;
        self
    }

    /// Tells which pairs of messages do not commute: what makes many states of few.
    pub fn why(mut self, why: bool) -> Self {
        self.why = why;
        self
    }

    /// With a reduction that is wrong: for its tests.
    #[doc(hidden)]
    pub fn mutant(mut self, mutant: Mutant) -> Self {
        self.mutant = Some(mutant);
        self
    }

    /// Is called now and then with how far the check has come, and may end it.
    pub fn watch(mut self, watch: &'a mut Watch<'a>) -> Self {
        self.watch = Some(watch);
        self
    }
}

/// Looks at every schedule of a run: its seed matters only as far as ids, ports or inputs are drawn.
///
/// # Errors
/// If the options contradict the protocol, or each other, or such a run cannot be checked.
pub fn check(run: &AnyRun, how: Check<'_>) -> Result<Checked, RunError> {
    crate::panics::keep();
    let prepared = run.prepare()?;
    if prepared.faults != crate::network::Faults::default() {
        return Err(RunError::refused(
            "a check without faults only: crashes, cuts and losses of its own are not looked at yet",
        ));
    }
    let mut limits = Limits {
        depth: how.depth,
        most_states: how.most_states,
        memory: usize::try_from(how.memory.unwrap_or(MEMORY)).unwrap_or(usize::MAX),
        watch: how.watch,
    };
    let mut matters = Matters::default();
    loop {
        let checked = reduce::search(&prepared, matters, &mut limits, how.reduction, how.mutant)
            .and_then(|searched| Examined::new(run, &prepared, searched).result(how.why));
        match checked {
            Ok(checked) => return Ok(checked),
            Err(Unusable::Matters(matter)) => matters.add(matter),
            Err(Unusable::Refused(what)) => return Err(RunError::refused(what)),
        }
    }
}

/// A search that is over.
struct Examined<'a> {
    run: &'a AnyRun,
    prepared: &'a Prepared,
    search: Search,
    cost: Option<Cost>,
    used: Reduction,
    shortest: Option<Search>,
    notices: Vec<String>,
}

impl<'a> Examined<'a> {
    fn new(run: &'a AnyRun, prepared: &'a Prepared, searched: Searched) -> Self {
        let Searched { search, cost, used, why_full, shortest } = searched;
        let mut notices = prepared.notices.clone();
        notices.extend(why_full.map(|why| format!("no states are left out: {why}")));
        Examined { run, prepared, search, cost, used, shortest, notices }
    }

    fn result(mut self, why: bool) -> Result<Checked, Unusable> {
        let complete = self.search.found.is_none() && self.search.limit.is_none();
        let states = self.search.states.len() as u64;
        let memory = self.search.memory() as f64;
        let mut checked = self.begun(complete, states);
        checked.bytes_a_state = memory / states as f64;
        let mut outcome = if complete { Verdict::Holds } else { Verdict::Bounded };
        let is_shortest = self.used == Reduction::Full || self.shortest.is_some();
        if let Some(full) = self.shortest.take() {
            self.search = full;
        }
        if let Some(found) = self.search.found.take() {
            let over = matches!(found.fault, Fault::Stuck | Fault::Property(_, None, _));
            let mut way = self.search.way_to(found.state)?;
            way.extend(found.last);
            let path = Path::of(&self.search, &way, over);
            outcome = if path.is_certain() { Verdict::Violated } else { Verdict::Suspected };
            let status = if path.is_certain() { Status::Violated } else { Status::Suspected };
            if let Fault::Property(property, ..) = found.fault {
                checked.properties[property].1 = status;
            }
            checked.violations.push(self.failure(&found.fault, found.state, &way, &path, is_shortest));
        } else if complete {
            let cost = self.cost.take();
            match cost.map_or_else(|| Cost::of(&mut self.search), Ok)? {
                Cost::Bounded(costs) => self.costs(&costs, &mut checked)?,
                Cost::Loop(way, turns) => {
                    let found = self.endless(&way, &turns)?;
                    outcome = if found.fair && !found.draws { Verdict::Endless } else { Verdict::Unchecked };
                    if outcome == Verdict::Unchecked {
                        let why = if found.draws { "by chance" } else { "if something that may happen never does" };
                        let lossy = if self.prepared.links == Links::Lossy { ", or is lost" } else { "" };
                        checked
                            .unchecked
                            .push(format!("whether every run ends: there is a loop that a run may stay in {why}{lossy}"));
                    }
                    checked.endless = Some(found);
                }
            }
        }
        checked.reads_clock = self.search.machine.reads_clock;
        checked.handler_runs = self.search.machine.runs;
        if why {
            checked.noncommuting = Some(self.search.noncommuting()?);
        }
        if checked.reads_clock {
            checked.unchecked.push("all that depends on the time: a handler reads the clock, which stands still here".into());
            if !matches!(outcome, Verdict::Bounded) {
                outcome = if outcome == Verdict::Holds { Verdict::Unchecked } else { Verdict::Suspected };
            }
        }
        if self.search.machine.draws_at_start {
            checked
                .unchecked
                .push("how else a run may begin: `#[init]` draws, and only what the seed gives was looked at".into());
            if outcome == Verdict::Holds {
                outcome = Verdict::Unchecked;
            }
        }
        checked.outcome = outcome;
        Ok(checked)
    }

    /// The result as far as it follows from what was searched.
    fn begun(&self, complete: bool, states: u64) -> Checked {
        let (prepared, search) = (self.prepared, &self.search);
        let document = prepared.document(EngineKind::Checker, crate::execution::Outcome::Stopped);
        let status = |when: When| match when {
            _ if complete && !search.machine.reads_clock && !search.machine.draws_at_start => Status::Holds,
            When::Always | When::Finally => Status::Unchecked,
        };
        let properties = prepared.description.properties.iter();
        Checked {
            version: document.version,
            protocol: document.protocol,
            fingerprint: document.fingerprint,
            engine: document.engine,
            topology: document.topology,
            nodes: document.nodes,
            edges: document.edges,
            replay: document.replay,
            options: document.options,
            outcome: Verdict::Bounded,
            complete,
            limit: search.limit,
            instances: 1,
            states: StateCount { total: states, largest: states },
            transitions: search.transitions,
            depth: search.depth,
            reduction: self.used,
            untimed: search.machine.locals.iter().any(|local| !local.alarms().is_empty()),
            reads_clock: false,
            ends: search.ends,
            longest: None,
            longest_replay: None,
            messages: Costs::default(),
            omission: 0.0,
            bytes_a_state: 0.0,
            handler_runs: 0,
            properties: properties.map(|property| (property.name.clone(), status(property.when))).collect(),
            endless: None,
            noncommuting: None,
            unchecked: Vec::new(),
            violations: Vec::new(),
            notices: self.notices.clone(),
            time: Time::default(),
        }
    }

    fn failure(&mut self, fault: &Fault, state: u32, way: &[Made], path: &Path, shortest: bool) -> Failure {
        let description = &self.prepared.description;
        let (property, what) = match fault {
            Fault::Property(place, node, what) => {
                let name = &description.properties[*place].name;
                let sentence = explain::does_not_hold(name, what);
                let after = node.map_or_else(|| " (at the end)".to_owned(), |node| format!(" (after a step of node {node})"));
                (Some(name.clone()), format!("{sentence}{after}"))
            }
            Fault::Rule(node, what) => (None, format!("node {node}: {what}")),
            Fault::Panic(node, said) => (None, format!("node {node} panicked: {said}")),
            Fault::Stuck => (None, self.stuck(state)),
        };
        Failure {
            property,
            what,
            events: way.len(),
            shortest,
            schedule: path.possible.then(|| path.schedule(self.run, self.prepared)),
            instance: self.prepared.arguments.join(" "),
        }
    }

    /// Who waits at a stuck end, and for what.
    fn stuck(&mut self, state: u32) -> String {
        let state = self.search.state(state);
        state.locals.iter().for_each(|local| self.search.machine.place(*local));
        let world = &self.search.machine.world;
        let nodes = || world.nodes().map(|node| world.node(NodeIndex::new(node))).filter(|node| node.is_alive());
        let undecided = || nodes().filter(|node| !node.is_decided());
        let mut lines = vec![explain::stuck(undecided().count(), nodes().count())];
        lines.extend(explain::one_by_one(&mut undecided().map(<dyn NodeView>::index), &mut |node| {
            let node = world.node(node);
            explain::situation(node, None, &explain::deferred(node), &self.prepared.description)
        }));
        lines.join("; ")
    }

    fn costs(&mut self, costs: &Bounded, checked: &mut Checked) -> Result<(), Unusable> {
        let mut extreme = |extreme: Extreme| -> Result<_, Unusable> {
            let way = costs.way(&mut self.search, extreme)?;
            let path = Path::of(&self.search, &way, true);
            let schedule = path.possible.then(|| path.schedule(self.run, self.prepared));
            Ok((Some(costs.value(&self.search, extreme)), schedule))
        };
        (checked.messages.least, checked.messages.least_replay) = extreme(Extreme::Least)?;
        (checked.messages.greatest, checked.messages.greatest_replay) = extreme(Extreme::Greatest)?;
        (checked.longest, checked.longest_replay) = extreme(Extreme::Longest)?;
        Ok(())
    }

    /// What a loop is: fair if each event that may happen all along happens in it.
    fn endless(&mut self, way: &[Made], turns: &[(u32, Made)]) -> Result<Loop, Unusable> {
        let react = |made: &Move| match made {
            Move::React { node, cause: Cause::Packet(packet), .. } => Some((*node, Cause::Packet(*packet))),
            Move::React { node, cause, .. } => Some((*node, *cause)),
            Move::Duplicate(_) | Move::Lose(_) => None,
        };
        let mut always: Option<Vec<(NodeIndex, Cause)>> = None;
        let mut draws = false;
        for (number, made) in turns {
            let state = self.search.state(*number);
            let steps = self.search.successors(&state)?;
            draws |= steps.iter().filter(|(other, _)| other.what == made.what).count() > 1;
            let enabled = steps.iter().filter_map(|(made, _)| react(&made.what)).collect::<Vec<_>>();
            always = Some(match always {
                None => enabled,
                Some(before) => before.into_iter().filter(|event| enabled.contains(event)).collect(),
            });
        }
        let happens = |event: &(NodeIndex, Cause)| turns.iter().any(|(_, made)| react(&made.what).as_ref() == Some(event));
        // What is lost is never bound to happen on lossy links.
        let fair = self.prepared.links != Links::Lossy && always.unwrap_or_default().iter().all(happens);
        let whole = way.iter().copied().chain(turns.iter().map(|(_, made)| *made)).collect::<Vec<_>>();
        let path = Path::of(&self.search, &whole, false);
        let schedule = path.possible.then(|| path.schedule(self.run, self.prepared));
        Ok(Loop { prefix: way.len(), events: turns.len(), fair, draws, schedule })
    }
}
