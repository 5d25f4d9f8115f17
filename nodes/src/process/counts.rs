//! What a node counts of its own steps.

use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::network::{Happening, Observer, Sent};
use crate::protocol::{Stepped, WorldView};
use crate::topology::{NodeIndex, Port};

/// What a node has sent and handled.  What it sends to itself does not count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counts {
    /// Messages sent, by type.
    pub(super) by_type: Vec<u64>,
    /// Their encoded size.
    pub(super) bytes: u64,
    /// The largest.
    pub(super) max_bytes: u64,
    /// Messages sent, by port.
    pub(super) sent_through: Vec<u64>,
    /// Messages that came too late.
    pub(super) late: u64,
    /// Messages handled.
    pub(super) received: u64,
    /// The tag of the last message that was handled, be it the node's own.
    pub(super) last_message: Option<u8>,
}

/// An observer that counts what one node does.
#[derive(Debug)]
pub(super) struct Counting {
    pub(super) counts: Counts,
    /// The message that is being handled: its tag, and whether it counts as received.
    handling: Option<(u8, bool)>,
    /// The message that comes next is a copy of one that has been handled.
    copy: bool,
}

impl Counting {
    /// Counts for a node with so many ports, whose protocol has so many types of messages.
    pub(super) fn new(ports: usize, message_types: usize) -> Self {
        let counts = Counts { by_type: vec![0; message_types], sent_through: vec![0; ports], ..Counts::default() };
        Counting { counts, handling: None, copy: false }
    }

    /// The message that comes next is a copy that the network made: it counts neither as received nor as late.
    pub(super) fn expect_copy(&mut self) {
        self.copy = true;
    }
}

impl Observer for Counting {
    fn sent(&mut self, sent: &Sent<'_>) {
        if sent.port == Port::SELF {
            return;
        }
        let counts = &mut self.counts;
        counts.by_type[usize::from(sent.msg.tag())] += 1;
        counts.bytes += sent.length;
        counts.max_bytes = counts.max_bytes.max(sent.length);
        counts.sent_through[sent.port.index()] += 1;
    }

    fn before(&mut self, _now: Duration, node: NodeIndex, happening: &Happening<'_>, world: &dyn WorldView) {
        self.handling = match happening {
            Happening::Message { sender, msg, .. } => Some((msg.tag(), *sender != Port::SELF && !self.copy)),
            Happening::Deferred => world.node(node).next_offer().map(|(sender, tag)| (tag, sender != Port::SELF)),
            _ => None,
        };
        self.copy = false;
    }

    fn after(&mut self, _node: NodeIndex, stepped: Stepped, _world: &dyn WorldView) {
        let Some((tag, counts)) = self.handling.take() else { return };
        match stepped {
            Stepped::Handled | Stepped::Ignored => {
                self.counts.last_message = Some(tag);
                self.counts.received += u64::from(counts);
            }
            Stepped::Late => self.counts.late += u64::from(counts),
            Stepped::Deferred | Stepped::Never | Stepped::LeftTerminal { .. } => {}
        }
    }
}
