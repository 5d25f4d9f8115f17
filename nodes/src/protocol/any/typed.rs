//! The definition of a protocol that has a type.

use core::any::Any;
use core::marker::PhantomData;
use std::sync::Arc;

use super::node::{Room, TypedNode, erase_effects};
use super::{
    AnyConfig, AnyEffect, AnyInstance, AnyNode, AnyWorld, Asked, Definition, InputSource, NodeStart, Reads, TypedWorld,
    WrongInput,
};
use crate::protocol::{Description, Ids, Input, Instance, Net, Node, Protocol, World, bounded};
use crate::tables::Table;
use crate::topology::{Graph, NodeIndex};

/// What [`AnyProtocol::of`](super::AnyProtocol::of) points to.
pub(super) struct Typed<P>(PhantomData<fn() -> P>);

impl<P: Protocol> Typed<P> {
    pub(super) const DEFINITION: &'static dyn Definition = &Typed::<P>(PhantomData);

    fn config_of(config: &dyn AnyConfig) -> &P::Config {
        match config.downcast_ref() {
            Some(config) => config,
            None => super::not_of(P::__OUTLINE.declaration.name),
        }
    }

    fn instance_of(instance: &Arc<dyn AnyInstance>) -> Arc<Instance<P::Input>> {
        let any: Arc<dyn Any + Send + Sync> = Arc::<dyn AnyInstance>::clone(instance);
        match any.downcast() {
            Ok(instance) => instance,
            Err(instance) => not_of(instance, P::__OUTLINE.declaration.name),
        }
    }
}

impl<P: Protocol> Definition for Typed<P> {
    fn description(&self, config: &dyn AnyConfig) -> Arc<Description> {
        P::description(Self::config_of(config))
    }

    fn config(&self) -> Box<dyn AnyConfig> {
        Box::new(P::Config::default())
    }

    fn decode_config(&self, bytes: &[u8]) -> Result<Box<dyn AnyConfig>, String> {
        match bounded::decode::<P::Config>(bytes) {
            Ok(config) => Ok(Box::new(config)),
            Err(cause) => Err(super::cause_of(cause)),
        }
    }

    fn instance(&self, graph: Graph, ids: Ids, seed: u64, inputs: InputSource<'_>) -> Result<Arc<dyn AnyInstance>, WrongInput> {
        P::Input::__instance(graph, ids, seed, inputs)
    }

    fn node(&self, start: NodeStart<'_>, effects: &mut Vec<AnyEffect>) -> Result<Box<dyn AnyNode>, String> {
        let NodeStart { local, config, again, now, reads } = start;
        let input = P::Input::__decode(&local.input)?;
        let config = Self::config_of(config);
        let mut net = Net::<P>::local(local.with_input(input)).reading(reads);
        net.set_now(now);
        let node = match again {
            None => Node::new(config, &mut net),
            Some((incarnation, stored)) => Node::recovered(stored, incarnation, config, &mut net),
        };
        let mut room = Room::of_a_process();
        erase_effects(&mut net, &mut room, effects);
        Ok(Box::new(TypedNode { node, net, received: None, room }))
    }

    fn make_world(
        &self,
        instance: &Arc<dyn AnyInstance>,
        config: &dyn AnyConfig,
        reads: Reads,
        making: &mut NodeIndex,
    ) -> (Box<dyn AnyWorld>, Asked) {
        let config = Self::config_of(config);
        let message_types = messages_of(P::description(config));
        let (world, asked) = TypedWorld::<P>::new(&Self::instance_of(instance), config, reads, message_types, making);
        (Box::new(world), asked)
    }

    fn ended_node(
        &self,
        instance: &Arc<dyn AnyInstance>,
        config: &dyn AnyConfig,
        node: NodeIndex,
        fields: Option<&[u8]>,
        alive: bool,
    ) -> Option<Box<dyn AnyNode>> {
        let instance = Self::instance_of(instance);
        let id = instance.ids.of(node);
        let mut net = Net::<P>::whole(instance);
        net.aim(node);
        let node = match fields {
            Some(fields) => Node::from_parts(node, id, bounded::decode(fields).ok()?, alive),
            None => {
                let mut node = Node::new(Self::config_of(config), &mut net);
                node.crash();
                node
            }
        };
        net.forget();
        Some(Box::new(TypedNode { node, net, received: None, room: Room::none() }))
    }

    fn ended_world(
        &self,
        instance: &Arc<dyn AnyInstance>,
        config: &dyn AnyConfig,
        nodes: Vec<Box<dyn AnyNode>>,
        sent: Vec<u64>,
    ) -> Box<dyn AnyWorld> {
        let mut typed = Table::with_capacity(nodes.len());
        each(nodes, &mut |node| match node.downcast::<TypedNode<P>>() {
            Ok(node) => typed.push(node.node),
            Err(_) => super::not_of(P::__OUTLINE.declaration.name),
        });
        let world = World::ended(Self::instance_of(instance), typed, sent);
        Box::new(TypedWorld::of(world, Self::config_of(config).clone(), Reads::default()))
    }
}

// None of these is generic, so that they, and the drop of what they consume, are generated once.
#[cold]
fn not_of(_instance: Arc<dyn Any + Send + Sync>, protocol: &str) -> ! {
    super::not_of(protocol)
}

#[inline(never)]
fn each(nodes: Vec<Box<dyn AnyNode>>, take: &mut dyn FnMut(Box<dyn Any>)) {
    for node in nodes {
        take(node);
    }
}

/// How many types of messages there are.
#[inline(never)]
fn messages_of(description: Arc<Description>) -> usize {
    description.messages.len()
}
