//! One check: a search, and what follows from what it found.

use core::time::Duration;
use std::borrow::Cow;

use super::guard::{Guard, Limits};
use super::lessons::Lessons;
use super::matters::{Matters, Unusable};
use super::path::Path;
use super::reach::Reach;
use super::reduce::{self, Searched};
use super::search::{Fault, Found, Made, Search};
use super::ticks::Ticks;
use super::{Check, Checked, Failure, Limit, Reduction, StateCount, Status, Verdict};
use crate::execution::{AnyRun, EngineKind, Prepared, RunError, explain};
use crate::network::{Duplicates, Schedule};
use crate::protocol::NodeView;
use crate::topology::NodeIndex;

/// The memory that a check may take unless it is given another limit: 4 GiB.
const MEMORY: u64 = 4 << 30;

/// Looks at every schedule of a run, with what is known from others.  What is found comes with its schedules, which take longer than the search of a small
/// instance, only if they are `replayed`.
pub(crate) fn check_run(run: &AnyRun, how: Check<'_>, replayed: bool, lessons: &mut Lessons) -> Result<Checked, RunError> {
    crate::panics::keep();
    let (reach, watch) = how.into_parts();
    let mut run = Cow::Borrowed(run);
    if let Some(budget) = reach.faults {
        run.to_mut().faults.budget = budget;
    }
    let (run, prepared) = (&*run, &run.prepare()?);
    prepared.faults.have_no_times().map_err(RunError::refused)?;
    if reach.synchronous.is_some() {
        prepared.faults.budget.fits_a_bound().map_err(RunError::refused)?;
    }
    let mut limits = Limits {
        depth: reach.depth,
        most_states: reach.most_states,
        memory: usize::try_from(reach.memory.unwrap_or(MEMORY)).unwrap_or(usize::MAX),
        deadline: reach.deadline,
        watch,
    };
    let untimed = Matters { draws: reach.draws, compaction: reach.compaction, mistake: reach.mistake, ..Matters::default() };
    let matters = reach.synchronous.map_or(untimed, |delay| untimed.with_time(Ticks::new(delay)));
    let mut examine = |matters, lessons: &mut Lessons| examine(run, prepared, matters, reach, &mut limits, replayed, lessons);
    let Examination { mut checked, is_doubtful } = examine(matters, lessons)?;
    let repeats = prepared.faults.budget.duplicates == Some(Duplicates::Any);
    if is_doubtful && !repeats {
        // What can happen while messages take no time, can happen.
        let prompt = matters.with_time(Ticks::new(Duration::ZERO));
        checked.confirm(examine(prompt, &mut Lessons::new(false))?.checked);
    }
    checked.note_options(reach);
    Ok(checked)
}

/// Searches until it is known what states have to hold.
fn examine(
    run: &AnyRun,
    prepared: &Prepared,
    mut matters: Matters,
    reach: Reach,
    limits: &mut Limits<'_>,
    replayed: bool,
    lessons: &mut Lessons,
) -> Result<Examination, RunError> {
    loop {
        let searched = reduce::search(prepared, matters, limits, reach.reduction, reach.mutant, lessons);
        let examined = searched.and_then(|searched| {
            let mut examined = Examined::new(run, prepared, searched, replayed);
            let examination = examined.result(limits, reach.why)?;
            lessons.keep(examined.search);
            Ok(examination)
        });
        match examined {
            Ok(examination) => return Ok(examination),
            Err(Unusable::Matters(matter)) => matters.add(matter),
            Err(Unusable::Refused(what)) => return Err(RunError::refused(what)),
            Err(Unusable::Limit(limit)) => return Err(RunError::refused(limit.reached())),
        }
    }
}

impl Checked {
    /// Takes over what is wrong even if messages take no time, where alarms may overtake them otherwise.
    fn confirm(&mut self, prompt: Checked) {
        match prompt.outcome {
            Verdict::Violated => {
                (self.outcome, self.violations, self.properties) = (prompt.outcome, prompt.violations, prompt.properties);
            }
            Verdict::Endless if self.violations.is_empty() => {
                (self.outcome, self.endless, self.runs_end) = (prompt.outcome, prompt.endless, prompt.runs_end);
            }
            _ => {
                let why = |limit: Limit| format!("whether that can happen while messages take no time: {}", limit.reached());
                self.unchecked.extend(prompt.limit.map(why));
            }
        }
    }
}

/// A search that is over.
pub(super) struct Examined<'a> {
    run: &'a AnyRun,
    prepared: &'a Prepared,
    pub(super) search: Search,
    used: Reduction,
    /// Why no states were left out, if that was asked for.
    why_full: Option<&'static str>,
    /// A search that has found what is wrong on a shortest way, if this one may not have.
    shortest: Option<Search>,
    /// Whether schedules are made.
    pub(super) replayed: bool,
}

/// What was found in a search.
struct Examination {
    checked: Checked,
    /// Something is wrong if an alarm overtakes something, and whether that can be is not known.
    is_doubtful: bool,
}

impl<'a> Examined<'a> {
    fn new(run: &'a AnyRun, prepared: &'a Prepared, searched: Searched, replayed: bool) -> Self {
        let Searched { search, used, why_full, shortest } = searched;
        Examined { run, prepared, search, used, why_full, shortest, replayed }
    }

    fn result(&mut self, limits: &mut Limits<'_>, why: bool) -> Result<Examination, Unusable> {
        let complete = self.search.found.is_none() && self.search.limit.is_none();
        let states = self.search.states.len() as u64;
        let memory = self.search.memory() as f64;
        let mut checked = self.begun(complete, states);
        checked.bytes_a_state = memory / states as f64;
        checked.outcome = if complete { Verdict::Holds } else { Verdict::Bounded };
        let mut is_doubtful = false;
        let is_shortest = self.used == Reduction::Full || self.shortest.is_some();
        if complete {
            is_doubtful = self.ends(limits, &mut checked)?;
        }
        checked.spilled = self.search.spilled();
        checked.omission = self.search.states.omission();
        checked.notices.extend(self.search.no_room.take());
        if let Some(full) = self.shortest.take() {
            self.search = full;
        }
        if let Some(found) = self.search.found.take() {
            self.wrong(&found, is_shortest, &mut checked)?;
            is_doubtful = !found.is_certain && self.search.space.ticks.is_none();
        }
        if why {
            let progress = self.search.progress(self.search.states.len() as u32);
            let (pairs, limit) = self.search.noncommuting(&mut Guard::new(limits, progress))?;
            checked.noncommuting = Some(pairs);
            checked.notices.extend(limit.map(|limit| format!("--why: not all states were looked at: {}", limit.reached())));
            checked.limit = checked.limit.or(limit);
        }
        let machine = &self.search.machine;
        checked.reads_clock = machine.reads_clock;
        if machine.reads_clock {
            checked.unchecked.push("all that depends on the time: a handler reads the clock, which stands still here".into());
            if matches!(checked.outcome, Verdict::Violated | Verdict::Endless) {
                checked.outcome = Verdict::Suspected;
            }
        }
        if machine.draws_at_start {
            checked
                .unchecked
                .push("how else a run may begin: `#[init]` draws, and only what the seed gives was looked at".into());
        }
        checked.draws = machine.matters.draws.filter(|_| !machine.cut.is_empty());
        if let Some(draws) = checked.draws {
            checked
                .unchecked
                .push(format!("other draws: what is said here is said for draws of {draws} values, the least of each range"));
            if checked.outcome == Verdict::Endless {
                checked.outcome = Verdict::Unchecked;
            }
        }
        if !self.is_whole() && matches!(checked.outcome, Verdict::Holds | Verdict::Almost) {
            checked.outcome = Verdict::Unchecked;
        }
        checked.handler_runs = machine.runs;
        Ok(Examination { is_doubtful: is_doubtful && !machine.reads_clock, checked })
    }

    /// Whether nothing was left out that the user's code may do.
    fn is_whole(&self) -> bool {
        let machine = &self.search.machine;
        !machine.reads_clock && !machine.draws_at_start && machine.cut.is_empty()
    }

    /// Something is wrong.
    fn wrong(&mut self, found: &Found, is_shortest: bool, checked: &mut Checked) -> Result<(), Unusable> {
        let over = matches!(found.fault, Fault::Stuck | Fault::Property(_, None, _));
        let path = Path::of(&self.search, &found.way, over);
        let (outcome, status) =
            if found.is_certain { (Verdict::Violated, Status::Violated) } else { (Verdict::Suspected, Status::Suspected) };
        checked.outcome = outcome;
        if let Fault::Property(property, ..) = found.fault {
            checked.properties[property].1 = status;
        }
        checked.violations.push(self.failure(found, &path, is_shortest)?);
        Ok(())
    }

    /// The result as far as it follows from what was searched.
    fn begun(&self, complete: bool, states: u64) -> Checked {
        let (prepared, search) = (self.prepared, &self.search);
        let status = if complete && self.is_whole() { Status::Holds } else { Status::Unchecked };
        let properties = prepared.description.properties.iter();
        let why_full = self.why_full.map(|why| format!("no states are left out: {why}"));
        Checked {
            complete,
            reduction: self.used,
            notices: prepared.notices.iter().cloned().chain(why_full).collect(),
            limit: search.limit,
            instances: 1,
            instances_searched: 1,
            states: StateCount { total: states, largest: states },
            transitions: search.transitions,
            depth: search.depth,
            untimed: search.space.ticks.is_none() && search.machine.locals.iter().any(|local| !local.alarms().is_empty()),
            ends: search.ends,
            within: prepared.faults.budget.phrases(prepared.links),
            properties: properties.map(|property| (property.name.clone(), status)).collect(),
            ..Checked::nothing_yet(prepared)
        }
    }

    pub(super) fn schedule(&self, path: &Path) -> Option<Schedule> {
        (self.replayed && path.possible).then(|| path.schedule(self.run, self.prepared))
    }

    fn failure(&mut self, found: &Found, path: &Path, is_shortest: bool) -> Result<Failure, Unusable> {
        let description = &self.prepared.description;
        let (property, what) = match &found.fault {
            Fault::Property(place, node, what) => {
                let name = &description.properties[*place].name;
                let sentence = explain::does_not_hold(name, what);
                let after = node.map_or_else(|| " (at the end)".to_owned(), |node| format!(" (after a step of node {node})"));
                (Some(name.clone()), format!("{sentence}{after}"))
            }
            Fault::Rule(node, what) => (None, format!("node {node}: {what}")),
            Fault::Panic(node, said) => (None, format!("node {node} panicked: {said}")),
            Fault::Stuck => (None, self.stuck(found.state)?),
        };
        Ok(Failure {
            property,
            what,
            events: found.way.iter().filter(|made| made.is_event()).count(),
            shortest: is_shortest && found.way.iter().all(Made::is_event),
            schedule: self.schedule(path),
            instance: self.prepared.arguments_of(EngineKind::Checker).join(" "),
        })
    }

    /// Who waits at a stuck end, and for what.
    fn stuck(&mut self, state: u32) -> Result<String, Unusable> {
        let state = self.search.state(state)?;
        state.locals.iter().for_each(|local| self.search.machine.place(*local));
        let world = &self.search.machine.world;
        let nodes = || world.nodes().map(|node| world.node(NodeIndex::new(node))).filter(|node| node.is_alive());
        let undecided = || nodes().filter(|node| !node.is_decided());
        let mut lines = vec![explain::stuck(undecided().count(), nodes().count())];
        lines.extend(explain::one_by_one(&mut undecided().map(<dyn NodeView>::index), &mut |node| {
            let node = world.node(node);
            explain::situation(node, None, &explain::deferred(node), &self.prepared.description)
        }));
        Ok(lines.join("; "))
    }
}
