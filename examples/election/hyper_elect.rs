//! Leader election on an oriented hypercube: HyperElect.
//!
//! *Problem.* All nodes agree on one of them, the leader: here the one with the smallest id.
//!
//! *Model.* A hypercube whose links are labelled by dimension at both ends; distinct ids; links are reliable and may
//! reorder; any nodes start on their own.
//!
//! *Idea.* Duels.  In stage i every subcube of the first i dimensions has one duellist left, and meets the one of the
//! subcube across dimension i; the smaller id goes on.  A challenge crosses that dimension, and then need not find its
//! opponent: each defeated node knows the dimensions on a shortest way to who defeated it, and sends the challenge there.
//! Dimensions that a way uses twice cancel out, so that the winner learns a shortest way back from the challenge itself.
//!
//! *Cost.* At most 7n - (log n)^2 - 3 log n - 7 messages, n - 1 of them to notify.
//!
//! *Source.* Flocchini and Mans, Optimal elections in labeled hypercubes, Journal of Parallel and Distributed Computing
//! 33(1), 1996; Santoro, Design and Analysis of Distributed Algorithms, 2006, section 3.5.1.
//!
#![doc = include_str!("../pictures/hyper_elect.md")]

use State::*;
use nodes::prelude::*;
use nodes::topology::PortLabel;

/// A duellist's challenge to the one across dimension `stage`.
#[message]
pub struct Challenge {
    id: Id,
    stage: usize,
    /// The dimensions between the duellist and here, one bit each.
    behind: u64,
    /// The dimensions between here and where it is going.
    ahead: u64,
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
    /// Has won all duels so far.
    Duellist,
    /// Has lost one.
    Defeated,
    /// Has won all duels.
    #[terminal]
    Leader,
    /// Knows the leader.
    #[terminal]
    Follower,
}

/// Election on a hypercube by duels of subcubes.
#[protocol(
    topology = Hypercube,
    links = Reliable,
    problem = "leader election",
    cost = "O(n): at most 7n - (log n)^2 - 3 log n - 7 messages",
    source = "Flocchini & Mans 1996; Santoro 2006, 3.5.1"
)]
pub struct HyperElect {
    state: State,
    stage: usize,
    /// Challenges for stages to come.
    delayed: Vec<Challenge>,
    /// The dimensions on the way to who defeated this node.
    winner: u64,
    leader: Option<Id>,
}

#[protocol]
#[never(Notify in Asleep)]
impl HyperElect {
    #[on(Spontaneously in Asleep)]
    fn start(&mut self, net: &mut Net<Self>) {
        self.state = Duellist;
        self.challenge(net);
    }

    #[on(Challenge in Asleep)]
    fn wake_up(&mut self, msg: Challenge, net: &mut Net<Self>) {
        self.start(net);
        self.meet(msg, net);
    }

    #[on(Challenge in Duellist | Defeated if msg.ahead != 0)]
    fn pass_on(&mut self, msg: Challenge, net: &mut Net<Self>) {
        let dimension = msg.ahead.trailing_zeros() as usize;
        let bit = 1 << dimension;
        net.send(net.dimension(dimension), Challenge { behind: msg.behind ^ bit, ahead: msg.ahead ^ bit, ..msg });
    }

    #[on(Challenge in Defeated)]
    fn pass_to_winner(&mut self, msg: Challenge, net: &mut Net<Self>) {
        self.pass_on(Challenge { ahead: self.winner, ..msg }, net);
    }

    #[on(Challenge in Duellist)]
    fn meet(&mut self, msg: Challenge, net: &mut Net<Self>) {
        if msg.stage != self.stage {
            self.delayed.push(msg);
        } else if msg.id > net.id() {
            self.stage += 1;
            self.challenge(net);
        } else {
            self.winner = msg.behind;
            self.state = Defeated;
            for delayed in std::mem::take(&mut self.delayed) {
                self.pass_to_winner(delayed, net);
            }
        }
    }

    /// Enters a stage; its challenge may be here already.
    fn challenge(&mut self, net: &mut Net<Self>) {
        let stage = self.stage;
        if stage == net.degree() {
            self.leader = Some(net.id());
            self.notify_from(0, net);
            self.state = Leader;
            return;
        }
        net.send(net.dimension(stage), Challenge { id: net.id(), stage, behind: 1 << stage, ahead: 0 });
        if let Some(early) = self.delayed.iter().position(|delayed| delayed.stage == stage) {
            let early = self.delayed.swap_remove(early);
            self.meet(early, net);
        }
    }

    #[on(Notify in Duellist | Defeated)]
    fn follow(&mut self, msg: Notify, sender: Port, net: &mut Net<Self>) {
        self.leader = Some(msg.leader);
        if let Some(PortLabel::Dimension(dimension)) = net.label(sender) {
            self.notify_from(dimension as usize + 1, net);
        }
        self.state = Follower;
    }

    /// Tells the subcube of this and the higher dimensions.
    fn notify_from(&mut self, dimension: usize, net: &mut Net<Self>) {
        if let Some(leader) = self.leader {
            for dimension in dimension..net.degree() {
                net.send(net.dimension(dimension), Notify { leader });
            }
        }
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

nodes::main!(HyperElect);
