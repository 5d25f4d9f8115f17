//! What goes wrong on purpose, made concrete for one node: its share of the run's faults, by port.

use core::time::Duration;

use super::control::FaultPlan;
use super::links::link_of;
use crate::execution::Prepared;
use crate::link::{self, LinkDown, Plan, Wait};
use crate::network::{Cut, Delay, UNIT};
use crate::protocol::{Bytes, Local};
use crate::topology::{NodeIndex, Port};

/// The share of a node; `None` if nothing goes wrong.
pub(super) fn share(prepared: &Prepared, node: NodeIndex) -> Option<FaultPlan> {
    let faults = &prepared.faults;
    if !faults.touch_messages() && prepared.delay.is_none() {
        return None;
    }
    let mut down = Vec::new();
    for (port, end) in prepared.instance.graph().ends(node).enumerate() {
        let cuts = faults.cuts().filter(|cut| cut.separates(node, end.neighbour)).map(Cut::during);
        down.extend(cuts.map(|during| (port as u32, during.from, during.until)));
    }
    Some(FaultPlan {
        loss: faults.loss,
        duplicate: faults.duplicate,
        reorder: faults.reorder,
        delay: prepared.delay.map(|delay| delay.to_string()),
        down,
    })
}

/// The faults of a node's socket.
pub(super) fn of(plan: &FaultPlan, local: &Local<Bytes>) -> link::Faults {
    let wait = match plan.delay.as_deref().and_then(|delay| delay.parse().ok()) {
        None => Wait::None,
        Some(Delay::Unit) => Wait::Fixed(UNIT),
        Some(Delay::Uniform(least, most)) => Wait::Uniform(least, most),
        Some(Delay::Exponential(mean)) => Wait::Exponential(mean),
        Some(Delay::LogNormal(median, deviation)) => Wait::LogNormal(median, deviation),
        Some(Delay::Weights) => {
            let weight = |end: &crate::protocol::LocalEnd| UNIT.mul_f64(end.weight.clamp(0.0, 1e9));
            // The first link is the initializer's.
            Wait::ByLink(core::iter::once(Duration::ZERO).chain(local.ends.iter().map(weight)).collect())
        }
    };
    let down = plan
        .down
        .iter()
        .map(|(port, from, until)| LinkDown { link: link_of(Port::new(*port as usize)), during: *from..*until });
    let plan = Plan { loss: plan.loss, duplicate: plan.duplicate, reorder: plan.reorder, wait, down: down.collect() };
    link::Faults::new(plan, local.seed ^ (local.node.index() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}
