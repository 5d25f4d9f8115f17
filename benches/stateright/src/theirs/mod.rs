//! The models as stateright has them.

pub mod hosted;
pub mod message_chase;
pub mod paxos;
pub mod ping_pong;

use std::hash::Hash;

use stateright::{Checker, Model};

use crate::measure::Counts;

/// Looks at all states of a model, breadth first.  What it is to show never happens, so that it does not end before.
fn count<M: Model + Send + Sync + 'static>(model: M) -> Counts
where
    M::State: Clone + PartialEq + Hash + Send + Sync,
    M::Action: Clone + PartialEq,
{
    let checker = model.checker().spawn_bfs().join();
    let found = checker.discoveries().into_keys().collect::<Vec<_>>();
    assert!(found.is_empty(), "{found:?}");
    // The states that it generates, the first one among them.
    Counts { states: checker.unique_state_count() as u64, transitions: checker.state_count() as u64 - 1 }
}
