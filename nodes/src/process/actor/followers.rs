//! Who follows a node: what counts its steps, its part of the trace, its log.

use core::time::Duration;

use crate::execution::NodeLog;
use crate::network::{Observer, Sent, pass_on};
use crate::process::control::Setup;
use crate::process::counts::Counting;
use crate::process::journal::Journal;
use crate::process::record::Record;
use crate::protocol::{Reads, WorldView};

/// Who follows a node.
pub(super) struct Followers {
    pub(super) counting: Counting,
    pub(super) record: Option<Record>,
    log: Option<NodeLog<Journal>>,
}

impl Followers {
    /// Those that the set-up asks for.
    pub(super) fn new(setup: &Setup, message_types: usize) -> Result<Self, String> {
        let ports = setup.local.ends.len();
        let journal = Journal::open(setup.log_file.as_deref(), setup.log_stream, setup.incarnation > 0)?;
        let record = setup.record.as_ref().map(|plan| Record::open(plan, setup.local.node, ports));
        Ok(Followers {
            counting: Counting::new(ports, message_types),
            record: record.transpose()?,
            log: journal.map(NodeLog::real),
        })
    }

    /// The node has been made at that time.
    pub(super) fn begin(&mut self, now: Duration, world: &dyn WorldView) {
        self.set_now(now);
        self.begun(world);
    }

    /// The time of what follows, if that is no event.
    pub(super) fn set_now(&mut self, now: Duration) {
        if let Some(record) = &mut self.record {
            record.set_now(now);
        }
        self.pass_time(now);
    }

    /// A handler took until then.  A log tells when something was done; in a trace, a step takes no time.
    #[inline]
    pub(super) fn pass_time(&mut self, now: Duration) {
        if let Some(log) = &mut self.log {
            log.set_now(now);
        }
    }

    /// A message cannot leave: the last that its log tells before it fails.
    #[cold]
    pub(super) fn sent_in_vain(&mut self, sent: &Sent<'_>) {
        self.log.sent(sent);
    }

    /// Where the log goes, if there is one.
    #[inline]
    pub(super) fn journal(&mut self) -> Option<&mut Journal> {
        self.log.as_mut().map(|log| &mut log.sink)
    }
}

impl Observer for Followers {
    fn reads(&self) -> Reads {
        let (record, log) = (self.record.reads(), self.log.reads());
        Reads { log: record.log || log.log, alarms: record.alarms || log.alarms }
    }

    pass_on!(self => Some(&mut self.counting), self.record.as_mut(), self.log.as_mut());
}
