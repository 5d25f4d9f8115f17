//! What was found on many instances, put together in their order.

use serde::{Deserialize, Serialize};

use super::Plan;
use crate::check::{Checked, Class, Count, Ending, Limit, Noncommuting, Reduction, StateCount, Status, Verdict};
use crate::execution::RunError;

/// What was found on the instances before a number.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tally {
    /// That number.
    done: u64,
    /// How many of those were searched: the others are the same as one of them, but for names.
    searched: u64,
    classes: Vec<Class>,
    ends: u64,
    depth: u64,
    handler_runs: u64,
    /// The memory of all, one after the other.
    bytes: u64,
    /// How states were left out, if they were of any.
    reduction: Option<Reduction>,
    untimed: bool,
    reads_clock: bool,
    /// How many values of each range were looked at, if a handler draws from more.
    draws: Option<u64>,
    /// Whether runs end, the worst; `None` where that is not known of each.
    runs_end: Option<Ending>,
    /// The first instance on which no number of messages is the most.
    unbounded: Option<u64>,
    /// The first limit that was reached.
    limit: Option<Limit>,
    least: Option<Extreme>,
    greatest: Option<Extreme>,
    longest: Option<Extreme>,
    /// How many schedules there are; `None` where that is not known of each.
    schedules: Option<Count>,
    /// By property, the worst.
    properties: Vec<(String, Status)>,
    /// Pairs of messages whose order matters on some instance, if that was asked for.
    noncommuting: Option<Vec<Noncommuting>>,
    /// How likely it is, at most, that a state of any was left out.
    omission: f64,
    /// What could not be decided, each sentence once.
    unchecked: Vec<String>,
    /// The worst that was found, and the first instance on which it was.
    worst: Option<(Verdict, u64)>,
}

/// Whether an instance on which that was found is the last that is looked at.
pub(super) fn decides(found: Verdict) -> bool {
    matches!(found, Verdict::Violated | Verdict::Endless)
}

/// What was found on an instance, as far as it has to be added for each one that is the same but for names: of the rest, twice is once.
pub(super) struct Found {
    class: Class,
    ends: u64,
    bytes: u64,
    schedules: Option<Count>,
}

impl Found {
    pub(super) fn of(checked: &Checked) -> Self {
        let (class, bytes) = (Class::of(checked, 0, 0.0), bytes_of(checked));
        Found { class, ends: checked.ends, bytes, schedules: checked.schedules }
    }
}

/// The memory that it took.
fn bytes_of(checked: &Checked) -> u64 {
    (checked.bytes_a_state * checked.states.total as f64).round() as u64
}

/// The instance with the most of something, or the least, and the first of those.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Extreme {
    value: u64,
    instance: u64,
}

impl Extreme {
    fn meet(this: &mut Option<Self>, value: Option<u64>, instance: u64, is_more: fn(u64, u64) -> bool) {
        if let Some(value) = value
            && this.is_none_or(|before| is_more(value, before.value))
        {
            *this = Some(Extreme { value, instance });
        }
    }
}

impl Tally {
    /// How many instances were looked at.
    pub(crate) fn done(&self) -> u64 {
        self.done
    }

    /// How many states and steps they have.
    pub(super) fn totals(&self) -> (u64, u64) {
        let sum = |of: fn(&Class) -> u64| self.classes.iter().map(of).sum();
        (sum(|class| class.states.total), sum(|class| class.transitions))
    }

    /// What was found, by the size of graphs.
    #[cfg(feature = "cli")]
    pub(crate) fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// The first instance on which the worst was found.
    pub(super) fn worst(&self) -> u64 {
        self.worst.map_or(0, |(_, instance)| instance)
    }

    /// Whether something is so wrong that no further instance needs to be looked at.
    pub(crate) fn is_decided(&self) -> bool {
        self.worst.is_some_and(|(worst, _)| decides(worst))
    }

    /// Adds the next instance, which is the same as one that was added, but for names.
    pub(super) fn add_twin(&mut self, plan: &Plan, found: &Found) {
        let number = self.done;
        self.done += 1;
        self.add_class(&Class { graphs: plan.begins_a_graph(number).into(), ..found.class.clone() });
        self.ends += found.ends;
        self.bytes += found.bytes;
        self.schedules = self.schedules.zip(found.schedules).map(|(before, more)| before + more);
    }

    fn add_class(&mut self, class: &Class) {
        match self.classes.iter_mut().find(|known| (known.nodes, known.edges) == (class.nodes, class.edges)) {
            Some(known) => known.add(class),
            None => self.classes.push(class.clone()),
        }
    }

    /// Adds the next instance.
    pub(super) fn add(&mut self, plan: &Plan, checked: Checked, seconds: f64) {
        let number = self.done;
        self.done += 1;
        self.searched += 1;
        self.add_class(&Class::of(&checked, plan.begins_a_graph(number).into(), seconds));
        self.ends += checked.ends;
        self.depth = self.depth.max(checked.depth);
        self.handler_runs += checked.handler_runs;
        self.bytes += bytes_of(&checked);
        if checked.reduction != Reduction::Full {
            self.reduction = Some(checked.reduction);
        }
        self.untimed |= checked.untimed;
        self.reads_clock |= checked.reads_clock;
        self.draws = self.draws.or(checked.draws);
        self.runs_end = match number {
            0 => checked.runs_end,
            _ => self.runs_end.zip(checked.runs_end).map(|(one, other)| one.max(other)),
        };
        if checked.messages.unbounded.is_some() {
            self.unbounded.get_or_insert(number);
        }
        self.limit = self.limit.or(checked.limit);
        Extreme::meet(&mut self.least, checked.messages.least, number, |one, other| one < other);
        Extreme::meet(&mut self.greatest, checked.messages.greatest, number, |one, other| one > other);
        Extreme::meet(&mut self.longest, checked.longest, number, |one, other| one > other);
        self.schedules = match number {
            0 => checked.schedules,
            _ => self.schedules.zip(checked.schedules).map(|(before, more)| before + more),
        };
        if self.properties.is_empty() {
            self.properties = checked.properties;
        } else {
            for ((_, worst), (_, status)) in self.properties.iter_mut().zip(checked.properties) {
                *worst = status.max(*worst);
            }
        }
        if let Some(pairs) = checked.noncommuting {
            Noncommuting::add(self.noncommuting.get_or_insert_default(), pairs);
        }
        self.omission = (self.omission + checked.omission).min(1.0);
        for what in checked.unchecked {
            if !self.unchecked.contains(&what) {
                self.unchecked.push(what);
            }
        }
        if self.worst.is_none_or(|(worst, _)| checked.outcome > worst) {
            self.worst = Some((checked.outcome, number));
        }
    }

    /// Tells what was found; `again` checks an instance again, for its schedules.  If some are left, `ended_by` says why.
    pub(super) fn tell(
        &self,
        plan: &Plan,
        checked: &mut Checked,
        ended_by: Limit,
        again: &mut dyn FnMut(u64) -> Result<Checked, RunError>,
    ) -> Result<(), RunError> {
        let left = plan.len() - self.done;
        // After an interrupt, the user does not wait for schedules.
        let is_over = left == 0 || self.is_decided();
        checked.complete = left == 0 && self.limit.is_none() && !self.is_decided();
        checked.limit = if is_over { self.limit } else { Some(ended_by) };
        (checked.instances, checked.instances_left, checked.instances_searched) = (self.done, left, self.searched);
        checked.classes.clone_from(&self.classes);
        let (total, transitions) = self.totals();
        let largest = self.classes.iter().map(|class| class.states.largest).max().unwrap_or(0);
        (checked.states, checked.transitions) = (StateCount { total, largest }, transitions);
        (checked.ends, checked.depth, checked.handler_runs) = (self.ends, self.depth, self.handler_runs);
        checked.bytes_a_state = self.bytes as f64 / total.max(1) as f64;
        checked.reduction = self.reduction.unwrap_or(Reduction::Full);
        (checked.untimed, checked.reads_clock, checked.draws) = (self.untimed, self.reads_clock, self.draws);
        checked.runs_end = self.runs_end.filter(|_| left == 0);
        checked.schedules = self.schedules.filter(|_| left == 0);
        checked.unchecked.clone_from(&self.unchecked);
        checked.noncommuting.clone_from(&self.noncommuting);
        checked.omission = self.omission;
        let (worst, first) = self.worst.unwrap_or((Verdict::Bounded, 0));
        checked.outcome = if left > 0 { worst.max(Verdict::Bounded) } else { worst };
        checked.properties.clone_from(&self.properties);
        if left > 0 {
            // On the others it may be otherwise.
            let holding = checked.properties.iter_mut().filter(|(_, status)| *status == Status::Holds);
            holding.for_each(|(_, status)| *status = Status::Unchecked);
        }
        self.tell_costs(checked, &mut |number| if is_over { again(number).map(Some) } else { Ok(None) })?;
        if let Some(instance) = self.unbounded.filter(|_| is_over) {
            checked.messages.unbounded = again(instance)?.messages.unbounded;
        }
        if !matches!(worst, Verdict::Holds | Verdict::Bounded) {
            let shown = again(first)?;
            (checked.violations, checked.endless) = (shown.violations, shown.endless);
        }
        Ok(())
    }

    /// The least and the most of all, each with its schedule; nothing, if it is not known of each.
    fn tell_costs(
        &self,
        checked: &mut Checked,
        again: &mut dyn FnMut(u64) -> Result<Option<Checked>, RunError>,
    ) -> Result<(), RunError> {
        let all = |of: fn(&Class) -> Option<u64>| self.classes.iter().all(|class| of(class).is_some());
        let mut shown: Vec<(u64, Option<Checked>)> = Vec::new();
        let mut show = |extreme: Option<Extreme>, known: bool| -> Result<(Option<u64>, Option<Checked>), RunError> {
            let Some(Extreme { value, instance }) = extreme.filter(|_| known) else { return Ok((None, None)) };
            let known = shown.iter().position(|(known, _)| *known == instance);
            if known.is_none() {
                shown.push((instance, again(instance)?));
            }
            Ok((Some(value), shown[known.unwrap_or(shown.len() - 1)].1.clone()))
        };
        let (least, of) = show(self.least, all(|class| class.least))?;
        (checked.messages.least, checked.messages.least_replay) = (least, of.and_then(|of| of.messages.least_replay));
        let (greatest, of) = show(self.greatest, all(|class| class.greatest))?;
        (checked.messages.greatest, checked.messages.greatest_replay) =
            (greatest, of.and_then(|of| of.messages.greatest_replay));
        let (longest, of) = show(self.longest, all(|class| class.longest))?;
        (checked.longest, checked.longest_replay) = (longest, of.and_then(|of| of.longest_replay));
        Ok(())
    }
}
