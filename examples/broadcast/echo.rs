//! Broadcast with feedback: the echo algorithm.
//!
//! *Problem.* A wave reaches all nodes, and its initiator hears when it has, together with what all of them know: here how
//! many they are, and their smallest id.
//!
//! *Model.* Any connected graph, n unknown; links are reliable and may reorder; one initiator.
//!
//! *Idea.* The wave goes out by flooding; the neighbour that brings it first is a node's parent.  A node that has heard from
//! all neighbours sends feedback, with what its part of the tree knows, to its parent.  When the initiator has heard from
//! all of its own neighbours, the wave has been everywhere.
//!
//! *Cost.* 2m messages: one each way over every link.
//!
//! *Source.* Chang, Echo algorithms: depth parallel operations on general graphs, IEEE TSE 8(4), 1982; Segall, Distributed
//! network protocols, IEEE Transactions on Information Theory 29(1), 1983.
//!
#![doc = include_str!("../pictures/echo.md")]

use State::*;
use nodes::prelude::*;

/// The wave on its way out.
#[message]
pub struct Wave;

/// The wave on its way back: the size and the smallest id of the sender's part of the tree.
#[message]
pub struct Feedback {
    size: usize,
    smallest: Id,
}

/// What a node is.
#[states]
pub enum State {
    /// Has not seen the wave.
    #[default]
    Idle,
    /// Waits to hear from all neighbours.
    Active,
    /// Has sent its feedback.
    #[terminal]
    Done,
    /// Began the wave, and knows that it has been everywhere.
    #[terminal]
    Decided,
}

/// A wave that goes out to all nodes, and comes back with what they know.
#[protocol(
    links = Reliable,
    initiators = One,
    problem = "broadcast with feedback",
    cost = "2m messages",
    source = "Chang 1982; Segall 1983"
)]
pub struct Echo {
    state: State,
    parent: Option<Port>,
    heard: usize,
    /// Of this node's part of the tree, as far as it has answered.
    size: usize,
    smallest: Id,
}

#[protocol]
#[never(Feedback in Idle)]
impl Echo {
    #[on(Spontaneously in Idle)]
    fn start(&mut self, net: &mut Net<Self>) {
        self.join(None, net);
    }

    #[on(Wave in Idle)]
    fn reached(&mut self, sender: Port, net: &mut Net<Self>) {
        self.heard = 1;
        self.join(Some(sender), net);
    }

    #[on(Wave in Active)]
    fn crossed(&mut self, net: &mut Net<Self>) {
        self.heard += 1;
        self.check(net);
    }

    #[on(Feedback in Active)]
    fn gather(&mut self, msg: Feedback, net: &mut Net<Self>) {
        self.heard += 1;
        self.size += msg.size;
        self.smallest = self.smallest.min(msg.smallest);
        self.check(net);
    }

    fn join(&mut self, parent: Option<Port>, net: &mut Net<Self>) {
        self.parent = parent;
        self.size = 1;
        self.smallest = net.id();
        net.send_to_all_except(parent, Wave);
        self.state = Active;
        self.check(net);
    }

    fn check(&mut self, net: &mut Net<Self>) {
        if self.heard < net.degree() {
            return;
        }
        if let Some(parent) = self.parent {
            net.send(parent, Feedback { size: self.size, smallest: self.smallest });
            self.state = Done;
        } else {
            self.state = Decided;
        }
    }

    /// The initiator decides after all others are done.
    #[always]
    fn decided_last(world: &World<Self>) -> bool {
        world.in_state(Decided).count() == 0 || world.all_terminal()
    }

    /// When all is quiet, the initiator knows how many nodes there are, and the smallest id.
    #[finally]
    fn knows_all(world: &World<Self>) -> bool {
        let smallest = world.nodes().map(|node| node.id()).min();
        let knows = |node: &Node<Self>| node.size == world.nodes().len() && Some(node.smallest) == smallest;
        world.in_state(Decided).count() == 1 && world.in_state(Decided).all(knows)
    }
}

nodes::main!(Echo);
