//! The definition of a protocol that is a Python class: that of [`PyProtocol`], for one class.

use std::sync::Arc;

use nodes::campaign::OneThread;
use nodes::protocol::{
    AnyConfig, AnyEffect, AnyInstance, AnyNode, AnyProtocol, AnyWorld, Asked, Definition, Description, Ids, InputSource,
    Instance, NodeStart, Reads, WrongInput,
};
use nodes::simulator::Fast;
use nodes::topology::{Graph, NodeIndex};

use crate::class::Class;
use crate::config::PyConfig;
use crate::input::PyInput;
use crate::protocol::{PyProtocol, decoding};

/// All that does not depend on the class.
static TYPED: AnyProtocol = AnyProtocol::of::<PyProtocol>();

struct Of(&'static Class);

/// The protocol that is that class.  Its handlers wait for each other, as the interpreter has one lock.
pub(crate) fn protocol(class: &'static Class) -> AnyProtocol {
    AnyProtocol::made(Of(class)).with(Fast::of::<PyProtocol>()).with(&OneThread)
}

impl Definition for Of {
    fn description(&self, _config: &dyn AnyConfig) -> Arc<Description> {
        Arc::clone(&self.0.description)
    }

    fn config(&self) -> Box<dyn AnyConfig> {
        Box::new(PyConfig::of(self.0))
    }

    fn decode_config(&self, bytes: &[u8]) -> Result<Box<dyn AnyConfig>, String> {
        decoding(self.0, || TYPED.decode_config(bytes))
    }

    fn instance(&self, graph: Graph, ids: Ids, seed: u64, inputs: InputSource<'_>) -> Result<Arc<dyn AnyInstance>, WrongInput> {
        let inputs = PyInput::all(self.0, inputs, graph.node_count())?;
        Ok(Arc::new(Instance { graph, ids, inputs, seed }))
    }

    fn node(&self, start: NodeStart<'_>, effects: &mut Vec<AnyEffect>) -> Result<Box<dyn AnyNode>, String> {
        decoding(self.0, || TYPED.node(start, effects))
    }

    fn make_world(
        &self,
        instance: &Arc<dyn AnyInstance>,
        config: &dyn AnyConfig,
        reads: Reads,
        making: &mut NodeIndex,
    ) -> (Box<dyn AnyWorld>, Asked) {
        TYPED.make_world(instance, config, reads, making)
    }

    fn ended_node(
        &self,
        instance: &Arc<dyn AnyInstance>,
        config: &dyn AnyConfig,
        node: NodeIndex,
        fields: Option<&[u8]>,
        alive: bool,
    ) -> Option<Box<dyn AnyNode>> {
        decoding(self.0, || TYPED.ended_node(instance, config, node, fields, alive))
    }

    fn ended_world(
        &self,
        instance: &Arc<dyn AnyInstance>,
        config: &dyn AnyConfig,
        nodes: Vec<Box<dyn AnyNode>>,
        sent: Vec<u64>,
    ) -> Box<dyn AnyWorld> {
        TYPED.ended_world(instance, config, nodes, sent)
    }
}
