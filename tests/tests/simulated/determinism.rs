//! A run is a function of its protocol, options and seed: the same events, bit by bit, in debug and release builds, on one
//! thread or many, on every machine.  What comes out is pinned.

use core::fmt::{Debug, Write};
use core::marker::PhantomData;
use core::ops::ControlFlow;
use core::time::Duration;
use std::collections::BTreeMap;

use catalogue::{Bully, ChandyLamport, ControlledDistance, Echo, Flooding, Lamport, Shout, YoYo};
use nodes::campaign::{Campaign, in_order};
use nodes::network::{Bandwidth, Crash, Fate, Faults, Happening, LinkCut, NotEnabled, Observer, OnCrash, Sent, Uplink};
use nodes::protocol::{Links, Reads, Stepped, WorldView};
use nodes::run::{IdChoice, Initiators, PortOrder, Run, Wake};
use nodes::simulator::{Order, Simulation, Steering};
use nodes::topology::{NodeIndex, Port};
use nodes::{Protocol, millis};

/// Everything that happens, in order, as one number (FNV-1a of it as text).
struct Stream<P> {
    hash: u64,
    /// By the number of a message: what the hash was when it had been sent, which stands for it.
    marks: BTreeMap<u64, u64>,
    protocol: PhantomData<P>,
}

impl<P> Default for Stream<P> {
    fn default() -> Self {
        Stream { hash: 0xcbf2_9ce4_8422_2325, marks: BTreeMap::new(), protocol: PhantomData }
    }
}

impl<P> Write for Stream<P> {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        for byte in text.bytes() {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Ok(())
    }
}

impl<P> Stream<P> {
    fn note(&mut self, what: impl Debug) {
        write!(self, "{what:?};").expect("a number takes any text");
    }
}

impl<P: Protocol> Observer for Stream<P> {
    fn reads(&self) -> Reads {
        Reads { log: true, alarms: false }
    }

    fn sent(&mut self, sent: &Sent<'_>) {
        self.note(("sent", sent.from, sent.port, sent.to, sent.msg));
        self.marks.insert(sent.number, self.hash);
    }

    fn fate(&mut self, _from: NodeIndex, _port: Port, number: u64, fate: Fate) {
        self.note((self.marks[&number], fate));
    }

    fn before(&mut self, now: Duration, node: NodeIndex, happening: &Happening<'_>, _: &dyn WorldView) {
        self.note((now, node));
        match happening {
            Happening::Impulse => self.note("impulse"),
            Happening::Message { sender, msg, number } => self.note((sender, msg, self.marks[number])),
            Happening::Alarm => self.note("alarm"),
            Happening::Deferred => self.note("deferred"),
            Happening::Doomed => self.note("doomed"),
            Happening::Crash => self.note("crash"),
            Happening::Recover => self.note("recover"),
            Happening::ToTheDead { number, .. } => self.note(("to the dead", self.marks[number])),
        }
    }

    fn after(&mut self, node: NodeIndex, stepped: Stepped, world: &dyn WorldView) {
        let world = world.of::<P>().expect("a world of this protocol");
        self.note((stepped, world.node(node).protocol()));
    }
}

/// The events of a run, followed and perhaps steered.
fn stream_of<P: Protocol>(run: &Run<P>, simulation: Simulation<'_>) -> u64 {
    let mut stream = Stream::<P>::default();
    let finished = run.by(simulation.observe(&mut stream)).expect("it runs");
    assert!(finished.world.is_some(), "the nodes come into being");
    stream.hash
}

fn stream<P: Protocol>(run: &Run<P>) -> u64 {
    stream_of(run, Simulation::new())
}

/// The same, of a run that is steered by one who never wants anything else.
fn steered_stream<P: Protocol>(run: &Run<P>) -> u64 {
    stream_of(run, Simulation::new().steering(&mut Passenger))
}

struct Passenger;

impl Steering for Passenger {
    fn looks(&mut self) -> bool {
        true
    }

    fn next(&mut self) -> Order {
        Order::GoOn
    }

    fn made(&mut self, _: Result<(), NotEnabled>) {}
}

/// A run of any protocol, and what its events come to.
struct Case {
    name: &'static str,
    stream: Box<dyn Fn() -> u64 + Send + Sync>,
    steered: Box<dyn Fn() -> u64 + Send + Sync>,
    expected: u64,
}

fn case<P: Protocol>(name: &'static str, run: Run<P>, delay: &str, expected: u64) -> Case {
    let run = run.delay(delay.parse().expect("a delay"));
    let again = run.clone();
    Case { name, stream: Box::new(move || stream(&run)), steered: Box::new(move || steered_stream(&again)), expected }
}

fn at_rates<P: Protocol>(run: Run<P>) -> Run<P> {
    let uplink: Uplink = "uniform:100kbit/s..1Mbit/s,0@50kbit/s".parse().expect("an uplink");
    run.bandwidth("lognormal:50kbit/s,0.5".parse::<Bandwidth>().expect("a bandwidth")).uplink(uplink)
}

fn cases() -> Vec<Case> {
    let links_down = vec![LinkCut::new(0, 1, millis(2)..millis(9))];
    let noise = Faults { loss: 0.1, duplicate: 0.1, reorder: 0.2, links_down, ..Faults::default() };
    let crash = Faults { crashes: vec![Crash::new(4, millis(3))], on_crash: OnCrash::Continue, ..Faults::default() };
    let complete = || Run::<Lamport>::on("complete:5").seed(5);
    vec![
        case("flooding", Run::<Flooding>::on("gnp:50,0.1").seed(1), "unit", 0xd26a_7aaf_8d12_6aeb),
        case(
            "ring",
            Run::<ControlledDistance>::on("ring:32").ids(IdChoice::Shuffled).seed(2),
            "uniform:1ms..10ms",
            0x46c2_ea0c_f3c6_d939,
        ),
        case(
            "shout",
            Run::<Shout>::on("gnp:30,0.2").links(Links::Reliable).ports(PortOrder::Shuffled).seed(3),
            "exponential:5ms",
            0xa215_0318_bc84_53aa,
        ),
        case("echo", Run::<Echo>::on("grid:4x5").seed(4), "lognormal:5ms,2", 0x62d8_4bef_9449_cfaa),
        case("mutex", complete(), "exponential:5ms", 0x6eb4_a24c_bd19_002a),
        case("mutex without order", complete().links(Links::Reliable), "lognormal:5ms,2", 0x55f0_6f01_382a_682f),
        case("mutex among faults", complete().faults(noise.clone()), "uniform:1ms..3ms", 0xb409_df65_f9ad_e586),
        case(
            "election on lossy links",
            Run::<YoYo>::on("gnp:12,0.4").links(Links::Lossy).faults(noise.clone()).seed(6),
            "unit",
            0x20d3_7e0a_5eb9_1b15,
        ),
        case(
            "alarms and a crash",
            Run::<Bully>::on("complete:5").faults(crash).seed(7),
            "uniform:1ms..2ms",
            0xda47_0456_d307_ee4f,
        ),
        case(
            "snapshot",
            Run::<ChandyLamport>::on("geometric:20,0.5").initiators(Initiators::Random(3)).wake_up(Wake::Random).seed(8),
            "weights",
            0x3e83_908e_0f99_d214,
        ),
        case("echo at rates", at_rates(Run::<Echo>::on("grid:4x5").seed(4)), "uniform:1ms..3ms", 0x4fe2_ef4f_2489_0eea),
        case(
            "mutex at rates among faults",
            at_rates(complete().faults(noise.clone())),
            "uniform:1ms..3ms",
            0x0be0_f1a4_5e61_2146,
        ),
        case(
            "flooding at rates",
            at_rates(Run::<Flooding>::on("complete:20").links(Links::Lossy).faults(noise.clone()).seed(1)),
            "unit",
            0xc4aa_449d_4fbc_b714,
        ),
    ]
}

#[test]
fn the_events_of_a_seed_never_change() {
    let wrong = cases().into_iter().map(|case| (case.name, (case.stream)(), case.expected));
    let wrong = wrong.filter(|(_, found, expected)| found != expected);
    let wrong =
        wrong.map(|(name, found, expected)| format!("{name}: {found:#018x}, not {expected:#018x}\n")).collect::<String>();
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn who_looks_at_every_event_changes_none() {
    for case in cases() {
        assert_eq!((case.steered)(), case.expected, "{}", case.name);
    }
}

#[test]
fn threads_do_not_change_the_events() {
    let cases = cases();
    for threads in [1, 2, 5] {
        let mut found = Vec::new();
        let work = |piece: u64| (cases[piece as usize % cases.len()].stream)();
        in_order(3 * cases.len() as u64, threads, &|| false, &work, &mut |hash| {
            found.push(hash);
            ControlFlow::Continue(())
        });
        let expected = cases.iter().map(|case| case.expected).collect::<Vec<_>>().repeat(3);
        assert_eq!(found, expected, "{threads} threads");
    }
}

#[test]
fn threads_do_not_change_findings() {
    let run = Run::<Lamport>::on("complete:4").links(Links::Reliable).seed(11);
    let of = |threads| {
        let mut findings = run.campaign(Campaign::of(200).threads(threads)).expect("it runs");
        findings.wall_s = 0.0;
        findings
    };
    let one = of(1);
    assert_eq!(one.runs, 200);
    assert!(!one.failures.is_empty() && one.failures.is_sorted_by_key(|failure| failure.seed));
    assert_eq!(of(2), one);
    assert_eq!(of(6), one);
}
