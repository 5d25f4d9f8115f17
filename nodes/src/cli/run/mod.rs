//! `run`: real node processes over UDP.

mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use super::catalogue::Catalogue;
use super::choices::{self, Choices};
use super::command::{Command, Given, Word};
use super::failure::Failure;
use super::live::Live;
use super::option::Opt;
use super::output::{self, LogFolder, Use};
use super::recording::{self, Recording};
use super::report;
use super::shown::Shown;
use super::stop;
use super::values;
use crate::execution::{AnyRun, Engine};
use crate::process::Processes;
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

fn options() -> Vec<Opt> {
    let mut options = choices::options("60s", "what it takes");
    options.extend([
        Opt::switch("json", "One JSON document on standard output, and nothing else"),
        Opt::valued("outbox-limit", "BYTES", "A node fails if more than this waits until its neighbours take it", "16MiB")
            .values("  16MiB   with a unit: KiB, MiB or GiB\n  100000  bytes")
            .usually("64MiB"),
        Opt::valued("logs", "DIR", "Write a log file a node: what it received, sent and logged", "logs").uses(Use::WritesLogs),
        output::force(),
        Opt::switch("verbose", "Show the logs of all nodes while they run, on standard error").short('v'),
    ]);
    options.extend(recording::options("Watch the run in a browser while it goes on: its page is served on this machine"));
    options
}

/// How the run is made and followed, apart from what it starts from.
struct How {
    logs: Option<PathBuf>,
    force: bool,
    verbose: bool,
    outbox_limit: Option<usize>,
    recording: Recording,
}

impl How {
    fn read(given: &Given<'_>) -> Result<Self, Failure> {
        let logs = given.text("logs").map(PathBuf::from);
        let outbox_limit = given.value("outbox-limit", |text| values::bytes("outbox-limit", text))?;
        Ok(How {
            logs,
            force: given.is_set("force"),
            outbox_limit,
            recording: Recording::read(given)?,
            verbose: given.is_set("verbose"),
        })
    }
}

fn command(catalogue: &Catalogue<'_>, given: &Given<'_>) -> Result<ExitCode, Failure> {
    let choices = Choices::read(given, given.protocol()?)?;
    let how = How::read(given)?;
    let shown = run(&choices.run()?, &how)?;
    let more = how.logs.as_deref().map_or_else(String::new, report::logs_line);
    shown.show(&catalogue.invocation, given.is_set("json"), &more)
}

fn run(run: &AnyRun, how: &How) -> Result<Shown, Failure> {
    let watch = Watch::new(how.verbose);
    let mut processes = Processes::new().watch(move |progress| watch.show(progress));
    if let Some(directory) = &how.logs {
        processes = processes.logs(directory);
    }
    if how.verbose {
        processes = processes.stream_logs();
    }
    if let Some(bytes) = how.outbox_limit {
        processes = processes.outbox_limit(bytes);
    }
    processes.enter(run.protocol());
    // What is wrong is said before a page is opened, and a signal ends what has not begun.
    let prepared = run.prepare()?;
    let recording = &how.recording;
    let sink = if recording.is_on() { Some(recording.open()?) } else { None };
    // Locked until the run has ended.
    let _logs = how.logs.as_deref().map(|logs| LogFolder::open(logs, how.force)).transpose()?;
    processes = processes.interrupt(stop::interrupt_on_signals()?);
    let mut live = None;
    if let Some(sink) = &sink {
        if recording.live {
            let (page, feed) = Live::of_run(&prepared.description.name)?;
            sink.feed(feed);
            live = Some(page);
        }
        processes = processes.record(recording.of_processes(sink));
    }
    let finished = processes.run(prepared)?;
    let closed = |sink| recording.closed(&sink, recording.of_ended_processes(&sink, &finished.unwritten));
    let mut recorded = sink.map(closed).unwrap_or_default();
    recorded.live = live;
    Ok(Shown { finished, recorded })
}
