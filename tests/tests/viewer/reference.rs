//! What is right of a trace, computed in the plainest way: happened-before is a graph, and an event's past and future are what can
//! be reached in it.

use nodes::trace::{Kind, Trace};
use serde_json::{Value, json};

/// What is right of a trace.
pub(crate) fn of(trace: &Trace) -> Value {
    let header = trace.header();
    let mut by_type = vec![0u64; header.messages.len()];
    for message in trace.messages().iter().filter(|message| message.port.is_some()) {
        by_type[message.kind as usize] += 1;
    }
    let arrivals =
        (0..trace.len()).filter(|event| trace.kind(*event).is_arrival() && trace.message_of(*event).is_some()).count();
    let arrived = trace.messages().iter().filter(|message| message.arrived().is_some()).count();
    json!({
        "events": trace.len(),
        "messages": trace.messages().len(),
        "second_arrivals": arrivals - arrived,
        "by_type": by_type,
        "lamport": (0..trace.len()).map(|event| trace.lamport(event)).collect::<Vec<_>>(),
        "depth": (0..trace.len()).map(|event| trace.depth(event)).collect::<Vec<_>>(),
        "outcome": trace.outcome(),
        "cones": cones(trace),
        "filters": filters(trace),
    })
}

/// How many events happened; the run's end is none.
fn count(trace: &Trace) -> usize {
    trace.len() - usize::from(trace.is_complete())
}

/// From each event those that it leads to directly.
fn graph(trace: &Trace) -> Vec<Vec<usize>> {
    let count = count(trace);
    let mut next = vec![Vec::new(); count];
    let mut last = vec![None; trace.header().nodes];
    for event in 0..count {
        if let Some(before) = last[trace.node(event) as usize].replace(event) {
            next[before].push(event);
        }
        let kind = trace.kind(event);
        let comes_of = kind.is_arrival() || matches!(kind, Kind::Resume | Kind::Drop);
        if let Some(message) = trace.message_of(event).filter(|_| comes_of) {
            next[trace.messages()[message].sent].push(event);
        }
    }
    next
}

fn reached(graph: &[Vec<usize>], from: usize) -> Vec<usize> {
    let mut seen = vec![false; graph.len()];
    let mut stack = vec![from];
    while let Some(event) = stack.pop() {
        for next in &graph[event] {
            if !std::mem::replace(&mut seen[*next], true) {
                stack.push(*next);
            }
        }
    }
    (0..graph.len()).filter(|event| seen[*event]).collect()
}

fn cones(trace: &Trace) -> Vec<Value> {
    let forward = graph(trace);
    let mut backward = vec![Vec::new(); forward.len()];
    for (event, next) in forward.iter().enumerate() {
        next.iter().for_each(|next| backward[*next].push(event));
    }
    let events = (0..12).map(|part| part * (forward.len() - 1) / 11);
    let cone = |event: usize| {
        let (past, future) = (reached(&backward, event), reached(&forward, event));
        json!({
            "event": event,
            "past": past.len(),
            "future": future.len(),
            "past_sum": past.iter().sum::<usize>(),
            "future_sum": future.iter().sum::<usize>(),
        })
    };
    events.map(cone).collect()
}

/// Filters, and how many events each leaves.
fn filters(trace: &Trace) -> Vec<Value> {
    let header = trace.header();
    let events = 0..count(trace);
    let message = |event: usize| trace.message_of(event).map(|message| &trace.messages()[message]);
    let is_type = |event: usize, kind: u32| message(event).is_some_and(|message| message.kind == kind);
    // The state after each event, as it was recorded.
    let mut states = vec![0; header.nodes];
    let mut state_after = Vec::new();
    for event in events.clone() {
        let node = trace.node(event) as usize;
        if let nodes::trace::What::Start { state }
        | nodes::trace::What::State { state }
        | nodes::trace::What::Recover { state } = trace.event(event).what
        {
            states[node] = state;
        }
        state_after.push(states[node]);
    }
    let (first_type, first_state) = (&header.messages[0], &header.states[0].name);
    let last_state = header.states.len() as u32 - 1;
    let tally = |test: &dyn Fn(usize) -> bool| events.clone().filter(|event| test(*event)).count();
    let is_kind = |event: usize, kind: Kind| trace.kind(event) == kind;
    [
        ("node:1".to_owned(), tally(&|event| trace.node(event) == 1)),
        ("node:0,2-3".to_owned(), tally(&|event| [0, 2, 3].contains(&trace.node(event)))),
        ("-node:1".to_owned(), tally(&|event| trace.node(event) != 1)),
        (format!("type:{first_type}"), tally(&|event| is_type(event, 0))),
        (format!("type:{first_type} kind:send"), tally(&|event| is_type(event, 0) && is_kind(event, Kind::Send))),
        ("kind:send | kind:deliver".to_owned(), tally(&|event| is_kind(event, Kind::Send) || is_kind(event, Kind::Deliver))),
        (
            "from:0 kind!=send".to_owned(),
            tally(&|event| message(event).is_some_and(|m| m.sender == 0) && !is_kind(event, Kind::Send)),
        ),
        ("to:0".to_owned(), tally(&|event| message(event).is_some_and(|message| message.receiver == 0))),
        (format!("state:{first_state}"), tally(&|event| state_after[event] == 0)),
        ("is:decided".to_owned(), tally(&|event| header.states[state_after[event] as usize].terminal)),
        (
            format!("state:{} node:1", header.states[last_state as usize].name),
            tally(&|event| state_after[event] == last_state && trace.node(event) == 1),
        ),
        ("round>=2".to_owned(), tally(&|event| trace.depth(event) >= 2)),
        ("round:1-2".to_owned(), tally(&|event| (1..=2).contains(&trace.depth(event)))),
        ("size>1".to_owned(), tally(&|event| message(event).is_some_and(|message| message.size > 1))),
        ("time>2ms".to_owned(), tally(&|event| trace.time(event) > 2_000_000)),
        ("lamport<9".to_owned(), tally(&|event| trace.lamport(event) < 9)),
    ]
    .into_iter()
    .map(|(query, events)| json!({"query": query, "events": events}))
    .collect()
}
