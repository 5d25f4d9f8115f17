//! `--trace` and `--diagram`: what is recorded of a run, and where it goes.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::command::Given;
use super::diagram;
use super::failure::Failure;
use super::live::{self, Live};
use super::option::Opt;
use super::output::{Asked, Form, Output, PARTS, Use, beside};
use super::report;
use super::terminal::Terminal;
use super::values::keyword;
use crate::live::Feed;
use crate::process;
use crate::trace::{Detail, Reader, Trace};

const HEADING: &str = "What is recorded";

/// A run whose trace takes more bytes is not drawn in a terminal.
const LARGEST_DIAGRAM: usize = 1 << 18;

/// The options; `live` is what the live page of that engine is for.
pub(super) fn options(live: &str) -> Vec<Opt> {
    let mut options = vec![
        Opt::valued("trace", "FILE", "Record the run: all that happened, for `trace` and `view`", "run.trace")
            .values(
                "  The file takes its place when the run has ended.  If this program is killed before, what was recorded is\n  left \
                 beside it, in FILE.part or the folder FILE.parts, which `trace` and `view` read like a trace.",
            )
            .uses(Use::WritesRecord),
        Opt::valued("trace-detail", "HOW", "Whether contents of messages and fields of nodes are recorded too", "full")
            .values(
                "  auto  until they take 4 MiB: a small run is recorded whole, and a large one costs little\n  full  all\n  none  \
                 only what happened",
            )
            .usually("auto"),
        live::option(live),
        Opt::switch("diagram", "Draw a small run as a space-time diagram below its result"),
    ];
    for option in &mut options {
        option.heading = Some(HEADING.into());
    }
    options
}

/// What is asked for.
#[derive(Clone, Debug)]
pub(super) struct Recording {
    file: Option<PathBuf>,
    force: bool,
    pub(super) detail: Detail,
    diagram: bool,
    pub(super) live: bool,
}

impl Recording {
    /// Reads what was given.
    pub(super) fn read(given: &Given<'_>) -> Result<Self, Failure> {
        let file = given.text("trace").map(PathBuf::from);
        let detail = given.value("trace-detail", |text| match text {
            "auto" => Ok(Detail::default()),
            "full" => Ok(Detail::Full),
            "none" => Ok(Detail::None),
            _ => Err(keyword("trace-detail", text, &["auto", "full", "none"], "write `auto`, `full` or `none`")),
        })?;
        let live = given.is_set("live");
        if detail.is_some() && file.is_none() && !live {
            return Err(Failure::wrong("--trace-detail: nothing is recorded; add `--trace FILE`"));
        }
        let diagram = given.is_set("diagram");
        if diagram && given.is_set("json") {
            return Err(Failure::wrong("--diagram is for people, and --json for programs; leave out one of them"));
        }
        Ok(Recording { file, force: given.is_set("force"), detail: detail.unwrap_or_default(), diagram, live })
    }

    /// Whether anything is recorded.
    pub(super) fn is_on(&self) -> bool {
        self.file.is_some() || self.diagram || self.live
    }

    /// Opens what is written to; before the run, so that nothing runs in vain.
    pub(super) fn open(&self) -> Result<Sink, Failure> {
        let ask = |path: &PathBuf| Asked { option: "trace", path, form: Form::Trace, force: self.force }.open();
        let file = self.file.as_ref().map(ask).transpose()?;
        let memory = self.diagram.then(Vec::new);
        Ok(Sink(Arc::new(Mutex::new(Places { file, memory, failed: None, feed: None }))))
    }

    /// Where the processes of a run keep their parts until it has ended, if that outlives the run should it be killed.
    fn parts(&self, places: &Places) -> Option<PathBuf> {
        let file = places.file.as_ref().filter(|file| file.is_file())?;
        Some(beside(file.path(), PARTS))
    }

    /// For a run of processes.
    pub(super) fn of_processes(&self, sink: &Sink) -> process::Recording {
        let parts = self.parts(&sink.places());
        let recording = match parts {
            Some(parts) => process::Recording::new(sink.clone(), parts),
            None => process::Recording::of_the_moment(sink.clone()),
        };
        let recording = recording.detail(self.detail);
        if self.live { recording.live() } else { recording }
    }

    /// How the record of a run of processes ends; what is wrong with it, its result says, among what is `unwritten`.
    pub(super) fn of_ended_processes(&self, sink: &Sink, unwritten: &[String]) -> Closing {
        let places = sink.places();
        let parts_stay = self.parts(&places).is_some_and(|parts| parts.is_dir());
        let is_told = !unwritten.is_empty() && (parts_stay || places.failed.is_some());
        if is_told { Closing::Told } else { Closing::Whole }
    }

    /// What came of it, for below the result.  A record that `is_whole` takes its place; of another, what is there stays, unless
    /// the parts of processes stay, which hold more.
    pub(super) fn closed(&self, sink: &Sink, how: Closing) -> Recorded {
        let mut recorded = Recorded::default();
        let mut places = sink.places();
        places.feed = None;
        if let Some(mut file) = places.file.take() {
            let path = file.path().display().to_string();
            let kept = match (how, places.failed.take()) {
                (Closing::Whole, None) => Some(file.keep()),
                (Closing::Whole | Closing::Cut, Some(cause)) => Some(Err(cause)),
                (Closing::Cut, None) => Some(Err(io::Error::other("not all was recorded"))),
                (Closing::Told, _) => None,
            };
            match kept {
                None => {}
                Some(Ok(())) => recorded.text.push_str(&report::fact_line("trace", &path)),
                Some(Err(cause)) => {
                    let left = file.leave().filter(|part| is_readable(part));
                    let left = left.map_or(String::new(), |left| format!("; what was recorded is in {}", left.display()));
                    let what = format!("--trace: the record in {path} is not whole: {cause}{left}");
                    recorded.failure = Some(Failure::failed(what));
                }
            }
        }
        if let Some(trace) = places.memory.take() {
            recorded.text.push('\n');
            recorded.text.push_str(&match Trace::read(&trace[..]) {
                Ok(trace) if trace.is_complete() => diagram::draw(&trace, Terminal::stdout()),
                _ => diagram::too_large(),
            });
        }
        recorded
    }
}

/// How a record ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closing {
    /// All is on record.
    Whole,
    /// Not all is, and nothing says so yet.
    Cut,
    /// Not all is, and the result of the run says why, and where its parts are.
    Told,
}

/// Whether there is enough of a trace to be read.
fn is_readable(part: &Path) -> bool {
    let is_readable = File::open(part).is_ok_and(|file| Reader::new(file).is_ok());
    if !is_readable {
        // It is of no use to anybody.
        let _ = std::fs::remove_file(part);
    }
    is_readable
}

/// What came of recording.
#[derive(Default)]
pub(super) struct Recorded {
    /// For below the result.
    pub(super) text: String,
    /// If the record is not whole.
    pub(super) failure: Option<Failure>,
    /// The page that shows it.
    pub(super) live: Option<Live>,
}

/// Where a record goes.
#[derive(Clone, Debug)]
pub(super) struct Sink(Arc<Mutex<Places>>);

#[derive(Debug)]
struct Places {
    file: Option<Output>,
    /// For a diagram: the beginning, which is all unless it is too large.
    memory: Option<Vec<u8>>,
    /// For pages that follow the run.
    feed: Option<Feed>,
    /// Why the file is not whole.
    failed: Option<io::Error>,
}

impl Sink {
    /// The record goes to pages too.
    pub(super) fn feed(&self, feed: Feed) {
        self.places().feed = Some(feed);
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut places = self.places();
        if let Some(memory) = &mut places.memory
            && memory.len() <= LARGEST_DIAGRAM
        {
            memory.extend_from_slice(bytes);
        }
        if let Some(feed) = &mut places.feed {
            feed.push(bytes);
        }
        if places.failed.is_none()
            && let Some(file) = &mut places.file
            && let Err(cause) = file.write_all(bytes)
        {
            let told = io::Error::new(cause.kind(), format!("{} cannot be written: {cause}", file.path().display()));
            places.failed = Some(cause);
            return Err(told);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
