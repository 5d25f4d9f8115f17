//! How node processes are started.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use super::birth::{Birth, NODE, NODE_OF};
use super::children::how_ended;
use super::forks::Forks;
use super::started::Started;

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
    /// What it is told first, if it is a server that forks.
    forks: Option<Vec<u8>>,
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
        Ok(Launcher { program, arguments: Vec::new(), shows_node: true, forks: None })
    }

    /// Another program, with arguments that lead it to the run.
    pub fn program(program: impl Into<PathBuf>, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        Launcher {
            program: program.into(),
            arguments: arguments.into_iter().map(Into::into).collect(),
            shows_node: true,
            forks: None,
        }
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

    /// The program is started once, as a server that forks a process for each node, and told `first`: so that what takes long, as
    /// loading libraries does in an interpreter, is done once.  What it has to do, `forks` in the sources says.
    pub fn forking(mut self, first: Vec<u8>) -> Self {
        self.forks = Some(first);
        self
    }

    /// What starts the nodes of one run.
    pub(super) fn starter(self) -> Starter {
        Starter { launcher: self, server: None }
    }
}

/// What starts the nodes of a run.
pub(super) struct Starter {
    launcher: Launcher,
    /// Once a node was asked of it.
    server: Option<Forks>,
}

impl Starter {
    /// Starts one node process and gives it what it must know, through the other end of the stream.
    pub(super) fn launch(&mut self, protocol: &str, birth: &Birth) -> io::Result<(Started, UnixStream)> {
        let (pipe, its_end) = UnixStream::pair()?;
        let its_end = OwnedFd::from(its_end);
        let mut started = match &self.launcher.forks {
            Some(first) => Started::Forked(self.server(first.clone())?.fork(birth.node, its_end)?),
            None => Started::Child(self.launcher.spawn(protocol, birth, its_end)?),
        };
        if let Err(cause) = birth.write(&pipe) {
            let _ = started.kill();
            let how = started.wait().map_or(cause.to_string(), how_ended);
            return Err(io::Error::other(format!("it {how} before it could be told who it is")));
        }
        Ok((started, pipe))
    }

    fn server(&mut self, first: Vec<u8>) -> io::Result<&mut Forks> {
        let server = match self.server.take() {
            Some(server) => server,
            None => {
                let mut command = Command::new(&self.launcher.program);
                command.args(&self.launcher.arguments);
                Forks::start(command, &first)?
            }
        };
        Ok(self.server.insert(server))
    }
}

impl Launcher {
    fn spawn(&self, protocol: &str, birth: &Birth, input: OwnedFd) -> io::Result<Child> {
        // What a handler prints goes where the initializer's diagnostics go: its standard output is the result's alone.
        let output = io::stderr().as_fd().try_clone_to_owned()?;
        let mut command = Command::new(&self.program);
        let node = birth.node.to_string();
        match self.shows_node {
            true => command.arg0(format!("{protocol} node {node}")),
            false => command.env(NODE, node),
        };
        command
            .args(&self.arguments)
            .env(NODE_OF, protocol)
            .stdin(Stdio::from(input))
            .stdout(Stdio::from(output))
            // A group of its own: the terminal's Ctrl-C is for the initializer, which ends its nodes in order.
            .process_group(0)
            .spawn()
    }
}
