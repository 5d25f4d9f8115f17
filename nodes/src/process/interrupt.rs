//! What ends a run early.

use std::io;
use std::os::unix::net::UnixStream;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// What ends a run early: Ctrl-C, or a signal that asks the process to end.
#[derive(Debug)]
pub struct Interrupt {
    stream: UnixStream,
}

impl Interrupt {
    /// Ctrl-C, SIGTERM and SIGHUP end the run; from now on they no longer end the process.
    ///
    /// # Errors
    /// If the system does not let this process handle signals.
    pub fn on_signals() -> io::Result<Self> {
        let (stream, other) = UnixStream::pair()?;
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::low_level::pipe::register(signal, other.try_clone()?)?;
        }
        Ok(Interrupt { stream })
    }

    pub(super) fn into_stream(self) -> io::Result<mio::net::UnixStream> {
        self.stream.set_nonblocking(true)?;
        Ok(mio::net::UnixStream::from_std(self.stream))
    }
}
