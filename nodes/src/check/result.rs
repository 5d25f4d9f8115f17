//! What a check has found: field by field what `--json` prints.

use std::collections::BTreeMap;

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::schedules::Count;
use super::why::Noncommuting;
use crate::execution::{EngineKind, Outcome, Prepared};
use crate::network::Schedule;

/// What a check has found; the worst is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every schedule was looked at, every run ends, and all properties hold.
    Holds,
    /// All properties hold, and every run ends with probability 1, but not on every schedule: what is drawn may keep it in a loop.
    Almost,
    /// Something cannot be decided: [`Checked::unchecked`] says what.
    Unchecked,
    /// A limit was reached, and nothing wrong was found until then.
    Bounded,
    /// A schedule leads to something wrong, or never ends, but only if an alarm overtakes messages, or another alarm that is due
    /// earlier: whether that can be depends on times, of which nothing is known here.
    Suspected,
    /// A schedule never ends, though every message arrives and every alarm rings in it.
    Endless,
    /// A schedule leads to something wrong.
    Violated,
}

impl Verdict {
    /// As it stands in the document.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Holds => "holds",
            Verdict::Violated => "violated",
            Verdict::Endless => "endless",
            Verdict::Almost => "almost",
            Verdict::Suspected => "suspected",
            Verdict::Unchecked => "unchecked",
            Verdict::Bounded => "bounded",
        }
    }
}

/// Whether runs end.  What is said of it holds for runs in which each message arrives, or can be lost on its link, and each alarm rings
/// or is cancelled.  What is worst is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// Every run ends after so many events at most.
    Bounded,
    /// Every run ends, after any number of events: it may go round a loop as long as something is under way.
    Always,
    /// Every run ends with probability 1, and not on every schedule: only what is drawn leaves a loop.
    AlmostSurely,
    /// A run need not end.
    Never,
}

/// What became of a property; the worst is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It holds on every schedule: after each event, or at each end that a run comes to.
    Holds,
    /// Not every state in which it must hold was looked at.
    Unchecked,
    /// It does not hold on some schedule that may be impossible: see [`Verdict::Suspected`].
    Suspected,
    /// It does not hold on some schedule.
    Violated,
}

/// How many states there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateCount {
    /// Of all instances.
    pub total: u64,
    /// Of the instance with most.
    pub largest: u64,
}

/// On how many graphs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GraphCount {
    /// All that there are.
    pub total: u64,
    /// Those that are not of the protocol's class.
    pub left_out: u64,
}

/// What runs cost, over all schedules; `None` where not all are known.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Costs {
    /// The fewest messages that a run sends which ends; `None` if none ends.
    pub least: Option<u64>,
    /// The most; `None` if there is no bound, or some run never ends.
    pub greatest: Option<u64>,
    /// Why there is no bound: a loop, each turn of which sends more.  A run may go round it often, if not for ever.
    pub unbounded: Option<Loop>,
    /// A schedule with the fewest.
    #[serde(serialize_with = "as_text")]
    pub least_replay: Option<Schedule>,
    /// A schedule with the most.
    #[serde(serialize_with = "as_text")]
    pub greatest_replay: Option<Schedule>,
}

/// Something wrong, and a schedule that leads to it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Failure {
    /// The property that does not hold; `None` if the run is stuck, the protocol breaks its own rules, or a handler panics.
    pub property: Option<String>,
    /// What is wrong, in words.
    pub what: String,
    /// How many events lead there.
    pub events: usize,
    /// Whether no fewer are known to: where time passes, a way with fewer events may take more time.
    pub shortest: bool,
    /// Those events; `None` if there are no times at which they can happen so.
    #[serde(serialize_with = "as_text")]
    pub schedule: Option<Schedule>,
    /// The instance on which it happens: the arguments that stand for it on a command line.
    pub instance: String,
}

/// States that a run may come back to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Loop {
    /// How many events lead to the loop.
    pub prefix: usize,
    /// How many events it has.
    pub events: usize,
    /// Whether it is known that a run may stay in it although each message arrives and each alarm rings in the end.
    pub fair: bool,
    /// Whether a run that stays in it does so by chance: it leaves it with probability 1.
    pub draws: bool,
    /// The events that lead there, and the loop once.
    #[serde(serialize_with = "as_text")]
    pub schedule: Option<Schedule>,
}

/// What was found on the graphs of one size, of several instances.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Class {
    /// How many nodes they have.
    pub nodes: usize,
    /// How many links.
    pub edges: usize,
    /// How many of these graphs were looked at.
    pub graphs: u64,
    /// On how many instances: a graph may have several, which differ in ids, initiators, ..
    pub instances: u64,
    /// How many states they have.
    pub states: StateCount,
    /// How many steps lead from one state to another.
    pub transitions: u64,
    /// The fewest messages that a run sends; `None` where that is not known of each instance, or some run never ends.
    pub least: Option<u64>,
    /// The most.
    pub greatest: Option<u64>,
    /// How many events the longest run has.
    pub longest: Option<u64>,
    /// What was found, the worst of all.
    pub outcome: Verdict,
    /// How long that took, on one core, in seconds.
    pub time_s: f64,
}

impl Class {
    /// Of one instance, on so many graphs that were not looked at before.
    pub(crate) fn of(checked: &Checked, graphs: u64, time_s: f64) -> Self {
        Class {
            nodes: checked.nodes,
            edges: checked.edges,
            graphs,
            instances: checked.instances,
            states: checked.states,
            transitions: checked.transitions,
            least: checked.messages.least,
            greatest: checked.messages.greatest,
            longest: checked.longest,
            outcome: checked.outcome,
            time_s,
        }
    }

    /// Puts the instances of another to these.
    pub(crate) fn add(&mut self, other: &Class) {
        let StateCount { total, largest } = other.states;
        self.graphs += other.graphs;
        self.instances += other.instances;
        self.states = StateCount { total: self.states.total + total, largest: self.states.largest.max(largest) };
        self.transitions += other.transitions;
        // What is not known of one is not known of all.
        self.least = self.least.zip(other.least).map(|(one, other)| one.min(other));
        self.greatest = self.greatest.zip(other.greatest).map(|(one, other)| one.max(other));
        self.longest = self.longest.zip(other.longest).map(|(one, other)| one.max(other));
        self.outcome = self.outcome.max(other.outcome);
        self.time_s += other.time_s;
    }
}

/// How long a check took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Time {
    /// Wall-clock time in seconds.
    pub wall_s: f64,
}

/// The result of a check.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Checked {
    /// The version of `nodes`.
    pub version: String,
    /// The protocol's type.
    pub protocol: String,
    /// The fingerprint of the protocol, in hexadecimal.
    pub fingerprint: String,
    /// `checker`.
    pub engine: String,
    /// The topology, as specified.
    pub topology: String,
    /// The number of nodes.
    pub nodes: usize,
    /// The number of links.
    pub edges: usize,
    /// The command that repeats the check, if there is one.
    pub replay: Option<String>,
    /// The options, resolved.
    pub options: BTreeMap<String, Value>,
    /// What was found.
    pub outcome: Verdict,
    /// Whether every state was looked at.
    pub complete: bool,
    /// The limit that was reached, if one was.
    pub limit: Option<super::Limit>,
    /// How many instances were looked at.
    pub instances: u64,
    /// How many were not: one before them is wrong, or the check was interrupted.
    pub instances_left: u64,
    /// How many of those that were looked at were searched: the others are proved to be the same as one of them, but for the names of
    /// nodes and ports.
    pub instances_searched: u64,
    /// How many graphs there are, of which the protocol takes those of its class, and how many of them it does not take.
    pub graphs: GraphCount,
    /// What was found, by the size of graphs; empty if there is one instance only.
    pub classes: Vec<Class>,
    /// How many states there are.
    pub states: StateCount,
    /// How many steps lead from one state to another.
    pub transitions: u64,
    /// How many events lead to the states that lie deepest; that time passes counts as well.
    pub depth: u64,
    /// Which states were left out, since others show the same: `full` is none.
    pub reduction: super::Reduction,
    /// Whether alarms ring at any time, whatever they were set for.
    pub untimed: bool,
    /// How long a message takes at most, if time passes.
    pub synchronous: Option<String>,
    /// How many values of each range were looked at, if a handler draws from more.
    pub draws: Option<u64>,
    /// Whether a handler reads the clock, which stands still here.
    pub reads_clock: bool,
    /// How many states a run may end in.
    pub ends: u64,
    /// Whether runs end; `None` where that is not known.
    pub runs_end: Option<Ending>,
    /// How many events the longest run has; `None` where that is not known, or there is none.
    pub longest: Option<u64>,
    /// A schedule with so many.
    #[serde(serialize_with = "as_text")]
    pub longest_replay: Option<Schedule>,
    /// How many schedules there are, of all instances: ways from the start to an end.  What is drawn counts as chosen; messages that are
    /// the same, on the same link, are one choice; what may be lost and never arrives makes no difference when it is lost.  `None` where
    /// some were left out, or lead back to where they were, or time passes, and if there was no memory to count them.
    pub schedules: Option<Count>,
    /// What runs cost.
    pub messages: Costs,
    /// What may go wrong in the schedules that were looked at: a phrase each.
    pub within: Vec<String>,
    /// How likely it is, at most, that a state was left out since another looks the same by its fingerprint: 0, unless
    /// [`Check::compact`](super::Check::compact) was asked for and memory was short.
    pub omission: f64,
    /// The memory that states and tables took, for each state.
    pub bytes_a_state: f64,
    /// How many bytes of states lay in a file, since there was no memory for them.
    pub spilled: u64,
    /// How often handlers have run.
    pub handler_runs: u64,
    /// What became of each property, in source order.
    #[serde(serialize_with = "as_map")]
    pub properties: Vec<(String, Status)>,
    /// A loop that a run may stay in, if it need not end.
    pub endless: Option<Loop>,
    /// Pairs of messages whose order matters, if that was asked for: see [`Check::why`](super::Check::why).
    pub noncommuting: Option<Vec<Noncommuting>>,
    /// What could not be decided, and why.
    pub unchecked: Vec<String>,
    /// What is wrong.
    pub violations: Vec<Failure>,
    /// What else the user should know.
    pub notices: Vec<String>,
    /// How long it took.
    pub time: Time,
}

impl Checked {
    /// What is known before anything was looked at.
    pub(crate) fn nothing_yet(prepared: &Prepared) -> Self {
        let document = prepared.document(EngineKind::Checker, Outcome::Stopped);
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
            complete: false,
            limit: None,
            instances: 0,
            instances_left: 0,
            instances_searched: 0,
            graphs: GraphCount { total: 1, left_out: 0 },
            classes: Vec::new(),
            states: StateCount::default(),
            transitions: 0,
            depth: 0,
            reduction: super::Reduction::Full,
            untimed: false,
            synchronous: None,
            draws: None,
            reads_clock: false,
            ends: 0,
            runs_end: None,
            longest: None,
            longest_replay: None,
            schedules: None,
            messages: Costs::default(),
            within: Vec::new(),
            omission: 0.0,
            bytes_a_state: 0.0,
            spilled: 0,
            handler_runs: 0,
            properties: Vec::new(),
            endless: None,
            noncommuting: None,
            unchecked: Vec::new(),
            violations: Vec::new(),
            notices: prepared.notices.clone(),
            time: Time::default(),
        }
    }

    /// Whether every schedule was looked at, every run ends, and all properties hold.
    pub fn holds(&self) -> bool {
        self.outcome == Verdict::Holds
    }

    /// What is wrong, if something is.
    pub fn failure(&self) -> Option<&Failure> {
        self.violations.first()
    }
}

fn as_map<V: Serialize, S: Serializer>(pairs: &[(String, V)], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(pairs.len()))?;
    for (name, value) in pairs {
        map.serialize_entry(name, value)?;
    }
    map.end()
}

fn as_text<S: Serializer>(schedule: &Option<Schedule>, serializer: S) -> Result<S::Ok, S::Error> {
    schedule.as_ref().map(Schedule::to_string).serialize(serializer)
}
