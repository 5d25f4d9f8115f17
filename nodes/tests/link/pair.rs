//! Two endpoints, a virtual clock, and a network that does as a test says.

use std::net::SocketAddr;
use std::time::Duration;

use nodes::link::{Endpoint, Guarantee, Key, LinkId, MAX_DATAGRAM, Options, Peer};

/// The first link of either.
pub(crate) const LINK: LinkId = LinkId::new(0);

pub(crate) fn key() -> Key {
    Key::new([7; 32])
}

pub(crate) fn address(number: usize) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 7000 + number as u16))
}

/// A message as it was delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) link: LinkId,
    pub(crate) stamp: u64,
    pub(crate) bytes: Vec<u8>,
    pub(crate) duplicate: bool,
}

/// Endpoints 0 and 1, joined by links of the same number on both sides.
pub(crate) struct Pair {
    pub(crate) ends: [Endpoint; 2],
    pub(crate) now: Duration,
    /// Every datagram that left, with the number of its sender.
    pub(crate) sent: Vec<(usize, Vec<u8>)>,
}

impl Pair {
    pub(crate) fn new(guarantees: &[Guarantee], options: Options) -> Pair {
        let endpoint = |number: usize| {
            let mut endpoint = Endpoint::new(number as u32, 0, key(), options.clone());
            for (link, guarantee) in guarantees.iter().enumerate() {
                let address = Some(address(1 - number));
                endpoint.add_link(*guarantee, Peer { endpoint: 1 - number as u32, link: link as u32, incarnation: 0, address });
            }
            endpoint
        };
        Pair { ends: [endpoint(0), endpoint(1)], now: Duration::from_secs(1), sent: Vec::new() }
    }

    pub(crate) fn send(&mut self, from: usize, bytes: &[u8]) {
        self.ends[from].send(LINK, 1, bytes).expect("there is room");
    }

    /// What `from` has to say now.
    pub(crate) fn transmit(&mut self, from: usize) -> Vec<Vec<u8>> {
        let datagrams = transmit(&mut self.ends[from], self.now);
        self.sent.extend(datagrams.iter().map(|datagram| (from, datagram.clone())));
        datagrams
    }

    /// Gives `to` a datagram; returns what that delivers.
    pub(crate) fn hand(&mut self, to: usize, datagram: &[u8]) -> Vec<Message> {
        hand(&mut self.ends[to], self.now, address(1 - to), datagram)
    }

    /// Carries what `from` has to say to the other one; returns what that delivers.
    pub(crate) fn carry(&mut self, from: usize) -> Vec<Message> {
        self.transmit(from).iter().flat_map(|datagram| self.hand(1 - from, datagram)).collect()
    }

    /// Lets time pass until nothing more happens, over a network that drops what `drops` says, by the number of the sender and
    /// the datagram; returns what was delivered to each.
    pub(crate) fn settle(&mut self, mut drops: impl FnMut(usize, &[u8]) -> bool) -> [Vec<Message>; 2] {
        let mut delivered = [Vec::new(), Vec::new()];
        for _ in 0..1_000_000 {
            for from in [0, 1] {
                for datagram in self.transmit(from) {
                    if !drops(from, &datagram) {
                        let messages = self.hand(1 - from, &datagram);
                        delivered[1 - from].extend(messages);
                    }
                }
            }
            match self.ends.iter_mut().filter_map(Endpoint::poll_timeout).min() {
                Some(at) => self.now = self.now.max(at),
                None => return delivered,
            }
        }
        panic!("the endpoints do not come to rest");
    }
}

pub(crate) fn transmit(endpoint: &mut Endpoint, now: Duration) -> Vec<Vec<u8>> {
    let mut buffer = [0; MAX_DATAGRAM];
    let mut datagrams = Vec::new();
    while let Some(transmit) = endpoint.poll_transmit(now, &mut buffer) {
        datagrams.push(buffer[..transmit.len].to_vec());
    }
    datagrams
}

pub(crate) fn hand(endpoint: &mut Endpoint, now: Duration, from: SocketAddr, datagram: &[u8]) -> Vec<Message> {
    endpoint.handle(now, from, datagram);
    take(endpoint)
}

pub(crate) fn take(endpoint: &mut Endpoint) -> Vec<Message> {
    let mut messages = Vec::new();
    while let Some(delivery) = endpoint.poll_delivery() {
        let (stamp, duplicate) = (delivery.stamp, delivery.duplicate);
        messages.push(Message { link: delivery.link, stamp, bytes: delivery.payload.to_vec(), duplicate });
    }
    messages
}
