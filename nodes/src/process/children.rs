//! The node processes, as the initializer holds them.  Dropping them kills whoever is left.

use core::time::Duration;
use std::io::{self, Read};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::Arc;

use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};
use signal_hook::SigId;
use signal_hook::consts::SIGCHLD;

use super::clock;
use super::started::Started;
use crate::os;

/// How much is read of what a process says as it ends, or as its node fails.
pub(super) const LAST_WORDS: u64 = 64 << 10;

/// How long a process may take to end by itself.
const GRACE: Duration = Duration::from_secs(1);

/// The node processes.
pub(super) struct Children {
    all: Vec<NodeChild>,
    /// A signal handler, which does nothing.
    heard: Option<SigId>,
}

struct NodeChild {
    process: Started,
    /// Closed to end the process, which says on it why it ends if it cannot live.
    pipe: Option<UnixStream>,
    ended: Option<ExitStatus>,
}

impl Children {
    pub(super) fn new() -> Self {
        // signal(7): where SIGCHLD is ignored, and that is inherited, nobody learns how a child ended.
        let heard = signal_hook::flag::register(SIGCHLD, Arc::default()).ok();
        Children { all: Vec::new(), heard }
    }

    /// Takes the next node's process; an event with the token comes when it ends.
    pub(super) fn add(&mut self, started: (Started, UnixStream), registry: &Registry, token: Token) -> io::Result<()> {
        let (process, pipe) = started;
        let registered = registry.register(&mut SourceFd(&pipe.as_raw_fd()), token, Interest::WRITABLE);
        self.all.push(NodeChild { process, pipe: Some(pipe), ended: None });
        registered
    }

    /// Takes another process in place of one that has ended.
    pub(super) fn replace(
        &mut self,
        index: usize,
        started: (Started, UnixStream),
        registry: &Registry,
        token: Token,
    ) -> io::Result<()> {
        if let Some(pipe) = self.all.get_mut(index).and_then(|child| child.pipe.take()) {
            let _ = registry.deregister(&mut SourceFd(&pipe.as_raw_fd()));
        }
        self.add(started, registry, token)?;
        self.all.swap_remove(index);
        Ok(())
    }

    /// How node `index` ended, if it has.
    pub(super) fn ended(&mut self, index: usize) -> Option<ExitStatus> {
        let child = self.all.get_mut(index)?;
        if child.ended.is_none() {
            child.ended = child.process.try_wait().ok().flatten();
        }
        child.ended
    }

    /// How node `index` ended, whose end of the pipe is closed: a process that ends closes it a moment before it has ended.
    pub(super) fn await_end(&mut self, index: usize) -> Option<ExitStatus> {
        let deadline = clock::now() + GRACE;
        while self.ended(index).is_none() && clock::now() < deadline {
            std::thread::sleep(Duration::from_millis(1));
        }
        self.ended(index)
    }

    /// What the process of node `index` has said on its pipe: why it ends if it cannot live, or what there is to say of a failure.
    pub(super) fn last_words(&mut self, index: usize) -> Option<String> {
        let pipe = self.all.get_mut(index)?.pipe.as_mut()?;
        let mut words = Vec::new();
        // What it has said is there; it need not have closed its end.
        pipe.set_nonblocking(true).ok()?;
        let _ = pipe.take(LAST_WORDS).read_to_end(&mut words);
        (!words.is_empty()).then(|| String::from_utf8_lossy(&words).into_owned())
    }

    /// Whether a signal has stopped the process of node `index`, and none lets it go on.
    pub(super) fn is_stopped(&self, index: usize) -> bool {
        self.all.get(index).is_some_and(|child| child.ended.is_none() && os::is_stopped(child.process.id()))
    }

    /// Kills one process.
    pub(super) fn kill_one(&mut self, index: usize) {
        if let Some(child) = self.all.get_mut(index)
            && child.ended.is_none()
        {
            let _ = child.process.kill();
        }
    }

    /// Lets every process end, and kills those that do not.
    pub(super) fn end(&mut self) {
        for child in &mut self.all {
            child.pipe = None;
        }
        let deadline = clock::now() + GRACE;
        let mut pause = Duration::from_micros(100);
        while (0..self.all.len()).any(|index| self.ended(index).is_none()) && clock::now() < deadline {
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(10));
        }
        self.kill();
    }

    /// Kills every process that has not ended.
    pub(super) fn kill(&mut self) {
        for child in &mut self.all {
            child.pipe = None;
            if child.ended.is_none() {
                let _ = child.process.kill();
            }
        }
        for child in &mut self.all {
            if child.ended.is_none() {
                child.ended = child.process.wait().ok();
            }
        }
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        self.kill();
        if let Some(heard) = self.heard.take() {
            signal_hook::low_level::unregister(heard);
        }
    }
}

/// How a process ended, in words: "was killed by signal 9 (KILL)", "exited with status 1".
pub(super) fn how_ended(status: ExitStatus) -> String {
    match (status.signal(), status.code()) {
        (Some(signal), _) => match signal_hook::low_level::signal_name(signal) {
            Some(name) => format!("was killed by signal {signal} ({name})"),
            None => format!("was killed by signal {signal}"),
        },
        (None, Some(code)) => format!("exited with status {code}"),
        (None, None) => format!("ended: {status}"),
    }
}
