//! Crashes that a campaign draws: who, in which of its steps, and what of that leaves.

use core::time::Duration;

use crate::execution::{AnyRun, Engine};
use crate::network::{Crash, Happening, Observer};
use crate::protocol::WorldView;
use crate::random::Random;
use crate::simulator::Simulation;
use crate::sorting;
use crate::topology::NodeIndex;

/// A run is looked at for so many events at most: crashes fall into them.
const MOST_EVENTS: u64 = 1_000_000;

/// Up to so many nodes of a run, as a function of its seed.  Each crashes in one of the steps that it makes in the same run without
/// crashes, each of them with the same probability; a node that makes none there, in its first from the moment of any step of the run.
/// None where the run cannot be made.
pub(super) fn drawn(run: &AnyRun, at_most: usize) -> Vec<Crash> {
    let mut steps = Steps::default();
    let mut without = run.clone();
    (without.faults.crashes, without.faults.recoveries) = (Vec::new(), Vec::new());
    let simulation = Simulation::new().properties(false).most_finals(0).max_events(MOST_EVENTS).observe(&mut steps);
    let Ok(finished) = without.prepare().and_then(|prepared| simulation.run(prepared)) else { return Vec::new() };
    let Steps(steps) = steps;
    let mut random = Random::stream(finished.document.seed, "crashes", 0);
    // Who is to crash anyway has its moments already.
    let planned = sorting::set(run.faults.crashes.iter().map(|crash| crash.node));
    let mut nodes = (0..finished.document.nodes).filter(|node| !planned.contains(node)).collect::<Vec<_>>();
    random.shuffle(&mut nodes);
    nodes.truncate(random.range(0..=at_most));
    let mut crash = |node: usize| {
        let own = steps.iter().filter(|(maker, _)| maker.index() == node).map(|(_, at)| *at).collect::<Vec<_>>();
        let moments = if own.is_empty() { steps.iter().map(|(_, at)| *at).collect() } else { own };
        let at = if moments.is_empty() { Duration::ZERO } else { moments[random.range(0..moments.len())] };
        Crash::new(node, at)
    };
    nodes.into_iter().map(&mut crash).collect()
}

/// Who made each step of a run, and when.
#[derive(Default)]
struct Steps(Vec<(NodeIndex, Duration)>);

impl Observer for Steps {
    fn before(&mut self, now: Duration, node: NodeIndex, happening: &Happening<'_>, _world: &dyn WorldView) {
        if let Happening::Impulse | Happening::Message { .. } | Happening::Alarm = happening {
            self.0.push((node, now));
        }
    }
}
