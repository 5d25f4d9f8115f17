//! Small instances of an algorithm: graphs, arrangements of ids, and initiators.

use core::fmt;
use core::ops::RangeInclusive;
use core::time::Duration;
use std::collections::BTreeSet;

use nodes::check::{Check, Checked, check};
use nodes::network::Budget;
use nodes::protocol::{AnyConfig, AnyProtocol, Description, InitiatorRule, Links};
use nodes::run::{AnyRun, IdChoice, Initiators, RunError, Wake};
use nodes::topology::{Graph, GraphBuilder};

/// A run of an algorithm, and what its cost depends on.
#[derive(Clone, Debug)]
pub struct Instance {
    /// The run.
    pub run: AnyRun,
    /// The links.
    pub links: Vec<(usize, usize)>,
    /// By node.
    pub ids: Vec<u64>,
    /// Who is woken.
    pub initiators: Vec<usize>,
    /// Whether all of them before anything arrives.
    pub together: bool,
    /// What the links promise.
    pub kind: Links,
    /// How long a message takes at most; without it, any time.
    pub synchronous: Option<Duration>,
    /// Whether a node may crash, at any time.
    pub crashes: bool,
}

impl fmt::Display for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Instance { links, ids, initiators, together, kind, synchronous, crashes, .. } = self;
        let when = if *together { "together" } else { "at any time" };
        write!(f, "links {links:?}, {kind:?}, ids {ids:?}, {initiators:?} woken {when}")?;
        if let Some(delay) = synchronous {
            write!(f, ", messages take {delay:?} at most")?;
        }
        if *crashes { write!(f, ", a crash") } else { Ok(()) }
    }
}

impl Instance {
    /// The same over links that keep the order of messages.
    pub fn in_order(mut self) -> Self {
        self.run = self.run.links(Links::Fifo);
        self.kind = Links::Fifo;
        self
    }

    /// The same with messages that take that time at most.
    pub fn in_time(mut self, delay: Duration) -> Self {
        self.synchronous = Some(delay);
        self
    }

    /// The same with a node that may crash.
    pub fn with_a_crash(mut self) -> Self {
        self.run = self.run.faults(Budget { crashes: 1, ..Budget::default() }.into());
        self.crashes = true;
        self
    }

    /// Looks at all of its schedules, as far as `how` goes.
    ///
    /// # Errors
    /// If that cannot be done.
    pub fn check(&self, how: Check<'_>) -> Result<Checked, RunError> {
        check(&self.run, if let Some(delay) = self.synchronous { how.synchronous(delay) } else { how })
    }

    /// Whether links keep the order of messages.
    pub fn keeps_order(&self) -> bool {
        self.kind == Links::Fifo
    }

    /// Its nodes and links.
    pub fn graph(&self) -> Graph {
        graph(self.ids.len(), &self.links)
    }

    /// Whether no link leads from a node to itself, and no two nodes have two links.
    pub fn is_simple(&self) -> bool {
        let mut ends = self.links.iter().map(|(a, b)| (a.min(b), a.max(b))).collect::<BTreeSet<_>>();
        ends.retain(|(a, b)| a != b);
        ends.len() == self.links.len()
    }

    /// n, m and k.
    pub fn sizes(&self) -> [u64; 3] {
        [self.ids.len(), self.links.len(), self.initiators.len()].map(|count| count as u64)
    }
}

/// All instances of so many nodes, up to what makes no difference to the algorithm: of graphs of any form one numbering each, with
/// every order of ids if the algorithm reads them, and every set of initiators.
pub fn of(protocol: &AnyProtocol, reads_ids: bool, nodes: RangeInclusive<usize>) -> Vec<Instance> {
    let config = config(protocol);
    let description = protocol.description_of(&*config);
    let mut instances = Vec::new();
    for nodes in nodes {
        for links in graphs(&description, nodes) {
            for ids in ids(reads_ids, &description, nodes) {
                for initiators in initiators(&description, nodes) {
                    for together in [true, false] {
                        // One that starts alone starts first.
                        if together || initiators.len() > 1 {
                            instances.extend(instance(protocol, nodes, &links, &ids, &initiators, together));
                        }
                    }
                }
            }
        }
    }
    instances
}

/// The orders of ids; of those that are the same on a ring that is turned, one.
fn ids(reads_ids: bool, description: &Description, nodes: usize) -> Vec<Vec<u64>> {
    let mut orders = orders(nodes);
    if !reads_ids {
        orders.truncate(1);
    } else if is_ring(description) {
        orders.retain(|order| order[0] == 0);
    }
    orders
}

fn is_ring(description: &Description) -> bool {
    description.topology.name.contains("Ring")
}

/// How long a run is, where that can be chosen: short.
const SHORT: [(&str, &str); 4] = [("requests", "1"), ("coins", "1"), ("moves", "1"), ("tasks", "3")];

fn config(protocol: &AnyProtocol) -> Box<dyn AnyConfig> {
    let mut config = protocol.config();
    for (flag, value) in SHORT {
        // Most algorithms have none of these.
        let _ = config.set(flag, value);
    }
    config
}

/// `None` if the algorithm does not run on such a graph.
fn instance(
    protocol: &AnyProtocol,
    nodes: usize,
    links: &[(usize, usize)],
    ids: &[u64],
    initiators: &[usize],
    together: bool,
) -> Option<Instance> {
    let wake = if together { Wake::Together } else { Wake::Random };
    let run = AnyRun::of(protocol)
        .config(config(protocol))
        .topology(graph(nodes, links))
        .ids(IdChoice::Given(ids.to_vec()))
        .seed(0)
        .wake_up(wake);
    let run = run.initiators(Initiators::Given(initiators.iter().map(|node| (*node, None)).collect()));
    let kind = run.prepare().ok()?.links;
    let (links, ids, initiators) = (links.to_vec(), ids.to_vec(), initiators.to_vec());
    Some(Instance { run, links, ids, initiators, together, kind, synchronous: None, crashes: false })
}

fn graph(nodes: usize, links: &[(usize, usize)]) -> Graph {
    let mut graph = GraphBuilder::new(nodes);
    for (a, b) in links {
        graph.link(*a, *b);
    }
    graph.build()
}

/// The connected graphs of so many nodes that the algorithm may run on, one of each form.
fn graphs(description: &Description, nodes: usize) -> Vec<Vec<(usize, usize)>> {
    let ring = (0..nodes).map(|node| (node, (node + 1) % nodes)).collect::<Vec<_>>();
    if is_ring(description) {
        return vec![ring];
    }
    let pairs = (0..nodes).flat_map(|b| (0..b).map(move |a| (a, b))).collect::<Vec<_>>();
    let mut forms = BTreeSet::new();
    let mut graphs = Vec::new();
    for chosen in 0..1_u32 << pairs.len() {
        let links = pairs.iter().enumerate().filter(|(place, _)| chosen >> place & 1 == 1).map(|(_, pair)| *pair);
        let links = links.collect::<Vec<_>>();
        let fits = description.topology.accept(graph(nodes, &links)).is_ok();
        if fits && forms.insert(form(nodes, &links)) {
            graphs.push(links);
        }
    }
    // A ring of one is a link from a node to itself, and a ring of two has two links between its nodes.
    if nodes <= 2 && description.topology.accept(graph(nodes, &ring)).is_ok() {
        graphs.push(ring);
    }
    graphs
}

/// The same for all numberings of a graph: the least of them.
fn form(nodes: usize, links: &[(usize, usize)]) -> Vec<(u64, u64)> {
    let numbered = |order: Vec<u64>| {
        let ends = links.iter().map(|(a, b)| (order[*a].min(order[*b]), order[*a].max(order[*b])));
        let mut ends = ends.collect::<Vec<_>>();
        ends.sort_unstable();
        ends
    };
    orders(nodes).into_iter().map(numbered).min().unwrap_or_default()
}

/// The numbers below `nodes` in every order, the usual one first.
fn orders(nodes: usize) -> Vec<Vec<u64>> {
    let mut orders = vec![Vec::new()];
    for _ in 0..nodes {
        let longer = |order: &Vec<u64>| {
            let order = order.clone();
            let rest = (0..nodes as u64).filter(|id| !order.contains(id)).collect::<Vec<_>>();
            rest.into_iter().map(move |id| [&order[..], &[id]].concat())
        };
        orders = orders.iter().flat_map(longer).collect();
    }
    orders
}

/// Those that the algorithm may be woken by, small sets first.
fn initiators(description: &Description, nodes: usize) -> Vec<Vec<usize>> {
    let all = (1..1_u32 << nodes).map(|set| (0..nodes).filter(|node| set >> node & 1 == 1).collect::<Vec<_>>());
    let mut sets = all.collect::<Vec<_>>();
    sets.retain(|set| match description.initiators {
        InitiatorRule::Any => true,
        InitiatorRule::One => set.len() == 1,
        InitiatorRule::All => set.len() == nodes,
    });
    sets.sort_by_key(Vec::len);
    sets
}
