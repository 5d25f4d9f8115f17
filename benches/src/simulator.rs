//! The simulator beside the crate simcore, on the same job: a ring on which every node has one message under way.
use nodes::network::Delay;
use nodes::prelude::*;
use nodes::run::{Initiators, Run};
use nodes::simulator::Simulation;

/// Goes round.
#[message]
pub struct Hop {
    left: u32,
    value: u64,
}

/// Awake or not.
#[states]
pub enum State {
    /// Has not started.
    #[default]
    Asleep,
    /// Passes on.
    Awake,
}

use State::*;

/// How many hops each message makes.
#[config]
pub struct Options {
    /// Hops.
    pub hops: u32,
}

/// Passes messages on: 32 bytes of state.
#[protocol(topology = Ring, initiators = All)]
pub struct Relay {
    state: State,
    hops: u32,
    seen: u64,
    sum: u64,
    last: u64,
}

#[protocol]
impl Relay {
    #[init]
    fn new(options: &Options) -> Self {
        Relay { state: Asleep, hops: options.hops, seen: 0, sum: 0, last: 0 }
    }

    #[on(Spontaneously in Asleep)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send(Port::new(0), Hop { left: self.hops, value: 1 });
        self.state = Awake;
    }

    #[on(Hop in Asleep | Awake)]
    fn hop(&mut self, msg: Hop, sender: Port, net: &mut Net<Self>) {
        self.seen += 1;
        self.sum = self.sum.wrapping_add(msg.value);
        self.last = msg.value;
        if msg.left > 0 {
            net.send_other_way(sender, Hop { left: msg.left - 1, value: msg.value + 1 });
        }
    }

    /// Nothing is counted that was not sent.
    #[always]
    fn counted(node: &Node<Self>) -> bool {
        node.seen < u64::MAX
    }
}

fn timed(n: usize, hops: u32, delay: Delay, properties: bool) -> (f64, u64) {
    let run = Run::<Relay>::on(nodes::topology::Topology::ring(n))
        .initiators(Initiators::All)
        .config(Options { hops })
        .delay(delay)
        .seed(1);
    let started = cpu();
    let finished = run.simulate_with(Simulation::new().properties(properties).most_finals(0)).unwrap();
    (cpu() - started, finished.messages())
}

/// Seconds of the processor that this process has had.
fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap();
    text.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1e9
}

/// The same job, a loop over arrays: typed message, outbox, counters.
fn bare(n: usize, hops: u32) -> f64 {
    #[derive(Clone, Copy)]
    enum Msg {
        Hop {
            left: u32,
            value: u64,
        },
        #[allow(dead_code)]
        Other(u64),
    }
    #[derive(Clone, Copy, Default)]
    struct Cell {
        seen: u64,
        sum: u64,
        last: u64,
        hops: u64,
    }
    let mut cells = vec![Cell::default(); n];
    let mut counts = [0u64; 2];
    let mut received = vec![0u64; n];
    let mut outbox: Vec<(u32, Msg)> = Vec::new();
    let mut queue: std::collections::VecDeque<(u32, u32, Msg)> =
        (0..n).map(|i| (i as u32, 0, Msg::Hop { left: hops, value: 1 })).collect();
    let started = cpu();
    let mut events = 0u64;
    while let Some((to, port, msg)) = queue.pop_front() {
        let cell = &mut cells[to as usize];
        match msg {
            Msg::Hop { left, value } => {
                cell.seen += 1;
                cell.sum = cell.sum.wrapping_add(value);
                cell.last = value;
                if left > 0 {
                    outbox.push((1 - port, Msg::Hop { left: left - 1, value: value + 1 }));
                }
            }
            Msg::Other(v) => cell.hops += v,
        }
        received[to as usize] += 1;
        for (port, msg) in outbox.drain(..) {
            counts[match msg {
                Msg::Hop { .. } => 0,
                Msg::Other(_) => 1,
            }] += 1;
            let next = if port == 1 {
                if to as usize + 1 == n { 0 } else { to + 1 }
            } else if to == 0 {
                n as u32 - 1
            } else {
                to - 1
            };
            queue.push_back((next, 1 - port, msg));
        }
        events += 1;
    }
    std::hint::black_box((&cells, &counts, &received));
    events as f64 / (cpu() - started) / 1e6
}

fn rss() -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() * 1024.0
}

fn main() {
    sizes();
    let only: Option<usize> = std::env::args().nth(1).and_then(|n| n.parse().ok());
    for n in [1_000, 100_000, 1_000_000] {
        if only.is_some_and(|only| only != n) {
            continue;
        }
        if std::env::var("EVENTS").is_err() {
            let mut rates = (0..3).map(|_| bare(n, (20_000_000 / n) as u32)).collect::<Vec<_>>();
            rates.sort_by(f64::total_cmp);
            println!("bare loop    n={n:8}: {:6.1} M/s   {rates:.1?}", rates[1]);
        }
        for (name, delay) in [
            ("unit", Delay::Unit),
            ("uniform", Delay::Uniform(millis(1), millis(1000))),
            ("exponential", Delay::Exponential(millis(100))),
        ] {
            if std::env::args().nth(2).is_some_and(|only| only != name) {
                continue;
            }
            let hops = (std::env::var("EVENTS").ok().and_then(|n| n.parse().ok()).unwrap_or(20_000_000usize) / n) as u32;
            let mut rates = (0..std::env::var("TIMES").ok().and_then(|n| n.parse().ok()).unwrap_or(3))
                .map(|_| {
                    let (base, few) = timed(n, 0, delay, false);
                    let (time, many) = timed(n, hops, delay, false);
                    (many - few) as f64 / (time - base) / 1e6
                })
                .collect::<Vec<_>>();
            rates.sort_by(f64::total_cmp);
            println!(
                "{name:12} n={n:8}: {:6.1} M/s   {rates:.1?}  peak {:.0} B/node",
                rates[rates.len() / 2],
                rss() / n as f64
            );
        }
    }
}

#[allow(dead_code)]
fn sizes() {
    use nodes::protocol::{Effect, Event, Ports, Protocol};
    println!(
        "msg {} effect {} ports {} event {} value {}",
        size_of::<<Relay as Protocol>::Msg>(),
        size_of::<Effect<<Relay as Protocol>::Msg, <Relay as Protocol>::Alarm>>(),
        size_of::<Ports>(),
        size_of::<Event<<Relay as Protocol>::Msg>>(),
        size_of::<serde_json::Value>()
    );
}
