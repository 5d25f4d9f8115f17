//! Records a run of processes: each node writes its part, the initializer makes one trace of them.

use core::time::Duration;
use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;

use super::clock;
use super::parts::Parts;
use super::record::RecordPlan;
use crate::execution::AnyFinished;
use crate::os;
use crate::sorting;
use crate::time::nanos;
use crate::trace::{self, Detail, Header, Merger, What, part_file};

/// How a run of processes is recorded.
pub struct Recording {
    out: Box<dyn Write + Send>,
    parts: Option<PathBuf>,
    detail: Detail,
    live: bool,
}

impl Recording {
    /// Writes the trace there, when the run is over.  Until then each node writes its part into a file of its own, in that
    /// folder, which is made, and removed when the trace is whole.  Whatever becomes of the initializer, the parts can be read:
    /// see [`trace::merge_parts`].  Parts that a run left there that was killed are removed when another begins.
    pub fn new(out: impl Write + Send + 'static, parts: impl Into<PathBuf>) -> Self {
        Recording { parts: Some(parts.into()), ..Recording::of_the_moment(out) }
    }

    /// Writes the trace there, when the run is over.  Of a run whose initializer is killed, nothing is left: the parts are among the
    /// temporary files.
    pub fn of_the_moment(out: impl Write + Send + 'static) -> Self {
        Recording { out: Box::new(out), parts: None, detail: Detail::default(), live: false }
    }

    /// How much is recorded.
    pub fn detail(mut self, detail: Detail) -> Self {
        self.detail = detail;
        self
    }

    /// Writes the trace while the run goes on, a little behind it.
    pub fn live(mut self) -> Self {
        self.live = true;
        self
    }
}

impl core::fmt::Debug for Recording {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Recording").field("parts", &self.parts).field("detail", &self.detail).finish_non_exhaustive()
    }
}

type Merging = Merger<File, Box<dyn Write + Send>>;

/// So far a live trace is behind: whatever happened before is in the parts.
const BEHIND: Duration = Duration::from_millis(100);

/// So often more of it is written.
const TURN: Duration = Duration::from_millis(30);

/// How nice the thread is that makes a live trace.
const BACK_SEAT: i32 = 10;

/// The death of a node, which it cannot record itself.
struct Death {
    node: u32,
    at: Duration,
    why: String,
}

/// What the threads share that make a live trace.
#[derive(Default)]
struct Shared {
    origin: OnceLock<Duration>,
    deaths: Mutex<Vec<Death>>,
    over: AtomicBool,
}

impl Shared {
    fn take_deaths(&self, until: Duration) -> Vec<Death> {
        let mut deaths = self.deaths.lock().unwrap_or_else(PoisonError::into_inner);
        deaths.extract_if(.., |death| death.at < until).collect()
    }
}

/// A run that is being recorded.
pub(super) struct Recorded {
    parts: Parts,
    share: Detail,
    shared: Arc<Shared>,
    merger: Merged,
}

/// When the parts are merged.
enum Merged {
    Later(Box<Merging>),
    Live(JoinHandle<io::Result<Merging>>),
}

impl Recorded {
    /// Makes the folder and the files.
    pub(super) fn begin(recording: Recording, header: &Header) -> io::Result<Self> {
        let Recording { out, parts, detail, live } = recording;
        let (parts, files) = Parts::make(parts, header)?;
        let merger = Merger::new(header, files, out).map_err(io::Error::other)?;
        let shared = Arc::new(Shared::default());
        let merger = if live { Merged::Live(follow(merger, Arc::clone(&shared))?) } else { Merged::Later(Box::new(merger)) };
        Ok(Recorded { parts, share: detail.share(header.nodes), shared, merger })
    }

    /// What a node is told.
    pub(super) fn plan(&self, node: usize) -> RecordPlan {
        RecordPlan { file: part_file(self.parts.folder(), node), detail: self.share }
    }

    /// The run has begun.
    pub(super) fn set_origin(&mut self, origin: Duration) {
        // From now on the parts tell something, whatever becomes of the run.
        self.parts.stay();
        let _ = self.shared.origin.set(origin);
    }

    /// A node is dead.
    pub(super) fn note_death(&self, node: usize, at: Duration, why: &str) {
        let death = Death { node: node as u32, at, why: why.to_owned() };
        self.shared.deaths.lock().unwrap_or_else(PoisonError::into_inner).push(death);
    }

    /// The run is over, all nodes have ended; with what a node could not record.
    pub(super) fn finish(self, finished: &mut AnyFinished, trouble: Option<String>) {
        let Recorded { mut parts, shared, merger, .. } = self;
        let merged = merge(merger, &shared, finished);
        match merged.and_then(|()| trouble.map_or(Ok(()), |what| Err(io::Error::other(what)))) {
            Ok(()) => parts.stays = false,
            Err(cause) => {
                let left = parts.stay().map_or(String::new(), |folder| format!("; its parts are left in {}", folder.display()));
                finished.unwritten.push(format!("the record of the run is not whole: {cause}{left}"));
            }
        }
    }
}

fn merge(merger: Merged, shared: &Shared, finished: &AnyFinished) -> io::Result<()> {
    shared.over.store(true, Ordering::Release);
    let mut merger = match merger {
        Merged::Later(merger) => *merger,
        Merged::Live(thread) => {
            thread.thread().unpark();
            thread.join().map_err(|_| io::Error::other("the thread that merges it failed"))??
        }
    };
    insert(&mut merger, shared.take_deaths(Duration::MAX))?;
    let writer = merger.end()?;
    trace::last_words(writer, &[], &finished.document, &finished.explanation)?.flush()
}

fn insert(merger: &mut Merging, mut deaths: Vec<Death>) -> io::Result<()> {
    sorting::by_key(&mut deaths, |death| death.at);
    deaths.into_iter().try_for_each(|Death { node, at, why }| merger.insert(node, nanos(at), What::Crash { why: Some(&why) }))
}

/// Merges what has happened, again and again, until the run is over.
fn follow(mut merger: Merging, shared: Arc<Shared>) -> io::Result<JoinHandle<io::Result<Merging>>> {
    std::thread::Builder::new().name("trace".to_owned()).spawn(move || {
        // Linux takes this for the thread alone: where processors are scarce, the trace waits, not the run.
        let _ = os::set_niceness(BACK_SEAT);
        merger.flush();
        while !shared.over.load(Ordering::Acquire) {
            std::thread::park_timeout(TURN);
            if let Some(origin) = shared.origin.get() {
                let until = clock::now().saturating_sub(*origin).saturating_sub(BEHIND);
                insert(&mut merger, shared.take_deaths(until))?;
                merger.advance(nanos(until))?;
                merger.flush();
            }
        }
        Ok(merger)
    })
}
