//! One step: an event is handed to the node, and what the node makes of it is followed and judged.

use super::Actor;
use crate::execution::explain;
use crate::link::Endpoint;
use crate::network::{Happening, Observer};
use crate::process::clock;
use crate::process::control::Failure;
use crate::protocol::{AnyEvent, Event, Stepped};

impl Actor {
    /// Lets the node make one step, and all steps that follow from a change of its state.  A message has that number.
    pub(super) fn step(&mut self, event: AnyEvent, number: u64, endpoint: &mut Endpoint) {
        self.one_step(event, number, endpoint);
        while !self.over && self.own.view().has_offer() {
            self.one_step(Event::Deferred, 0, endpoint);
        }
    }

    #[inline]
    fn one_step(&mut self, event: AnyEvent, number: u64, endpoint: &mut Endpoint) {
        let (began, now) = (self.read, self.now());
        let happening = Happening::of(&event, number);
        let tag = happening.message(self.own.view()).map(|(_, tag)| tag);
        self.followers.before(now, self.own.index, &happening, &self.own);
        let was_decided = self.own.view().is_decided();
        let (node, effects) = (&mut self.own.node, &mut self.effects);
        let stepped = guarded(|| node.step(event, now, effects));
        self.read = clock::now();
        let now = self.now();
        self.last.busy += self.read.saturating_sub(began);
        self.last.active_until = now;
        match stepped {
            Ok(stepped) => {
                self.followers.pass_time(now);
                self.followers.after(self.own.index, stepped, &self.own);
                self.carry_out(endpoint);
                if let Stepped::Never | Stepped::LeftTerminal { .. } = stepped
                    && let Some(what) = explain::broken_word(stepped, tag, self.own.view().state_name(), &self.description)
                {
                    self.fail(true, what, endpoint);
                }
            }
            Err(failure) => self.fail(failure.violation, failure.what, endpoint),
        }
        if !was_decided && self.own.view().is_decided() {
            self.last.decided_at.get_or_insert(now);
        }
    }
}

/// Runs a piece of the user's code; a panic becomes a failure with its text.
pub(super) fn guarded<T>(code: impl FnOnce() -> T) -> Result<T, Failure> {
    crate::panics::caught(code).map_err(|said| Failure { violation: false, what: format!("panicked: {said}") })
}
