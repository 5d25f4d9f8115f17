//! What clients of a register asked for and were answered.

use nodes::prelude::*;

/// The value of a register that no client has written.
pub const NOTHING: u8 = 0;

/// What a client writes.
pub fn value_of(client: usize) -> u8 {
    client as u8 + 1
}

/// Each client writes its value when the run begins, and reads once that is acknowledged.  What one client does orders it after what
/// others had finished before it began.
#[data]
#[derive(Eq, Hash)]
pub struct History {
    clients: Vec<Client>,
}

/// One client.
#[data]
#[derive(Default, Eq, Hash)]
struct Client {
    /// How many of its two operations are finished.
    finished: u8,
    /// When it began to read: how many operations each client had finished.
    before: Vec<u8>,
    /// What it read.
    read: u8,
}

impl History {
    /// All clients write.
    pub fn of(clients: usize) -> Self {
        History { clients: vec![Client::default(); clients] }
    }

    /// How many clients there are.
    pub fn clients(&self) -> usize {
        self.clients.len()
    }

    /// The write of a client is acknowledged, and it begins to read.  Returns whether it was waiting for that.
    pub fn written(&mut self, client: usize) -> bool {
        let waits = self.clients[client].finished == 0;
        if waits {
            let others = self.clients.iter().enumerate().map(|(other, done)| if other == client { 0 } else { done.finished });
            self.clients[client].before = others.collect();
            self.clients[client].finished = 1;
        }
        waits
    }

    /// A client has read.
    pub fn read(&mut self, client: usize, value: u8) {
        let client = &mut self.clients[client];
        if client.finished == 1 {
            *client = Client { finished: 2, read: value, ..client.clone() };
        }
    }

    /// Whether the operations can be put in an order that keeps theirs, and in which each read finds what was written last.
    pub fn is_linearizable(&self) -> bool {
        self.continues(&mut vec![0; self.clients.len()], NOTHING)
    }

    /// Whether the order can go on, where so many operations of each client have taken place, and the register has that value.
    fn continues(&self, taken: &mut Vec<u8>, value: u8) -> bool {
        if self.clients.iter().zip(&*taken).all(|(client, taken)| *taken >= client.finished) {
            return true;
        }
        (0..self.clients.len()).any(|place| {
            let client = &self.clients[place];
            let value = match taken[place] {
                0 => value_of(place),
                1 if client.finished == 2
                    && client.read == value
                    && client.before.iter().zip(&*taken).all(|(had, taken)| had <= taken) =>
                {
                    value
                }
                _ => return false,
            };
            taken[place] += 1;
            let continues = self.continues(taken, value);
            taken[place] -= 1;
            continues
        })
    }
}
