//! A register that a majority of servers keeps, after Attiya, Bar-Noy and Dolev: Stateright's example `linearizable-register`.

use std::collections::{BTreeMap, BTreeSet};

use nodes::prelude::*;

use super::history::{History, NOTHING, value_of};
use super::hosted::Actors;

/// The client that asked, and whether it writes.
type Request = (u32, bool);

/// When a value was written: a clock, and the server that wrote it.
type Time = (u32, u32);

/// A message between two servers, or a server and a client, which its request names.
#[data]
#[derive(Copy, Eq, Hash, PartialOrd, Ord)]
pub struct Letter {
    from: u32,
    to: u32,
    request: Request,
    what: What,
}

#[data]
#[derive(Copy, Eq, Hash, PartialOrd, Ord)]
pub enum What {
    Ask,
    Answer(u8),
    Query,
    Found(Time, u8),
    Record(Time, u8),
    Recorded,
}

/// What a server does.
#[data]
#[derive(Eq, Hash)]
enum Phase {
    Idle,
    /// It asks what others have.
    Querying(Request, BTreeMap<u32, (Time, u8)>),
    /// It tells others; what was read, and who has it.
    Recording(Request, u8, BTreeSet<u32>),
}

#[data]
#[derive(Eq, Hash)]
struct Server {
    time: Time,
    value: u8,
    phase: Phase,
}

/// All servers, and two clients.
#[data]
#[derive(Eq, Hash)]
pub struct Abd {
    servers: Vec<Server>,
    history: History,
}

impl Abd {
    const CLIENTS: u32 = 2;

    /// The letter with which a client asks: it reads through the server behind the one through which it has written.
    fn request(&self, client: u32, writes: bool) -> Letter {
        let servers = self.servers.len() as u32;
        let to = (servers + client + u32::from(!writes)) % servers;
        Letter { from: servers + client, to, request: (client, writes), what: What::Ask }
    }

    /// An answer arrives at its client.
    fn answered(&mut self, (client, writes): Request, value: u8) -> Option<Vec<Letter>> {
        if writes {
            return self.history.written(client as usize).then(|| vec![self.request(client, false)]);
        }
        self.history.read(client as usize, value);
        Some(vec![])
    }

    /// A letter arrives at a server: what that sends, or nothing if it changes nothing.
    fn served(&mut self, letter: &Letter) -> Option<Vec<Letter>> {
        let Letter { from, to: own, request, what } = *letter;
        let servers = self.servers.len() as u32;
        let majority = self.servers.len() / 2 + 1;
        let letter = |to, what| Letter { from: own, to, request, what };
        let to_others = |what| (0..servers).filter(|to| *to != own).map(|to| letter(to, what)).collect::<Vec<_>>();
        let server = &mut self.servers[own as usize];
        match (what, &mut server.phase) {
            (What::Ask, Phase::Idle) => {
                server.phase = Phase::Querying(request, BTreeMap::from([(own, (server.time, server.value))]));
                Some(to_others(What::Query))
            }
            (What::Query, _) => Some(vec![letter(from, What::Found(server.time, server.value))]),
            (What::Found(time, value), Phase::Querying(current, found)) if *current == request => {
                found.insert(from, (time, value));
                if found.len() != majority {
                    return Some(vec![]);
                }
                let (mut time, mut value) = found.values().copied().max().unwrap_or_default();
                let (client, writes) = request;
                if writes {
                    (time, value) = ((time.0 + 1, own), value_of(client as usize));
                }
                server.record(time, value);
                server.phase = Phase::Recording(request, value, BTreeSet::from([own]));
                Some(to_others(What::Record(time, value)))
            }
            (What::Record(time, value), _) => {
                server.record(time, value);
                Some(vec![letter(from, What::Recorded)])
            }
            (What::Recorded, Phase::Recording(current, value, have)) if *current == request && !have.contains(&from) => {
                have.insert(from);
                if have.len() != majority {
                    return Some(vec![]);
                }
                let answer = letter(servers + request.0, What::Answer(*value));
                server.phase = Phase::Idle;
                Some(vec![answer])
            }
            _ => None,
        }
    }
}

impl Server {
    /// Keeps the value that was written last.
    fn record(&mut self, time: Time, value: u8) {
        if time > self.time {
            (self.time, self.value) = (time, value);
        }
    }
}

impl Actors<Letter> for Abd {
    fn start(size: u32) -> (Self, Vec<Letter>) {
        let server = |own| Server { time: (0, own), value: NOTHING, phase: Phase::Idle };
        let actors = Abd { servers: (0..size).map(server).collect(), history: History::of(Self::CLIENTS as usize) };
        let asked = (0..Self::CLIENTS).map(|client| actors.request(client, true)).collect();
        (actors, asked)
    }

    fn deliver(&self, letter: &Letter) -> Vec<(Self, Vec<Letter>)> {
        let mut next = self.clone();
        let sent = match letter.what {
            What::Answer(value) => next.answered(letter.request, value),
            _ => next.served(letter),
        };
        sent.map(|sent| (next, sent)).into_iter().collect()
    }

    /// Each operation seems to take place at one moment between its call and its answer.
    fn is_well(&self) -> bool {
        self.history.is_linearizable()
    }
}
