//! What a protocol assumes, as `#[protocol(..)]` on its struct declares it.

use serde::{Deserialize, Serialize};

/// What the links promise, each less than the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Links {
    /// Every message arrives once, and in the order of sending on its link.
    #[default]
    Fifo,
    /// Every message arrives once, in any order.
    Reliable,
    /// Messages may be lost, duplicated and reordered.
    Lossy,
}

impl Links {
    /// As it stands on a command line.
    pub fn name(self) -> &'static str {
        match self {
            Links::Fifo => "fifo",
            Links::Reliable => "reliable",
            Links::Lossy => "lossy",
        }
    }

    /// Whether they promise less than those.
    pub fn are_weaker_than(self, those: Links) -> bool {
        self as u8 > those as u8
    }
}

/// Which sets of nodes may be woken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InitiatorRule {
    /// At least one.
    #[default]
    Any,
    /// Exactly one.
    One,
    /// Every node.
    All,
}

/// What `#[protocol(..)]` on the struct says.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// The type's name.
    pub name: &'static str,
    /// What stands above the struct in the documentation.
    pub doc: &'static str,
    /// The struct's fields, as text: part of the fingerprint.
    pub schema: &'static str,
    /// The class of topologies.
    pub topology: super::TopologyInfo,
    /// What the links promise.
    pub links: Links,
    /// Who may be woken.
    pub initiators: InitiatorRule,
    /// Every node knows n: `knows(Size)`.
    pub knows_size: bool,
    /// Every node knows its neighbours' ids: `knows(NeighbourIds)`.
    pub knows_neighbour_ids: bool,
    /// No node knows an id of its own.
    pub anonymous: bool,
    /// Each node is given an input.
    pub has_input: bool,
    /// How many bytes a message may have.
    pub max_message: usize,
    /// The problem that it solves.
    pub problem: &'static str,
    /// Its cost, as the literature states it.
    pub cost: &'static str,
    /// Where it is published.
    pub source: &'static str,
}

/// The protocol runs on that class of topologies, and may use its primitives.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not declared to run on `{T}`",
    label = "this primitive needs `topology = {T}`",
    note = "declare it on the struct: `#[protocol(topology = {T})]`"
)]
pub trait RunsOn<T> {}

/// The protocol's nodes know `K` from the start.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not declare that its nodes know `{K}`",
    label = "this needs `{K}`",
    note = "declare it on the struct, `#[protocol(knows({K}))]`; `OwnId` is known unless the protocol is `anonymous`"
)]
pub trait Knows<K> {}

/// Knowledge: n.
#[derive(Debug)]
pub enum Size {}

/// Knowledge: the ids of the neighbours.
#[derive(Debug)]
pub enum NeighbourIds {}

/// Knowledge: the own id; every protocol has it unless it is `anonymous`.
#[derive(Debug)]
pub enum OwnId {}
