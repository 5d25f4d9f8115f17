//! What a run starts from.

use core::panic::{RefUnwindSafe, UnwindSafe};
use core::time::Duration;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::InputChoice;
use crate::network::{Bandwidth, Delay, Faults, Uplink};
use crate::protocol::{AnyConfig, AnyProtocol, Description, Links};
use crate::topology::{Graph, Topology};

/// The ids of the nodes: `--ids`.
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PortOrder {
    /// By neighbour.
    #[default]
    Ordered,
    /// At random, so that hidden reliance on an orientation shows.
    Shuffled,
    /// Node i has its ports in the i-th of these orders: which of those by neighbour comes first, second, ..
    Given(Vec<Vec<u32>>),
}

/// The initiators, which get an impulse: `--initiators`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Initiators {
    /// As the protocol declares: every node if that is `All`, else node 0.
    #[default]
    Declared,
    /// Node 0.
    One,
    /// Every node.
    All,
    /// This many nodes, drawn at random.
    Random(usize),
    /// These nodes, in this order, each at its time since the start if one is given.  A node may stand there several times, with
    /// different times: it gets so many impulses.
    Given(Vec<(usize, Option<Duration>)>),
}

/// When the initiators get their impulses: `--wake`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wake {
    /// Every initiator handles its impulse before any message is delivered.
    #[default]
    Together,
    /// Each at a random moment.
    Random,
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
    /// The protocol's under that configuration: made once, and not for each run of a campaign.
    pub(crate) description: Arc<Description>,
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
    pub(crate) bandwidth: Option<Bandwidth>,
    pub(crate) uplink: Option<Uplink>,
    pub(crate) faults: Faults,
}

/// A panic in a run leaves its options unchanged.
impl RefUnwindSafe for AnyRun {}
impl UnwindSafe for AnyRun {}

impl AnyRun {
    /// A run of that protocol on its default topology.  Everything else is as declared, or as the command line's defaults.
    pub fn of(protocol: &AnyProtocol) -> Self {
        let config = protocol.config();
        let description = protocol.description_of(&*config);
        AnyRun {
            protocol: protocol.clone(),
            topology: (&*description.topology.default).into_topology(),
            config,
            description,
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
            bandwidth: None,
            uplink: None,
            faults: Faults::default(),
        }
    }

    /// The protocol.
    pub fn protocol(&self) -> &AnyProtocol {
        &self.protocol
    }

    /// Sets the topology: a [`Topology`], a `Graph`, or text such as `"ring:8"`.
    pub fn topology(mut self, topology: impl IntoTopology) -> Self {
        self.topology = topology.into_topology();
        self
    }

    /// Sets the graph itself.  The changes that were to be made to the topology that was set before, such as weights, are made to it.
    pub fn graph(mut self, graph: Graph) -> Self {
        self.topology = self.topology.map(|before| Topology::from(graph).changed_as(&before));
        self
    }

    /// The files that decide what the run is: that of the graph, that of the inputs, and those that a text in the
    /// configuration names.
    pub fn files(&self) -> Vec<PathBuf> {
        let graph = self.topology.as_ref().ok().and_then(Topology::source).map(Path::to_owned);
        let inputs = match &self.inputs {
            InputChoice::File(path) => Some(path.clone()),
            _ => None,
        };
        let texts = self.description.flags.iter().filter(|flag| flag.may_name_a_file());
        let named = texts.filter_map(|flag| Some(PathBuf::from(self.config.get(&flag.name)?))).filter(|path| path.is_file());
        graph.into_iter().chain(inputs).chain(named).collect()
    }

    /// The inputs of the nodes.
    pub fn inputs(mut self, inputs: InputChoice) -> Self {
        self.inputs = inputs;
        self
    }

    /// What `#[init]` is given.
    pub fn config(mut self, config: Box<dyn AnyConfig>) -> Self {
        self.description = self.protocol.description_of(&*config);
        self.config = config;
        self
    }
}

/// What [`AnyRun::topology`] takes: a [`Topology`], a `Graph`, or text such as `"ring:8"`.
pub trait IntoTopology {
    /// The topology, or why the text does not name one.
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

/// The options that do not depend on the protocol's type, written once for both kinds of runs.  Calls `each!` with them: the name, the
/// argument, and the field that it sets.
macro_rules! options {
    ($each:ident) => {
        $each! {
            /// The ids of the nodes.
            ids(ids: IdChoice) |run| run.ids = ids;
            /// In which order a node numbers its links.
            ports(order: PortOrder) |run| run.ports = order;
            /// Wakes these nodes at the start.
            wake(nodes: impl IntoIterator<Item = usize>) |run| run.initiators = Initiators::Given(nodes.into_iter().map(|node| (node, None)).collect());
            /// The initiators, and when each gets its impulse.
            initiators(initiators: Initiators) |run| run.initiators = initiators;
            /// When the initiators get their impulses.
            wake_up(wake: Wake) |run| run.wake = Some(wake);
            /// The seed, from which all randomness follows.  If it is not given, one is drawn, and stands in the result.
            seed(seed: u64) |run| run.seed = Some(seed);
            /// Other links than the protocol declares.
            links(links: Links) |run| run.links = Some(links);
            /// The time limit: a run that has not ended by then has failed.
            timeout(after: Duration) |run| run.timeout = Some(after);
            /// Ends the run at that time after the start.
            stop_after(after: Duration) |run| run.stop_after = Some(after);
            /// How long messages take.  If it is not given, a simulated message takes one unit, and a real one is not delayed.
            delay(delay: Delay) |run| run.delay = Some(delay);
            /// How fast links are, in a simulated run.  If it is not given, a message takes its delay only, however long it is.
            bandwidth(bandwidth: impl Into<Bandwidth>) |run| run.bandwidth = Some(bandwidth.into());
            /// How fast nodes send, in a simulated run.  If it is not given, they send any number of messages at once.
            uplink(uplink: impl Into<Uplink>) |run| run.uplink = Some(uplink.into());
            /// The faults that are injected.
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
