//! Mutual exclusion by permission of all others.
//!
//! *Problem.* At most one node at a time is in its critical section, and requests are granted in their order.
//!
//! *Model.* A complete graph whose nodes know their neighbours' ids; links are reliable and may reorder.
//!
//! *Idea.* Who wants to enter asks all others, with a logical time.  A node replies at once, unless it is inside, or waits
//! itself with an earlier request (by time, then id): then it keeps the question until it has left.  Who has all replies
//! enters.
//!
//! *Cost.* 2(n - 1) messages per entry: each other node gets a request and replies.
//!
//! *Source.* Ricart and Agrawala, An optimal algorithm for mutual exclusion in computer networks, CACM 24(1), 1981.
//!
#![doc = include_str!("../pictures/ricart_agrawala.md")]

use State::*;
use nodes::prelude::*;

/// The sender wants to enter; made at `time`.
#[message]
pub struct Request {
    time: u64,
}

/// The sender does not mind.
#[message]
pub struct Reply;

/// Time to ask.
#[alarm]
pub struct Ask;

/// Time to leave.
#[alarm]
pub struct Leave;

/// What every node is given at its start.
#[config]
pub struct Options {
    /// How often each node enters.
    #[default(2)]
    #[shrink]
    #[range(0..=1_000_000)]
    pub requests: u32,
}

/// What a node does.
#[states]
pub enum State {
    /// Something else.
    #[default]
    Idle,
    /// Waits to enter.
    Waiting,
    /// Is in its critical section.
    Critical,
}

/// Mutual exclusion by asking all others, who reply late if their own request is earlier.
#[protocol(
    topology = Complete,
    links = Reliable,
    initiators = All,
    knows(NeighbourIds),
    problem = "mutual exclusion",
    cost = "2(n - 1) messages per entry",
    source = "Ricart & Agrawala 1981"
)]
#[derive(Default)]
pub struct RicartAgrawala {
    state: State,
    /// How often it still wants to enter.
    wanted: u32,
    /// The latest time that it has seen.
    clock: u64,
    /// Its own request: when made, and by whom.
    own: (u64, Id),
    /// How many have not replied.
    missing: usize,
}

#[protocol]
#[defer(Request in Waiting | Critical)]
#[never(Reply in Idle | Critical)]
impl RicartAgrawala {
    #[init]
    fn new(options: &Options) -> Self {
        RicartAgrawala { wanted: options.requests, ..RicartAgrawala::default() }
    }

    #[on(Spontaneously in Idle)]
    fn pause(&mut self, net: &mut Net<Self>) {
        if self.wanted > 0 {
            self.wanted -= 1;
            net.set_alarm(millis(0)..=millis(10), Ask);
        }
    }

    #[when(Ask in Idle)]
    fn ask(&mut self, net: &mut Net<Self>) {
        self.clock += 1;
        self.own = (self.clock, net.id());
        self.missing = net.degree();
        net.send_to_all(Request { time: self.clock });
        self.state = Waiting;
        self.try_enter(net);
    }

    #[on(Request in Idle)]
    #[on(Request in Waiting if (msg.time, net.id_of(sender)) < self.own)]
    fn permit(&mut self, msg: Request, sender: Port, net: &mut Net<Self>) {
        self.clock = self.clock.max(msg.time);
        net.send(sender, Reply);
    }

    #[on(Reply in Waiting)]
    fn permitted(&mut self, net: &mut Net<Self>) {
        self.missing -= 1;
        self.try_enter(net);
    }

    fn try_enter(&mut self, net: &mut Net<Self>) {
        if self.missing == 0 {
            net.set_alarm(millis(1), Leave);
            self.state = Critical;
        }
    }

    #[when(Leave in Critical)]
    fn leave(&mut self, net: &mut Net<Self>) {
        self.state = Idle;
        self.pause(net);
    }

    /// Never two nodes in the critical section.
    #[always]
    fn mutual_exclusion(world: &World<Self>) -> bool {
        world.in_state(Critical).count() <= 1
    }

    /// Who is inside asked before all who wait, in the order of (time, id).
    #[always]
    fn served_in_order(world: &World<Self>) -> bool {
        world.in_state(Critical).all(|inside| world.in_state(Waiting).all(|waiting| inside.own < waiting.own))
    }

    /// When all is quiet, every node has entered as often as it wanted.
    #[finally]
    fn all_served(world: &World<Self>) -> bool {
        world.nodes().all(|node| node.state == Idle && node.wanted == 0)
    }
}

nodes::main!(RicartAgrawala);
