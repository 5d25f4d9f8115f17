//! A register of which each server keeps a copy, and no server tells another: Stateright's example `single-copy-register`.

use nodes::prelude::*;

use super::history::{History, NOTHING, value_of};
use super::hosted::Actors;

/// A message between a client and a server.
#[data]
#[derive(Copy, Eq, Hash, PartialOrd, Ord)]
pub struct Letter {
    client: u32,
    what: What,
}

#[data]
#[derive(Copy, Eq, Hash, PartialOrd, Ord)]
pub enum What {
    /// To that server.
    Write(u32),
    Written,
    /// To that server.
    Read(u32),
    Found(u8),
}

/// All servers, each by its value, and two clients.
#[data]
#[derive(Eq, Hash)]
pub struct SingleCopy {
    servers: Vec<u8>,
    history: History,
}

impl SingleCopy {
    const CLIENTS: u32 = 2;

    /// A client reads from the server behind the one to which it has written.
    fn server(&self, client: u32, operation: u32) -> u32 {
        let servers = self.servers.len() as u32;
        (servers + client + operation) % servers
    }
}

impl Actors<Letter> for SingleCopy {
    fn start(size: u32) -> (Self, Vec<Letter>) {
        let history = History::of(Self::CLIENTS as usize);
        let actors = SingleCopy { servers: vec![NOTHING; size as usize], history };
        let write = |client| Letter { client, what: What::Write(actors.server(client, 0)) };
        let written = (0..Self::CLIENTS).map(write).collect();
        (actors, written)
    }

    fn deliver(&self, &Letter { client, what }: &Letter) -> Vec<(Self, Vec<Letter>)> {
        let mut next = self.clone();
        let answer = match what {
            What::Write(server) => {
                next.servers[server as usize] = value_of(client as usize);
                Some(What::Written)
            }
            What::Written if next.history.written(client as usize) => Some(What::Read(self.server(client, 1))),
            What::Written => return vec![],
            What::Read(server) => Some(What::Found(self.servers[server as usize])),
            What::Found(value) => {
                next.history.read(client as usize, value);
                None
            }
        };
        vec![(next, answer.map(|what| Letter { client, what }).into_iter().collect())]
    }

    /// Each operation seems to take place at one moment between its call and its answer.
    fn is_well(&self) -> bool {
        self.history.is_linearizable()
    }
}
