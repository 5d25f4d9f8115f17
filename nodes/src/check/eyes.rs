//! What properties see of a step: a step that none of them sees leaves all verdicts as they are.

use super::judge::Judge;
use super::machine::{Cause, LocalId, Machine};
use crate::protocol::watch::{Question, Questions};

/// What the properties that must always hold have read so far.
pub(super) struct Eyes {
    questions: Questions,
    revision: u64,
    /// By outcome: whether it is seen, if that is known.
    known: Vec<Option<bool>>,
    /// Whether the counters of messages, and what nodes are like by themselves, are looked at.
    pub(super) sees_counts: bool,
    pub(super) sees_locals: bool,
}

impl Eyes {
    pub(super) fn new() -> Self {
        Eyes { questions: Questions::new(), revision: 0, known: Vec::new(), sees_counts: true, sees_locals: true }
    }

    /// Looks at what properties read now; whether that is more than before.
    pub(super) fn open(&mut self, judge: &Judge) -> bool {
        if self.revision == judge.revision() {
            return false;
        }
        self.revision = judge.revision();
        self.questions = judge.questions();
        self.known.clear();
        true
    }

    /// Whether a property reads how many messages are under way.
    pub(super) fn see_messages(&self) -> bool {
        self.sees_counts && self.questions.contains(&Question::InTransit)
    }

    /// Whether a property sees that outcome of a step, or what lies between.
    pub(super) fn see(
        &mut self,
        machine: &mut Machine,
        judge: &mut Judge,
        local: LocalId,
        cause: Cause,
        outcome: usize,
    ) -> bool {
        if let Some(Some(known)) = self.known.get(outcome) {
            return *known;
        }
        let sees = self.look(machine, judge, local, cause, outcome);
        if self.known.len() <= outcome {
            self.known.resize(outcome + 1, None);
        }
        self.known[outcome] = Some(sees);
        sees
    }

    fn look(&self, machine: &mut Machine, judge: &mut Judge, local: LocalId, cause: Cause, outcome: usize) -> bool {
        if self.sees_counts && self.see_counts(machine, cause, outcome) {
            return true;
        }
        let steps = machine.outcome(outcome).via.len();
        let led = |machine: &Machine, step: usize| {
            let outcome = machine.outcome(outcome);
            outcome.via.get(step).map_or(outcome.to, |(local, _)| *local)
        };
        (0..=steps).any(|step| {
            let to = led(machine, step);
            self.tell_apart(machine, local, to)
                || (self.sees_locals && judge.rejects(machine, local) != judge.rejects(machine, to))
        })
    }

    /// Whether the counters of messages are others behind it, or in between.
    fn see_counts(&self, machine: &Machine, cause: Cause, outcome: usize) -> bool {
        let is_counted = |packet: &u32| (machine.packets[*packet as usize].channel as usize) < machine.channels();
        let outcome = machine.outcome(outcome);
        if self.questions.contains(&Question::Sent) && outcome.sends.iter().any(is_counted) {
            return true;
        }
        if !self.questions.contains(&Question::InTransit) {
            return false;
        }
        let mut tags = vec![0_i64; machine.description.messages.len()];
        for packet in outcome.sends.iter().filter(|packet| is_counted(packet)) {
            tags[usize::from(machine.packets[*packet as usize].msg.tag())] += 1;
        }
        if let Cause::Packet(packet) = cause
            && is_counted(&packet)
        {
            tags[usize::from(machine.packets[packet as usize].msg.tag())] -= 1;
        }
        !outcome.via.is_empty() || tags.iter().any(|more| *more != 0)
    }

    /// Whether answers differ if a node stands in the one local state or the other.
    fn tell_apart(&self, machine: &Machine, one: LocalId, other: LocalId) -> bool {
        if one == other {
            return false;
        }
        let [one, other] = [one, other].map(|local| &machine.locals[local as usize]);
        let is_over = |local: &super::machine::Local| !local.alive || local.decided;
        self.questions.iter().any(|question| match question {
            Question::AllNodes => true,
            Question::Node(node) => *node == one.node,
            Question::Count(state) => one.is_live_in(*state) != other.is_live_in(*state),
            Question::Members(state) => one.is_live_in(*state) || other.is_live_in(*state),
            Question::AllTerminal => is_over(one) != is_over(other),
            Question::Sent | Question::InTransit | Question::Draw => false,
        })
    }
}
