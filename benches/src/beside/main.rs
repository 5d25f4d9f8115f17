//! The jobs of the script `benches/beside`, which builds this program with two commits of `nodes` and runs both in turns.
//!
//! Each job prints its figure, a rate; the script measures the processor time of those that print none.  A first argument that
//! names no job begins a command line of `nodes::main!`.  One source for both commits: it may only use what both have.

mod compare;
#[allow(dead_code, reason = "it has more jobs than are of interest here")]
mod job;
mod stubborn;

#[allow(unreachable_pub, reason = "it is a module of a library, too")]
#[path = "../../../tests/src/benched.rs"]
mod benched;
#[allow(missing_docs, unreachable_pub, reason = "an example for users")]
#[path = "../../../examples/first.rs"]
mod first;

use std::cell::Cell;
use std::io;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Instant;

use benched::{Stream, relay::Journey, stream::Load};
use first::First;
use job::{Options, Relay, cpu};
use nodes::campaign::Campaign;
use nodes::network::{Delay, Faults, NotEnabled};
use nodes::prelude::*;
use nodes::process::{Processes, Progress};
use nodes::run::{Initiators, Run};
use nodes::simulator::{Order, Simulation, Steering};
use nodes::testing::Trial;
use nodes::topology::Topology;
use nodes::trace::Detail;
use stubborn::Stubborn;

/// The command line.
mod program {
    nodes::main!(super::Relay, super::Stubborn);

    pub(crate) fn run() -> std::process::ExitCode {
        main()
    }
}

fn main() -> ExitCode {
    nodes::node_of!(benched::Relay, Stream, First);
    let arguments = std::env::args().skip(1).collect::<Vec<_>>();
    let words = arguments.iter().map(String::as_str).collect::<Vec<_>>();
    match &words[..] {
        ["relay", nodes, delay, properties] => {
            let simulation = || Simulation::new().properties(*properties == "properties");
            print(rate(number(nodes), 10_000_000, &|run| simulated(&run.delay(delay_of(delay)), simulation())));
        }
        ["events", nodes, delay, properties, hops] => {
            let simulation = Simulation::new().properties(*properties == "properties");
            print(simulated(&relay(number(nodes), number(hops) as u32).delay(delay_of(delay)), simulation) as f64);
        }
        ["loss"] => {
            let faults = Faults { loss: 0.05, ..Faults::default() };
            print(rate(1000, 2_000_000, &|run| simulated(&run.faults(faults.clone()), Simulation::new())));
        }
        ["trace"] => print(rate(1000, 2_000_000, &recorded)),
        ["steered"] => {
            print(rate(1000, 2_000_000, &|run| simulated(&run, Simulation::new().steering(&mut Unmoved))));
        }
        ["runs"] => {
            let findings = Run::<Stubborn>::on("gnp:100,0.1").seed(1).campaign(Campaign::of(1000)).expect("they run");
            assert!(findings.is_well(), "{:?}", findings.failures);
        }
        ["trial"] => {
            let graphs = ["ring:50", "star:50", "grid:7x7", "gnp:50,0.1"];
            Trial::<First>::on(graphs).seeds(1000).must_hold();
            Trial::<Stubborn>::on(graphs).seeds(1000).must_hold();
        }
        ["ping-pong"] => print(passed_on("path:2", 20_000)),
        ["ring"] => print(passed_on("ring:100", 20_000)),
        ["stream"] => print(streamed(2_000_000)),
        ["start-up", nodes] => print(started(number(nodes))),
        ["compare", title, least] => return compare::rates(title, least.parse().ok()),
        ["compare-costs", title, most] => return compare::costs(title, most.parse().expect("a ratio")),
        _ => return program::run(),
    }
    ExitCode::SUCCESS
}

fn print(figure: f64) {
    println!("{figure}");
}

fn number(text: &str) -> usize {
    text.parse().expect("a number")
}

fn delay_of(text: &str) -> Delay {
    match text {
        "unit" => Delay::Unit,
        "uniform" => Delay::Uniform(millis(1), millis(1000)),
        _ => panic!("`{text}` is no delay of these jobs"),
    }
}

/// A ring on which each node sends a message that makes so many hops.
fn relay(nodes: usize, hops: u32) -> Run<Relay> {
    Run::<Relay>::on(Topology::ring(nodes)).initiators(Initiators::All).config(Options { hops }).seed(1)
}

/// How many messages a run of the relay sends.
fn simulated(run: &Run<Relay>, simulation: Simulation<'_>) -> u64 {
    let finished = run.simulate_with(simulation.most_finals(0)).expect("it runs");
    assert!(finished.outcome().is_well());
    finished.messages()
}

fn recorded(run: Run<Relay>) -> u64 {
    let simulation = Simulation::new().most_finals(0);
    let (finished, out) = run.simulate_recorded(simulation, io::sink(), Detail::default()).expect("it runs");
    out.expect("a sink takes all");
    finished.messages()
}

/// Events a second of processor time, without setting up.
fn rate(nodes: usize, events: usize, messages_of: &dyn Fn(Run<Relay>) -> u64) -> f64 {
    let timed = |hops| {
        let started = cpu();
        let messages = messages_of(relay(nodes, hops));
        (cpu() - started, messages)
    };
    let (base, few) = timed(0);
    let (time, many) = timed((events / nodes).max(1) as u32);
    (many - few) as f64 / (time - base)
}

/// Steers a run where it would go anyway.
struct Unmoved;

impl Steering for Unmoved {
    fn looks(&mut self) -> bool {
        false
    }

    fn next(&mut self) -> Order {
        Order::GoOn
    }

    fn made(&mut self, _made: Result<(), NotEnabled>) {}
}

/// Hops per second of one token between processes.
fn passed_on(topology: &str, hops: u32) -> f64 {
    let run = Run::<benched::Relay>::on(topology).wake([0]).config(Journey { hops }).seed(1);
    let finished = run.processes().expect("it runs");
    assert!(finished.outcome().is_well(), "{:?}", finished.explanation);
    finished.messages() as f64 / finished.document.time.wall_s
}

/// Messages per second from one process to another, 100 in a step.
fn streamed(messages: u32) -> f64 {
    let run = Run::<Stream>::on("path:2").config(Load { messages, at_once: 100 }).initiators(Initiators::One).seed(1);
    let finished = run.processes().expect("it runs");
    assert!(finished.outcome().is_well(), "{:?}", finished.explanation);
    finished.messages() as f64 / finished.document.time.wall_s
}

/// Processes per second that are started and set up.
#[allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn started(nodes: usize) -> f64 {
    let ready = Rc::new(Cell::new(0.0));
    let noted = Rc::clone(&ready);
    let begun = Instant::now();
    let how = Processes::new().watch(move |progress| {
        if progress == Progress::Ready(nodes) {
            noted.set(begun.elapsed().as_secs_f64());
        }
    });
    let run = Run::<First>::on(format!("random-tree:{nodes}").as_str()).seed(1);
    let finished = run.processes_with(how).expect("it runs");
    assert!(finished.outcome().is_well(), "{:?}", finished.explanation);
    nodes as f64 / ready.get()
}
