//! The end of a run, for engines that have all nodes: runs `#[finish]`, decides the outcome, checks the properties, and explains.

use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::{
    AnyFinished, EngineKind, Judge, MessageCounts, NodeFailure, NodeFinal, Outcome, Prepared, PropertyStatus, Violation,
    explain,
};
use crate::network::{Carrier, Observer, carry_out};
use crate::panics::caught;
use crate::protocol::{AnyAlarm, AnyEffect, AnyMessage, AnyWorld, NodeView, of_state};
use crate::topology::{NodeIndex, Port};

/// The document lists the nodes of a run that has at most this many, unless the engine is given another limit: a longer list takes
/// more memory than the run.
pub const MOST_FINALS: usize = 100_000;

/// Why a run is over.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// Nothing is under way any more.
    Quiet,
    /// The planned end has come.
    Planned,
    /// The run was ended by hand.
    Interrupted,
    /// The run reached this time limit.
    TimedOut(Duration),
    /// This time limit has passed on the clock, though not in the run's own time.
    Overtime(Duration),
    /// What comes next comes later than the clock of a run can tell.
    TimeUsedUp,
    /// This many events have happened.
    TooManyEvents(u64),
    /// Time does not go on.
    StoodStill {
        /// How many events have happened at one moment.
        events: u64,
        /// Which node keeps it from going on, and how.
        why: String,
    },
    /// More messages are under way than there may be.
    Multiplied {
        /// How many.
        in_transit: u64,
        /// How many the links have duplicated.
        duplicated: u64,
    },
    /// A property does not hold, or the protocol has broken its own rules.
    Violated(Violation),
    /// A handler panicked.
    Panicked {
        /// The node that made the step.
        node: NodeIndex,
        /// The message of the panic.
        said: String,
    },
    /// A node crashed as planned, and a crash ends the run.
    Crashed(NodeIndex),
}

impl End {
    /// Tells an observer what went wrong in the last step, if anything did.
    pub fn tell(&self, observer: &mut dyn Observer) {
        match self {
            End::Violated(violation) => observer.violated(violation.node, violation.property, &violation.what),
            End::Panicked { node, said } => observer.failed(*node, said),
            _ => {}
        }
    }
}

/// What nodes have reported, by node and name.  As an observer, it collects what is reported.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reports(pub BTreeMap<usize, BTreeMap<String, Value>>);

impl Reports {
    /// Keeps a report of a node, in place of an earlier one of that name.
    pub fn keep(&mut self, node: NodeIndex, name: &str, value: Value) {
        self.0.entry(node.index()).or_default().insert(name.to_owned(), value);
    }
}

impl Observer for Reports {
    fn reported(&mut self, node: NodeIndex, name: &str, value: &Value) {
        self.keep(node, name, value.clone());
    }
}

/// The end of a run, from which an engine makes the result.
pub struct Ending<'a> {
    prepared: &'a Prepared,
    judge: &'a Judge,
    world: Box<dyn AnyWorld>,
    end: End,
    now: Duration,
    /// The same as text for explanations; empty if they are not to name it.
    moment: String,
    reports: Reports,
    last_message: Option<&'a dyn Fn(NodeIndex) -> Option<u8>>,
    most_finals: usize,
}

impl core::fmt::Debug for Ending<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Ending").field("end", &self.end).field("now", &self.now).finish_non_exhaustive()
    }
}

impl<'a> Ending<'a> {
    /// The end of a run with that world, for that reason.
    pub fn of(prepared: &'a Prepared, judge: &'a Judge, world: Box<dyn AnyWorld>, end: End) -> Self {
        Ending {
            prepared,
            judge,
            world,
            end,
            now: Duration::ZERO,
            moment: String::new(),
            reports: Reports::default(),
            last_message: None,
            most_finals: MOST_FINALS,
        }
    }

    /// The run ended at that time since the start; in explanations it is written as `moment`.
    pub fn at(mut self, now: Duration, moment: String) -> Self {
        (self.now, self.moment) = (now, moment);
        self
    }

    /// What has been reported so far.
    pub fn reports(mut self, reports: Reports) -> Self {
        self.reports = reports;
        self
    }

    /// For explanations: gives the tag of the message that a node handled last.
    pub fn last_message(mut self, last_message: &'a dyn Fn(NodeIndex) -> Option<u8>) -> Self {
        self.last_message = Some(last_message);
        self
    }

    /// The document lists the nodes if there are at most this many; [`MOST_FINALS`] unless given.
    pub fn most_finals(mut self, nodes: usize) -> Self {
        self.most_finals = nodes;
        self
    }

    /// Runs `#[finish]` of every live node, and makes the result.  The document has what can be read from the nodes: the outcome, the
    /// messages by type, the properties, and the final states.  The engine adds what it has counted.
    pub fn finish(mut self, engine: EngineKind, observer: &mut dyn Observer) -> AnyFinished {
        if let (Some(wrong), End::Quiet | End::Planned) = (self.last_words(observer), &self.end) {
            self.end = wrong;
        }
        let mut explanation = Vec::new();
        let mut outcome = self.outcome(&mut explanation);
        let violation = if let End::Violated(violation) = &self.end { Some(violation) } else { None };
        let properties = self.judge.verdicts(&*self.world, violation, self.end == End::Quiet, &mut explanation);
        if outcome.is_well() && properties.iter().any(|(_, status)| *status == PropertyStatus::Violated) {
            outcome = Outcome::Violated;
        }
        let mut notices = self.prepared.notices.clone();
        if self.end == End::Planned && self.judge.is_on() {
            notices.extend(explain::end_not_reached(&self.prepared.description.properties));
        }
        let live = self.world.nodes().map(|node| self.world.node(NodeIndex::new(node))).filter(|node| node.is_alive());
        notices.extend(explain::left_deferred(&mut live.map(|node| (node.index(), explain::deferred(node)))));
        let mut document = self.prepared.document(engine, outcome);
        document.messages = MessageCounts::of(&self.prepared.description, self.world.sent_by_tag());
        document.properties = properties;
        let nodes = self.world.nodes();
        if nodes.len() > self.most_finals {
            notices.push(format!("nodes_final is left out: there are {} nodes, more than {}", nodes.len(), self.most_finals));
        } else {
            for node in nodes {
                let reported = self.reports.0.remove(&node).unwrap_or_default();
                let index = NodeIndex::new(node);
                let label = self.prepared.instance.graph().name(index).map(str::to_owned);
                document.nodes_final.push(NodeFinal { label, reported, ..NodeFinal::of(self.world.node(index)) });
            }
        }
        let description = Arc::clone(&self.prepared.description);
        let failed = match self.end {
            End::Panicked { node, .. } => Some(NodeFailure { node, report: None }),
            _ => None,
        };
        AnyFinished { description, document, world: Some(self.world), explanation, notices, unwritten: Vec::new(), failed }
    }

    /// Runs `#[finish]` of every live node; returns the first thing that goes wrong.
    fn last_words(&mut self, observer: &mut dyn Observer) -> Option<End> {
        let mut wrong = None;
        let (world, now) = (&mut *self.world, self.now);
        let mut effects = Vec::new();
        let (mut nodes, mut last) = (world.nodes().map(NodeIndex::new), None);
        loop {
            // Most nodes ask for nothing: those in a row are guarded as one.
            let asks = caught(|| {
                nodes.any(|node| {
                    last = Some(node);
                    if world.glance(node).is_alive() {
                        world.finish(node, now, &mut effects);
                    }
                    !effects.is_empty()
                })
            });
            let Some(node) = last else { break };
            match asks {
                Ok(false) => break,
                Ok(true) if effects.iter().any(AnyEffect::is_more_than_words) => {
                    let what = explain::FINISH_DOES_MORE.to_owned();
                    wrong.get_or_insert(End::Violated(Violation { property: None, node, what }));
                }
                Ok(true) => carry_out(node, &mut effects, &mut LastWords { reports: &mut self.reports, observer }),
                Err(said) => {
                    wrong.get_or_insert(End::Panicked { node, said });
                }
            }
            effects.clear();
        }
        wrong
    }

    /// The outcome before the final properties are checked; the reason is appended to `explanation`.
    fn outcome(&self, explanation: &mut Vec<String>) -> Outcome {
        let nodes = || self.world.nodes().map(|node| self.world.node(NodeIndex::new(node)));
        let live = || nodes().filter(|node| node.is_alive());
        let undecided = || live().filter(|node| !node.is_decided());
        let tell_each = || explain::one_by_one(&mut undecided().map(<dyn NodeView>::index), &mut |node| self.situation(node));
        let failed = |node: NodeIndex, what: String| {
            let when = if self.moment.is_empty() { String::new() } else { format!(", {}", self.moment) };
            let state = of_state(" in state ", self.world.node(node).state_name());
            format!("node {node}{state}{when}: {what}")
        };
        match &self.end {
            End::Quiet => {
                let outcome = Outcome::at_rest(&self.prepared.description, self.world.all_terminal());
                if outcome == Outcome::Stuck {
                    explanation.push(explain::stuck(undecided().count(), live().count()));
                    explanation.extend(tell_each());
                }
                outcome
            }
            End::Planned => Outcome::Stopped,
            End::Interrupted => {
                explanation.push(explain::INTERRUPTED.to_owned());
                Outcome::Stopped
            }
            End::TimedOut(after) => {
                explanation.push(explain::out_of_time(*after));
                explanation.extend(tell_each());
                Outcome::Timeout
            }
            End::Overtime(after) => {
                explanation.push(explain::overtime(*after, &self.moment));
                explanation.extend(tell_each());
                Outcome::Timeout
            }
            End::TimeUsedUp => {
                explanation.push(explain::TIME_USED_UP.to_owned());
                explanation.extend(tell_each());
                Outcome::Timeout
            }
            End::StoodStill { events, why } => {
                explanation.push(explain::stood_still(*events, &self.moment, why));
                Outcome::Timeout
            }
            End::Multiplied { in_transit, duplicated } => {
                explanation.push(explain::multiplied(*in_transit, *duplicated));
                Outcome::Timeout
            }
            End::TooManyEvents(events) => {
                explanation.push(explain::too_many_events(*events, self.world.in_transit()));
                explanation.extend(tell_each());
                Outcome::Timeout
            }
            End::Panicked { node, said } => {
                explanation.push(failed(*node, format!("panicked: {said}")));
                Outcome::Crashed
            }
            End::Crashed(node) => {
                explanation.push(failed(*node, "crashed as planned".to_owned()));
                Outcome::Crashed
            }
            End::Violated(violation) => {
                explanation.push(self.violated(violation));
                explanation.push(self.situation(violation.node));
                Outcome::Violated
            }
        }
    }

    fn violated(&self, violation: &Violation) -> String {
        let Violation { property, node, what } = violation;
        let comma = if self.moment.is_empty() { "" } else { ", " };
        match property {
            Some(place) => {
                let told = explain::does_not_hold(&self.prepared.description.properties[*place].name, what);
                format!("{told} ({}{comma}after a step of node {node})", self.moment)
            }
            None => format!("node {node}{comma}{}: {what}", self.moment),
        }
    }

    /// The state of a node, what it handled last, and what it waits for.
    fn situation(&self, node: NodeIndex) -> String {
        let (description, node) = (&self.prepared.description, self.world.node(node));
        let name = |tag: u8| description.messages[usize::from(tag)].name.as_str();
        let handled = self.last_message.map(|last| explain::handled(last(node.index()).map(name)));
        explain::situation(node, handled.as_deref(), &explain::deferred(node), description)
    }
}

/// Carries out reports and lines of the log only: `#[finish]` may do nothing else.
struct LastWords<'a> {
    reports: &'a mut Reports,
    observer: &'a mut dyn Observer,
}

impl Carrier<AnyMessage, AnyAlarm> for LastWords<'_> {
    fn observer(&mut self) -> Option<&mut dyn Observer> {
        Some(self.observer)
    }

    fn ports(&self, _node: NodeIndex) -> usize {
        0
    }

    fn can_send(&self, _node: NodeIndex, _port: Port) -> bool {
        false
    }

    fn length(&mut self, _node: NodeIndex, _msg: &AnyMessage) -> Option<u64> {
        None
    }

    fn send(&mut self, _node: NodeIndex, _port: Port, _msg: AnyMessage, _length: u64) {}

    fn send_to_self(&mut self, _node: NodeIndex, _msg: AnyMessage) {}

    fn report(&mut self, node: NodeIndex, name: &str, value: Value) {
        self.reports.keep(node, name, value);
    }
}
