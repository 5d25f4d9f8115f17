//! What one event makes of one node.

use crate::protocol::{AnyEvent, Event, Glance, Stepped};

/// The reaction of a node to an event: the step that the event brings, and all that follow from it at once, since a node that changes
/// its state is offered what it deferred before anything else happens to it.  `step` makes one atomic step; it returns whether another
/// follows, which is what [`goes_on`] says unless the engine breaks off.
pub fn react(event: AnyEvent, step: &mut dyn FnMut(AnyEvent) -> bool) {
    let mut event = event;
    while step(event) {
        event = Event::Deferred;
    }
}

/// Whether a node makes another step at once, given what came of its last and what it is like now.  One that has broken its own rules
/// does not.
pub fn goes_on(stepped: Stepped, node: Glance) -> bool {
    !matches!(stepped, Stepped::Never | Stepped::LeftTerminal { .. }) && node.has_offer()
}
