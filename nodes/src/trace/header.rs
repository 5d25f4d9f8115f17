//! What stands before the events: what ran, on which graph, from which seed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::execution::{EngineKind, Prepared};
use crate::network::{Delay, UNIT};
use crate::protocol::{Description, Ids, Links, When};
use crate::topology::Graph;

/// A graph with more nodes hangs together: so room that is made for nodes is in proportion to the links in the file.
const MOST_APART: usize = 1_000_000;

/// Up to so many nodes, a trace says where to draw them.
const MOST_PLACED: usize = 3000;

/// What ran.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The version of `nodes` that recorded it.
    pub version: String,
    /// The protocol's type.
    pub protocol: String,
    /// Of the protocol's names and fields, in hexadecimal.
    pub fingerprint: String,
    /// `processes`, `simulator`, or the name of another engine.
    pub engine: String,
    /// Which clock the times are of.
    pub clock: TimeKind,
    /// How many nanoseconds a unit of time has in which people would count: 1000000 under unit delay, else 1000000000.
    pub unit_ns: u64,
    /// As specified: `ring:8`.
    pub topology: String,
    /// What all randomness followed from.
    pub seed: u64,
    /// The arguments that make this run again.
    pub replay: Option<String>,
    /// The options, resolved.
    pub options: BTreeMap<String, Value>,
    /// What the links promised.
    pub guarantee: Links,
    /// The types of messages, by number.
    pub messages: Vec<String>,
    /// The states, by number; one named `-` for a protocol that has none.
    pub states: Vec<StateName>,
    /// The types of alarms, by number.
    pub alarms: Vec<AlarmName>,
    /// The properties, by number.
    pub properties: Vec<PropertyName>,
    /// How many nodes there are.
    pub nodes: usize,
    /// The nodes' ids; absent if node i has id i.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ids: Option<Vec<u64>>,
    /// What a file calls the nodes; absent if by their numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub names: Option<Vec<String>>,
    /// Where to draw the nodes: x to the right, y downwards, in units of about a link's length; absent if there are too many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub positions: Option<Vec<[f64; 2]>>,
    /// The links: a node, its port, the other node, its port.
    pub links: Vec<[u32; 4]>,
    /// Whether links lead one way only, from the first node to the second.
    pub directed: bool,
    /// The links' weights; absent if all are 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<Vec<f64>>,
}

/// Which clock the times of a trace are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeKind {
    /// The machine's, monotonic.
    Real,
    /// A simulator's.
    Virtual,
}

/// A state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateName {
    /// Its name.
    pub name: String,
    /// A node in it has decided.
    pub terminal: bool,
}

/// A type of alarm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmName {
    /// Its name.
    pub name: String,
}

/// A property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PropertyName {
    /// Its name.
    pub name: String,
    /// `always` or `finally`.
    pub when: String,
}

impl Header {
    /// The header of a run that is about to begin, of that engine.
    pub fn of(prepared: &Prepared, engine: EngineKind, clock: TimeKind) -> Self {
        let description: &Description = &prepared.description;
        let (instance, graph) = (&prepared.instance, prepared.instance.graph());
        let in_units = clock == TimeKind::Virtual && prepared.delay.unwrap_or_default() == Delay::Unit;
        let states = description.states.iter().map(|state| StateName { name: state.name.clone(), terminal: state.terminal });
        let mut states = states.collect::<Vec<_>>();
        if states.is_empty() {
            states.push(StateName { name: "-".to_owned(), terminal: false });
        }
        Header {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            protocol: description.name.clone(),
            fingerprint: description.fingerprint_text(),
            engine: engine.name().to_owned(),
            clock,
            unit_ns: if in_units { UNIT.as_nanos() as u64 } else { 1_000_000_000 },
            topology: prepared.topology.clone(),
            seed: instance.seed(),
            replay: prepared.replay(engine),
            options: prepared.options_of(engine),
            guarantee: prepared.links,
            messages: description.messages.iter().map(|message| message.name.clone()).collect(),
            states,
            alarms: description.alarms.iter().map(|alarm| AlarmName { name: alarm.name.clone() }).collect(),
            properties: description
                .properties
                .iter()
                .map(|property| PropertyName {
                    name: property.name.clone(),
                    when: if property.when == When::Always { "always" } else { "finally" }.to_owned(),
                })
                .collect(),
            nodes: graph.node_count(),
            ids: match instance.ids() {
                Ids::Sequential => None,
                Ids::Given(ids) => Some(ids.iter().map(|id| id.0).collect()),
            },
            names: graph.nodes().map(|node| graph.name(node).map(str::to_owned)).collect(),
            positions: (graph.node_count() <= MOST_PLACED).then(|| graph.layout().into_iter().map(rounded).collect()),
            links: links(graph),
            directed: graph.is_directed(),
            weights: graph.is_weighted().then(|| graph.links().map(|link| link.weight).collect()),
        }
    }

    /// The id of a node.
    pub fn id(&self, node: u32) -> u64 {
        self.ids.as_ref().and_then(|ids| ids.get(node as usize)).copied().unwrap_or_else(|| node.into())
    }

    /// What the file that the graph came from calls a node; `None` if it calls it by its number.
    pub fn name(&self, node: u32) -> Option<&str> {
        self.names.as_ref()?.get(node as usize).map(String::as_str)
    }

    /// What people call a node: its [`name`](Header::name), or else its number.
    pub fn title(&self, node: u32) -> String {
        self.name(node).map_or_else(|| node.to_string(), str::to_owned)
    }

    /// What is wrong in it, if something is; a header that was read must be looked at before its numbers are trusted.
    pub(super) fn check(&self) -> Result<(), String> {
        let nodes = self.nodes;
        if nodes == 0 || nodes > u32::MAX as usize {
            return Err(format!("it has {nodes} nodes"));
        }
        // A graph hangs together; one whose nodes do not, a program may have made, but not a large one.
        if nodes > MOST_APART.max(self.links.len() + 1) {
            return Err(format!("it has {nodes} nodes, and {} links do not join them", self.links.len()));
        }
        let lists = [
            ("ids", self.ids.as_ref().map(Vec::len)),
            ("names", self.names.as_ref().map(Vec::len)),
            ("positions", self.positions.as_ref().map(Vec::len)),
        ];
        for (name, length) in lists {
            if length.is_some_and(|length| length != nodes) {
                return Err(format!("its `{name}` are not as many as its nodes"));
            }
        }
        if self.weights.as_ref().is_some_and(|weights| weights.len() != self.links.len()) {
            return Err("its `weights` are not as many as its links".to_owned());
        }
        if self.states.is_empty() || self.unit_ns == 0 {
            return Err("it has no states or no unit of time".to_owned());
        }
        let wrong = |link: &&[u32; 4]| link[0] as usize >= nodes || link[2] as usize >= nodes;
        match self.links.iter().find(wrong) {
            Some(link) => Err(format!("its link {link:?} leads nowhere")),
            None => Ok(()),
        }
    }

    /// Who is behind each port.
    pub(super) fn ends(&self) -> Result<Ends, String> {
        let mut starts = vec![0; self.nodes + 1];
        for [a, _, b, _] in &self.links {
            starts[*a as usize + 1] += 1;
            starts[*b as usize + 1] += 1;
        }
        for node in 0..self.nodes {
            starts[node + 1] += starts[node];
        }
        let mut ends = vec![None; self.links.len() * 2];
        for [a, at, b, there] in &self.links {
            for (node, port, other, back) in [(a, at, b, there), (b, there, a, at)] {
                let (from, to) = (starts[*node as usize], starts[*node as usize + 1]);
                let place = ends[from..to].get_mut(*port as usize).filter(|place| place.is_none());
                *place.ok_or_else(|| format!("the ports of node {node} are not numbered as they must be"))? =
                    Some((*other, *back));
            }
        }
        Ok(Ends { starts, ends: ends.into_iter().flatten().collect() })
    }
}

/// By node and port, who is there, and by which port of his.
#[derive(Clone, Debug)]
pub(super) struct Ends {
    starts: Vec<usize>,
    ends: Vec<(u32, u32)>,
}

impl Ends {
    /// Who is there, and by which port of his; `None` if the node has no such port.
    #[inline]
    pub(super) fn of(&self, node: u32, port: u32) -> Option<(u32, u32)> {
        let (from, to) = (*self.starts.get(node as usize)?, *self.starts.get(node as usize + 1)?);
        self.ends[from..to].get(port as usize).copied()
    }
}

/// The links, with their ports.
fn links(graph: &Graph) -> Vec<[u32; 4]> {
    let mut links = vec![[0; 4]; graph.link_count()];
    for node in graph.nodes() {
        for (port, end) in graph.ends(node).enumerate() {
            if !end.second {
                links[end.link as usize] =
                    [node.index() as u32, port as u32, end.neighbour.index() as u32, end.back.index() as u32];
            }
        }
    }
    links
}

/// To a thousandth: what nobody sees need not be kept.
fn rounded(point: [f64; 2]) -> [f64; 2] {
    point.map(|coordinate| libm::round(coordinate * 1000.0) / 1000.0)
}
