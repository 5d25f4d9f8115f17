//! Where the record of a run goes: into memory, and to the page that follows the run.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nodes::live::Feed;

/// Where a record goes.
#[derive(Clone)]
pub(crate) struct Sink(Arc<Mutex<Places>>);

struct Places {
    memory: Option<Vec<u8>>,
    feed: Option<Feed>,
}

impl Sink {
    /// Into memory, if it is kept, and to a page, if there is one; `None` if nothing is to be recorded.
    pub(crate) fn new(is_kept: bool, feed: Option<Feed>) -> Option<Self> {
        let memory = is_kept.then(Vec::new);
        (is_kept || feed.is_some()).then(|| Sink(Arc::new(Mutex::new(Places { memory, feed }))))
    }

    /// The record is whole: what of it is in memory.
    pub(crate) fn close(&self) -> Option<Vec<u8>> {
        let mut places = self.places();
        places.feed = None;
        places.memory.take()
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut places = self.places();
        if let Some(memory) = &mut places.memory {
            memory.extend_from_slice(bytes);
        }
        if let Some(feed) = &mut places.feed {
            feed.push(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
