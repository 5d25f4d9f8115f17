//! Runs of protocols that have a type: what programs and tests write.

use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;
use std::io::{self, Write};

use crate::campaign::{self, Campaign, Findings, Instances};
use crate::check::{self, Check, Checked};
use crate::execution::{
    AnyFinished, AnyRun, Engine, Finished, IdChoice, Initiators, IntoInputs, IntoTopology, PortOrder, Prepared, RunError, Wake,
    options,
};
use crate::network::{Bandwidth, Delay, Faults, Schedule, Uplink};
use crate::process::Processes;
use crate::protocol::{Links, Protocol};
use crate::simulator::{Past, Simulation, attached};
use crate::trace::Detail;

/// A run of protocol `P`, to be started: by [`processes`](Run::processes), [`simulate`](Run::simulate), or an engine
/// ([`by`](Run::by)).
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
        Run::from_any(AnyRun::of(&attached::<P>()))
    }
}

impl<P: Protocol> Run<P> {
    /// A run on that topology: a [`Topology`](crate::topology::Topology), a `Graph`, or text such as `"ring:8"`.  Everything else is
    /// as declared, or as the command line's defaults.
    pub fn on(topology: impl IntoTopology) -> Self {
        Run::from_any(Run::<P>::default().any.topology(topology))
    }

    pub(crate) fn from_any(any: AnyRun) -> Self {
        Run { any, protocol: PhantomData }
    }

    /// What `#[init]` is given.
    pub fn config(self, config: P::Config) -> Self {
        Run::from_any(self.any.config(Box::new(config)))
    }

    /// The inputs of the nodes: one value for each, or an [`InputChoice`](crate::run::InputChoice), which may be text or have them drawn.
    ///
    /// ```
    /// # mod elections { use nodes::prelude::*;
    /// # #[message] pub struct Candidate(u64);
    /// # #[protocol(topology = Ring, input = u64)] #[derive(Default)] pub struct Election { greatest: u64 }
    /// # #[protocol] impl Election {
    /// #     #[on(Spontaneously)] fn start(&mut self, net: &mut Net<Self>) { let own = *net.input(); net.send_to_all(Candidate(own)); }
    /// #     #[on(Candidate)] fn hear(&mut self, msg: Candidate) { self.greatest = self.greatest.max(msg.0); }
    /// # }}
    /// # use elections::Election;
    /// use nodes::run::{InputChoice, Run};
    ///
    /// let given = Run::<Election>::on("ring:5").inputs([1, 2, 3, 4, 5]).seed(1).simulate()?;
    /// let drawn = Run::<Election>::on("ring:5").inputs("random:0..100".parse::<InputChoice>()?).seed(1).simulate()?;
    /// # assert_eq!(given.document.options["inputs"][4], "5");
    /// # assert_eq!(drawn.document.options["inputs"], "random:0..100");
    /// # Ok::<(), nodes::run::RunError>(())
    /// ```
    pub fn inputs(self, inputs: impl IntoInputs<P::Input>) -> Self {
        Run::from_any(self.any.inputs(inputs.into_inputs()))
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

    /// Makes every choice that is still open, and checks the options against what the protocol declares.
    ///
    /// # Errors
    /// If the topology cannot be built or is not of the class that the protocol declares, or if an option contradicts the protocol.
    pub fn prepare(&self) -> Result<Prepared, RunError> {
        self.any.prepare()
    }
}

/// To simulate it.
impl<P: Protocol> Run<P> {
    /// Simulates the run, with everything as usual; see [`simulate_with`](Run::simulate_with).
    ///
    /// ```no_run
    /// # use nodes::run::Run;
    /// # fn run<Shout: nodes::Protocol>() -> Result<(), nodes::run::RunError> {
    /// let finished = Run::<Shout>::on("gnp:7,0.5").wake([5]).seed(1).simulate()?;
    /// println!("{} messages", finished.messages());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If the options contradict the protocol, or each other.  What goes wrong later is the
    /// [`Outcome`](crate::run::Outcome).
    pub fn simulate(&self) -> Result<Finished<P>, RunError> {
        self.simulate_with(Simulation::new())
    }

    /// Simulates the run, and measures how long that takes.
    ///
    /// # Errors
    /// As [`simulate`](Run::simulate).
    pub fn simulate_with(&self, simulation: Simulation<'_>) -> Result<Finished<P>, RunError> {
        campaign::simulate(&self.any, simulation).map(AnyFinished::of)
    }

    /// Simulates the run, and explains what led to its failure; `None` if it does not fail.
    ///
    /// # Errors
    /// As [`simulate`](Run::simulate).
    pub fn past(&self) -> Result<Option<Past>, RunError> {
        campaign::past(&self.any)
    }

    /// Simulates the run and records it as a [trace](crate::trace); the destination comes back, or else the first error in writing.
    ///
    /// # Errors
    /// As [`simulate`](Run::simulate).
    pub fn simulate_recorded<W: Write>(
        &self,
        simulation: Simulation<'_>,
        out: W,
        detail: Detail,
    ) -> Result<(Finished<P>, io::Result<W>), RunError> {
        campaign::recorded(&self.any, simulation, out, detail).map(|(finished, written)| (finished.of(), written))
    }

    /// Simulates the run with many seeds, over the cores, and tells what was found.  Each run is the one that
    /// [`of_campaign`](Run::of_campaign) makes of its seed.
    ///
    /// # Errors
    /// As [`simulate`](Run::simulate).
    pub fn campaign(&self, campaign: Campaign<'_>) -> Result<Findings, RunError> {
        campaign.run(&self.any)
    }

    /// The run that a campaign makes of a seed: see [`campaign::of_seed`].
    pub fn of_campaign(&self, seed: u64) -> Self {
        Run::from_any(campaign::of_seed(&self.any, seed))
    }

    /// Replays a schedule: the run, on the schedule's graph if it has one, with its choices.  The schedule's arguments are not read:
    /// that is for the command line.
    ///
    /// # Errors
    /// If the options contradict the protocol, or each other, or a choice cannot be made where it stands.
    pub fn replay(&self, schedule: &Schedule) -> Result<Finished<P>, RunError> {
        self.replay_with(schedule, Simulation::new())
    }

    /// Replays a schedule, with or without properties, and followed by an observer if the simulation has one.
    ///
    /// # Errors
    /// As [`replay`](Run::replay).
    pub fn replay_with<'a>(&self, schedule: &'a Schedule, simulation: Simulation<'a>) -> Result<Finished<P>, RunError> {
        campaign::replay(&self.any, schedule, simulation).map(AnyFinished::of)
    }
}

/// To check it.
impl<P: Protocol> Run<P> {
    /// Looks at every schedule of the run: see [`check`](mod@crate::check).
    ///
    /// # Errors
    /// If the options contradict the protocol, or each other, or such a run cannot be checked.
    pub fn check(&self, how: Check<'_>) -> Result<Checked, RunError> {
        check::check(&self.any, how)
    }

    /// Looks at every schedule of many such runs, over the cores: on all graphs of a few nodes, with all ids, ..
    ///
    /// # Errors
    /// As [`check`](Run::check).
    pub fn check_every(&self, instances: Instances, how: Check<'_>) -> Result<Checked, RunError> {
        instances.check(&self.any, how)
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
