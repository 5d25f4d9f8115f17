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
        let message = happening.message(node, world);
        self.handling = message.map(|(sender, tag)| (tag, sender != Port::SELF && !self.copy));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{AnyMessage, AnyProtocol, Ids, InputSource, MessageSet, Protocol, Reads};
    use crate::topology::Topology;

    #[allow(unreachable_pub, reason = "as a protocol is written")]
    mod news {
        use crate::prelude::*;

        #[message]
        pub struct Old;

        #[message]
        pub struct New(pub u8);

        #[protocol(links = Lossy)]
        pub struct Gossip {}

        #[protocol]
        impl Gossip {
            #[on(Spontaneously)]
            #[on(Old)]
            fn hear_old(&mut self) {}

            #[on(New)]
            fn hear_new(&mut self) {}
        }
    }

    #[test]
    fn copies_and_messages_to_itself_do_not_count_as_received() {
        let protocol = AnyProtocol::of::<news::Gossip>();
        let graph = Topology::path(2).build(1).expect("a path").graph;
        let instance = protocol.instance(graph, Ids::Sequential, 1, InputSource::ByIndex).expect("no inputs");
        let (world, _) = protocol.world(&instance, &*protocol.config(), Reads::default()).expect("it begins");
        let message = |bytes: &[u8]| AnyMessage::new(<news::Gossip as Protocol>::Msg::decode(bytes).expect("a message"));
        let (old, new, node) = (message(&[0]), message(&[1, 9]), NodeIndex::new(0));
        let mut counting = Counting::new(1, 2);
        let handle = |counting: &mut Counting, sender: Port, msg: &AnyMessage, stepped: Stepped| {
            counting.before(Duration::ZERO, node, &Happening::Message { sender, msg: &**msg, number: 0 }, world.view());
            counting.after(node, stepped, world.view());
        };
        handle(&mut counting, Port::new(0), &old, Stepped::Handled);
        handle(&mut counting, Port::new(0), &old, Stepped::Late);
        handle(&mut counting, Port::new(0), &old, Stepped::Deferred);
        counting.expect_copy();
        handle(&mut counting, Port::new(0), &new, Stepped::Ignored);
        handle(&mut counting, Port::SELF, &new, Stepped::Handled);
        counting.before(Duration::ZERO, node, &Happening::Alarm, world.view());
        counting.after(node, Stepped::Handled, world.view());
        for (port, msg, length) in [(Port::new(0), &new, 2), (Port::new(0), &old, 1), (Port::SELF, &new, 0)] {
            counting.sent(&Sent { from: node, port, to: NodeIndex::new(1), msg, length, number: 0 });
        }
        let expected = Counts {
            by_type: vec![1, 1],
            bytes: 3,
            max_bytes: 2,
            sent_through: vec![2],
            late: 1,
            received: 1,
            last_message: Some(1),
        };
        assert_eq!(counting.counts, expected);
    }
}
