//! `simulate --schedule FILE`: explicit choices, replayed.

use std::path::Path;
use std::process::ExitCode;

use super::super::catalogue::Catalogue;
use super::super::choices::Choices;
use super::super::command::Given;
use super::super::failure::Failure;
use super::super::output;
use super::super::shown::Shown;
use super::super::stop::Stop;
use super::follow::Follow;
use super::past;
use crate::campaign;
use crate::execution::{AnyRun, Engine, RunError};
use crate::file;
use crate::network::Schedule;
use crate::scarce::in_words;
use crate::simulator::{Chronicle, Replay, Simulation};

/// What may stand beside `--schedule`; all else stands in the file.
const BESIDE: [&str; 11] =
    ["schedule", "force", "json", "logs", "verbose", "no-properties", "trace", "trace-detail", "diagram", "live", "help"];

/// The run that the file describes, and what happens in it.
pub(super) fn command(catalogue: &Catalogue<'_>, given: &Given<'_>, file: &str) -> Result<ExitCode, Failure> {
    if let Some(twice) = given.options().into_iter().map(|(name, _)| name).find(|name| !BESIDE.contains(name)) {
        return Err(Failure::wrong(format!("--{twice}: a schedule tells itself what it runs; leave it out, or change {file}")));
    }
    let text = file::text(Path::new(file))
        .map_err(|cause| Failure::wrong(format!("--schedule: {file} cannot be read: {}", in_words(&cause))))?;
    let schedule =
        text.parse::<Schedule>().map_err(|wrong| Failure::wrong(format!("{file}:{}: {}", wrong.line, wrong.what)))?;
    let described = given.with(schedule.arguments.clone())?.map_err(|error| {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
        Failure::wrong(format!("{file}:2: {first}"))
    })?;
    // What it says that is read, must not be written either.
    output::check(&[given, &described])?;
    let protocol = described.protocol()?;
    if given.word().is_some() && !std::ptr::eq(given.protocol()?, protocol) {
        let name = protocol.name();
        return Err(Failure::wrong(format!(
            "--schedule: {file} is a schedule of {name}; write `simulate {name} --schedule {file}`"
        )));
    }
    let choices = Choices::read(&described, protocol)?;
    let follow = Follow::read(given)?;
    let shown = replay(&choices.run()?, &schedule, file, &follow, !given.is_set("no-properties"))?;
    shown.show(&catalogue.invocation, given.is_set("json"), &follow.logs_line())
}

/// Replays it.
fn replay(run: &AnyRun, schedule: &Schedule, file: &str, follow: &Follow, properties: bool) -> Result<Shown, Failure> {
    let run = campaign::of_schedule(run, schedule);
    let prepared = run.prepare()?;
    let open = follow.open(prepared.instance.graph().node_count())?;
    let again = format!("simulate {} --schedule {file}", prepared.description.snake_name());
    let stop = if follow.recording.live { Stop::on_signals()? } else { Stop::default() };
    let mut page = super::page(&open, follow, &prepared, &stop)?;
    let mut followers = open.begin(&prepared);
    let mut simulation = Simulation::new().properties(properties);
    if let Some(observer) = followers.observer() {
        simulation = simulation.observe(observer);
    }
    if let Some((_, helm)) = &mut page {
        simulation = simulation.steering(helm);
    }
    let replayed = Replay::of(schedule, simulation).run(prepared);
    let mut finished = replayed.map_err(|error| match error {
        RunError::Refused(what) => match what.strip_prefix("line ") {
            Some(place) => Failure::wrong(format!("{file}:{place}")),
            None => Failure::wrong(what),
        },
        other => other.into(),
    })?;
    stop.is_computed();
    finished.document.replay = Some(again);
    followers.finish(&mut finished);
    let run = run.seed(finished.document.seed);
    past::add(&mut finished, &|| {
        let mut chronicle = Chronicle::default();
        let again = campaign::replay(&run, schedule, Simulation::new().observe(&mut chronicle))?;
        Ok(chronicle.past(&again))
    });
    let mut recorded = followers.recorded(&follow.recording);
    recorded.live = page.map(|(live, _)| live);
    Ok(Shown { finished, recorded })
}
