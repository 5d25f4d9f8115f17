//! What follows a simulated run: the logs of its nodes, and its record.

use std::path::PathBuf;

use super::super::command::Given;
use super::super::failure::Failure;
use super::super::logs::Logs;
use super::super::output::LogFolder;
use super::super::recording::{Closing, Recorded, Recording, Sink};
use super::super::report;
use crate::execution::{AnyFinished, EngineKind, NodeLog, Prepared};
use crate::network::Observer;
use crate::trace::{Detail, Header, Recorder, TimeKind};

/// The options that say how a run is followed.
pub(super) struct Follow {
    logs: Option<PathBuf>,
    force: bool,
    pub(super) verbose: bool,
    pub(super) recording: Recording,
}

impl Follow {
    pub(super) fn read(given: &Given<'_>) -> Result<Self, Failure> {
        let (logs, verbose) = (given.text("logs").map(PathBuf::from), given.is_set("verbose"));
        Ok(Follow { logs, force: given.is_set("force"), verbose, recording: Recording::read(given)? })
    }

    /// Where the logs are, for below the result.
    pub(super) fn logs_line(&self) -> String {
        self.logs.as_deref().map_or_else(String::new, report::logs_line)
    }

    /// Opens all that is written to, for so many nodes.
    pub(super) fn open(&self, nodes: usize) -> Result<Open, Failure> {
        let sink = if self.recording.is_on() { Some(self.recording.open()?) } else { None };
        let folder = self.logs.as_deref().map(|logs| LogFolder::open(logs, self.force)).transpose()?;
        let logged = folder.is_some() || self.verbose;
        let logs = if logged { Some(Logs::new(folder, nodes, self.verbose)?) } else { None };
        Ok(Open { logs, sink, detail: self.recording.detail })
    }
}

/// Logs and record of a run that has not begun, each if it is asked for.
pub(super) struct Open {
    logs: Option<Logs>,
    sink: Option<Sink>,
    detail: Detail,
}

impl Open {
    /// Where the record goes.
    pub(super) fn sink(&self) -> Option<&Sink> {
        self.sink.as_ref()
    }

    /// Begins them.
    pub(super) fn begin(self, prepared: &Prepared) -> Followers {
        let header = || Header::of(prepared, EngineKind::Simulator, TimeKind::Virtual);
        let recorder = self.sink.clone().map(|out| Recorder::new(out, &header(), self.detail));
        Followers { observers: (self.logs.map(NodeLog::simulated), recorder), sink: self.sink, is_whole: false }
    }
}

/// Logs and record of a run, each if it is asked for.
pub(super) struct Followers {
    observers: (Option<NodeLog<Logs>>, Option<Recorder<Sink>>),
    sink: Option<Sink>,
    /// Whether all of the run is on record.
    is_whole: bool,
}

impl Followers {
    /// What observes the run, if anything does.
    pub(super) fn observer(&mut self) -> Option<&mut dyn Observer> {
        let (logs, recorder) = &self.observers;
        (logs.is_some() || recorder.is_some()).then_some(&mut self.observers)
    }

    /// The run is over; of one whose nodes did not come into being, nothing is recorded.
    pub(super) fn finish(&mut self, finished: &mut AnyFinished) {
        if let Some(log) = self.observers.0.take() {
            finished.unwritten.extend(log.sink.close());
        }
        if let Some(recorder) = self.observers.1.take()
            && finished.world.is_some()
        {
            // What went wrong, the sink knows too.
            self.is_whole = recorder.finish(&finished.document, &finished.explanation).is_ok();
        }
    }

    /// What came of recording it.
    pub(super) fn recorded(self, recording: &Recording) -> Recorded {
        let how = if self.is_whole { Closing::Whole } else { Closing::Cut };
        self.sink.map(|sink| recording.closed(&sink, how)).unwrap_or_default()
    }
}
