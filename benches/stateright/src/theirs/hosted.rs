//! Models that share their actors with ours: what differs is the checker.

use std::collections::BTreeMap;
use std::hash::Hash;
use std::marker::PhantomData;

use stateright::{Model, Property};

use crate::measure::Counts;
use crate::models::abd::Abd;
use crate::models::hosted::Actors;
use crate::models::repeated::Repeated;
use crate::models::single_decree::SingleDecree;
use crate::models::two_phase_commit::TwoPhaseCommit;

pub fn abd(servers: u32) -> Counts {
    super::count(Hosted::<Abd, _> { size: servers, actors: PhantomData })
}

pub fn single_decree(clients: u32) -> Counts {
    super::count(Hosted::<SingleDecree, _> { size: clients, actors: PhantomData })
}

pub fn two_phase_commit(participants: u32) -> Counts {
    super::count(Hosted::<TwoPhaseCommit, _> { size: participants, actors: PhantomData })
}

pub fn repeated_ping_pong(most: u32) -> Counts {
    super::count(Hosted::<Repeated, _> { size: most, actors: PhantomData })
}

struct Hosted<A, E> {
    size: u32,
    actors: PhantomData<fn() -> (A, E)>,
}

/// The actors, and how many of each envelope are under way.
type State<A, E> = (A, BTreeMap<E, u32>);

fn send<E: Ord>(under_way: &mut BTreeMap<E, u32>, sent: Vec<E>) {
    for envelope in sent {
        *under_way.entry(envelope).or_default() += 1;
    }
}

impl<A: Actors<E> + Hash, E: Clone + core::fmt::Debug + Ord + Hash> Model for Hosted<A, E> {
    type State = State<A, E>;
    /// What arrives; as often as there are alternatives of it, with one of them.
    type Action = (E, usize);

    fn init_states(&self) -> Vec<State<A, E>> {
        let (actors, sent) = A::start(self.size);
        let mut under_way = BTreeMap::new();
        send(&mut under_way, sent);
        vec![(actors, under_way)]
    }

    fn actions(&self, (actors, under_way): &State<A, E>, actions: &mut Vec<(E, usize)>) {
        for envelope in under_way.keys() {
            // One that changes nothing arrives here too: it leads to the same state.
            let alternatives = actors.deliver(envelope).len().max(1);
            actions.extend((0..alternatives).map(|alternative| (envelope.clone(), alternative)));
        }
    }

    fn next_state(&self, (actors, under_way): &State<A, E>, (envelope, alternative): (E, usize)) -> Option<State<A, E>> {
        let mut alternatives = actors.deliver(&envelope);
        if alternatives.is_empty() {
            return Some((actors.clone(), under_way.clone()));
        }
        let (next, sent) = alternatives.swap_remove(alternative);
        let mut under_way = under_way.clone();
        let count = under_way.get_mut(&envelope).expect("it is under way");
        *count -= 1;
        if *count == 0 {
            under_way.remove(&envelope);
        }
        send(&mut under_way, sent);
        Some((next, under_way))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("is well", |_, (actors, _): &State<A, E>| actors.is_well())]
    }
}
