//! Sets a node up.

use core::time::Duration;
use std::collections::VecDeque;
use std::path::Path;

use super::Actor;
use super::followers::Followers;
use super::own::Own;
use super::step::guarded;
use crate::network::Observer;
use crate::process::control::{Failure, Final, Setup};
use crate::process::{clock, memory};
use crate::protocol::{AnyEffect, AnyNode, AnyProtocol, NodeStart};

impl Actor {
    /// A node of that protocol, set up so.
    pub(in crate::process) fn new(protocol: &AnyProtocol, mut setup: Setup, outbox_limit: usize) -> Result<Self, Failure> {
        let config = protocol.decode_config(&setup.config).map_err(undecoded)?;
        let description = protocol.description_of(&*config);
        let mut followers = Followers::new(&setup, description.messages.len()).map_err(failed)?;
        let (index, ports, seed) = (setup.local.node, setup.local.ends.len(), setup.local.seed);
        let sends = setup.local.ends.iter().map(|end| end.sends).collect();
        let now = setup.origin.map_or(Duration::ZERO, |origin| clock::now().saturating_sub(origin));
        let input = std::mem::take(&mut setup.local.input).0;
        let start = NodeStart {
            local: setup.local.with_input(input),
            config: &*config,
            again: if setup.incarnation > 0 { Some((setup.incarnation, stored(setup.memory.as_deref())?)) } else { None },
            now,
            reads: followers.reads(),
        };
        let mut effects = Vec::new();
        let node = made(protocol, start, &mut effects)?;
        let dead = setup.peers.iter().map(|peer| peer.dead).collect();
        let (decided, alarm) = (node.view().is_decided(), node.view().next_alarm());
        let own = Own { index, node, peers: setup.peers };
        followers.begin(now, &own);
        Ok(Actor {
            description,
            own,
            sends,
            effects,
            next_number: followers.record.as_ref().map_or(0, |record| record.next_number()),
            followers,
            origin: None,
            read: Duration::ZERO,
            begun: false,
            impulses: 0,
            held: Vec::new(),
            to_self: VecDeque::new(),
            buffer: vec![0; 2048],
            outbox_limit,
            over: false,
            failed: false,
            sent: 0,
            received: 0,
            received_from: vec![0; ports],
            dead,
            before: vec![(0, 0); ports],
            changes: setup.changes,
            memory: setup.memory,
            links: setup.links,
            seed,
            doomed: None,
            crashed: None,
            decided,
            alarm,
            depth: 0,
            last: Final::default(),
        })
    }
}

fn failed(what: String) -> Failure {
    Failure { violation: false, what }
}

fn undecoded(cause: String) -> Failure {
    failed(format!("what the initializer says does not decode: {cause}"))
}

/// What the node stored in a former life.
fn stored(memory: Option<&Path>) -> Result<Option<Box<[u8]>>, Failure> {
    let Some(path) = memory else { return Ok(None) };
    memory::read(path).map_err(|cause| failed(format!("what it stored cannot be read: {cause}")))
}

fn made(protocol: &AnyProtocol, start: NodeStart<'_>, effects: &mut Vec<AnyEffect>) -> Result<Box<dyn AnyNode>, Failure> {
    guarded(|| protocol.node(start, effects))?.map_err(undecoded)
}
