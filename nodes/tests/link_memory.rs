//! What a link takes from the allocator: nothing for a message, once it runs; and no more than its windows, however bad the
//! network is.

use std::alloc::{GlobalAlloc, Layout, System};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use nodes::link::{
    DEFAULT_MAX_MESSAGE, Endpoint, Faults, Guarantee, Key, LARGEST_MAX_MESSAGE, LinkId, MAX_DATAGRAM, Options, Peer, Plan,
};
use nodes::protocol::Random;

/// The system's allocator, with what is asked of it counted.
struct Counting;

static CALLS: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);
static MOST: AtomicU64 = AtomicU64::new(0);

// SAFETY: every call is passed on as it is.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        CALLS.fetch_add(1, Relaxed);
        let bytes = BYTES.fetch_add(layout.size() as u64, Relaxed) + layout.size() as u64;
        MOST.fetch_max(bytes, Relaxed);
        // SAFETY: the caller's promise is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        BYTES.fetch_sub(layout.size() as u64, Relaxed);
        // SAFETY: the caller's promise is the same.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const LINK: LinkId = LinkId::new(0);

fn address(number: usize) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 7000 + number as u16))
}

/// Two endpoints that both send as much as they may, over a network of that plan.
struct Streams {
    ends: [Endpoint; 2],
    faults: [Faults; 2],
    now: Duration,
    sent: [u64; 2],
    arrived: [u64; 2],
}

impl Streams {
    fn new(guarantee: Guarantee, plan: &Plan, max_message: usize) -> Self {
        let endpoint = |number: usize| {
            let options = Options { max_message, ..Options::default() };
            let mut endpoint = Endpoint::new(number as u32, 0, Key::new([7; 32]), options);
            let address = Some(address(1 - number));
            endpoint.add_link(guarantee, Peer { endpoint: 1 - number as u32, link: 0, incarnation: 0, address });
            endpoint
        };
        Streams {
            ends: [endpoint(0), endpoint(1)],
            faults: [Faults::new(plan.clone(), 0), Faults::new(plan.clone(), 1)],
            now: Duration::ZERO,
            sent: [0; 2],
            arrived: [0; 2],
        }
    }

    /// Streams until that time; each end adds `batch` messages whenever it may, which is every 50 us at most.
    fn run(&mut self, until: Duration, batch: u64) {
        let mut buffer = [0; MAX_DATAGRAM];
        while self.now < until {
            for from in [0, 1] {
                for _ in 0..batch {
                    if self.ends[from].is_over_limit() {
                        break;
                    }
                    let mut message = [3; 32];
                    message[..8].copy_from_slice(&self.sent[from].to_le_bytes());
                    self.ends[from].send(LINK, 1, &message).expect("it is below the limit");
                    self.sent[from] += 1;
                }
                while let Some(transmit) = self.ends[from].poll_transmit(self.now, &mut buffer) {
                    self.faults[from].send(self.now, transmit, &buffer[..transmit.len]);
                }
                while let Some(transmit) = self.faults[from].poll_transmit(self.now, &mut buffer) {
                    let to = &mut self.ends[1 - from];
                    to.handle(self.now, address(from), &buffer[..transmit.len]);
                    while let Some(delivery) = to.poll_delivery() {
                        assert_eq!(delivery.payload.len(), 32);
                        self.arrived[1 - from] += u64::from(!delivery.duplicate);
                    }
                }
            }
            self.now += Duration::from_micros(50);
        }
    }
}

/// A peer that has the key and sends what no sender of ours would: runs of records all over the stream, and pieces of many
/// messages that claim to have `len` bytes.
fn flood(guarantee: Guarantee, endpoint: &mut Endpoint, len: usize) {
    let key = Key::new([7; 32]);
    let mut random = Random::stream(1, "flood", 0);
    let varint = |bytes: &mut Vec<u8>, mut value: u64| {
        while value >= 0x80 {
            bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
    };
    for number in 0..20_000u64 {
        let mut records = Vec::new();
        let at = if random.chance(0.5) {
            // A piece in the middle of a large message, or near its end.
            let index = if random.chance(0.5) { 5 } else { len as u64 / 1280 - 1 };
            [1280 * 2 + 1, index, len as u64, 1].iter().for_each(|value| varint(&mut records, *value));
            records.resize(records.len() + 1280, 7);
            number
        } else {
            // Empty messages, two bytes each.
            records.resize(1300, 0);
            let magnitude = random.below(24);
            random.below(1 << magnitude)
        };
        let mut datagram = vec![0; 16];
        datagram.push(0xA0 | guarantee as u8);
        [1u32, 0, 0, 0].iter().for_each(|word| datagram.extend(word.to_le_bytes()));
        datagram.push(3);
        varint(&mut datagram, at);
        varint(&mut datagram, records.len() as u64);
        datagram.extend(records);
        key.seal(&mut datagram);
        endpoint.handle(Duration::from_millis(number), address(0), &datagram);
        let mut buffer = [0; MAX_DATAGRAM];
        while endpoint.poll_transmit(Duration::from_millis(number), &mut buffer).is_some() {}
        // The engine does not even take what is delivered.
    }
}

/// One test, since the allocator is one for all.
#[test]
fn links_allocate_when_they_begin_and_then_no_more() {
    for guarantee in [Guarantee::Fifo, Guarantee::Reliable, Guarantee::Lossy] {
        // Coalesced, and one by one.
        for batch in [100, 1] {
            let mut streams = Streams::new(guarantee, &Plan::default(), DEFAULT_MAX_MESSAGE);
            streams.run(Duration::from_millis(100), batch);
            let (calls, arrived) = (CALLS.load(Relaxed), streams.arrived);
            streams.run(Duration::from_millis(200), batch);
            let calls = CALLS.load(Relaxed) - calls;
            assert!(streams.arrived[0] - arrived[0] >= batch * 1900, "{guarantee:?}: {} messages", streams.arrived[0]);
            assert_eq!(
                calls,
                0,
                "{guarantee:?}, {batch} at a time: allocations for {} messages",
                streams.arrived[0] - arrived[0]
            );
        }

        // Both directions without a pause, half of all datagrams lost: neither stands still, nor takes more and more.
        let plan = Plan { loss: 0.5, duplicate: 0.1, reorder: 0.2, ..Plan::default() };
        let before = BYTES.load(Relaxed);
        MOST.store(before, Relaxed);
        let mut streams = Streams::new(guarantee, &plan, DEFAULT_MAX_MESSAGE);
        let mut arrived = [0; 2];
        for second in 1..=2 {
            streams.run(Duration::from_secs(second), 100);
            for end in [0, 1] {
                let news = streams.arrived[end] - arrived[end];
                assert!(news > 20_000, "{guarantee:?}: {news} messages came to {end} in second {second}");
            }
            arrived = streams.arrived;
        }
        let most = MOST.load(Relaxed) - before;
        // Two outboxes of 1 MiB and a message, each in a ring of 2 MiB that was doubled once; windows of 256 KiB; the rest.
        assert!(most < 10 << 20, "{guarantee:?}: {most} bytes");
        drop(streams);

        // A peer that breaks every rule gets windows of 256 KiB, four large messages half arrived, and queues of 1 MiB or two: what a
        // message claims to be takes no memory.
        for max_message in [DEFAULT_MAX_MESSAGE, LARGEST_MAX_MESSAGE] {
            let mut streams = Streams::new(guarantee, &Plan::default(), max_message);
            let before = BYTES.load(Relaxed);
            MOST.store(before, Relaxed);
            flood(guarantee, &mut streams.ends[1], max_message);
            let most = MOST.load(Relaxed) - before;
            assert!(most < 10 << 20, "{guarantee:?}: {most} bytes for a flood of messages of up to {max_message}");
        }
    }
}
