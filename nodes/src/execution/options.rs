//! What a run starts from.

use core::panic::{RefUnwindSafe, UnwindSafe};
use core::time::Duration;
use std::path::PathBuf;

use crate::network::{Delay, Faults};
use crate::protocol::{AnyConfig, AnyInputs, AnyProtocol, Links};
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
#[derive(Clone, Debug, Default)]
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
    /// Node i gets the i-th.
    Values(AnyInputs),
}

/// A run of a protocol that is known at run time, to be started; [`Run`](crate::run::Run) is the same for one that has a type.
///
/// ```no_run
/// # use nodes::process::Processes;
/// # use nodes::protocol::AnyProtocol;
/// # use nodes::run::AnyRun;
/// # fn run(protocol: &AnyProtocol) -> Result<(), nodes::run::RunError> {
/// let finished = AnyRun::of(protocol).topology("gnp:7,0.5").wake([5]).seed(1).by(Processes::new())?;
/// println!("{} messages", finished.document.messages.total);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct AnyRun {
    pub(crate) protocol: AnyProtocol,
    pub(crate) topology: Result<Topology, String>,
    pub(crate) config: Box<dyn AnyConfig>,
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
}

/// A run that panics changes nothing here.
impl RefUnwindSafe for AnyRun {}
impl UnwindSafe for AnyRun {}

impl AnyRun {
    /// A run of that protocol on its default topology.  Everything else is as declared, or as the command line's defaults.
    pub fn of(protocol: &AnyProtocol) -> Self {
        let default = protocol.description().topology.default.clone();
        AnyRun {
            protocol: protocol.clone(),
            topology: (&*default).into_topology(),
            config: protocol.config(),
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
        }
    }

    /// The protocol.
    pub fn protocol(&self) -> &AnyProtocol {
        &self.protocol
    }

    /// On that topology: a [`Topology`], a `Graph`, or text such as `"ring:8"`.
    pub fn topology(mut self, topology: impl IntoTopology) -> Self {
        self.topology = topology.into_topology();
        self
    }

    /// What `#[init]` is given.
    pub fn config(mut self, config: Box<dyn AnyConfig>) -> Self {
        self.config = config;
        self
    }
}

/// What [`AnyRun::topology`] takes: a [`Topology`], a `Graph`, or text such as `"ring:8"`.
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

/// The options that do not depend on the protocol's type, written once for both kinds of runs: name, what is given, and what that
/// sets.  `each!` is called with them.
macro_rules! options {
    ($each:ident) => {
        $each! {
            /// Who is who.
            ids(ids: IdChoice) |run| run.ids = ids;
            /// In which order a node numbers its links.
            ports(order: PortOrder) |run| run.ports = order;
            /// Wakes these nodes at the start.
            wake(nodes: impl IntoIterator<Item = usize>) |run| run.initiators = Initiators::Given(nodes.into_iter().map(|node| (node, None)).collect());
            /// Who is woken, and when.
            initiators(initiators: Initiators) |run| run.initiators = initiators;
            /// How the impulses lie to each other.
            wake_up(wake: Wake) |run| run.wake = Some(wake);
            /// What each node is given.
            inputs(inputs: InputChoice) |run| run.inputs = inputs;
            /// What all randomness follows from; drawn, and shown, if not given.
            seed(seed: u64) |run| run.seed = Some(seed);
            /// Other links than the protocol declares.
            links(links: Links) |run| run.links = Some(links);
            /// The run has failed if it has not ended by then.
            timeout(after: Duration) |run| run.timeout = Some(after);
            /// The run shall end then.
            stop_after(after: Duration) |run| run.stop_after = Some(after);
            /// How long messages take.  Simulated, one unit each if this is not given; real ones take what they take.
            delay(delay: Delay) |run| run.delay = Some(delay);
            /// What goes wrong on purpose.
            faults(faults: Faults) |run| run.faults = faults;
        }
    };
}
pub(crate) use options;

macro_rules! untyped {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*) |$run:ident| $set:expr;)*) => {
        impl AnyRun {
            $(
                $(#[$doc])*
                pub fn $name(mut self, $($argument: $type),*) -> Self {
                    let $run = &mut self;
                    $set;
                    self
                }
            )*
        }
    };
}
options!(untyped);
