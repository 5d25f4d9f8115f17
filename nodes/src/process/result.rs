//! What came of a run of processes, made into the result document.

use core::time::Duration;
use std::sync::Arc;

use serde_json::Value;

use super::control::{Final, LinkTotals};
use super::ending::{AS_PLANNED, Death, End, Ending};
use super::member::Member;
use crate::execution::explain;
use crate::execution::{
    AnyFinished, EngineKind, LinkCounts, MessageCounts, NodeFailure, NodeFinal, Outcome, Prepared, PropertyStatus, Times,
    duration_text,
};
use crate::network::Faults;
use crate::protocol::{AnyNode, AnyWorld, Description, When, of_state};
use crate::sorting;
use crate::topology::{Graph, NodeIndex};

/// Puts together what is known at the end.
pub(super) fn finished(prepared: &Prepared, ending: Ending, members: &mut [Member]) -> AnyFinished {
    let Ending { started, ended, end, deaths, recovered, sent, rejected } = ending;
    let nodes = members.iter().enumerate().map(|(node, member)| ended_node(prepared, node, member)).collect::<Vec<_>>();
    let messages = count(&prepared.description, prepared.instance.graph(), members);
    let (mut outcome, mut explanation) = outcome_of(&end, &nodes, members, &prepared.description);
    let nodes_final = nodes_final(prepared, &nodes, members);
    let world = ended_world(prepared, nodes, &deaths, &messages);
    let properties = looked_at(prepared, world.as_deref(), matches!(end, End::Quiet), &mut explanation);
    if outcome.is_well() && properties.iter().any(|(_, status)| *status == PropertyStatus::Violated) {
        outcome = Outcome::Violated;
    }

    let finals = || members.iter().filter_map(|member| member.last.as_deref());
    let complete = members.iter().all(|member| member.last.is_some());
    let active = finals().map(|last| last.active_until).max();
    let wall = match (&end, active) {
        (End::Quiet, Some(active)) => active,
        _ => started.map_or(Duration::ZERO, |started| ended.saturating_sub(started)),
    };
    let mut document = prepared.document(EngineKind::Processes, outcome);
    document.messages = if complete { messages } else { MessageCounts { total: messages.total.max(sent), ..messages } };
    document.links = link_counts(finals().map(|last| last.links).chain([LinkTotals { rejected, ..LinkTotals::default() }]));
    document.time = Times { wall_s: wall.as_secs_f64(), virtual_time: None, causal: finals().map(|last| last.causal).max() };
    document.properties = properties;
    document.nodes_final = nodes_final;
    let mut notices = notices(prepared, &deaths, &recovered);
    if matches!(end, End::Planned) {
        notices.extend(explain::end_not_reached(&prepared.description.properties));
    }
    let told = members.iter().enumerate().filter(|(_, member)| !member.gone);
    let mut deferred = told.filter_map(|(node, member)| Some((NodeIndex::new(node), member.last.as_ref()?.deferred.clone())));
    notices.extend(explain::left_deferred(&mut deferred));
    let description = Arc::clone(&prepared.description);
    let failed = match end {
        End::Failed { node, failure, report, .. } if !failure.violation => {
            Some(NodeFailure { node: NodeIndex::new(node), report })
        }
        _ => None,
    };
    AnyFinished { description, document, world, explanation, notices, unwritten: Vec::new(), failed }
}

/// A node as it ended, if it has told.
fn ended_node(prepared: &Prepared, node: usize, member: &Member) -> Option<Box<dyn AnyNode>> {
    let fields = &member.last.as_ref()?.fields;
    let Prepared { protocol, instance, config, .. } = prepared;
    protocol.ended_node(instance, &**config, NodeIndex::new(node), Some(fields), !member.gone)
}

/// The nodes as the document has them.
fn nodes_final(prepared: &Prepared, nodes: &[Option<Box<dyn AnyNode>>], members: &mut [Member]) -> Vec<NodeFinal> {
    let mut all = Vec::new();
    for (index, (node, member)) in nodes.iter().zip(members).enumerate() {
        let (view, last) = (node.as_ref().map(|node| node.view()), member.last.as_deref());
        all.push(NodeFinal {
            node: index,
            label: prepared.instance.graph().name(NodeIndex::new(index)).map(str::to_owned),
            id: prepared.instance.ids().of(NodeIndex::new(index)).0,
            state: view.map(|view| view.state_name().to_owned()),
            sent: last.map(|last| last.counts.by_type.iter().sum()),
            received: last.map(|last| last.counts.received),
            busy_s: last.map(|last| last.busy.as_secs_f64()),
            decided_at: last.and_then(|last| last.decided_at).map(|at| at.as_secs_f64()),
            fields: view.map_or(Value::Null, |view| view.fields()),
            reported: std::mem::take(&mut member.reported),
        });
    }
    all
}

/// The world at the end, if all is known of it.  How a node ended that died while the others went on is not known; there it
/// stands dead, as it began.
fn ended_world(
    prepared: &Prepared,
    nodes: Vec<Option<Box<dyn AnyNode>>>,
    deaths: &[Death],
    messages: &MessageCounts,
) -> Option<Box<dyn AnyWorld>> {
    let Prepared { protocol, instance, config, .. } = prepared;
    let mut known = Vec::with_capacity(nodes.len());
    for (index, node) in nodes.into_iter().enumerate() {
        let stand_in = || {
            let dead = deaths.iter().any(|death| death.node == index);
            if dead { protocol.ended_node(instance, &**config, NodeIndex::new(index), None, false) } else { None }
        };
        known.push(node.or_else(stand_in)?);
    }
    let sent = messages.by_type.iter().map(|(_, count)| *count).collect();
    Some(protocol.ended_world(instance, &**config, known, sent))
}

/// What became of each property, and why those do not hold that do not.
fn looked_at(
    prepared: &Prepared,
    world: Option<&dyn AnyWorld>,
    quiet: bool,
    explanation: &mut Vec<String>,
) -> Vec<(String, PropertyStatus)> {
    let mut properties = Vec::new();
    for (place, property) in prepared.description.properties.iter().enumerate() {
        let due = property.when == When::Always || quiet;
        let status = match world {
            Some(world) if due => match explain::verdict(world, place) {
                Ok(()) if property.when == When::Always => PropertyStatus::HeldAtEnd,
                Ok(()) => PropertyStatus::Holds,
                Err(what) => {
                    explanation.push(explain::does_not_hold(&property.name, &what));
                    PropertyStatus::Violated
                }
            },
            _ => PropertyStatus::Unchecked,
        };
        properties.push((property.name.clone(), status));
    }
    properties
}

/// What people should know besides: who died and came back while the others went on, and what was planned and did not come.
fn notices(prepared: &Prepared, deaths: &[Death], recovered: &[Death]) -> Vec<String> {
    let told = |death: &Death, rest: &str| {
        let at = death.at.map_or(String::new(), |at| format!(", {:.3} s after the start", at.as_secs_f64()));
        (death.at, format!("node {}{at}: {}; {rest}", death.node, death.what))
    };
    let missed = |node: usize, at: Duration, what: &str| {
        (Some(at), format!("node {node} did not {what}: the run ended before {}", duration_text(at)))
    };
    let mut happened = deaths.iter().map(|death| told(death, "the others went on")).collect::<Vec<_>>();
    let former = "what it sent and handled in its former life is not counted";
    happened.extend(recovered.iter().map(|recovery| told(recovery, former)));
    let Faults { crashes, recoveries, .. } = &prepared.faults;
    let mut to_come = crashes.iter().map(|crash| missed(crash.node, crash.at, "crash")).collect::<Vec<_>>();
    to_come.extend(recoveries.iter().map(|recovery| missed(recovery.node, recovery.at, "recover")));
    // In the order of time: who recovers has crashed before.
    for of_one_kind in [&mut happened, &mut to_come] {
        sorting::by_key(of_one_kind, |(at, _)| *at);
    }
    let in_order = happened.into_iter().chain(to_come).map(|(_, notice)| notice);
    prepared.notices.iter().cloned().chain(in_order).collect()
}

/// What was sent, as far as the nodes told.
fn count(description: &Description, graph: &Graph, members: &[Member]) -> MessageCounts {
    let mut by_type = vec![0; description.messages.len()];
    let mut by_link = vec![0; graph.link_count()];
    let mut counts = MessageCounts::default();
    for (index, last) in members.iter().enumerate().filter_map(|(index, member)| Some((index, member.last.as_deref()?))) {
        let last = &last.counts;
        by_type.iter_mut().zip(&last.by_type).for_each(|(sum, count)| *sum += count);
        for (end, sent) in graph.ends(NodeIndex::new(index)).zip(&last.sent_through) {
            by_link[end.link as usize] += sent;
        }
        counts.busiest_node = counts.busiest_node.max(last.by_type.iter().sum());
        counts.bytes += last.bytes;
        counts.max_bytes = counts.max_bytes.max(last.max_bytes);
        counts.late += last.late;
    }
    counts.busiest_link = by_link.into_iter().max().unwrap_or(0);
    let MessageCounts { total, by_type, .. } = MessageCounts::of(description, &by_type);
    MessageCounts { total, by_type, ..counts }
}

fn link_counts(totals: impl Iterator<Item = LinkTotals>) -> LinkCounts {
    let mut sum = LinkTotals::default();
    for one in totals {
        sum.datagrams += one.datagrams;
        sum.retransmitted += one.retransmitted;
        sum.lost += one.lost;
        sum.duplicated += one.duplicated;
        sum.rejected += one.rejected;
    }
    LinkCounts {
        datagrams: Some(sum.datagrams),
        retransmitted: Some(sum.retransmitted),
        lost: Some(sum.lost),
        duplicated: Some(sum.duplicated),
        reordered: None,
        rejected: Some(sum.rejected),
    }
}

/// The name of the last message that a node handled.
fn last_message<'a>(last: &Final, description: &'a Description) -> Option<&'a str> {
    Some(&description.messages.get(usize::from(last.counts.last_message?))?.name)
}

/// The outcome but for the properties, and why it is what it is.
fn outcome_of(
    end: &End,
    nodes: &[Option<Box<dyn AnyNode>>],
    members: &[Member],
    description: &Description,
) -> (Outcome, Vec<String>) {
    let undecided = || {
        (0..nodes.len())
            .filter(|index| !members[*index].gone && nodes[*index].as_ref().is_none_or(|node| !node.view().is_decided()))
    };
    let mut tell_node = |node: NodeIndex| match (&nodes[node.index()], &members[node.index()].last) {
        (Some(node), Some(last)) => {
            let handled = explain::handled(last_message(last, description));
            explain::situation(node.view(), Some(&handled), &last.deferred, description)
        }
        (_, None) if members[node.index()].stopped => format!("node {node} did not answer: a signal has stopped its process"),
        _ => format!("node {node} did not answer: its handler may run for ever, or its process is gone"),
    };
    let fails = |node: usize, at: Option<Duration>, what: &str| {
        let when = at.map_or("before the start".to_owned(), |at| format!("{:.3} s after the start", at.as_secs_f64()));
        let told = |node: &dyn AnyNode| of_state(" in state ", node.view().state_name());
        let state = nodes[node].as_deref().map_or(String::new(), told);
        format!("node {node}{state}, {when}: {what}")
    };
    let mut explanation = Vec::new();
    let outcome = match end {
        End::Quiet => {
            let outcome = Outcome::at_rest(description, undecided().next().is_none());
            if outcome == Outcome::Stuck {
                explanation.push(explain::stuck(undecided().count(), nodes.len()));
                explanation.extend(explain::one_by_one(&mut undecided().map(NodeIndex::new), &mut tell_node));
            }
            outcome
        }
        End::Interrupted => {
            explanation.push(explain::INTERRUPTED.to_owned());
            Outcome::Stopped
        }
        End::Planned => Outcome::Stopped,
        End::TimedOut(after) => {
            explanation.push(explain::out_of_time(*after));
            explanation.extend(explain::one_by_one(&mut undecided().map(NodeIndex::new), &mut tell_node));
            Outcome::Timeout
        }
        End::Crashed { node, at } => {
            explanation.push(fails(*node, *at, AS_PLANNED));
            Outcome::Crashed
        }
        End::Failed { node, at, failure, .. } => {
            explanation.push(fails(*node, *at, &failure.what));
            if failure.violation { Outcome::Violated } else { Outcome::Crashed }
        }
    };
    (outcome, explanation)
}
