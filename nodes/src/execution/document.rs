//! The result document: the same for every engine, field by field what `--json` prints.

use std::collections::BTreeMap;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::protocol::{Description, NodeView};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Nothing is under way, and every node has decided.
    Terminated,
    /// Nothing is under way, and the protocol has no terminal states.
    Quiescent,
    /// The planned end (`--for`) came, or the user ended the run.
    Stopped,
    /// Nothing is under way, but a node has not decided.
    Stuck,
    /// The time limit was reached.
    Timeout,
    /// A node failed.
    Crashed,
    /// A property does not hold.
    Violated,
}

impl Outcome {
    /// All there are.
    pub const ALL: [Outcome; 7] = [
        Outcome::Terminated,
        Outcome::Quiescent,
        Outcome::Stopped,
        Outcome::Stuck,
        Outcome::Timeout,
        Outcome::Crashed,
        Outcome::Violated,
    ];

    /// The outcome of a run in which nothing is under way any more.
    pub fn at_rest(description: &Description, all_decided: bool) -> Self {
        match all_decided {
            _ if !description.has_terminal_states() => Outcome::Quiescent,
            true => Outcome::Terminated,
            false => Outcome::Stuck,
        }
    }

    /// Whether that is how a run should end (exit status 0).
    pub fn is_well(self) -> bool {
        matches!(self, Outcome::Terminated | Outcome::Quiescent | Outcome::Stopped)
    }

    /// As it stands in the document.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Terminated => "terminated",
            Outcome::Quiescent => "quiescent",
            Outcome::Stopped => "stopped",
            Outcome::Stuck => "stuck",
            Outcome::Timeout => "timeout",
            Outcome::Crashed => "crashed",
            Outcome::Violated => "violated",
        }
    }
}

/// What became of a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PropertyStatus {
    /// It was checked whenever it must hold, and it held.
    Holds,
    /// It did not hold.
    Violated,
    /// An `#[always]` property that was checked on the final states only, and held there.
    HeldAtEnd,
    /// It was not checked.
    Unchecked,
}

/// What was sent.  A message counts once, when a handler sends it, whatever the links resend; one to the node itself does not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MessageCounts {
    /// Of all types.
    pub total: u64,
    /// By type, in the order of the protocol's handlers.
    #[serde(serialize_with = "as_map")]
    pub by_type: Vec<(String, u64)>,
    /// Their encoded size, in bytes, without headers.
    pub bytes: u64,
    /// The largest message, in bytes.
    pub max_bytes: u64,
    /// Arrived at a node that had decided and has no rule for them.
    pub late: u64,
    /// The most that one node sent.
    pub busiest_node: u64,
    /// The most that one link carried, both ways together.
    pub busiest_link: u64,
}

impl MessageCounts {
    /// These counts, by tag; all other fields are 0.
    pub fn of(description: &Description, sent: &[u64]) -> Self {
        let names = description.messages.iter().map(|message| message.name.clone());
        let by_type = names.zip(sent.iter().copied()).collect();
        MessageCounts { total: sent.iter().sum(), by_type, ..MessageCounts::default() }
    }
}

/// What the links did to deliver the messages; a count that the engine cannot know is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LinkCounts {
    /// Datagrams sent between nodes.
    pub datagrams: Option<u64>,
    /// Messages sent again.
    pub retransmitted: Option<u64>,
    /// Messages that never arrived.
    pub lost: Option<u64>,
    /// Messages that arrived more than once.
    pub duplicated: Option<u64>,
    /// Messages that arrived after one that was sent later.
    pub reordered: Option<u64>,
    /// Datagrams that were not of this run, or damaged.
    pub rejected: Option<u64>,
}

/// How long it took.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Times {
    /// Wall-clock time in seconds, from the first impulse to the end of the run.
    pub wall_s: f64,
    /// Virtual time: units under unit delay, else seconds.
    #[serde(rename = "virtual")]
    pub virtual_time: Option<f64>,
    /// The longest chain of messages, each sent after the one before arrived.
    pub causal: Option<u64>,
}

/// A node at the end.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NodeFinal {
    /// Its index.
    pub node: usize,
    /// What the file that the graph came from calls it; left out if it calls it by its index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Its id.
    pub id: u64,
    /// The name of its state; `None` if the node is gone.
    pub state: Option<String>,
    /// Messages that it sent.
    pub sent: Option<u64>,
    /// Messages that it handled, without late ones.
    pub received: Option<u64>,
    /// Seconds that it spent in handlers.
    pub busy_s: Option<f64>,
    /// When it reached a terminal state: virtual time, or seconds since the first impulse.
    pub decided_at: Option<f64>,
    /// The protocol's fields, without its state.
    pub fields: Value,
    /// What it reported.
    pub reported: BTreeMap<String, Value>,
}

impl NodeFinal {
    /// What can be read from the node itself; label and counts are `None`.
    pub fn of(node: &dyn NodeView) -> Self {
        NodeFinal {
            node: node.index().index(),
            label: None,
            id: node.id().0,
            state: Some(node.state_name().to_owned()),
            sent: None,
            received: None,
            busy_s: None,
            decided_at: None,
            fields: node.fields(),
            reported: BTreeMap::new(),
        }
    }
}

/// The result of a run: what `--json` prints, field by field.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Document {
    /// The version of `nodes`.
    pub version: String,
    /// The protocol's type.
    pub protocol: String,
    /// The [fingerprint](Description::fingerprint) of the protocol, in hexadecimal.
    pub fingerprint: String,
    /// `processes`, `simulator`, or the name of another engine.
    pub engine: String,
    /// The topology, as specified.
    pub topology: String,
    /// The number of nodes, n.
    pub nodes: usize,
    /// The number of links, m.
    pub edges: usize,
    /// The seed, from which all randomness of the run follows.
    pub seed: u64,
    /// The command that repeats this run; `None` if there is none for its engine, or a program gave inputs that have no text.
    pub replay: Option<String>,
    /// The options, resolved.
    pub options: BTreeMap<String, Value>,
    /// How it ended.
    pub outcome: Outcome,
    /// What was sent.
    pub messages: MessageCounts,
    /// What the links did.
    pub links: LinkCounts,
    /// How long it took.
    pub time: Times,
    /// What became of each property, in source order.
    #[serde(serialize_with = "as_map")]
    pub properties: Vec<(String, PropertyStatus)>,
    /// The nodes at the end, by index.
    pub nodes_final: Vec<NodeFinal>,
}

impl Document {
    /// The name of the first property that does not hold, if there is one.
    pub fn violated(&self) -> Option<&str> {
        let violated = |(_, status): &&(String, PropertyStatus)| *status == PropertyStatus::Violated;
        self.properties.iter().find(violated).map(|(name, _)| name.as_str())
    }
}

fn as_map<V: Serialize, S: Serializer>(pairs: &[(String, V)], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(pairs.len()))?;
    for (name, value) in pairs {
        map.serialize_entry(name, value)?;
    }
    map.end()
}
