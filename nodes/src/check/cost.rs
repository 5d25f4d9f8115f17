//! The least and the most messages of a run, and the longest run, over all schedules; or else a loop.

use super::machine::Unusable;
use super::search::{Made, Search};
use super::space::Move;

/// What runs cost, from each state on.
pub(super) enum Cost {
    /// Every run ends.
    Bounded(Box<Bounded>),
    /// Some states lead back to themselves: the way to the first, and the loop.
    Loop(Vec<Made>, Vec<(u32, Made)>),
}

/// Costs over all schedules.
pub(super) struct Bounded {
    /// What a run costs at least and at most, and how many events the longest has, by state.
    costs: Vec<Costs>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Costs {
    least: u32,
    greatest: u32,
    longest: u32,
}

impl Costs {
    /// Not looked at.
    const UNKNOWN: Costs = Costs { least: u32::MAX, greatest: 0, longest: u32::MAX };
    /// On the way that is being looked at.
    const OPEN: Costs = Costs { least: u32::MAX, greatest: 0, longest: u32::MAX - 1 };
    /// A run that is over.
    const END: Costs = Costs { least: 0, greatest: 0, longest: 0 };
    /// What has no end yet.
    const NONE: Costs = Costs { least: u32::MAX, greatest: 0, longest: 0 };

    fn meet(&mut self, messages: u32, events: u32, behind: Costs) {
        self.least = self.least.min(behind.least.saturating_add(messages));
        self.greatest = self.greatest.max(behind.greatest + messages);
        self.longest = self.longest.max(behind.longest + events);
    }
}

/// Which run is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extreme {
    /// That with the fewest messages.
    Least,
    /// That with the most.
    Greatest,
    /// That with the most events.
    Longest,
}

/// A state on the way, and what follows from it.
struct Frame {
    state: u32,
    steps: Vec<(Made, u32)>,
    next: usize,
    costs: Costs,
}

impl Cost {
    /// Of a search that has seen everything: depth first, each state once.
    pub(super) fn of(search: &mut Search) -> Result<Self, Unusable> {
        let mut costs = vec![Costs::UNKNOWN; search.states.len()];
        let mut frames = vec![frame(search, &mut costs, 0)?];
        while let Some(top) = frames.last_mut() {
            let Some((made, to)) = top.steps.get(top.next).copied() else {
                costs[top.state as usize] = top.costs;
                frames.pop();
                continue;
            };
            match costs[to as usize] {
                Costs::UNKNOWN => frames.push(frame(search, &mut costs, to)?),
                Costs::OPEN => {
                    let first = frames.iter().position(|frame| frame.state == to).unwrap_or(0);
                    let made = |frame: &Frame| (frame.state, frame.steps[frame.next].0);
                    let turns = frames[first..].iter().map(made).collect();
                    return Ok(Cost::Loop(search.way_to(to)?, turns));
                }
                known => {
                    top.costs.meet(search.messages(made), search.events(made), known);
                    top.next += 1;
                }
            }
        }
        Ok(Cost::Bounded(Box::new(Bounded { costs })))
    }
}

fn frame(search: &mut Search, costs: &mut [Costs], state: u32) -> Result<Frame, Unusable> {
    costs[state as usize] = Costs::OPEN;
    let here = search.state(state);
    let is_end = search.space.is_end(&search.machine, &here);
    let steps = search.successors(&here)?;
    Ok(Frame { state, steps, next: 0, costs: if is_end { Costs::END } else { Costs::NONE } })
}

impl Bounded {
    /// How much that run costs: messages, or events.
    pub(super) fn value(&self, search: &Search, extreme: Extreme) -> u64 {
        let at_start = if extreme == Extreme::Longest { 0 } else { search.sent_at_start };
        at_start + u64::from(self.at(0, extreme))
    }

    fn at(&self, state: u32, extreme: Extreme) -> u32 {
        let costs = self.costs[state as usize];
        match extreme {
            Extreme::Least => costs.least,
            Extreme::Greatest => costs.greatest,
            Extreme::Longest => costs.longest,
        }
    }

    /// The steps of that run.
    pub(super) fn way(&self, search: &mut Search, extreme: Extreme) -> Result<Vec<Made>, Unusable> {
        let (mut way, mut number) = (Vec::new(), 0);
        loop {
            let state = search.state(number);
            let left = self.at(number, extreme);
            if left == 0 && search.space.is_end(&search.machine, &state) {
                return Ok(way);
            }
            let steps = search.successors(&state)?;
            let goes_on = |(made, to): &(Made, u32)| {
                let here = if extreme == Extreme::Longest { search.events(*made) } else { search.messages(*made) };
                self.at(*to, extreme).checked_add(here) == Some(left)
            };
            let Some((made, to)) = steps.into_iter().find(goes_on) else { return Ok(way) };
            way.push(made);
            number = to;
        }
    }
}

impl Search {
    /// As how many events a step counts.  A loss is none unless a property sees it: a message that does not arrive is lost.
    fn events(&self, made: Made) -> u32 {
        match (made.what, &self.reducer) {
            (Move::Lose(_), Some(reducer)) => u32::from(reducer.sees_losses()),
            _ => 1,
        }
    }

    /// How many messages a step sends to others.
    pub(super) fn messages(&self, made: Made) -> u32 {
        let Some(outcome) = made.outcome else { return 0 };
        let between = |packet: &&u32| (self.machine.packets[**packet as usize].channel as usize) < self.machine.channels();
        self.machine.outcome(outcome).sends.iter().filter(between).count() as u32
    }
}
