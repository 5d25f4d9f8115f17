//! A `Net` as engines see it: they make it, aim it at a node, and take what a step asked for.

use core::time::Duration;
use std::sync::Arc;

use super::{Local, Net, Place};
use crate::protocol::{Effect, Id, Instance, Protocol, Reads};
use crate::topology::{NodeIndex, Port};

/// The net of one node cannot be aimed at another.
#[cold]
fn stays(at: NodeIndex, node: NodeIndex) {
    assert_eq!(at, node, "the net of one node cannot be aimed at another");
}

/// For engines.
impl<P: Protocol> Net<P> {
    /// For an engine that has the whole instance; aimed at node 0.
    pub fn whole(instance: Arc<Instance<P::Input>>) -> Self {
        Net::at(Place::Whole(instance), NodeIndex::new(0))
    }

    /// For an engine of one node.
    pub fn local(local: Local<P::Input>) -> Self {
        let node = local.node;
        Net::at(Place::Local(Box::new(local)), node)
    }

    /// The same, for an engine that reads that of what handlers ask for.
    pub fn reading(mut self, reads: Reads) -> Self {
        self.keep_log = reads.log;
        self.keep_alarms = reads.alarms;
        self
    }

    fn at(place: Place<P::Input>, node: NodeIndex) -> Self {
        Net {
            place,
            node,
            now: Duration::ZERO,
            keep_log: true,
            keep_alarms: false,
            random: None,
            only: None,
            effects: Vec::new(),
            kept_changed: false,
        }
    }

    /// Turns to another node of the instance.
    ///
    /// # Panics
    /// If this is the `Net` of one node, and not of this.
    #[inline]
    pub fn aim(&mut self, node: NodeIndex) {
        if matches!(self.place, Place::Local(_)) {
            stays(self.node, node);
        }
        self.node = node;
    }

    /// Sets the clock.
    #[inline]
    pub fn set_now(&mut self, now: Duration) {
        self.now = now;
    }

    /// The time, without a note that a handler reads it.
    pub(in crate::protocol) fn clock(&self) -> Duration {
        self.now
    }

    /// Sets the clock before a step, and forgets what a step that panicked has left.
    pub(in crate::protocol) fn begin(&mut self, now: Duration) {
        if !self.is_done() {
            self.forget();
        }
        self.now = now;
    }

    /// Forgets what a step that panicked has left.
    pub(crate) fn forget(&mut self) {
        self.take_effects();
        self.random = None;
        self.kept_changed = false;
    }

    /// Whether [`log`](Net::log) makes effects; if nobody reads the log, it need not be formatted.
    pub fn keep_log(&mut self, keep: bool) {
        self.keep_log = keep;
    }

    /// Whether the engine sees the effects by which alarms are set and cancelled, which the node carries out; else it does not.
    pub fn keep_alarms(&mut self, keep: bool) {
        self.keep_alarms = keep;
    }

    /// The node that it is aimed at.
    #[inline]
    pub fn node(&self) -> NodeIndex {
        self.node
    }

    /// The effects of the last step, in order.
    #[inline]
    pub(in crate::protocol) fn all_effects(&mut self) -> &mut Vec<Effect<P::Msg, P::Alarm>> {
        // Not by `extend`, which generates an iterator for each protocol.
        if let Some((port, msg)) = self.only.take() {
            self.effects.push(Effect::Send { port, msg });
        }
        &mut self.effects
    }

    /// Takes the effects of the last step, in order.
    pub fn drain(&mut self) -> impl Iterator<Item = Effect<P::Msg, P::Alarm>> + '_ {
        self.all_effects().drain(..)
    }

    /// Takes what the last step sends, and through which port, if that is its only effect.
    #[inline]
    pub fn take_only_send(&mut self) -> Option<(Port, P::Msg)> {
        self.only.take()
    }

    /// Whether the last step asked for nothing, or everything has been taken.
    #[inline]
    pub fn is_done(&self) -> bool {
        self.only.is_none() && self.effects.is_empty()
    }

    /// Takes the effects of the last step as a whole; [`give_back`](Net::give_back) the emptied vector, so that it is used
    /// again.
    #[inline]
    pub fn take_effects(&mut self) -> Vec<Effect<P::Msg, P::Alarm>> {
        core::mem::take(self.all_effects())
    }

    /// Gives back what [`take_effects`](Net::take_effects) took, emptied.
    #[inline]
    pub fn give_back(&mut self, effects: Vec<Effect<P::Msg, P::Alarm>>) {
        debug_assert!(effects.is_empty() && self.is_done(), "effects are carried out before the next step");
        self.effects = effects;
    }

    /// Whether the last step asked for more than reports and lines of the log.
    pub fn has_more_than_words(&self) -> bool {
        self.only.is_some() || self.effects.iter().any(|effect| !matches!(effect, Effect::Log(_) | Effect::Report { .. }))
    }

    /// Whether a link leads out of that port: an effect `SendAll` means those ports, but the excepted.
    #[inline]
    pub fn can_send(&self, port: Port) -> bool {
        self.place.sends(self.node, port)
    }

    pub(in crate::protocol) fn seed(&self) -> u64 {
        self.place.seed()
    }

    /// The node's id, also for a protocol whose nodes do not know it.
    #[inline]
    pub(in crate::protocol) fn true_id(&self) -> Id {
        self.place.id(self.node)
    }
}
