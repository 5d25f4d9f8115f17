//! One step: an event is handed to the node, and what the node makes of it is followed and judged.

use core::time::Duration;

use super::Actor;
use crate::execution::explain;
use crate::link::Endpoint;
use crate::network::{Happening, Observer};
use crate::panics::{self, caught};
use crate::process::clock;
use crate::process::control::Failure;
use crate::protocol::{AnyEvent, Event, Stepped};
use crate::topology::Port;

/// What a step begins with.
pub(super) enum Occasion {
    /// The message that the node has received, from that link.
    Received(Port),
    /// An event.
    Event(AnyEvent),
}

impl Actor {
    /// Lets the node make one step, and all steps that follow from a change of its state.  A message has that number.
    pub(super) fn step(&mut self, occasion: Occasion, number: u64, endpoint: &mut Endpoint) {
        if let Some(leaving) = self.doomed.take() {
            return self.crash_in_step(occasion, number, leaving, endpoint);
        }
        let mut has_offer = self.one_step(occasion, number, endpoint);
        while !self.over && has_offer {
            has_offer = self.one_step(Occasion::Event(Event::Deferred), 0, endpoint);
        }
    }

    /// Whether a deferred message is to be offered next.
    #[inline]
    fn one_step(&mut self, occasion: Occasion, number: u64, endpoint: &mut Endpoint) -> bool {
        let (began, now) = (self.read, self.now());
        let tag = self.tell_before(&occasion, number, now);
        let mut stepped = Stepped::Handled;
        let done = self.run_handler(occasion, now, &mut stepped);
        self.read = clock::now();
        let now = self.now();
        self.last.busy += self.read.saturating_sub(began);
        self.last.active_until = now;
        match done {
            Ok(()) => {
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
        let had_decided = self.decided;
        let has_offer = self.look();
        if self.decided && !had_decided {
            self.last.decided_at.get_or_insert(now);
        }
        has_offer
    }

    /// Looks at the node after a step; whether a deferred message is to be offered next.
    #[inline]
    pub(super) fn look(&mut self) -> bool {
        let look = self.own.view().look();
        (self.decided, self.alarm) = (look.is_decided, look.next_alarm);
        look.has_offer
    }

    /// Lets the node handle it; what that asks for is in `effects`.
    #[inline]
    pub(super) fn run_handler(&mut self, occasion: Occasion, now: Duration, stepped: &mut Stepped) -> Result<(), Failure> {
        let (node, effects) = (&mut self.own.node, &mut self.effects);
        // What is moved through `caught` is copied again and again.
        match occasion {
            Occasion::Received(sender) => guard(&mut || *stepped = node.handle(sender, now, effects)),
            Occasion::Event(event) => guarded(|| *stepped = node.step(event, now, effects)),
        }
    }

    /// Tells the followers what is about to happen.  The type of the message, if it is one.
    #[inline]
    pub(super) fn tell_before(&mut self, occasion: &Occasion, number: u64, now: Duration) -> Option<u8> {
        let own = &self.own;
        let (happening, tag) = match occasion {
            Occasion::Received(sender) => {
                let msg = own.node.received()?;
                (Happening::Message { sender: *sender, msg, number }, Some(msg.tag()))
            }
            Occasion::Event(event) => {
                let happening = Happening::of(event, number);
                let tag = happening.message(own.index, own).map(|(_, tag)| tag);
                (happening, tag)
            }
        };
        self.followers.before(now, own.index, &happening, own);
        tag
    }
}

/// Runs a piece of the user's code; a panic becomes a failure with its text.
pub(super) fn guarded<T>(code: impl FnOnce() -> T) -> Result<T, Failure> {
    caught(code).map_err(panicked)
}

fn guard(code: &mut dyn FnMut()) -> Result<(), Failure> {
    panics::guard(code).map_err(panicked)
}

#[cold]
fn panicked(said: String) -> Failure {
    Failure { violation: false, what: format!("panicked: {said}") }
}
