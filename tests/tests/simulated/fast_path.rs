//! The simulator is a faster path through the transition system: whatever happens there is enabled here, and leads to the same.

use core::time::Duration;
use std::collections::BTreeSet;

use nodes::network::{Cut, Delay, Faults, Observer, OnCrash, Recorder, Separation};
use nodes::protocol::{InitiatorRule, Links, Protocol, Random, World};
use nodes::run::{Engine, IdChoice, Initiators, Outcome, PortOrder, Run, Wake};
use nodes::simulator::Simulation;
use nodes::topology::NodeIndex;
use nodes_tests::graphs::fitting;
use proptest::prelude::*;

use super::storm::Storm;

/// What two worlds must agree in.
fn shown<P: Protocol>(world: &World<P>) -> Vec<String> {
    let node = |node: &nodes::Node<P>| {
        let (life, alarm) = (node.incarnation(), node.next_alarm().filter(|_| node.is_alive()));
        format!("{:?} alive {} life {life} alarm {alarm:?} deferred {:?}", node.protocol(), node.is_alive(), node.deferred())
    };
    let mut shown = world.nodes().map(node).collect::<Vec<_>>();
    shown.push(format!("sent {:?}", world.sent_by_tag()));
    shown
}

/// What a case is drawn from.
#[derive(Clone, Debug)]
struct Case {
    seed: u64,
    nodes: usize,
    links: Links,
    delay: Delay,
    faulty: bool,
}

impl Case {
    /// A run of everything that can be chosen, as a function of the case.
    fn run<P: Protocol>(&self) -> Run<P> {
        let mut random = Random::stream(self.seed, "test", 0);
        let spec = fitting(&P::description(&P::Config::default()), self.nodes, &mut random);
        let run = Run::<P>::on(spec.as_str()).seed(self.seed).links(self.links).delay(self.delay);
        let nodes = run.prepare().expect("it can be run").instance.graph().node_count();
        let ms = |random: &mut Random| Duration::from_micros(random.below(12_000));
        let given = |random: &mut Random| {
            let both = [(0, Some(ms(random))), (1 % nodes, None)];
            Initiators::Given(both.into_iter().take(nodes).collect())
        };
        let mut run = match (P::DECLARATION.initiators, random.below(4)) {
            (InitiatorRule::Any, 0) => run.initiators(Initiators::All),
            (InitiatorRule::Any, 1) => run.initiators(Initiators::All).wake_up(Wake::Random),
            (InitiatorRule::Any, 2) => run.initiators(given(&mut random)),
            (InitiatorRule::All, 0) => run.wake_up(Wake::Random),
            _ => run,
        };
        if random.chance(0.3) {
            run = run.ports(PortOrder::Shuffled);
        }
        if random.chance(0.3) {
            run = run.ids(IdChoice::Shuffled);
        }
        run.faults(if self.faulty { faults(nodes, &mut random) } else { Faults::default() })
    }
}

/// Crashes, recoveries and cuts of any links, and messages that go wrong.
fn faults(nodes: usize, random: &mut Random) -> Faults {
    let ms = |random: &mut Random| Duration::from_micros(random.below(12_000));
    let mut faults = Faults { on_crash: OnCrash::Continue, ..Faults::default() };
    for node in 0..nodes {
        if random.chance(0.3) {
            let crash = ms(random);
            faults.crashes.push((node, crash));
            if random.chance(0.6) {
                faults.recoveries.push((node, crash + Duration::from_nanos(1) + ms(random)));
            }
        }
    }
    for _ in 0..random.below(3) {
        let one = random.below(nodes as u64) as usize;
        let from = if random.chance(0.3) { Duration::ZERO } else { ms(random) };
        let until = from + Duration::from_nanos(1) + ms(random);
        faults.cuts.push(Cut { what: Separation::Groups(vec![BTreeSet::from([one])]), from, until });
    }
    if random.chance(0.5) {
        (faults.loss, faults.duplicate, faults.reorder) = (0.2, 0.2, 0.3);
    }
    faults
}

/// Whether a handler panicked: faults that a protocol does not expect may do that to it.
#[derive(Default)]
struct Panicked(bool);

impl Observer for Panicked {
    fn failed(&mut self, _node: NodeIndex, _what: &str) {
        self.0 = true;
    }
}

/// Records a simulated run, and follows it choice by choice.
fn follow<P: Protocol>(run: &Run<P>) {
    let prepared = run.prepare().unwrap();
    let mut system = prepared.system();
    let mut watching = (Recorder::new(&prepared.initiators, &prepared.faults), Panicked::default());
    let quiet = |outcome| matches!(outcome, Outcome::Terminated | Outcome::Quiescent | Outcome::Stuck);
    let simulation = Simulation::new().properties(false).max_events(20_000);
    let finished = simulation.observe(&mut watching).run(prepared).unwrap();
    let (recorder, Panicked(panicked)) = watching;
    // What a handler does that panics halfway is another test's matter.
    if panicked {
        return;
    }
    let choices = recorder.into_choices();
    for (place, (at, choice)) in choices.iter().enumerate() {
        system.pass_time(*at);
        let known = || system.in_transit().map(|(passage, msg)| format!("{passage} {msg:?}")).collect::<Vec<_>>();
        if let Err(why) = system.is_enabled(*choice) {
            panic!("event {place} of the simulator, `{choice}` at {at:?}: {why}; under way: {:?}", known());
        }
        assert!(place % 16 != 0 || system.enabled().contains(choice), "`{choice}` is enabled, and not listed");
        system.apply(*choice).unwrap();
    }
    // Which rules a protocol breaks is another test's matter: that run ends in the middle of a step.
    if finished.outcome() == Outcome::Violated {
        return;
    }
    let simulated = finished.world.as_ref().unwrap().view().of::<P>().unwrap();
    assert_eq!(shown(system.world().view().of::<P>().unwrap()), shown(simulated));
    assert_eq!(system.is_quiet(), quiet(finished.outcome()), "the simulator says {:?}", finished.outcome());
}

fn delays() -> impl Strategy<Value = Delay> {
    let ms = |n: u64| Duration::from_micros(n);
    prop_oneof![
        Just(Delay::Unit),
        Just(Delay::Uniform(ms(100), ms(3000))),
        Just(Delay::Uniform(ms(1000), ms(9_000_000))),
        Just(Delay::Exponential(ms(1500))),
        Just(Delay::LogNormal(ms(500), 1.5)),
        Just(Delay::Weights),
    ]
}

fn cases() -> impl Strategy<Value = Case> {
    let links = prop_oneof![Just(Links::Fifo), Just(Links::Reliable), Just(Links::Lossy)];
    let parts = (any::<u64>(), 1usize..7, links, delays(), any::<bool>());
    parts.prop_map(|(seed, nodes, links, delay, faulty)| Case { seed, nodes, links, delay, faulty })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_simulator_does_is_enabled_and_leads_to_the_same(case in cases()) {
        follow(&case.run::<Storm>());
    }
}

/// A property test of each protocol.
macro_rules! of_the_catalogue {
    ($($name:ident $protocol:ty;)+) => {
        proptest! {
            #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]
            $(
                #[test]
                fn $name(case in cases()) {
                    follow(&case.run::<$protocol>());
                }
            )+
        }
    };
}

of_the_catalogue! {
    all_the_way catalogue::AllTheWay;
    bully catalogue::Bully;
    chandy_lamport catalogue::ChandyLamport;
    controlled_distance catalogue::ControlledDistance;
    dft catalogue::Dft;
    echo catalogue::Echo;
    flooding catalogue::Flooding;
    hyper_elect catalogue::HyperElect;
    lamport catalogue::Lamport;
    saturation catalogue::Saturation;
    shout catalogue::Shout;
    stages catalogue::Stages;
    suzuki_kasami catalogue::SuzukiKasami;
    yo_yo catalogue::YoYo;
}
