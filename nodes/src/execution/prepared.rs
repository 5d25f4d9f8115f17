//! Options made definite: the instance, the initiators and their times, and how the result document describes them.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    AnyRun, Document, EngineKind, IdChoice, Initiators, LinkCounts, MessageCounts, Outcome, PortOrder, PropertyStatus,
    RunError, Times, Wake, explain,
};
use crate::network::{Bandwidth, Delay, Faults, Observer, System, Uplink};
use crate::protocol::{AnyConfig, AnyInstance, AnyProtocol, Description, Id, Ids, InitiatorRule, Links, PropertyInfo};
use crate::random::Random;
use crate::shell::quoted;
use crate::sorting;
use crate::topology::{Graph, NodeIndex};

/// With `--wake random`, each initiator gets its impulse less than this many milliseconds after the start.
const WAKE_SPREAD_MS: u64 = 20;

/// A second impulse of a node, in an example.
const AN_EXAMPLE: Duration = Duration::from_millis(200);

/// The document lists the initiators one by one if there are fewer than this.
const MANY: usize = 10_000;

/// Everything that an engine needs to start: nothing is left to choose.
#[derive(Debug)]
pub struct Prepared {
    /// The protocol.
    pub protocol: AnyProtocol,
    /// Graph, ids, inputs, seed.
    pub instance: Arc<dyn AnyInstance>,
    /// The description of the protocol under this configuration.
    pub description: Arc<Description>,
    /// What `#[init]` is given.
    pub config: Box<dyn AnyConfig>,
    /// What the links promise in this run.
    pub links: Links,
    /// The impulses of the initiators, in their order, each with its time after the start; a node may have several.
    pub initiators: Vec<(NodeIndex, Duration)>,
    /// Every impulse of the start is handled before any message is delivered.
    pub together: bool,
    /// The topology, as the document has it.
    pub topology: String,
    /// The options, as the document has them.
    pub options: BTreeMap<String, Value>,
    /// The options that differ from their defaults, as they stand on a command line.
    pub arguments: Vec<String>,
    /// Whether these arguments repeat the run: a program may give inputs that have no text for a command line.
    pub repeatable: bool,
    /// What the user should know: about the graph, or about links that are weaker than the protocol assumes.
    pub notices: Vec<String>,
    /// The time limit: a run that takes longer fails.
    pub timeout: Option<Duration>,
    /// The run ends at this time after the start.
    pub stop_after: Option<Duration>,
    /// How long messages take, if that was chosen.
    pub delay: Option<Delay>,
    /// How fast links are, if that has a limit.
    pub bandwidth: Option<Bandwidth>,
    /// How fast nodes send, if that has a limit.
    pub uplink: Option<Uplink>,
    /// The faults that are injected.
    pub faults: Faults,
}

impl Prepared {
    /// The run as a transition system, before any event.  Its driver chooses the events.
    ///
    /// # Panics
    /// If `#[init]` of a node panics.
    pub fn system(&self) -> System {
        self.system_for(&mut ()).unwrap_or_else(|(node, what)| panic!("node {node} cannot be made: {what}"))
    }

    /// The same, with an observer of what `#[init]` sends.
    ///
    /// # Errors
    /// If a node cannot be made, since its `#[init]` panics: which, and why.
    pub fn system_for(&self, observer: &mut dyn Observer) -> Result<System, (NodeIndex, String)> {
        let initiators = self.initiators.iter().map(|(node, _)| *node);
        let system = System::new(&self.protocol, &self.instance, &*self.config, self.links, &self.faults, observer)?;
        Ok(system.with_initiators(initiators, self.together))
    }

    /// The command that repeats the run, if there is one.
    pub(crate) fn replay(&self, engine: EngineKind) -> Option<String> {
        let command = engine.command().filter(|_| self.repeatable)?;
        Some(format!("{command} {} {}", self.description.snake_name(), self.arguments_of(engine).join(" ")))
    }

    /// The arguments, as that engine calls them: a checker draws no moments, but looks at all.
    pub(crate) fn arguments_of(&self, engine: EngineKind) -> Vec<String> {
        let mut arguments = self.arguments.clone();
        if engine == EngineKind::Checker
            && let Some(place) = arguments.windows(2).position(|pair| pair == ["--wake", "random"])
        {
            "any".clone_into(&mut arguments[place + 1]);
        }
        arguments
    }

    /// The options, as far as that engine has them: simulated messages always take some time.
    pub(crate) fn options_of(&self, engine: EngineKind) -> BTreeMap<String, Value> {
        let mut options = self.options.clone();
        if engine == EngineKind::Simulator {
            options.entry("delay".to_owned()).or_insert_with(|| json!(Delay::Unit.to_string()));
        }
        if engine == EngineKind::Checker && options.get("wake").is_some_and(|wake| wake == "random") {
            options.insert("wake".to_owned(), json!("any"));
        }
        options
    }

    /// The document of a run with that outcome, before anything is counted or checked.
    pub fn document(&self, engine: EngineKind, outcome: Outcome) -> Document {
        let unchecked = |property: &PropertyInfo| (property.name.clone(), PropertyStatus::Unchecked);
        Document {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            protocol: self.description.name.clone(),
            fingerprint: self.description.fingerprint_text(),
            engine: engine.name().to_owned(),
            topology: self.topology.clone(),
            nodes: self.instance.graph().node_count(),
            edges: self.instance.graph().link_count(),
            seed: self.instance.seed(),
            replay: self.replay(engine),
            options: self.options_of(engine),
            outcome,
            messages: MessageCounts::default(),
            links: LinkCounts::default(),
            time: Times::default(),
            properties: self.description.properties.iter().map(unchecked).collect(),
            nodes_final: Vec::new(),
        }
    }

    /// For an engine whose links are real: that none of them was given a rate.
    pub(crate) fn have_no_rates(&self) -> Result<(), RunError> {
        let options = [("bandwidth", self.bandwidth.is_some()), ("uplink", self.uplink.is_some())];
        match options.into_iter().find(|(_, given)| *given) {
            None => Ok(()),
            Some((option, _)) => Err(RunError::refused(format!(
                "--{option}: real processes send as fast as their machine does; leave it out, or simulate the run"
            ))),
        }
    }

    /// Notes an option that an engine was given besides, where the document and the line that repeats the run have it.
    pub(crate) fn note_option(&mut self, name: &str, value: String) {
        // The seed stays the last.
        let before_seed = self.arguments.len().saturating_sub(2);
        self.arguments.splice(before_seed..before_seed, [format!("--{name}"), quoted(&value)]);
        self.options.insert(name.to_owned(), json!(value));
    }
}

impl AnyRun {
    /// Makes every choice that is still open, and checks the options against what the protocol declares.
    ///
    /// # Errors
    /// If the topology cannot be built or is not of the class that the protocol declares, or if an option contradicts the protocol.
    pub fn prepare(&self) -> Result<Prepared, RunError> {
        let topology = self.topology.as_ref().map_err(RunError::refused)?;
        let description = Arc::clone(&self.description);
        let seed = self.seed.unwrap_or_else(fresh_seed);
        let spec = topology.to_string();
        let built = topology.build(seed)?;
        let one_way = built.graph.is_directed() && topology.is_file();
        let graph = description.topology.accept(built.graph).map_err(|why| {
            let why = if one_way { format!("{why}; `--both-ways` lets them lead both") } else { why };
            RunError::refused(format!(
                "{} is declared for topology {}, and `{spec}` is none: {why}; try `--topology {}`",
                description.name, description.topology.name, description.topology.default
            ))
        })?;
        let graph = match &self.ports {
            PortOrder::Ordered => graph,
            PortOrder::Shuffled => graph.with_shuffled_ports(seed),
            PortOrder::Given(orders) => {
                check_orders(orders, &graph)?;
                graph.with_ports_in_order(orders)
            }
        };
        let nodes = graph.node_count();
        let ids = self.resolve_ids(nodes, seed)?;
        let (initiators, together) = self.resolve_initiators(&graph, seed, &description)?;
        let links = self.links.unwrap_or(description.links);
        self.faults.check(&graph, links).map_err(RunError::refused)?;
        let timed = self.delay.unwrap_or_default().fits(&graph).map_err(RunError::refused)?;
        let weighed = self.bandwidth.map_or(Ok(None), |bandwidth| bandwidth.fits(&graph)).map_err(RunError::refused)?;
        self.uplink.as_ref().map_or(Ok(()), |uplink| uplink.fits(nodes)).map_err(RunError::refused)?;

        let mut options = BTreeMap::new();
        let mut arguments = vec!["--topology".into(), quoted(&spec)];
        for (name, value) in topology.changes() {
            options.insert(name.to_owned(), value.as_ref().map_or(json!(true), |value| json!(value)));
            arguments.push(format!("--{name}"));
            arguments.extend(value);
        }
        let mut repeatable = true;
        let mut tell = |name: &str, value: Value, argument: Option<String>| {
            options.insert(name.to_owned(), value);
            if let Some(argument) = argument {
                arguments.push(format!("--{name}"));
                arguments.push(argument);
            }
        };
        match &self.ids {
            IdChoice::Sequential => tell("ids", json!("sequential"), None),
            IdChoice::Shuffled => tell("ids", json!("shuffled"), Some("shuffled".into())),
            IdChoice::Given(given) => tell("ids", json!(given), Some(list(given))),
        }
        match &self.ports {
            PortOrder::Ordered => tell("ports", json!("ordered"), None),
            PortOrder::Shuffled => tell("ports", json!("shuffled"), Some("shuffled".into())),
            PortOrder::Given(orders) => {
                tell("ports", json!(orders), Some(orders.iter().map(list).collect::<Vec<_>>().join("/")))
            }
        }
        let argument = match &self.initiators {
            Initiators::Declared => None,
            Initiators::One => Some("one".into()),
            Initiators::All => Some("all".into()),
            Initiators::Random(count) => Some(format!("random:{count}")),
            Initiators::Given(given) => Some(list(given.iter().map(|(node, at)| match at {
                None => node.to_string(),
                Some(at) => format!("{node}@{}", super::duration_text(*at)),
            }))),
        };
        let woken = match (&argument, initiators.len()) {
            // A list of so many would not be read.
            (argument, MANY..) => json!(argument.as_deref().unwrap_or("all")),
            _ => json!(distinct(&initiators)),
        };
        tell("initiators", woken, argument);
        match self.wake.unwrap_or_default() {
            Wake::Together => tell("wake", json!("together"), None),
            Wake::Random => tell("wake", json!("random"), Some("random".into())),
        }
        if let Some(told) = self.inputs.told() {
            repeatable = told.repeatable;
            tell("inputs", told.value, Some(quoted(&told.argument)));
        }
        tell("links", json!(links), self.links.map(|links| links.name().to_owned()));
        let usual = self.protocol.config();
        let mut alone = Vec::new();
        for flag in &description.flags {
            if let Some(value) = self.config.get(&flag.name) {
                let changed = usual.get(&flag.name).as_ref() != Some(&value);
                // One that may stand alone has its value in the same word.
                let in_one_word = flag.kind == "bool";
                alone.extend((changed && in_one_word).then(|| format!("--{}={value}", flag.name)));
                tell(&flag.name, json!(value), (changed && !in_one_word).then(|| quoted(&value)));
            }
        }
        for (name, time) in [("timeout", self.timeout), ("for", self.stop_after)] {
            if let Some(time) = time {
                let text = super::duration_text(time);
                tell(name, json!(text), Some(text.clone()));
            }
        }
        if let Some(delay) = self.delay {
            tell("delay", json!(delay.to_string()), Some(delay.to_string()));
        }
        let rates = [
            ("bandwidth", self.bandwidth.map(|bandwidth| bandwidth.to_string())),
            ("uplink", self.uplink.as_ref().map(Uplink::to_string)),
        ];
        for (name, rate) in rates {
            if let Some(text) = rate {
                tell(name, json!(text), Some(text.clone()));
            }
        }
        for (name, text) in self.faults.arguments() {
            tell(name, json!(text), Some(quoted(&text)));
        }
        let mut notices = built.notices;
        notices.extend(timed.into_iter().chain(weighed));
        if links.are_weaker_than(description.links) {
            let (links, assumed) = (links.name(), description.links.name());
            notices.push(format!("--links {links}: {} assumes {assumed} links, and need not hold on these", description.name));
        }
        if !repeatable {
            notices.push(format!("this run can be made again {}", explain::again(None, seed)));
        }
        arguments.append(&mut alone);
        arguments.push("--seed".into());
        arguments.push(seed.to_string());

        Ok(Prepared {
            instance: self.instance(graph, ids, seed, &description)?,
            protocol: self.protocol.clone(),
            description,
            config: self.config.clone(),
            links,
            initiators,
            together,
            topology: spec,
            options,
            arguments,
            repeatable,
            notices,
            timeout: self.timeout,
            stop_after: self.stop_after,
            delay: self.delay,
            bandwidth: self.bandwidth,
            uplink: self.uplink.clone(),
            faults: self.faults.clone(),
        })
    }

    fn resolve_ids(&self, nodes: usize, seed: u64) -> Result<Ids, RunError> {
        match &self.ids {
            IdChoice::Sequential => Ok(Ids::Sequential),
            IdChoice::Shuffled => {
                let mut ids = (0..nodes as u64).map(Id).collect::<Vec<_>>();
                Random::stream(seed, "ids", 0).shuffle(&mut ids);
                Ok(Ids::Given(ids))
            }
            IdChoice::Given(given) => {
                if given.len() != nodes {
                    return Err(RunError::refused(format!(
                        "--ids: {} ids for {nodes} nodes; give each node one, such as `--ids {}`",
                        given.len(),
                        if nodes <= 12 { list((0..nodes).rev()) } else { "shuffled".into() }
                    )));
                }
                if let Some(twice) = sorting::repeated(given) {
                    return Err(RunError::refused(format!(
                        "--ids: `{}` is given twice, and ids are distinct; write for example `--ids shuffled`",
                        given[twice]
                    )));
                }
                Ok(Ids::Given(given.iter().copied().map(Id).collect()))
            }
        }
    }

    fn resolve_initiators(
        &self,
        graph: &Graph,
        seed: u64,
        description: &Description,
    ) -> Result<(Vec<(NodeIndex, Duration)>, bool), RunError> {
        let nodes = graph.node_count();
        let mut random = Random::stream(seed, "initiators", 0);
        let at_start = |chosen: &[usize]| chosen.iter().map(|node| (NodeIndex::new(*node), None)).collect::<Vec<_>>();
        let everyone = (0..nodes).collect::<Vec<_>>();
        let chosen = match (&self.initiators, description.initiators) {
            (Initiators::All, _) | (Initiators::Declared, InitiatorRule::All) => at_start(&everyone),
            (Initiators::One | Initiators::Declared, _) => at_start(&[0]),
            (Initiators::Random(count), _) => {
                if *count == 0 || *count > nodes {
                    return Err(RunError::refused(format!(
                        "--initiators: `random:{count}` of {nodes} nodes; write a number from 1 to {nodes}"
                    )));
                }
                let mut drawn = everyone.clone();
                random.shuffle(&mut drawn);
                drawn.truncate(*count);
                drawn.sort_unstable();
                at_start(&drawn)
            }
            (Initiators::Given(given), _) => {
                if let Some((node, _)) = given.iter().find(|(node, _)| *node >= nodes) {
                    return Err(RunError::refused(format!(
                        "--initiators: there is no node {node}; the nodes are 0 to {}",
                        nodes.saturating_sub(1)
                    )));
                }
                let impulses = given.iter().map(|(node, at)| (*node, at.unwrap_or_default())).collect::<Vec<_>>();
                if let Some((node, time)) = sorting::repeated(&impulses).map(|place| impulses[place]) {
                    let (same, other) = (super::duration_text(time), super::duration_text(time.saturating_add(AN_EXAMPLE)));
                    return Err(RunError::refused(format!(
                        "--initiators: node {node} is given twice at {same}; write it once, or for a second impulse another \
                         time: `{node}@{same},{node}@{other}`"
                    )));
                }
                if given.is_empty() {
                    return Err(RunError::refused(
                        "--initiators: no node would start; write `one`, `all`, or nodes such as `0,4`",
                    ));
                }
                given.iter().map(|(node, at)| (NodeIndex::new(*node), *at)).collect()
            }
        };
        let started = distinct(&chosen).len();
        let broken = match description.initiators {
            InitiatorRule::Any => false,
            InitiatorRule::One => started != 1,
            InitiatorRule::All => started != nodes,
        };
        if broken {
            let (rule, right) = if description.initiators == InitiatorRule::One {
                ("exactly one initiator", "one")
            } else {
                ("every node as initiator", "all")
            };
            return Err(RunError::refused(format!(
                "{} is declared for {rule}, and --initiators names {started} of {nodes} nodes; write `--initiators {right}`",
                description.name
            )));
        }
        let wake = self.wake.unwrap_or_default();
        let timed = chosen.iter().any(|(_, at)| at.is_some());
        let times = chosen.into_iter().map(|(node, at)| {
            let at = match (at, wake) {
                (Some(at), _) => at,
                (None, Wake::Together) => Duration::ZERO,
                (None, Wake::Random) => Duration::from_micros(random.below(WAKE_SPREAD_MS * 1000)),
            };
            (node, at)
        });
        Ok((times.collect(), wake == Wake::Together && !timed))
    }
}

/// Each node has an order, in which each of its ports stands once.
fn check_orders(orders: &[Vec<u32>], graph: &Graph) -> Result<(), RunError> {
    let nodes = graph.node_count();
    if orders.len() != nodes {
        return Err(RunError::refused(format!(
            "--ports: orders for {} nodes of {nodes}; give each node one, such as `1,0/0,1,2/0`, or write `shuffled`",
            orders.len()
        )));
    }
    for (node, order) in graph.nodes().zip(orders) {
        let mut sorted = order.clone();
        sorted.sort_unstable();
        let right = 0..graph.degree(node) as u32;
        if !sorted.iter().copied().eq(right.clone()) {
            let (given, right) = (list(order), list(right.rev()));
            return Err(RunError::refused(format!(
                "--ports: `{given}` is not an order of the {} ports of node {node}; write for example `{right}`",
                graph.degree(node)
            )));
        }
    }
    Ok(())
}

/// The nodes that get impulses, each once, in the order of their first.
pub(crate) fn distinct<T>(impulses: &[(NodeIndex, T)]) -> Vec<usize> {
    let mut seen = BTreeSet::new();
    impulses.iter().map(|(node, _)| node.index()).filter(|node| seen.insert(*node)).collect()
}

/// A seed that no earlier run is likely to have had; it is shown with the result.
fn fresh_seed() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    // Short, so that people can copy it.
    std::hash::RandomState::new().build_hasher().finish() % 1_000_000
}

fn list<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(",")
}
