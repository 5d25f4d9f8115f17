//! What a node process records: its part of the trace.

use core::fmt::Debug;
use core::time::Duration;
use std::collections::VecDeque;
use std::fs::File;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::links::link_of;
use crate::link::Endpoint;
use crate::protocol::{AlarmSet, Effect, MessageSet, Node, Protocol, Stepped};
use crate::topology::{NodeIndex, Port};
use crate::trace::{Detail, PartWriter, Steps, What};

/// Where a node records, and how much.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct RecordPlan {
    pub(super) file: PathBuf,
    pub(super) detail: Detail,
}

/// A node's part of the trace.
///
/// A message is named by the number of its sending in its sender's part; where a run is recorded, the number travels with it, in
/// the upper half of its stamp.
pub(super) struct Record {
    steps: Steps<PartWriter<File>>,
    node: NodeIndex,
    /// The numbers of the messages to the node itself that have not been handled.
    to_self: VecDeque<u64>,
    /// How much has been sent again, as far as it has been looked at and recorded.
    resent: u64,
    resent_by_port: Vec<u64>,
}

/// What a message bears under way.
pub(super) fn stamp(depth: u64, number: u64) -> u64 {
    number << 32 | depth.min(u32::MAX.into())
}

/// How long the chain is that ends with it, and its number.
pub(super) fn read_stamp(stamp: u64) -> (u64, u64) {
    (stamp & u64::from(u32::MAX), stamp >> 32)
}

// Most runs are not recorded: what follows stays out of the code of a step.
impl Record {
    /// Opens it; a node that is started again goes on with it.
    pub(super) fn open(plan: &RecordPlan, node: NodeIndex, ports: usize) -> Result<Self, String> {
        let cannot = |cause: std::io::Error| format!("the record {} cannot be written: {cause}", plan.file.display());
        let file = File::options().create(true).truncate(false).read(true).write(true).open(&plan.file).map_err(cannot)?;
        let part = PartWriter::go_on(file).map_err(cannot)?;
        let steps = Steps::new(part, plan.detail);
        Ok(Record { steps, node, to_self: VecDeque::new(), resent: 0, resent_by_port: vec![0; ports] })
    }

    /// The node has come into being, or has come back.
    pub(super) fn born<P: Protocol>(&mut self, now: Duration, node: &Node<P>, again: bool) {
        self.steps.set_now(now);
        self.steps.born(node, again);
    }

    /// A message from a neighbour is about to be handled.
    #[cold]
    #[inline(never)]
    pub(super) fn arrives(&mut self, now: Duration, number: u64, from: Port) {
        self.steps.set_now(now);
        self.steps.arrives(self.node, number, from);
    }

    /// A message of the node to itself is about to be handled.
    #[cold]
    #[inline(never)]
    pub(super) fn arrives_from_self(&mut self, now: Duration) {
        let number = self.to_self.pop_front().unwrap_or_default();
        self.arrives(now, number, Port::SELF);
    }

    /// The impulse is about to be handled.
    pub(super) fn impulse(&mut self, now: Duration) {
        self.steps.set_now(now);
        self.steps.impulse(self.node);
    }

    /// An alarm is about to ring.
    #[cold]
    #[inline(never)]
    pub(super) fn rings<P: Protocol>(&mut self, now: Duration, node: &Node<P>) {
        self.steps.set_now(now);
        self.steps.rings(node);
    }

    /// A deferred message is about to be offered.
    #[cold]
    #[inline(never)]
    pub(super) fn offered(&mut self, now: Duration) {
        self.steps.set_now(now);
        self.steps.offered(self.node);
    }

    /// The node has made its step.
    #[cold]
    #[inline(never)]
    pub(super) fn stepped<P: Protocol>(&mut self, node: &Node<P>, stepped: Stepped) {
        self.steps.stepped(node, stepped);
    }

    /// The number that the next message gets.
    pub(super) fn next_number(&self) -> u64 {
        self.steps.pen.sent()
    }

    /// A message leaves.
    #[cold]
    #[inline(never)]
    pub(super) fn sends<M: MessageSet + Debug>(&mut self, port: Port, msg: &M, size: usize) {
        let number = self.steps.sends(self.node, port, msg, size as u64);
        if port == Port::SELF {
            self.to_self.push_back(number);
        }
    }

    /// The node sets an alarm, or takes some back.
    #[cold]
    #[inline(never)]
    pub(super) fn alarm<M, A: AlarmSet>(&mut self, effect: &Effect<M, A>) {
        self.steps.alarm(self.node, effect);
    }

    #[cold]
    #[inline(never)]
    pub(super) fn logs(&mut self, line: &str) {
        self.steps.write(self.node, What::Log { line });
    }

    #[cold]
    #[inline(never)]
    pub(super) fn reports(&mut self, name: &str, value: &serde_json::Value) {
        self.steps.reports(self.node, name, value);
    }

    /// The run is over: what follows are last words.
    pub(super) fn finishes(&mut self, now: Duration) {
        self.steps.set_now(now);
    }

    /// The node cannot go on.
    #[cold]
    #[inline(never)]
    pub(super) fn fails(&mut self, violation: bool, what: &str) {
        if violation {
            self.steps.violates(self.node, None, what);
        } else {
            self.steps.fails(self.node, what);
        }
    }

    /// Writes down what has happened; before anything that it caused leaves the process.
    #[cold]
    #[inline(never)]
    pub(super) fn flush(&mut self, now: Duration, endpoint: &Endpoint) {
        let total = endpoint.stats().resent;
        if total > self.resent {
            self.steps.set_now(now);
            self.resent = total;
            for (port, known) in self.resent_by_port.iter_mut().enumerate() {
                let port = Port::new(port);
                let resent = endpoint.link_stats(link_of(port)).resent;
                if resent > *known {
                    self.steps.resends(self.node, port, resent - *known);
                    *known = resent;
                }
            }
        }
        self.steps.pen.flush();
    }
}
