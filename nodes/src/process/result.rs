//! What came of a run of processes, made into the result document.

use core::time::Duration;
use std::sync::Arc;

use serde_json::Value;

use super::control::LinkTotals;
use super::ending::{Death, End, Ending};
use super::member::Member;
use crate::protocol::{Description, Instance, Local, Net, Node, Protocol, When, World};
use crate::execution::explain;
use crate::execution::{
    EngineKind, Finished, LinkCounts, MessageCounts, NodeFinal, Outcome, Prepared, PropertyStatus, Times, duration_text,
};
use crate::topology::NodeIndex;

/// Puts together what is known at the end.
pub(super) fn finished<P: Protocol>(prepared: &Prepared<P>, ending: Ending, members: &mut [Member]) -> Finished<P> {
    let Ending { started, ended, end, deaths, recovered, sent, rejected } = ending;
    let instance = &prepared.instance;
    let description = &prepared.description;
    let nodes = members
        .iter()
        .enumerate()
        .map(|(index, member)| {
            let last = member.last.as_ref()?;
            let index = NodeIndex::new(index);
            let protocol = postcard::from_bytes(&last.fields).ok()?;
            Some(Node::<P>::from_parts(index, instance.ids.of(index), protocol, !member.gone))
        })
        .collect::<Vec<_>>();
    let messages = count(description, instance, members);

    let (mut outcome, mut explanation) = outcome_of(&end, &nodes, members, description);
    let nodes_final = nodes.iter().zip(members.iter_mut()).enumerate().map(|(index, (node, member))| {
        let last = member.last.as_deref();
        NodeFinal {
            node: index,
            id: instance.ids.of(NodeIndex::new(index)).0,
            state: node.as_ref().map(|node| node.state_name().to_owned()),
            sent: last.map(|last| last.by_type.iter().sum()),
            received: last.map(|last| last.received),
            busy_s: last.map(|last| last.busy.as_secs_f64()),
            decided_at: last.and_then(|last| last.decided_at).map(|at| at.as_secs_f64()),
            fields: node.as_ref().map_or(Value::Null, |node| explain::fields(node.protocol())),
            reported: std::mem::take(&mut member.reported),
        }
    });
    let nodes_final = nodes_final.collect::<Vec<_>>();

    // How a dead node ended, nobody knows; in the world it stands, dead, as it began.
    let stand_in = |index: usize| {
        let mut net = Net::<P>::local(Local::of(instance, NodeIndex::new(index)));
        let mut node = Node::new(&prepared.config, &mut net);
        node.crash();
        node
    };
    let dead = |index: usize| deaths.iter().any(|death| death.node == index);
    let nodes = nodes.into_iter().enumerate().map(|(index, node)| node.or_else(|| dead(index).then(|| stand_in(index))));
    let world = nodes.collect::<Option<Vec<_>>>().map(|nodes| {
        let sent = messages.by_type.iter().map(|(_, count)| *count).collect();
        World::ended(Arc::clone(instance), nodes, sent)
    });
    let quiet = matches!(end, End::Quiet);
    let properties = P::properties().iter().map(|property| {
        let due = property.when == When::Always || quiet;
        let status = match &world {
            Some(world) if due => match explain::verdict(property, world) {
                Ok(()) if property.when == When::Always => PropertyStatus::HeldAtEnd,
                Ok(()) => PropertyStatus::Holds,
                Err(what) => {
                    explanation.push(explain::does_not_hold(property.name, &what));
                    PropertyStatus::Violated
                }
            },
            _ => PropertyStatus::Unchecked,
        };
        (property.name.to_owned(), status)
    });
    let properties = properties.collect::<Vec<_>>();
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
    let notices = notices(prepared, &deaths, &recovered);
    Finished { document, world, explanation, notices }
}

/// What people should know besides: who died and came back while the others went on, and what was planned and did not come.
fn notices<P: Protocol>(prepared: &Prepared<P>, deaths: &[Death], recovered: &[Death]) -> Vec<String> {
    let told = |death: &Death, rest: &str| {
        let at = death.at.map_or(String::new(), |at| format!(", {:.3} s after the start", at.as_secs_f64()));
        format!("node {}{at}: {}; {rest}", death.node, death.what)
    };
    let missed = |(node, at): &(usize, Duration), what: &str| {
        format!("node {node} did not {what}: the run ended before {}", duration_text(*at))
    };
    let mut notices = prepared.notices.clone();
    notices.extend(deaths.iter().map(|death| told(death, "the others went on")));
    let former = "what it sent and handled in its former life is not counted";
    notices.extend(recovered.iter().map(|recovery| told(recovery, former)));
    notices.extend(prepared.faults.recoveries.iter().map(|planned| missed(planned, "recover")));
    notices.extend(prepared.faults.crashes.iter().map(|planned| missed(planned, "crash")));
    notices
}

/// What was sent, as far as the nodes told.
fn count<I>(description: &Description, instance: &Instance<I>, members: &[Member]) -> MessageCounts {
    let mut by_type = vec![0; description.messages.len()];
    let mut by_link = vec![0; instance.graph.link_count()];
    let mut counts = MessageCounts::default();
    for (index, last) in members.iter().enumerate().filter_map(|(index, member)| Some((index, member.last.as_deref()?))) {
        by_type.iter_mut().zip(&last.by_type).for_each(|(sum, count)| *sum += count);
        for (end, sent) in instance.graph.ends(NodeIndex::new(index)).zip(&last.sent_through) {
            by_link[end.link as usize] += sent;
        }
        counts.busiest_node = counts.busiest_node.max(last.by_type.iter().sum());
        counts.bytes += last.bytes;
        counts.max_bytes = counts.max_bytes.max(last.max_bytes);
        counts.late += last.late;
    }
    counts.total = by_type.iter().sum();
    counts.busiest_link = by_link.into_iter().max().unwrap_or(0);
    counts.by_type = description.messages.iter().map(|message| message.name.clone()).zip(by_type).collect();
    counts
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

/// The outcome but for the properties, and why it is what it is.
fn outcome_of<P: Protocol>(
    end: &End,
    nodes: &[Option<Node<P>>],
    members: &[Member],
    description: &Description,
) -> (Outcome, Vec<String>) {
    let undecided = || {
        (0..nodes.len()).filter(|index| !members[*index].gone && nodes[*index].as_ref().is_none_or(|node| !node.is_decided()))
    };
    let tell = |index: usize| match (&nodes[index], &members[index].last) {
        (Some(node), Some(last)) => explain::situation(node, last.last_message.as_deref(), &last.deferred, description),
        _ => format!("node {index} did not answer: its handler may run for ever, or its process is gone"),
    };
    let mut explanation = Vec::new();
    let outcome = match end {
        End::Quiet if !description.has_terminal_states() => Outcome::Quiescent,
        End::Quiet if undecided().next().is_none() => Outcome::Terminated,
        End::Quiet => {
            explanation.push(explain::stuck(undecided().count(), nodes.len()));
            explanation.extend(explain::one_by_one(undecided(), tell));
            Outcome::Stuck
        }
        End::Interrupted => {
            explanation.push(explain::INTERRUPTED.to_owned());
            Outcome::Stopped
        }
        End::Planned => Outcome::Stopped,
        End::TimedOut(after) => {
            explanation.push(explain::out_of_time(*after));
            explanation.extend(explain::one_by_one(undecided(), tell));
            Outcome::Timeout
        }
        End::Failed { node, at, failure } => {
            let when = at.map_or("before the start".to_owned(), |at| format!("{:.3} s after the start", at.as_secs_f64()));
            let state = nodes[*node].as_ref().map_or(String::new(), |state| format!(" in state {}", state.state_name()));
            explanation.push(format!("node {node}{state}, {when}: {}", failure.what));
            if failure.violation { Outcome::Violated } else { Outcome::Crashed }
        }
    };
    (outcome, explanation)
}
