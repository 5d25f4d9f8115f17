//! How node processes are started.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use super::birth::{Birth, NODE_OF};
use super::children::how_ended;

/// How node processes are started: by default as this program again.
///
/// The program must become a node when it is told to: `nodes::main!` does, and so does
/// [`Run::processes`](crate::run::Run::processes).
#[derive(Clone, Debug)]
pub struct Launcher {
    program: PathBuf,
    arguments: Vec<OsString>,
}

impl Launcher {
    /// This program again.
    ///
    /// # Errors
    /// If the system does not tell which program this is.
    pub fn this_program() -> io::Result<Self> {
        // The link still leads to the program when its file has been replaced by a new build.
        let link = PathBuf::from("/proc/self/exe");
        let program = if link.exists() { link } else { std::env::current_exe()? };
        Ok(Launcher { program, arguments: Vec::new() })
    }

    /// Another program, with arguments that lead it to the run.
    pub fn program(program: impl Into<PathBuf>, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        Launcher { program: program.into(), arguments: arguments.into_iter().map(Into::into).collect() }
    }

    /// Starts one node process and gives it what it must know, through the other end of the stream.
    pub(super) fn launch(&self, protocol: &str, birth: &Birth) -> io::Result<(Child, UnixStream)> {
        let (pipe, its_end) = UnixStream::pair()?;
        // What a handler prints goes where the initializer's diagnostics go: its standard output is the result's alone.
        let output = io::stderr().as_fd().try_clone_to_owned()?;
        let mut child = Command::new(&self.program)
            .arg0(format!("{protocol} node {}", birth.node))
            .args(&self.arguments)
            .env(NODE_OF, protocol)
            .stdin(Stdio::from(OwnedFd::from(its_end)))
            .stdout(Stdio::from(output))
            // A group of its own: the terminal's Ctrl-C is for the initializer, which ends its nodes in order.
            .process_group(0)
            .spawn()?;
        if let Err(cause) = birth.write(&pipe) {
            let _ = child.kill();
            let how = child.wait().map_or(cause.to_string(), how_ended);
            return Err(io::Error::other(format!("it {how} before it could be told who it is")));
        }
        Ok((child, pipe))
    }
}
