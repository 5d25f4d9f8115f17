//! How many live nodes are in which state, and who they are: kept at each step, since a scan after every event would cost O(n).
//!
//! Nothing here is generic, so that it is generated once and not for each protocol.

use std::sync::OnceLock;

use super::node_set::NodeSet;
use crate::topology::NodeIndex;

/// The live nodes by state.
#[derive(Debug)]
pub(super) struct Census {
    /// By state: whether a node in it has decided.
    terminals: &'static [bool],
    /// By state: how many are in it.
    population: Vec<usize>,
    /// Who they are: known from the first question on, so that worlds which are never asked do not pay.
    members: OnceLock<Members>,
    /// How many have decided.
    terminal: usize,
    alive: usize,
}

// What is derived is marked to be inlined, so that it is made for each protocol.
impl Clone for Census {
    #[inline(never)]
    fn clone(&self) -> Self {
        let Census { terminals, population, members, terminal, alive } = self;
        Census { terminals, population: population.clone(), members: members.clone(), terminal: *terminal, alive: *alive }
    }
}

impl Census {
    /// No nodes yet; the states are given by whether each is terminal.
    #[inline(never)]
    pub(super) fn of_states(terminals: &'static [bool]) -> Self {
        Census { terminals, population: vec![0; terminals.len()], members: OnceLock::new(), terminal: 0, alive: 0 }
    }

    /// A node comes to life.
    #[inline(never)]
    pub(super) fn join(&mut self, node: NodeIndex, state: usize) {
        self.alive += 1;
        self.enter(node, state);
    }

    /// A node crashes.
    #[inline(never)]
    pub(super) fn quit(&mut self, node: NodeIndex, state: usize) {
        self.alive -= 1;
        self.leave(node, state);
    }

    /// A node goes from one state to another.
    #[inline(never)]
    pub(super) fn turn(&mut self, node: NodeIndex, before: usize, after: usize) {
        self.leave(node, before);
        self.enter(node, after);
    }

    fn enter(&mut self, node: NodeIndex, state: usize) {
        self.population[state] += 1;
        self.terminal += usize::from(self.terminals[state]);
        if let Some(members) = self.members.get_mut() {
            members.by_state[state].insert(node.index());
        }
    }

    fn leave(&mut self, node: NodeIndex, state: usize) {
        self.population[state] -= 1;
        self.terminal -= usize::from(self.terminals[state]);
        if let Some(members) = self.members.get_mut() {
            members.by_state[state].remove(node.index());
        }
    }

    /// How many live nodes are in a state.
    pub(super) fn population(&self, state: usize) -> usize {
        self.population[state]
    }

    /// Whether every live node has decided.
    pub(super) fn all_terminal(&self) -> bool {
        self.terminal == self.alive
    }

    /// Who is in which state, if that is known already.
    #[inline(never)]
    pub(super) fn members(&self) -> Option<&Members> {
        self.members.get()
    }

    /// Who is in which state; what is known already stays.
    #[inline(never)]
    pub(super) fn keep(&self, members: Members) -> &Members {
        self.members.get_or_init(|| members)
    }

    /// The sets of members of all states, to be filled.
    #[inline(never)]
    pub(super) fn nobody(&self) -> Members {
        Members { by_state: vec![NodeSet::default(); self.terminals.len()] }
    }
}

/// The live nodes by state.
#[derive(Clone, Debug)]
pub(super) struct Members {
    by_state: Vec<NodeSet>,
}

impl Members {
    /// Adds a node.
    #[inline(never)]
    pub(super) fn add(&mut self, node: NodeIndex, state: usize) {
        self.by_state[state].insert(node.index());
    }

    /// The first member of a state whose index is not below that.
    pub(super) fn first_from(&self, state: usize, index: usize) -> Option<usize> {
        self.by_state[state].first_from(index)
    }
}
