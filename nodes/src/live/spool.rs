//! What has been recorded of a run so far, for pages that come late or read slowly.

use std::fs::{File, OpenOptions, remove_file};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use mio::Waker;

use crate::process::not_made;

/// No page shows a longer trace; the disk is for others too.
const LONGEST: u64 = 4 << 30;

/// The bytes of a trace, in a file without a name: it is gone when the process is.
#[derive(Debug)]
pub(super) struct Spool {
    file: File,
    length: AtomicU64,
    /// Nothing more will come.
    closed: AtomicBool,
    /// The server has been woken, and has not looked yet.
    told: AtomicBool,
}

impl Spool {
    pub(super) fn new(folder: &Path, name: &str) -> io::Result<Self> {
        let path = folder.join(format!("nodes-{name}"));
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path);
        let file = file.map_err(|cause| not_made(folder, &cause))?;
        remove_file(&path)?;
        Ok(Spool { file, length: AtomicU64::new(0), closed: AtomicBool::new(false), told: AtomicBool::new(false) })
    }

    /// Reads on from there, as much as there is and fits.
    pub(super) fn read(&self, from: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let there = self.length.load(Ordering::Acquire).saturating_sub(from);
        let most = usize::try_from(there).map_or(buffer.len(), |there| there.min(buffer.len()));
        self.file.read_at(&mut buffer[..most], from)
    }

    /// Whether who has read so much has read all there will ever be.
    pub(super) fn is_read(&self, upto: u64) -> bool {
        // In this order: what came before it was closed counts.
        self.closed.load(Ordering::Acquire) && upto >= self.length.load(Ordering::Acquire)
    }

    /// The server looks now.
    pub(super) fn looks(&self) {
        self.told.swap(false, Ordering::SeqCst);
    }
}

/// Where a run's record goes, for its pages.  Nothing here waits for a page, or fails.
#[derive(Debug)]
pub struct Feed {
    spool: Arc<Spool>,
    waker: Arc<Waker>,
}

impl Feed {
    pub(super) fn new(spool: Arc<Spool>, waker: Arc<Waker>) -> Self {
        Feed { spool, waker }
    }

    /// More of the trace.  Where it cannot be kept, the pages are told that the trace ends there, and `false` comes back.
    pub fn push(&mut self, bytes: &[u8]) -> bool {
        if self.spool.closed.load(Ordering::Relaxed) {
            return false;
        }
        let length = self.spool.length.load(Ordering::Relaxed);
        let after = length + bytes.len() as u64;
        if after > LONGEST || self.spool.file.write_all_at(bytes, length).is_err() {
            self.close();
            return false;
        }
        self.spool.length.store(after, Ordering::Release);
        self.tell();
        true
    }

    fn close(&self) {
        self.spool.closed.store(true, Ordering::Release);
        self.tell();
    }

    fn tell(&self) {
        if !self.spool.told.swap(true, Ordering::SeqCst) {
            let _ = self.waker.wake();
        }
    }
}

impl Drop for Feed {
    /// The trace is whole.
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests {
    use mio::{Poll, Token};

    use super::*;

    #[test]
    fn what_was_fed_is_read_from_anywhere_until_it_ends() {
        let name = format!("spool-{}", std::process::id());
        let spool = Arc::new(Spool::new(&std::env::temp_dir(), &name).expect("there is room for temporary files"));
        assert!(!std::env::temp_dir().join(format!("nodes-{name}")).exists(), "the file has no name");
        let poll = Poll::new().expect("the system has one");
        let waker = Arc::new(Waker::new(poll.registry(), Token(0)).expect("the system has one"));
        let mut feed = Feed::new(Arc::clone(&spool), waker);
        assert!(feed.push(b"some") && feed.push(b" more"));
        let read = |from, most: usize| {
            let mut buffer = vec![0; most];
            let length = spool.read(from, &mut buffer).expect("it is a file");
            String::from_utf8_lossy(&buffer[..length]).into_owned()
        };
        assert_eq!([read(0, 100), read(2, 4), read(9, 100)], ["some more", "me m", ""]);
        assert!(!spool.is_read(9), "more may come");
        drop(feed);
        assert!(spool.is_read(9) && !spool.is_read(8));
    }
}
