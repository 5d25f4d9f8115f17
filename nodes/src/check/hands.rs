//! What becomes of what a step sends: packets, by their numbers.

use super::machine::{Machine, PacketId};
use super::packet::{Marks, Packet};
use crate::network::{Carrier, Observer, checked_length};
use crate::protocol::{AnyAlarm, AnyMessage};
use crate::topology::{NodeIndex, Port};

/// Takes what a step sends.
pub(super) struct Hands<'a> {
    pub(super) machine: &'a mut Machine,
    pub(super) sends: &'a mut Vec<PacketId>,
}

impl Carrier<AnyMessage, AnyAlarm> for Hands<'_> {
    fn observer(&mut self) -> Option<&mut dyn Observer> {
        None
    }

    fn ports(&self, node: NodeIndex) -> usize {
        self.machine.graph().degree(node)
    }

    fn can_send(&self, node: NodeIndex, port: Port) -> bool {
        let graph = self.machine.graph();
        !graph.is_directed() || graph.end(node, port).sends
    }

    fn length(&mut self, _node: NodeIndex, msg: &AnyMessage) -> Option<u64> {
        Some(checked_length(msg.length(), msg.tag(), &self.machine.description))
    }

    fn send(&mut self, node: NodeIndex, port: Port, msg: AnyMessage, _length: u64) {
        let end = self.machine.graph().end(node, port);
        let marks = Marks { life: self.machine.world.node(node).incarnation(), ..Marks::default() };
        let channel = end.channel() as u32;
        let packet = Packet { channel, from: node, to: end.neighbour, port: end.back, msg, marks };
        let packet = self.machine.packet(packet);
        self.sends.push(packet);
    }

    fn send_to_self(&mut self, node: NodeIndex, msg: AnyMessage) {
        let channel = (self.machine.channels() + node.index()) as u32;
        let packet =
            self.machine.packet(Packet { channel, from: node, to: node, port: Port::SELF, msg, marks: Marks::default() });
        self.sends.push(packet);
    }
}
