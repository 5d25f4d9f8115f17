//! Whether runs end, by the definitions: every set of states is looked at.

use std::collections::BTreeSet;

/// A state.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// What has to happen some time if it goes on waiting, by name.
    pub waiting: BTreeSet<String>,
    /// What may happen.
    pub edges: Vec<Edge>,
}

/// Something that may happen in a state.
#[derive(Clone, Debug)]
pub struct Edge {
    /// What is chosen: edges of the same choice differ by what is drawn.
    pub choice: usize,
    /// The state that it leads to.
    pub to: usize,
    /// What waits no longer by it.
    pub happens: BTreeSet<String>,
    /// The messages that are sent to others.
    pub sends: BTreeSet<String>,
}

/// All states.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// By number.
    pub places: Vec<Place>,
}

/// Whether runs end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ends {
    /// No state leads back to itself.
    Bounded,
    /// No fair run stays in a loop.
    Always,
    /// A fair run stays in a loop with probability 0 only.
    AlmostSurely,
    /// A fair run may stay in a loop.
    Never,
}

/// So many states may lead back to themselves, and so many messages be sent there.
const MOST: usize = 10;
const MOST_SENT: usize = 6;

impl Graph {
    /// Whether runs end; `None` if there are too many sets to look at.
    pub fn ends(&self, lossy: bool) -> Option<Ends> {
        let reach = (0..self.places.len()).map(|place| self.reached_from(place)).collect::<Vec<_>>();
        let turning = (0..self.places.len()).filter(|place| reach[*place].contains(place)).collect::<Vec<_>>();
        if turning.is_empty() {
            return Some(Ends::Bounded);
        }
        let sent = turning.iter().flat_map(|place| &self.places[*place].edges).flat_map(|edge| &edge.sends);
        let sent = if lossy { sent.cloned().collect::<BTreeSet<_>>().into_iter().collect() } else { Vec::new() };
        if turning.len() > MOST || sent.len() > MOST_SENT {
            return None;
        }
        let sets = (1..1_usize << turning.len()).map(|bits| some(&turning, bits)).collect::<Vec<BTreeSet<_>>>();
        let has = |draws_stay: bool| {
            sets.iter().any(|set| {
                let mut unsent = (0..1_usize << sent.len()).map(|bits| some(&sent, bits));
                unsent.any(|unsent| self.is_fair(set, &unsent, draws_stay, lossy))
            })
        };
        Some(match (has(true), has(false)) {
            (true, _) => Ends::Never,
            (false, true) => Ends::AlmostSurely,
            (false, false) => Ends::Always,
        })
    }

    /// The states that some steps lead to.
    fn reached_from(&self, place: usize) -> BTreeSet<usize> {
        reached(place, &|from| self.places[from].edges.iter().map(|edge| edge.to).collect())
    }

    /// Whether a run may stay in exactly these states, sending none of those messages.
    fn is_fair(&self, set: &BTreeSet<usize>, unsent: &BTreeSet<String>, draws_stay: bool, lossy: bool) -> bool {
        let stays = |edge: &Edge| set.contains(&edge.to) && edge.sends.is_disjoint(unsent);
        let inside = |place: usize| {
            let edges = &self.places[place].edges;
            let all_stay = move |edge: &&Edge| {
                stays(edge) && (!draws_stay || edges.iter().filter(|other| other.choice == edge.choice).all(stays))
            };
            edges.iter().filter(all_stay).collect::<Vec<_>>()
        };
        let targets = |place: usize| inside(place).iter().map(|edge| edge.to).collect::<Vec<_>>();
        if !set.iter().all(|place| reached(*place, &targets) == *set) {
            return false;
        }
        let edges = set.iter().flat_map(|place| inside(*place)).collect::<Vec<_>>();
        let happens = edges.iter().flat_map(|edge| edge.happens.iter().cloned()).collect::<BTreeSet<_>>();
        let waiting = set.iter().map(|place| self.places[*place].waiting.clone());
        let always = waiting.reduce(|one, other| &one & &other).unwrap_or_default();
        let sent = edges.iter().flat_map(|edge| edge.sends.iter().cloned()).collect::<BTreeSet<_>>();
        always.is_subset(&happens) && (!lossy || sent.is_subset(&happens))
    }
}

/// All that can be reached in one or more steps.
fn reached(from: usize, targets: &dyn Fn(usize) -> Vec<usize>) -> BTreeSet<usize> {
    let (mut reached, mut waiting) = (BTreeSet::new(), targets(from));
    while let Some(place) = waiting.pop() {
        if reached.insert(place) {
            waiting.extend(targets(place));
        }
    }
    reached
}

/// Those whose bits are set.
fn some<T: Clone + Ord>(all: &[T], bits: usize) -> BTreeSet<T> {
    all.iter().enumerate().filter(|(place, _)| bits >> place & 1 == 1).map(|(_, one)| one.clone()).collect()
}
