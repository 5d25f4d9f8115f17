//! Makes a run that fails as small as possible.

use core::ops::ControlFlow;
use core::time::Duration;
use std::sync::atomic::{AtomicBool, Ordering};

use super::smaller::smaller;
use super::{AnyTrial, Failure, Found, Kind, Limits, Tried, stuck_in, told};
use crate::campaign::Mixture;
use crate::execution::{AnyFinished, AnyRun, Engine, InputChoice, Judge, Prepared, RunError, explain, scheduled};
use crate::network::{Choice, Recorder, System};
use crate::panics::caught;
use crate::protocol::{AnyWorld, Stepped, When};
use crate::simulator::Simulation;
use crate::topology::NodeIndex;

/// So many seeds are tried on a smaller run.
const SEEDS: u64 = 200;

/// All that is tried to find a smaller run may take so many events, and to find a shorter schedule so many choices.
const EVENTS: u64 = 20_000_000;
const CHOICES: usize = 2_000_000;

/// A run that ends by an order of our own takes so many choices at most.
const MOST_CHOICES: usize = 20_000;

/// Choices, each with its time if that matters.
type Choices = Vec<(Option<Duration>, Choice)>;

/// Finds a small run that fails as the one that was found.
pub(super) fn shrunk(run: &AnyRun, trial: &AnyTrial, found: Tried) -> Result<Failure, RunError> {
    let AnyTrial { crashes, limits, inputs, ref interrupt, .. } = *trial;
    let first = Mixture::of(run).crashes(crashes).of_seed(found.seed);
    // What is smaller has no more crashes than what was found.
    let crashes = first.faults.crashes.len().saturating_sub(run.faults.crashes.len());
    let mut search = Search { events: EVENTS, limits, crashes, interrupt };
    let mut start = first.clone();
    start.faults.crashes.clone_from(&run.faults.crashes);
    // Nodes keep the inputs that were drawn for them.
    if let Some(inputs) = inputs
        && start.inputs.are_drawn()
        && let Some(drawn) = inputs(&*first.prepare()?.instance)
    {
        start.inputs = InputChoice::Values(drawn);
    }
    let (finished, choices) = search.recorded(&first)?;
    let Some(kind) = Kind::of(&finished) else {
        return Err(RunError::Refused(format!("seed {} failed in a campaign, and does not fail alone", found.seed)));
    };
    let (mut run, mut finished, mut choices) = (first, finished, choices);
    if kind != Kind::Endless {
        if let Some((smaller, seed)) = search.smallest(start, found.seed, &kind) {
            run = search.of_seed(&smaller, seed);
            (finished, choices) = search.recorded(&run)?;
        }
        let prepared = run.prepare()?;
        if let Some(start) = caught(|| prepared.system()).ok()
            && let Some(shorter) = Player::new(&prepared, start, &kind).shortest(&choices)
        {
            choices = shorter;
        }
    }
    let prepared = run.prepare()?;
    let schedule = scheduled::schedule(&run, &prepared, &chosen(&choices));
    let mut past = None;
    if kind != Kind::Endless {
        (finished, past) = told(&run, &schedule)?;
    }
    Ok(Failure { kind, found: Found::Tried(found), run, schedule, finished, past, file: None })
}

/// Looks for smaller runs, as long as it may.
struct Search<'a> {
    events: u64,
    limits: Limits,
    /// In each run up to so many crashes are drawn.
    crashes: usize,
    interrupt: &'a AtomicBool,
}

impl Search<'_> {
    /// The run of that seed.
    fn of_seed(&self, run: &AnyRun, seed: u64) -> AnyRun {
        Mixture::of(run).crashes(self.crashes).of_seed(seed)
    }

    /// The run, and what was chosen in it.
    fn recorded(&mut self, run: &AnyRun) -> Result<(AnyFinished, Choices), RunError> {
        let prepared = run.prepare()?;
        let mut recorder = Recorder::new(&prepared.initiators, &prepared.faults);
        let mut watch = |_: u64, _: Duration| match self.interrupt.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        };
        let simulation = self.limits.of(Simulation::new()).watch(&mut watch);
        let finished = simulation.observe(&mut recorder).run(prepared)?;
        // Where the nodes do not come into being, there is nothing to choose.
        let choices = if finished.world.is_some() { recorder.into_choices() } else { Vec::new() };
        self.events = self.events.saturating_sub(choices.len() as u64 + 10);
        Ok((finished, choices.into_iter().map(|(at, choice)| (Some(at), choice)).collect()))
    }

    /// The seed under which the run fails alike in the fewest events, if there is one.
    fn seed(&mut self, run: &AnyRun, first: u64, kind: &Kind, all: bool) -> Option<u64> {
        let mut best: Option<(usize, u64)> = None;
        for seed in core::iter::once(first).chain((1..=SEEDS).filter(|seed| *seed != first)) {
            if self.events == 0 || self.interrupt.load(Ordering::Relaxed) {
                break;
            }
            let (finished, choices) = self.recorded(&self.of_seed(run, seed)).ok()?;
            if Kind::of(&finished).as_ref() == Some(kind) && best.is_none_or(|(events, _)| choices.len() < events) {
                best = Some((choices.len(), seed));
                if !all {
                    break;
                }
            }
        }
        best.map(|(_, seed)| seed)
    }

    /// The smallest run that fails alike, and a seed; greedily.
    fn smallest(&mut self, run: AnyRun, seed: u64, kind: &Kind) -> Option<(AnyRun, u64)> {
        let (mut run, mut seed) = (run, seed);
        'smaller: loop {
            for candidate in smaller(&run) {
                if let Some(fails) = self.seed(&candidate, seed, kind, false) {
                    (run, seed) = (candidate, fails);
                    continue 'smaller;
                }
            }
            break;
        }
        let best = self.seed(&run, seed, kind, true);
        best.map(|seed| (run, seed))
    }
}

/// Plays choices on the transition system, leaving out what cannot be, and looks whether that still fails.
struct Player<'a> {
    prepared: &'a Prepared,
    start: System,
    judge: Judge,
    kind: &'a Kind,
    /// It is the end that is wrong, not a step.
    at_end: bool,
    choices: usize,
}

impl<'a> Player<'a> {
    fn new(prepared: &'a Prepared, start: System, kind: &'a Kind) -> Self {
        let properties = &prepared.description.properties;
        let finally = |name: &String| properties.iter().any(|own| own.name == *name && own.when == When::Finally);
        let at_end = matches!(kind, Kind::Stuck(_)) || matches!(kind, Kind::Property(name) if finally(name));
        Player { prepared, start, judge: Judge::new(&prepared.description, true), kind, at_end, choices: CHOICES }
    }

    /// The shortest list of choices that fails alike; greedily: leaves out halves, quarters, .. single ones.  `None` if not
    /// even all of them do.
    fn shortest(&mut self, choices: &Choices) -> Option<Choices> {
        let without_times = choices.iter().map(|(_, choice)| (None, *choice)).collect::<Choices>();
        let mut shortest = self.play(&without_times).or_else(|| self.play(choices))?;
        let mut chunk = shortest.len() / 2;
        while chunk > 0 && self.choices > 0 {
            let before = shortest.len();
            let mut place = 0;
            while place < shortest.len() && self.choices > 0 {
                let end = (place + chunk).min(shortest.len());
                let rest = [&shortest[..place], &shortest[end..]].concat();
                match self.play(&rest).filter(|shorter| shorter.len() < shortest.len()) {
                    Some(shorter) => shortest = shorter,
                    None => place += chunk,
                }
            }
            // One more round with single ones, as long as that helps.
            if chunk > 1 || shortest.len() == before {
                chunk /= 2;
            }
        }
        Some(shortest)
    }

    /// Plays as much of the choices as is possible; what was made of them, if it fails alike.
    fn play(&mut self, choices: &Choices) -> Option<Choices> {
        let mut system = self.start.clone();
        let mut made = Choices::new();
        for (at, choice) in choices {
            self.choices = self.choices.saturating_sub(1);
            if system.is_enabled(*choice).is_ok() {
                made.push((*at, *choice));
                match self.make(&mut system, *at, *choice) {
                    None => {}
                    Some(kind) => return (kind == *self.kind).then_some(made),
                }
            }
        }
        if !self.at_end {
            return None;
        }
        while !system.is_quiet() {
            let choice = next(&system)?;
            if made.len() > MOST_CHOICES {
                return None;
            }
            self.choices = self.choices.saturating_sub(1);
            made.push((None, choice));
            if self.make(&mut system, None, choice).is_some() {
                return None;
            }
        }
        let fails = match self.kind {
            Kind::Property(name) => {
                let properties = self.prepared.description.properties.iter().enumerate();
                let mut named = properties.filter(|(_, property)| property.name == *name);
                named.any(|(place, _)| explain::verdict(system.world(), place).is_err())
            }
            Kind::Stuck(states) => self.prepared.description.has_terminal_states() && stuck_in(system.world()) == *states,
            _ => false,
        };
        fails.then_some(made)
    }

    /// Makes a choice; how the run fails by it, if it does.
    fn make(&self, system: &mut System, at: Option<Duration>, choice: Choice) -> Option<Kind> {
        system.pass_time(at.unwrap_or_default());
        let description = &self.prepared.description;
        let mut violation = None;
        let made = caught(|| {
            let mut look = |world: &dyn AnyWorld, node: NodeIndex, stepped: Stepped, tag: Option<u8>| {
                violation = self.judge.look(world, node, stepped, tag);
                if violation.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            system.follow(choice, &mut (), &mut look)
        });
        match (made, violation) {
            (Err(_), _) => Some(Kind::Panic),
            (_, Some(violation)) => Some(match violation.property {
                Some(place) => Kind::Property(description.properties[place].name.clone()),
                None => Kind::Rule,
            }),
            _ => None,
        }
    }
}

/// What happens next in an order of our own: no fault but what is bound to happen, and the earliest alarm only if nothing else is left.
fn next(system: &System) -> Option<Choice> {
    let enabled = system.enabled();
    let step = |choice: &&Choice| matches!(choice, Choice::Impulse(_) | Choice::Deliver(_) | Choice::ToSelf(_));
    let alarm = |choice: &Choice| match choice {
        Choice::Alarm(node) => system.world().node(*node).next_alarm().map(|at| (at, *choice)),
        _ => None,
    };
    let mends = |choice: &&Choice| matches!(choice, Choice::Mend(_) | Choice::Recover(_));
    let lost = |choice: &&Choice| matches!(choice, Choice::Lose(_));
    let first = enabled.iter().find(step).copied();
    let first = first.or_else(|| enabled.iter().find(mends).copied());
    let first = first.or_else(|| enabled.iter().filter_map(alarm).min().map(|(_, choice)| choice));
    let first = first.or_else(|| enabled.iter().find(lost).copied());
    let dies = |choice: &&Choice| matches!(choice, Choice::Crash(node) if system.is_doomed(*node));
    first.or_else(|| enabled.iter().find(dies).copied())
}

/// Choices that leave to the seed what is drawn.
fn chosen(choices: &Choices) -> Vec<scheduled::Chosen> {
    choices.iter().map(|(at, choice)| scheduled::Chosen { at: *at, choice: *choice, draws: Vec::new() }).collect()
}
