//! Leader election on a ring: as far as it can.
//!
//! *Problem.* All nodes agree on one of them, the leader: here the one with the smallest id.
//!
//! *Model.* A ring with a direction, n unknown; distinct ids; links are reliable and in order; any nodes start on their own.
//!
//! *Idea.* Every node sends its id to the right.  A node passes on an id that is smaller than its own and swallows a larger
//! one, so an id goes as far as the next smaller one, and only the smallest comes all the way round.  Its node then tells
//! the others.
//!
//! *Cost.* The sum over all nodes of the distance to the next smaller id, n for the smallest itself, and n to notify:
//! between 2n - 1 + n and n(n + 1)/2 + n messages, n H(n) + n on average over random arrangements.
//!
//! *Source.* Chang and Roberts, An improved algorithm for decentralized extrema-finding in circular configurations of
//! processes, CACM 22(5), 1979; in the form of Santoro, Design and Analysis of Distributed Algorithms, 2006, section 3.3.2.
//!
#![doc = include_str!("../pictures/as_far.md")]

use State::*;
use nodes::prelude::*;

/// An id on its way to the next smaller one.
#[message]
pub struct Election {
    id: Id,
}

/// The election is over.
#[message]
pub struct Notify {
    leader: Id,
}

/// What a node is.
#[states]
pub enum State {
    /// Has not heard of the election.
    #[default]
    Asleep,
    /// Has sent its id.
    Awake,
    /// Has the smallest id.
    #[terminal]
    Leader,
    /// Knows the leader.
    #[terminal]
    Follower,
}

/// Election on a ring where an id travels until it meets a smaller one.
#[protocol(
    topology = DirectedRing,
    problem = "leader election",
    cost = "n H(n) + n messages on average, at most n(n + 1)/2 + n messages",
    source = "Chang & Roberts 1979; Santoro 2006, 3.3.2"
)]
pub struct AsFar {
    state: State,
    leader: Option<Id>,
}

#[protocol]
#[never(Notify in Asleep)]
impl AsFar {
    #[on(Spontaneously in Asleep)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send(net.right(), Election { id: net.id() });
        self.state = Awake;
    }

    #[on(Election in Asleep)]
    fn wake_up(&mut self, msg: Election, net: &mut Net<Self>) {
        self.start(net);
        self.compare(msg, net);
    }

    #[on(Election in Awake)]
    fn compare(&mut self, msg: Election, net: &mut Net<Self>) {
        if msg.id < net.id() {
            net.send(net.right(), msg);
        } else if msg.id == net.id() {
            net.send(net.right(), Notify { leader: net.id() });
            self.leader = Some(net.id());
            self.state = Leader;
        }
    }

    #[on(Notify in Awake)]
    fn follow(&mut self, msg: Notify, net: &mut Net<Self>) {
        self.leader = Some(msg.leader);
        net.send(net.right(), msg);
        self.state = Follower;
    }

    /// Never two leaders.
    #[always]
    fn at_most_one_leader(world: &World<Self>) -> bool {
        world.in_state(Leader).count() <= 1
    }

    /// When all is quiet, the node with the smallest id leads, and all know it.
    #[finally]
    fn elected(world: &World<Self>) -> bool {
        let smallest = world.nodes().map(|node| node.id()).min();
        world.in_state(Leader).map(|node| node.id()).eq(smallest) && world.nodes().all(|node| node.leader == smallest)
    }
}

nodes::main!(AsFar);
