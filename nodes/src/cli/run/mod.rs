//! `run`: real node processes over UDP.

mod watch;

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
use super::values;
use crate::process::{Interrupt, Processes};
use crate::protocol::Protocol;
use watch::Watch;

pub(super) const COMMAND: Command = Command {
    name: "run",
    about: "Run a protocol: one operating-system process per node, messages over UDP",
    more: "It ends when nothing is under way any more.  Exit status: 0 if all is well (terminated, quiescent, \
           stopped), 1 if not (stuck, timeout, crashed, violated), 2 if the command line or an input file is wrong.",
    word: Some(Word::Protocol),
    options,
    configured: true,
    examples: &[
        ("", "with everything as usual"),
        ("--topology GRAPH --ids shuffled", "other ids"),
        ("--seed 7 --json", "for programs"),
        ("--logs logs -v", "all that nodes do"),
    ],
    run: command,
};

fn options(_: &App<'_>) -> Vec<Opt> {
    let mut options = choices::options("60s", "what it takes");
    options.extend([
        Opt::switch("json", "One JSON document on standard output, and nothing else"),
        Opt::valued("outbox-limit", "BYTES", "A node fails if more than this waits until its neighbours take it", "16MiB")
            .values("  16MiB   with a unit: KiB, MiB or GiB\n  100000  bytes")
            .usually("64MiB"),
        Opt::valued("logs", "DIR", "Write a log file a node: what it received, sent and logged", "logs"),
        Opt::switch("verbose", "Show the logs of all nodes while they run, on standard error").short('v'),
    ]);
    options.extend(recording::options());
    options
}

/// How the run is followed, apart from what it starts from.
pub(super) struct Plugs {
    logs: Option<PathBuf>,
    verbose: bool,
    outbox_limit: Option<usize>,
    recording: Recording,
}

/// Runs protocol `P`.
pub(super) fn run<P: Protocol>(choices: &Choices, plugs: Plugs) -> Result<Ran, Failure> {
    let run = choices.run::<P>()?;
    let watch = Watch::new(plugs.verbose);
    let mut how = Processes::new().watch(move |progress| watch.show(progress));
    if let Some(directory) = plugs.logs {
        super::simulate::make_directory(&directory)?;
        how = how.logs(directory);
    }
    if plugs.verbose {
        how = how.stream_logs();
    }
    if let Some(bytes) = plugs.outbox_limit {
        how = how.outbox_limit(bytes);
    }
    let interrupt = Interrupt::on_signals().map_err(|cause| Failure::failed(format!("Ctrl-C cannot be handled: {cause}")))?;
    let recording = plugs.recording;
    let sink = if recording.is_on() { Some(recording.open()?) } else { None };
    if let Some(sink) = &sink {
        how = how.record(recording.of_processes(sink));
    }
    let mut ran = Ran::of(run.processes_with(how.interrupt(interrupt))?);
    ran.recorded = sink.map(|sink| recording.closed(&sink)).unwrap_or_default();
    Ok(ran)
}

fn command(app: &App<'_>, given: &Given<'_>) -> Result<ExitCode, Failure> {
    let entry = given.protocol()?;
    let description = entry.description();
    let choices = Choices::read(given, &description)?;
    let logs = given.text("logs").map(PathBuf::from);
    let outbox_limit = given.value("outbox-limit", |text| values::bytes("outbox-limit", text))?;
    let recording = Recording::read(given)?;
    let plugs = Plugs { logs: logs.clone(), verbose: given.is_set("verbose"), outbox_limit, recording };
    let ran = (entry.run)(&choices, plugs)?;
    let more = logs.map_or(String::new(), |directory| report::logs_line(&directory));
    ran.show(&description, &app.invocation, given.is_set("json"), &more)
}
