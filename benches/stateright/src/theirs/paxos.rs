//! Its example `paxos`.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use stateright::Expectation;
use stateright::actor::{Actor, ActorModel, Envelope, Id, Network, Out, majority};

use crate::measure::Counts;
use crate::models::history::{History, value_of};

const SERVERS: usize = 3;

type Ballot = (u32, Id);

/// A client whose value is proposed.
type Proposal = Id;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Message {
    Put,
    PutOk,
    Get,
    GetOk(u8),
    Prepare(Ballot),
    Prepared(Ballot, Option<(Ballot, Proposal)>),
    Accept(Ballot, Proposal),
    Accepted(Ballot),
    Decided(Ballot, Proposal),
}

use Message::*;

#[derive(Clone, Debug, PartialEq, Hash)]
enum State {
    /// How many operations a client has finished.
    Client(u8),
    Server(Server),
}

#[derive(Clone, Debug, PartialEq, Hash)]
struct Server {
    ballot: Ballot,
    proposal: Option<Proposal>,
    prepares: BTreeMap<Id, Option<(Ballot, Proposal)>>,
    accepts: BTreeSet<Id>,
    accepted: Option<(Ballot, Proposal)>,
    is_decided: bool,
}

#[derive(Clone)]
struct Member {
    /// Whether a message is taken from its link even if it changes nothing; else it stays there for ever.
    takes_all: bool,
}

/// The place among the clients.
fn client(id: Id) -> usize {
    usize::from(id) - SERVERS
}

fn servers() -> impl Iterator<Item = Id> {
    (0..SERVERS).map(Id::from)
}

impl Actor for Member {
    type Msg = Message;
    type State = State;
    type Timer = ();
    type Random = ();
    type Storage = ();

    fn on_start(&self, id: Id, _: &Option<()>, out: &mut Out<Self>) -> State {
        if usize::from(id) >= SERVERS {
            out.send(Id::from(client(id) % SERVERS), Put);
            return State::Client(0);
        }
        State::Server(Server {
            ballot: (0, Id::from(0)),
            proposal: None,
            prepares: BTreeMap::new(),
            accepts: BTreeSet::new(),
            accepted: None,
            is_decided: false,
        })
    }

    fn on_msg(&self, id: Id, state: &mut Cow<'_, State>, from: Id, msg: Message, out: &mut Out<Self>) {
        let mut next = (**state).clone();
        let changed = match &mut next {
            State::Client(finished) => on_answer(id, finished, msg, out),
            State::Server(server) => server.on_msg(id, from, msg, out),
        };
        if changed || self.takes_all {
            *state = Cow::Owned(next);
        }
    }
}

fn on_answer(id: Id, finished: &mut u8, msg: Message, out: &mut Out<Member>) -> bool {
    match msg {
        PutOk if *finished == 0 => out.send(Id::from((client(id) + 1) % SERVERS), Get),
        GetOk(_) if *finished == 1 => {}
        _ => return false,
    }
    *finished += 1;
    true
}

impl Server {
    fn on_msg(&mut self, id: Id, from: Id, msg: Message, out: &mut Out<Member>) -> bool {
        let peers = || servers().filter(move |server| *server != id).collect::<Vec<_>>();
        if self.is_decided {
            if let (Get, Some((_, proposal))) = (msg, self.accepted) {
                out.send(from, GetOk(value_of(client(proposal))));
                return true;
            }
            return false;
        }
        match msg {
            Put if self.proposal.is_none() => {
                self.proposal = Some(from);
                self.ballot = (self.ballot.0 + 1, id);
                self.prepares = BTreeMap::from([(id, self.accepted)]);
                self.accepts.clear();
                out.broadcast(&peers(), &Prepare(self.ballot));
            }
            Prepare(ballot) if self.ballot < ballot => {
                self.ballot = ballot;
                out.send(from, Prepared(ballot, self.accepted));
            }
            Prepared(ballot, accepted) if ballot == self.ballot => {
                self.prepares.insert(from, accepted);
                if self.prepares.len() == majority(SERVERS) {
                    let kept = self.prepares.values().max().copied().flatten().map(|(_, proposal)| proposal);
                    let proposal = kept.or(self.proposal).expect("it was asked to propose");
                    self.proposal = Some(proposal);
                    self.accepted = Some((ballot, proposal));
                    self.accepts.insert(id);
                    out.broadcast(&peers(), &Accept(ballot, proposal));
                }
            }
            Accept(ballot, proposal) if self.ballot <= ballot => {
                self.ballot = ballot;
                self.accepted = Some((ballot, proposal));
                out.send(from, Accepted(ballot));
            }
            Accepted(ballot) if ballot == self.ballot => {
                self.accepts.insert(from);
                if self.accepts.len() == majority(SERVERS) {
                    self.is_decided = true;
                    let proposal = self.proposal.expect("it has proposed");
                    out.broadcast(&peers(), &Decided(ballot, proposal));
                    out.send(proposal, PutOk);
                }
            }
            Decided(ballot, proposal) => {
                self.ballot = ballot;
                self.accepted = Some((ballot, proposal));
                self.is_decided = true;
            }
            _ => return false,
        }
        true
    }
}

/// What a client has been answered.
fn record(_: &(), history: &History, envelope: Envelope<&Message>) -> Option<History> {
    let mut history = history.clone();
    match *envelope.msg {
        PutOk => drop(history.written(client(envelope.dst))),
        GetOk(value) => history.read(client(envelope.dst), value),
        _ => return None,
    }
    Some(history)
}

pub fn count(clients: usize, takes_all: bool) -> Counts {
    let model = ActorModel::new((), History::of(clients))
        .actors((0..SERVERS + clients).map(|_| Member { takes_all }))
        .init_network(Network::new_unordered_nonduplicating([]))
        .record_msg_in(record)
        .property(Expectation::Always, "linearizable", |_, state| state.history.is_linearizable());
    super::count(model)
}
