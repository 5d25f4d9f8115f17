//! What a link costs, without socket and system: queueing, writing a datagram with its MAC, checking and reading it, delivering,
//! and the acknowledgements on the way back; both sides together.
//!
//! `cargo bench --manifest-path benches/apart/Cargo.toml --bench link`.  The limit beside it: the system alone takes 3.4-5.4 us to
//! carry a datagram from one socket to another of the same process, and 7.7 M messages/s (130 ns each) is what bytes/32 gives for
//! datagrams of 1408 bytes.

use std::hint::black_box;
use std::net::SocketAddr;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nodes::link::{Endpoint, Guarantee, Key, LinkId, MAX_DATAGRAM, Options, Peer};

struct Pair {
    one: Endpoint,
    two: Endpoint,
    now: Duration,
}

const LINK: LinkId = LinkId::new(0);

fn address(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

impl Pair {
    fn new(guarantee: Guarantee) -> Self {
        let endpoint = |number: u32| {
            let mut endpoint = Endpoint::new(number, 0, Key::new([7; 32]), Options::default());
            let peer = Peer { endpoint: 3 - number, link: 0, incarnation: 0, address: Some(address(3 - number as u16)) };
            endpoint.add_link(guarantee, peer);
            endpoint
        };
        Pair { one: endpoint(1), two: endpoint(2), now: Duration::ZERO }
    }

    /// Sends so many messages one way, `together` before each time that the sender transmits; returns how many arrived.
    fn stream(&mut self, messages: u64, together: u64) -> u64 {
        let mut arrived = 0;
        for _ in 0..messages / together {
            for number in 0..together {
                self.one.send(LINK, 1, black_box(&[number as u8; 32])).expect("the outbox has room");
            }
            arrived += carry(self.now, &mut self.one, &mut self.two, 1);
            self.now += Duration::from_micros(5);
            carry(self.now, &mut self.two, &mut self.one, 2);
        }
        // What the windows held back.
        while self.one.queued_total() > 0 {
            self.now += Duration::from_millis(1);
            arrived += carry(self.now, &mut self.one, &mut self.two, 1);
            carry(self.now, &mut self.two, &mut self.one, 2);
        }
        arrived
    }

    /// To and fro.
    fn ping_pong(&mut self, rounds: u64) -> u64 {
        let mut arrived = 0;
        for number in 0..rounds {
            self.one.send(LINK, 1, black_box(&[number as u8; 32])).expect("the outbox has room");
            arrived += carry(self.now, &mut self.one, &mut self.two, 1);
            self.two.send(LINK, 1, black_box(&[number as u8; 32])).expect("the outbox has room");
            arrived += carry(self.now, &mut self.two, &mut self.one, 2);
            self.now += Duration::from_micros(20);
        }
        arrived
    }
}

/// Carries everything that leaves `from` to `to`; returns how many messages that delivers.
fn carry(now: Duration, from: &mut Endpoint, to: &mut Endpoint, port: u16) -> u64 {
    let mut buffer = [0; MAX_DATAGRAM];
    let mut arrived = 0;
    while let Some(transmit) = from.poll_transmit(now, &mut buffer) {
        to.handle(now, address(port), &buffer[..transmit.len]);
        while let Some(delivery) = to.poll_delivery() {
            arrived += u64::from(black_box(delivery).payload.len() == 32);
        }
    }
    arrived
}

const MESSAGES: u64 = 36_000;

fn links(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("message of 32 bytes, both sides");
    group.throughput(Throughput::Elements(MESSAGES));
    for guarantee in [Guarantee::Fifo, Guarantee::Reliable, Guarantee::Lossy] {
        for (name, together) in [("one per datagram", 1), ("coalesced", 3600)] {
            let mut pair = Pair::new(guarantee);
            group.bench_function(format!("{guarantee:?}, {name}"), |bencher| {
                bencher.iter(|| assert_eq!(pair.stream(MESSAGES, together), MESSAGES));
            });
        }
    }
    let mut pair = Pair::new(Guarantee::Fifo);
    group.bench_function("Fifo, to and fro", |bencher| {
        bencher.iter(|| assert_eq!(pair.ping_pong(MESSAGES / 2), MESSAGES));
    });
    group.finish();
}

/// The part of the above that the MAC takes: twice this for each datagram.
fn macs(criterion: &mut Criterion) {
    use std::hash::Hasher;

    use siphasher::sip128::{Hasher128, SipHasher24};

    let mut group = criterion.benchmark_group("MAC");
    for len in [64, MAX_DATAGRAM - 16] {
        group.throughput(Throughput::Bytes(len as u64));
        group.bench_function(format!("{len} bytes"), |bencher| {
            let bytes = vec![1; len];
            bencher.iter(|| {
                let mut hasher = SipHasher24::new_with_key(black_box(&[7; 16]));
                hasher.write(black_box(&bytes));
                hasher.finish128().as_u128()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, links, macs);
criterion_main!(benches);
