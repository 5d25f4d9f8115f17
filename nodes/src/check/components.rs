//! Strongly connected components: Tarjan's algorithm without recursion, in the form that Pearce gave it (A space-efficient algorithm for
//! finding strongly connected components, Information Processing Letters 116, 2016).

use super::Limit;
use super::guard::Guard;

/// A graph whose states are numbered.
pub(super) trait Graph {
    /// The edges of a state, one after the other.
    type Row<'a>: Iterator<Item = u32>
    where
        Self: 'a;

    /// How many states it has.
    fn states(&self) -> usize;

    /// Where the edges of a state lead.
    fn row(&self, state: u32) -> Self::Row<'_>;
}

/// A state on the way, and what of its edges is still to be followed.
struct Frame<R> {
    state: u32,
    row: R,
    /// No state that it leads to was visited before it and is still open.
    is_root: bool,
}

/// The component of each state, by number: a component leads only to itself and to those of larger numbers.
///
/// # Errors
/// If the guard says so, which is asked at each state.
pub(super) fn components<G: Graph>(graph: &G, guard: &mut Guard<'_, '_>) -> Result<Vec<u32>, Limit> {
    let count = graph.states();
    // 0 is not visited; from 1 on the order of visits, of states whose component is still open; from `count` downwards, components.
    // The two never meet: each closed component gives back the numbers of its states.
    let mut marks = vec![0_u32; count];
    let (mut visited, mut component) = (1, count as u32);
    let (mut way, mut open) = (Vec::<Frame<G::Row<'_>>>::new(), Vec::<u32>::new());
    for start in 0..count as u32 {
        if marks[start as usize] != 0 {
            continue;
        }
        let mut next = Some(start);
        loop {
            if let Some(state) = next.take() {
                guard.look(|| 4 * (count + open.capacity()) + size_of::<Frame<G::Row<'_>>>() * way.capacity())?;
                marks[state as usize] = visited;
                visited += 1;
                way.push(Frame { state, row: graph.row(state), is_root: true });
            }
            let Some(Frame { state, row, is_root }) = way.last_mut() else { break };
            let state = *state as usize;
            // The smallest number of those states that it leads to stands for it.
            for to in row.by_ref() {
                if marks[to as usize] == 0 {
                    next = Some(to);
                    break;
                }
                if marks[to as usize] < marks[state] {
                    (marks[state], *is_root) = (marks[to as usize], false);
                }
            }
            if next.is_some() {
                continue;
            }
            if *is_root {
                let mut members = 1;
                while let Some(member) = open.pop_if(|member| marks[*member as usize] >= marks[state]) {
                    marks[member as usize] = component;
                    members += 1;
                }
                marks[state] = component;
                (visited, component) = (visited - members, component - 1);
            } else {
                open.push(state as u32);
            }
            way.pop();
            if let Some(Frame { state: before, is_root, .. }) = way.last_mut() {
                let before = *before as usize;
                if marks[state] < marks[before] {
                    (marks[before], *is_root) = (marks[state], false);
                }
            }
        }
    }
    Ok(marks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::guard::unguarded;
    use crate::random::Random;

    impl Graph for Vec<Vec<u32>> {
        type Row<'a> = core::iter::Copied<core::slice::Iter<'a, u32>>;

        fn states(&self) -> usize {
            self.len()
        }

        fn row(&self, state: u32) -> Self::Row<'_> {
            self[state as usize].iter().copied()
        }
    }

    /// Whether one state can be reached from another, by the definition.
    fn reach(graph: &[Vec<u32>]) -> Vec<Vec<bool>> {
        let count = graph.len();
        let mut reach = (0..count).map(|from| (0..count).map(|to| from == to).collect::<Vec<_>>()).collect::<Vec<_>>();
        graph.iter().enumerate().for_each(|(from, row)| row.iter().for_each(|to| reach[from][*to as usize] = true));
        for via in 0..count {
            let behind = reach[via].clone();
            for row in reach.iter_mut().filter(|row| row[via]) {
                row.iter_mut().zip(&behind).for_each(|(known, more)| *known |= more);
            }
        }
        reach
    }

    #[test]
    fn states_are_in_one_component_if_each_leads_to_the_other() {
        for seed in 0..2_000 {
            let mut random = Random::stream(seed, "graph", 0);
            let count = random.range(1..12);
            let most = random.range(0..3_usize);
            let row = |random: &mut Random| (0..random.range(0..=most)).map(|_| random.range(0..count)).collect::<Vec<_>>();
            let graph = (0..count).map(|_| row(&mut random)).collect::<Vec<Vec<u32>>>();
            let reach = reach(&graph);
            let found = unguarded(|guard| components(&graph, guard)).expect("there is no limit");
            for (from, to) in (0..graph.len()).flat_map(|from| (0..graph.len()).map(move |to| (from, to))) {
                assert_eq!(found[from] == found[to], reach[from][to] && reach[to][from], "seed {seed}: {graph:?}, {found:?}");
                assert!(!reach[from][to] || found[from] <= found[to], "seed {seed}: {graph:?}, {found:?}");
            }
        }
    }
}
