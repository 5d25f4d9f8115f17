//! The engine of real processes: one operating-system process per node, which exchange UDP datagrams.
//!
//! [`Processes`] is the engine; [`Run::processes`](crate::run::Run::processes) is the short form.  The *initializer* (the process
//! that makes the run) starts the nodes, introduces them to their neighbours, wakes some, and waits until nothing is under way any
//! more; then it collects the final states, and every process ends.  A node is this program again, unless the [`Launcher`] is another;
//! [`serve`] finds by an environment variable that it is one.
//!
//! ```text
//!    initializer                       node 0             node 1   ..
//!        | start, key by stdin  ------>  |                   |
//!        | <------------ Hello --------- | (bound first)     |
//!        | Setup: id, ports, addresses ->| ----------------> |
//!        | <------------ Ready --------- | <---------------- |
//!        | Impulse --------------------> |                   |
//!        | Begin ----------------------> | ----------------> |
//!        |                               | <== messages ===> |
//!        | <----- Status (when quiet) -- | <---------------- |
//!        | Probe, twice the same: the end                    |
//!        | Finish ---------------------> | ----------------> |
//!        | <------------ Final --------- | <---------------- |
//!        x closes the pipes              x                   x
//! ```

mod actor;
mod birth;
mod children;
pub(crate) mod clock;
mod control;
mod counts;
#[doc(hidden)]
pub mod decoders;
mod ending;
mod faults;
mod forks;
mod initializer;
mod interrupt;
mod journal;
mod launcher;
mod limits;
mod links;
mod member;
mod memory;
mod node;
mod parts;
mod record;
mod recording;
mod result;
mod socket;
mod started;
mod tally;
mod temporary;

use core::time::Duration;
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

pub use interrupt::Interrupt;
pub use launcher::Launcher;
pub use recording::Recording;
#[cfg(feature = "viewer")]
pub(crate) use temporary::not_made;

use crate::execution::{AnyFinished, Engine, Prepared, RunError};
use crate::protocol::AnyProtocol;

/// What of a run of processes can be followed while it goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// So many processes have been started.
    Started(usize),
    /// So many nodes are set up.
    Ready(usize),
    /// The first impulse is given.
    Running,
    /// So many messages have been sent, as far as is known.
    Messages(u64),
    /// A line of a node's log (only with [`Processes::stream_logs`]).
    Log {
        /// The node.
        node: usize,
        /// The line: seconds since the first impulse, and what happened.
        line: String,
    },
    /// The nodes are asked how they ended.
    Finishing,
}

/// How a run of processes is made, apart from what it starts from.
#[derive(Default)]
pub struct Processes {
    launcher: Option<Launcher>,
    bind: Option<IpAddr>,
    logs: Option<PathBuf>,
    stream_logs: bool,
    outbox_limit: Option<usize>,
    interrupt: Option<Interrupt>,
    recording: Option<Recording>,
    watch: Option<Box<dyn FnMut(Progress)>>,
}

impl core::fmt::Debug for Processes {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Processes").field("launcher", &self.launcher).field("logs", &self.logs).finish_non_exhaustive()
    }
}

impl Processes {
    /// As usual: this program again, on the loopback interface, without logs.
    pub fn new() -> Self {
        Processes::default()
    }

    /// How the node processes are started.
    pub fn launcher(mut self, launcher: Launcher) -> Self {
        self.launcher = Some(launcher);
        self
    }

    /// On which address all processes listen.
    pub fn bind(mut self, address: IpAddr) -> Self {
        self.bind = Some(address);
        self
    }

    /// Writes a log file a node into this directory: `node-3.log`.
    pub fn logs(mut self, directory: impl Into<PathBuf>) -> Self {
        self.logs = Some(directory.into());
        self
    }

    /// Brings the lines of all logs to [`watch`](Processes::watch).
    pub fn stream_logs(mut self) -> Self {
        self.stream_logs = true;
        self
    }

    /// How many bytes of messages may wait at a node until its neighbours take them.  A node that sends still more fails, and
    /// the run with it; one that is half way there takes no new impulse and no alarm until they have.
    pub fn outbox_limit(mut self, bytes: usize) -> Self {
        self.outbox_limit = Some(bytes);
        self
    }

    /// What ends the run early, with the counts so far.
    pub fn interrupt(mut self, interrupt: Interrupt) -> Self {
        self.interrupt = Some(interrupt);
        self
    }

    /// Records the run as a [trace](crate::trace).
    pub fn record(mut self, recording: Recording) -> Self {
        self.recording = Some(recording);
        self
    }

    /// Follows the run.
    pub fn watch(mut self, watch: impl FnMut(Progress) + 'static) -> Self {
        self.watch = Some(Box::new(watch));
        self
    }

    fn bind_address(&self) -> IpAddr {
        self.bind.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
    }
}

/// A run that has not ended by then has failed, unless told otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// So many bytes of messages may wait at a node, unless told otherwise: 64 MiB, or four of the protocol's largest messages if that
/// is more.
pub const DEFAULT_OUTBOX_LIMIT: usize = 64 << 20;

impl Engine for Processes {
    /// In a process that was started as a node, lives the node's life.  A program that makes runs of several protocols, or does
    /// something else first, calls [`node_of!`](crate::node_of) at the beginning of its `main`.
    fn enter(&mut self, protocol: &AnyProtocol) {
        serve(protocol);
        if let Some(other) = std::env::var_os(birth::NODE_OF) {
            let _ = writeln!(
                std::io::stderr(),
                "this process was started as a node of {}, and comes to a run of {}: call `nodes::node_of!(..)` with all \
                 protocols at the beginning of `main`",
                other.display(),
                protocol.description().name
            );
            std::process::exit(1);
        }
    }

    /// Makes the run.
    ///
    /// # Errors
    /// If the system does not give what the run needs, or the processes do not come up.  What goes wrong later is the
    /// [`Outcome`](crate::run::Outcome).
    fn run(mut self, prepared: Prepared) -> Result<AnyFinished, RunError> {
        // A node must not start nodes of its own.
        self.enter(&prepared.protocol);
        prepared.faults.have_times().map_err(RunError::refused)?;
        prepared.have_no_rates()?;
        initializer::run(prepared, self)
    }
}

/// If this process was started as a node of that protocol: lives the node's life, and ends the process.  Else does nothing.
pub fn serve(protocol: &AnyProtocol) {
    if let Some(status) = serve_reporting(protocol, || None) {
        std::process::exit(status.into());
    }
}

/// Asked when the user's code has failed: what there is to say of it besides its text, such as a traceback.
pub type Report = fn() -> Option<String>;

/// The same for an interpreter, which has something to do at its end: the status with which the process is to end then.
///
/// What `report` says becomes the [`NodeFailure::report`](crate::run::NodeFailure::report) of the run, up to 64 KiB.  It reaches the
/// initializer over the stream that only these two processes have, and not as a datagram.
pub fn serve_reporting(protocol: &AnyProtocol, report: Report) -> Option<u8> {
    let is_one = std::env::var_os(birth::NODE_OF).is_some_and(|name| name == *protocol.description().name);
    is_one.then(|| node::live(protocol, report))
}

/// For a server that forks nodes (see [`Launcher::forking`]): it does not outlive the process that started it, even while it does
/// not listen, since it loads a library.
///
/// # Errors
/// Where the system has nothing of the kind.
pub fn end_with_initializer() -> std::io::Result<()> {
    #[cfg(target_os = "linux")]
    return crate::os::die_with_parent();
    #[cfg(not(target_os = "linux"))]
    return Err(std::io::ErrorKind::Unsupported.into());
}

/// At the beginning of a `main` that makes several runs: where this process was started as a node of one of these protocols,
/// it lives the node's life, and `main` goes no further.
///
/// ```no_run
/// # use nodes::Protocol;
/// # fn main_of<Shout: Protocol, Flooding: Protocol>() {
/// nodes::node_of!(Shout, Flooding);
/// # }
/// ```
#[macro_export]
macro_rules! node_of {
    ($($protocol:ty),+ $(,)?) => {{ $($crate::process::serve(&$crate::protocol::AnyProtocol::of::<$protocol>());)+ }};
}
