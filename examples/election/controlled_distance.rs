//! Leader election on a ring by controlled distance.
//!
//! *Problem.* All nodes agree on one of them, the leader: here the one with the smallest id.
//!
//! *Model.* A ring whose nodes do not agree on left and right and do not know n; distinct ids; links are reliable and may
//! reorder; any nodes start on their own.
//!
//! *Idea.* A candidate asks its neighbourhood, both ways and ever farther: 1, 2, 4, .. links.  A `Forth` dies at a candidate
//! of a smaller id, and defeats all others that it meets; at its limit it is answered by a `Back`.  A candidate that both
//! answers reach goes on to twice the distance, so few nodes can afford to go far: two that survive limit d are more than d
//! apart.  A candidate that meets its own `Forth` has defeated the whole ring.
//!
//! *Cost.* O(n log n) messages: at most 8n(1 + ceil(log2 n)), and n to notify.
//!
//! *Source.* Hirschberg and Sinclair, Decentralized extrema-finding in circular configurations of processors, CACM 23(11),
//! 1980; in the form of Santoro, Design and Analysis of Distributed Algorithms, 2006, section 3.3.3.
//!
#![doc = include_str!("../pictures/controlled_distance.md")]

use State::*;
use nodes::prelude::*;

/// Asks whether `origin` is the smallest id within `limit` more links.
#[message]
pub struct Forth {
    origin: Id,
    limit: u32,
}

/// It is.
#[message]
pub struct Back {
    origin: Id,
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
    /// May become the leader.
    Candidate,
    /// Has seen a smaller id, and waits to hear which is the smallest.
    Defeated,
    /// Has the smallest id.
    #[terminal]
    Leader,
    /// Knows the leader.
    #[terminal]
    Follower,
}

/// Election on a ring by asking neighbourhoods of doubling size.
#[protocol(
    topology = Ring,
    links = Reliable,
    problem = "leader election",
    cost = "O(n log n): at most 8n(1 + ceil(log2 n)) + n messages",
    source = "Hirschberg & Sinclair 1980; Santoro 2006, 3.3.3"
)]
pub struct ControlledDistance {
    state: State,
    limit: u32,
    returned: u8,
    leader: Option<Id>,
}

#[protocol]
#[never(Back in Asleep)]
#[never(Notify in Asleep | Candidate)]
impl ControlledDistance {
    #[on(Spontaneously in Asleep)]
    fn start(&mut self, net: &mut Net<Self>) {
        self.limit = 1;
        self.ask(net);
        self.state = Candidate;
    }

    #[on(Forth in Asleep)]
    fn wake_up(&mut self, msg: Forth, sender: Port, net: &mut Net<Self>) {
        if msg.origin < net.id() { self.relay_or_answer(msg, sender, net) } else { self.start(net) }
    }

    #[on(Forth in Candidate if msg.origin < net.id())]
    #[on(Forth in Defeated)]
    fn relay_or_answer(&mut self, msg: Forth, sender: Port, net: &mut Net<Self>) {
        if msg.limit > 1 {
            net.send_other_way(sender, Forth { limit: msg.limit - 1, ..msg });
        } else {
            net.send(sender, Back { origin: msg.origin });
        }
        self.state = Defeated;
    }

    /// The leader's Forth that went the other way: whoever has decided before it came still relays it, so that the count of
    /// messages does not depend on which of the two was faster.
    #[on(Forth in Follower if self.leader == Some(msg.origin) && msg.limit > 1)]
    fn relay_the_last(&mut self, msg: Forth, sender: Port, net: &mut Net<Self>) {
        net.send_other_way(sender, Forth { limit: msg.limit - 1, ..msg });
    }

    #[on(Forth in Candidate)]
    fn own_or_larger(&mut self, msg: Forth, sender: Port, net: &mut Net<Self>) {
        if msg.origin == net.id() {
            net.send_other_way(sender, Notify { leader: net.id() });
            self.leader = Some(net.id());
            self.state = Leader;
        }
    }

    #[on(Back in Candidate)]
    fn survive(&mut self, net: &mut Net<Self>) {
        self.returned += 1;
        if self.returned == 2 {
            self.limit *= 2;
            self.ask(net);
        }
    }

    #[on(Back in Defeated)]
    fn relay(&mut self, msg: Back, sender: Port, net: &mut Net<Self>) {
        if msg.origin != net.id() {
            net.send_other_way(sender, msg);
        }
    }

    #[on(Notify in Defeated)]
    fn follow(&mut self, msg: Notify, sender: Port, net: &mut Net<Self>) {
        self.leader = Some(msg.leader);
        net.send_other_way(sender, msg);
        self.state = Follower;
    }

    fn ask(&mut self, net: &mut Net<Self>) {
        self.returned = 0;
        net.send_to_all(Forth { origin: net.id(), limit: self.limit });
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

nodes::main!(ControlledDistance);
