//! [Paxos](super::paxos) with all servers and clients on one node, where a message that changes nothing stays under way.

use std::collections::{BTreeMap, BTreeSet};

use nodes::prelude::*;

use super::history::{History, value_of};
use super::hosted::Actors;

const SERVERS: u32 = 3;

/// More than half of them.
const MAJORITY: usize = 2;

/// A round, and the server that began it.
type Ballot = (u32, u32);

/// The client whose value is proposed.
type Proposal = u32;

/// A message, and between whom: servers come first, then clients.
#[data]
#[derive(Copy, Eq, Hash, PartialOrd, Ord)]
pub struct Letter {
    from: u32,
    to: u32,
    what: What,
}

#[data]
#[derive(Copy, Eq, Hash, PartialOrd, Ord)]
enum What {
    Put,
    PutOk,
    Get,
    GetOk(u8),
    Prepare(Ballot),
    Prepared(Ballot, Option<(Ballot, Proposal)>),
    Accept(Ballot, Proposal),
    Accepted(Ballot),
    Decide(Ballot, Proposal),
}

#[data]
#[derive(Default, Eq, Hash)]
struct Server {
    ballot: Ballot,
    proposal: Option<Proposal>,
    prepared: BTreeMap<u32, Option<(Ballot, Proposal)>>,
    accepts: BTreeSet<u32>,
    accepted: Option<(Ballot, Proposal)>,
    is_decided: bool,
}

/// All servers and clients.
#[data]
#[derive(Eq, Hash)]
pub struct SingleDecree {
    servers: Vec<Server>,
    history: History,
}

impl Server {
    /// What it sends, to whom; nothing if the message changes nothing.
    fn take(&mut self, own: u32, from: u32, what: What) -> Option<Vec<(u32, What)>> {
        let to_others = |what| (0..SERVERS).filter(|to| *to != own).map(|to| (to, what)).collect::<Vec<_>>();
        if self.is_decided {
            let (_, proposal) = self.accepted.filter(|_| what == What::Get)?;
            return Some(vec![(from, What::GetOk(value_of(proposal as usize)))]);
        }
        let sent = match what {
            What::Put if self.proposal.is_none() => {
                self.proposal = Some(from - SERVERS);
                self.ballot = (self.ballot.0 + 1, own);
                self.prepared = BTreeMap::from([(own, self.accepted)]);
                self.accepts.clear();
                to_others(What::Prepare(self.ballot))
            }
            What::Prepare(ballot) if ballot > self.ballot => {
                self.ballot = ballot;
                vec![(from, What::Prepared(ballot, self.accepted))]
            }
            What::Prepared(ballot, accepted) if ballot == self.ballot => {
                self.prepared.insert(from, accepted);
                if self.prepared.len() != MAJORITY {
                    return Some(vec![]);
                }
                let kept = self.prepared.values().max().copied().flatten().map(|(_, proposal)| proposal);
                self.proposal = kept.or(self.proposal);
                let proposal = self.proposal?;
                self.accepted = Some((ballot, proposal));
                self.accepts.insert(own);
                to_others(What::Accept(ballot, proposal))
            }
            What::Accept(ballot, proposal) if ballot >= self.ballot => {
                self.ballot = ballot;
                self.accepted = Some((ballot, proposal));
                vec![(from, What::Accepted(ballot))]
            }
            What::Accepted(ballot) if ballot == self.ballot => {
                self.accepts.insert(from);
                if self.accepts.len() != MAJORITY {
                    return Some(vec![]);
                }
                self.is_decided = true;
                let proposal = self.proposal?;
                [to_others(What::Decide(ballot, proposal)), vec![(SERVERS + proposal, What::PutOk)]].concat()
            }
            What::Decide(ballot, proposal) => {
                self.ballot = ballot;
                self.accepted = Some((ballot, proposal));
                self.is_decided = true;
                vec![]
            }
            _ => return None,
        };
        Some(sent)
    }
}

impl SingleDecree {
    /// The same for a client.
    fn answer(&mut self, client: u32, what: What) -> Option<Vec<(u32, What)>> {
        match what {
            What::PutOk => self.history.written(client as usize).then(|| vec![((client + 1) % SERVERS, What::Get)]),
            What::GetOk(value) => {
                self.history.read(client as usize, value);
                Some(vec![])
            }
            _ => None,
        }
    }
}

impl Actors<Letter> for SingleDecree {
    fn start(clients: u32) -> (Self, Vec<Letter>) {
        let servers = vec![Server::default(); SERVERS as usize];
        let put = |client| Letter { from: SERVERS + client, to: client % SERVERS, what: What::Put };
        (SingleDecree { servers, history: History::of(clients as usize) }, (0..clients).map(put).collect())
    }

    fn deliver(&self, letter: &Letter) -> Vec<(Self, Vec<Letter>)> {
        let Letter { from, to: own, what } = *letter;
        let mut next = self.clone();
        let sent = match own.checked_sub(SERVERS) {
            Some(client) => next.answer(client, what),
            None => next.servers[own as usize].take(own, from, what),
        };
        let letters = |sent: Vec<(u32, What)>| sent.into_iter().map(|(to, what)| Letter { from: own, to, what }).collect();
        sent.map(|sent| (next, letters(sent))).into_iter().collect()
    }

    /// Each operation seems to take place at one moment between its call and its answer.
    fn is_well(&self) -> bool {
        self.history.is_linearizable()
    }
}
