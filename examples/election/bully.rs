//! Leader election among nodes that may crash: the bully.
//!
//! *Problem.* The live nodes agree on one of them, the leader: here the one with the largest id.
//!
//! *Model.* A complete graph whose nodes know their neighbours' ids; synchronous: messages arrive and are answered in time,
//! or the other has crashed; any nodes start on their own, for instance since the old leader does not answer.
//!
//! *Idea.* Who looks for a leader asks all with larger ids.  Whoever is asked says that it is alive, and asks in turn.  Who
//! hears from nobody larger in time leads, and tells the others.  Who has heard from someone larger, but then of no leader
//! in time, asks again.
//!
//! *Limits.* No node watches the leader, as all nodes do in the paper.  If the leader crashes while it tells the others, the nodes that
//! it has told follow it, and those that it has not told ask them for ever: `check bully --initiators all --synchronous 100ms --faults
//! crashes=1` shows how.
//!
//! *Cost.* Without failures, if a - 1 ids are larger than the initiator's: a(a - 1)/2 questions, as many answers, n - 1 to
//! notify.
//!
//! *Source.* Garcia-Molina, Elections in a distributed computing system, IEEE Transactions on Computers 31(1), 1982.
//!
#![doc = include_str!("../pictures/bully.md")]

use State::*;
use nodes::prelude::*;

/// Is anybody larger alive?
#[message]
pub struct Election;

/// Yes; wait for the leader.
#[message]
pub struct Ok;

/// The sender leads.
#[message]
pub struct Coordinator;

/// Nothing was heard in time.
#[alarm]
pub struct Timeout;

/// What a node is.
#[states]
pub enum State {
    /// Has not heard of the election.
    #[default]
    Idle,
    /// Has asked those with larger ids.
    Asking,
    /// Knows that someone larger is alive.
    Waiting,
    /// Has the largest id of those alive.
    #[terminal]
    Leader,
    /// Knows the leader.
    #[terminal]
    Follower,
}

/// Election where the largest live node takes over.
#[protocol(
    topology = Complete,
    knows(NeighbourIds),
    problem = "leader election",
    cost = "a(a - 1) + n - 1 messages without failures, where the a-th largest id starts",
    source = "Garcia-Molina 1982"
)]
pub struct Bully {
    state: State,
    leader: Option<Id>,
}

/// How long a question and its answer may take: generous, since a node that is late counts as crashed.
const ANSWER: Duration = millis(500);

/// How long those above may take to find the leader: each of them may wait for an answer.
const RESULT: Duration = secs(2);

#[protocol]
#[never(Ok in Idle)]
#[ignore(Ok in Waiting)]
impl Bully {
    #[on(Spontaneously in Idle)]
    #[when(Timeout in Waiting)]
    fn ask(&mut self, net: &mut Net<Self>) {
        let larger = net.ports().filter(|port| net.id_of(*port) > net.id()).collect::<Vec<_>>();
        self.state = Asking;
        if larger.is_empty() {
            self.lead(net);
        } else {
            net.send_to(larger, Election);
            net.set_alarm(ANSWER, Timeout);
        }
    }

    #[on(Election in Idle)]
    fn answer_and_ask(&mut self, sender: Port, net: &mut Net<Self>) {
        self.answer(sender, net);
        self.ask(net);
    }

    #[on(Election in Asking | Waiting | Leader | Follower)]
    fn answer(&mut self, sender: Port, net: &mut Net<Self>) {
        net.send(sender, Ok);
    }

    #[on(Ok in Asking)]
    fn wait(&mut self, net: &mut Net<Self>) {
        net.restart(RESULT, Timeout);
        self.state = Waiting;
    }

    #[when(Timeout in Asking)]
    fn lead(&mut self, net: &mut Net<Self>) {
        let smaller = net.ports().filter(|port| net.id_of(*port) < net.id()).collect::<Vec<_>>();
        net.send_to(smaller, Coordinator);
        self.leader = Some(net.id());
        self.state = Leader;
    }

    #[on(Coordinator in Idle | Asking | Waiting)]
    fn follow(&mut self, sender: Port, net: &mut Net<Self>) {
        net.cancel::<Timeout>();
        self.leader = Some(net.id_of(sender));
        self.state = Follower;
    }

    /// Never two live leaders.
    #[always]
    fn at_most_one_leader(world: &World<Self>) -> bool {
        world.in_state(Leader).count() <= 1
    }

    /// When all is quiet, no node but the largest live one leads, and each live node follows it, or a leader that has crashed since.
    #[finally]
    fn elected(world: &World<Self>) -> bool {
        let largest = world.correct().map(|node| node.id()).max();
        let leads = |id| world.in_state(Leader).any(|node| node.id() == id);
        let has_crashed = |id| world.nodes().any(|node| node.id() == id && !node.is_alive());
        world.in_state(Leader).all(|node| Some(node.id()) == largest)
            && world.correct().all(|node| node.leader.is_some_and(|leader| leads(leader) || has_crashed(leader)))
    }
}

nodes::main!(Bully);
