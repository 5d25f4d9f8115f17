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
    met: PortMap<Id>,
    /// The links that come down to this node, and those that go down from it.
    above: PortSet,
    below: PortSet,
    /// What came down in this iteration.
    values: PortMap<Id>,
    /// What came up.
    votes: PortMap<Vote>,
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
            // A link from the node to itself, in a ring of one, is neither.
            for (port, id) in &self.met {
                if *id < net.id() {
                    self.above.insert(port);
                } else if *id > net.id() {
                    self.below.insert(port);
                }
            }
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
        net.send_to(&self.below, Yo { id });
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
                net.send(port, vote.clone());
            }
            self.above.clear();
            self.below.clear();
            for (port, vote) in &to_above {
                self.keep(port, vote, vote.yes);
            }
            for (port, vote) in &from_below {
                self.keep(port, vote, !vote.yes);
            }
            self.iterate(net);
        }
    }

    fn keep(&mut self, port: Port, vote: &Vote, comes_down: bool) {
        if !vote.prune {
            let side = if comes_down { &mut self.above } else { &mut self.below };
            side.insert(port);
        }
    }

    fn votes_to_above(&self, from_below: &PortMap<Vote>) -> PortMap<Vote> {
        // Of the links that brought the same value, the one to the neighbour of the smallest id is of use.
        let mut brought = self.values.iter().map(|(port, value)| (*value, self.met[port], port)).collect::<Vec<_>>();
        brought.sort_unstable();
        brought.dedup_by_key(|(value, ..)| *value);
        let useful = brought.iter().map(|(.., port)| *port).collect::<PortSet>();
        let smallest = brought.first().map(|(value, ..)| *value);
        let all_yes = from_below.values().all(|vote| vote.yes);
        let useless = useful.len() == 1 && from_below.values().all(|vote| vote.prune);
        let mut votes = PortMap::default();
        for (port, value) in &self.values {
            let (yes, prune) = (all_yes && Some(*value) == smallest, useless || !useful.contains(port));
            votes.insert(port, Vote { yes, prune });
        }
        votes
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
