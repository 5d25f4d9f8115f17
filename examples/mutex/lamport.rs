//! Mutual exclusion by logical time.
//!
//! *Problem.* At most one node at a time is in its critical section, and requests are granted in their order.
//!
//! *Model.* A complete graph whose nodes know their neighbours' ids; links are reliable and in order.  Without that order
//! the algorithm is wrong: a reply that overtakes a request lets two nodes in.
//!
//! *Idea.* Every node keeps a queue of all requests, sorted by logical time and then id.  It enters when its own request is
//! first and each other node has sent it something later than this request: since links keep the order, no earlier one can
//! be under way.
//!
//! *Cost.* 3(n - 1) messages per entry: each other node gets a request, replies, and gets a release.
//!
//! *Source.* Lamport, Time, clocks, and the ordering of events in a distributed system, CACM 21(7), 1978.
//!
#![doc = include_str!("../pictures/lamport.md")]

use std::collections::BTreeSet;

use State::*;
use nodes::prelude::*;

/// The sender wants to enter; made at `time`.
#[message]
pub struct Request {
    time: u64,
}

/// The sender has queued the request.
#[message]
pub struct Reply {
    time: u64,
}

/// The sender has left.
#[message]
pub struct Release {
    time: u64,
}

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

/// Mutual exclusion by a replicated queue of requests in the order of logical time.
#[protocol(
    topology = Complete,
    initiators = All,
    knows(NeighbourIds),
    problem = "mutual exclusion",
    cost = "3(n - 1) messages per entry",
    source = "Lamport 1978"
)]
#[derive(Default)]
pub struct Lamport {
    state: State,
    /// How often it wants to enter.
    requests: u32,
    clock: u64,
    /// All requests that have not been released, in the order of (time, id).
    queue: BTreeSet<(u64, Id)>,
    /// The time of the last message from each neighbour.
    latest: PortMap<u64>,
    /// When it entered last.
    entered: u64,
    /// What it had of the critical section: when asked for, entered, left.
    visits: Vec<(u64, u64, u64)>,
}

#[protocol]
impl Lamport {
    #[init]
    fn new(options: &Options) -> Self {
        Lamport { requests: options.requests, ..Lamport::default() }
    }

    #[on(Spontaneously in Idle)]
    fn pause(&mut self, net: &mut Net<Self>) {
        if self.visits.len() < self.requests as usize {
            net.set_alarm(millis(0)..=millis(10), Ask);
        }
    }

    #[when(Ask in Idle)]
    fn ask(&mut self, net: &mut Net<Self>) {
        self.clock += 1;
        self.queue.insert((self.clock, net.id()));
        net.send_to_all(Request { time: self.clock });
        self.state = Waiting;
        self.try_enter(net);
    }

    #[on(Request)]
    fn enqueue(&mut self, msg: Request, sender: Port, net: &mut Net<Self>) {
        self.hear(sender, msg.time);
        self.queue.insert((msg.time, net.id_of(sender)));
        net.send(sender, Reply { time: self.clock });
        self.try_enter(net);
    }

    #[on(Reply)]
    fn note(&mut self, msg: Reply, sender: Port, net: &mut Net<Self>) {
        self.hear(sender, msg.time);
        self.try_enter(net);
    }

    #[on(Release)]
    fn dequeue(&mut self, msg: Release, sender: Port, net: &mut Net<Self>) {
        self.hear(sender, msg.time);
        self.queue.retain(|(_, id)| *id != net.id_of(sender));
        self.try_enter(net);
    }

    fn hear(&mut self, sender: Port, time: u64) {
        self.clock = self.clock.max(time) + 1;
        self.latest.insert(sender, time);
    }

    fn try_enter(&mut self, net: &mut Net<Self>) {
        let Some(&(time, first)) = self.queue.first() else { return };
        if self.state == Waiting && first == net.id() && net.ports().all(|port| self.latest.get(port) > Some(&time)) {
            self.entered = self.clock;
            net.set_alarm(millis(1), Leave);
            self.state = Critical;
        }
    }

    #[when(Leave in Critical)]
    fn leave(&mut self, net: &mut Net<Self>) {
        self.clock += 1;
        self.visits.extend(self.queue.pop_first().map(|(asked, _)| (asked, self.entered, self.clock)));
        net.send_to_all(Release { time: self.clock });
        self.state = Idle;
        self.pause(net);
    }

    /// Never two nodes in the critical section.
    #[always]
    fn mutual_exclusion(world: &World<Self>) -> bool {
        world.in_state(Critical).count() <= 1
    }

    /// When all is quiet, every node has entered as often as it wanted, one after the other in the order of (time, id).
    #[finally]
    fn served_in_order(world: &World<Self>) -> bool {
        let visits = world.nodes().flat_map(|node| node.visits.iter().map(|visit| (visit.0, node.id(), visit.1, visit.2)));
        let mut visits = visits.collect::<Vec<_>>();
        visits.sort_unstable();
        visits.windows(2).all(|pair| pair[0].3 < pair[1].2)
            && world.nodes().all(|node| node.queue.is_empty() && node.visits.len() == node.requests as usize)
    }
}

nodes::main!(Lamport);
