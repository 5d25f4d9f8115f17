//! How node processes are started.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

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
    /// Whether a list of processes shows which node it is, in place of the program's name.
    shows_node: bool,
}

/// How this program is started again, if not as its file alone.
static THIS_PROGRAM: OnceLock<Launcher> = OnceLock::new();

impl Launcher {
    /// This program again.
    ///
    /// # Errors
    /// If the system does not tell which program this is.
    pub fn this_program() -> io::Result<Self> {
        if let Some(launcher) = THIS_PROGRAM.get() {
            return Ok(launcher.clone());
        }
        // The link still leads to the program when its file has been replaced by a new build.
        let link = PathBuf::from("/proc/self/exe");
        let program = if link.exists() { link } else { std::env::current_exe()? };
        Ok(Launcher { program, arguments: Vec::new(), shows_node: true })
    }

    /// Another program, with arguments that lead it to the run.
    pub fn program(program: impl Into<PathBuf>, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        Launcher { program: program.into(), arguments: arguments.into_iter().map(Into::into).collect(), shows_node: true }
    }

    /// The program is told its own name, for one that looks there for where its files are, as interpreters do.  A list of processes
    /// then does not show which node it is.
    pub fn under_its_own_name(mut self) -> Self {
        self.shows_node = false;
        self
    }

    /// From now on, this is what [`this_program`](Launcher::this_program) gives: for a program that an interpreter runs, whose file does
    /// not say what it is.  Only the first call has an effect.
    pub fn starts_this_program(self) {
        let _ = THIS_PROGRAM.set(self);
    }

    /// Starts one node process and gives it what it must know, through the other end of the stream.
    pub(super) fn launch(&self, protocol: &str, birth: &Birth) -> io::Result<(Child, UnixStream)> {
        let (pipe, its_end) = UnixStream::pair()?;
        // What a handler prints goes where the initializer's diagnostics go: its standard output is the result's alone.
        let output = io::stderr().as_fd().try_clone_to_owned()?;
        let mut command = Command::new(&self.program);
        if self.shows_node {
            command.arg0(format!("{protocol} node {}", birth.node));
        }
        let mut child = command
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
