//! What came of a simulated run, made into the result document.

use core::time::Duration;
use std::collections::BTreeMap;

use serde_json::Value;

use super::Simulation;
use super::courier::LinkTally;
use super::engine::End;
use super::tally::Tally;
use crate::execution::explain;
use crate::execution::{
    AnyFinished, EngineKind, LinkCounts, MessageCounts, NodeFinal, Outcome, Prepared, PropertyStatus, Times,
};
use crate::network::{Delay, UNIT};
use crate::protocol::{AnyWorld, PropertyInfo, When};
use crate::topology::NodeIndex;

/// What is known of a run at its end.
pub(super) struct Ended {
    pub(super) prepared: Prepared,
    pub(super) world: Box<dyn AnyWorld>,
    pub(super) tally: Tally,
    pub(super) links: LinkTally,
    pub(super) reported: BTreeMap<usize, BTreeMap<String, Value>>,
    pub(super) now: Duration,
    pub(super) end: End,
}

impl Ended {
    /// Where a node stands, and what would move it on.
    fn situation(&self, index: NodeIndex) -> String {
        let messages = &self.prepared.description.messages;
        let last = self.tally.nodes[index.index()].last_message.map(|tag| messages[usize::from(tag)].name.as_str());
        let node = self.world.node(index);
        explain::situation(node, last, &explain::deferred(node), &self.prepared.description)
    }
}

/// Puts together what is known at the end.
pub(super) fn finished(mut ended: Ended, simulation: &Simulation<'_>) -> AnyFinished {
    let mut explanation = Vec::new();
    let mut outcome = outcome_of(&ended, &mut explanation);
    let properties = properties(&ended, simulation, &mut explanation);
    if outcome.is_well() && properties.iter().any(|(_, status)| *status == PropertyStatus::Violated) {
        outcome = Outcome::Violated;
    }
    if ended.tally.to_the_dead > 0 {
        explanation.push(format!("{} messages were addressed to nodes that had crashed", ended.tally.to_the_dead));
    }
    let mut notices = ended.prepared.notices.clone();
    let nodes = ended.prepared.instance.graph().node_count();
    let nodes_final = if nodes <= simulation.most_finals {
        (0..nodes).map(|node| node_final(&mut ended, node)).collect()
    } else {
        notices.push(format!("nodes_final is left out: there are {nodes} nodes, more than {}", simulation.most_finals));
        Vec::new()
    };
    let time = Times {
        wall_s: 0.0,
        virtual_time: Some(virtual_time(&ended.prepared, ended.now)),
        causal: ended.tally.nodes.iter().map(|node| u64::from(node.depth)).max(),
    };
    let mut document = ended.prepared.document(EngineKind::Simulator, outcome);
    document.messages = MessageCounts {
        bytes: ended.tally.bytes,
        max_bytes: ended.tally.max_bytes,
        late: ended.tally.late,
        busiest_node: ended.tally.busiest_node(),
        busiest_link: ended.tally.busiest_link(),
        ..MessageCounts::of(&ended.prepared.description, ended.world.sent_by_tag())
    };
    let links = ended.links;
    document.links = LinkCounts {
        datagrams: None,
        retransmitted: Some(links.retransmitted),
        lost: Some(links.lost),
        duplicated: Some(links.duplicated),
        reordered: Some(links.reordered),
        rejected: Some(0),
    };
    document.time = time;
    document.properties = properties;
    document.nodes_final = nodes_final;
    AnyFinished { description: ended.prepared.description, document, world: Some(ended.world), explanation, notices }
}

/// A run whose nodes did not come into being.
pub(super) fn not_made(prepared: Prepared, node: NodeIndex, what: String) -> AnyFinished {
    let document = prepared.document(EngineKind::Simulator, Outcome::Crashed);
    let explanation = vec![format!("node {node}, before the start: panicked: {what}")];
    AnyFinished { description: prepared.description, document, world: None, explanation, notices: prepared.notices }
}

/// In units under unit delay, else in seconds.
fn virtual_time(prepared: &Prepared, time: Duration) -> f64 {
    match prepared.delay.unwrap_or_default() {
        Delay::Unit => time.as_nanos() as f64 / UNIT.as_nanos() as f64,
        _ => time.as_secs_f64(),
    }
}

/// A moment of virtual time, for people.
fn moment(prepared: &Prepared, time: Duration) -> String {
    match prepared.delay.unwrap_or_default() {
        Delay::Unit => format!("at time {}", virtual_time(prepared, time)),
        _ => format!("at {:.6} s", time.as_secs_f64()),
    }
}

fn node_final(ended: &mut Ended, index: usize) -> NodeFinal {
    let reported = ended.reported.remove(&index).unwrap_or_default();
    let node = ended.world.node(NodeIndex::new(index));
    let decided_at = ended.tally.decided_at(index).map(Duration::from_nanos);
    NodeFinal {
        sent: Some(ended.tally.sent(index)),
        received: Some(ended.tally.received(index)),
        decided_at: decided_at.map(|at| virtual_time(&ended.prepared, at)),
        reported,
        ..NodeFinal::of(node)
    }
}

/// The outcome but for `#[finally]`, and why it is what it is.
fn outcome_of(ended: &Ended, explanation: &mut Vec<String>) -> Outcome {
    let nodes = || ended.world.nodes().map(NodeIndex::new);
    let lives = |node: &NodeIndex| ended.world.node(*node).is_alive();
    let undecided = || nodes().filter(lives).filter(|node| !ended.world.node(*node).is_decided());
    let tell_each = || explain::one_by_one(&mut undecided(), &mut |node| ended.situation(node));
    match &ended.end {
        End::Quiet => {
            let outcome = Outcome::at_rest(&ended.prepared.description, ended.world.all_terminal());
            if outcome == Outcome::Stuck {
                let live = nodes().filter(lives).count();
                explanation.push(explain::stuck(undecided().count(), live));
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
        End::TooManyEvents(events) => {
            explanation.push(format!("not at an end after {events} events"));
            explanation.extend(tell_each());
            Outcome::Timeout
        }
        End::Crashed { node, what } => {
            let state = ended.world.node(*node).state_name();
            let when = moment(&ended.prepared, ended.now);
            explanation.push(format!("node {node} in state {state}, {when}: {what}"));
            Outcome::Crashed
        }
        End::Violated(violation) => {
            let when = moment(&ended.prepared, ended.now);
            explanation.push(match violation.property {
                Some(place) => {
                    let told = explain::does_not_hold(&ended.prepared.description.properties[place].name, &violation.what);
                    format!("{told} ({when}, after a step of node {})", violation.node)
                }
                None => format!("node {}, {when}: {}", violation.node, violation.what),
            });
            explanation.push(ended.situation(violation.node));
            Outcome::Violated
        }
    }
}

fn properties(ended: &Ended, simulation: &Simulation<'_>, explanation: &mut Vec<String>) -> Vec<(String, PropertyStatus)> {
    let status = |(place, property): (usize, &PropertyInfo)| {
        let violated = matches!(&ended.end, End::Violated(violation) if violation.property == Some(place));
        let status = match property.when {
            _ if !simulation.properties => PropertyStatus::Unchecked,
            When::Always if violated => PropertyStatus::Violated,
            When::Always => PropertyStatus::Holds,
            When::Finally if ended.end != End::Quiet => PropertyStatus::Unchecked,
            When::Finally => match explain::verdict(&*ended.world, place) {
                Ok(()) => PropertyStatus::Holds,
                Err(what) => {
                    explanation.push(explain::does_not_hold(&property.name, &what));
                    PropertyStatus::Violated
                }
            },
        };
        (property.name.clone(), status)
    };
    ended.prepared.description.properties.iter().enumerate().map(status).collect()
}
