//! `--trace` and `--diagram`: what is recorded of a run, and where it goes.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::command::Given;
use super::diagram;
use super::failure::Failure;
use super::live::{self, Live};
use super::option::Opt;
use super::report;
use super::terminal::Terminal;
use super::values::keyword;
use crate::live::Feed;
use crate::process;
use crate::trace::{Detail, Trace};

const HEADING: &str = "What is recorded";

/// A run whose trace takes more bytes is not drawn in a terminal.
const LARGEST_DIAGRAM: usize = 1 << 18;

/// The options; `live` is what the live page of that engine is for.
pub(super) fn options(live: &str) -> Vec<Opt> {
    let mut options = vec![
        Opt::valued("trace", "FILE", "Record the run: all that happened, for `trace` and `view`", "run.trace"),
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
        Ok(Recording { file, detail: detail.unwrap_or_default(), diagram, live })
    }

    /// Whether anything is recorded.
    pub(super) fn is_on(&self) -> bool {
        self.file.is_some() || self.diagram || self.live
    }

    /// Opens what is written to; before the run, so that nothing runs in vain.
    pub(super) fn open(&self) -> Result<Sink, Failure> {
        // What stands there goes when the run begins: a mistake on the command line costs nobody his record.
        let made = self.file.clone().filter(|path| !path.exists());
        let open = |path: &PathBuf| {
            File::options()
                .write(true)
                .create(true)
                .truncate(false)
                .open(path)
                .map_err(|cause| Failure::wrong(format!("--trace: the file {} cannot be written: {cause}", path.display())))
        };
        let file = self.file.as_ref().map(open).transpose()?;
        Ok(Sink(Arc::new(Mutex::new(Places {
            file,
            made,
            memory: self.diagram.then(Vec::new),
            begun: false,
            failed: None,
            feed: None,
        }))))
    }

    /// For a run of processes.
    pub(super) fn of_processes(&self, sink: &Sink) -> process::Recording {
        let parts = match &self.file {
            Some(file) => {
                let mut parts = file.clone().into_os_string();
                parts.push(".parts");
                parts.into()
            }
            None => std::env::temp_dir().join(format!("nodes-{}.parts", std::process::id())),
        };
        let recording = process::Recording::new(sink.clone(), parts).detail(self.detail);
        if self.live { recording.live() } else { recording }
    }

    /// What came of it, for below the result.
    pub(super) fn closed(&self, sink: &Sink) -> Recorded {
        let mut recorded = Recorded::default();
        let mut places = sink.places();
        places.feed = None;
        if let Some(path) = &self.file {
            match places.failed.take() {
                None => recorded.text.push_str(&report::fact_line("trace", &path.display().to_string())),
                Some(cause) => {
                    let what = format!("--trace: the record in {} is not whole: {cause}", path.display());
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
    file: Option<File>,
    /// Where nothing stood before.
    made: Option<PathBuf>,
    /// For a diagram: the beginning, which is all unless it is too large.
    memory: Option<Vec<u8>>,
    begun: bool,
    /// For pages that follow the run.
    feed: Option<Feed>,
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

impl Drop for Places {
    /// Of a run that did not begin, nothing is left.
    fn drop(&mut self) {
        if let Some(path) = self.made.take().filter(|_| self.file.is_some() && !self.begun) {
            let _ = fs::remove_file(path);
        }
    }
}

impl Places {
    fn write_file(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        if !std::mem::replace(&mut self.begun, true) && file.metadata()?.is_file() {
            file.set_len(0)?;
        }
        file.write_all(bytes)
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
        if let Err(cause) = places.write_file(bytes) {
            let kind = cause.kind();
            places.failed = Some(cause);
            places.file = None;
            return Err(kind.into());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
