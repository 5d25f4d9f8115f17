//! Which events of one node commute: found by making both in both orders.

use super::machine::{Cause, LocalId, Machine, Outcome};
use super::matters::Unusable;
use super::store::Store;

/// What is known of pairs of events.
pub(super) struct Commute {
    known: Store,
    answers: Vec<bool>,
    key: Vec<u8>,
    /// What is compared.
    pub(super) compares: Compares,
}

/// What is compared of two orders: all, but in tests of the tests.
#[derive(Clone, Copy, Debug)]
pub(super) struct Compares {
    /// Whether the two orders are compared at all.
    pub(super) all: bool,
    pub(super) sends: bool,
    pub(super) wrong: bool,
    pub(super) locals: bool,
    /// Whether both send on a link that keeps the order.
    pub(super) order: bool,
    /// Which alarm is which.
    pub(super) alarms: bool,
    /// All outcomes, and not the first of each.
    pub(super) draws: bool,
    pub(super) halfway: bool,
}

impl Compares {
    pub(super) const ALL: Compares =
        Compares { all: true, sends: true, wrong: true, locals: true, order: true, alarms: true, draws: true, halfway: true };
}

/// The outcomes of two events, one after the other.
pub(super) type Both = (usize, usize);

impl Commute {
    pub(super) fn new() -> Self {
        Commute { known: Store::new(), answers: Vec::new(), key: Vec::new(), compares: Compares::ALL }
    }

    /// Whether both events of a node, which can happen in this local state, can happen there in either order, and then each sends the
    /// same and breaks the same rules, and both lead to the same.
    pub(super) fn commute(
        &mut self,
        machine: &mut Machine,
        local: LocalId,
        one: Cause,
        other: Cause,
    ) -> Result<bool, Unusable> {
        if !self.compares.all {
            return Ok(true);
        }
        let (first, second) = if one <= other { (one, other) } else { (other, one) };
        self.key.clear();
        self.key.extend(local.to_le_bytes());
        for cause in [first, second] {
            let (kind, number) = match cause {
                Cause::Impulse => (0, 0),
                Cause::Packet(packet) => (1, packet),
                Cause::Alarm(index) => (2, index),
                Cause::Recover => (3, 0),
            };
            self.key.push(kind);
            self.key.extend(number.to_le_bytes());
        }
        if let Some(known) = self.known.find(&self.key) {
            return Ok(self.answers[known as usize]);
        }
        let there = self.in_order(machine, local, first, second)?;
        let back = self.in_order(machine, local, second, first)?;
        let commute = match (there, back) {
            (Some(there), Some(back)) => {
                let same = |one: &Both, other: &Both| self.same(machine, *one, *other);
                there.iter().all(|one| back.iter().any(|other| same(one, other)))
                    && back.iter().all(|other| there.iter().any(|one| same(one, other)))
            }
            _ => false,
        };
        self.known.insert(&self.key);
        self.answers.push(commute);
        Ok(commute)
    }

    /// The outcomes of one event and then the other; `None` if they cannot happen so, or their order shows in something else.
    pub(super) fn in_order(
        &self,
        machine: &mut Machine,
        local: LocalId,
        first: Cause,
        second: Cause,
    ) -> Result<Option<Vec<Both>>, Unusable> {
        let mut all = Vec::new();
        for one in machine.step(local, first)? {
            let outcome = machine.outcome(one);
            let (to, is_halfway) = (outcome.to, self.compares.halfway && !outcome.via.is_empty());
            let Some(then) = self.behind(machine, local, one, second).filter(|_| !is_halfway) else { return Ok(None) };
            for other in machine.step(to, then)? {
                if self.compares.halfway && !machine.outcome(other).via.is_empty() {
                    return Ok(None);
                }
                if self.compares.order && share_a_link(machine, machine.outcome(one), machine.outcome(other)) {
                    return Ok(None);
                }
                all.push((one, other));
            }
            if !self.compares.draws {
                break;
            }
        }
        Ok(Some(all))
    }

    /// The same cause behind an outcome, if it can happen there: an alarm may stand at another place, or be cancelled.
    fn behind(&self, machine: &Machine, local: LocalId, outcome: usize, cause: Cause) -> Option<Cause> {
        let Cause::Alarm(index) = cause else { return Some(cause) };
        let place = if self.compares.alarms { machine.alarm_behind(local, outcome, index) } else { Some(index) };
        let bells = &machine.locals[machine.outcome(outcome).to as usize].bells;
        place.filter(|place| bells.contains(place)).map(Cause::Alarm)
    }

    /// Whether the outcomes of two events in one order and in the other come to the same.
    fn same(&self, machine: &Machine, (one, other): Both, (then_other, then_one): Both) -> bool {
        let [one, then_one, other, then_other] = [one, then_one, other, then_other].map(|outcome| machine.outcome(outcome));
        let Compares { sends, wrong, locals, .. } = self.compares;
        (!sends || (one.sends == then_one.sends && other.sends == then_other.sends))
            && (!wrong || (one.wrong == then_one.wrong && other.wrong == then_other.wrong))
            && (!locals || other.to == then_one.to)
    }

    /// The memory that it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.known.memory() + self.answers.len()
    }
}

/// Whether both send on a link that keeps the order.
fn share_a_link(machine: &Machine, one: &Outcome, other: &Outcome) -> bool {
    let channel = |packet: &u32| machine.packets[*packet as usize].channel;
    one.sends.iter().map(channel).any(|sent| machine.keeps_order(sent) && other.sends.iter().any(|also| channel(also) == sent))
}
