//! What a choice does: a step of a node, and what that asks for.

use core::ops::ControlFlow;
use core::time::Duration;

use super::{NotEnabled, Stage, System};
use crate::network::transit::Transit;
use crate::network::{Choice, Fate, Happening, Observer, Passage, Sent};
use crate::protocol::{Effect, Event, Links, MessageSet, Protocol, Stepped, World};
use crate::topology::{NodeIndex, Port};

/// Who looks at the world after each step, once its effects are carried out: told which node made it, what came of it, and the tag of
/// the message, if it was one.
type After<'a, P> = dyn FnMut(&World<P>, NodeIndex, Stepped, Option<u8>) -> ControlFlow<()> + 'a;

/// To drive it.
impl<P: Protocol, T: Copy> System<P, T> {
    /// Time passes: from now on, handlers see that it is at least `now`.
    pub fn pass_time(&mut self, now: Duration) {
        self.now = self.now.max(now);
        self.net.set_now(self.now);
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
    /// If a handler does.
    pub fn follow<O: Observer<P, Mark = T>>(
        &mut self,
        choice: Choice,
        observer: &mut O,
        mut after: impl FnMut(&World<P>, NodeIndex, Stepped, Option<u8>) -> ControlFlow<()>,
    ) -> Result<(), NotEnabled> {
        self.is_enabled(choice)?;
        match choice {
            Choice::Impulse(node) => {
                self.impulses.retain(|other| *other != node);
                // One that comes while the node is down passes.
                if self.is_alive(node) {
                    self.happens(node, Event::Impulse, None, observer, &mut after);
                }
            }
            Choice::Deliver(passage) => {
                let (channel, rules) = self.way(passage)?;
                let place = self.channels[channel].may_deliver(passage.number, rules)?;
                self.deliver(passage, channel, place, observer, &mut after);
            }
            Choice::Lose(passage) => {
                let (channel, rules) = self.way(passage)?;
                let place = self.channels[channel].may_lose(passage.number, rules)?;
                if let Some(lost) = self.channels[channel].take(place) {
                    self.world.count_arrived(lost.msg.tag());
                    observer.fate(lost.mark, passage.from, passage.port, Fate::Lost);
                }
            }
            Choice::Duplicate(passage) => {
                let (channel, rules) = self.way(passage)?;
                let place = self.channels[channel].may_duplicate(passage.number, rules)?;
                let (tag, mark) = self.channels[channel].duplicate(place);
                self.world.count_copied(tag);
                observer.fate(mark, passage.from, passage.port, Fate::Duplicated);
            }
            Choice::ToSelf(node) => {
                let waiting = self.to_self.entry(node).or_default();
                let first = waiting.pop_front();
                if waiting.is_empty() {
                    self.to_self.remove(&node);
                }
                if let Some((msg, mark)) = first {
                    let event = Event::Message { sender: Port::SELF, msg };
                    self.happens(node, event, Some(mark), observer, &mut after);
                }
            }
            Choice::Alarm(node) => {
                let due = self.world.node(node).next_alarm().unwrap_or_default();
                self.pass_time(due);
                self.happens(node, Event::Alarm, None, observer, &mut after);
            }
            Choice::Crash(node) => {
                take_one(&mut self.crashes, node);
                observer.before(self.now, node, &Happening::Crash, &self.world);
                self.world.crash(node);
                self.to_self.remove(&node);
            }
            Choice::Recover(node) => {
                observer.before(self.now, node, &Happening::Recover, &self.world);
                self.net.aim(node);
                self.world.recover(node, &self.config, &mut self.net);
                take_one(&mut self.recoveries, node);
                observer.after(node, Stepped::Handled, &self.world);
                self.carry_out(node, observer);
                let _ = after(&self.world, node, Stepped::Handled, None);
            }
            Choice::Cut(cut) => self.cuts[cut].1 = Stage::Present,
            Choice::Mend(cut) => {
                self.cuts[cut].1 = Stage::Past;
                self.mend(cut);
            }
        }
        Ok(())
    }

    fn deliver<O: Observer<P, Mark = T>>(
        &mut self,
        passage: Passage,
        channel: usize,
        place: usize,
        observer: &mut O,
        after: &mut After<'_, P>,
    ) {
        let Some(Transit { msg, mark, .. }) = self.channels[channel].take(place) else { return };
        let end = self.world.topology().end(passage.from, passage.port);
        self.world.count_arrived(msg.tag());
        if self.is_alive(end.neighbour) {
            let event = Event::Message { sender: end.back, msg };
            self.happens(end.neighbour, event, Some(mark), observer, after);
        } else {
            observer.before(self.now, end.neighbour, &Happening::ToTheDead { sender: end.back, mark }, &self.world);
        }
    }

    /// Links that were cut are whole, unless they are cut otherwise.
    fn mend(&mut self, cut: usize) {
        // What a lossy link lost stays lost.
        if self.links == Links::Lossy {
            return;
        }
        let graph = self.world.topology();
        for from in graph.nodes() {
            for end in graph.ends(from) {
                if self.cuts[cut].0.what.separates(from, end.neighbour) && !self.is_cut(from, end.neighbour) {
                    self.channels[end.channel()].mend();
                }
            }
        }
    }

    /// An event of a live node, and all that follows from it at once.
    fn happens<O: Observer<P, Mark = T>>(
        &mut self,
        node: NodeIndex,
        event: Event<P::Msg>,
        mark: Option<T>,
        observer: &mut O,
        after: &mut After<'_, P>,
    ) {
        let mut next = Some((event, mark));
        while let Some((event, mark)) = next.take() {
            let happening = match (&event, mark) {
                (Event::Message { sender, msg }, Some(mark)) => Happening::Message { sender: *sender, msg, mark },
                (Event::Impulse, _) => Happening::Impulse,
                (Event::Alarm, _) => Happening::Alarm,
                (Event::Deferred | Event::Message { .. }, _) => Happening::Deferred,
            };
            observer.before(self.now, node, &happening, &self.world);
            let offered = || self.world.node(node).next_offer().map(|(_, msg)| msg.tag());
            let tag = match &event {
                Event::Message { msg, .. } => Some(msg.tag()),
                Event::Deferred => offered(),
                Event::Impulse | Event::Alarm => None,
            };
            self.net.aim(node);
            let stepped = self.world.step(node, event, &mut self.net);
            observer.after(node, stepped, &self.world);
            self.carry_out(node, observer);
            let broken = matches!(stepped, Stepped::Never | Stepped::LeftTerminal { .. });
            if after(&self.world, node, stepped, tag).is_continue() && !broken && self.world.node(node).has_offer() {
                next = Some((Event::Deferred, None));
            }
        }
    }

    /// The run is over: lets every live node report.
    ///
    /// # Panics
    /// If a `#[finish]` does.
    pub fn finish<O: Observer<P, Mark = T>>(&mut self, observer: &mut O) {
        for index in self.world.topology().nodes() {
            if self.is_alive(index) {
                self.net.aim(index);
                self.world.finish(index, &mut self.net);
                self.carry_out(index, observer);
            }
        }
    }

    /// Does what the last step asked for.
    fn carry_out<O: Observer<P, Mark = T>>(&mut self, node: NodeIndex, observer: &mut O) {
        let mut effects = self.net.take_effects();
        effects.drain(..).for_each(|effect| self.carry_out_one(node, effect, observer));
        self.net.give_back(effects);
    }

    pub(super) fn carry_out_one<O: Observer<P, Mark = T>>(
        &mut self,
        node: NodeIndex,
        effect: Effect<P::Msg, P::Alarm>,
        observer: &mut O,
    ) {
        match effect {
            Effect::Send { port, msg } => self.send(node, port, msg, observer),
            Effect::SendAll { except, msg } => {
                for port in (0..self.world.topology().degree(node)).map(Port::new) {
                    if self.net.can_send(port) && !except.contains(port) {
                        self.send(node, port, msg.clone(), observer);
                    }
                }
            }
            Effect::ToSelf { msg } => {
                let mark = observer.sent(Sent { from: node, port: Port::SELF, to: node, msg: &msg, length: 0 });
                self.to_self.entry(node).or_default().push_back((msg, mark));
            }
            Effect::Log(line) => observer.logged(node, &line),
            Effect::Report { name, value } => observer.reported(node, &name, &value),
            effect @ (Effect::SetAlarm { .. } | Effect::Cancel { .. }) => observer.alarm(node, &effect),
            Effect::Store(_) => {}
        }
    }

    fn send<O: Observer<P, Mark = T>>(&mut self, from: NodeIndex, port: Port, msg: P::Msg, observer: &mut O) {
        let end = self.world.topology().end(from, port);
        self.world.count_sent(msg.tag(), 1);
        let length = msg.length().unwrap_or(0) as u64;
        let mark = observer.sent(Sent { from, port, to: end.neighbour, msg: &msg, length });
        let rules = self.rules(from, end.neighbour);
        self.channels[end.channel()].send(msg, mark, rules);
    }
}

fn take_one(planned: &mut Vec<NodeIndex>, node: NodeIndex) {
    if let Some(place) = planned.iter().position(|other| *other == node) {
        planned.remove(place);
    }
}
