//! A search that leaves out what need not be looked at, in passes: each knows of the protocol what the ones before have seen, and the
//! last has learned nothing new.
//!
//! Then, if no way leads back to a state, each run from a state that was looked at is one of those that were followed, but for the order
//! of events that commute.  By induction on the longest way that was followed from there: what a run begins with, up to the first event
//! that was chosen, commutes with that event, or, if none of the chosen ones happens, with the one that no property sees; behind that
//! event, all is known.  So the ends are the same, with the same messages sent, and whether something goes wrong.
//!
//! Losses and duplicates are events, too, beside the arrival of their message.  Where so many may happen, a run that makes a chosen one
//! after others can make it before them: the budget suffices in either order.  But it may be spent before a chosen fault happens, so that
//! this is not the event that no property sees.  Properties are looked at behind steps: one that sees a fault sees it with the next step,
//! whichever that is, so that nothing is left out while there may be such faults.

use super::cost::Components;
use super::guard::{Guard, Halt, Limits};
use super::lessons::Lessons;
use super::machine::Cause;
use super::matters::{Matter, Matters, Unusable};
use super::mutant::Mutant;
use super::search::{Made, Search};
use super::space::{Move, State};
use super::stubborn::Reducer;
use super::successors::Successors;
use super::{Limit, Reduction};
use crate::execution::Prepared;
use crate::network::{Budget, Duplicates};
use crate::protocol::Links;
use crate::random::Random;

/// The number of states that [`Reduction::Auto`] looks at before it leaves out any.
const TRIED: u64 = 100_000;

/// The same of several instances that differ only in who begins: where it pays for one, states are left out of those behind it as well.
/// Where it does not, it is tried again with so many times as many.
const TRIED_OF_SEVERAL: u64 = 256;
const AGAIN: u64 = 8;

/// It then leaves some out if at most one state of this number is left.
const PAYS: u64 = 5;

/// What is known before the first pass comes from this number of random runs, each of at most [`EVENTS`] events.
const RUNS: u64 = 64;
const EVENTS: usize = 10_000;

/// Before more states than that are looked at, it learns from these, and from random runs of what is followed, until so many one after the
/// other have taught nothing, or they have had so many events: a pass that learns is made in vain.
const FIRST: u64 = 4_096;
const IN_VAIN: u64 = 64;
const REHEARSED: u64 = 2 * FIRST;

/// The most passes: a protocol from which each learns something new is searched in full.
const PASSES: usize = 64;

/// The most states that are looked at besides, to find a shortest way to what is wrong.
const SHORTEST: u64 = 1_000_000;

/// Why nothing is left out if what was tried cannot be looked at, and may be what no run does.
const IMPOSSIBLE: &str = "a handler cannot be looked at where no run may lead";

/// Whether it pays to leave states out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trial {
    /// That is tried where there are more states than that.
    Beyond(u64),
    Pays,
    Fails,
}

impl Trial {
    pub(super) fn new(of_several: bool) -> Self {
        Trial::Beyond(if of_several { TRIED_OF_SEVERAL } else { TRIED })
    }
}

/// What a search has found, and how.
pub(super) struct Searched {
    pub(super) search: Search,
    pub(super) used: Reduction,
    /// Why nothing was left out, if that was asked for.
    pub(super) why_full: Option<&'static str>,
    /// A search that has found something wrong on a shortest way, if this one was not such.
    pub(super) shortest: Option<Search>,
}

impl Searched {
    fn full(search: Search, why_full: Option<&'static str>) -> Self {
        Searched { search, used: Reduction::Full, why_full, shortest: None }
    }

    fn reduced(
        search: Search,
        how: Reduction,
        full: impl FnOnce() -> Result<Search, Unusable>,
        limits: &mut Limits<'_>,
    ) -> Result<Self, Unusable> {
        let shortest = shortest(&search, full, limits)?;
        let used = if how == Reduction::Auto { Reduction::Events } else { how };
        Ok(Searched { search, used, why_full: None, shortest })
    }
}

/// What came of a search that leaves states out.
enum Reduced {
    /// All is known, or a limit was reached, or something is wrong.
    Done(Box<Search>),
    /// It does not say what a full search says.
    Unfit(&'static str),
}

/// Whether states may be left out of a search: all that it may do has to be known to the reduction.
fn reducible(prepared: &Prepared, matters: Matters, limits: &Limits<'_>) -> Result<(), &'static str> {
    if matters.ticks.is_some() {
        return Err("time passes, which nothing commutes with");
    }
    // Cuts add no state.  Losses and duplicates spend a budget in any order.
    let Budget { crashes, recoveries: _, losses: _, duplicates, cuts: _ } = prepared.faults.budget;
    if crashes > 0 {
        return Err("nodes crash only until the run is over, which depends on every event");
    }
    if duplicates == Some(Duplicates::Any) {
        return Err("each message may arrive again and again, which is a loop");
    }
    if limits.depth.is_some() {
        return Err("up to a depth, there may be a longer way only to what is wrong");
    }
    Ok(())
}

/// Searches as asked for.
pub(super) fn search(
    prepared: &Prepared,
    matters: Matters,
    limits: &mut Limits<'_>,
    how: Reduction,
    mutant: Option<Mutant>,
    lessons: &mut Lessons,
) -> Result<Searched, Unusable> {
    let mutant = mutant.filter(|_| cfg!(debug_assertions));
    if how == Reduction::Auto && lessons.trial != Trial::Pays {
        return tried(prepared, matters, limits, mutant, lessons);
    }
    let reduced = match how {
        Reduction::Full => None,
        _ => Some(reduced(prepared, matters, limits, how, None, mutant, lessons)?),
    };
    let why_full = match reduced {
        Some(Reduced::Done(search)) => {
            return Searched::reduced(*search, how, || lessons.full(prepared, matters), limits);
        }
        Some(Reduced::Unfit(why)) => Some(why),
        None => None,
    };
    if how == Reduction::Auto {
        lessons.trial = Trial::Fails;
    }
    let mut full = lessons.full(prepared, matters)?;
    full.go(limits)?;
    Ok(Searched::full(full, why_full))
}

/// Looks at all states if there are few; else leaves states out if that pays.
fn tried(
    prepared: &Prepared,
    matters: Matters,
    limits: &mut Limits<'_>,
    mutant: Option<Mutant>,
    lessons: &mut Lessons,
) -> Result<Searched, Unusable> {
    let mut full = lessons.full(prepared, matters)?;
    let mut why_full = None;
    while let Trial::Beyond(few) = lessons.trial {
        let most = limits.most_states;
        limits.most_states = Some(most.map_or(few, |most| most.min(few)));
        let gone = full.go(limits);
        limits.most_states = most;
        gone?;
        if full.limit != Some(Limit::MostStates) || most.is_some_and(|most| most <= few) {
            return Ok(Searched::full(full, why_full));
        }
        match reduced(prepared, matters, limits, Reduction::Auto, Some(&full), mutant, lessons)? {
            Reduced::Done(search) => {
                lessons.trial = Trial::Pays;
                return Searched::reduced(*search, Reduction::Auto, || Ok(full), limits);
            }
            Reduced::Unfit(why) => {
                why_full = Some(why);
                lessons.trial = if few < TRIED { Trial::Beyond(few * AGAIN) } else { Trial::Fails };
            }
        }
    }
    full.go(limits)?;
    Ok(Searched::full(full, why_full))
}

/// Searches in passes; beside a full search that has begun, only if that pays.
fn reduced(
    prepared: &Prepared,
    matters: Matters,
    limits: &mut Limits<'_>,
    how: Reduction,
    full: Option<&Search>,
    mutant: Option<Mutant>,
    lessons: &mut Lessons,
) -> Result<Reduced, Unusable> {
    if let Err(why) = reducible(prepared, matters, limits) {
        return Ok(Reduced::Unfit(why));
    }
    let mut matters = matters;
    if prepared.links == Links::Lossy && mutant != Some(Mutant::SilentLoss) {
        // An end with messages under way is none for the reduction: it has to see them get lost.
        matters.add(Matter::Losses);
    }
    loop {
        match passes(prepared, matters, limits, how, full, mutant, lessons) {
            Err(Unusable::Matters(matter)) => matters.add(matter),
            // What was tried may be what no run does.
            Err(Unusable::Refused(_) | Unusable::Limit(_)) => return Ok(Reduced::Unfit(IMPOSSIBLE)),
            Ok(Reduced::Done(search)) if search.limit == Some(Limit::Deferred) => return Ok(Reduced::Unfit(IMPOSSIBLE)),
            done => return done,
        }
    }
}

fn passes(
    prepared: &Prepared,
    matters: Matters,
    limits: &mut Limits<'_>,
    how: Reduction,
    full: Option<&Search>,
    mutant: Option<Mutant>,
    lessons: &mut Lessons,
) -> Result<Reduced, Unusable> {
    let mut search = lessons.reduced(prepared, matters)?;
    if search.reducer.is_none() {
        let mut reducer = Reducer::new(&search.machine, how == Reduction::Nodes, mutant);
        search.limit = teach(&mut search, &mut reducer, limits)?;
        if search.limit.is_some() {
            return Ok(Reduced::Done(Box::new(search)));
        }
        search.reducer = Some(Box::new(reducer));
    }
    if let Some(full) = full {
        let most = full.states.len() as u64 / PAYS;
        let whole = (limits.depth.replace(full.depth), limits.most_states.replace(most));
        let tried = until_settled(&mut search, limits, mutant);
        (limits.depth, limits.most_states) = whole;
        tried?;
        // It will go on as it does at the depth that was reached.
        if search.limit == Some(Limit::MostStates) || search.width_at(full.depth) * PAYS > full.width_at(full.depth) {
            return Ok(Reduced::Unfit("it would leave out less than four of five states"));
        }
    }
    let is_settled = until_settled(&mut search, limits, mutant)?;
    if search.found.is_some() || search.limit.is_some() {
        return Ok(Reduced::Done(Box::new(search)));
    }
    if !is_settled {
        return Ok(Reduced::Unfit("each pass learns more of what messages there may be"));
    }
    if search.machine.reads_clock {
        return Ok(Reduced::Unfit("a handler reads the clock"));
    }
    let has_made = |first: &usize| search.reducer.as_ref().is_some_and(|reducer| reducer.known.has_made(*first));
    if !search.machine.cut.is_empty() && !search.machine.cut.iter().any(has_made) {
        return Ok(Reduced::Unfit("a handler draws from more values than are looked at, perhaps only where no run leads"));
    }
    let progress = search.progress(0);
    match Components::of(&search, &mut Guard::new(limits, progress)) {
        Ok(components) if components.loops(&search).next().is_some() => {
            Ok(Reduced::Unfit("there is a loop, on which something may be put off for ever"))
        }
        Ok(_) => Ok(Reduced::Done(Box::new(search))),
        Err(Halt::Limit(limit)) => {
            search.limit = Some(limit);
            Ok(Reduced::Done(Box::new(search)))
        }
        Err(Halt::Unusable(unusable)) => Err(unusable),
    }
}

/// Makes passes until one learns nothing, finds something wrong or reaches a limit; whether one has learned nothing.
fn until_settled(search: &mut Search, limits: &mut Limits<'_>, mutant: Option<Mutant>) -> Result<bool, Unusable> {
    for pass in 0..PASSES {
        let before = revision(search);
        search.again();
        let most = limits.most_states;
        let is_cut = pass == 0 && most.is_none_or(|most| most > FIRST);
        if is_cut {
            limits.most_states = Some(FIRST);
        }
        let gone = search.go(limits);
        limits.most_states = most;
        gone?;
        if is_cut && search.found.is_none() && search.limit == Some(Limit::MostStates) {
            search.limit = rehearse(search, limits)?;
            if search.limit.is_some() {
                break;
            }
            continue;
        }
        if search.found.is_some() || search.limit.is_some_and(|limit| limit != Limit::Depth) {
            break;
        }
        if revision(search) == before || mutant == Some(Mutant::OnePass) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn revision(search: &Search) -> u64 {
    search.reducer.as_ref().map_or(0, |reducer| reducer.known.revision + search.judge.revision())
}

/// Learns from random runs; the limit, if one was reached.
fn teach(search: &mut Search, reducer: &mut Reducer, limits: &mut Limits<'_>) -> Result<Option<Limit>, Unusable> {
    let progress = search.progress(0);
    let mut guard = Guard::new(limits, progress);
    let Search { machine, space, start, sends_at_start, .. } = search;
    sends_at_start.iter().for_each(|packet| reducer.known.learn_sent(machine, *packet));
    let mut moves = Vec::new();
    for run in 0..RUNS {
        let mut random = Random::stream(run, "teach", 0);
        let (mut state, mut next) = (start.clone(), State::default());
        for _ in 0..EVENTS {
            space.moves(machine, &state, &mut moves);
            if moves.is_empty() {
                break;
            }
            if let Err(limit) = guard.look(|| 0) {
                return Ok(Some(limit));
            }
            let what = moves[random.range(0..moves.len())];
            let mut outcome = None;
            if let Move::React { node, cause, .. } = what {
                let local = state.locals[node.index()];
                let outcomes = machine.step(local, cause)?;
                reducer.known.learn(machine, local, cause, outcomes.clone());
                let chosen = random.range(outcomes);
                if machine.outcome(chosen).wrong.is_some() {
                    break;
                }
                outcome = Some(chosen);
            }
            space.follow(machine, &state, what, outcome, &mut next);
            core::mem::swap(&mut state, &mut next);
        }
    }
    Ok(None)
}

/// Learns from random runs of what is followed; the limit, if one was reached.
fn rehearse(search: &mut Search, limits: &mut Limits<'_>) -> Result<Option<Limit>, Unusable> {
    let progress = search.progress(0);
    let mut guard = Guard::new(limits, progress);
    let (mut successors, mut next, mut in_vain, mut events) = (Successors::default(), State::default(), 0, 0);
    for run in 0.. {
        if in_vain == IN_VAIN || events > REHEARSED {
            break;
        }
        let mut pick = Pick { random: Random::stream(run, "rehearse", 0), ranks: Vec::new(), holds_back: run % 2 == 1 };
        let (mut state, before) = (search.start.clone(), revision(search));
        for _ in 0..EVENTS {
            if let Err(limit) = guard.look(|| 0) {
                return Ok(Some(limit));
            }
            successors.fill(search, &state)?;
            let Some(Made { what, outcome }) = pick.one(&successors.made) else { break };
            if outcome.is_some_and(|outcome| search.machine.outcome(outcome).wrong.is_some()) {
                break;
            }
            events += 1;
            search.space.follow(&mut search.machine, &state, what, outcome, &mut next);
            core::mem::swap(&mut state, &mut next);
            if let Move::React { node, .. } = what {
                search.judge.look(&mut search.machine, &search.space, &state, node)?;
            }
        }
        in_vain = if revision(search) == before { in_vain + 1 } else { 0 };
    }
    Ok(None)
}

/// Picks the next step of a run at random.
struct Pick {
    random: Random,
    /// By packet: which one arrives first, if several can and some are held back for as long as others can arrive.  So things happen that
    /// hardly ever do if each step is as likely.
    ranks: Vec<u64>,
    holds_back: bool,
}

impl Pick {
    fn one(&mut self, made: &[Made]) -> Option<Made> {
        if self.holds_back {
            return made.iter().copied().min_by_key(|made| self.rank(*made));
        }
        if made.is_empty() { None } else { Some(made[self.random.range(0..made.len())]) }
    }

    fn rank(&mut self, made: Made) -> u64 {
        let Move::React { cause: Cause::Packet(packet), .. } = made.what else { return self.random.below(u64::MAX) };
        while self.ranks.len() <= packet as usize {
            self.ranks.push(self.random.below(u64::MAX));
        }
        self.ranks[packet as usize]
    }
}

/// A full search up to where something is wrong, if it gets there: that is found on a shortest way.
fn shortest(
    search: &Search,
    full: impl FnOnce() -> Result<Search, Unusable>,
    limits: &mut Limits<'_>,
) -> Result<Option<Search>, Unusable> {
    let Some(found) = &search.found else { return Ok(None) };
    let mut full = full()?;
    // What is wrong with a state, or a step from it, is found when it is looked at.
    let depth = search.depth_of(found.state) + 1;
    let most = full.states.len() as u64 + SHORTEST;
    let whole = (limits.depth.replace(depth), limits.most_states);
    limits.most_states = Some(whole.1.map_or(most, |limit| limit.min(most)));
    let gone = full.go(limits);
    (limits.depth, limits.most_states) = whole;
    gone?;
    Ok(Some(full).filter(|full| full.found.is_some()))
}
