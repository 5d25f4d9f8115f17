//! Introduces the nodes to each other: who knows all of its neighbours is set up.

use super::Initializer;
use crate::process::control::{Peer, Setup, ToNode};
use crate::process::faults;
use crate::process::member::Stage;
use crate::protocol::{Bytes, Local};
use crate::topology::{End, NodeIndex};

impl Initializer {
    /// Introduces the new node, and each neighbour that waited for it, as far as all their neighbours are there.
    pub(super) fn introduce_around(&mut self, node: usize) {
        let graph = self.prepared.instance.graph();
        let mut around = graph.ends(NodeIndex::new(node)).map(|end| end.neighbour.index()).collect::<Vec<_>>();
        around.push(node);
        for node in around {
            if self.members[node].stage == Stage::Present {
                self.introduce(node);
            }
        }
    }

    fn introduce(&mut self, node: usize) {
        let Some(peers) = self.peers(node) else { return };
        let known = self.known(NodeIndex::new(node));
        self.members[node].stage = Stage::Introduced;
        let (local, config) = match known {
            Ok(known) => known,
            Err(cause) => return self.fail_to_tell(node, &cause),
        };
        let setup = Setup {
            local,
            config,
            links: self.prepared.links,
            peers,
            faults: faults::share(&self.prepared, NodeIndex::new(node)),
            log_file: self.how.logs.as_ref().map(|directory| directory.join(format!("node-{node}.log"))),
            log_stream: self.how.stream_logs,
            incarnation: self.members[node].incarnation,
            origin: self.started,
            changes: self.tally.changes(),
            memory: self.memory.as_ref().map(|folder| folder.of(node)),
            record: self.recorded.as_ref().map(|recorded| recorded.plan(node)),
        };
        self.tell(node, &ToNode::Setup(Box::new(setup)));
    }

    /// The neighbours of a node, by port, if all are there.
    fn peers(&self, node: usize) -> Option<Vec<Peer>> {
        let peer = |end: &End| {
            let (neighbour, dead) = (&self.members[end.neighbour.index()], self.tally.is_dead(end.neighbour.index()));
            Some(Peer {
                node: end.neighbour.index() as u32,
                port: end.back.index() as u32,
                address: neighbour.address?,
                // Of one that is about to come back, the node will be told.
                incarnation: neighbour.incarnation - u32::from(dead && !neighbour.gone),
                dead,
            })
        };
        self.prepared.instance.graph().ends(NodeIndex::new(node)).map(|end| peer(&end)).collect()
    }

    /// What the protocol may know at a node, and the configuration, encoded.
    fn known(&self, node: NodeIndex) -> Result<(Local<Bytes>, Bytes), String> {
        let mut local = Local::encoded(&*self.prepared.instance, node)?;
        let input = std::mem::take(&mut local.input).into();
        Ok((local.with_input(input), self.prepared.config.encode()?.into()))
    }
}
