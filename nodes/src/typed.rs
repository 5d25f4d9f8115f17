//! Runs of protocols that have a type: what programs and tests write.

use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;

use crate::execution::{
    AnyFinished, AnyRun, Engine, Finished, IdChoice, Initiators, InputChoice, IntoTopology, PortOrder, Prepared, RunError, Wake, options,
};
use crate::network::{Delay, Faults};
use crate::process::Processes;
use crate::protocol::{AnyInputs, AnyProtocol, Links, Protocol};

/// A run of protocol `P`, to be started: by [`processes`](Run::processes) or [`simulate`](Run::simulate).
///
/// ```no_run
/// # use nodes::prelude::*;
/// # use nodes::run::Run;
/// # fn run<Shout: nodes::Protocol>() -> Result<(), nodes::run::RunError> {
/// let finished = Run::<Shout>::on("gnp:7,0.5").wake([5]).seed(1).processes()?;
/// println!("{} messages", finished.messages());
/// # Ok(())
/// # }
/// ```
pub struct Run<P: Protocol> {
    pub(crate) any: AnyRun,
    protocol: PhantomData<fn() -> P>,
}

impl<P: Protocol> Clone for Run<P> {
    fn clone(&self) -> Self {
        Run::from_any(self.any.clone())
    }
}

impl<P: Protocol> fmt::Debug for Run<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.any.fmt(f)
    }
}

impl<P: Protocol> From<Run<P>> for AnyRun {
    fn from(run: Run<P>) -> Self {
        run.any
    }
}

impl<P: Protocol> Default for Run<P> {
    /// On the protocol's default topology.
    fn default() -> Self {
        Run::from_any(AnyRun::of(&AnyProtocol::of::<P>()))
    }
}

impl<P: Protocol> Run<P> {
    /// A run on that topology: a [`Topology`], a `Graph`, or text such as `"ring:8"`.  Everything else is as declared, or as
    /// the command line's defaults.
    pub fn on(topology: impl IntoTopology) -> Self {
        Run::from_any(Run::<P>::default().any.topology(topology))
    }

    pub(crate) fn from_any(any: AnyRun) -> Self {
        Run { any, protocol: PhantomData }
    }

    /// What `#[init]` is given.
    pub fn config(mut self, config: P::Config) -> Self {
        self.any.config = Box::new(config);
        self
    }

    /// What each node is given, as values: one for each node.
    pub fn input_values(self, values: Vec<P::Input>) -> Self {
        self.inputs(InputChoice::Values(AnyInputs::new(values)))
    }
}

impl<P: Protocol> Run<P> {
    /// Makes the run with that engine.
    ///
    /// # Errors
    /// If the options contradict the protocol, or each other, or the engine cannot make the run.
    pub fn by(&self, engine: impl Engine) -> Result<Finished<P>, RunError> {
        self.any.by(engine).map(AnyFinished::of)
    }

    /// Makes every choice that is still open, and holds the options against what the protocol declares.
    ///
    /// # Errors
    /// If the topology cannot be had, is none that the protocol is made for, or an option contradicts it.
    pub fn prepare(&self) -> Result<Prepared, RunError> {
        self.any.prepare()
    }
}

/// As real processes.
impl<P: Protocol> Run<P> {
    /// Runs the protocol as real processes, with everything as usual; see [`processes_with`](Run::processes_with).
    ///
    /// # Errors
    /// As [`processes_with`](Run::processes_with).
    pub fn processes(self) -> Result<Finished<P>, RunError> {
        self.processes_with(Processes::new())
    }

    /// Runs the protocol as real processes: one per node.
    ///
    /// The nodes are this program, started again; in them this call does not return, but lives the node's life.  A program
    /// that makes runs of several protocols, or does something else first, calls [`node_of!`](crate::node_of) at the beginning
    /// of its `main`.
    ///
    /// # Errors
    /// If the options contradict the protocol, the system does not give what the run needs, or the processes do not come up.
    /// Whatever goes wrong later is the [`Outcome`](crate::run::Outcome).
    pub fn processes_with(self, how: Processes) -> Result<Finished<P>, RunError> {
        self.by(how)
    }
}

macro_rules! typed {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*) |$run:ident| $set:expr;)*) => {
        impl<P: Protocol> Run<P> {
            $(
                $(#[$doc])*
                pub fn $name(self, $($argument: $type),*) -> Self {
                    Run::from_any(self.any.$name($($argument),*))
                }
            )*
        }
    };
}
options!(typed);
