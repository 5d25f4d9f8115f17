//! What a run starts from.

use core::marker::PhantomData;
use core::time::Duration;
use std::path::PathBuf;

use crate::network::{Delay, Faults};
use crate::protocol::{Links, Protocol};
use crate::topology::Topology;

/// Who is who: `--ids`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum IdChoice {
    /// Node i has id i.
    #[default]
    Sequential,
    /// 0..n-1 in a random order.
    Shuffled,
    /// Node i has the i-th of these.
    Given(Vec<u64>),
}

/// In which order a node numbers its links: `--ports`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PortOrder {
    /// By neighbour.
    #[default]
    Ordered,
    /// At random, so that hidden reliance on an orientation shows.
    Shuffled,
}

/// Who is woken: `--initiators`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Initiators {
    /// What the protocol declares: `All` all, else node 0.
    #[default]
    Declared,
    /// Node 0.
    One,
    /// Every node.
    All,
    /// So many, drawn at random.
    Random(usize),
    /// These, in this order, each at its time if one is given.
    Given(Vec<(usize, Option<Duration>)>),
}

/// How the initiators' impulses lie to each other: `--wake`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wake {
    /// Every initiator handles its impulse before any message is delivered.
    #[default]
    Together,
    /// Each at a random moment.
    Random,
}

/// What each node is given: `--inputs`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum InputChoice {
    /// Node i gets what its type makes of i.
    #[default]
    ByIndex,
    /// Node i gets the i-th, as text.
    Given(Vec<String>),
    /// Drawn from `low..high`.
    Random {
        /// The smallest.
        low: String,
        /// The first that is too large.
        high: String,
    },
    /// One a line, or separated by white space or commas.
    File(PathBuf),
}

/// A run of protocol `P`, to be started: by [`processes`](Run::processes).
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
#[derive(Clone, Debug)]
pub struct Run<P: Protocol> {
    pub(crate) topology: Result<Topology, String>,
    pub(crate) config: P::Config,
    pub(crate) ids: IdChoice,
    pub(crate) ports: PortOrder,
    pub(crate) initiators: Initiators,
    /// `None`: together, unless a campaign varies it.
    pub(crate) wake: Option<Wake>,
    pub(crate) inputs: InputChoice,
    pub(crate) seed: Option<u64>,
    pub(crate) links: Option<Links>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) stop_after: Option<Duration>,
    pub(crate) delay: Option<Delay>,
    pub(crate) faults: Faults,
    protocol: PhantomData<fn() -> P>,
}

/// What [`Run::on`] takes: a [`Topology`], a `Graph`, or text such as `"ring:8"`.
pub trait IntoTopology {
    /// The topology, or why the text is none.
    fn into_topology(self) -> Result<Topology, String>;
}

impl<T: Into<Topology>> IntoTopology for T {
    fn into_topology(self) -> Result<Topology, String> {
        Ok(self.into())
    }
}

impl IntoTopology for &str {
    fn into_topology(self) -> Result<Topology, String> {
        self.parse().map_err(|wrong: crate::topology::TopologyError| wrong.to_string())
    }
}

impl<P: Protocol> Default for Run<P> {
    /// On the protocol's default topology.
    fn default() -> Self {
        Run::on(P::DECLARATION.topology.default)
    }
}

impl<P: Protocol> Run<P> {
    /// A run on that topology: a [`Topology`], a `Graph`, or text such as `"ring:8"`.  Everything else is as declared, or as
    /// the command line's defaults.
    pub fn on(topology: impl IntoTopology) -> Self {
        Run {
            topology: topology.into_topology(),
            config: P::Config::default(),
            ids: IdChoice::default(),
            ports: PortOrder::default(),
            initiators: Initiators::default(),
            wake: None,
            inputs: InputChoice::default(),
            seed: None,
            links: None,
            timeout: None,
            stop_after: None,
            delay: None,
            faults: Faults::default(),
            protocol: PhantomData,
        }
    }

    /// What `#[init]` is given.
    pub fn config(mut self, config: P::Config) -> Self {
        self.config = config;
        self
    }

    /// Who is who.
    pub fn ids(mut self, ids: IdChoice) -> Self {
        self.ids = ids;
        self
    }

    /// In which order a node numbers its links.
    pub fn ports(mut self, order: PortOrder) -> Self {
        self.ports = order;
        self
    }

    /// Wakes these nodes at the start.
    pub fn wake(mut self, nodes: impl IntoIterator<Item = usize>) -> Self {
        self.initiators = Initiators::Given(nodes.into_iter().map(|node| (node, None)).collect());
        self
    }

    /// Who is woken, and when.
    pub fn initiators(mut self, initiators: Initiators) -> Self {
        self.initiators = initiators;
        self
    }

    /// How the impulses lie to each other.
    pub fn wake_up(mut self, wake: Wake) -> Self {
        self.wake = Some(wake);
        self
    }

    /// What each node is given.
    pub fn inputs(mut self, inputs: InputChoice) -> Self {
        self.inputs = inputs;
        self
    }

    /// What all randomness follows from; drawn, and shown, if not given.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Other links than the protocol declares.
    pub fn links(mut self, links: Links) -> Self {
        self.links = Some(links);
        self
    }

    /// The run has failed if it has not ended by then.
    pub fn timeout(mut self, after: Duration) -> Self {
        self.timeout = Some(after);
        self
    }

    /// The run shall end then.
    pub fn stop_after(mut self, after: Duration) -> Self {
        self.stop_after = Some(after);
        self
    }

    /// How long messages take.  Simulated, one unit each if this is not given; real ones take what they take.
    pub fn delay(mut self, delay: Delay) -> Self {
        self.delay = Some(delay);
        self
    }

    /// What goes wrong on purpose.
    pub fn faults(mut self, faults: Faults) -> Self {
        self.faults = faults;
        self
    }
}
