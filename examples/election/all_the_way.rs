//! Leader election on a ring: all the way.
//!
//! *Problem.* All nodes agree on one of them, the leader: here the one with the smallest id.
//!
//! *Model.* A ring with a direction, n unknown; distinct ids; links are reliable and may reorder; any nodes start on their
//! own.
//!
//! *Idea.* Every node's id goes all the way round, counting links.  When a node's own id is back, it knows n; when it has
//! seen n ids, it knows the smallest, and so do all the others: no message need say it.
//!
//! *Cost.* n^2 messages, always.
//!
//! *Source.* Le Lann, Distributed systems: towards a formal approach, IFIP Congress 1977; in the form of Santoro, Design and
//! Analysis of Distributed Algorithms, 2006, section 3.3.1.
//!
#![doc = include_str!("../pictures/all_the_way.md")]

use State::*;
use nodes::prelude::*;

/// An id on its way round the ring, `hops` links from its node.
#[message]
pub struct Election {
    id: Id,
    hops: usize,
}

/// What a node is.
#[states]
pub enum State {
    /// Has not heard of the election.
    #[default]
    Asleep,
    /// Collects ids.
    Awake,
    /// Has seen all ids, its own the smallest.
    #[terminal]
    Leader,
    /// Has seen all ids, a smaller one than its own among them.
    #[terminal]
    Follower,
}

/// Election on a ring where every id goes all the way round.
#[protocol(
    topology = DirectedRing,
    links = Reliable,
    problem = "leader election",
    cost = "n^2 messages",
    source = "Le Lann 1977; Santoro 2006, 3.3.1"
)]
pub struct AllTheWay {
    state: State,
    /// How many ids have come by.
    seen: usize,
    /// n, once the own id is back.
    size: Option<usize>,
    leader: Option<Id>,
}

#[protocol]
impl AllTheWay {
    #[on(Spontaneously in Asleep)]
    fn start(&mut self, net: &mut Net<Self>) {
        self.leader = Some(net.id());
        net.send(net.right(), Election { id: net.id(), hops: 1 });
        self.state = Awake;
    }

    #[on(Election in Asleep)]
    fn wake_up(&mut self, msg: Election, net: &mut Net<Self>) {
        self.start(net);
        self.collect(msg, net);
    }

    #[on(Election in Awake)]
    fn collect(&mut self, msg: Election, net: &mut Net<Self>) {
        self.seen += 1;
        self.leader = self.leader.min(Some(msg.id));
        if msg.id == net.id() {
            self.size = Some(msg.hops);
        } else {
            net.send(net.right(), Election { hops: msg.hops + 1, ..msg });
        }
        if self.size == Some(self.seen) {
            self.state = if self.leader == Some(net.id()) { Leader } else { Follower };
        }
    }

    /// Never two leaders.
    #[always]
    fn at_most_one_leader(world: &World<Self>) -> bool {
        world.in_state(Leader).count() <= 1
    }

    /// When all is quiet, the node with the smallest id leads, and all know it, and n.
    #[finally]
    fn elected(world: &World<Self>) -> bool {
        let smallest = world.nodes().map(|node| node.id()).min();
        world.in_state(Leader).map(|node| node.id()).eq(smallest)
            && world.nodes().all(|node| node.leader == smallest && node.size == Some(world.nodes().len()))
    }
}

nodes::main!(AllTheWay);
