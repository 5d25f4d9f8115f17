//! Runs in which everything is drawn that can be chosen: graph, ids, links, delays, initiators, and what goes wrong.

use core::time::Duration;

use nodes::network::{Bandwidth, Crash, Delay, Faults, LinkCut, OnCrash, Partition, Rate, Recovery, Uplink};
use nodes::protocol::{InitiatorRule, Links, Protocol, Random};
use nodes::run::{AnyRun, IdChoice, Initiators, PortOrder, Wake};
use nodes::topology::Graph;
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
        let prepared = run.prepare().expect("it can be run");
        let graph = prepared.instance.graph();
        let nodes = graph.node_count();
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
        // A message takes its link for about as long as its delay.
        let rate = |random: &mut Random| Rate::new(1 + random.below(40_000)).expect("a rate");
        if random.chance(0.3) {
            run = run.bandwidth(Bandwidth::LogNormal(rate(&mut random), 1.0));
        }
        if random.chance(0.3) {
            run = run.uplink(Uplink { usual: Some(rate(&mut random).into()), nodes: vec![(0, rate(&mut random))] });
        }
        let faults = if self.faulty { faults(graph, &mut random) } else { Faults::default() };
        run.faults(Faults { on_crash: self.on_crash, ..faults })
    }
}

/// Nodes that crash and recover, perhaps again and again, cuts of any links, both ways and one, and messages that go wrong.
fn faults(graph: &Graph, random: &mut Random) -> Faults {
    let ms = |random: &mut Random| Duration::from_micros(random.below(12_000));
    let later = |random: &mut Random, than: Duration| than + Duration::from_nanos(1) + ms(random);
    let nodes = graph.node_count();
    let mut faults = Faults::default();
    for node in 0..nodes {
        let (mut at, mut chance) = (ms(random), 0.3);
        while random.chance(chance) {
            let planned = Crash::new(node, at);
            faults.crashes.push(if random.chance(0.3) { planned.leaving(random.below(4) as usize) } else { planned });
            if random.chance(0.4) {
                break;
            }
            let up = later(random, at);
            faults.recoveries.push(Recovery::new(node, up));
            (at, chance) = (later(random, up), 0.6);
        }
    }
    let during = |random: &mut Random| {
        let from = if random.chance(0.3) { Duration::ZERO } else { ms(random) };
        from..later(random, from)
    };
    for _ in 0..if nodes > 1 { random.below(3) } else { 0 } {
        let alone = random.below(nodes as u64) as usize;
        faults.partitions.push(Partition::new([[alone]], during(random)));
    }
    let links = graph.links().map(|link| (link.a.index(), link.b.index())).collect::<Vec<_>>();
    for _ in 0..if links.is_empty() { 0 } else { random.below(4) } {
        let (a, b) = links[random.range(0..links.len())];
        let (from, to) = if !graph.is_directed() && random.chance(0.5) { (b, a) } else { (a, b) };
        let cut = LinkCut::new(from, to, during(random));
        faults.links_down.push(LinkCut { one_way: random.chance(0.5), ..cut });
    }
    // No cut stands twice.
    faults.partitions.sort_unstable();
    faults.partitions.dedup();
    let ends =
        |cut: &LinkCut| (cut.during, cut.one_way, if cut.one_way { (cut.from, cut.to) } else { ordered(cut.from, cut.to) });
    faults.links_down.sort_unstable_by_key(ends);
    faults.links_down.dedup_by_key(|cut| ends(cut));
    if random.chance(0.5) {
        (faults.loss, faults.duplicate, faults.reorder) = (0.2, 0.2, 0.3);
    }
    faults
}

fn ordered(one: usize, other: usize) -> (usize, usize) {
    (one.min(other), one.max(other))
}
