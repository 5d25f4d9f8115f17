//! What a choice does: a step of a node, and what that asks for.

use core::ops::ControlFlow;
use core::time::Duration;

use super::{NotEnabled, Stage, System};
use crate::network::transit::Transit;
use crate::network::{
    Carrier, Choice, Duplicates, Fate, Happening, Observer, Passage, Sent, carry_out, checked_length, goes_on, react, take_step,
};
use crate::protocol::{AnyAlarm, AnyEvent, AnyMessage, AnyWorld, Effect, Event, Links, Stepped};
use crate::topology::{NodeIndex, Port};

/// What looks at the world after each step, once its effects are carried out: given which node made it, what came of it, and the tag
/// of the message, if it was one.
pub type After<'a> = dyn FnMut(&dyn AnyWorld, NodeIndex, Stepped, Option<u8>) -> ControlFlow<()> + 'a;

/// To drive it.
impl System {
    /// Time passes: from now on, handlers see that it is at least `now`.
    pub fn pass_time(&mut self, now: Duration) {
        self.now = self.now.max(now);
    }

    /// Makes a choice.  The observer follows; `after` looks at the world after each step (told
    /// which node made it, what came of it, and the tag of the message, if it was one): a choice may lead to several, since a
    /// node that changes its state is offered what it deferred before anything else happens to it.  If it breaks off, those do not
    /// take place.
    ///
    /// # Errors
    /// If it is not enabled; nothing has changed then.
    ///
    /// # Panics
    /// If a handler does, or sends a message that is larger than its protocol allows.
    pub fn follow(&mut self, choice: Choice, observer: &mut dyn Observer, after: &mut After<'_>) -> Result<(), NotEnabled> {
        self.is_enabled(choice)?;
        match choice {
            Choice::Impulse(node) => {
                take_one(&mut self.impulses, node, &mut 0);
                // One that comes while the node is down passes.
                if self.is_alive(node) {
                    self.happens(node, Event::Impulse, 0, observer, after);
                }
            }
            Choice::Deliver(passage) => {
                let (channel, rules) = self.way(passage)?;
                let place = self.channels[channel].may_deliver(passage.number, rules)?;
                self.deliver(passage, channel, place, observer, after);
            }
            Choice::Lose(passage) => {
                let (channel, place, counts) = self.may_lose(passage)?;
                if let Some(losses) = self.budget.losses.as_mut().filter(|_| counts) {
                    *losses -= 1;
                }
                if let Some(lost) = self.channels[channel].take(place) {
                    self.world.count_arrived(lost.msg.tag());
                    observer.fate(passage.from, passage.port, lost.sending, Fate::Lost);
                }
            }
            Choice::Duplicate(passage) => {
                let (channel, place) = self.may_duplicate(passage)?;
                if let Some(Duplicates::AtMost(left)) = &mut self.budget.duplicates {
                    *left -= 1;
                }
                let (tag, number) = self.channels[channel].duplicate(place);
                self.world.count_copied(tag);
                observer.fate(passage.from, passage.port, number, Fate::Duplicated);
            }
            Choice::ToSelf(node) => {
                let waiting = self.to_self.entry(node).or_default();
                let first = waiting.pop_front();
                if waiting.is_empty() {
                    self.to_self.remove(&node);
                }
                if let Some((msg, number)) = first {
                    let event = Event::Message { sender: Port::SELF, msg };
                    self.happens(node, event, number, observer, after);
                }
            }
            Choice::Alarm(node) => {
                let due = self.world.node(node).next_alarm().unwrap_or_default();
                self.pass_time(due);
                self.happens(node, Event::Alarm, 0, observer, after);
            }
            Choice::Doom(node) => {
                take_one(&mut self.crashes, node, &mut self.budget.crashes);
                self.doomed.insert(node);
                observer.before(self.now, node, &Happening::Doomed, self.world.view());
            }
            Choice::Crash(node) => {
                if !self.is_doomed(node) {
                    take_one(&mut self.crashes, node, &mut self.budget.crashes);
                }
                self.crash(node, observer);
            }
            Choice::Recover(node) => {
                observer.before(self.now, node, &Happening::Recover, self.world.view());
                let stored = self.stored_last.remove(&node);
                self.world.recover(node, stored, self.now, &mut self.effects);
                take_one(&mut self.recoveries, node, &mut self.budget.recoveries);
                observer.after(node, Stepped::Handled, self.world.view());
                self.carry_out(node, observer);
                let _ = after(&*self.world, node, Stepped::Handled, None);
            }
            Choice::Cut(cut) => self.cuts[cut] = Stage::Present,
            Choice::Mend(cut) => {
                self.cuts[cut] = Stage::Past;
                self.mend(cut);
            }
        }
        Ok(())
    }

    fn deliver(&mut self, passage: Passage, channel: usize, place: usize, observer: &mut dyn Observer, after: &mut After<'_>) {
        let Some(Transit { msg, sending: number, .. }) = self.channels[channel].take(place) else { return };
        let end = self.topology().end(passage.from, passage.port);
        self.world.count_arrived(msg.tag());
        if self.is_alive(end.neighbour) {
            let event = Event::Message { sender: end.back, msg };
            self.happens(end.neighbour, event, number, observer, after);
        } else {
            observer.before(self.now, end.neighbour, &Happening::ToTheDead { sender: end.back, number }, self.world.view());
        }
    }

    /// Links that were cut are whole, unless they are cut otherwise.
    fn mend(&mut self, cut: usize) {
        // What a lossy link lost stays lost.
        if self.links == Links::Lossy {
            return;
        }
        let Some(mended) = self.faults.cuts().nth(cut) else { return };
        let graph = self.instance.graph();
        for from in graph.nodes() {
            for end in graph.ends(from) {
                if mended.separates(from, end.neighbour) && !self.is_cut(from, end.neighbour) {
                    self.channels[end.channel()].mend();
                }
            }
        }
    }

    fn crash(&mut self, node: NodeIndex, observer: &mut dyn Observer) {
        self.doomed.remove(&node);
        observer.before(self.now, node, &Happening::Crash, self.world.view());
        self.world.crash(node);
        self.to_self.remove(&node);
    }

    /// A doomed node makes its last step.  All that it sends by it is under way, and may be lost, since it is dead then.
    fn crash_in_step(&mut self, node: NodeIndex, event: AnyEvent, number: u64, observer: &mut dyn Observer) {
        observer.before(self.now, node, &Happening::of(&event, number), self.world.view());
        if let Some(stored) = self.world.last_step(node, event, self.now, &mut self.effects) {
            self.stored_last.insert(node, stored);
        }
        observer.after(node, Stepped::Handled, self.world.view());
        self.effects.retain(|effect| matches!(effect, Effect::Send { .. } | Effect::SendAll { .. } | Effect::Store(_)));
        self.carry_out(node, observer);
        self.crash(node, observer);
    }

    /// An event of a live node, and all that follows from it at once.
    fn happens(&mut self, node: NodeIndex, event: AnyEvent, number: u64, observer: &mut dyn Observer, after: &mut After<'_>) {
        if self.is_doomed(node) {
            return self.crash_in_step(node, event, number, observer);
        }
        let mut number = number;
        react(event, &mut |event| {
            let (world, effects) = (&mut *self.world, &mut self.effects);
            let (stepped, tag) = take_step(world, node, event, core::mem::take(&mut number), self.now, effects, observer);
            self.carry_out(node, observer);
            after(&*self.world, node, stepped, tag).is_continue() && goes_on(stepped, self.world.glance(node))
        });
    }

    /// The run is over: lets every live node report.
    ///
    /// # Panics
    /// If a `#[finish]` does.
    pub fn finish(&mut self, observer: &mut dyn Observer) {
        for index in 0..self.topology().node_count() {
            let node = NodeIndex::new(index);
            if self.is_alive(node) {
                self.world.finish(node, self.now, &mut self.effects);
                self.carry_out(node, observer);
            }
        }
    }

    /// Does what the last step asked for.
    pub(super) fn carry_out(&mut self, node: NodeIndex, observer: &mut dyn Observer) {
        let mut effects = core::mem::take(&mut self.effects);
        carry_out(node, &mut effects, &mut Hands { system: self, observer });
        self.effects = effects;
    }
}

/// Carries out effects, and tells the observer.
struct Hands<'a> {
    system: &'a mut System,
    observer: &'a mut dyn Observer,
}

impl Hands<'_> {
    fn tell(&mut self, from: NodeIndex, port: Port, to: NodeIndex, msg: &AnyMessage, length: u64) -> u64 {
        let number = self.system.sent;
        self.system.sent += 1;
        self.observer.sent(&Sent { from, port, to, msg, length, number });
        number
    }
}

impl Carrier<AnyMessage, AnyAlarm> for Hands<'_> {
    fn observer(&mut self) -> Option<&mut dyn Observer> {
        Some(self.observer)
    }

    fn ports(&self, node: NodeIndex) -> usize {
        self.system.topology().degree(node)
    }

    fn can_send(&self, node: NodeIndex, port: Port) -> bool {
        self.system.topology().sends(node, port)
    }

    fn length(&mut self, _node: NodeIndex, msg: &AnyMessage) -> Option<u64> {
        Some(checked_length(msg.length(), msg.tag(), &self.system.description))
    }

    fn send(&mut self, node: NodeIndex, port: Port, msg: AnyMessage, length: u64) {
        let end = self.system.topology().end(node, port);
        self.system.world.count_sent(msg.tag(), 1);
        let number = self.tell(node, port, end.neighbour, &msg, length);
        let rules = self.system.rules(node, end.neighbour);
        self.system.channels[end.channel()].send(msg, number, rules);
    }

    fn send_to_self(&mut self, node: NodeIndex, msg: AnyMessage) {
        let number = self.tell(node, Port::SELF, node, &msg, 0);
        self.system.to_self.entry(node).or_default().push_back((msg, number));
    }
}

/// Takes what is planned for a node, or else one of what may happen to any.
fn take_one(planned: &mut Vec<NodeIndex>, node: NodeIndex, any: &mut u32) {
    match planned.iter().position(|other| *other == node) {
        Some(place) => drop(planned.remove(place)),
        None => *any = any.saturating_sub(1),
    }
}
