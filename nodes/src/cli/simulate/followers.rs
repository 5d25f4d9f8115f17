//! Who follows a simulated run: its logs, its record.  One type for all of them, so that the engine is compiled once for it.

use core::time::Duration;
use std::io::Write;

use serde_json::Value;

use super::logs::Logs;
use crate::network::{Fate, Happening, Observer, Sent};
use crate::protocol::{Effect, Protocol, Stepped, World};
use crate::topology::{NodeIndex, Port};
use crate::trace::Recorder;

/// Logs and record of a run, each if it is asked for.
pub(super) struct Followers<W: Write> {
    pub(super) logs: Option<Logs>,
    pub(super) recorder: Option<Recorder<W>>,
}

impl<P: Protocol, W: Write> Observer<P> for Followers<W> {
    /// The recorder's.
    type Mark = u64;

    const READS_LOG: bool = true;
    const READS_ALARMS: bool = true;

    fn begun(&mut self, world: &World<P>) {
        if let Some(recorder) = &mut self.recorder {
            recorder.begun(world);
        }
    }

    fn sent(&mut self, sent: Sent<'_, P>) -> u64 {
        if let Some(logs) = &mut self.logs {
            logs.sent(&sent);
        }
        self.recorder.as_mut().map_or(0, |recorder| recorder.sent(sent))
    }

    fn fate(&mut self, mark: u64, sender: NodeIndex, port: Port, fate: Fate) {
        if let Some(recorder) = &mut self.recorder {
            Observer::<P>::fate(recorder, mark, sender, port, fate);
        }
    }

    fn before(&mut self, now: Duration, node: NodeIndex, happening: &Happening<'_, P, u64>, world: &World<P>) {
        if let Some(logs) = &mut self.logs {
            logs.before(now, node, happening, world);
        }
        if let Some(recorder) = &mut self.recorder {
            recorder.before(now, node, happening, world);
        }
    }

    fn after(&mut self, node: NodeIndex, stepped: Stepped, world: &World<P>) {
        if let Some(logs) = &mut self.logs {
            logs.after(node, stepped, world);
        }
        if let Some(recorder) = &mut self.recorder {
            recorder.after(node, stepped, world);
        }
    }

    fn logged(&mut self, node: NodeIndex, line: &str) {
        if let Some(logs) = &mut self.logs {
            logs.logged(node, line);
        }
        if let Some(recorder) = &mut self.recorder {
            Observer::<P>::logged(recorder, node, line);
        }
    }

    fn reported(&mut self, node: NodeIndex, name: &str, value: &Value) {
        if let Some(logs) = &mut self.logs {
            logs.reported(node, name, value);
        }
        if let Some(recorder) = &mut self.recorder {
            Observer::<P>::reported(recorder, node, name, value);
        }
    }

    fn alarm(&mut self, node: NodeIndex, effect: &Effect<P::Msg, P::Alarm>) {
        if let Some(recorder) = &mut self.recorder {
            Observer::<P>::alarm(recorder, node, effect);
        }
    }

    fn failed(&mut self, node: NodeIndex, what: &str) {
        if let Some(recorder) = &mut self.recorder {
            Observer::<P>::failed(recorder, node, what);
        }
    }

    fn violated(&mut self, node: NodeIndex, property: Option<usize>, what: &str) {
        if let Some(recorder) = &mut self.recorder {
            Observer::<P>::violated(recorder, node, property, what);
        }
    }
}
