//! Where events stand in a picture of space and time.

use super::begins_step;
use crate::trace::{Kind, Trace};

/// How far apart the steps of a node are at least, where a message takes 1.
const STEP: f64 = 0.45;

/// The time of each event, in a picture: every message has the length of 1 at least, every node makes its steps one after the
/// other, and nothing stands before what it depends on.
pub(super) fn times(trace: &Trace) -> Vec<f64> {
    let mut times = vec![0.0f64; trace.len()];
    let mut last = vec![None::<f64>; trace.header().nodes];
    for event in 0..trace.len() {
        let (kind, node) = (trace.kind(event), trace.node(event) as usize);
        let before = last[node];
        let sent = trace.message_of(event).filter(|_| kind.has_origin()).map(|message| trace.messages()[message].sent);
        let step = if begins_step(kind) && kind != Kind::Start { STEP } else { 0.0 };
        let earliest = before.map_or(0.0, |before| before + step);
        let at = match sent {
            // The message to itself need not be seen to travel.
            Some(sent) if trace.node(sent) as usize != node => earliest.max(times[sent] + 1.0),
            _ => earliest,
        };
        times[event] = at;
        last[node] = Some(at);
    }
    times
}
