//! A server that forks the node processes: started once, it has done what takes long before the first node is born.
//!
//! It is another program than this one, an interpreter as a rule, which the initializer speaks to on its standard input:
//!
//! - A length (4 bytes), and what it is told first.  It answers `.` when it can fork; or `!`, a length, and why it cannot, with `1`
//!   in place of `!` if programs of their own can be nodes.
//! - `f` and the node's number (4 bytes), with the descriptor that becomes the node's standard input.  It answers `.` and the
//!   process (4 bytes); or `!` .. as before.
//! - The end of file: it ends.
//!
//! Numbers are little-endian.  The server forks twice, and what stands between it and the node ends at once, so that the node
//! becomes a child of the initializer (`PR_SET_CHILD_SUBREAPER`), which waits for it and kills it as it does with any other.

use core::time::Duration;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};

use super::children::how_ended;
use super::clock;
use crate::os;

/// How long the server may take until it can fork: an interpreter may load large libraries.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long one fork may take.
const FORK: Duration = Duration::from_secs(20);

/// How long the server may take to end.
const GRACE: Duration = Duration::from_millis(200);

/// A server that forks.
pub(super) struct Forks {
    server: Child,
    /// `None` once it is to end.
    pipe: Option<UnixStream>,
    /// For what stands between the server and a node ends at once.
    _adopts: Adopts,
}

impl Forks {
    /// Starts it, and waits until it can fork.
    pub(super) fn start(mut command: Command, first: &[u8]) -> io::Result<Self> {
        let adopts = Adopts::begin()?;
        let (pipe, its_end) = UnixStream::pair()?;
        let output = io::stderr().as_fd().try_clone_to_owned()?;
        let server = command.stdin(Stdio::from(OwnedFd::from(its_end))).stdout(Stdio::from(output)).process_group(0).spawn()?;
        // With it goes this process's copy of the server's end: when the server has ended, there is no other.
        drop(command);
        let mut this = Forks { server, pipe: Some(pipe), _adopts: adopts };
        this.say(&(first.len() as u32).to_le_bytes())?;
        this.say(first)?;
        this.hear(PATIENCE)?;
        Ok(this)
    }

    /// Has a node forked, whose standard input is that; its process.
    pub(super) fn fork(&mut self, node: u32, input: OwnedFd) -> io::Result<u32> {
        let mut request = [b'f'; 5];
        request[1..].copy_from_slice(&node.to_le_bytes());
        os::send_with(self.pipe()?, &request, input).map_err(|cause| self.ended(cause))?;
        self.hear(FORK)?;
        self.number()
    }

    fn pipe(&self) -> io::Result<&UnixStream> {
        self.pipe.as_ref().ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    fn say(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.pipe()?.write_all(bytes).map_err(|cause| self.ended(cause))
    }

    /// Hears that all is well, or why it is not: an error of the kind `Unsupported` if only a fork cannot be had.
    fn hear(&mut self, patience: Duration) -> io::Result<()> {
        self.pipe()?.set_read_timeout(Some(patience))?;
        let mut sign = [0];
        self.read(&mut sign)?;
        if sign == *b"." {
            return Ok(());
        }
        let mut why = vec![0; (self.number()? as usize).min(1 << 16)];
        self.read(&mut why)?;
        let kind = if sign == *b"1" { io::ErrorKind::Unsupported } else { io::ErrorKind::Other };
        Err(io::Error::new(kind, String::from_utf8_lossy(&why).into_owned()))
    }

    fn number(&mut self) -> io::Result<u32> {
        let mut number = [0; 4];
        self.read(&mut number)?;
        Ok(u32::from_le_bytes(number))
    }

    fn read(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        self.pipe()?.read_exact(bytes).map_err(|cause| self.ended(cause))
    }

    /// Why the server does not answer: it has ended, as a rule.
    fn ended(&mut self, cause: io::Error) -> io::Error {
        if matches!(cause.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) {
            return io::Error::other("the process that forks the nodes does not answer");
        }
        match self.await_end() {
            Some(status) => io::Error::other(format!("the process that forks the nodes {}", how_ended(status))),
            None => io::Error::other(format!("the process that forks the nodes has gone: {cause}")),
        }
    }

    /// How the server ended, which has closed its end of the pipe or reads that this one is closed, unless it is stuck.
    fn await_end(&mut self) -> Option<ExitStatus> {
        let deadline = clock::now() + GRACE;
        loop {
            match self.server.try_wait() {
                Ok(None) if clock::now() < deadline => std::thread::sleep(Duration::from_millis(1)),
                ended => return ended.ok().flatten(),
            }
        }
    }
}

impl Drop for Forks {
    fn drop(&mut self) {
        self.pipe = None;
        self.await_end();
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// While there is one of these, orphans whose ancestor this process is become its children.
///
/// That is a state of the whole process, in which several runs may go on at a time: the last to end restores it.
struct Adopts(());

/// How many there are, and whether this process adopted orphans before the first.
static ADOPTS: Mutex<(usize, bool)> = Mutex::new((0, false));

impl Adopts {
    fn begin() -> io::Result<Self> {
        let mut adopts = ADOPTS.lock().unwrap_or_else(PoisonError::into_inner);
        if adopts.0 == 0 {
            adopts.1 = os::adopt_orphans(true)?;
        }
        adopts.0 += 1;
        Ok(Adopts(()))
    }
}

impl Drop for Adopts {
    fn drop(&mut self) {
        let mut adopts = ADOPTS.lock().unwrap_or_else(PoisonError::into_inner);
        adopts.0 -= 1;
        if adopts.0 == 0 {
            let _ = os::adopt_orphans(adopts.1);
        }
    }
}
