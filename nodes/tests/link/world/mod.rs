//! A few endpoints, a virtual clock, and a network that does what networks do; all of it a function of a seed.

mod generate;
mod judge;
mod network;

use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::Duration;

use nodes::link::{Delivery, Endpoint, Faults, Guarantee, Key, LinkId, MAX_DATAGRAM, Options, Peer, Transmit};
use nodes::protocol::Random;

use self::network::Flight;

/// How one link end is used: which end it leads to, and how much is sent into it.
struct End {
    guarantee: Guarantee,
    /// Endpoint and link at the other side.
    to: (usize, LinkId),
    /// The times and lengths of messages still to be sent, the next one last.
    script: Vec<(Duration, usize)>,
    sent: u64,
    /// What has arrived, by number, with how often it was not called a copy.
    arrived: BTreeSet<u64>,
    next: u64,
    copies: u64,
    /// How many pieces, of at most a datagram each, the messages that were sent come to.
    pieces: u64,
    /// Whether the process at either end has been restarted, and how many messages a former life had sent.
    restarted: bool,
    sent_before: u64,
}

struct Process {
    endpoint: Endpoint,
    incarnation: u32,
    /// When it will be killed and started again, the next time last.
    restarts: Vec<Duration>,
    faults: Faults,
    ends: Vec<End>,
    /// How often it was woken by a timer alone and had nothing to say.
    idle_wakes: u64,
}

/// A run.
pub(crate) struct World {
    random: Random,
    now: Duration,
    processes: Vec<Process>,
    network: BinaryHeap<Flight>,
    order: u64,
    /// Datagrams that the network has seen and may say again.
    heard: Vec<(usize, usize, Vec<u8>)>,
    tampers: bool,
    tampered: u64,
    key: Key,
    options: Options,
    describe: String,
    /// Where datagrams are written.
    buffer: Box<[u8; MAX_DATAGRAM]>,
    /// Where messages are written.
    message: Vec<u8>,
}

/// What a run cost, by name.
type Outcome = BTreeMap<&'static str, u64>;

fn address(process: usize) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, process as u8 + 1], 4000))
}

/// What messages are cut from: bytes that follow no short pattern.
static TEXT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut random = Random::stream(0, "link text", 0);
    (0..nodes::link::DEFAULT_MAX_MESSAGE + 257).map(|_| random.bits() as u8).collect()
});

/// What a message says after its number: so much of the text, from a place that follows from the number.
fn rest(number: u64, len: usize) -> &'static [u8] {
    &TEXT[(number % 257) as usize..][..len - 8]
}

impl World {
    /// Runs until everything has arrived and all is quiet.
    pub(crate) fn run(mut self) -> Result<Outcome, String> {
        let described = |world: &World, what: String| Err(format!("{what}\n  at {:?}, in {}", world.now, world.describe));
        let mut steps = 0u64;
        loop {
            if let Err(what) = self.step() {
                return described(&self, what);
            }
            steps += 1;
            if steps > 3_000_000 || self.now > Duration::from_secs(900) {
                return described(&self, format!("no end after {steps} steps"));
            }
            match self.next_event() {
                Some(next) if next < self.now => self.now += Duration::from_nanos(1),
                Some(next) => self.now = next,
                None => break,
            }
        }
        match self.judge() {
            Ok(outcome) => Ok(outcome),
            Err(what) => described(&self, what),
        }
    }

    fn next_event(&mut self) -> Option<Duration> {
        let mut next = self.network.peek().map(|flight| flight.0.0);
        for process in &mut self.processes {
            let script = process.ends.iter().filter_map(|end| end.script.last().map(|line| line.0)).min();
            let restart = process.restarts.last().copied();
            next = [next, script, restart, process.endpoint.poll_timeout(), process.faults.poll_timeout()]
                .into_iter()
                .flatten()
                .min();
        }
        next
    }

    /// A process is killed, and started again with nothing but a higher incarnation.  Of its neighbours' it may know or not.
    fn restart(&mut self, number: usize) {
        let knows = self.random.chance(0.5);
        self.processes[number].restarts.pop();
        self.processes[number].incarnation += 1;
        let incarnation = self.processes[number].incarnation;
        let mut endpoint = Endpoint::new(number as u32, incarnation, self.key.clone(), self.options.clone());
        for end in &self.processes[number].ends {
            let known = if knows || end.to.0 == number { self.processes[end.to.0].incarnation } else { 0 };
            let (to, link) = (end.to.0, end.to.1.index() as u32);
            let peer = Peer { endpoint: to as u32, link, incarnation: known, address: Some(address(to)) };
            endpoint.add_link(end.guarantee, peer);
        }
        self.processes[number].endpoint = endpoint;
        for process in &mut self.processes {
            for end in &mut process.ends {
                end.restarted |= end.to.0 == number;
            }
        }
        for end in &mut self.processes[number].ends {
            end.restarted = true;
            end.sent_before = end.sent;
            // It speaks first: a neighbour may be waiting to learn where it is.
            end.script.push((self.now, 8));
        }
    }

    fn step(&mut self) -> Result<(), String> {
        for number in 0..self.processes.len() {
            while self.processes[number].restarts.last().is_some_and(|at| *at <= self.now) {
                self.restart(number);
            }
        }
        let mut woken = vec![false; self.processes.len()];
        while self.network.peek().is_some_and(|flight| flight.0.0 <= self.now) {
            let Some(std::cmp::Reverse((_, _, from, to, bytes))) = self.network.pop() else { break };
            woken[to] = true;
            let process = &mut self.processes[to];
            process.endpoint.handle(self.now, address(from), &bytes);
            while let Some(Delivery { link, stamp, payload, duplicate }) = process.endpoint.poll_delivery() {
                process.ends[link.index()].arrive(stamp, payload, duplicate)?;
            }
        }
        for (number, woken) in woken.into_iter().enumerate() {
            self.speak(number, woken)?;
        }
        Ok(())
    }

    fn speak(&mut self, number: usize, mut woken: bool) -> Result<(), String> {
        let now = self.now;
        let process = &mut self.processes[number];
        for (link, end) in process.ends.iter_mut().enumerate() {
            // The first message is always sent: it may be what tells the other side where this one is.
            while end.script.last().is_some_and(|line| line.0 <= now) && (end.sent == 0 || !process.endpoint.is_over_limit()) {
                let Some((_, len)) = end.script.pop() else { break };
                self.message.clear();
                self.message.extend_from_slice(&end.sent.to_le_bytes());
                self.message.extend_from_slice(rest(end.sent, len));
                let sent = process.endpoint.send(LinkId::new(link as u32), end.sent % 300, &self.message);
                sent.map_err(|error| error.to_string())?;
                end.sent += 1;
                end.pieces += 1 + len as u64 / 1200;
                woken = true;
            }
            // What could not be sent is tried again soon.
            if let Some(line) = end.script.last_mut().filter(|line| line.0 <= now) {
                line.0 = now + Duration::from_millis(1);
            }
        }
        let buffer = &mut *self.buffer;
        let mut spoke = 0;
        let rang = process.endpoint.poll_timeout().is_some_and(|timer| timer <= now);
        while let Some(transmit) = process.endpoint.poll_transmit(now, buffer) {
            process.faults.send(now, transmit, &buffer[..transmit.len]);
            spoke += 1;
            if spoke > 100_000 {
                return Err("an endpoint does not stop to transmit".into());
            }
        }
        let timer = process.endpoint.poll_timeout();
        if timer.is_some_and(|timer| timer <= now) {
            return Err(format!("a timer for {timer:?} after everything was transmitted: a busy loop"));
        }
        let mut left = Vec::new();
        while let Some(transmit) = process.faults.poll_transmit(now, buffer) {
            left.push((transmit, buffer[..transmit.len].to_vec()));
        }
        process.idle_wakes += u64::from(rang && !woken && spoke == 0);
        for (Transmit { to, .. }, bytes) in left {
            let to = (0..self.processes.len()).find(|process| address(*process) == to).ok_or("sent to nowhere")?;
            self.carry(number, to, bytes);
        }
        Ok(())
    }
}

/// Runs the world of each seed; the error says how to run the failing one again.
pub(crate) fn run_seeds(seeds: impl Iterator<Item = u64>) -> Result<BTreeMap<&'static str, u64>, String> {
    let mut sums = BTreeMap::new();
    for seed in seeds {
        let outcome = World::new(seed)
            .run()
            .map_err(|what| format!("{what}\n  again: cargo run --release -p nodes --example link_seeds -- --seed {seed}"))?;
        add(&mut sums, &outcome);
    }
    Ok(sums)
}

/// Adds up what runs have cost, or, of what is called worst, takes the worst.
pub(crate) fn add(sums: &mut BTreeMap<&'static str, u64>, more: &BTreeMap<&'static str, u64>) {
    for (what, count) in more {
        let sum = sums.entry(what).or_default();
        *sum = if what.starts_with("worst") { *count.max(sum) } else { *sum + count };
    }
}
