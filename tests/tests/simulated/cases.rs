//! Runs in which everything is drawn that can be chosen: graph, ids, links, delays, initiators, and what goes wrong.

use core::time::Duration;
use std::collections::BTreeSet;

use nodes::network::{Crash, Cut, Delay, Faults, OnCrash, Separation};
use nodes::protocol::{InitiatorRule, Links, Protocol, Random};
use nodes::run::{AnyRun, IdChoice, Initiators, PortOrder, Wake};
use nodes_tests::graphs::fitting;
use nodes_tests::with_types;

/// What a case is drawn from.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) seed: u64,
    pub(super) nodes: usize,
    pub(super) links: Links,
    pub(super) delay: Delay,
    pub(super) faulty: bool,
    pub(super) on_crash: OnCrash,
}

/// Delays of every kind.
pub(super) const DELAYS: [Delay; 6] = {
    let (short, long, very_long) = (Duration::from_micros(100), Duration::from_micros(3000), Duration::from_secs(9));
    [
        Delay::Unit,
        Delay::Uniform(short, long),
        Delay::Uniform(long, very_long),
        Delay::Exponential(Duration::from_micros(1500)),
        Delay::LogNormal(Duration::from_micros(500), 1.5),
        Delay::Weights,
    ]
};

pub(super) const LINKS: [Links; 3] = [Links::Fifo, Links::Reliable, Links::Lossy];

impl Case {
    /// A run of everything that can be chosen, as a function of the case.
    pub(super) fn run<P: Protocol>(&self) -> AnyRun {
        let mut random = Random::stream(self.seed, "test", 0);
        let spec = fitting(&P::description(&P::Config::default()), self.nodes, &mut random);
        let run = AnyRun::of(&with_types::<P>()).topology(spec.as_str()).seed(self.seed).links(self.links).delay(self.delay);
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
        let faults = if self.faulty { faults(nodes, &mut random) } else { Faults::default() };
        run.faults(Faults { on_crash: self.on_crash, ..faults })
    }
}

/// Crashes, recoveries and cuts of any links, and messages that go wrong.
fn faults(nodes: usize, random: &mut Random) -> Faults {
    let ms = |random: &mut Random| Duration::from_micros(random.below(12_000));
    let mut faults = Faults::default();
    for node in 0..nodes {
        if random.chance(0.3) {
            let crash = ms(random);
            let planned = Crash::new(node, crash);
            faults.crashes.push(if random.chance(0.3) { planned.leaving(random.below(4) as usize) } else { planned });
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
