//! Some states and the steps from them, written out: for those that lead back to themselves.

use core::ops::Range;
use std::collections::VecDeque;

use super::Limit;
use super::components::{Graph, components};
use super::guard::{Guard, Halt};
use super::matters::Unusable;
use super::search::{Made, Search};

/// Some states of a search, with all steps from them.  Inside, states go by their places.
pub(super) struct Part {
    /// In the order of their numbers.
    states: Vec<u32>,
    /// By state, where its edges begin; behind all, where they end.
    first: Vec<usize>,
    edges: Vec<Edge>,
}

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    /// The state that it leads to, or [`OUT`].
    pub(super) to: u32,
    /// Whether it is one more outcome of what is chosen in the edge before.
    is_outcome: bool,
}

/// No state of the part.
const OUT: u32 = u32::MAX;

/// The edges that are left.
struct Left<'a> {
    part: &'a Part,
    inside: &'a [bool],
}

/// The edges of a state that are left.
struct LeftRow<'a> {
    left: &'a Left<'a>,
    edges: Range<usize>,
}

impl Iterator for LeftRow<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let Left { part, inside } = self.left;
        self.edges.find(|edge| inside[*edge]).map(|edge| part.edges[edge].to)
    }
}

impl Graph for Left<'_> {
    type Row<'a>
        = LeftRow<'a>
    where
        Self: 'a;

    fn states(&self) -> usize {
        self.part.states.len()
    }

    fn row(&self, state: u32) -> LeftRow<'_> {
        LeftRow { left: self, edges: self.part.edges_of(state) }
    }
}

impl Part {
    /// Of states in the order of their numbers.
    pub(super) fn of(search: &mut Search, states: Vec<u32>, guard: &mut Guard<'_, '_>) -> Result<Self, Halt> {
        let mut part = Part { first: Vec::with_capacity(states.len() + 1), states, edges: Vec::new() };
        let mut steps = Vec::<(Made, u32)>::new();
        for number in &part.states {
            guard.look(|| part.memory())?;
            part.first.push(part.edges.len());
            search.followed(*number, &mut steps)?;
            let mut before = None;
            for (made, to) in &steps {
                let to = part.states.binary_search(to).map_or(OUT, |place| place as u32);
                part.edges.push(Edge { to, is_outcome: before.replace(made.what) == Some(made.what) });
            }
        }
        part.first.push(part.edges.len());
        Ok(part)
    }

    /// The memory that it takes, in bytes, and with it what is noted of each edge.
    fn memory(&self) -> usize {
        4 * self.states.capacity()
            + size_of::<usize>() * self.first.capacity()
            + (size_of::<Edge>() + 1) * self.edges.capacity()
    }

    /// The number of a state in the search.
    pub(super) fn number(&self, state: u32) -> u32 {
        self.states[state as usize]
    }

    /// The state of that number.
    pub(super) fn place(&self, number: u32) -> Option<u32> {
        self.states.binary_search(&number).ok().map(|place| place as u32)
    }

    pub(super) fn edge(&self, edge: usize) -> Edge {
        self.edges[edge]
    }

    /// All steps from a state.
    pub(super) fn edges_of(&self, state: u32) -> Range<usize> {
        self.first[state as usize]..self.first[state as usize + 1]
    }

    /// The outcomes of the same choice.
    pub(super) fn outcomes(&self, edge: usize) -> Range<usize> {
        let from = (0..=edge).rev().find(|edge| !self.edges[*edge].is_outcome).unwrap_or(edge);
        let more = self.edges[edge + 1..].iter().take_while(|edge| edge.is_outcome).count();
        from..edge + 1 + more
    }

    /// Whether something is drawn in a step.
    pub(super) fn draws(&self) -> bool {
        self.edges.iter().any(|edge| edge.is_outcome)
    }

    /// By edge: whether it leads to a state of the part.
    pub(super) fn within(&self) -> Vec<bool> {
        self.edges.iter().map(|edge| edge.to != OUT).collect()
    }

    /// Of the edges inside, leaves those that lead from a state of a strongly connected component to one of the same.  If draws have to
    /// stay, that holds for all outcomes of what is drawn: the components are then the maximal end components.  The component of each
    /// state; a state that has no edge inside any more is in none.
    pub(super) fn settle(&self, inside: &mut [bool], draws_stay: bool, guard: &mut Guard<'_, '_>) -> Result<Vec<u32>, Limit> {
        loop {
            let component = components(&Left { part: self, inside }, guard)?;
            let mut changed = false;
            for state in 0..self.states.len() as u32 {
                let stays = |inside: &[bool], edge: usize| {
                    inside[edge] && component[self.edges[edge].to as usize] == component[state as usize]
                };
                for edge in self.edges_of(state) {
                    let mut has_to_stay = if draws_stay { self.outcomes(edge) } else { edge..edge + 1 };
                    if inside[edge] && !has_to_stay.all(|outcome| stays(inside, outcome)) {
                        (inside[edge], changed) = (false, true);
                    }
                }
            }
            if !changed {
                return Ok(component);
            }
        }
    }

    /// The states of each component that has edges inside, by their first.
    pub(super) fn groups(&self, inside: &[bool], component: &[u32]) -> Vec<Vec<u32>> {
        let mut states =
            (0..self.states.len() as u32).filter(|state| self.edges_of(*state).any(|edge| inside[edge])).collect::<Vec<_>>();
        states.sort_by_key(|state| component[*state as usize]);
        let mut groups = states
            .chunk_by(|one, other| component[*one as usize] == component[*other as usize])
            .map(<[u32]>::to_vec)
            .collect::<Vec<_>>();
        groups.sort_unstable_by_key(|group| group[0]);
        groups
    }

    /// A shortest way by edges inside, from a state to such an edge: each edge with the state that it leads from.
    pub(super) fn way(
        &self,
        inside: &[bool],
        from: u32,
        guard: &mut Guard<'_, '_>,
        is_goal: &mut dyn FnMut(u32, usize) -> Result<bool, Unusable>,
    ) -> Result<Vec<(u32, usize)>, Halt> {
        let mut before = vec![None; self.states.len()];
        let mut waiting = VecDeque::from([from]);
        while let Some(state) = waiting.pop_front() {
            guard.look(|| size_of_val(&*before) + 4 * waiting.capacity())?;
            for edge in self.edges_of(state).filter(|edge| inside[*edge]) {
                if is_goal(state, edge)? {
                    let mut way = vec![(state, edge)];
                    let mut first = state;
                    while first != from {
                        let Some(step) = before[first as usize] else { break };
                        way.push(step);
                        first = step.0;
                    }
                    way.reverse();
                    return Ok(way);
                }
                let to = self.edges[edge].to;
                if to != from && before[to as usize].is_none() {
                    before[to as usize] = Some((state, edge));
                    waiting.push_back(to);
                }
            }
        }
        Ok(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::check::guard::unguarded;
    use crate::random::Random;

    /// A part in which each state has choices, each of them with outcomes; an outcome beyond the states leads out.
    fn part(choices: &[Vec<Vec<u32>>]) -> Part {
        let count = choices.len() as u32;
        let mut part = Part { states: (0..count).collect(), first: vec![0], edges: Vec::new() };
        for outcomes in choices {
            for (place, to) in outcomes.iter().flat_map(|outcomes| outcomes.iter().enumerate()) {
                part.edges.push(Edge { to: if *to < count { *to } else { OUT }, is_outcome: place > 0 });
            }
            part.first.push(part.edges.len());
        }
        part
    }

    /// The maximal end components by the definition: of all sets of states that lead to each other by choices that stay there.
    fn end_components(choices: &[Vec<Vec<u32>>]) -> BTreeSet<Vec<u32>> {
        let count = choices.len();
        let is_one = |set: usize| {
            let has = |state: u32| (state as usize) < count && set >> state & 1 == 1;
            let members = (0..count as u32).filter(|state| has(*state)).collect::<Vec<_>>();
            let staying = |state: u32| {
                let choices = choices[state as usize].iter().filter(|outcomes| outcomes.iter().all(|to| has(*to)));
                choices.flatten().copied().collect::<BTreeSet<_>>()
            };
            members.iter().all(|from| {
                let mut reached = staying(*from);
                while let Some(more) = reached.iter().flat_map(|state| staying(*state)).find(|state| !reached.contains(state)) {
                    reached.insert(more);
                }
                members.iter().all(|to| reached.contains(to))
            })
        };
        let all = (1..1_usize << count).filter(|set| is_one(*set)).collect::<Vec<_>>();
        let maximal = all.iter().filter(|set| !all.iter().any(|other| other != *set && other & *set == **set));
        maximal.map(|set| (0..count as u32).filter(|state| set >> state & 1 == 1).collect()).collect()
    }

    #[test]
    fn end_components_are_those_of_the_definition() {
        let mut found_some = 0;
        for seed in 0..3_000 {
            let mut random = Random::stream(seed, "part", 0);
            let count = random.range(1..8_u32);
            let outcomes = |random: &mut Random| {
                let all = (0..random.range(1..3)).map(|_| random.range(0..=count)).collect::<BTreeSet<_>>();
                all.into_iter().collect::<Vec<_>>()
            };
            let choices = |random: &mut Random| (0..random.range(0..3)).map(|_| outcomes(random)).collect::<Vec<_>>();
            let choices = (0..count).map(|_| choices(&mut random)).collect::<Vec<_>>();
            let part = part(&choices);
            let mut inside = part.within();
            let component = unguarded(|guard| part.settle(&mut inside, true, guard)).expect("there is no limit");
            let found = part.groups(&inside, &component).into_iter().collect::<BTreeSet<_>>();
            found_some += usize::from(!found.is_empty());
            assert_eq!(found, end_components(&choices), "seed {seed}: {choices:?}");
        }
        assert!((500..2_500).contains(&found_some), "{found_some}");
    }
}
