//! Leader election on a ring with a direction in O(n log n).
//!
//! *Problem.* All nodes learn the largest id; its owner is the leader.
//!
//! *Model.* A ring with a direction, n unknown; distinct ids; links are reliable and in order; any nodes start on their own.
//!
//! *Idea.* As in an election by stages a value survives if it is the largest of three neighbours.  But messages go to the
//! right only: so a node that has heard the values of its two active predecessors judges the nearer one's value, and keeps
//! the value, not itself, in the race.  A node that meets its own value again has the largest, and is usually not whose id
//! it is.
//!
//! *Cost.* 2n messages for each of p phases but the last, which takes n, and n to notify: 2n(p - 1) + 2n.
//!
//! *Source.* Dolev, Klawe and Rodeh, An O(n log n) unidirectional distributed algorithm for extrema finding in a circle,
//! Journal of Algorithms 3(3), 1982; Peterson, An O(n log n) unidirectional algorithm for the circular extrema problem, ACM
//! TOPLAS 4(4), 1982.
//!
#![doc = include_str!("../pictures/dolev_klawe_rodeh.md")]

use State::*;
use nodes::prelude::*;

/// An active node's value.
#[message]
pub struct First {
    value: Id,
}

/// The value of an active node's active predecessor.
#[message]
pub struct Second {
    value: Id,
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
    /// Carries a value that may win.
    Active,
    /// Passes messages on.
    Passive,
    /// Has the largest id.
    #[terminal]
    Leader,
    /// Knows the leader.
    #[terminal]
    Follower,
}

/// Election on a ring with a direction where in each phase the local maxima survive, each one node further on.
#[protocol(
    topology = DirectedRing,
    problem = "leader election",
    cost = "at most 2n(floor(log2 n) + 1) messages, 2n of them a phase",
    source = "Dolev, Klawe & Rodeh 1982; Peterson 1982"
)]
pub struct DolevKlaweRodeh {
    state: State,
    /// The value that it carries.
    value: Id,
    /// The value of the active node before it.
    before: Id,
    leader: Option<Id>,
}

#[protocol]
#[never(Second in Asleep)]
#[never(Notify in Asleep)]
impl DolevKlaweRodeh {
    #[on(Spontaneously in Asleep)]
    fn start(&mut self, net: &mut Net<Self>) {
        self.value = net.id();
        net.send(net.right(), First { value: self.value });
        self.state = Active;
    }

    #[on(First in Asleep)]
    fn wake_up(&mut self, msg: First, net: &mut Net<Self>) {
        self.start(net);
        self.hear(msg, net);
    }

    #[on(First in Active)]
    fn hear(&mut self, msg: First, net: &mut Net<Self>) {
        if msg.value == self.value {
            self.end(msg.value, net);
        } else {
            self.before = msg.value;
            net.send(net.right(), Second { value: msg.value });
        }
    }

    #[on(Second in Active)]
    fn judge(&mut self, msg: Second, net: &mut Net<Self>) {
        if self.before > msg.value && self.before > self.value {
            self.value = self.before;
            net.send(net.right(), First { value: self.value });
        } else {
            self.state = Passive;
        }
    }

    #[on(First in Passive)]
    fn pass_first(&mut self, msg: First, net: &mut Net<Self>) {
        net.send(net.right(), msg);
    }

    #[on(Second in Passive)]
    fn pass_second(&mut self, msg: Second, net: &mut Net<Self>) {
        net.send(net.right(), msg);
    }

    #[on(Notify in Active | Passive)]
    fn learn(&mut self, msg: Notify, net: &mut Net<Self>) {
        self.end(msg.leader, net);
    }

    fn end(&mut self, leader: Id, net: &mut Net<Self>) {
        net.send(net.right(), Notify { leader });
        self.leader = Some(leader);
        self.state = if leader == net.id() { Leader } else { Follower };
    }

    /// Never two leaders.
    #[always]
    fn at_most_one_leader(world: &World<Self>) -> bool {
        world.in_state(Leader).count() <= 1
    }

    /// When all is quiet, the node with the largest id leads, and all know it.
    #[finally]
    fn elected(world: &World<Self>) -> bool {
        let largest = world.nodes().map(|node| node.id()).max();
        world.in_state(Leader).map(|node| node.id()).eq(largest) && world.nodes().all(|node| node.leader == largest)
    }
}

nodes::main!(DolevKlaweRodeh);
