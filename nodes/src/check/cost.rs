//! The least and the most messages of a run, and the longest run, over all schedules: from the ends backwards.
//!
//! States of one strongly connected component lead to each other.  From one that sends messages within, there is no run with most; the
//! run with fewest is looked for until nothing changes.

use super::components::{Graph, components};
use super::edges::{Edges, Label, Row};
use super::guard::{Guard, Halt};
use super::machine::Cause;
use super::matters::Unusable;
use super::schedules::{Count, Ways};
use super::search::{Made, Search};
use super::space::Move;
use crate::sorting;

/// The strongly connected components of a graph.
pub(super) struct Components {
    /// By state; `None` if each is one by itself.
    numbers: Option<Vec<u32>>,
    /// The states, component by component: each component before those that lead to it.
    order: Vec<u32>,
}

impl Graph for Edges {
    type Row<'a> = Row<'a>;

    fn states(&self) -> usize {
        self.states()
    }

    fn row(&self, state: u32) -> Row<'_> {
        self.of(state)
    }
}

impl Components {
    /// Those of a search that has seen everything.
    pub(super) fn of(search: &Search, guard: &mut Guard<'_, '_>) -> Result<Self, Halt> {
        if search.edges.lead_forward() {
            // Nothing leads back.
            let order = (0..search.edges.states() as u32).rev().collect::<Vec<_>>();
            guard.keep(size_of_val(&*order))?;
            return Ok(Components { numbers: None, order });
        }
        let numbers = components(&search.edges, guard)?;
        // Numbers go down from that of states: counting sorts them.
        let count = numbers.len();
        let mut places = vec![0_u32; count + 1];
        guard.look(|| 3 * size_of_val(&*places))?;
        numbers.iter().for_each(|number| places[count - *number as usize] += 1);
        let are_alone = places.iter().all(|states| *states < 2);
        let mut before = 0;
        for place in &mut places {
            before += core::mem::replace(place, before);
        }
        let mut order = vec![0; count];
        for (state, number) in numbers.iter().enumerate() {
            let place = &mut places[count - *number as usize];
            order[*place as usize] = state as u32;
            *place += 1;
        }
        let numbers = Some(numbers).filter(|_| !are_alone);
        guard.keep(size_of_val(&*order) + numbers.as_ref().map_or(0, |numbers| size_of_val(&**numbers)))?;
        Ok(Components { numbers, order })
    }

    /// The components, each before those that lead to it; the states of each in the order of their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u32]> {
        self.order.chunk_by(|one, other| self.are_one(*one, *other))
    }

    /// Those with a step from a state of them to one of them.
    pub(super) fn loops<'a>(&'a self, search: &'a Search) -> impl Iterator<Item = &'a [u32]> {
        let is_loop = |states: &&[u32]| states.len() > 1 || search.edges.of(states[0]).any(|to| to == states[0]);
        self.iter().filter(is_loop)
    }

    /// Whether two states are in one.
    pub(super) fn are_one(&self, one: u32, other: u32) -> bool {
        match &self.numbers {
            Some(numbers) => numbers[one as usize] == numbers[other as usize],
            None => one == other,
        }
    }
}

/// What runs cost, from each state on.
pub(super) struct Cost {
    costs: Vec<Costs>,
    /// A step that sends messages, by its place among those from its state, and leads back to where it begins: a run may make it any number of times.
    pub(super) unbounded: Option<(u32, usize)>,
    /// Whether a step leads back to where it begins.
    has_loop: bool,
    /// How many runs there are: by state, while they are counted; then of all, if that is known, and none comes back to where it was.
    ways: Ways,
    pub(super) schedules: Option<Count>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Costs {
    least: u32,
    greatest: u32,
    longest: u32,
}

impl Costs {
    /// A run that is over.
    const END: Costs = Costs { least: 0, greatest: 0, longest: 0 };
    /// What has no end yet.
    const NONE: Costs = Costs { least: u32::MAX, greatest: 0, longest: 0 };

    fn meet(&mut self, label: Label, behind: Costs) {
        let Label { messages, events } = label;
        self.least = self.least.min(behind.least.saturating_add(messages));
        self.greatest = self.greatest.max(behind.greatest.saturating_add(messages));
        self.longest = self.longest.max(behind.longest.saturating_add(u32::from(events)));
    }
}

/// The steps from a state: what they cost, and where they lead.
#[derive(Default)]
struct Steps {
    labelled: Vec<(Label, u32)>,
    made: Vec<(Made, u32)>,
}

impl Steps {
    /// Reads those from a state; whether a run may end there.
    fn read(&mut self, search: &mut Search, state: u32) -> Result<bool, Unusable> {
        self.labelled.clear();
        if search.edges.are_labelled() {
            let mut row = search.edges.of(state);
            while let Some(to) = row.next() {
                self.labelled.push((row.label, to));
            }
            return Ok(row.is_end);
        }
        let is_end = search.followed(state, &mut self.made)?;
        self.labelled.extend(self.made.iter().map(|(made, to)| (search.label(*made), *to)));
        Ok(is_end)
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

impl Cost {
    /// The memory that it takes to find it out, for each state, in bytes.
    pub(super) const BYTES: usize = size_of::<Costs>() + 3 * size_of::<u32>();

    /// Of a search that has seen everything.
    pub(super) fn of(search: &mut Search, components: &Components, guard: &mut Guard<'_, '_>) -> Result<Self, Halt> {
        let count = search.states.len();
        guard.keep(count * size_of::<Costs>())?;
        let ways = if search.follows_all() && guard.has_room(Ways::memory(count)) { Ways::of(count) } else { Ways::Uncounted };
        if let Ways::Exact(_) = ways {
            guard.keep(Ways::memory(count))?;
        }
        let mut cost = Cost { costs: vec![Costs::NONE; count], unbounded: None, has_loop: false, ways, schedules: None };
        let mut steps = Steps::default();
        for states in components.iter() {
            // More than once only if states lead to each other.
            while cost.improve(search, components, states, &mut steps, guard)? {}
            let greatest = states.iter().map(|state| cost.costs[*state as usize].greatest).max().unwrap_or(0);
            states.iter().for_each(|state| cost.costs[*state as usize].greatest = greatest);
        }
        cost.schedules = cost.ways.count().filter(|_| !cost.has_loop);
        if !matches!(core::mem::replace(&mut cost.ways, Ways::Uncounted), Ways::Uncounted) {
            guard.give_back(Ways::memory(count));
        }
        Ok(cost)
    }

    /// Looks at the steps from the states of a component; whether that has to be done again.
    fn improve(
        &mut self,
        search: &mut Search,
        components: &Components,
        states: &[u32],
        steps: &mut Steps,
        guard: &mut Guard<'_, '_>,
    ) -> Result<bool, Halt> {
        let mut again = false;
        // Those that were found last are nearer to the ends, mostly.
        for state in states.iter().rev().copied() {
            guard.look(|| 0)?;
            let is_end = steps.read(search, state)?;
            self.ways.settle(state, is_end, steps.labelled.iter().map(|(_, to)| *to));
            let mut costs = if is_end { Costs::END } else { Costs::NONE };
            for (place, (label, to)) in steps.labelled.iter().enumerate() {
                let mut behind = self.costs[*to as usize];
                if components.are_one(state, *to) {
                    self.has_loop = true;
                    if label.messages > 0 && self.unbounded.is_none_or(|(first, _)| state < first) {
                        self.unbounded = Some((state, place));
                    }
                    // The most is that of the whole component.
                    (behind.greatest, behind.longest) = (0, 0);
                }
                costs.meet(*label, behind);
            }
            again |= states.len() > 1 && costs.least != self.costs[state as usize].least;
            self.costs[state as usize] = costs;
        }
        Ok(again)
    }

    /// How much that run costs: messages, or events; `None` if there is no such run.
    pub(super) fn value(&self, search: &Search, extreme: Extreme) -> Option<u64> {
        match extreme {
            Extreme::Least if self.costs[0].least == u32::MAX => None,
            Extreme::Greatest if self.unbounded.is_some() => None,
            Extreme::Longest if self.has_loop => None,
            Extreme::Longest => Some(u64::from(self.at(0, extreme))),
            Extreme::Least | Extreme::Greatest => Some(search.sent_at_start + u64::from(self.at(0, extreme))),
        }
    }

    fn at(&self, state: u32, extreme: Extreme) -> u32 {
        let costs = self.costs[state as usize];
        match extreme {
            Extreme::Least => costs.least,
            Extreme::Greatest => costs.greatest,
            Extreme::Longest => costs.longest,
        }
    }

    /// The steps of that run: depth first, as steps without a message may lead back to where they begin.
    pub(super) fn way(&self, search: &mut Search, extreme: Extreme, guard: &mut Guard<'_, '_>) -> Result<Vec<Made>, Halt> {
        let (mut way, mut seen) = (Vec::<Made>::new(), sorting::set([0]));
        let mut rest = vec![self.goes_on(search, 0, extreme)?];
        while let Some(steps) = rest.last_mut() {
            let Some((made, to)) = steps.pop() else {
                rest.pop();
                way.pop();
                continue;
            };
            let Some(made) = made else { return Ok(way) };
            if seen.insert(to) {
                guard.look(|| size_of::<u32>() * seen.len())?;
                way.push(made);
                rest.push(self.goes_on(search, to, extreme)?);
            }
        }
        Ok(way)
    }

    /// The steps of such runs from a state, the first one last; none at an end.
    fn goes_on(&self, search: &mut Search, state: u32, extreme: Extreme) -> Result<Vec<(Option<Made>, u32)>, Unusable> {
        let (mut steps, left) = (Vec::new(), self.at(state, extreme));
        let is_end = search.followed(state, &mut steps)?;
        let leads = |(made, to): &(Made, u32)| {
            let Label { messages, events } = search.label(*made);
            let here = if extreme == Extreme::Longest { u32::from(events) } else { messages };
            self.at(*to, extreme).checked_add(here) == Some(left)
        };
        let steps = steps.into_iter().rev().filter(leads).map(|(made, to)| (Some(made), to));
        let over = (left == 0 && is_end).then_some((None, state));
        Ok(steps.chain(over).collect())
    }
}

impl Made {
    /// Whether it is more than that time passes.
    pub(super) fn is_event(&self) -> bool {
        !matches!(self.what, Move::Pass(_))
    }
}

impl Search {
    /// What a step costs.  That time passes is no event.  Nor is a loss, if states are left out and a search that leaves out none has no
    /// such step.
    pub(super) fn label(&self, made: Made) -> Label {
        let events = match (made.what, &self.reducer) {
            (Move::Lose(_), Some(reducer)) => reducer.sees_losses() || !self.space.may_lose_silently(),
            _ => made.is_event(),
        };
        Label { messages: self.messages(made), events }
    }

    /// Whether each schedule is followed by itself, without times: none is left out.
    fn follows_all(&self) -> bool {
        self.reducer.is_none() && self.space.ticks.is_none()
    }

    /// Whether it is that a packet arrives once more.
    pub(super) fn is_again(&self, made: Made) -> bool {
        let Move::React { cause: Cause::Packet(packet), .. } = made.what else { return false };
        self.machine.packets[packet as usize].marks.arrived
    }

    /// How many messages a step sends to others.
    pub(super) fn messages(&self, made: Made) -> u32 {
        let Some(outcome) = made.outcome else { return 0 };
        let sends = &self.machine.outcome(outcome).sends;
        sends.iter().filter(|packet| self.machine.is_between_nodes(**packet)).count() as u32
    }
}
