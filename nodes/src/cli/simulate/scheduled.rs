//! `simulate --schedule FILE`: explicit choices, replayed.

use std::path::PathBuf;
use std::process::ExitCode;

use super::{COMMAND, Plugs};
use crate::cli::app::App;
use crate::cli::choices::Choices;
use crate::cli::command::Given;
use crate::cli::failure::Failure;
use crate::cli::ran::Ran;
use crate::cli::report;
use crate::network::Schedule;
use crate::protocol::Protocol;
use crate::execution::{Run, RunError};
use crate::simulator::{Chronicle, Simulation};
use crate::sweep::Places;
use crate::trace::{Header, TimeKind};

/// What may stand beside `--schedule`; all else stands in the file.
const BESIDE: [&str; 9] = ["schedule", "json", "logs", "verbose", "no-properties", "trace", "trace-detail", "diagram", "help"];

/// The run that the file describes, and what happens in it.
pub(super) fn command(app: &App<'_>, given: &Given<'_>, file: &str) -> Result<ExitCode, Failure> {
    if given.is_set("live") {
        return Err(Failure::wrong(
            "--live: a replay is over at once; record it by `--trace run.trace`, and look at it by `view run.trace`",
        ));
    }
    if let Some(twice) = given.options().into_iter().map(|(name, _)| name).find(|name| !BESIDE.contains(name)) {
        return Err(Failure::wrong(format!("--{twice}: a schedule tells itself what it runs; leave it out, or change {file}")));
    }
    let text =
        std::fs::read_to_string(file).map_err(|cause| Failure::wrong(format!("--schedule: {file} cannot be read: {cause}")))?;
    let schedule =
        text.parse::<Schedule>().map_err(|wrong| Failure::wrong(format!("{file}:{}: {}", wrong.line, wrong.what)))?;
    let options = COMMAND.all_options(app)?;
    let parsed = COMMAND.parser(app, &options, None).try_get_matches_from(&schedule.arguments);
    let described = parsed.map_err(|error| {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
        Failure::wrong(format!("{file}:2: {first}"))
    })?;
    let described = Given::new(app, &COMMAND, described, schedule.arguments.clone(), Places::default());
    let entry = described.protocol()?;
    if given.word().is_some() && !std::ptr::eq(given.protocol()?, entry) {
        let name = entry.description().snake_name();
        return Err(Failure::wrong(format!(
            "--schedule: {file} is a schedule of {name}; write `simulate {name} --schedule {file}`"
        )));
    }
    let description = entry.description();
    let choices = Choices::read(&described, &description)?;
    let ran = (entry.simulate)(&choices, Plugs::read(given, Some((schedule, file.to_owned())))?)?;
    let more = given.text("logs").map_or(String::new(), |directory| report::logs_line(&PathBuf::from(directory)));
    ran.show(&description, &app.invocation, given.is_set("json"), &more)
}

/// Replays it.
pub(super) fn replay<P: Protocol>(run: &Run<P>, schedule: &Schedule, file: &str, plugs: &Plugs) -> Result<Ran, Failure> {
    let simulation = Simulation::new().properties(plugs.properties);
    let replayed = if plugs.is_followed() {
        let (begin, sink) = plugs.begin()?;
        let followers = begin(&Header::of(&run.prepare()?, TimeKind::Virtual));
        run.replay_observed(schedule, simulation, followers).map(|(finished, followers)| (finished, Some(followers), sink))
    } else {
        run.replay_observed(schedule, simulation, ()).map(|(finished, ())| (finished, None, None))
    };
    let (mut finished, followers, sink) = replayed.map_err(|error| match error {
        RunError::Refused(what) => match what.strip_prefix("line ") {
            Some(place) => Failure::wrong(format!("{file}:{place}")),
            None => Failure::wrong(what),
        },
        other => other.into(),
    })?;
    finished.document.replay = format!("simulate {} --schedule {file}", P::description(&run.config).snake_name());
    let past = || {
        let (again, chronicle) = run.replay_observed(schedule, Simulation::new(), Chronicle::default())?;
        Ok(chronicle.past(&again))
    };
    Ok(plugs.ended(finished, followers, sink, past))
}
