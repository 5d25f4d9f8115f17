//! What ends a run early.

#[cfg(feature = "cli")]
use core::time::Duration;
use std::io;
#[cfg(feature = "cli")]
use std::io::Read;
use std::os::unix::net::UnixStream;

use signal_hook::SigId;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// What ends a run early: Ctrl-C, or a signal that asks the process to end.
#[derive(Debug)]
pub struct Interrupt {
    stream: Option<UnixStream>,
    registered: Vec<SigId>,
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        for id in self.registered.drain(..) {
            signal_hook::low_level::unregister(id);
        }
    }
}

impl Interrupt {
    /// Ctrl-C, SIGTERM and SIGHUP end the run; from now on they no longer end the process.
    ///
    /// # Errors
    /// If the system does not let this process handle signals.
    pub fn on_signals() -> io::Result<Self> {
        let (stream, other) = UnixStream::pair()?;
        let mut registered = Vec::new();
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            registered.push(signal_hook::low_level::pipe::register(signal, other.try_clone()?)?);
        }
        Ok(Interrupt { stream: Some(stream), registered })
    }

    /// What ends the run when something is written to the stream.
    #[cfg(feature = "cli")]
    pub(crate) fn by_hand() -> io::Result<(Self, UnixStream)> {
        let (stream, trigger) = UnixStream::pair()?;
        Ok((Interrupt { stream: Some(stream), registered: Vec::new() }, trigger))
    }

    /// Waits for the next signal.
    #[cfg(feature = "cli")]
    pub(crate) fn wait(&mut self) -> io::Result<()> {
        // A byte comes for each.
        self.stream.as_mut().map_or(Ok(()), |stream| stream.read_exact(&mut [0]))
    }

    /// Waits for the next signal, at most that long.  Whether one has come.
    #[cfg(feature = "cli")]
    pub(crate) fn wait_for(&mut self, at_most: Duration) -> io::Result<bool> {
        let Some(stream) = &mut self.stream else { return Ok(false) };
        stream.set_read_timeout(Some(at_most))?;
        let read = stream.read(&mut [0]);
        stream.set_read_timeout(None)?;
        match read {
            Ok(count) => Ok(count > 0),
            Err(cause)
                if matches!(cause.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted) =>
            {
                Ok(false)
            }
            Err(cause) => Err(cause),
        }
    }

    /// Forgets the signals that have come.
    #[cfg(feature = "cli")]
    pub(crate) fn forget(&mut self) -> io::Result<()> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        stream.set_nonblocking(true)?;
        while stream.read(&mut [0; 64]).is_ok_and(|count| count > 0) {}
        stream.set_nonblocking(false)
    }

    /// What becomes readable when a signal comes, for registration; once.
    pub(super) fn stream(&mut self) -> io::Result<Option<mio::net::UnixStream>> {
        let Some(stream) = self.stream.take() else { return Ok(None) };
        stream.set_nonblocking(true)?;
        Ok(Some(mio::net::UnixStream::from_std(stream)))
    }
}
