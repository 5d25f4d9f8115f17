//! The job, as a protocol.
#![allow(unreachable_pub, reason = "a protocol is written as its users write it")]

use std::io;

use State::*;
use nodes::network::Delay;
use nodes::prelude::*;
use nodes::run::{Initiators, Run};
use nodes::simulator::Simulation;
use nodes::topology::Topology;
use nodes::trace::Detail;

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

    /// Each hop counted is one that was made.
    #[always]
    fn counted(node: &Node<Self>) -> bool {
        node.sum >= node.seen
    }
}

/// How long messages take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// All equally long.
    Unit,
    /// One of a thousand times, each as likely.
    Uniform,
    /// Any time.
    Exponential,
}

impl Way {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Way::Unit => "unit",
            Way::Uniform => "uniform",
            Way::Exponential => "exponential",
        }
    }

    fn delay(self) -> Delay {
        match self {
            Way::Unit => Delay::Unit,
            Way::Uniform => Delay::Uniform(millis(1), millis(1000)),
            Way::Exponential => Delay::Exponential(millis(100)),
        }
    }
}

/// So many nodes, each of which sends a message that makes so many hops.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job {
    pub(crate) nodes: usize,
    pub(crate) hops: u32,
    pub(crate) way: Way,
}

/// What is done beside running.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Beside {
    Nothing,
    /// Properties are looked at after each event.
    Properties,
    /// The run is recorded, and the record thrown away.
    Recording(Detail),
}

impl Job {
    /// Events a second, without setting up.
    pub(crate) fn rate(self, beside: Beside) -> f64 {
        let (base, few) = Job { hops: 0, ..self }.timed(beside);
        let (time, many) = self.timed(beside);
        (many - few) as f64 / (time - base)
    }

    /// Seconds of the processor, and messages.
    fn timed(self, beside: Beside) -> (f64, u64) {
        let run = Run::<Relay>::on(Topology::ring(self.nodes))
            .initiators(Initiators::All)
            .config(Options { hops: self.hops })
            .delay(self.way.delay())
            .seed(1);
        let started = cpu();
        let simulation = Simulation::new().properties(beside == Beside::Properties).most_finals(0);
        let finished = if let Beside::Recording(detail) = beside {
            let (finished, out) = run.simulate_recorded(simulation, io::sink(), detail).expect("it runs");
            out.expect("a sink takes all");
            finished
        } else {
            run.simulate_with(simulation).expect("it runs")
        };
        assert!(finished.outcome().is_well());
        (cpu() - started, finished.messages())
    }
}

/// Seconds of the processor that this process has had.
pub(crate) fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").expect("Linux tells");
    let nanos = text.split_whitespace().next().and_then(|nanos| nanos.parse::<f64>().ok());
    nanos.expect("nanoseconds") / 1e9
}

/// The most memory that a run of so many nodes takes, in bytes a node.
pub(crate) fn memory(nodes: usize) -> u64 {
    let before = peak();
    Job { nodes, hops: 3, way: Way::Unit }.timed(Beside::Properties);
    (peak() - before) / nodes as u64
}

fn peak() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = text.lines().find(|line| line.starts_with("VmHWM"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)).and_then(|kib| kib.parse::<u64>().ok());
    kib.expect("a number of KiB") * 1024
}
