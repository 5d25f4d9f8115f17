//! `run`: real node processes over UDP.

mod nodes_table;
mod report;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use super::app::App;
use super::choices::{self, Choices};
use super::command::{Command, Given, Word};
use super::failure::Failure;
use super::option::Opt;
use super::terminal::{Terminal, print};
use super::values;
use crate::process::{Interrupt, Processes};
use crate::protocol::Protocol;
use crate::run::Document;
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
    let mut options = choices::options();
    options.extend([
        Opt::switch("json", "One JSON document on standard output, and nothing else"),
        Opt::valued("outbox-limit", "BYTES", "A node fails if more than this waits until its neighbours take it", "16MiB")
            .values("  16MiB   with a unit: KiB, MiB or GiB\n  100000  bytes")
            .usually("64MiB"),
        Opt::valued("logs", "DIR", "Write a log file a node: what it received, sent and logged", "logs"),
        Opt::switch("verbose", "Show the logs of all nodes while they run, on standard error").short('v'),
    ]);
    options
}

/// How the run is followed, apart from what it starts from.
pub(super) struct Plugs {
    logs: Option<PathBuf>,
    verbose: bool,
    outbox_limit: Option<usize>,
}

/// A run that has ended, without its type.
pub(super) struct Ran {
    /// The result.
    document: Document,
    /// Why it ended so.
    explanation: Vec<String>,
    /// What else people should know.
    notices: Vec<String>,
    /// What a file calls the nodes.
    labels: Option<Vec<String>>,
}

/// Runs protocol `P`.
pub(super) fn run<P: Protocol>(choices: &Choices, plugs: Plugs) -> Result<Ran, Failure> {
    let run = choices.run::<P>()?;
    let watch = Watch::new(plugs.verbose);
    let mut how = Processes::new().watch(move |progress| watch.show(progress));
    if let Some(directory) = plugs.logs {
        std::fs::create_dir_all(&directory).map_err(|cause| {
            Failure::wrong(format!("--logs: the directory {} cannot be made: {cause}", directory.display()))
        })?;
        how = how.logs(directory);
    }
    if plugs.verbose {
        how = how.stream_logs();
    }
    if let Some(bytes) = plugs.outbox_limit {
        how = how.outbox_limit(bytes);
    }
    let interrupt = Interrupt::on_signals().map_err(|cause| Failure::failed(format!("Ctrl-C cannot be handled: {cause}")))?;
    let finished = run.processes_with(how.interrupt(interrupt))?;
    let labels = finished.world.as_ref().and_then(|world| {
        let graph = world.topology();
        graph.nodes().map(|node| graph.name(node).map(str::to_owned)).collect()
    });
    Ok(Ran { document: finished.document, explanation: finished.explanation, notices: finished.notices, labels })
}

fn command(app: &App<'_>, given: &Given<'_>) -> Result<ExitCode, Failure> {
    let entry = given.protocol()?;
    let description = entry.description();
    let choices = Choices::read(given, &description)?;
    let logs = given.text("logs").map(PathBuf::from);
    let outbox_limit = given.value("outbox-limit", |text| values::bytes("outbox-limit", text))?;
    let ran = (entry.run)(&choices, Plugs { logs: logs.clone(), verbose: given.is_set("verbose"), outbox_limit })?;

    let errors = Terminal::stderr();
    for notice in &ran.notices {
        eprintln!("{} {notice}", errors.warning("notice:"));
    }
    if given.is_set("json") {
        let text = serde_json::to_string(&ran.document).map_err(|cause| Failure::failed(format!("the result: {cause}")))?;
        print(&format!("{text}\n"))?;
        for line in &ran.explanation {
            eprintln!("{} {line}", errors.bad(format!("{}:", ran.document.outcome.name())));
        }
    } else {
        let mut text = report::report(&ran, &description, &app.invocation, Terminal::stdout());
        if let Some(directory) = logs {
            text.push_str(&format!(
                "  {}        {}\n",
                Terminal::stdout().quiet("logs"),
                directory.join("node-*.log").display()
            ));
        }
        print(&text)?;
    }
    Ok(if ran.document.outcome.is_well() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
