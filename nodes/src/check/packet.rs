//! A message on its way: which, and what has become of it.

use crate::protocol::fingerprint::put_varint;
use crate::protocol::{AnyMessage, Content};
use crate::topology::{NodeIndex, Port};

/// A message on its way over a channel, or from a node to itself.
#[derive(Clone)]
pub(super) struct Packet {
    /// [`End::channel`](crate::topology::End::channel); behind all of them, one for each node's messages to itself.
    pub(super) channel: u32,
    /// Who sent it.
    pub(super) from: NodeIndex,
    /// Where it leads.
    pub(super) to: NodeIndex,
    pub(super) port: Port,
    /// What.
    pub(super) msg: AnyMessage,
    pub(super) marks: Marks,
}

/// What has become of a packet, as far as that decides what may become of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    /// There are two of it, or have been.
    pub(super) copied: bool,
    /// Its receiver is dead, or has been since it was sent.
    pub(super) to_the_dead: bool,
    /// It has arrived, or need not; it may arrive again and again.
    pub(super) arrived: bool,
    /// How often its sender had recovered when it sent it.
    pub(super) life: u32,
}

impl Packet {
    /// What it is, as bytes.
    pub(super) fn key(&self) -> Vec<u8> {
        let Marks { copied, to_the_dead, arrived, life } = self.marks;
        let bits = u64::from(arrived) << 2 | u64::from(copied) << 1 | u64::from(to_the_dead);
        let mut bytes = Vec::new();
        put_varint(&mut bytes, u64::from(self.channel));
        put_varint(&mut bytes, u64::from(life) << 3 | bits);
        bytes.extend(encoded(&*self.msg));
        bytes
    }
}

/// A message as bytes.  One that cannot be encoded cannot be sent either.
pub(super) fn encoded(msg: &dyn Content) -> Vec<u8> {
    let mut bytes = Vec::new();
    let length = msg.encode_into(&mut bytes, usize::MAX).unwrap_or(0);
    bytes.truncate(length);
    bytes
}
