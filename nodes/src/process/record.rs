//! What a node process records: its part of the trace.

use core::time::Duration;
use std::fs::File;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::links::link_of;
use crate::link::Endpoint;
use crate::network::{Fate, Observer, pass_on};
use crate::protocol::Reads;
use crate::scarce::in_words;
use crate::topology::{NodeIndex, Port};
use crate::trace::{Detail, PartWriter, Steps};

/// Where a node records, and how much.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct RecordPlan {
    pub(super) file: PathBuf,
    pub(super) detail: Detail,
}

/// An observer that writes a node's part of the trace.
///
/// A message is named by the number of its sending in its sender's part; where a run is recorded, the number travels with it, in
/// the upper half of its stamp.
pub(super) struct Record {
    steps: Steps<PartWriter<File>>,
    node: NodeIndex,
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

impl Record {
    /// Opens it; a node that is started again goes on with it.
    pub(super) fn open(plan: &RecordPlan, node: NodeIndex, ports: usize) -> Result<Self, String> {
        let cannot =
            |cause: std::io::Error| format!("the record {} cannot be written: {}", plan.file.display(), in_words(&cause));
        let file = File::options().create(true).truncate(false).read(true).write(true).open(&plan.file).map_err(cannot)?;
        let part = PartWriter::go_on(file).map_err(cannot)?;
        Ok(Record { steps: Steps::new(part, plan.detail), node, resent: 0, resent_by_port: vec![0; ports] })
    }

    /// How many messages have been sent, in former lives too: the number that the next one gets.
    pub(super) fn next_number(&self) -> u64 {
        self.steps.pen.sent()
    }

    /// Why not all is on record, if it is not.
    pub(super) fn trouble(&self) -> Option<String> {
        self.steps.pen.failed().map(|cause| cause.to_string())
    }

    /// The time of what follows, if that is no event.
    pub(super) fn set_now(&mut self, now: Duration) {
        self.steps.set_now(now);
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
                    self.steps.fate(self.node, port, 0, Fate::Resent(resent - *known));
                    *known = resent;
                }
            }
        }
        self.steps.show();
    }
}

impl Observer for Record {
    fn reads(&self) -> Reads {
        self.steps.reads()
    }

    pass_on!(self => Some(&mut self.steps));
}
