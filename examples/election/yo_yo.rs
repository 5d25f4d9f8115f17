//! Leader election on any graph: Yo-Yo.
//!
//! *Problem.* Exactly one node becomes the leader: here the one with the smallest id.
//!
//! *Model.* Any connected graph, n unknown; distinct ids; links are reliable and may reorder; any nodes start on their own.
//!
//! *Idea.* Every link is directed from the smaller id to the larger: no cycles, and the local minima are sources.  Then,
//! again and again: *yo-*, sources send their ids down, every other node sends on the smallest that comes in; *-yo*, from
//! the sinks up, the links that brought the smallest get a yes, the others a no, and whoever gets a no from below says no to
//! all above.  A link that got a no turns around: so sources that lose are no sources any more.  Links that bring nothing
//! new are pruned on the way up: of several that brought the same value all but one, and all of a node that has nobody below
//! and heard one value only.  The source that has no links left is the leader.
//!
//! *Cost.* 2m messages to begin with; each iteration takes two for each link that is left, and there are at most ceil(log2
//! s) + 1 iterations, s being the number of sources at first.
//!
//! *Source.* Santoro, Design and Analysis of Distributed Algorithms, 2006, section 3.8.
//!
#![doc = include_str!("../pictures/yo_yo.md")]

use std::collections::{BTreeMap, BTreeSet};

use State::*;
use nodes::prelude::*;

/// The sender's id.
#[message]
pub struct Hello {
    id: Id,
}

/// Down a link: the smallest id that the sender has heard of in this iteration.
#[message]
pub struct Yo {
    id: Id,
}

/// Up a link: whether what it brought was the smallest, and whether the link is of use.
#[message]
pub struct Vote {
    yes: bool,
    prune: bool,
}

/// What a node is.
#[states]
pub enum State {
    /// Has not heard of the election.
    #[default]
    Asleep,
    /// Waits for the neighbours' ids.
    Meeting,
    /// Waits for values from above.
    Listening,
    /// Waits for votes from below.
    Voting,
    /// Has the smallest id.
    #[terminal]
    Leader,
    /// Has no links left.
    #[terminal]
    Pruned,
}

/// Election on any graph: values go down to the sinks, votes come back, and links turn around or go.
#[protocol(
    links = Reliable,
    problem = "leader election",
    cost = "messages: 2m, and 2 for each live link in each iteration",
    source = "Santoro 2006, 3.8"
)]
pub struct YoYo {
    state: State,
    /// The neighbours' ids.
    met: BTreeMap<Port, Id>,
    /// The links that come down to this node, and those that go down from it.
    above: BTreeSet<Port>,
    below: BTreeSet<Port>,
    /// What came down in this iteration.
    values: BTreeMap<Port, Id>,
    /// What came up.
    votes: BTreeMap<Port, Vote>,
}

#[protocol]
#[defer(Yo in Meeting | Voting)]
#[never(Yo in Asleep)]
#[never(Hello in Listening | Voting)]
#[never(Vote in Asleep | Meeting | Listening)]
impl YoYo {
    #[on(Spontaneously in Asleep)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Hello { id: net.id() });
        self.state = Meeting;
        self.check_met(net);
    }

    #[on(Hello in Asleep)]
    fn wake_up(&mut self, msg: Hello, sender: Port, net: &mut Net<Self>) {
        self.start(net);
        self.meet(msg, sender, net);
    }

    #[on(Hello in Meeting)]
    fn meet(&mut self, msg: Hello, sender: Port, net: &mut Net<Self>) {
        self.met.insert(sender, msg.id);
        self.check_met(net);
    }

    fn check_met(&mut self, net: &mut Net<Self>) {
        if self.met.len() == net.degree() {
            self.above = net.ports().filter(|port| self.met[port] < net.id()).collect();
            self.below = net.ports().filter(|port| self.met[port] > net.id()).collect();
            self.iterate(net);
        }
    }

    fn iterate(&mut self, net: &mut Net<Self>) {
        let source = self.above.is_empty();
        if source && self.below.is_empty() {
            self.state = if self.values.is_empty() { Leader } else { Pruned };
            return;
        }
        self.values.clear();
        self.state = Listening;
        if source {
            self.send_down(net.id(), net);
        }
    }

    #[on(Yo in Listening)]
    fn listen(&mut self, msg: Yo, sender: Port, net: &mut Net<Self>) {
        self.values.insert(sender, msg.id);
        if self.values.len() == self.above.len() {
            let smallest = self.values.values().min().copied().unwrap_or(msg.id);
            self.send_down(smallest, net);
        }
    }

    fn send_down(&mut self, id: Id, net: &mut Net<Self>) {
        for port in &self.below {
            net.send(*port, Yo { id });
        }
        self.state = Voting;
        self.check_votes(net);
    }

    #[on(Vote in Voting)]
    fn count(&mut self, msg: Vote, sender: Port, net: &mut Net<Self>) {
        self.votes.insert(sender, msg);
        self.check_votes(net);
    }

    fn check_votes(&mut self, net: &mut Net<Self>) {
        if self.votes.len() == self.below.len() {
            let from_below = std::mem::take(&mut self.votes);
            let to_above = self.votes_to_above(&from_below);
            for (port, vote) in &to_above {
                net.send(*port, vote.clone());
            }
            let stay = |votes: &BTreeMap<Port, Vote>, yes| {
                votes.iter().filter(move |(_, vote)| !vote.prune && vote.yes == yes).map(|(port, _)| *port).collect::<Vec<_>>()
            };
            self.above = stay(&to_above, true).into_iter().chain(stay(&from_below, false)).collect();
            self.below = stay(&to_above, false).into_iter().chain(stay(&from_below, true)).collect();
            self.iterate(net);
        }
    }

    fn votes_to_above(&self, from_below: &BTreeMap<Port, Vote>) -> BTreeMap<Port, Vote> {
        // The link to keep for each value: the one to the neighbour of the smallest id.
        let mut keep = BTreeMap::new();
        for (port, value) in &self.values {
            let link = (self.met[port], *port);
            keep.entry(*value).and_modify(|kept| *kept = link.min(*kept)).or_insert(link);
        }
        let smallest = keep.keys().next().copied();
        let all_yes = from_below.values().all(|vote| vote.yes);
        let useless = keep.len() == 1 && from_below.values().all(|vote| vote.prune);
        let vote = |(port, value): (&Port, &Id)| {
            let (yes, prune) = (all_yes && Some(*value) == smallest, useless || keep[value].1 != *port);
            (*port, Vote { yes, prune })
        };
        self.values.iter().map(vote).collect()
    }

    /// Never two leaders.
    #[always]
    fn at_most_one_leader(world: &World<Self>) -> bool {
        world.in_state(Leader).count() <= 1
    }

    /// When all is quiet, the node with the smallest id leads, and nobody else.
    #[finally]
    fn elected(world: &World<Self>) -> bool {
        let smallest = world.nodes().map(|node| node.id()).min();
        world.in_state(Leader).map(|node| node.id()).eq(smallest) && world.all_terminal()
    }
}

nodes::main!(YoYo);
