//! `simulate`: the whole system in one process, under virtual time.

mod follow;
mod many;
mod past;
mod scheduled;

use core::ops::ControlFlow;
use core::time::Duration;
use std::process::ExitCode;

use super::catalogue::Catalogue;
use super::choices::{self, Choices};
use super::command::{Command, Given, Word};
use super::failure::Failure;
use super::faults;
use super::live::Live;
use super::option::Opt;
use super::output::{self, Use};
use super::recording;
use super::report::counted;
use super::shown::Shown;
use super::spinner::Spinner;
use super::stop::Stop;
use crate::campaign;
use crate::execution::{AnyRun, Prepared, duration_text};
use crate::live::Helm;
use crate::simulator::Simulation;
use follow::{Follow, Open};

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

fn options() -> Vec<Opt> {
    let mut options = choices::options("none", "unit");
    options.extend(choices::rates());
    options.extend([
        Opt::switch("json", "One JSON document on standard output, and nothing else"),
        Opt::valued("runs", "K", "Simulate with so many seeds, over all cores", "1000")
            .values(
                "  Unless --delay is given, delays are a mixture: uniform, exponential, and where messages may\n  overtake each \
                 other a few that take very long; random wake-ups; lossy links lose 5 %.",
            )
            .usually("1"),
        Opt::valued("schedule", "FILE", "Replay the choices in a file, such as a test that failed has written", "failed.schedule")
            .values("  With --live, step by step in a browser.")
            .uses(Use::Reads),
        Opt::valued("logs", "DIR", "Write a log file a node: what it received, sent and logged", "logs").uses(Use::WritesLogs),
        output::force(),
        Opt::switch("verbose", "Show the logs of all nodes, on standard error").short('v'),
        Opt::valued("max-in-transit", "N", "The run has failed if more messages are under way at a time", "50000000")
            .values("  On links that duplicate, messages may multiply without end.")
            .usually("a million, and 20 for each link"),
        Opt::switch("no-properties", "Do not look at properties: faster, and they stay unchecked"),
    ]);
    options.push(faults::budget(
        "\n  For the run of a schedule, in its file: a run that is told no times plans its faults, for example by --crash.",
    ));
    options.extend(recording::options("Watch and steer the run in a browser: pause it, step, deliver a message, crash a node"));
    options
}

fn command(catalogue: &Catalogue<'_>, given: &Given<'_>) -> Result<ExitCode, Failure> {
    if let Some(file) = given.text("schedule") {
        return scheduled::command(catalogue, given, file);
    }
    let choices = Choices::read(given, given.protocol()?)?;
    if let Some(runs @ 2..) = given.value("runs", many::runs)? {
        return many::command(catalogue, given, &choices, runs);
    }
    let follow = Follow::read(given)?;
    let shown = simulate(&choices.run()?, &follow, given)?;
    shown.show(&catalogue.invocation, given.is_set("json"), &follow.logs_line())
}

/// Reads `--max-in-transit`.
fn max_in_transit(text: &str) -> Result<u64, Failure> {
    text.parse().ok().filter(|messages| *messages > 0).ok_or_else(|| {
        let example = "write one such as `--max-in-transit 50000000`";
        Failure::wrong(format!("--max-in-transit: `{text}` is not a number of messages; {example}"))
    })
}

/// The page from which a run is steered, if it is to have one.
fn page(open: &Open, follow: &Follow, prepared: &Prepared, stop: &Stop) -> Result<Option<(Live, Helm)>, Failure> {
    let Some(sink) = open.sink().filter(|_| follow.recording.live) else { return Ok(None) };
    let (live, feed, helm) = Live::of_simulation(&prepared.description.name)?;
    sink.feed(feed);
    let ended = stop.clone();
    Ok(Some((live, helm.until(move || ended.is_asked()))))
}

fn simulate(run: &AnyRun, follow: &Follow, given: &Given<'_>) -> Result<Shown, Failure> {
    let max_in_transit = given.value("max-in-transit", max_in_transit)?;
    // What is wrong is said before a page is opened, and a signal ends what has not begun.
    let prepared = run.prepare()?;
    let open = follow.open(prepared.instance.graph().node_count())?;
    let stop = Stop::on_signals()?;
    let spinner = Spinner::new(!follow.verbose);
    let mut watch = |events: u64, now: Duration| {
        spinner.say(|| format!("{events} events, {} of virtual time", duration_text(now)));
        if stop.is_asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let mut page = page(&open, follow, &prepared, &stop)?;
    let mut followers = open.begin(&prepared);
    let mut simulation = Simulation::new().properties(!given.is_set("no-properties")).watch(&mut watch);
    if let Some(messages) = max_in_transit {
        simulation = simulation.max_in_transit(messages);
    }
    if let Some(observer) = followers.observer() {
        simulation = simulation.observe(observer);
    }
    if let Some((_, helm)) = &mut page {
        simulation = simulation.steering(helm);
    }
    let mut finished = campaign::simulate_prepared(prepared, simulation)?;
    stop.is_computed();
    let (live, by_hand) = page.map_or((None, 0), |(live, helm)| (Some(live), helm.interventions()));
    followers.finish(&mut finished);
    if by_hand == 0 {
        // The same run: one whose seed was not given has drawn it.
        let seed = finished.document.seed;
        past::add(&mut finished, &|| campaign::past(&run.clone().seed(seed)));
    } else {
        let by_hand = counted(by_hand, "event");
        finished.notices.push(format!("{by_hand} by hand: its seed alone does not make this run again"));
    }
    let mut recorded = followers.recorded(&follow.recording);
    recorded.live = live;
    Ok(Shown { finished, recorded })
}
