//! A configuration and an instance without their types.

use core::any::Any;
use core::fmt::Debug;

use serde::Serialize;

use crate::protocol::input::listed;
use crate::protocol::{Config, Ids, Input, Instance};
use crate::topology::{Graph, NodeIndex};

/// What [`#[init]`](macro@crate::init) takes, without its type: the values of the protocol's flags.
pub trait AnyConfig: Any + Debug + Send + Sync {
    /// Sets the field of that name from text.
    ///
    /// # Errors
    /// If there is no such field, or the text is no value for it; the error says what was expected.
    fn set(&mut self, flag: &str, value: &str) -> Result<(), String>;

    /// The value of the field of that name, as text.
    fn get(&self, flag: &str) -> Option<String>;

    /// As bytes, which [`Definition::decode_config`](super::Definition::decode_config) reads.
    ///
    /// # Errors
    /// If a field cannot be encoded.
    fn encode(&self) -> Result<Vec<u8>, String>;

    /// A copy.
    fn copied(&self) -> Box<dyn AnyConfig>;
}

impl<C: Config> AnyConfig for C {
    fn set(&mut self, flag: &str, value: &str) -> Result<(), String> {
        Config::set(self, flag, value)
    }

    fn get(&self, flag: &str) -> Option<String> {
        Config::get(self, flag)
    }

    fn encode(&self) -> Result<Vec<u8>, String> {
        super::encoded(postcard::to_allocvec(self))
    }

    fn copied(&self) -> Box<dyn AnyConfig> {
        Box::new(self.clone())
    }
}

impl dyn AnyConfig {
    /// The configuration, if it is of type `C`.
    pub fn downcast_ref<C: 'static>(&self) -> Option<&C> {
        let any: &dyn Any = self;
        any.downcast_ref()
    }
}

impl Clone for Box<dyn AnyConfig> {
    fn clone(&self) -> Self {
        (**self).copied()
    }
}

/// An [`Instance`] without the type of its inputs.
pub trait AnyInstance: Any + Send + Sync {
    /// All but the inputs: the [graph](AnyInstance#method.graph), the [ids](AnyInstance#method.ids), the
    /// [seed](AnyInstance#method.seed).
    fn parts(&self) -> (&Graph, &Ids, u64);

    /// The input of a node, encoded.
    ///
    /// # Errors
    /// If it cannot be encoded.
    fn encoded_input(&self, node: NodeIndex) -> Result<Vec<u8>, String>;
}

impl dyn AnyInstance {
    /// The graph, as the protocol's class of topologies sees it.
    pub fn graph(&self) -> &Graph {
        self.parts().0
    }

    /// The ids of the nodes.
    pub fn ids(&self) -> &Ids {
        self.parts().1
    }

    /// What all randomness follows from.
    pub fn seed(&self) -> u64 {
        self.parts().2
    }
}

impl Debug for dyn AnyInstance {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let (graph, ids, seed) = self.parts();
        f.debug_struct("Instance").field("graph", graph).field("ids", ids).field("seed", &seed).finish_non_exhaustive()
    }
}

impl<I: Debug + Serialize + Send + Sync + 'static> AnyInstance for Instance<I> {
    fn parts(&self) -> (&Graph, &Ids, u64) {
        (&self.graph, &self.ids, self.seed)
    }

    fn encoded_input(&self, node: NodeIndex) -> Result<Vec<u8>, String> {
        super::encoded(postcard::to_allocvec(&self.inputs[node.index()]))
    }
}

/// Inputs given as values: one for each node, in order.
#[derive(Clone)]
pub struct AnyInputs {
    values: std::sync::Arc<dyn Any + Send + Sync>,
    texts: Option<Vec<String>>,
    of_nodes: fn(&AnyInputs, &[usize]) -> AnyInputs,
    show: fn(&AnyInputs, &mut core::fmt::Formatter<'_>) -> core::fmt::Result,
}

fn show<I: Input>(inputs: &AnyInputs, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
    inputs.downcast::<I>().unwrap_or_default().fmt(f)
}

/// Those of these nodes, in this order.
fn of_nodes<I: Input>(inputs: &AnyInputs, nodes: &[usize]) -> AnyInputs {
    let values = inputs.downcast::<I>().unwrap_or_default();
    AnyInputs::new(nodes.iter().filter_map(|node| values.get(*node).cloned()).collect())
}

impl AnyInputs {
    /// These values.  If each has a text without a comma that reads as the same value, the texts stand in the document and in the line
    /// that replays the run; else a command line cannot replay it.
    pub fn new<I: Input>(values: Vec<I>) -> Self {
        let text = |value: &I| {
            let text = value.text()?;
            let same = postcard::to_allocvec(&I::parse(&text)?).ok()? == postcard::to_allocvec(value).ok()?;
            same.then_some(text)
        };
        let texts = values.iter().map(text).collect::<Option<Vec<_>>>();
        let texts = texts.filter(|texts| listed(texts).is_some());
        AnyInputs { texts, values: std::sync::Arc::new(values), of_nodes: of_nodes::<I>, show: show::<I> }
    }

    /// Those of these nodes, in this order.
    pub fn of_nodes(&self, nodes: &[usize]) -> Self {
        (self.of_nodes)(self, nodes)
    }

    /// The values, if they are of type `I`.
    pub fn downcast<I: 'static>(&self) -> Option<&[I]> {
        let any: &(dyn Any + Send + Sync) = &*self.values;
        any.downcast_ref::<Vec<I>>().map(Vec::as_slice)
    }

    /// The texts of the values, if all have one.
    pub fn texts(&self) -> Option<&[String]> {
        self.texts.as_deref()
    }
}

impl Debug for AnyInputs {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        (self.show)(self, f)
    }
}
