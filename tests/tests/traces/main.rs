//! What a trace holds is what happened: every message sent is in it exactly once, and its counts are the result document's.

use std::collections::BTreeMap;

use nodes::Protocol;
use nodes::protocol::Links;
use nodes::run::{Document, Run};
use nodes::simulator::Simulation;
use nodes::trace::{Arrival, Detail, Event, Kind, Trace, What};

mod exports;
mod processes;
mod simulated;

/// What stands in the trace must be what the document counts.
#[track_caller]
fn agree(trace: &Trace, document: &Document) {
    let header = trace.header();
    assert_eq!((&header.protocol, &header.fingerprint), (&document.protocol, &document.fingerprint));
    assert_eq!((&header.engine, &header.replay, &header.options), (&document.engine, &document.replay, &document.options));
    assert_eq!((header.nodes, header.links.len()), (document.nodes, document.edges));
    assert_eq!(trace.outcome(), Some(document.outcome.name()), "the record is whole");

    let between = trace.messages().iter().filter(|message| message.port.is_some());
    let mut by_type = BTreeMap::<&str, u64>::new();
    let (mut bytes, mut by_node) = (0, vec![0; document.nodes]);
    for message in between {
        *by_type.entry(&header.messages[message.kind as usize]).or_default() += 1;
        bytes += message.size;
        by_node[message.sender as usize] += 1;
    }
    for (name, count) in &document.messages.by_type {
        assert_eq!(by_type.get(name.as_str()).copied().unwrap_or(0), *count, "messages of type {name}");
    }
    assert_eq!((bytes, by_node.iter().max().copied()), (document.messages.bytes, Some(document.messages.busiest_node)));

    let arrivals = |what: &What<'_>| matches!(what, What::Arrive { port: Some(_), .. });
    let count = |is: &dyn Fn(&What<'_>) -> bool| trace.events().filter(|event| is(&event.what)).count() as u64;
    let late = count(&|what| matches!(what, What::Arrive { port: Some(_), how: Arrival::Late, .. }));
    let late_at_last = count(&|what| matches!(what, What::Resume { port: Some(_), handled: false, .. }));
    assert!(late <= document.messages.late && document.messages.late <= late + late_at_last);

    // Each arrives once, but for those that a lossy link lost or copied.
    let [arrived, lost, copied] =
        [&arrivals as &dyn Fn(&What<'_>) -> bool, &|what| matches!(what, What::Lost { .. }), &|what| {
            matches!(what, What::Duplicate { .. })
        }]
        .map(count);
    if document.outcome.is_well() && document.outcome.name() != "stopped" {
        assert_eq!(arrived + lost, document.messages.total + copied, "nothing is under way at the end");
    }
    assert_eq!(trace.messages().len(), count(&|what| matches!(what, What::Send { .. })) as usize);
    causes_come_first(trace);
    ended_as_told(trace, document);
}

/// Every arrival stands behind the sending, at the right node, from the right port; on links in order, in that order.
fn causes_come_first(trace: &Trace) {
    let header = trace.header();
    let mut times = 0;
    let mut last = BTreeMap::new();
    for (place, Event { node, time, what }) in trace.events().enumerate() {
        assert!(time >= times, "time goes on");
        times = time;
        if let What::Arrive { message, port, .. } = what {
            let number = message.expect("its sending is on record") as usize;
            let message = trace.messages()[number];
            assert!(message.sent < place && message.receiver == node && message.arrived().is_some_and(|first| first <= place));
            assert!(trace.time(message.sent) <= time && trace.lamport(message.sent) < trace.lamport(place));
            if let (Some(port), Some(out)) = (port, message.port) {
                let link = [message.sender, out, node, port];
                let turned = [node, port, message.sender, out];
                assert!(header.links.iter().any(|known| *known == link || *known == turned), "{link:?} is a link");
                if header.guarantee == Links::Fifo {
                    let before = last.insert(link, number);
                    assert!(before.is_none_or(|before| before < number), "in the order of sending");
                }
            }
        }
    }
}

/// The nodes' last states, and the longest chain.
fn ended_as_told(trace: &Trace, document: &Document) {
    let mut states = vec![None; document.nodes];
    let mut depth = 0;
    for (place, Event { node, what, .. }) in trace.events().enumerate() {
        if let What::Start { state } | What::State { state } | What::Recover { state } = what {
            states[node as usize] = Some(state);
        }
        depth = depth.max(trace.depth(place));
    }
    for last in &document.nodes_final {
        let state = states[last.node].map(|state| trace.header().states[state as usize].name.as_str());
        assert!(last.state.is_none() || state == last.state.as_deref(), "node {}", last.node);
    }
    assert_eq!(Some(u64::from(depth)), document.time.causal);
}

fn recorded<P: Protocol>(run: &Run<P>) -> (Trace, Document) {
    let (finished, written) = run.simulate_recorded(Simulation::new(), Vec::new(), Detail::default()).expect("it runs");
    let trace = Trace::read(&written.expect("memory takes all")[..]).expect("it was written right");
    (trace, finished.document)
}

fn count(trace: &Trace, kind: Kind) -> usize {
    (0..trace.len()).filter(|event| trace.kind(*event) == kind).count()
}
