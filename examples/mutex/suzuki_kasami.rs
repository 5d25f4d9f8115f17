//! Mutual exclusion by a token that goes where it is wanted.
//!
//! *Problem.* At most one node at a time is in its critical section.
//!
//! *Model.* A complete graph whose nodes know their neighbours' ids; links are reliable and may reorder; at first the node
//! with the smallest id has the token.
//!
//! *Idea.* Who has the token may enter.  Who has not asks all others, and numbers its requests.  The token carries the
//! number of each node's last request that was served, and a queue of those who wait: on leaving, a node adds all whose last
//! request is newer, and sends the token to the first.
//!
//! *Cost.* No message to enter with the token at hand; otherwise n, n - 1 requests and the token.
//!
//! *Source.* Suzuki and Kasami, A distributed mutual exclusion algorithm, ACM TOCS 3(4), 1985.
//!
#![doc = include_str!("../pictures/suzuki_kasami.md")]

use std::collections::{BTreeMap, VecDeque};

use State::*;
use nodes::prelude::*;

/// The sender wants the token, for the `number`-th time.
#[message]
pub struct Request {
    number: u64,
}

/// The right to enter.
#[message]
#[derive(Default)]
pub struct Token {
    /// Each node's last request that was served.
    served: BTreeMap<Id, u64>,
    queue: VecDeque<Id>,
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
    /// Something else, with the token at hand.
    Holding,
    /// Waits for the token.
    Waiting,
    /// Is in its critical section.
    Critical,
}

/// Mutual exclusion by a token that carries the queue of those who wait for it.
#[protocol(
    topology = Complete,
    links = Reliable,
    initiators = All,
    knows(NeighbourIds),
    problem = "mutual exclusion",
    cost = "0 or n messages per entry",
    source = "Suzuki & Kasami 1985"
)]
#[derive(Default)]
pub struct SuzukiKasami {
    state: State,
    /// How often it wants to enter.
    requests: u32,
    /// How often of these it has not begun to.
    wanted: u32,
    /// How often it has entered.
    entered: u32,
    /// Each node's last request, as far as this node has heard.
    asked: BTreeMap<Id, u64>,
    token: Option<Token>,
}

#[protocol]
#[never(Token in Idle | Holding | Critical)]
impl SuzukiKasami {
    #[init]
    fn new(options: &Options, net: &mut Net<Self>) -> Self {
        let smallest = net.ports().all(|port| net.id() < net.id_of(port));
        let (state, token) = if smallest { (Holding, Some(Token::default())) } else { (Idle, None) };
        let requests = options.requests;
        SuzukiKasami { state, token, requests, wanted: requests, ..SuzukiKasami::default() }
    }

    #[on(Spontaneously in Idle | Holding)]
    fn pause(&mut self, net: &mut Net<Self>) {
        if self.wanted > 0 {
            self.wanted -= 1;
            net.set_alarm(millis(0)..=millis(10), Ask);
        }
    }

    #[when(Ask in Idle)]
    fn ask(&mut self, net: &mut Net<Self>) {
        let number = self.asked.entry(net.id()).or_default();
        *number += 1;
        net.send_to_all(Request { number: *number });
        self.state = Waiting;
    }

    #[on(Token in Waiting)]
    fn receive(&mut self, msg: Token, net: &mut Net<Self>) {
        self.token = Some(msg);
        self.enter(net);
    }

    #[when(Ask in Holding)]
    fn enter(&mut self, net: &mut Net<Self>) {
        net.set_alarm(millis(1), Leave);
        self.entered += 1;
        self.state = Critical;
    }

    #[on(Request in Idle | Waiting | Critical)]
    fn note(&mut self, msg: Request, sender: Port, net: &mut Net<Self>) {
        let asked = self.asked.entry(net.id_of(sender)).or_default();
        *asked = msg.number.max(*asked);
    }

    #[on(Request in Holding)]
    fn note_and_pass(&mut self, msg: Request, sender: Port, net: &mut Net<Self>) {
        self.note(msg, sender, net);
        self.pass(net);
    }

    #[when(Leave in Critical)]
    fn leave(&mut self, net: &mut Net<Self>) {
        if let (Some(token), Some(number)) = (&mut self.token, self.asked.get(&net.id())) {
            token.served.insert(net.id(), *number);
        }
        self.state = Holding;
        self.pass(net);
        self.pause(net);
    }

    /// Gives the token to the first who waits, if anybody does.
    fn pass(&mut self, net: &mut Net<Self>) {
        let Some(mut token) = self.token.take() else { return };
        for (id, number) in &self.asked {
            if token.served.get(id).unwrap_or(&0) < number && !token.queue.contains(id) {
                token.queue.push_back(*id);
            }
        }
        match token.queue.pop_front().and_then(|first| net.neighbour(first)) {
            Some(port) => {
                net.send(port, token);
                self.state = Idle;
            }
            None => self.token = Some(token),
        }
    }

    /// Never two nodes in the critical section.
    #[always]
    fn mutual_exclusion(world: &World<Self>) -> bool {
        world.in_state(Critical).count() <= 1
    }

    /// There is one token: at a node, or on its way.
    #[always]
    fn one_token(world: &World<Self>) -> bool {
        let at_nodes = world.in_state(Holding).count() + world.in_state(Critical).count();
        at_nodes as u64 + world.in_transit::<Token>() == 1
    }

    /// When all is quiet, every node has entered as often as it wanted.
    #[finally]
    fn all_served(world: &World<Self>) -> bool {
        world.in_state(Waiting).count() == 0 && world.nodes().all(|node| node.entered == node.requests)
    }
}

nodes::main!(SuzukiKasami);
