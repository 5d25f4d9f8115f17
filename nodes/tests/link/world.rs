//! A few endpoints, a virtual clock, and a network that does what networks do; all of it a function of a seed.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::Duration;

use nodes::link::{
    DATAGRAM, Delivery, Endpoint, Faults, Guarantee, Key, LinkDown, LinkId, MAX_DATAGRAM, Options, Peer, Plan, Transmit, Wait,
};
use nodes::protocol::Random;

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

/// A datagram on its way: when it arrives, a number that settles ties, from where, to whom.
type Flight = std::cmp::Reverse<(Duration, u64, usize, usize, Vec<u8>)>;

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
    (0..nodes::link::MAX_MESSAGE + 257).map(|_| random.bits() as u8).collect()
});

/// What a message says after its number: so much of the text, from a place that follows from the number.
fn rest(number: u64, len: usize) -> &'static [u8] {
    &TEXT[(number % 257) as usize..][..len - 8]
}

impl World {
    /// The world of a seed.
    pub(crate) fn new(seed: u64) -> World {
        let mut random = Random::stream(seed, "link world", 0);
        let count = random.range(1..=3usize);
        let key = Key::new([random.bits() as u8; 32]);
        let options = Options {
            ack_delay: *pick(&mut random, &[Duration::ZERO, Duration::from_millis(1), Duration::from_millis(10)]),
            calm_ack_delay: *pick(&mut random, &[Duration::ZERO, Duration::from_millis(10), Duration::from_millis(100)]),
            datagram: *pick(&mut random, &[DATAGRAM, MAX_DATAGRAM]),
            window_bytes: *pick(&mut random, &[1 << 14, 1 << 15, 1 << 18]),
            window_messages: *pick(&mut random, &[1024, 8192]),
            ..Options::default()
        };
        let ends_known = random.chance(0.7);
        let heal = Duration::from_millis(random.range(0..3000u64));
        let chance = |random: &mut Random, most: f64| if random.chance(0.5) { 0.0 } else { random.unit() * most };
        let plan = Plan {
            loss: chance(&mut random, 0.5),
            duplicate: chance(&mut random, 0.3),
            reorder: chance(&mut random, 0.5),
            wait: match random.range(0..4u32) {
                0 => Wait::Uniform(Duration::ZERO, Duration::from_millis(random.range(0..50))),
                1 => Wait::Exponential(Duration::from_micros(random.range(0..5000))),
                _ => Wait::None,
            },
            down: Vec::new(),
        };
        let mut processes: Vec<Process> = (0..count)
            .map(|number| Process {
                endpoint: Endpoint::new(number as u32, 0, key.clone(), options.clone()),
                incarnation: 0,
                restarts: Vec::new(),
                faults: Faults::new(Plan::default(), 0),
                ends: Vec::new(),
                idle_wakes: 0,
            })
            .collect();
        let links = random.range(1..=4usize);
        for _ in 0..links {
            let (a, b) = (random.range(0..count), random.range(0..count));
            let guarantee = *pick(&mut random, &[Guarantee::Fifo, Guarantee::Reliable, Guarantee::Lossy]);
            let at_a = processes[a].ends.len();
            let at_b = processes[b].ends.len() + usize::from(a == b);
            for (from, to, at_to, knows) in [(a, b, at_b, true), (b, a, at_a, ends_known)] {
                let address = knows.then_some(address(to));
                let peer = Peer { endpoint: to as u32, link: at_to as u32, incarnation: 0, address };
                processes[from].endpoint.add_link(guarantee, peer);
                // An end that must wait to be spoken to can only answer.
                let script = if knows || random.chance(0.7) { script(&mut random) } else { Vec::new() };
                processes[from].ends.push(End {
                    guarantee,
                    to: (to, LinkId::new(at_to as u32)),
                    script,
                    sent: 0,
                    arrived: BTreeSet::new(),
                    next: 0,
                    copies: 0,
                    pieces: 0,
                    restarted: false,
                    sent_before: 0,
                });
            }
            // The one that is known must be spoken to by the one that knows.
            let first = &mut processes[a].ends[at_a];
            if first.script.is_empty() {
                first.script.push((Duration::ZERO, 8));
            }
        }
        for (number, process) in processes.iter_mut().enumerate() {
            let mut plan = plan.clone();
            for link in 0..process.ends.len() as u32 {
                if random.chance(0.3) {
                    let from = Duration::from_millis(random.range(0..500));
                    plan.down.push(LinkDown { link: LinkId::new(link), during: from..from + heal });
                }
            }
            process.faults = Faults::new(plan, seed ^ number as u64);
        }
        let tampers = random.chance(0.5);
        let describe = format!("{count} endpoints, {links} links, {plan:?}, {options:?}");
        if random.chance(0.2) {
            for process in &mut processes {
                let mut restarts: Vec<_> =
                    (0..random.range(0..3)).map(|_| Duration::from_millis(random.range(0..1000))).collect();
                restarts.sort_by(|one, other| other.cmp(one));
                process.restarts = restarts;
            }
        }
        World {
            random,
            now: Duration::ZERO,
            processes,
            network: BinaryHeap::new(),
            order: 0,
            heard: Vec::new(),
            tampers,
            tampered: 0,
            key,
            options,
            describe,
            buffer: Box::new([0; MAX_DATAGRAM]),
            message: Vec::new(),
        }
    }

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

    fn carry(&mut self, from: usize, to: usize, bytes: Vec<u8>) {
        if self.tampers && self.random.chance(0.05) {
            self.tamper(from, to, bytes.clone());
        }
        let after = Duration::from_micros(self.random.range(10..60));
        self.fly(after, from, to, bytes);
    }

    fn fly(&mut self, after: Duration, from: usize, to: usize, bytes: Vec<u8>) {
        self.order += 1;
        self.network.push(std::cmp::Reverse((self.now + after, self.order, from, to, bytes)));
    }

    /// What an adversary without the key can do.
    fn tamper(&mut self, from: usize, to: usize, mut bytes: Vec<u8>) {
        self.tampered += 1;
        if self.heard.len() < 64 {
            self.heard.push((from, to, bytes.clone()));
        }
        let after = Duration::from_micros(self.random.range(0..100_000));
        match self.random.range(0..4u32) {
            0 => {
                let bit = self.random.below(bytes.len() as u64 * 8);
                bytes[bit as usize / 8] ^= 1 << (bit % 8);
                self.fly(after, from, to, bytes);
            }
            1 => {
                bytes.truncate(self.random.below(bytes.len() as u64) as usize);
                self.fly(after, from, to, bytes);
            }
            2 => {
                let other = self.random.below(self.processes.len() as u64) as usize;
                self.fly(after, from, other, bytes);
            }
            _ => {
                let old = self.random.below(self.heard.len() as u64) as usize;
                let (from, to, bytes) = self.heard[old].clone();
                self.fly(after, from, to, bytes);
            }
        }
    }

    /// All is quiet: has every message arrived as its link promises, and at a reasonable price?
    fn judge(&self) -> Result<Outcome, String> {
        let mut outcome = Outcome::from([("runs", 1), ("virtual ms", self.now.as_millis() as u64)]);
        for (number, process) in self.processes.iter().enumerate() {
            let mut wakes = 10;
            for (link, end) in process.ends.iter().enumerate() {
                let id = LinkId::new(link as u32);
                let stats = process.endpoint.link_stats(id);
                let there = &self.processes[end.to.0].ends[end.to.1.index()];
                let arrived = there.arrived.len() as u64;
                let received = self.processes[end.to.0].endpoint.link_stats(end.to.1);
                let always = [
                    ("unsent", end.script.len() as u64, 0),
                    ("stats.sent", stats.sent, end.sent - end.sent_before),
                    ("in flight", stats.in_flight(), 0),
                    ("queued", process.endpoint.queued(id) as u64, 0),
                ];
                let alive = [
                    ("delivered", stats.delivered, arrived),
                    ("lost", stats.lost, end.sent - arrived),
                    ("to the dead", stats.to_the_dead, 0),
                    ("received there", received.received, arrived),
                    ("copies there", received.duplicates, there.copies),
                ];
                let alive = alive.into_iter().filter(|_| !end.restarted);
                for (what, is, should) in always.into_iter().chain(alive) {
                    if is != should {
                        return Err(format!(
                            "link {link} of endpoint {number} ({:?}): {what} is {is}, not {should}",
                            end.guarantee
                        ));
                    }
                }
                if arrived < stats.delivered {
                    return Err(format!("link {link} of endpoint {number} calls more delivered than arrived"));
                }
                if end.guarantee != Guarantee::Lossy && stats.lost + received.duplicates > 0 {
                    return Err(format!("link {link} of endpoint {number} lost or copied"));
                }
                // Half of everything lost both ways: each piece is sent twice, or four times if it is alone and so waits for an
                // acknowledgement of its own.  Copies, delays and unlucky streaks come on top, but no flood.
                let most = 60 + 10 * end.pieces + 60 * u64::from(end.restarted);
                if stats.datagrams_sent > most {
                    return Err(format!(
                        "link {link} of endpoint {number} took {} datagrams for {} pieces: {stats:?}",
                        stats.datagrams_sent, end.pieces
                    ));
                }
                let cost =
                    [("messages", end.sent), ("lost", stats.lost), ("worst, in per cent", stats.datagrams_sent * 100 / most)];
                add(&mut outcome, &BTreeMap::from(cost));
                wakes += stats.datagrams_sent;
            }
            if process.endpoint.queued_total() != 0 {
                return Err(format!(
                    "endpoint {number} counts {} bytes that it does not have",
                    process.endpoint.queued_total()
                ));
            }
            if process.idle_wakes > wakes {
                return Err(format!("endpoint {number} woke {} times for nothing", process.idle_wakes));
            }
            let stats = process.endpoint.stats();
            let expected = if self.processes.iter().any(|process| process.incarnation > 0) {
                stats.rejected.total() - stats.rejected.incarnation
            } else {
                stats.rejected.total()
            };
            if expected > self.tampered || stats.rejected.malformed > 0 {
                return Err(format!("endpoint {number} rejected what was right: {:?}", stats.rejected));
            }
            add(&mut outcome, &BTreeMap::from([("datagrams", stats.datagrams_sent)]));
        }
        Ok(outcome)
    }
}

impl End {
    fn arrive(&mut self, stamp: u64, bytes: &[u8], duplicate: bool) -> Result<(), String> {
        let number = bytes.first_chunk().map(|first| u64::from_le_bytes(*first)).ok_or("a message that nobody sent")?;
        if rest(number, bytes.len()) != &bytes[8..] || stamp != number % 300 {
            return Err(format!("message {number} arrived damaged"));
        }
        if self.guarantee == Guarantee::Fifo && (number < self.next || (number > self.next && !self.restarted)) {
            return Err(format!("message {number} arrived, but {} is next", self.next));
        }
        self.next = number + 1;
        self.copies += u64::from(duplicate);
        if self.arrived.insert(number) == duplicate {
            return Err(format!("message {number} arrived again, or was wrongly called a copy"));
        }
        Ok(())
    }
}

fn pick<'a, T>(random: &mut Random, from: &'a [T]) -> &'a T {
    &from[random.below(from.len() as u64) as usize]
}

/// When to send how much: bursts, trickles, and now and then something large.
fn script(random: &mut Random) -> Vec<(Duration, usize)> {
    let count = *pick(random, &[0, 1, 10, 100, 400]);
    let gap = *pick(random, &[0, 0, 10, 1000, 20_000]);
    let large = *pick(random, &[0.0, 0.0, 0.02, 0.2]);
    let mut at = Duration::ZERO;
    let mut script: Vec<_> = (0..count)
        .map(|_| {
            at += Duration::from_micros(random.below(gap + 1));
            let len = if random.chance(large) { random.range(8..30_000) } else { random.range(8..80usize) };
            (at, len)
        })
        .collect();
    if random.chance(0.01) {
        script.push((at, random.range(300_000..=nodes::link::MAX_MESSAGE)));
    }
    script.reverse();
    script
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
