//! The simulator is a faster path through the transition system: whatever happens there is enabled here, and leads to the same.

use core::time::Duration;
use std::collections::BTreeSet;

use nodes::network::{Cut, Delay, Faults, OnCrash, Recorder, Separation};
use nodes::protocol::{Links, Protocol, Random, World};
use nodes::run::{Initiators, Outcome, PortOrder, Run, Wake};
use nodes::simulator::{Simulation, observe};
use proptest::prelude::*;

use crate::storm::Storm;

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

/// A run of everything that can be chosen, as a function of the seed.
fn random_run(seed: u64, nodes: usize, links: Links, delay: Delay, faulty: bool) -> Run<Storm> {
    let mut random = Random::stream(seed, "test", 0);
    let spec = match random.below(5) {
        0 => format!("ring:{nodes}"),
        1 => format!("complete:{nodes}"),
        2 => format!("path:{}", nodes.max(2)),
        3 => format!("star:{}", nodes.max(2)),
        _ => format!("gnp:{},0.6", nodes.max(3)),
    };
    let ms = |random: &mut Random| Duration::from_micros(random.below(12_000));
    let count = if spec.starts_with("gnp") { nodes.max(3) } else { nodes.max(2) };
    let mut run = Run::<Storm>::on(spec.as_str()).seed(seed).links(links).delay(delay);
    run = match random.below(4) {
        0 => run.initiators(Initiators::All),
        1 => run.initiators(Initiators::All).wake_up(Wake::Random),
        2 => run.initiators(Initiators::Given(
            vec![(0, Some(ms(&mut random))), (1 % count, None)].into_iter().take(count.min(nodes)).collect(),
        )),
        _ => run,
    };
    if random.chance(0.3) {
        run = run.ports(PortOrder::Shuffled);
    }
    let mut faults = Faults { on_crash: OnCrash::Continue, ..Faults::default() };
    if faulty {
        for node in 0..nodes {
            if random.chance(0.3) {
                let crash = ms(&mut random);
                faults.crashes.push((node, crash));
                if random.chance(0.6) {
                    faults.recoveries.push((node, crash + Duration::from_nanos(1) + ms(&mut random)));
                }
            }
        }
        for _ in 0..random.below(3) {
            let one = random.below(nodes as u64) as usize;
            let from = if random.chance(0.3) { Duration::ZERO } else { ms(&mut random) };
            let until = from + Duration::from_nanos(1) + ms(&mut random);
            faults.cuts.push(Cut { what: Separation::Groups(vec![BTreeSet::from([one])]), from, until });
        }
        if random.chance(0.5) {
            (faults.loss, faults.duplicate, faults.reorder) = (0.2, 0.2, 0.3);
        }
    }
    run.faults(faults)
}

/// Records a simulated run, and follows it choice by choice.
fn follow<P: Protocol>(run: &Run<P>) {
    let prepared = run.prepare().unwrap();
    let mut system = prepared.system();
    let recorder = Recorder::new(&prepared.initiators, &prepared.faults);
    let quiet = |outcome| matches!(outcome, Outcome::Terminated | Outcome::Quiescent | Outcome::Stuck);
    let (finished, recorder) = observe(prepared, Simulation::new().properties(false).max_events(20_000), recorder);
    let choices = recorder.unwrap().into_choices();
    for (place, (at, choice)) in choices.iter().enumerate() {
        system.pass_time(*at);
        let known = || system.in_transit().map(|(passage, msg)| format!("{passage} {msg:?}")).collect::<Vec<_>>();
        if let Err(why) = system.is_enabled(*choice) {
            panic!("event {place} of the simulator, `{choice}` at {at:?}: {why}; under way: {:?}", known());
        }
        assert!(place % 16 != 0 || system.enabled().contains(choice), "`{choice}` is enabled, and not listed");
        system.apply(*choice).unwrap();
    }
    let simulated = finished.world.as_ref().unwrap();
    assert_eq!(shown(system.world()), shown(simulated));
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
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_simulator_does_is_enabled_and_leads_to_the_same(
        seed in any::<u64>(),
        nodes in 1usize..7,
        links in prop_oneof![Just(Links::Fifo), Just(Links::Reliable), Just(Links::Lossy)],
        delay in delays(),
        faulty in any::<bool>(),
    ) {
        follow(&random_run(seed, nodes, links, delay, faulty));
    }
}
