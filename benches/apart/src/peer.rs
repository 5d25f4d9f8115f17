//! The same job for the crate simcore, as its documentation would have it written: a component a node, events by type.

use std::cell::RefCell;
use std::rc::Rc;

use serde::Serialize;
use simcore::{Event, EventHandler, Id, Simulation, SimulationContext, cast};

use crate::job::{Job, Way, cpu};

#[derive(Clone, Serialize)]
struct Hop {
    left: u32,
    value: u64,
}

struct Relay {
    context: SimulationContext,
    next: Id,
    way: Way,
    seen: u64,
    sum: u64,
    last: u64,
}

impl Relay {
    fn send(&self, hop: Hop) {
        match self.way {
            // What simcore has for times that never decrease.
            Way::Unit => self.context.emit_ordered(hop, self.next, 1.0),
            Way::Uniform => self.context.emit(hop, self.next, self.context.gen_range(1.0..1000.0)),
            Way::Exponential => self.context.emit(hop, self.next, -100.0 * libm::log(1.0 - self.context.rand())),
        };
    }
}

impl EventHandler for Relay {
    fn on(&mut self, event: Event) {
        cast!(match event.data {
            Hop { left, value } => {
                self.seen += 1;
                self.sum = self.sum.wrapping_add(value);
                self.last = value;
                if left > 0 {
                    self.send(Hop { left: left - 1, value: value + 1 });
                }
            }
        });
    }
}

/// Events a second.
pub(crate) fn rate(job: Job) -> f64 {
    let mut simulation = Simulation::new(1);
    let contexts = (0..job.nodes).map(|node| simulation.create_context(format!("node {node}"))).collect::<Vec<_>>();
    let ids = contexts.iter().map(SimulationContext::id).collect::<Vec<_>>();
    let mut nodes = Vec::with_capacity(job.nodes);
    for (node, context) in contexts.into_iter().enumerate() {
        let next = ids[(node + 1) % job.nodes];
        let relay = Rc::new(RefCell::new(Relay { context, next, way: job.way, seen: 0, sum: 0, last: 0 }));
        simulation.add_handler(format!("node {node}"), relay.clone());
        nodes.push(relay);
    }
    for node in &nodes {
        node.borrow().send(Hop { left: job.hops, value: 1 });
    }
    let started = cpu();
    simulation.step_until_no_events();
    let time = cpu() - started;
    let events = nodes.iter().map(|node| node.borrow().seen).sum::<u64>();
    events as f64 / time
}
