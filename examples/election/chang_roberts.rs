//! Leader election on a ring by chasing the smallest id.
//!
//! *Problem.* All nodes agree on one of them, the leader: here the one with the smallest id.
//!
//! *Model.* A ring with a direction, n unknown; distinct ids; links are reliable and may reorder; any nodes start on their
//! own.
//!
//! *Idea.* An id goes to the right until it meets a smaller one.  A node that is woken by a smaller id than its own only
//! passes it on; one that is woken by a larger id swallows that and sends its own.  The smallest id comes all the way round.
//!
//! *Cost.* With one initiator, 2n messages and the distance from it to the smallest id, whatever the order of the others;
//! with all, n H(n) + n on average over random arrangements.
//!
//! *Source.* Chang and Roberts, An improved algorithm for decentralized extrema-finding in circular configurations of
//! processes, CACM 22(5), 1979.
//!
#![doc = include_str!("../pictures/chang_roberts.md")]

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
    /// Has sent its id, or passed on a smaller one.
    Awake,
    /// Has the smallest id.
    #[terminal]
    Leader,
    /// Knows the leader.
    #[terminal]
    Follower,
}

/// Election on a ring where only those send their ids that have not seen a smaller one.
#[protocol(
    topology = DirectedRing,
    links = Reliable,
    problem = "leader election",
    cost = "2n + d messages for one initiator d links before the smallest id",
    source = "Chang & Roberts 1979"
)]
pub struct ChangRoberts {
    state: State,
    leader: Option<Id>,
}

#[protocol]
#[never(Notify in Asleep)]
impl ChangRoberts {
    #[on(Spontaneously in Asleep)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send(net.right(), Election { id: net.id() });
        self.state = Awake;
    }

    #[on(Election in Asleep)]
    fn wake_up(&mut self, msg: Election, net: &mut Net<Self>) {
        if msg.id < net.id() {
            net.send(net.right(), msg);
            self.state = Awake;
        } else {
            self.start(net);
        }
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

nodes::main!(ChangRoberts);
