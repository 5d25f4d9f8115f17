//! A schedule that a check has found, as the run that it is.

use std::io;

use super::super::choices::Choices;
use super::super::command::Given;
use super::super::diagram;
use super::super::failure::Failure;
use super::super::live::Live;
use super::super::terminal::Terminal;
use crate::campaign;
use crate::execution::{AnyFinished, Engine, EngineKind};
use crate::network::Schedule;
use crate::simulator::{Chronicle, Past, Replay, Simulation};
use crate::trace::{Detail, Header, Recorder, TimeKind, Trace};
use crate::viewer;

/// A schedule, replayed.
pub(super) struct Replayed {
    /// How it ends.
    pub(super) finished: AnyFinished,
    /// What led to a violation.
    pub(super) past: Option<Past>,
    /// The record of it.
    trace: Vec<u8>,
}

impl Replayed {
    /// Replays a schedule, which says itself what it runs: a check of many instances was not given that.
    pub(super) fn of(schedule: &Schedule, given: &Given<'_>) -> Result<Self, Failure> {
        let described = given.with(schedule.arguments.clone())?.map_err(|error| Failure::failed(error.to_string()))?;
        let run = Choices::read(&described, described.protocol()?)?.run()?;
        let prepared = campaign::of_schedule(&run, schedule).prepare()?;
        let header = Header::of(&prepared, EngineKind::Simulator, TimeKind::Virtual);
        let mut observers = (Recorder::new(Vec::new(), &header, Detail::Full), Chronicle::default());
        let finished = Replay::of(schedule, Simulation::new().observe(&mut observers)).run(prepared)?;
        let (recorder, chronicle) = observers;
        let failed = |cause: io::Error| Failure::failed(format!("the record of the schedule: {cause}"));
        let trace = recorder.finish(&finished.document, &finished.explanation).map_err(failed)?;
        Ok(Replayed { past: chronicle.past(&finished), finished, trace })
    }

    /// As a diagram, if it is small enough for one.
    pub(super) fn diagram(&self, terminal: Terminal) -> Option<String> {
        let trace = Trace::read(&self.trace[..]).ok()?;
        diagram::drawn(&trace, terminal)
    }

    /// As a page, which is served.
    pub(super) fn page(&self) -> Result<Live, Failure> {
        let document = &self.finished.document;
        Live::of_page(viewer::page(&self.trace, &format!("{} on {}", document.protocol, document.topology)))
    }
}
