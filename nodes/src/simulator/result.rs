//! What came of a simulated run, made into the result document.

use core::time::Duration;

use super::Simulation;
use super::courier::LinkTally;
use super::tally::Tally;
use crate::execution::{
    AnyFinished, End, Ending, EngineKind, Judge, LinkCounts, NodeFailure, Outcome, Prepared, Reports, Times,
};
use crate::network::{Delay, Observer, UNIT};
use crate::protocol::AnyWorld;
use crate::topology::NodeIndex;

/// What is known of a run at its end.
pub(super) struct Ended {
    pub(super) prepared: Prepared,
    pub(super) world: Box<dyn AnyWorld>,
    pub(super) tally: Tally,
    pub(super) links: LinkTally,
    pub(super) reported: Reports,
    pub(super) now: Duration,
    pub(super) judge: Judge,
    pub(super) end: End,
}

/// Puts together what is known at the end.
pub(super) fn finished(ended: Ended, simulation: &Simulation<'_>, observer: &mut dyn Observer) -> AnyFinished {
    let Ended { prepared, world, tally, links, reported, now, judge, end } = ended;
    let last_message = |node: NodeIndex| tally.nodes[node.index()].last_message;
    let ending = Ending::of(&prepared, &judge, world, end).at(now, moment(&prepared, now)).reports(reported);
    let ending = ending.last_message(&last_message).most_finals(simulation.most_finals);
    let mut finished = ending.finish(EngineKind::Simulator, observer);
    if tally.to_the_dead > 0 {
        finished.explanation.push(format!("{} messages were addressed to nodes that had crashed", tally.to_the_dead));
    }
    let document = &mut finished.document;
    document.messages.bytes = tally.bytes;
    document.messages.max_bytes = tally.max_bytes;
    document.messages.late = tally.late;
    document.messages.busiest_node = tally.busiest_node();
    document.messages.busiest_link = tally.busiest_link();
    document.links = LinkCounts {
        datagrams: None,
        retransmitted: Some(links.retransmitted),
        lost: Some(links.lost),
        duplicated: Some(links.duplicated),
        reordered: Some(links.reordered),
        rejected: Some(0),
    };
    document.time = Times {
        wall_s: 0.0,
        virtual_time: Some(virtual_time(&prepared, now)),
        causal: tally.nodes.iter().map(|node| u64::from(node.depth)).max(),
    };
    for (node, last) in document.nodes_final.iter_mut().enumerate() {
        last.sent = Some(tally.sent(node));
        last.received = Some(tally.received(node));
        let decided_at = tally.decided_at(node).map(Duration::from_nanos);
        last.decided_at = decided_at.map(|at| virtual_time(&prepared, at));
    }
    finished
}

/// A run whose nodes did not come into being.
pub(super) fn not_made(prepared: Prepared, node: NodeIndex, what: String) -> AnyFinished {
    let document = prepared.document(EngineKind::Simulator, Outcome::Crashed);
    let explanation = vec![format!("node {node}, before the start: panicked: {what}")];
    AnyFinished {
        description: prepared.description,
        document,
        world: None,
        explanation,
        notices: prepared.notices,
        unwritten: Vec::new(),
        failed: Some(NodeFailure { node, report: None }),
    }
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
