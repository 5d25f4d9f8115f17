//! The world of a seed: who is there, what the links promise, who says what when, and what goes wrong.

use std::collections::{BTreeSet, BinaryHeap};
use std::time::Duration;

use nodes::link::{DATAGRAM, Endpoint, Faults, Guarantee, Key, LinkDown, LinkId, MAX_DATAGRAM, Options, Peer, Plan, Wait};
use nodes::protocol::Random;

use super::{End, Process, World, address};

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
        script.push((at, random.range(300_000..=nodes::link::DEFAULT_MAX_MESSAGE)));
    }
    script.reverse();
    script
}
