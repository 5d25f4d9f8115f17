//! Whether every run ends, where some states lead back to themselves.
//!
//! What happens next is chosen by an adversary, but a fair one: each message arrives, each alarm rings unless it is cancelled, each
//! impulse comes, and time passes.  What is drawn is chance.  So a run need not end exactly if there is a fair *end component* (de
//! Alfaro, Formal verification of probabilistic systems, 1997): each of its states leads to each by steps all of whose outcomes stay
//! there, and what may happen in all of its states happens in it on such a step, or is cancelled, and set again.  On lossy links, a
//! message that is sent again and again has to arrive again and again (a Streett condition).
//!
//! If there is none, but a fair component that draws may leave, runs end with probability 1, and not on every schedule.  If there is
//! none of those either, only a run that holds something back for ever does not end.

use core::time::Duration;
use std::collections::BTreeSet;

use super::alarms::Change;
use super::cost::Components;
use super::guard::{Guard, Halt};
use super::machine::{Cause, PacketId};
use super::matters::Unusable;
use super::mistake::Mistake;
use super::part::Part;
use super::search::{Made, Search};
use super::space::{Move, State};
use crate::sorting;
use crate::topology::NodeIndex;

/// How runs end where some states lead back to themselves.
pub(super) enum Ending {
    /// Every fair run ends.
    Fair,
    /// Every fair run ends with probability 1: chance leaves the loop.
    Chance(Lasso),
    /// A fair run need not end.
    Never(Lasso),
}

/// A way to a state, and from there back to it.
pub(super) struct Lasso {
    pub(super) way: Vec<Made>,
    pub(super) turn: Vec<Made>,
}

/// Something that may happen, and sooner or later has to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Impulse(usize),
    Packet(PacketId),
    /// An alarm of a node, by its tag, and by how long it waits, if that is part of states.
    Alarm(NodeIndex, u8, Option<Duration>),
    Time,
}

/// A fair component.
struct Fair {
    /// Its first state.
    start: u32,
    /// By edge: whether it is one of its steps.
    inside: Vec<bool>,
    /// What has to happen in it.
    events: BTreeSet<Event>,
}

/// Whether a component is fair.
enum Fairness {
    /// If all of this happens.
    Fair(BTreeSet<Event>),
    /// Something is held back in all of it.
    Unfair,
    /// These messages are sent in it, and never arrive: what is left without them may be fair.
    Loses(BTreeSet<PacketId>),
}

/// How runs end.
pub(super) fn ending(search: &mut Search, all: &Components, guard: &mut Guard<'_, '_>) -> Result<Ending, Halt> {
    let loops = all.loops(search).map(<[u32]>::to_vec).collect::<Vec<_>>();
    // Of each kind, the one that is reached first.
    let (mut never, mut chance) = (None::<Lasso>, None::<Lasso>);
    for states in loops {
        let part = Part::of(search, states, guard)?;
        let draws_stay = !has(search, Mistake::ChosenDraws);
        let kinds = [(draws_stay, &mut never), (has(search, Mistake::NoChance), &mut chance)];
        for (draws_stay, nearest) in kinds.into_iter().take(if part.draws() { 2 } else { 1 }) {
            if let Some(fair) = fair(search, &part, draws_stay, guard)? {
                let way = search.way_to(part.number(fair.start))?;
                if nearest.as_ref().is_none_or(|nearest| way.len() < nearest.way.len()) {
                    *nearest = Some(Lasso { way, turn: turn(search, &part, &fair, guard)? });
                }
                break;
            }
        }
    }
    Ok(never.map(Ending::Never).or(chance.map(Ending::Chance)).unwrap_or(Ending::Fair))
}

/// The way to a step that leads back to where it begins, and a shortest loop with it.
pub(super) fn around(
    search: &mut Search,
    all: &Components,
    step: (u32, usize),
    guard: &mut Guard<'_, '_>,
) -> Result<Lasso, Halt> {
    let (number, place) = step;
    let states = all.loops(search).find(|states| all.are_one(states[0], number)).map(<[u32]>::to_vec);
    let part = Part::of(search, states.unwrap_or_default(), guard)?;
    let mut steps = Vec::new();
    search.followed(number, &mut steps)?;
    let (made, to) = steps[place];
    let (mut turn, to) = (vec![made], part.place(to));
    if let (Some(start), Some(to)) = (part.place(number), to)
        && start != to
    {
        let back = part.way(&part.within(), to, guard, &mut |_, edge| Ok(part.edge(edge).to == start))?;
        append(search, &part, &back, &mut turn)?;
    }
    Ok(Lasso { way: search.way_to(number)?, turn })
}

fn has(search: &Search, mistake: Mistake) -> bool {
    mistake.is(search.space.matters.mistake)
}

/// The first fair component of a part.
fn fair(search: &mut Search, part: &Part, draws_stay: bool, guard: &mut Guard<'_, '_>) -> Result<Option<Fair>, Halt> {
    let mut inside = part.within();
    loop {
        let component = part.settle(&mut inside, draws_stay, guard)?;
        let (mut first, mut changed) = (None, false);
        for states in part.groups(&inside, &component) {
            match fairness(search, part, &states, &inside, guard)? {
                Fairness::Fair(events) => drop(first.get_or_insert((states[0], events))),
                Fairness::Unfair => states.iter().for_each(|state| inside[part.edges_of(*state)].fill(false)),
                Fairness::Loses(lost) => {
                    changed = true;
                    leave_out(search, part, &states, &lost, &mut inside, guard)?;
                }
            }
        }
        if !changed {
            return Ok(first.map(|(start, events)| Fair { start, inside, events }));
        }
    }
}

/// Whether these states are a fair component.
fn fairness(
    search: &mut Search,
    part: &Part,
    states: &[u32],
    inside: &[bool],
    guard: &mut Guard<'_, '_>,
) -> Result<Fairness, Halt> {
    let is_lossy = search.space.is_lossy();
    let (mut always, mut passes) = (None::<BTreeSet<Event>>, false);
    let (mut happening, mut sent) = (BTreeSet::new(), BTreeSet::new());
    let mut steps = Vec::new();
    for state in states {
        guard.look(|| 0)?;
        let here = search.state(part.number(*state))?;
        search.followed(part.number(*state), &mut steps)?;
        passes |= steps.iter().any(|(made, _)| matches!(made.what, Move::Pass(_)));
        let open = open(search, &here, &steps);
        let both = |always: BTreeSet<Event>| {
            if has(search, Mistake::WaitsSomewhere) { &always | &open } else { &always & &open }
        };
        always = Some(always.map_or_else(|| open.clone(), both));
        for ((made, _), edge) in steps.iter().zip(part.edges_of(*state)) {
            if inside[edge] {
                happening.extend(happens(search, &here, *made));
                let outcome = made.outcome.filter(|_| is_lossy).map(|outcome| search.machine.outcome(outcome));
                sent.extend(outcome.into_iter().flat_map(|outcome| outcome.sends.iter().copied()));
            }
        }
    }
    let mut always = always.unwrap_or_default();
    always.extend(passes.then_some(Event::Time));
    always.retain(|event| match event {
        Event::Impulse(_) => !has(search, Mistake::HeldImpulse),
        Event::Packet(_) => !has(search, Mistake::HeldMessage),
        Event::Alarm(..) => !has(search, Mistake::HeldAlarm),
        Event::Time => !has(search, Mistake::HeldTime),
    });
    if !always.is_subset(&happening) && !has(search, Mistake::HeldBack) {
        return Ok(Fairness::Unfair);
    }
    if has(search, Mistake::LostForEver) {
        sent.clear();
    }
    let lost = sorting::set(sent.iter().copied().filter(|packet| !happening.contains(&Event::Packet(*packet))));
    if !lost.is_empty() {
        return Ok(if has(search, Mistake::LosesAll) { Fairness::Unfair } else { Fairness::Loses(lost) });
    }
    always.extend(sent.into_iter().map(Event::Packet));
    Ok(Fairness::Fair(always))
}

/// Leaves out the steps in which such a packet is sent.
fn leave_out(
    search: &mut Search,
    part: &Part,
    states: &[u32],
    lost: &BTreeSet<PacketId>,
    inside: &mut [bool],
    guard: &mut Guard<'_, '_>,
) -> Result<(), Halt> {
    let mut steps = Vec::new();
    for state in states {
        guard.look(|| 0)?;
        search.followed(part.number(*state), &mut steps)?;
        for ((made, _), edge) in steps.iter().zip(part.edges_of(*state)) {
            let outcome = made.outcome.map(|outcome| search.machine.outcome(outcome));
            if outcome.is_some_and(|outcome| outcome.sends.iter().any(|packet| lost.contains(packet))) {
                inside[edge] = false;
            }
        }
    }
    Ok(())
}

/// What waits in a state, and has to happen some time: not what may be lost.
fn open(search: &Search, state: &State, steps: &[(Made, u32)]) -> BTreeSet<Event> {
    let machine = &search.machine;
    let may_be_lost = |packet: PacketId, place: usize| {
        let may_be_lost = search.space.is_lossy() || search.space.vanishes(machine, state, place);
        machine.is_between_nodes(packet) && may_be_lost && !has(search, Mistake::LossArrives)
    };
    let enabled = steps.iter().filter_map(|(made, _)| match made.what {
        Move::React { cause: Cause::Impulse, place, .. } => Some(Event::Impulse(place)),
        Move::React { cause: Cause::Packet(packet), place, .. } if !may_be_lost(packet, place) => {
            Some(Event::Packet(machine.single(packet)))
        }
        _ => None,
    });
    let locals = state.locals.iter().map(|local| &machine.locals[*local as usize]);
    let alarms = locals.flat_map(|local| local.alarms().iter().map(|alarm| (local.node, alarm)));
    sorting::set(enabled.chain(alarms.map(|(node, alarm)| Event::Alarm(node, alarm.tag, waits(search, alarm.after)))))
}

/// What happens in a step, or is cancelled.
fn happens(search: &Search, state: &State, made: Made) -> Vec<Event> {
    let machine = &search.machine;
    let Move::React { node, cause, place } = made.what else {
        return if matches!(made.what, Move::Pass(_)) { vec![Event::Time] } else { Vec::new() };
    };
    let alarms = machine.locals[state.locals[node.index()] as usize].alarms();
    let mut events = match cause {
        Cause::Impulse => vec![Event::Impulse(place)],
        Cause::Packet(packet) => vec![Event::Packet(machine.single(packet))],
        Cause::Alarm(index) => {
            let rings = alarms.get(index as usize);
            rings.map(|alarm| Event::Alarm(node, alarm.tag, waits(search, alarm.after))).into_iter().collect()
        }
        // No fault has to be undone.
        Cause::Recover => Vec::new(),
    };
    if has(search, Mistake::CancelledWaits) {
        return events;
    }
    let changes = made.outcome.map(|outcome| &machine.outcome(outcome).alarms).into_iter().flatten();
    for cancelled in changes.filter_map(|change| if let Change::Cancel(tag) = change { Some(*tag) } else { None }) {
        let those = alarms.iter().filter(|alarm| alarm.tag == cancelled);
        events.extend(those.map(|alarm| Event::Alarm(node, alarm.tag, waits(search, alarm.after))));
    }
    events
}

/// How long an alarm waits, if that tells states apart: otherwise a node has one at a time.
fn waits(search: &Search, after: Duration) -> Option<Duration> {
    (search.space.matters.durations && !has(search, Mistake::AnyAlarm)).then_some(after)
}

/// A loop of a fair component, from its first state, in which all happens that has to.
fn turn(search: &mut Search, part: &Part, fair: &Fair, guard: &mut Guard<'_, '_>) -> Result<Vec<Made>, Halt> {
    let Fair { start, inside, events } = fair;
    // What waits in a state of the component need not wait in all of them; but it must not wait all along this loop.
    let mut missing = events | &waiting(search, part, *start)?;
    if has(search, Mistake::ShownAnyhow) {
        missing.clear();
    }
    let (mut turn, mut here) = (Vec::new(), *start);
    while !missing.is_empty() || here != *start || turn.is_empty() {
        let way = if missing.is_empty() {
            part.way(inside, here, guard, &mut |_, edge| Ok(part.edge(edge).to == *start))?
        } else {
            part.way(inside, here, guard, &mut |state, edge| {
                Ok(still_missing(search, part, events, (state, edge), &missing)?.len() < missing.len())
            })?
        };
        let Some((_, last)) = way.last() else { break };
        here = part.edge(*last).to;
        for step in &way {
            missing = still_missing(search, part, events, *step, &missing)?;
        }
        append(search, part, &way, &mut turn)?;
    }
    Ok(turn)
}

/// What waits in a state of a part.
fn waiting(search: &mut Search, part: &Part, state: u32) -> Result<BTreeSet<Event>, Unusable> {
    let mut steps = Vec::new();
    search.followed(part.number(state), &mut steps)?;
    let state = search.state(part.number(state))?;
    Ok(open(search, &state, &steps))
}

/// What is missing after a step of it: neither has it happened, nor does it wait no longer.  These events have to happen.
fn still_missing(
    search: &mut Search,
    part: &Part,
    events: &BTreeSet<Event>,
    (state, edge): (u32, usize),
    missing: &BTreeSet<Event>,
) -> Result<BTreeSet<Event>, Unusable> {
    let made = step(search, part, state, edge, &mut Vec::new())?;
    let here = search.state(part.number(state))?;
    let happening = happens(search, &here, made);
    let mut still = missing.clone();
    still.retain(|event| !happening.contains(event));
    if !still.is_subset(events) {
        let waiting = waiting(search, part, part.edge(edge).to)?;
        still.retain(|event| events.contains(event) || waiting.contains(event));
    }
    Ok(still)
}

/// The step of an edge.
fn step(search: &mut Search, part: &Part, state: u32, edge: usize, steps: &mut Vec<(Made, u32)>) -> Result<Made, Unusable> {
    search.followed(part.number(state), steps)?;
    Ok(steps[edge - part.edges_of(state).start].0)
}

fn append(search: &mut Search, part: &Part, way: &[(u32, usize)], turn: &mut Vec<Made>) -> Result<(), Unusable> {
    let mut steps = Vec::new();
    for (state, edge) in way {
        turn.push(step(search, part, *state, *edge, &mut steps)?);
    }
    Ok(())
}
