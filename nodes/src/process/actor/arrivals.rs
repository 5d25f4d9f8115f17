//! What arrives: messages from the neighbours.

use super::Actor;
use super::step::Occasion;
use crate::link::Endpoint;
use crate::process::record::read_stamp;
use crate::protocol::codec::DecodeError;
use crate::topology::Port;

/// A message from a neighbour that may not be handled yet.
pub(super) struct Held {
    pub(super) sender: Port,
    pub(super) stamp: u64,
    pub(super) copy: bool,
    pub(super) bytes: Vec<u8>,
}

/// A message from a neighbour.
pub(in crate::process) struct Received {
    sender: Port,
    depth: u64,
    /// Of its sending in its sender's record, if the run is recorded.
    number: u64,
    copy: bool,
    /// The node keeps it, or this is why its bytes are none.
    kept: Result<(), DecodeError>,
}

impl Actor {
    /// A message from the neighbour at `sender`, with what it was stamped; a copy that the network made of one
    /// that has come before does not count.  It is handled by [`handle`](Actor::handle), if that may be already.
    pub(in crate::process) fn receive(&mut self, sender: Port, stamp: u64, copy: bool, bytes: &[u8]) -> Option<Received> {
        if !self.begun {
            self.held.push(Held { sender, stamp, copy, bytes: bytes.to_vec() });
            return None;
        }
        self.decode(sender, stamp, copy, bytes)
    }

    pub(super) fn decode(&mut self, sender: Port, stamp: u64, copy: bool, bytes: &[u8]) -> Option<Received> {
        // Neither a copy counts, nor what was held back until its sender had died.
        if !copy && !self.dead[sender.index()] {
            self.received += 1;
            self.received_from[sender.index()] += 1;
        }
        let (depth, number) = if self.followers.record.is_some() { read_stamp(stamp) } else { (stamp, 0) };
        if self.over {
            return None;
        }
        Some(Received { sender, depth, number, copy, kept: self.own.node.receive(bytes) })
    }

    /// Handles a message.
    pub(in crate::process) fn handle(&mut self, received: Received, endpoint: &mut Endpoint) {
        let Received { sender, depth, number, copy, kept } = received;
        match kept {
            Ok(()) => {
                self.depth = self.depth.max(depth);
                if copy {
                    self.followers.counting.expect_copy();
                }
                self.step(Occasion::Received(sender), number, endpoint);
            }
            Err(cause) => {
                let from = self.own.peers[sender.index()].node;
                self.fail(false, format!("a message from node {from} does not decode: {cause}"), endpoint);
            }
        }
    }
}
