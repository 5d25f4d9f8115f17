//! Discrete time: messages take no longer than a bound, and alarms ring exactly when they are due.
//!
//! Time passes in ticks that divide the bound and all that alarms wait.  A state holds how much time is left to each message and to each
//! alarm; no time passes while something of that has none left.  Bounds can be met exactly, so that whole ticks show all orders of events
//! that there are (Henzinger, Manna and Pnueli, What good are digital clocks?, ICALP 1992).  One thing is too coarse: of two alarms of a
//! node in the same tick, either may ring first, unless the one that was set earlier waits no longer.  So a [`Path`](super::path::Path)
//! is certain only if there are times for it.

use core::time::Duration;

use super::alarms::{Alarm, Change};
use super::machine::{LocalId, Machine};
use super::mistake::Mistake;
use super::space::State;
use crate::time::nanos;

/// How time passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticks {
    /// A message takes at most so long, in nanoseconds.
    pub(super) delay: u64,
    /// A tick, in nanoseconds.
    tick: u64,
    mistake: Option<Mistake>,
}

/// How many ticks are left, in a state; nothing where time does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Left {
    /// By alarm: node by node, each in the order of setting.
    pub(super) alarms: Vec<u64>,
    /// By packet, in the order of those.
    pub(super) packets: Vec<u64>,
}

impl Left {
    /// Whether the alarm at that place may ring: at once, if time does not matter.
    pub(super) fn is_due(&self, alarm: usize) -> bool {
        self.alarms.get(alarm).is_none_or(|left| *left == 0)
    }
}

impl Ticks {
    /// As long as no alarm is known: messages take at most that time.
    pub(super) fn new(delay: Duration) -> Self {
        Ticks { delay: nanos(delay), tick: nanos(delay), mistake: None }
    }

    /// With that wrong.
    pub(super) fn with(self, mistake: Option<Mistake>) -> Self {
        Ticks { mistake, ..self }
    }

    fn has(&self, mistake: Mistake) -> bool {
        mistake.is(self.mistake)
    }

    /// Shorter ticks, of which an alarm waits a whole number; `None` if these are short enough.
    pub(super) fn dividing(&self, after: Duration) -> Option<Self> {
        if self.has(Mistake::CoarseTicks) && self.tick > 0 {
            return None;
        }
        let tick = greatest_divisor(self.tick, nanos(after));
        (tick != self.tick).then_some(Ticks { tick, ..*self })
    }

    fn in_ticks(&self, nanos: u64) -> u64 {
        nanos.checked_div(self.tick).unwrap_or(0)
    }

    /// What is left to a message that has just been sent.
    pub(super) fn of_message(&self) -> u64 {
        if self.has(Mistake::AtOnce) { 0 } else { self.in_ticks(self.delay) + u64::from(self.has(Mistake::LateMessage)) }
    }

    /// What is left to an alarm that has just been set.
    pub(super) fn of_alarm(&self, alarm: &Alarm) -> u64 {
        self.in_ticks(nanos(alarm.after)) + u64::from(self.has(Mistake::LongAlarm))
    }

    /// How much time passes in a state if nothing else happens; `None` if none can, or nothing waits for it.
    pub(super) fn may_pass(&self, machine: &Machine, state: &State, is_waking: bool, lossy: bool) -> Option<u64> {
        let mut alarms = state.left.alarms.iter();
        let mut least = None::<u64>;
        for local in &state.locals {
            let local = &machine.locals[*local as usize];
            let left = alarms.by_ref().take(local.alarms().len());
            least = least.into_iter().chain(left.copied()).min();
        }
        if self.has(Mistake::LateAlarm) {
            least = least.map(|least| least.max(1));
        }
        // A message that may be lost holds nothing up.
        let is_late = |packet: &u32| lossy && machine.is_between_nodes(*packet) && !self.has(Mistake::LossWaits);
        let must_arrive = |packet: &u32| !is_late(packet) && !self.has(Mistake::NoBound);
        let packets = state.packets.iter().zip(&state.left.packets);
        let bound = packets.filter(|(packet, _)| must_arrive(packet)).map(|(_, left)| *left);
        let least = least.into_iter().chain(bound).min();
        let is_empty = state.packets.is_empty();
        match least {
            Some(0) => None,
            // Nothing can come in between.
            Some(least) if (is_empty || self.has(Mistake::LeapMessages)) && (!is_waking || self.has(Mistake::LeapImpulses)) => {
                Some(least)
            }
            None if is_empty && !self.has(Mistake::IdleTime) => None,
            _ => Some(1),
        }
    }

    /// Lets that much time pass.  What should have arrived before is lost.
    pub(super) fn pass(&self, state: &mut State, ticks: u64) {
        state.left.alarms.iter_mut().for_each(|left| *left = left.saturating_sub(ticks));
        let is_kept = |left: u64| left >= ticks || self.has(Mistake::LostLate);
        let mut kept = state.left.packets.iter().map(|left| is_kept(*left));
        state.packets.retain(|_| kept.next() == Some(true));
        state.left.packets.retain_mut(|left| {
            let stays = is_kept(*left);
            *left = left.saturating_sub(ticks);
            stays
        });
    }

    /// The alarms of a node, which was in that local state, do not ring any more.
    pub(super) fn forget(&self, machine: &Machine, state: &mut State, before: LocalId) {
        let Local { place, alarms } = Local::of(machine, state, before);
        state.left.alarms.drain(place..place + alarms.len());
    }

    /// Makes what a step does to the alarms of its node, which was in that local state.
    pub(super) fn change(&self, machine: &Machine, state: &mut State, before: LocalId, changes: &[Change]) {
        let Local { place, alarms } = Local::of(machine, state, before);
        let left = &state.left.alarms[place..place + alarms.len()];
        let mut list = alarms.iter().cloned().zip(left.iter().copied()).collect::<Vec<_>>();
        for change in changes {
            change.make(&mut list, &|alarm| (alarm.clone(), self.of_alarm(alarm)), &|(alarm, _)| alarm);
        }
        state.left.alarms.splice(place..place + alarms.len(), list.into_iter().map(|(_, left)| left));
    }
}

/// A node's alarms, and the place of the first among all.
struct Local<'a> {
    place: usize,
    alarms: &'a [Alarm],
}

impl<'a> Local<'a> {
    /// Of a node that has not yet changed.
    fn of(machine: &'a Machine, state: &State, local: LocalId) -> Self {
        let alarms = |local: &LocalId| machine.locals[*local as usize].alarms();
        let node = machine.locals[local as usize].node.index();
        let place = state.locals[..node].iter().map(|local| alarms(local).len()).sum();
        Local { place, alarms: alarms(&local) }
    }
}

fn greatest_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_divide_the_bound_and_all_that_alarms_wait() {
        let millis = Duration::from_millis;
        let ticks = Ticks::new(millis(200));
        assert_eq!(ticks.dividing(millis(400)), None);
        let ticks = ticks.dividing(millis(500)).expect("500 are no 200s");
        assert_eq!((ticks.tick, ticks.of_message()), (100_000_000, 2));
        assert_eq!(ticks.dividing(Duration::ZERO), None);
        // Messages that take no time divide nothing.
        let at_once = Ticks::new(Duration::ZERO);
        assert_eq!(at_once.of_message(), 0);
        assert_eq!(at_once.dividing(millis(7)).map(|ticks| (ticks.tick, ticks.of_message())), Some((7_000_000, 0)));
    }
}
