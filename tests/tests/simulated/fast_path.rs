//! The simulator is a faster path through the transition system: whatever happens there is enabled here, and leads to the same.

use nodes::network::{Observer, OnCrash, Recorder};
use nodes::protocol::{Protocol, World};
use nodes::run::{AnyRun, Engine, Outcome};
use nodes::simulator::Simulation;
use nodes::topology::NodeIndex;
use proptest::prelude::*;
use proptest::sample::select;

use super::cases::{Case, DELAYS, LINKS};
use super::storm::Storm;

/// What two worlds must agree in.
pub(super) fn shown<P: Protocol>(world: &World<P>) -> Vec<String> {
    let node = |node: &nodes::Node<P>| {
        let (life, alarm) = (node.incarnation(), node.next_alarm().filter(|_| node.is_alive()));
        format!("{:?} alive {} life {life} alarm {alarm:?} deferred {:?}", node.protocol(), node.is_alive(), node.deferred())
    };
    let mut shown = world.nodes().map(node).collect::<Vec<_>>();
    shown.push(format!("sent {:?}", world.sent_by_tag()));
    shown
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
fn follow<P: Protocol>(run: &AnyRun) {
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

fn cases() -> impl Strategy<Value = Case> {
    let parts = (any::<u64>(), 1usize..7, select(&LINKS[..]), select(&DELAYS[..]), any::<bool>());
    parts.prop_map(|(seed, nodes, links, delay, faulty)| Case {
        seed,
        nodes,
        links,
        delay,
        faulty,
        on_crash: OnCrash::Continue,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_simulator_does_is_enabled_and_leads_to_the_same(case in cases()) {
        follow::<Storm>(&case.run::<Storm>());
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
                    follow::<$protocol>(&case.run::<$protocol>());
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
