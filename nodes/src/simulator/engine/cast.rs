//! The nodes of a run as the engine's loop needs them: with their types, or without.

use core::cell::Cell;
use core::time::Duration;

use crate::network::{Fate, Happening, Observer, Sent};
use crate::protocol::{
    Answer, AnyAlarm, AnyEffect, AnyMessage, AnyWorld, Effect, Event, Glance, MessageSet, OnlySend, Protocol, Stepped,
    TypedWorld, Verdict,
};
use crate::tables::prefetch;
use crate::time::nanos;
use crate::topology::{NodeIndex, Port};

/// The nodes of a run.  The loop is written once over this trait, and made twice: for a protocol with its types, where all of this
/// is inlined and nothing observes the run; and once for all protocols without.
pub(super) trait Cast {
    /// A message.
    type Msg: Clone + 'static;
    /// An alarm.
    type Alarm: 'static;
    /// What a message bears while it is under way: its number in the run, where that is followed.
    type Number: Copy;

    /// The nodes without their types.
    fn any(&self) -> &dyn AnyWorld;
    /// The same, to be changed.
    fn any_mut(&mut self) -> &mut dyn AnyWorld;
    /// The effect as this cast has it; `None` for what it does not follow.
    fn typed(effect: AnyEffect) -> Option<Effect<Self::Msg, Self::Alarm>>;

    fn tag(msg: &Self::Msg) -> u8;
    fn length(msg: &Self::Msg) -> Option<usize>;

    fn is_alive(&self, node: NodeIndex) -> bool;
    fn is_plain(&self, node: NodeIndex) -> bool;
    fn is_decided(&self, node: NodeIndex) -> bool;
    /// In nanoseconds.
    fn next_alarm(&self, node: NodeIndex) -> Option<u64>;
    fn has_offer(&self, node: NodeIndex) -> bool;
    fn next_offer(&self, node: NodeIndex) -> Option<(Port, u8)>;
    fn count_sent(&mut self, tag: u8);
    fn count_arrived(&mut self, tag: u8);
    /// A message is about to be handed to a node, by [`step`](Cast::step): counts it as arrived, if the world does not.
    fn count_handed(&mut self, _tag: u8) {}
    /// Has what a step of that node will need fetched.
    fn prefetch(&self, _node: NodeIndex) {}

    fn set_now(&mut self, now: Duration);
    fn step(&mut self, node: NodeIndex, event: Event<Self::Msg>) -> Stepped;
    /// The step in which a node crashes, as [`AnyWorld`]'s; what it stores.
    fn last_step(
        &mut self,
        node: NodeIndex,
        event: Event<Self::Msg>,
        now: Duration,
        asked: &mut Vec<AnyEffect>,
    ) -> Option<Box<[u8]>>;
    /// What the last step sends, if that is its only effect and the cast can tell quickly.
    fn take_only_send(&mut self) -> Option<OnlySend<Self::Msg>>;
    fn is_done(&self) -> bool;
    fn take_effects(&mut self) -> Vec<Effect<Self::Msg, Self::Alarm>>;
    fn give_back(&mut self, effects: Vec<Effect<Self::Msg, Self::Alarm>>);
    /// Forgets what a step that panicked has left.
    fn forget(&mut self);
    /// Whether a property holds after a step of that node.
    fn check(&self, property: usize, node: NodeIndex) -> Verdict;

    /// A message is sent: gives it its number.
    fn sent(&mut self, from: NodeIndex, port: Port, to: NodeIndex, msg: &Self::Msg, length: u64) -> Self::Number;
    /// Something is about to happen at a node.
    fn before(&mut self, _node: NodeIndex, _event: &Event<Self::Msg>, _number: Option<Self::Number>) {}
    /// Something other than a step is about to happen at a node.
    fn happens(&mut self, _now: Duration, _node: NodeIndex, _happening: &Happening<'_>) {}
    /// A message arrives at a node that has crashed.
    fn finds_nobody(&mut self, _node: NodeIndex, _sender: Port, _number: Self::Number) {}
    /// It has happened.
    fn after(&mut self, _node: NodeIndex, _stepped: Stepped) {}
    /// Something becomes of a message below the protocol.
    fn fate(&mut self, _sender: NodeIndex, _port: Port, _number: Self::Number, _fate: Fate) {}
    /// What follows the run, if anything does.
    fn observer(&mut self) -> Option<&mut dyn Observer> {
        None
    }
}

/// A protocol with its types; nothing follows the run.
impl<P: Protocol> Cast for TypedWorld<P> {
    type Msg = P::Msg;
    type Alarm = P::Alarm;
    type Number = ();

    fn any(&self) -> &dyn AnyWorld {
        self
    }

    fn any_mut(&mut self) -> &mut dyn AnyWorld {
        self
    }

    fn typed(effect: AnyEffect) -> Option<Effect<P::Msg, P::Alarm>> {
        Some(match effect {
            Effect::Send { port, msg } => Effect::Send { port, msg: msg.take(P::__OUTLINE.declaration.name) },
            Effect::SendAll { except, msg } => Effect::SendAll { except, msg: msg.take(P::__OUTLINE.declaration.name) },
            Effect::ToSelf { msg } => Effect::ToSelf { msg: msg.take(P::__OUTLINE.declaration.name) },
            Effect::Report { name, value } => Effect::Report { name, value },
            // The node has set its alarms and kept what it stored; nothing reads the log.
            Effect::SetAlarm { .. } | Effect::Cancel { .. } | Effect::Store(_) | Effect::Log(_) => return None,
        })
    }

    #[inline(always)]
    fn tag(msg: &P::Msg) -> u8 {
        msg.tag()
    }

    #[inline(always)]
    fn length(msg: &P::Msg) -> Option<usize> {
        msg.length()
    }

    #[inline(always)]
    fn is_alive(&self, node: NodeIndex) -> bool {
        self.world.peek(node).is_alive()
    }

    #[inline(always)]
    fn is_plain(&self, node: NodeIndex) -> bool {
        self.world.peek(node).is_plain()
    }

    #[inline(always)]
    fn is_decided(&self, node: NodeIndex) -> bool {
        self.world.peek(node).is_decided()
    }

    #[inline(always)]
    fn next_alarm(&self, node: NodeIndex) -> Option<u64> {
        self.world.peek(node).next_alarm().map(nanos)
    }

    #[inline(always)]
    fn has_offer(&self, node: NodeIndex) -> bool {
        self.world.peek(node).has_offer()
    }

    #[inline(always)]
    fn next_offer(&self, node: NodeIndex) -> Option<(Port, u8)> {
        let (sender, msg) = self.world.peek(node).next_offer()?;
        Some((sender, msg.tag()))
    }

    #[inline(always)]
    fn count_sent(&mut self, tag: u8) {
        self.world.count_sent(tag, 1);
    }

    #[inline(always)]
    fn count_arrived(&mut self, tag: u8) {
        self.world.count_arrived(tag);
    }

    #[inline(always)]
    fn count_handed(&mut self, tag: u8) {
        self.world.count_arrived(tag);
    }

    #[inline(always)]
    fn prefetch(&self, node: NodeIndex) {
        prefetch(self.world.peek(node));
    }

    #[inline(always)]
    fn set_now(&mut self, now: Duration) {
        self.net.set_now(now);
    }

    #[inline(always)]
    fn step(&mut self, node: NodeIndex, event: Event<P::Msg>) -> Stepped {
        self.net.aim(node);
        self.world.step(node, event, &mut self.net)
    }

    fn last_step(
        &mut self,
        node: NodeIndex,
        event: Event<P::Msg>,
        now: Duration,
        asked: &mut Vec<AnyEffect>,
    ) -> Option<Box<[u8]>> {
        let event = match event {
            Event::Impulse => Event::Impulse,
            Event::Alarm => Event::Alarm,
            Event::Deferred => Event::Deferred,
            Event::Message { sender, msg } => Event::Message { sender, msg: AnyMessage::new(msg) },
        };
        self.any_mut().last_step(node, event, now, asked)
    }

    #[inline(always)]
    fn take_only_send(&mut self) -> Option<OnlySend<P::Msg>> {
        self.net.take_only_send().map(OnlySend::new)
    }

    #[inline(always)]
    fn is_done(&self) -> bool {
        self.net.is_done()
    }

    #[inline(always)]
    fn take_effects(&mut self) -> Vec<Effect<P::Msg, P::Alarm>> {
        self.net.take_effects()
    }

    #[inline(always)]
    fn give_back(&mut self, effects: Vec<Effect<P::Msg, P::Alarm>>) {
        self.net.give_back(effects);
    }

    fn forget(&mut self) {
        self.net.forget();
    }

    fn check(&self, property: usize, node: NodeIndex) -> Verdict {
        self.properties[property].check_after(&self.world, node)
    }

    #[inline(always)]
    fn sent(&mut self, _from: NodeIndex, _port: Port, _to: NodeIndex, _msg: &P::Msg, _length: u64) {}
}

/// No node has this index.
const NOBODY: usize = usize::MAX;

/// Any protocol, without its types, followed by an observer.
pub(super) struct Untyped<'a> {
    pub(super) world: Box<dyn AnyWorld>,
    pub(super) observer: &'a mut dyn Observer,
    /// Of the last step.
    answer: Answer,
    now: Duration,
    /// The node that was looked at last; what it was like stands in the answer, and has not changed since.
    glanced: Cell<usize>,
    /// How many messages have been sent.
    sent: u64,
}

impl<'a> Untyped<'a> {
    pub(super) fn new(world: Box<dyn AnyWorld>, observer: &'a mut dyn Observer) -> Self {
        Untyped { world, observer, answer: Answer::new(), now: Duration::ZERO, glanced: Cell::new(NOBODY), sent: 0 }
    }
}

impl Untyped<'_> {
    #[inline]
    fn glance(&self, node: NodeIndex) -> Glance {
        if self.glanced.get() != node.index() {
            self.glanced.set(node.index());
            self.answer.keep(self.world.glance(node));
        }
        self.answer.glance()
    }
}

impl Cast for Untyped<'_> {
    type Msg = AnyMessage;
    type Alarm = AnyAlarm;
    type Number = u64;

    fn any(&self) -> &dyn AnyWorld {
        &*self.world
    }

    fn any_mut(&mut self) -> &mut dyn AnyWorld {
        self.glanced.set(NOBODY);
        &mut *self.world
    }

    fn typed(effect: AnyEffect) -> Option<AnyEffect> {
        Some(effect)
    }

    fn tag(msg: &AnyMessage) -> u8 {
        msg.tag()
    }

    fn length(msg: &AnyMessage) -> Option<usize> {
        msg.length()
    }

    fn is_alive(&self, node: NodeIndex) -> bool {
        self.glance(node).is_alive()
    }

    fn is_plain(&self, node: NodeIndex) -> bool {
        self.glance(node).is_plain()
    }

    fn is_decided(&self, node: NodeIndex) -> bool {
        self.glance(node).is_decided()
    }

    fn next_alarm(&self, node: NodeIndex) -> Option<u64> {
        self.glance(node).next_alarm()
    }

    fn has_offer(&self, node: NodeIndex) -> bool {
        self.glance(node).has_offer()
    }

    fn next_offer(&self, node: NodeIndex) -> Option<(Port, u8)> {
        let (sender, msg) = self.world.node(node).next_offer()?;
        Some((sender, msg.tag()))
    }

    fn count_sent(&mut self, tag: u8) {
        self.world.count_sent(tag, 1);
    }

    fn count_arrived(&mut self, tag: u8) {
        self.world.count_arrived(tag);
    }

    fn set_now(&mut self, now: Duration) {
        self.now = now;
    }

    #[inline]
    fn step(&mut self, node: NodeIndex, event: Event<AnyMessage>) -> Stepped {
        // Also if a handler panics, the node is not what it was.
        self.glanced.set(NOBODY);
        match event {
            Event::Message { sender, msg } => {
                self.world.deliver(node, sender, msg, self.now, &mut self.answer);
                self.glanced.set(node.index());
                self.answer.stepped()
            }
            other => self.world.step(node, other, self.now, &mut self.answer.effects),
        }
    }

    fn last_step(
        &mut self,
        node: NodeIndex,
        event: Event<AnyMessage>,
        now: Duration,
        asked: &mut Vec<AnyEffect>,
    ) -> Option<Box<[u8]>> {
        // As the world does that a message is handed to.
        if let Event::Message { sender, msg } = &event
            && *sender != Port::SELF
        {
            self.world.count_arrived(msg.tag());
        }
        self.any_mut().last_step(node, event, now, asked)
    }

    fn take_only_send(&mut self) -> Option<OnlySend> {
        self.answer.take_only_send()
    }

    fn is_done(&self) -> bool {
        self.answer.effects.is_empty()
    }

    fn take_effects(&mut self) -> Vec<AnyEffect> {
        core::mem::take(&mut self.answer.effects)
    }

    fn give_back(&mut self, effects: Vec<AnyEffect>) {
        self.answer.effects = effects;
    }

    fn forget(&mut self) {
        self.answer.forget();
    }

    fn check(&self, property: usize, node: NodeIndex) -> Verdict {
        self.world.check(property, Some(node))
    }

    fn sent(&mut self, from: NodeIndex, port: Port, to: NodeIndex, msg: &AnyMessage, length: u64) -> u64 {
        let number = self.sent;
        self.sent += 1;
        self.observer.sent(&Sent { from, port, to, msg, length, number });
        number
    }

    fn before(&mut self, node: NodeIndex, event: &Event<AnyMessage>, number: Option<u64>) {
        let happening = Happening::of(event, number.unwrap_or_default());
        self.observer.before(self.now, node, &happening, self.world.view());
    }

    fn happens(&mut self, now: Duration, node: NodeIndex, happening: &Happening<'_>) {
        self.observer.before(now, node, happening, self.world.view());
    }

    fn finds_nobody(&mut self, node: NodeIndex, sender: Port, number: u64) {
        self.observer.before(self.now, node, &Happening::ToTheDead { sender, number }, self.world.view());
    }

    fn after(&mut self, node: NodeIndex, stepped: Stepped) {
        self.observer.after(node, stepped, self.world.view());
    }

    fn fate(&mut self, sender: NodeIndex, port: Port, number: u64, fate: Fate) {
        self.observer.fate(sender, port, number, fate);
    }

    fn observer(&mut self) -> Option<&mut dyn Observer> {
        Some(self.observer)
    }
}
