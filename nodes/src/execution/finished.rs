//! A run that has ended.

use core::any::Any;
use std::sync::Arc;

use super::{Document, Outcome, PropertyStatus};
use crate::protocol::{AnyProtocol, AnyWorld, Description, Protocol, TypedWorld, When, World};
use crate::topology::NodeIndex;

/// A run that has ended, without the protocol's type.
pub struct AnyFinished {
    /// The description of the protocol.
    pub description: Arc<Description>,
    /// The result document.
    pub document: Document,
    /// The final states; `None` if some node's is not known.
    pub world: Option<Box<dyn AnyWorld>>,
    /// Why the run ended as it did, line by line, for people: which node failed and how, what a stuck node waits for, where a
    /// property does not hold.  Empty if all is well.
    pub explanation: Vec<String>,
    /// What else the user should know: a graph that was drawn again, repeated edges, links weaker than the protocol assumes.
    pub notices: Vec<String>,
    /// What was asked for and could not be written whole, and why: the log of a node, the record of the run.
    pub unwritten: Vec<String>,
    /// The node that could not go on, if that ended the run.  One that crashed as planned has not failed.
    pub failed: Option<NodeFailure>,
}

/// A node that could not go on: a handler panicked, or its process ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeFailure {
    /// Which one.
    pub node: NodeIndex,
    /// What its process said of it besides the explanation: see [`serve_reporting`](crate::process::serve_reporting).
    pub report: Option<String>,
}

impl core::fmt::Debug for AnyFinished {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let AnyFinished { document, explanation, notices, unwritten, failed, .. } = self;
        let mut fields = f.debug_struct("AnyFinished");
        fields.field("document", document).field("explanation", explanation).field("notices", notices);
        fields.field("unwritten", unwritten).field("failed", failed).finish_non_exhaustive()
    }
}

impl AnyFinished {
    /// How it ended.
    pub fn outcome(&self) -> Outcome {
        self.document.outcome
    }

    /// The first property that does not hold, if there is one: its index in [`Description::properties`].
    pub fn violated(&self) -> Option<usize> {
        self.document.properties.iter().position(|(_, status)| *status == PropertyStatus::Violated)
    }

    /// When the property of that index must hold.
    pub(crate) fn when(&self, property: usize) -> When {
        self.description.properties[property].when
    }

    /// The same with the protocol's type.
    ///
    /// # Panics
    /// If it was a run of another protocol.
    pub fn of<P: Protocol>(self) -> Finished<P> {
        let AnyFinished { document, world, explanation, notices, unwritten, .. } = self;
        let world = world.map(|world| {
            let world: Box<dyn Any> = world;
            match world.downcast::<TypedWorld<P>>() {
                Ok(typed) => typed.world,
                Err(_) => {
                    panic!("this was a run of {}, not of {}", document.protocol, AnyProtocol::of::<P>().description().name)
                }
            }
        });
        Finished { document, world, explanation, notices, unwritten }
    }
}

/// A run that has ended: the document, the final states with their types, and an explanation of the end.
#[derive(Debug)]
pub struct Finished<P: Protocol> {
    /// The result document.
    pub document: Document,
    /// The final states; `None` if some node's is not known.
    pub world: Option<World<P>>,
    /// Why the run ended as it did, line by line, for people: which node failed and how, what a stuck node waits for, where a
    /// property does not hold.  Empty if all is well.
    pub explanation: Vec<String>,
    /// What else the user should know: a graph that was drawn again, repeated edges, links weaker than the protocol assumes.
    pub notices: Vec<String>,
    /// What was asked for and could not be written whole, and why: the log of a node, the record of the run.
    pub unwritten: Vec<String>,
}

impl<P: Protocol> Finished<P> {
    /// How it ended.
    pub fn outcome(&self) -> Outcome {
        self.document.outcome
    }

    /// The name of the first property that does not hold, if there is one.
    pub fn violated(&self) -> Option<&str> {
        self.document.violated()
    }

    /// How many messages of that name were sent; 0 if the protocol has no such message.
    pub fn sent(&self, message: &str) -> u64 {
        self.document.messages.by_type.iter().find(|(name, _)| name == message).map_or(0, |(_, count)| *count)
    }

    /// How many messages were sent.
    pub fn messages(&self) -> u64 {
        self.document.messages.total
    }

    /// How many nodes ended in the state of that name.
    pub fn ended_in(&self, state: &str) -> usize {
        self.document.nodes_final.iter().filter(|node| node.state.as_deref() == Some(state)).count()
    }
}
