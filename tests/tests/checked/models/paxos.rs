//! Paxos for one decision, and clients that write a register and read it: Stateright's example `paxos`.
//!
//! Node 0 stands for all clients, so that what they did, and in which order, is one field.  The other nodes are servers.  A client
//! writes through the server of its own number, and then reads through the next one.

use std::collections::{BTreeMap, BTreeSet};

use State::*;
use nodes::prelude::*;

use super::history::{History, value_of};

/// A round, and the server that began it.
type Ballot = (u32, Id);

/// The client whose value is proposed.
type Proposal = u8;

#[message]
pub struct Put {
    client: u8,
}

#[message]
pub struct PutOk {
    client: u8,
}

#[message]
pub struct Get {
    client: u8,
}

#[message]
pub struct GetOk {
    client: u8,
    value: u8,
}

#[message]
pub struct Prepare {
    ballot: Ballot,
}

#[message]
pub struct Prepared {
    ballot: Ballot,
    accepted: Option<(Ballot, Proposal)>,
}

#[message]
pub struct Accept {
    ballot: Ballot,
    proposal: Proposal,
}

#[message]
pub struct Accepted {
    ballot: Ballot,
}

#[message]
pub struct Decide {
    ballot: Ballot,
    proposal: Proposal,
}

#[states]
pub enum State {
    /// A server that knows of no decision.
    #[default]
    Undecided,
    /// A server that knows it.
    Decided,
    /// All clients.
    Clients,
}

#[config]
pub struct Options {
    /// How many clients there are.
    #[default(2)]
    pub clients: usize,
}

/// A register that is written once, by consensus.
#[protocol(topology = Complete, links = Reliable, initiators = One)]
pub struct Paxos {
    state: State,
    ballot: Ballot,
    /// What it proposes: what it was asked to, or what it has to keep.
    proposal: Option<Proposal>,
    prepared: BTreeMap<Port, Option<(Ballot, Proposal)>>,
    accepts: BTreeSet<Port>,
    accepted: Option<(Ballot, Proposal)>,
    history: History,
}

#[protocol]
#[otherwise(ignore)]
impl Paxos {
    #[init]
    fn new(options: &Options) -> Self {
        Paxos {
            state: Undecided,
            ballot: (0, Id(0)),
            proposal: None,
            prepared: BTreeMap::new(),
            accepts: BTreeSet::new(),
            accepted: None,
            history: History::of(options.clients),
        }
    }

    #[on(Spontaneously)]
    fn write(&mut self, net: &mut Net<Self>) {
        self.state = Clients;
        for client in 0..self.history.clients() {
            net.send(Self::server(client, net), Put { client: client as u8 });
        }
    }

    #[on(PutOk in Clients)]
    fn read(&mut self, msg: PutOk, net: &mut Net<Self>) {
        let client = usize::from(msg.client);
        if self.history.written(client) {
            net.send(Self::server(client + 1, net), Get { client: msg.client });
        }
    }

    #[on(GetOk in Clients)]
    fn have_read(&mut self, msg: GetOk) {
        self.history.read(usize::from(msg.client), msg.value);
    }

    #[on(Put in Undecided if self.proposal.is_none())]
    fn propose(&mut self, msg: Put, net: &mut Net<Self>) {
        self.proposal = Some(msg.client);
        self.accepts.clear();
        self.ballot = (self.ballot.0 + 1, net.id());
        self.prepared = BTreeMap::from([(Port::SELF, self.accepted)]);
        net.send_to_all_except(Self::clients(), Prepare { ballot: self.ballot });
    }

    #[on(Prepare in Undecided if msg.ballot > self.ballot)]
    fn promise(&mut self, msg: Prepare, sender: Port, net: &mut Net<Self>) {
        self.ballot = msg.ballot;
        net.send(sender, Prepared { ballot: msg.ballot, accepted: self.accepted });
    }

    #[on(Prepared in Undecided if msg.ballot == self.ballot)]
    fn lead(&mut self, msg: Prepared, sender: Port, net: &mut Net<Self>) {
        self.prepared.insert(sender, msg.accepted);
        if self.prepared.len() == Self::majority(net) {
            if let Some((_, proposal)) = self.prepared.values().max().copied().flatten() {
                self.proposal = Some(proposal);
            }
            let Some(proposal) = self.proposal else { return };
            self.accepted = Some((msg.ballot, proposal));
            self.accepts.insert(Port::SELF);
            net.send_to_all_except(Self::clients(), Accept { ballot: msg.ballot, proposal });
        }
    }

    #[on(Accept in Undecided if msg.ballot >= self.ballot)]
    fn accept(&mut self, msg: Accept, sender: Port, net: &mut Net<Self>) {
        self.ballot = msg.ballot;
        self.accepted = Some((msg.ballot, msg.proposal));
        net.send(sender, Accepted { ballot: msg.ballot });
    }

    #[on(Accepted in Undecided if msg.ballot == self.ballot)]
    fn count(&mut self, msg: Accepted, sender: Port, net: &mut Net<Self>) {
        self.accepts.insert(sender);
        if let Some(client) = self.proposal
            && self.accepts.len() == Self::majority(net)
        {
            self.state = Decided;
            net.send_to_all_except(Self::clients(), Decide { ballot: msg.ballot, proposal: client });
            net.send(Self::clients(), PutOk { client });
        }
    }

    #[on(Decide in Undecided)]
    fn learn(&mut self, msg: Decide) {
        self.ballot = msg.ballot;
        self.accepted = Some((msg.ballot, msg.proposal));
        self.state = Decided;
    }

    #[on(Get in Decided)]
    fn answer(&mut self, msg: Get, sender: Port, net: &mut Net<Self>) {
        if let Some((_, client)) = self.accepted {
            net.send(sender, GetOk { client: msg.client, value: value_of(usize::from(client)) });
        }
    }

    /// At a server, the link to the clients: they are node 0, the first of its neighbours.
    fn clients() -> Port {
        Port::new(0)
    }

    /// At the clients, the link to a server.
    fn server(number: usize, net: &Net<Self>) -> Port {
        Port::new(number % net.degree())
    }

    fn majority(net: &Net<Self>) -> usize {
        net.degree() / 2 + 1
    }

    /// Each operation seems to take place at one moment between its call and its answer.
    #[always]
    fn linearizable(world: &World<Self>) -> bool {
        world.in_state(Clients).all(|clients| clients.history.is_linearizable())
    }
}
