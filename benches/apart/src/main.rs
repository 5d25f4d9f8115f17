//! The simulator beside the crate simcore and beside a bare loop, on the same job, in one run: a ring on which every node has
//! one message under way.
//!
//! `cargo run --release --manifest-path benches/apart/Cargo.toml -- 1000 unit` measures that row only.  Rates are millions of events a
//! second of processor time, the median of several runs, without setting up; machines are noisy, so compare the ratios.

mod bare;
#[path = "../../src/beside/job.rs"]
mod job;
mod peer;

use std::process::Command;

use job::{Beside, Job, Way};
use nodes::trace::Detail;

/// So many runs of each, in turn.
const TIMES: usize = 5;

fn main() {
    let arguments = std::env::args().skip(1).collect::<Vec<_>>();
    if let [memory, nodes] = &arguments[..]
        && memory == "memory"
    {
        return print!("{}", job::memory(nodes.parse().expect("a number of nodes")));
    }
    let wanted = |text: &str| arguments.is_empty() || arguments.iter().any(|wanted| wanted == text);
    let no_number = !arguments.iter().any(|argument| argument.parse::<usize>().is_ok());
    let no_delay = !arguments.iter().any(|argument| argument.parse::<usize>().is_err());
    println!("millions of events a second; `on`: with properties looked at after each event");
    println!(
        "{:>12} {:>8} {:>7} {:>8} {:>7} {:>7}   {:>9} {:>9}",
        "delay", "n", "limit", "simcore", "nodes", "on", "of limit", "x simcore"
    );
    for nodes in [1_000, 100_000, 1_000_000] {
        for way in [Way::Unit, Way::Uniform, Way::Exponential] {
            if (no_number || wanted(&nodes.to_string())) && (no_delay || wanted(way.name())) {
                row(nodes, way);
            }
        }
    }
    if arguments.is_empty() || wanted("trace") {
        recorded();
    }
    for nodes in [1_000_000usize, 10_000_000] {
        if arguments.is_empty() || (no_delay && wanted(&nodes.to_string())) {
            println!("{:>12} {nodes:>8} {:>7} bytes a node at the peak, 32 of them the protocol's", "memory", peak(nodes));
        }
    }
}

fn row(nodes: usize, way: Way) {
    let job = |events: usize| Job { nodes, hops: (events / nodes).max(1) as u32, way };
    let (ours, peers) = (job(10_000_000), job(if nodes > 10_000 { 2_000_000 } else { 4_000_000 }));
    let mut rates = [const { Vec::new() }; 4];
    for _ in 0..TIMES {
        rates[0].push(bare::rate(ours));
        rates[1].push(peer::rate(peers));
        rates[2].push(ours.rate(Beside::Nothing));
        rates[3].push(ours.rate(Beside::Properties));
    }
    let [limit, simcore, off, on] = rates.map(|mut rates| {
        rates.sort_by(f64::total_cmp);
        rates[TIMES / 2] / 1e6
    });
    println!(
        "{:>12} {nodes:>8} {limit:>7.1} {simcore:>8.2} {off:>7.1} {on:>7.1}   {:>8.0}% {:>9.1}",
        way.name(),
        100.0 * off / limit,
        off / simcore
    );
}

/// What a record costs, beside a run without one, which the loop with types makes.
fn recorded() {
    let job = Job { nodes: 1000, hops: 1000, way: Way::Unit };
    let ways = [Beside::Nothing, Beside::Recording(Detail::None), Beside::Recording(Detail::Full)];
    let mut rates = [const { Vec::new() }; 3];
    for _ in 0..TIMES {
        for (rates, beside) in rates.iter_mut().zip(ways) {
            rates.push(job.rate(beside));
        }
    }
    let [off, bare, full] = rates.map(|mut rates| {
        rates.sort_by(f64::total_cmp);
        rates[TIMES / 2] / 1e6
    });
    println!(
        "{:>12} {:>8} off {off:.1}, events {bare:.1} ({:.1} times as long), with contents and fields {full:.1} ({:.1} times)",
        "trace",
        job.nodes,
        off / bare,
        off / full
    );
}

/// The memory of a run in a process of its own, in bytes a node.
fn peak(nodes: usize) -> String {
    let this = std::env::current_exe().expect("this program");
    let output = Command::new(this).args(["memory", &nodes.to_string()]).output().expect("it runs");
    String::from_utf8(output.stdout).expect("a number")
}
