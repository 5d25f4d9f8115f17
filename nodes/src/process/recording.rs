//! Records a run of processes: each node writes its part, the initializer makes one trace of them.

use core::time::Duration;
use std::fs::{self, DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;

use super::clock;
use super::record::RecordPlan;
use crate::execution::AnyFinished;
use crate::os;
use crate::time::nanos;
use crate::trace::{self, Detail, HEADER_FILE, Header, Merger, What, part_file};

/// How a run of processes is recorded.
pub struct Recording {
    out: Box<dyn Write + Send>,
    parts: PathBuf,
    detail: Detail,
    live: bool,
}

impl Recording {
    /// Writes the trace there, when the run is over.  Until then each node writes its part into a file of its own, in that
    /// folder, which is made, and removed when the trace is whole.  Whatever becomes of the initializer, the parts can be read:
    /// see [`trace::merge_parts`].
    pub fn new(out: impl Write + Send + 'static, parts: impl Into<PathBuf>) -> Self {
        Recording { out: Box::new(out), parts: parts.into(), detail: Detail::default(), live: false }
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

type Parts = Merger<File, Box<dyn Write + Send>>;

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
    folder: PathBuf,
    share: Detail,
    shared: Arc<Shared>,
    merging: Merging,
}

enum Merging {
    Later(Box<Parts>),
    Live(JoinHandle<io::Result<Parts>>),
}

impl Recorded {
    /// Makes the folder and the files.
    pub(super) fn begin(recording: Recording, header: &Header) -> io::Result<Self> {
        let Recording { out, parts: folder, detail, live } = recording;
        // What an earlier run left there that was killed.
        remove(&folder, usize::MAX);
        DirBuilder::new().mode(0o700).recursive(true).create(&folder)?;
        trace::Writer::new(File::create(folder.join(HEADER_FILE))?, header).finish()?;
        let open = |node| File::options().create(true).truncate(true).read(true).write(true).open(part_file(&folder, node));
        let files = (0..header.nodes).map(open).collect::<io::Result<Vec<_>>>()?;
        let merger = Merger::new(header, files, out).map_err(io::Error::other)?;
        let shared = Arc::new(Shared::default());
        let merging = if live { Merging::Live(follow(merger, Arc::clone(&shared))?) } else { Merging::Later(Box::new(merger)) };
        Ok(Recorded { folder, share: detail.share(header.nodes), shared, merging })
    }

    /// What a node is told.
    pub(super) fn plan(&self, node: usize) -> RecordPlan {
        RecordPlan { file: part_file(&self.folder, node), detail: self.share }
    }

    /// The run has begun.
    pub(super) fn set_origin(&self, origin: Duration) {
        let _ = self.shared.origin.set(origin);
    }

    /// A node is dead.
    pub(super) fn note_death(&self, node: usize, at: Duration, why: &str) {
        let death = Death { node: node as u32, at, why: why.to_owned() };
        self.shared.deaths.lock().unwrap_or_else(PoisonError::into_inner).push(death);
    }

    /// The run is over, all nodes have ended.
    pub(super) fn finish(self, finished: &mut AnyFinished) {
        let (folder, nodes) = (self.folder.clone(), finished.document.nodes);
        match self.merge(finished) {
            Ok(()) => remove(&folder, nodes),
            Err(cause) => {
                let folder = folder.display();
                finished.notices.push(format!("the record of the run is not whole: {cause}; its parts are left in {folder}"));
            }
        }
    }

    fn merge(self, finished: &AnyFinished) -> io::Result<()> {
        self.shared.over.store(true, Ordering::Release);
        let mut merger = match self.merging {
            Merging::Later(merger) => *merger,
            Merging::Live(thread) => {
                thread.thread().unpark();
                thread.join().map_err(|_| io::Error::other("the thread that merges it failed"))??
            }
        };
        insert(&mut merger, self.shared.take_deaths(Duration::MAX))?;
        let writer = merger.end()?;
        trace::last_words(writer, &[], &finished.document, &finished.explanation)?.flush()
    }
}

fn insert(merger: &mut Parts, mut deaths: Vec<Death>) -> io::Result<()> {
    deaths.sort_by_key(|death| death.at);
    deaths.into_iter().try_for_each(|Death { node, at, why }| merger.insert(node, nanos(at), What::Crash { why: Some(&why) }))
}

/// Merges what has happened, again and again, until the run is over.
fn follow(mut merger: Parts, shared: Arc<Shared>) -> io::Result<JoinHandle<io::Result<Parts>>> {
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

/// Removes the files of that many nodes, and the folder if nothing else is in it.
fn remove(folder: &Path, nodes: usize) {
    for node in 0..nodes {
        if fs::remove_file(part_file(folder, node)).is_err() {
            break;
        }
    }
    let _ = fs::remove_file(folder.join(HEADER_FILE));
    let _ = fs::remove_dir(folder);
}
