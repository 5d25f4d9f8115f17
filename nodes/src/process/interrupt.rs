//! What ends a run early.

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

    /// Waits for the next signal.
    #[cfg(feature = "cli")]
    pub(crate) fn wait(&mut self) -> io::Result<()> {
        // A byte comes for each.
        self.stream.as_mut().map_or(Ok(()), |stream| stream.read_exact(&mut [0]))
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
