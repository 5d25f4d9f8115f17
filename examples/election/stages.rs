//! Leader election on a ring by stages.
//!
//! *Problem.* All nodes agree on one of them, the leader: here the one with the smallest id.
//!
//! *Model.* A ring whose nodes do not agree on left and right and do not know n; distinct ids; links are reliable and in
//! order; any nodes start on their own.
//!
//! *Idea.* In each stage a candidate exchanges ids with the next candidates on both sides, and stays one if its own is the
//! smallest of the three: at most half of them do.  The defeated pass messages on.  A candidate that gets its own id is
//! alone.
//!
//! *Cost.* 2n messages a stage, at most floor(log2 n) + 1 stages, and n to notify.
//!
//! *Source.* Franklin, On an improved algorithm for decentralized extrema finding in circular configurations of processors,
//! CACM 25(5), 1982; Santoro, Design and Analysis of Distributed Algorithms, 2006, section 3.3.4.
//!
#![doc = include_str!("../pictures/stages.md")]

use std::collections::VecDeque;

use State::*;
use nodes::prelude::*;

/// A candidate's id, on its way to the next candidate.
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
    /// May become the leader.
    Candidate,
    /// Has seen a smaller id.
    Defeated,
    /// Has the smallest id.
    #[terminal]
    Leader,
    /// Knows the leader.
    #[terminal]
    Follower,
}

/// Election on a ring where in each stage the local minima survive.
#[protocol(
    topology = Ring,
    problem = "leader election",
    cost = "at most 2n(floor(log2 n) + 1) + n messages, 2n of them a stage",
    source = "Franklin 1982; Santoro 2006, 3.3.4"
)]
pub struct Stages {
    state: State,
    /// What has come from each side and is not yet compared: a neighbour may be stages ahead.
    heard: [VecDeque<Id>; 2],
    leader: Option<Id>,
}

#[protocol]
#[never(Notify in Asleep | Candidate)]
impl Stages {
    #[on(Spontaneously in Asleep)]
    fn start(&mut self, net: &mut Net<Self>) {
        self.state = Candidate;
        net.send_to_all(Election { id: net.id() });
    }

    #[on(Election in Asleep)]
    fn wake_up(&mut self, msg: Election, sender: Port, net: &mut Net<Self>) {
        self.start(net);
        self.compare(msg, sender, net);
    }

    #[on(Election in Candidate)]
    fn compare(&mut self, msg: Election, sender: Port, net: &mut Net<Self>) {
        self.heard[sender.index()].push_back(msg.id);
        while self.state == Candidate && self.heard.iter().all(|side| !side.is_empty()) {
            let smaller = self.heard.iter_mut().filter_map(VecDeque::pop_front).min();
            if smaller > Some(net.id()) {
                net.send_to_all(Election { id: net.id() });
            } else if smaller == Some(net.id()) {
                net.send_other_way(sender, Notify { leader: net.id() });
                self.leader = Some(net.id());
                self.state = Leader;
            } else {
                self.give_up(net);
            }
        }
    }

    fn give_up(&mut self, net: &mut Net<Self>) {
        self.state = Defeated;
        for side in [0, 1] {
            for id in std::mem::take(&mut self.heard[side]) {
                net.send_other_way(Port::new(side), Election { id });
            }
        }
    }

    #[on(Election in Defeated)]
    fn pass_on(&mut self, msg: Election, sender: Port, net: &mut Net<Self>) {
        net.send_other_way(sender, msg);
    }

    #[on(Notify in Defeated)]
    fn follow(&mut self, msg: Notify, sender: Port, net: &mut Net<Self>) {
        self.leader = Some(msg.leader);
        net.send_other_way(sender, msg);
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

nodes::main!(Stages);
