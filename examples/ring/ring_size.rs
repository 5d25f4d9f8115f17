//! How large is the ring?
//!
//! *Problem.* All nodes of a ring learn n.
//!
//! *Model.* A ring with a direction, n unknown; links are reliable and may reorder; one initiator.
//!
//! *Idea.* A message goes round and counts; a second one tells the result.
//!
//! *Cost.* 2n messages.
//!
//! *Source.* Folklore.
//!
#![doc = include_str!("../pictures/ring_size.md")]

use State::*;
use nodes::prelude::*;

/// So many links from the initiator.
#[message]
pub struct Count {
    hops: usize,
}

/// So many nodes there are.
#[message]
pub struct Notify {
    size: usize,
}

/// What a node is.
#[states]
pub enum State {
    /// Waits to hear.
    #[default]
    Idle,
    /// Waits for the count to come round.
    Counting,
    /// Knows n.
    #[terminal]
    Done,
}

/// Counts the nodes of a ring, and tells them.
#[protocol(
    topology = DirectedRing,
    links = Reliable,
    initiators = One,
    problem = "computing on a ring",
    cost = "2n messages",
    source = "folklore"
)]
pub struct RingSize {
    state: State,
    size: Option<usize>,
}

#[protocol]
#[never(Notify in Counting)]
impl RingSize {
    #[on(Spontaneously in Idle)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send(net.right(), Count { hops: 1 });
        self.state = Counting;
    }

    #[on(Count in Idle)]
    fn count(&mut self, msg: Count, net: &mut Net<Self>) {
        net.send(net.right(), Count { hops: msg.hops + 1 });
    }

    #[on(Count in Counting)]
    fn counted(&mut self, msg: Count, net: &mut Net<Self>) {
        self.know(msg.hops, net);
    }

    #[on(Notify in Idle)]
    fn learn(&mut self, msg: Notify, net: &mut Net<Self>) {
        self.know(msg.size, net);
    }

    fn know(&mut self, size: usize, net: &mut Net<Self>) {
        self.size = Some(size);
        net.send(net.right(), Notify { size });
        self.state = Done;
    }

    /// Whoever is done has a result.
    #[always]
    fn done_is_informed(node: &Node<Self>) -> bool {
        (node.state == Done) == node.size.is_some()
    }

    /// When all is quiet, all know n.
    #[finally]
    fn known_to_all(world: &World<Self>) -> bool {
        world.nodes().all(|node| node.size == Some(world.nodes().len()))
    }
}

nodes::main!(RingSize);
