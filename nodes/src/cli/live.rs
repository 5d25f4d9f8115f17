//! `--live`, and `view` without a file to write: a page that is served while somebody looks.

use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use super::failure::Failure;
use super::option::Opt;
use super::terminal::{Terminal, tell};
use crate::live::{Feed, Helm, Server};
use crate::scarce::in_words;

/// The option.
pub(super) fn option(about: &str) -> Opt {
    Opt::switch("live", about)
}

/// A page that is served.
pub(super) struct Live {
    server: Server,
    /// Readable once a signal has come that asks this process to end.
    ended: UnixStream,
}

fn failed(cause: io::Error) -> Failure {
    Failure::failed(format!("the page cannot be served: {}", in_words(&cause)))
}

impl Live {
    /// The page of a run that begins.
    pub(super) fn of_run(title: &str) -> Result<(Self, Feed), Failure> {
        let (server, feed) = Server::of_run(title).map_err(failed)?;
        let live = Live::begin(server, "")?;
        Ok((live, feed))
    }

    /// The page of a simulated run, which waits until somebody lets it go on.
    pub(super) fn of_simulation(title: &str) -> Result<(Self, Feed, Helm), Failure> {
        let (server, feed, helm) = Server::of_simulation(title).map_err(failed)?;
        let live = Live::begin(server, " (the run is paused until you let it go on there)")?;
        Ok((live, feed, helm))
    }

    /// A page that holds all that it shows.
    pub(super) fn of_page(page: String) -> Result<Self, Failure> {
        Live::begin(Server::of_page(page).map_err(failed)?, "")
    }

    fn begin(server: Server, what: &str) -> Result<Self, Failure> {
        let live = Live { server, ended: on_signals().map_err(failed)? };
        let terminal = Terminal::stderr();
        tell(format_args!("{} {}{what}", terminal.heading("page:"), live.server.address()));
        if terminal.watched {
            open_browser(live.server.address());
        }
        Ok(live)
    }

    /// Serves the page until Ctrl-C; not at all if that has come already.
    pub(super) fn stay(mut self) {
        let terminal = Terminal::stderr();
        tell(format_args!("{} it stays at {} until Ctrl-C", terminal.heading("page:"), self.server.address()));
        let _ = self.ended.read_exact(&mut [0]);
    }
}

/// What becomes readable when Ctrl-C, SIGTERM or SIGHUP comes, which end the process no longer.
fn on_signals() -> io::Result<UnixStream> {
    let (ended, end) = UnixStream::pair()?;
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::low_level::pipe::register(signal, end.try_clone()?)?;
    }
    Ok(ended)
}

/// Opens a browser, where there is one.  If that fails there is the address, so nobody is told.
fn open_browser(address: &str) {
    let has_screen =
        ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|set| !set.is_empty()));
    if !has_screen {
        return;
    }
    let mut command = Command::new("xdg-open");
    command.arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // Ctrl-C is for the run; a browser that was started by it stays.
    if let Ok(mut opener) = command.process_group(0).spawn() {
        let _ = std::thread::Builder::new().spawn(move || opener.wait());
    }
}
