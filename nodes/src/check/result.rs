//! What a check has found: field by field what `--json` prints.

use std::collections::BTreeMap;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::why::Noncommuting;
use crate::network::Schedule;

/// What a check has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every schedule was looked at, every run ends, and all properties hold.
    Holds,
    /// A schedule leads to something wrong.
    Violated,
    /// A schedule never ends, though every message arrives and every alarm rings in it.
    Endless,
    /// A schedule leads to something wrong, but only if an alarm overtakes messages, or another alarm that is due earlier: whether that
    /// can be depends on times, of which nothing is known here.
    Suspected,
    /// Something cannot be decided: [`Checked::unchecked`] says what.
    Unchecked,
    /// A limit was reached, and nothing wrong was found until then.
    Bounded,
}

impl Verdict {
    /// As it stands in the document.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Holds => "holds",
            Verdict::Violated => "violated",
            Verdict::Endless => "endless",
            Verdict::Suspected => "suspected",
            Verdict::Unchecked => "unchecked",
            Verdict::Bounded => "bounded",
        }
    }
}

/// What became of a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It holds on every schedule.
    Holds,
    /// It does not hold on some schedule.
    Violated,
    /// It does not hold on some schedule that may be impossible: see [`Verdict::Suspected`].
    Suspected,
    /// Not every state in which it must hold was looked at.
    Unchecked,
}

/// How many states there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StateCount {
    /// Of all instances.
    pub total: u64,
    /// Of the instance with most.
    pub largest: u64,
}

/// What runs cost, over all schedules; `None` where not all are known, or some never end.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Costs {
    /// The fewest messages that a run sends.
    pub least: Option<u64>,
    /// The most.
    pub greatest: Option<u64>,
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
    /// Whether no fewer do.
    pub shortest: bool,
    /// Those events; `None` if there are no times at which they can happen so.
    #[serde(serialize_with = "as_text")]
    pub schedule: Option<Schedule>,
    /// The instance on which it happens: the arguments that stand for it on a command line.
    pub instance: String,
}

/// Runs that never end.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Loop {
    /// How many events lead to the loop.
    pub prefix: usize,
    /// How many events it has.
    pub events: usize,
    /// Whether a run may go on so although each message arrives and each alarm rings in the end.
    pub fair: bool,
    /// Whether something is drawn in it, so that a run may leave it by chance.
    pub draws: bool,
    /// The events that lead there, and the loop once.
    #[serde(serialize_with = "as_text")]
    pub schedule: Option<Schedule>,
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
    /// On how many instances.
    pub instances: u64,
    /// How many states there are.
    pub states: StateCount,
    /// How many steps lead from one state to another.
    pub transitions: u64,
    /// How many events lead to the states that lie deepest.
    pub depth: u64,
    /// Which states were left out, since others show the same: `full` is none.
    pub reduction: super::Reduction,
    /// Whether alarms ring at any time, whatever they were set for.
    pub untimed: bool,
    /// Whether a handler reads the clock, which stands still here.
    pub reads_clock: bool,
    /// How many states a run may end in.
    pub ends: u64,
    /// How many events the longest run has; `None` where that is not known, or some run never ends.
    pub longest: Option<u64>,
    /// A schedule with so many.
    #[serde(serialize_with = "as_text")]
    pub longest_replay: Option<Schedule>,
    /// What runs cost.
    pub messages: Costs,
    /// The probability that a state was left out since another looked the same: states are kept whole, so 0.
    pub omission: f64,
    /// The memory that states and tables took, for each state.
    pub bytes_a_state: f64,
    /// How often handlers have run.
    pub handler_runs: u64,
    /// What became of each property, in source order.
    #[serde(serialize_with = "as_map")]
    pub properties: Vec<(String, Status)>,
    /// Runs that never end, if there are any.
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
