//! Chrome's trace events: a track a node, a slice a step, an arrow a message.

use std::io::{self, Write};

use serde_json::json;

use super::begins_step;
use crate::plain;
use crate::trace::{Kind, TimeKind, Trace};

/// A step: what set it off, and where the next begins.
struct Step {
    first: usize,
    after: usize,
}

/// The steps of all nodes: each begins with what happens to the node, and holds what it does.
fn steps(trace: &Trace) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for event in 0..trace.len() {
        match steps.last_mut() {
            Some(step) if !begins_step(trace.kind(event)) && trace.node(event) == trace.node(step.first) => {
                step.after = event + 1
            }
            _ => steps.push(Step { first: event, after: event + 1 }),
        }
    }
    steps
}

/// Writes JSON without what would act on a terminal.
struct Clean<W>(W);

impl<W: Write> Write for Clean<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // What is formatted comes text by text.
        match str::from_utf8(bytes) {
            Ok(text) => self.0.write_all(plain::json(text).as_bytes())?,
            Err(_) => self.0.write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

pub(super) fn write(trace: &Trace, out: &mut dyn Write) -> io::Result<()> {
    let mut out = Clean(out);
    let header = trace.header();
    let micros = |nanos: u64| nanos as f64 / 1000.0;
    write!(
        out,
        "{{\"displayTimeUnit\":\"ns\",\"otherData\":{},\"traceEvents\":[",
        json!({ "by": "nodes", "replay": header.replay })
    )?;
    let process = format!("{} on {}", header.protocol, header.topology);
    write!(out, "\n{}", json!({"ph": "M", "pid": 1, "name": "process_name", "args": {"name": process}}))?;
    for node in 0..header.nodes as u32 {
        let name = format!("node {}", header.title(node));
        write!(out, ",\n{}", json!({"ph": "M", "pid": 1, "tid": node, "name": "thread_name", "args": {"name": name}}))?;
        write!(
            out,
            ",\n{}",
            json!({"ph": "M", "pid": 1, "tid": node, "name": "thread_sort_index", "args": {"sort_index": node}})
        )?;
    }
    let steps = steps(trace);
    // A step takes no time in virtual time, and too little to be seen in real time; slices of a track must not overlap.
    let usual = if header.clock == TimeKind::Virtual { header.unit_ns / 5 } else { 2_000 };
    let mut lasts = vec![usual; steps.len()];
    let mut next = vec![None::<u64>; header.nodes];
    for (place, step) in steps.iter().enumerate().rev() {
        let (node, time) = (trace.node(step.first) as usize, trace.time(step.first));
        if let Some(next) = next[node].replace(time) {
            lasts[place] = usual.min(next.saturating_sub(time));
        }
    }
    for (step, lasts) in steps.iter().zip(lasts) {
        let (node, at) = (trace.node(step.first), micros(trace.time(step.first)));
        let does = (step.first + 1..step.after).filter(|event| trace.kind(*event) != Kind::Fields);
        let args = json!({
            "does": does.map(|event| trace.describe(event)).collect::<Vec<_>>(),
            "fields": (step.first..step.after).find(|event| trace.kind(*event) == Kind::Fields).and_then(|event| trace.text(event)),
            "lamport": trace.lamport(step.first),
            "round": trace.depth(step.first),
        });
        let name = trace.describe(step.first);
        let kind = trace.kind(step.first).name();
        let slice =
            json!({"ph": "X", "pid": 1, "tid": node, "ts": at, "dur": micros(lasts), "name": name, "cat": kind, "args": args});
        write!(out, ",\n{slice}")?;
        for event in step.first..step.after {
            let Some(message) = trace.message_of(event) else { continue };
            let kind = trace.kind(event);
            let name = &header.messages[trace.messages()[message].kind as usize];
            if kind == Kind::Send {
                write!(
                    out,
                    ",\n{}",
                    json!({"ph": "s", "pid": 1, "tid": node, "ts": at, "id": message, "name": name, "cat": "message"})
                )?;
            } else if kind.is_arrival() {
                let arrow = json!({
                    "ph": "f", "bp": "e", "pid": 1, "tid": node, "ts": at, "id": message, "name": name, "cat": "message",
                });
                write!(out, ",\n{arrow}")?;
            }
        }
    }
    writeln!(out, "\n]}}")
}
