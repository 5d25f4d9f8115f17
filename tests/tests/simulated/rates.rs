//! Links and nodes that have rates: when messages arrive follows from formulas.

use nodes::network::{Bandwidth, Crash, Delay, Faults, LinkCut, OnCrash, Rate, Uplink};
use nodes::prelude::*;
use nodes::process::Processes;
use nodes::protocol::Links;
use nodes::run::{AnyRun, Document, Initiators, Outcome};
use nodes::simulator::{Simulation, Types};
use nodes::topology::Topology;
use nodes_tests::started::start;
use nodes_tests::with_types;

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

#[message]
struct Parcel {
    number: u8,
    bytes: Bytes,
}

#[config]
struct Load {
    /// parcels to each neighbour
    #[default(1)]
    parcels: u8,
    /// bytes in each parcel
    #[default(1000)]
    size: usize,
}

/// An impulse sends parcels to all neighbours; each node notes what arrives.
#[protocol]
struct Shipping {
    parcels: u8,
    size: usize,
    /// The parcels that arrived, with their times, in nanoseconds.
    arrived: Vec<(u8, u64)>,
}

#[protocol]
impl Shipping {
    #[init]
    fn new(load: &Load) -> Self {
        Shipping { parcels: load.parcels, size: load.size, arrived: Vec::new() }
    }

    #[on(Spontaneously)]
    fn ship(&mut self, net: &mut Net<Self>) {
        for number in 0..self.parcels {
            net.send_to_all(Parcel { number, bytes: vec![number; self.size].into() });
        }
    }

    #[on(Parcel)]
    fn take(&mut self, msg: Parcel, net: &mut Net<Self>) {
        assert!(msg.bytes.iter().all(|byte| *byte == msg.number));
        self.arrived.push((msg.number, net.now().as_nanos() as u64));
    }
}

#[message]
struct Token {
    hops: u8,
}

/// A token goes round a ring, three times.
#[protocol]
struct Ring {}

#[protocol]
impl Ring {
    #[on(Spontaneously)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send(Port::new(0), Token { hops: 29 });
    }

    #[on(Token)]
    fn pass(&mut self, msg: Token, sender: Port, net: &mut Net<Self>) {
        if msg.hops > 0 {
            net.send(Port::new(1 - sender.index()), Token { hops: msg.hops - 1 });
        }
    }
}

/// Of every message, in nanoseconds.
const DELAY: u64 = 5_000_000;

/// Node 0 ships so many parcels to each neighbour.
fn shipping(graph: &str, parcels: u8) -> AnyRun {
    let run = AnyRun::of(&with_types::<Shipping>()).topology(graph).config(Box::new(Load { parcels, size: 1000 }));
    let delay = Duration::from_nanos(DELAY);
    run.delay(Delay::Uniform(delay, delay)).wake([0]).seed(3)
}

fn rate(text: &str) -> Rate {
    text.parse().expect("a rate")
}

/// What came of a run: its document, and what arrived at each node, and when.
struct Shipped {
    document: Document,
    arrived: Vec<Vec<(u8, u64)>>,
}

impl Shipped {
    /// Of a run that is made alike by both loops.
    fn of(run: &AnyRun) -> Self {
        let by = |types| {
            let finished = run.by(Simulation::new().types(types)).expect("it runs").of::<Shipping>();
            let world = finished.world.as_ref().expect("it has ended");
            let arrived = world.nodes().map(|node| node.protocol().arrived.clone()).collect();
            Shipped { document: finished.document, arrived }
        };
        let (with, without) = (by(Types::With), by(Types::Without));
        assert_eq!((&with.arrived, &with.document.links), (&without.arrived, &without.document.links));
        with
    }

    /// How long each of its messages takes at that rate.
    fn takes(&self, rate: Rate) -> u64 {
        let (messages, bytes) = (&self.document.messages, self.document.messages.max_bytes);
        assert_eq!(messages.bytes, messages.total * bytes, "all are equally long");
        (8_000_000_000 * bytes).div_ceil(rate.bits_per_second())
    }

    fn times(&self, node: usize) -> Vec<u64> {
        self.arrived[node].iter().map(|(_, at)| *at).collect()
    }
}

/// One behind the other, from the start.
fn in_turn(parcels: u64, each: u64) -> Vec<u64> {
    (1..=parcels).map(|place| place * each + DELAY).collect()
}

#[test]
fn an_uplink_sends_a_star_one_message_behind_the_other() {
    for (uplink, clients) in [("20Mbit/s", 1), ("0@1Mbit/s", 4), ("3Mbit/s,2@1bit/s", 50)] {
        let uplink: Uplink = uplink.parse().expect("an uplink");
        let shipped = Shipped::of(&shipping(&format!("star:{}", clients + 1), 1).uplink(uplink.clone()));
        let each = shipped.takes(uplink.of_nodes(1, 0)[0].expect("node 0 has a rate"));
        let times = (1..=clients).flat_map(|node| shipped.times(node)).collect::<Vec<_>>();
        assert_eq!(times, in_turn(clients as u64, each), "{uplink}");
        assert_eq!(shipped.document.time.virtual_time, Some((clients as u64 * each + DELAY) as f64 / 1e9));
    }
}

#[test]
fn a_link_sends_one_message_behind_the_other_and_each_way_by_itself() {
    let run = shipping("path:2", 3).bandwidth(rate("7Mbit/s")).wake([0, 1]);
    let shipped = Shipped::of(&run);
    let each = shipped.takes(rate("7Mbit/s"));
    for node in [0, 1] {
        assert_eq!(shipped.times(node), in_turn(3, each));
    }
    // What comes later finds the link free, or waits.
    let later = millis(1) + Duration::from_nanos(3 * each);
    let twice = Initiators::Given(vec![(0, None), (0, Some(millis(1))), (0, Some(later))]);
    let shipped = Shipped::of(&shipping("path:2", 3).bandwidth(rate("7Mbit/s")).initiators(twice));
    let busy = in_turn(6, each).into_iter();
    let free = in_turn(3, each).into_iter().map(|at| at + (6 * each).max(later.as_nanos() as u64));
    assert_eq!(shipped.times(1), busy.chain(free).collect::<Vec<_>>());
}

#[test]
fn a_token_takes_each_link_of_a_ring_and_the_delay() {
    let delay = Delay::Uniform(millis(2), millis(2));
    let run = AnyRun::of(&with_types::<Ring>()).topology("ring:10").wake([0]).delay(delay).seed(1);
    let document = run.bandwidth(rate("1kbit/s")).by(Simulation::new().types(Types::With)).expect("it runs").document;
    assert_eq!((document.messages.total, document.messages.bytes), (30, 30 * document.messages.max_bytes));
    let expected = 30.0 * (8.0 * document.messages.max_bytes as f64 / 1e3 + 2e-3);
    let found = document.time.virtual_time.expect("it is simulated");
    assert!((found - expected).abs() < 1e-9, "{found} s, not {expected} s");
}

/// Two queues, one behind the other: the uplink in the order of sending, then each link.
#[test]
fn behind_its_uplink_a_message_waits_for_its_link() {
    for (uplink, link) in [("9Mbit/s", "2Mbit/s"), ("2Mbit/s", "9Mbit/s"), ("5Mbit/s", "5Mbit/s")] {
        let (uplink, link) = (rate(uplink), rate(link));
        let shipped = Shipped::of(&shipping("star:4", 5).uplink(uplink).bandwidth(link));
        let (first, second) = (shipped.takes(uplink), shipped.takes(link));
        let (mut left, mut free, mut expected) = (0, [0; 3], vec![Vec::new(); 4]);
        for _ in 0..5 {
            for (port, free) in free.iter_mut().enumerate() {
                left += first;
                *free = left.max(*free) + second;
                expected[port + 1].push(*free + DELAY);
            }
        }
        assert_eq!((0..4).map(|node| shipped.times(node)).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn each_link_keeps_the_rate_that_the_seed_has_drawn_for_it() {
    for law in ["uniform:1Mbit/s..9Mbit/s", "lognormal:3Mbit/s,0.7", "weights"] {
        let law: Bandwidth = law.parse().expect("a bandwidth");
        let run = shipping("star:6", 4).bandwidth(law);
        let run = if law == Bandwidth::Weights {
            run.topology("star:6".parse::<Topology>().expect("a star").random_weights(1, 9))
        } else {
            run
        };
        let prepared = run.prepare().expect("it can be run");
        let graph = prepared.instance.graph();
        let shipped = Shipped::of(&run);
        for (node, link) in (1..6).zip(law.of_links(graph, 3)) {
            assert_eq!(shipped.times(node), in_turn(4, shipped.takes(link)), "{law}, node {node}");
        }
    }
}

/// Links that keep the order keep it under random delays; nothing arrives before it has left.
#[test]
fn order_is_kept_where_it_is_promised() {
    for links in [Links::Fifo, Links::Reliable] {
        let delay = Delay::Exponential(millis(20));
        let shipped = Shipped::of(&shipping("path:2", 100).bandwidth(rate("10Mbit/s")).delay(delay).links(links));
        let each = shipped.takes(rate("10Mbit/s"));
        let numbers = shipped.arrived[1].iter().map(|(number, _)| *number).collect::<Vec<_>>();
        assert_eq!(numbers.len(), 100);
        assert_eq!(numbers.is_sorted(), links == Links::Fifo);
        assert!(shipped.arrived[1].iter().all(|(number, at)| *at > (u64::from(*number) + 1) * each));
    }
}

#[test]
fn what_is_lost_or_sent_twice_takes_its_time() {
    let lossy = shipping("path:2", 200).bandwidth(rate("10Mbit/s")).links(Links::Lossy);
    let shipped = Shipped::of(&lossy.clone().faults(Faults { loss: 0.4, ..Faults::default() }));
    let each = shipped.takes(rate("10Mbit/s"));
    assert!((80..160).contains(&shipped.arrived[1].len()));
    for (number, at) in &shipped.arrived[1] {
        assert_eq!(*at, (u64::from(*number) + 1) * each + DELAY);
    }
    let shipped = Shipped::of(&lossy.faults(Faults { duplicate: 1.0, ..Faults::default() }));
    assert_eq!(shipped.times(1), in_turn(400, each));
}

#[test]
fn what_a_link_sends_again_takes_the_link_and_the_uplink_again() {
    let faults = Faults { loss: 0.4, ..Faults::default() };
    for run in [shipping("path:2", 100).bandwidth(rate("10Mbit/s")), shipping("path:2", 100).uplink(rate("10Mbit/s"))] {
        // Only what is lost waits for a way there and back.
        let shipped = Shipped::of(&run.links(Links::Reliable).faults(faults.clone()));
        let (each, again) = (shipped.takes(rate("10Mbit/s")), shipped.document.links.retransmitted.expect("it is simulated"));
        assert!((30..130).contains(&again), "{again}");
        let mut sendings = shipped.arrived[1].clone();
        sendings.sort_unstable();
        let mut sent = 0;
        for (number, at) in sendings {
            // Of this parcel, so many were lost, each of which took the line once and a way there and back.
            let lost = (at - DELAY - (sent + 1) * each) / (each + 2 * DELAY);
            sent += lost + 1;
            assert_eq!(at, sent * each + lost * 2 * DELAY + DELAY, "parcel {number}");
        }
        assert_eq!(sent, 100 + again);
    }
}

#[test]
fn what_a_cut_holds_up_is_sent_in_turn_when_it_is_over() {
    let cut = |millis: core::ops::Range<u64>| {
        let during = Duration::from_millis(millis.start)..Duration::from_millis(millis.end);
        Faults { links_down: vec![LinkCut::new(0, 1, during)], ..Faults::default() }
    };
    let shipped = Shipped::of(&shipping("path:2", 3).bandwidth(rate("10Mbit/s")).faults(cut(0..50)));
    let each = shipped.takes(rate("10Mbit/s"));
    assert_eq!(shipped.times(1), in_turn(3, each).into_iter().map(|at| at + 50_000_000).collect::<Vec<_>>());
    // Lost is what leaves while the link is cut: 20 leave before 17 ms, at 0.8 ms each.
    assert!((800_000..820_000).contains(&each));
    let lossy = shipping("path:2", 30).bandwidth(rate("10Mbit/s")).links(Links::Lossy).faults(cut(17..1000));
    let arrived = Shipped::of(&lossy).times(1);
    assert_eq!(arrived, in_turn(arrived.len() as u64, each));
    assert_eq!(arrived.len() as u64, 16_999_999 / each);
}

#[test]
fn what_a_node_has_sent_leaves_though_the_node_crashes() {
    let crashes = vec![Crash::new(0, millis(1)).leaving(0)];
    let faults = Faults { crashes, on_crash: OnCrash::Continue, ..Faults::default() };
    let twice = Initiators::Given(vec![(0, None), (0, Some(millis(2)))]);
    let run = shipping("path:2", 10).uplink(rate("1Mbit/s")).bandwidth(rate("2Mbit/s")).initiators(twice).faults(faults);
    let shipped = Shipped::of(&run);
    let link = (8_000 * shipped.document.messages.max_bytes).div_ceil(2);
    let times = in_turn(10, shipped.takes(rate("1Mbit/s"))).into_iter().map(|at| at + link).collect::<Vec<_>>();
    assert_eq!(shipped.times(1), times, "and nothing of the step that was cut short");
    assert_eq!(shipped.document.outcome, Outcome::Quiescent);
}

#[test]
fn the_line_that_replays_a_run_has_its_rates() {
    let line =
        "simulate echo --topology star:9 --bandwidth uniform:1kbit/s..2kbit/s --uplink 3kbit/s,0@1kbit/s --seed 5 --json";
    let (first, other) =
        (start(PROGRAM, line).wait().json(), start(PROGRAM, &line.replace("--seed 5", "--seed 6")).wait().json());
    assert_eq!(first["options"]["bandwidth"], "uniform:1kbit/s..2kbit/s");
    assert_eq!(first["options"]["uplink"], "3kbit/s,0@1kbit/s");
    assert_ne!(first["time"]["virtual"], other["time"]["virtual"]);
    let replay = first["replay"].as_str().expect("it can be replayed");
    let again = start(PROGRAM, &format!("{replay} --json")).wait().json();
    assert_eq!((&again["time"]["virtual"], &again["nodes_final"]), (&first["time"]["virtual"], &first["nodes_final"]));
}

#[test]
fn rates_may_be_variables_of_a_sweep() {
    let line = "sweep flooding --topology star:5 --initiators one --seeds 2 --json --delay uniform:1ms..1ms --uplink 0@{r} --r 1kbit/s,2kbit/s";
    let rows = start(PROGRAM, line).wait().json();
    let time = |row: usize| rows["cells"][row]["costs"]["time"]["mean"].as_f64().unwrap_or_else(|| panic!("{rows}"));
    // Twice as fast, but for the delay of 1 ms.
    assert!((time(0) - 1e-3 - 2.0 * (time(1) - 1e-3)).abs() < 1e-9, "{} and {}", time(0), time(1));
}

#[test]
fn real_processes_refuse_rates() {
    let refused = |run: AnyRun| run.by(Processes::new()).map(|_| ()).expect_err("it is refused").to_string();
    assert!(refused(shipping("path:2", 1).bandwidth(rate("1Mbit/s"))).starts_with("--bandwidth: real processes send as fast"));
    assert!(refused(shipping("path:2", 1).uplink(rate("1Mbit/s"))).starts_with("--uplink: real processes send as fast"));
}
