//! What nodes have deferred.
//!
//! Where each message arrives any number of times, and links keep no order, one that waits at its receiver does not arrive there again:
//! it would be deferred once more, and again, without end.  Nothing is missed by that.  Take a run on which a node defers some messages
//! several times.  Each time that one of them is handled, it might as well have been under way until then, and have arrived just after the
//! step behind which it was offered: it may arrive whenever it likes.  Those that are never handled might as well have arrived last, and
//! once each.  On that run no message arrives where it waits already, it leads to the same state but for what is deferred twice, and it
//! sends the same in the same order.
//!
//! Where links keep their order, a message cannot arrive any more once a later one has: how often it was deferred until then may matter.
//! So there a check has no end, but for a limit.

use super::machine::{LocalId, Machine, PacketId};
use super::packet::encoded;
use crate::topology::{NodeIndex, Port};

/// A check ends where a node has deferred more messages.  When they are offered, each step makes a local state that has to be kept.
pub(super) const MOST_DEFERRED: usize = 1_000;

/// A message that was deferred: over which channel it came, and its bytes.
pub(super) type Deferred = (u32, Vec<u8>);

impl Machine {
    /// Whether a node on the stage has deferred more than is looked at.
    pub(super) fn defers_too_much(&self, node: NodeIndex) -> bool {
        self.world.node(node).deferred_at(MOST_DEFERRED).is_some()
    }

    /// What a node on the stage has deferred of what may arrive again and again.
    pub(super) fn deferred(&self, node: NodeIndex) -> Vec<Deferred> {
        if !self.repeats {
            return Vec::new();
        }
        let channel = |port: Port| {
            let end = self.graph().end(node, port);
            self.graph().end(end.neighbour, end.back).channel() as u32
        };
        let over_links = self.world.node(node).deferred_messages().filter(|(port, _)| *port != Port::SELF);
        let may_come_again =
            over_links.map(|(port, msg)| (channel(port), msg)).filter(|(channel, _)| !self.keeps_order(*channel));
        may_come_again.map(|(channel, msg)| (channel, encoded(msg))).collect()
    }

    /// Whether a packet is one that waits in that local state of its receiver already, and may arrive again and again.
    pub(super) fn waits(&self, receiver: LocalId, packet: PacketId) -> bool {
        let receiver = &self.locals[receiver as usize];
        if receiver.deferred.is_empty() || !receiver.alive {
            return false;
        }
        let packet = &self.packets[packet as usize];
        let mut on_its_channel = receiver.deferred.iter().filter(|(channel, _)| *channel == packet.channel).peekable();
        on_its_channel.peek().is_some() && {
            let bytes = encoded(&*packet.msg);
            on_its_channel.any(|(_, deferred)| *deferred == bytes)
        }
    }
}
