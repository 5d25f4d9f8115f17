//! `simulate`: the whole system in one process, under virtual time.

mod followers;
mod logs;
mod many;
mod scheduled;

use core::ops::ControlFlow;
use core::time::Duration;
use std::path::PathBuf;
use std::process::ExitCode;

use super::app::App;
use super::choices::{self, Choices};
use super::command::{Command, Given, Word};
use super::failure::Failure;
use super::live::Live;
use super::option::Opt;
use super::ran::Ran;
use super::recording::{self, Recording, Sink};
use super::report::{self, counted};
use super::spinner::Spinner;
use super::stop::Stop;
use crate::network::Schedule;
use crate::protocol::Protocol;
use crate::execution::{Finished, Outcome, Prepared, RunError, duration_text};
use crate::simulator::{Past, Simulation};
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
        Opt::valued("schedule", "FILE", "Replay the choices in a file, such as a test that failed has written", "failed.schedule"),
        Opt::valued("logs", "DIR", "Write a log file a node: what it received, sent and logged", "logs"),
        Opt::switch("verbose", "Show the logs of all nodes, on standard error").short('v'),
        Opt::switch("no-properties", "Do not look at properties: faster, and they stay unchecked"),
    ]);
    options.extend(recording::options("Watch and steer the run in a browser: pause it, step, deliver a message, crash a node"));
    options
}

/// A run of more messages is not remembered: that takes memory for each.
const MOST_REMEMBERED: u64 = 2_000_000;

/// How the run is followed, apart from what it starts from.
pub(super) struct Plugs {
    logs: Option<PathBuf>,
    verbose: bool,
    properties: bool,
    recording: Recording,
    /// The choices to be replayed, and the file that they come from.
    schedule: Option<(Schedule, String)>,
}

/// Simulates protocol `P`.
pub(super) fn simulate<P: Protocol>(choices: &Choices, plugs: Plugs) -> Result<Ran, Failure> {
    let run = choices.run::<P>()?;
    if let Some((schedule, file)) = &plugs.schedule {
        return scheduled::replay(&run, schedule, file, &plugs);
    }
    let stop = Stop::on_signals()?;
    let spinner = Spinner::new(!plugs.verbose);
    let mut watch = |events: u64, now: Duration| {
        spinner.say(|| format!("{events} events, {} of virtual time", duration_text(now)));
        if stop.is_asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let simulation = Simulation::new().properties(plugs.properties).watch(&mut watch);
    if !plugs.is_followed() {
        let finished = run.simulate_with(simulation)?;
        return Ok(Ran::of(with_past(finished, || run.past())));
    }
    let (begin, sink) = plugs.begin()?;
    let follow = |prepared: &Prepared<P>| begin(&Header::of(prepared, TimeKind::Virtual));
    let (Some(sink), true) = (&sink, plugs.recording.live) else {
        let (finished, followers) = run.simulate_followed(simulation, follow)?;
        return Ok(plugs.ended(finished, followers, sink, || run.past()));
    };
    // What is wrong is told before anybody looks.
    run.prepare()?;
    let (live, feed, helm) = Live::of_simulation(P::DECLARATION.name)?;
    sink.feed(feed);
    let ended = stop.clone();
    let mut helm = helm.until(move || ended.is_asked());
    let (finished, followers) = run.simulate_followed(simulation.steering(&mut helm), follow)?;
    let by_hand = helm.interventions();
    drop(helm);
    let mut ran = plugs.ended(finished, followers, Some(sink.clone()), || if by_hand == 0 { run.past() } else { Ok(None) });
    if by_hand > 0 {
        ran.notices.push(format!("{} by hand: its seed alone does not make this run again", counted(by_hand, "event")));
    }
    ran.recorded.live = Some(live);
    Ok(ran)
}

/// Adds what led to a violation: for that, the run is made once more, and remembered.
fn with_past<P: Protocol>(mut finished: Finished<P>, past: impl FnOnce() -> Result<Option<Past>, RunError>) -> Finished<P> {
    if finished.outcome() == Outcome::Violated
        && finished.messages() <= MOST_REMEMBERED
        && let Ok(Some(past)) = past()
    {
        finished.explanation.extend(past.to_string().lines().map(str::to_owned));
    }
    finished
}

fn command(app: &App<'_>, given: &Given<'_>) -> Result<ExitCode, Failure> {
    if let Some(file) = given.text("schedule") {
        return scheduled::command(app, given, file);
    }
    let entry = given.protocol()?;
    let description = entry.description();
    let choices = Choices::read(given, &description)?;
    if let Some(runs @ 2..) = given.value("runs", many::runs)? {
        return many::command(app, given, entry, &choices, runs);
    }
    let logs = given.text("logs").map(PathBuf::from);
    let plugs = Plugs::read(given, None)?;
    let ran = (entry.simulate)(&choices, plugs)?;
    let more = logs.map_or(String::new(), |directory| report::logs_line(&directory));
    ran.show(&description, &app.invocation, given.is_set("json"), &more)
}

/// What makes the followers, and where their record goes.
type Begun<F> = (F, Option<Sink>);

impl Plugs {
    /// Whether somebody follows the run.
    fn is_followed(&self) -> bool {
        self.logs.is_some() || self.verbose || self.recording.is_on()
    }

    /// Opens all that is written to; what comes back, makes the followers of a run with that header.
    fn begin(&self) -> Result<Begun<impl FnOnce(&Header) -> Followers<Sink>>, Failure> {
        let logged = self.logs.is_some() || self.verbose;
        let logs = if logged { Some(Logs::new(self.logs.as_deref(), self.verbose)?) } else { None };
        let sink = if self.recording.is_on() { Some(self.recording.open()?) } else { None };
        let (detail, out) = (self.recording.detail, sink.clone());
        Ok((move |header: &Header| Followers { logs, recorder: out.map(|out| Recorder::new(out, header, detail)) }, sink))
    }

    /// The run is over, and this is what came of it.
    fn ended<P: Protocol>(
        &self,
        finished: Finished<P>,
        followers: Option<Followers<Sink>>,
        sink: Option<Sink>,
        past: impl FnOnce() -> Result<Option<Past>, RunError>,
    ) -> Ran {
        if let Some(recorder) = followers.and_then(|followers| followers.recorder) {
            // What went wrong, the sink knows too.
            let _ = recorder.finish::<P>(&finished.document, &finished.explanation);
        }
        let mut ran = Ran::of(with_past(finished, past));
        ran.recorded = sink.map(|sink| self.recording.closed(&sink)).unwrap_or_default();
        ran
    }

    fn read(given: &Given<'_>, schedule: Option<(Schedule, String)>) -> Result<Self, Failure> {
        let (logs, verbose) = (given.text("logs").map(PathBuf::from), given.is_set("verbose"));
        let (properties, recording) = (!given.is_set("no-properties"), Recording::read(given)?);
        Ok(Plugs { logs, verbose, properties, recording, schedule })
    }
}
