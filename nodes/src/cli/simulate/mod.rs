//! `simulate`: the whole system in one process, under virtual time.

mod followers;
mod logs;
mod many;

use core::ops::ControlFlow;
use core::time::Duration;
use std::path::PathBuf;
use std::process::ExitCode;

use super::app::App;
use super::choices::{self, Choices};
use super::command::{Command, Given, Word};
use super::failure::Failure;
use super::option::Opt;
use super::ran::Ran;
use super::recording::{self, Recording};
use super::report;
use super::spinner::Spinner;
use super::stop::Stop;
use crate::protocol::Protocol;
use crate::run::duration_text;
use crate::simulator::Simulation;
use crate::trace::{Header, Recorder, TimeKind};
use followers::Followers;
use logs::Logs;
pub(super) use logs::make_directory;
pub(super) use many::campaign;

pub(super) const COMMAND: Command = Command {
    name: "simulate",
    about: "Simulate a protocol: the whole system in one process, under virtual time",
    more: "A run is a function of its options and its seed: the same events, on every machine.  Safety properties are \
           looked at after each event.  Exit status: 0 if all is well (terminated, quiescent, stopped), 1 if not (stuck, \
           timeout, crashed, violated), 2 if the command line or an input file is wrong.",
    word: Some(Word::Protocol),
    options,
    configured: true,
    examples: &[
        ("", "every message takes one unit of time"),
        ("--topology GRAPH --ids shuffled", "other ids"),
        ("--delay exponential:5ms --seed 7", "random delays"),
        ("--links reliable --json", "messages may overtake each other; for programs"),
        ("--runs 1000", "many seeds, over all cores"),
    ],
    run: command,
};

fn options(_: &App<'_>) -> Vec<Opt> {
    let mut options = choices::options("none", "unit");
    options.extend([
        Opt::switch("json", "One JSON document on standard output, and nothing else"),
        Opt::valued("runs", "K", "Simulate with so many seeds, over all cores", "1000")
            .values(
                "  Unless --delay is given, delays are a mixture: uniform, exponential, and where messages may\n  overtake each \
                 other a few that take very long; random wake-ups; lossy links lose 5 %.",
            )
            .usually("1"),
        Opt::valued("logs", "DIR", "Write a log file a node: what it received, sent and logged", "logs"),
        Opt::switch("verbose", "Show the logs of all nodes, on standard error").short('v'),
        Opt::switch("no-properties", "Do not look at properties: faster, and they stay unchecked"),
    ]);
    options.extend(recording::options());
    options
}

/// How the run is followed, apart from what it starts from.
pub(super) struct Plugs {
    logs: Option<PathBuf>,
    verbose: bool,
    properties: bool,
    recording: Recording,
}

/// Simulates protocol `P`.
pub(super) fn simulate<P: Protocol>(choices: &Choices, plugs: Plugs) -> Result<Ran, Failure> {
    let run = choices.run::<P>()?;
    let stop = Stop::on_signals()?;
    let spinner = Spinner::new(!plugs.verbose);
    let mut watch = |events: u64, now: Duration| {
        spinner.say(|| format!("{events} events, {} of virtual time", duration_text(now)));
        if stop.is_asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let simulation = Simulation::new().properties(plugs.properties).watch(&mut watch);
    let recording = plugs.recording;
    let logged = plugs.logs.is_some() || plugs.verbose;
    if !logged && !recording.is_on() {
        return Ok(Ran::of(run.simulate_with(simulation)?));
    }
    let logs = if logged { Some(Logs::new(plugs.logs.as_deref(), plugs.verbose)?) } else { None };
    let sink = if recording.is_on() { Some(recording.open()?) } else { None };
    let (finished, followers) = run.simulate_followed(simulation, |prepared| {
        let record = |sink| Recorder::new(sink, &Header::of(prepared, TimeKind::Virtual), recording.detail);
        Followers { logs, recorder: sink.map(record) }
    })?;
    let recorder = followers.and_then(|followers| followers.recorder);
    let written = recorder.map(|recorder| recorder.finish::<P>(&finished.document, &finished.explanation));
    let mut ran = Ran::of(finished);
    if let Some(written) = written {
        ran.recorded = recording.closed(written);
    }
    Ok(ran)
}

fn command(app: &App<'_>, given: &Given<'_>) -> Result<ExitCode, Failure> {
    let entry = given.protocol()?;
    let description = entry.description();
    let choices = Choices::read(given, &description)?;
    if let Some(runs @ 2..) = given.value("runs", many::runs)? {
        return many::command(app, given, entry, &choices, runs);
    }
    let logs = given.text("logs").map(PathBuf::from);
    let plugs = Plugs {
        logs: logs.clone(),
        verbose: given.is_set("verbose"),
        properties: !given.is_set("no-properties"),
        recording: Recording::read(given)?,
    };
    let ran = (entry.simulate)(&choices, plugs)?;
    let more = logs.map_or(String::new(), |directory| report::logs_line(&directory));
    ran.show(&description, &app.invocation, given.is_set("json"), &more)
}
