//! Introduces the nodes to each other: who knows all of its neighbours is set up.

use super::Initializer;
use crate::process::control::{Peer, Setup, ToNode};
use crate::process::faults;
use crate::process::member::Stage;
use crate::protocol::{Local, Protocol};
use crate::topology::NodeIndex;

impl<P: Protocol> Initializer<P> {
    /// Introduces the new node, and each neighbour that waited for it, as far as all their neighbours are there.
    pub(super) fn introduce_around(&mut self, node: usize) {
        let graph = &self.prepared.instance.graph;
        let mut around = graph.ends(NodeIndex::new(node)).map(|end| end.neighbour.index()).collect::<Vec<_>>();
        around.push(node);
        for node in around {
            if self.members[node].stage == Stage::Present {
                self.introduce(node);
            }
        }
    }

    fn introduce(&mut self, node: usize) {
        let instance = &self.prepared.instance;
        let index = NodeIndex::new(node);
        let peers = instance.graph.ends(index).map(|end| {
            let (neighbour, dead) = (&self.members[end.neighbour.index()], self.tally.is_dead(end.neighbour.index()));
            Some(Peer {
                node: end.neighbour.index() as u32,
                port: end.back.index() as u32,
                address: neighbour.address?,
                // Of one that is about to come back, the node will be told.
                incarnation: neighbour.incarnation - u32::from(dead && !neighbour.gone),
                dead,
            })
        });
        let Some(peers) = peers.collect::<Option<Vec<_>>>() else { return };
        let setup = Setup {
            local: Local::of(instance, index),
            config: self.prepared.config.clone(),
            links: self.prepared.links,
            peers,
            faults: faults::share(&self.prepared, index),
            log_file: self.how.logs.as_ref().map(|directory| directory.join(format!("node-{node}.log"))),
            log_stream: self.how.stream_logs,
            incarnation: self.members[node].incarnation,
            origin: self.started,
            changes: self.tally.changes(),
            memory: self.memory.as_ref().map(|folder| folder.of(node)),
            record: self.recorded.as_ref().map(|recorded| recorded.plan(node)),
        };
        self.members[node].stage = Stage::Introduced;
        self.tell(node, &ToNode::Setup(Box::new(setup)));
    }
}
