//! Options made definite: the instance, the initiators and their times, and how the result document describes them.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    AnyRun, Document, EngineKind, IdChoice, Initiators, InputChoice, LinkCounts, MessageCounts, Outcome, PortOrder,
    PropertyStatus, RunError, Times, Wake, explain,
};
use crate::file;
use crate::network::{Delay, Faults, Observer, System};
use crate::protocol::input::{GIVEN, listed};
use crate::protocol::{
    AnyConfig, AnyInstance, AnyProtocol, Description, Id, Ids, InitiatorRule, InputSource, Links, PropertyInfo, WrongInput,
};
use crate::random::Random;
use crate::scarce::in_words;
use crate::shell::quoted;
use crate::topology::{Graph, NodeIndex};

/// With `--wake random`, each initiator gets its impulse less than this many milliseconds after the start.
const WAKE_SPREAD_MS: u64 = 20;

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
    /// The initiators, in the order of their impulses, each with its time after the start.
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
        Some(format!("{command} {} {}", self.description.snake_name(), self.arguments.join(" ")))
    }

    /// The options, as far as that engine has them: simulated messages always take some time.
    pub(crate) fn options_of(&self, engine: EngineKind) -> BTreeMap<String, Value> {
        let mut options = self.options.clone();
        if engine == EngineKind::Simulator {
            options.entry("delay".to_owned()).or_insert_with(|| json!(Delay::Unit.to_string()));
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
        let graph = match self.ports {
            PortOrder::Ordered => graph,
            PortOrder::Shuffled => graph.with_shuffled_ports(seed),
        };
        let nodes = graph.node_count();
        let ids = self.resolve_ids(nodes, seed)?;
        let input_texts = self.input_texts(nodes, &description)?;
        let (initiators, together) = self.resolve_initiators(&graph, seed, &description)?;
        let links = self.links.unwrap_or(description.links);
        self.faults.check(&graph, links).map_err(RunError::refused)?;
        let timed = self.delay.unwrap_or_default().fits(&graph).map_err(RunError::refused)?;

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
        match self.ports {
            PortOrder::Ordered => tell("ports", json!("ordered"), None),
            PortOrder::Shuffled => tell("ports", json!("shuffled"), Some("shuffled".into())),
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
            _ => json!(initiators.iter().map(|(node, _)| node.index()).collect::<Vec<_>>()),
        };
        tell("initiators", woken, argument);
        match self.wake.unwrap_or_default() {
            Wake::Together => tell("wake", json!("together"), None),
            Wake::Random => tell("wake", json!("random"), Some("random".into())),
        }
        match &self.inputs {
            InputChoice::ByIndex => {}
            InputChoice::Given(given) => {
                let list = listed(given);
                repeatable = list.is_some();
                tell("inputs", json!(given), Some(quoted(list.as_deref().unwrap_or(GIVEN))));
            }
            InputChoice::Random { low, high } => {
                let text = format!("random:{low}..{high}");
                tell("inputs", json!(text), Some(text));
            }
            InputChoice::File(path) => {
                let text = format!("file:{}", path.display());
                tell("inputs", json!(text), Some(quoted(&text)));
            }
            InputChoice::Values(values) => {
                let list = values.texts().and_then(listed);
                repeatable = list.is_some();
                let shown = values.texts().map_or_else(|| json!("given"), |texts| json!(texts));
                tell("inputs", shown, Some(quoted(list.as_deref().unwrap_or(GIVEN))));
            }
        }
        tell("links", json!(links), self.links.map(|links| links.name().to_owned()));
        let usual = self.protocol.config();
        for flag in &description.flags {
            if let Some(value) = self.config.get(&flag.name) {
                let changed = usual.get(&flag.name).as_ref() != Some(&value);
                tell(&flag.name, json!(value), changed.then(|| quoted(&value)));
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
        for (name, text) in self.faults.arguments() {
            tell(name, json!(text), Some(quoted(&text)));
        }
        let mut notices = built.notices;
        notices.extend(timed);
        if links.are_weaker_than(description.links) {
            let (links, assumed) = (links.name(), description.links.name());
            notices.push(format!("--links {links}: {} assumes {assumed} links, and need not hold on these", description.name));
        }
        if !repeatable {
            notices.push(format!("this run can be made again {}", explain::again(None, seed)));
        }
        arguments.push("--seed".into());
        arguments.push(seed.to_string());

        Ok(Prepared {
            instance: self.instance(graph, ids, seed, &input_texts, &description)?,
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
                let mut seen = BTreeSet::new();
                if let Some(twice) = given.iter().find(|id| !seen.insert(**id)) {
                    return Err(RunError::refused(format!(
                        "--ids: `{twice}` is given twice, and ids are distinct; write for example `--ids shuffled`"
                    )));
                }
                Ok(Ids::Given(given.iter().copied().map(Id).collect()))
            }
        }
    }

    /// What says that each of these nodes has the input that it has here, on a graph of them alone, in that order.
    ///
    /// # Errors
    /// If a file of inputs cannot be read.
    pub(crate) fn inputs_of(&self, nodes: &[usize]) -> Result<InputChoice, RunError> {
        let those = |texts: &[String]| nodes.iter().filter_map(|node| texts.get(*node).cloned()).collect();
        Ok(match &self.inputs {
            InputChoice::ByIndex | InputChoice::Random { .. } => self.inputs.clone(),
            InputChoice::Given(texts) => InputChoice::Given(those(texts)),
            InputChoice::File(path) => InputChoice::Given(those(&from_file(path)?.texts)),
            InputChoice::Values(values) => InputChoice::Values(values.of_nodes(nodes)),
        })
    }

    /// The inputs that are given as text; those from a file with their places in it.
    fn input_texts(&self, nodes: usize, description: &Description) -> Result<InputTexts, RunError> {
        if !matches!(self.inputs, InputChoice::ByIndex) && !description.has_input {
            return Err(RunError::refused(format!(
                "--inputs: nodes of {} take no input; it would be declared as `#[protocol(input = u64)]`",
                description.name
            )));
        }
        let mut texts = InputTexts::default();
        match &self.inputs {
            InputChoice::Given(given) => texts.texts.clone_from(given),
            InputChoice::File(path) => texts = from_file(path)?,
            InputChoice::ByIndex | InputChoice::Random { .. } | InputChoice::Values(_) => return Ok(texts),
        }
        if texts.texts.len() == nodes { Ok(texts) } else { Err(not_one_each(texts.texts.len(), nodes)) }
    }

    fn instance(
        &self,
        graph: Graph,
        ids: Ids,
        seed: u64,
        texts: &InputTexts,
        description: &Description,
    ) -> Result<Arc<dyn AnyInstance>, RunError> {
        let mut random = Random::stream(seed, "inputs", 0);
        let source = match &self.inputs {
            InputChoice::ByIndex => InputSource::ByIndex,
            InputChoice::Random { low, high } => InputSource::Random { low, high, random: &mut random },
            InputChoice::Given(_) | InputChoice::File(_) => InputSource::Texts(&texts.texts),
            InputChoice::Values(values) => InputSource::Values(values),
        };
        self.protocol.instance(graph, ids, seed, source).map_err(|wrong| match (wrong, &self.inputs) {
            (WrongInput::Text { place, text, expected }, _) => {
                let place = place.and_then(|place| texts.places.get(place)).map_or("", String::as_str);
                RunError::refused(format!("--inputs: {place}`{text}` is not {expected}"))
            }
            (WrongInput::EmptyRange, InputChoice::Random { low, high }) => {
                RunError::refused(format!("--inputs: nothing can be drawn from `random:{low}..{high}`; write `random:0..100`"))
            }
            (WrongInput::Count { given, nodes }, _) => not_one_each(given, nodes),
            (wrong, _) => RunError::refused(format!("the inputs of {}: {wrong}", description.name)),
        })
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
                let mut seen = BTreeSet::new();
                for (node, _) in given {
                    if *node >= nodes {
                        return Err(RunError::refused(format!(
                            "--initiators: there is no node {node}; the nodes are 0 to {}",
                            nodes.saturating_sub(1)
                        )));
                    }
                    if !seen.insert(node) {
                        return Err(RunError::refused(format!(
                            "--initiators: node {node} is given twice; write each once, such as `0,4`"
                        )));
                    }
                }
                if given.is_empty() {
                    return Err(RunError::refused(
                        "--initiators: no node would start; write `one`, `all`, or nodes such as `0,4`",
                    ));
                }
                given.iter().map(|(node, at)| (NodeIndex::new(*node), *at)).collect()
            }
        };
        let broken = match description.initiators {
            InitiatorRule::Any => false,
            InitiatorRule::One => chosen.len() != 1,
            InitiatorRule::All => chosen.len() != nodes,
        };
        if broken {
            let (rule, right) = if description.initiators == InitiatorRule::One {
                ("exactly one initiator", "one")
            } else {
                ("every node as initiator", "all")
            };
            return Err(RunError::refused(format!(
                "{} is declared for {rule}, and --initiators names {} of {nodes} nodes; write `--initiators {right}`",
                description.name,
                chosen.len()
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

/// Inputs as text, and the place of each if they come from a file.
#[derive(Default)]
struct InputTexts {
    texts: Vec<String>,
    places: Vec<String>,
}

/// The inputs that stand in a file.
fn from_file(path: &Path) -> Result<InputTexts, RunError> {
    let mut texts = InputTexts::default();
    let text = file::text(path)
        .map_err(|cause| RunError::refused(format!("--inputs: {} cannot be read: {}", path.display(), in_words(&cause))))?;
    for (number, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default();
        for word in line.split([',', ' ', '\t']).map(str::trim).filter(|word| !word.is_empty()) {
            texts.places.push(format!("{}:{}: ", path.display(), number + 1));
            texts.texts.push(word.to_owned());
        }
    }
    Ok(texts)
}

fn not_one_each(given: usize, nodes: usize) -> RunError {
    RunError::refused(format!("--inputs: {given} values for {nodes} nodes; give each node one, or write `random:0..100`"))
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
