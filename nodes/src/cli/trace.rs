//! `trace`: what is in a trace, or the trace in the form of another tool.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::catalogue::Catalogue;
use super::command::{Command, Given, Word};
use super::failure::Failure;
use super::option::Opt;
use super::output::{self, Asked, Form, PARTS, Use, beside};
use super::report::counted;
use super::terminal::{Unwritten, notice, print};
use super::values::keyword;
use crate::execution::{duration_text, explain};
use crate::plain;
use crate::scarce::in_words;
use crate::simulator::{CRASHED_BY_HAND, DELIVERED_BY_HAND};
use crate::trace::{Event, ExportFormat, HEADER_FILE, Kind, MAGIC, Trace, TraceError, What, merge_parts};

pub(super) const COMMAND: Command = Command {
    name: "trace",
    about: "Tell what is in a trace, or write it in the form of another tool",
    more: "Traces are written by `run --trace FILE` and `simulate --trace FILE`.  What a run that was killed has left beside FILE, in \
           FILE.part or the folder FILE.parts, is read as well.",
    word: Some(Word::Other { name: "FILE", help: "The trace", example: "run.trace", uses: Use::Reads }),
    options: || {
        vec![
            Opt::valued("to", "FORMAT", "Write it in another form", "svg")
                .values(
                    "  shiviz    a log for ShiViz, with vector clocks\n  perfetto  for https://ui.perfetto.dev\n  dot       for \
                     Graphviz\n  svg       a space-time diagram\n  csv       a line an event, with labels of nodes, for pandas, R\n  ndjson    \
                     a line an event, as JSON",
                )
                .usually("what is in it"),
            Opt::valued("output", "FILE", "Where to write it", "run.svg").short('o').usually("standard output").uses(Use::Writes),
            output::force(),
        ]
    },
    configured: false,
    examples: &[
        ("run.trace", "what is in it"),
        ("run.trace --to svg -o run.svg", "a picture"),
        ("run.trace --to csv", "for pandas.read_csv"),
    ],
    run: trace,
};

/// The bytes of a trace; of the parts of one, if it is a folder of them.
pub(super) fn read(file: &str) -> Result<Vec<u8>, Failure> {
    let path = Path::new(file);
    let read = if path.is_dir() { merge_parts(path, Vec::new()) } else { read_file(path).map_err(TraceError::from) };
    read.map_err(|error| match error {
        TraceError::Io(cause) if cause.kind() == io::ErrorKind::NotFound => {
            let left = left_beside(path).map_or(String::new(), |left| {
                format!("; a run that was killed has left {}, which is read like a trace", left.display())
            });
            Failure::wrong(format!("{file}: it cannot be read: {}{left}", in_words(&cause)))
        }
        error => wrong(file, &error),
    })
}

/// What is left of the record of a run that was killed, if there is anything to read in it.
fn left_beside(path: &Path) -> Option<PathBuf> {
    let (parts, part) = (beside(path, PARTS), beside(path, ".part"));
    let left = [(parts.join(HEADER_FILE), parts), (part.clone(), part)];
    left.into_iter().find(|(beginning, _)| fs::metadata(beginning).is_ok_and(|found| found.len() > 0)).map(|(_, left)| left)
}

/// What is in a file; of what does not begin as a trace, only the beginning: it may have no end.
fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let mut bytes = Vec::new();
    (&file).take(MAGIC.len() as u64).read_to_end(&mut bytes)?;
    if bytes == MAGIC {
        bytes.extend(crate::file::read(file)?);
    }
    Ok(bytes)
}

/// A trace that cannot be read, in a sentence.
pub(super) fn wrong(file: &str, error: &TraceError) -> Failure {
    Failure::wrong(format!("{file}: {error}"))
}

/// What people should know of a trace that was cut short.
pub(super) fn tell_cut(file: &str) {
    let parts = left_beside(Path::new(file)).map_or(String::new(), |left| {
        format!("; what each process recorded is in {}, which is read like a trace", left.display())
    });
    notice(format_args!("{file} ends before the run does: it was cut short, and is read up to there{parts}"));
}

fn trace(catalogue: &Catalogue<'_>, given: &Given<'_>) -> Result<ExitCode, Failure> {
    let Some(file) = given.word() else {
        return Err(Failure::wrong(format!(
            "trace: which trace? record one with `run {} --trace run.trace`, then write `trace run.trace`",
            catalogue.some_name()
        )));
    };
    let format = given.value("to", |text| {
        let names = ExportFormat::ALL.map(ExportFormat::name);
        text.parse::<ExportFormat>().map_err(|()| keyword("to", text, &names, &format!("write one of {}", names.join(", "))))
    })?;
    let output = given.text("output");
    if let (None, Some(output)) = (format, output) {
        return Err(Failure::wrong(format!("--output {output}: in which form? write for example `--to svg`")));
    }
    let trace = Trace::read(&read(file)?[..]).map_err(|error| wrong(file, &error))?;
    if !trace.is_complete() {
        tell_cut(file);
    }
    let Some(format) = format else {
        print(&plain::lines(&summary(&trace)))?;
        return Ok(ExitCode::SUCCESS);
    };
    if let Some(most) = format.most_events().filter(|most| trace.len() > *most) {
        return Err(Failure::wrong(format!(
            "{file}: its {} events are too many for {format}, which is of use up to {most}; `view {file}` shows them all, and \
             `--to csv` or `--to perfetto` take any number",
            trace.len()
        )));
    }
    let asked = |output| Asked { option: "output", path: output, form: Form::Export(format), force: given.is_set("force") };
    let mut file = output.map(|output| asked(Path::new(output)).open()).transpose()?;
    let exported = match &mut file {
        None => export(&trace, format, io::stdout().lock()),
        Some(file) => export(&trace, format, &mut *file).and_then(|()| file.keep()),
    };
    match exported {
        // Whoever reads has read enough.
        Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(cause) => Err(match &file {
            Some(file) => file.failure(&cause),
            None => Unwritten(cause).into(),
        }),
        Ok(()) => Ok(ExitCode::SUCCESS),
    }
}

fn export(trace: &Trace, format: ExportFormat, out: impl Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    trace.export(format, &mut out)?;
    out.flush()
}

fn summary(trace: &Trace) -> String {
    let header = trace.header();
    let mut text = format!("{} on {}, {}, seed {}\n", header.protocol, header.topology, header.engine, header.seed);
    let mut counts = vec![0u64; header.messages.len()];
    let between = trace.messages().iter().filter(|message| message.port.is_some());
    between.clone().for_each(|message| counts[message.kind as usize] += 1);
    let counts = header.messages.iter().zip(&counts).filter(|(_, count)| **count > 0);
    let counts = counts.map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ");
    let mut fact = |name: &str, what: String| text.push_str(&format!("  {name:<10}{what}\n"));
    fact("outcome", trace.outcome().unwrap_or("not on record").to_owned());
    fact("nodes", format!("{}, {} links", header.nodes, header.links.len()));
    fact("messages", format!("{}{}{counts}", between.clone().count(), if counts.is_empty() { "" } else { ": " }));
    let arrived = between.filter(|message| message.arrived().is_none()).count();
    if arrived > 0 {
        fact("", format!("{arrived} did not arrive"));
    }
    let mut kinds = vec![0u64; Kind::ALL.len()];
    (0..trace.len()).for_each(|event| kinds[trace.kind(event) as usize] += 1);
    let kinds = Kind::ALL.iter().filter(|kind| kinds[**kind as usize] > 0);
    let kinds = kinds.map(|kind| kind.name()).collect::<Vec<_>>().join(", ");
    fact("events", format!("{}: {kinds}", trace.len()));
    let rounds = (0..trace.len()).map(|event| trace.depth(event)).max().unwrap_or(0);
    let last = trace.len().checked_sub(1).map_or(0, |last| trace.time(last));
    fact("time", format!("{}, longest chain {rounds}", duration_text(core::time::Duration::from_nanos(last))));
    let is_by_hand =
        |event: Event<'_>| matches!(event.what, What::Log { line } if [DELIVERED_BY_HAND, CRASHED_BY_HAND].contains(&line));
    let by_hand = trace.events().filter(|event| is_by_hand(*event)).count();
    fact("again", explain::again(header.replay.clone(), header.seed));
    if by_hand > 0 {
        fact("", format!("but without {} by hand", counted(by_hand as u64, "event")));
    }
    text
}
