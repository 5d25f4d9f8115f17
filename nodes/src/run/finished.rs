//! A run that has ended.

use super::{Document, Outcome, PropertyStatus};
use crate::protocol::{Property, Protocol, World};

/// A run that has ended: the document, the final states with their types, and what there is to say of the end.
#[derive(Debug)]
pub struct Finished<P: Protocol> {
    /// The result document.
    pub document: Document,
    /// The final states; `None` if some node's is not known.
    pub world: Option<World<P>>,
    /// Why the run ended as it did, line by line, for people: which node failed and how, what a stuck node waits for, where a
    /// property does not hold.  Empty if all is well.
    pub explanation: Vec<String>,
    /// What else people should know: a graph that was drawn again, repeated edges, links weaker than the protocol assumes.
    pub notices: Vec<String>,
}

impl<P: Protocol> Finished<P> {
    /// How it ended.
    pub fn outcome(&self) -> Outcome {
        self.document.outcome
    }

    /// The first property that does not hold, if there is one.
    pub fn violated(&self) -> Option<&'static Property<P>> {
        let properties = self.document.properties.iter().zip(P::properties());
        properties.filter(|((_, status), _)| *status == PropertyStatus::Violated).map(|(_, property)| property).next()
    }

    /// How many messages of that name were sent; 0 if the protocol has none of it.
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
