//! A crash as planned: a doomed node crashes in its next step, of which only some messages leave.

use super::{Cast, End, Engine, Flow, Parcel};
use crate::network::{Carrier, Fate};
use crate::protocol::{Effect, Event, Stepped};
use crate::topology::{NodeIndex, Port};

impl<C: Cast> Engine<'_, C> {
    /// A message arrives, at a node that may be doomed.
    #[cold]
    #[inline(never)]
    pub(super) fn deliver_to_any(&mut self, parcel: Parcel<C::Msg, C::Number>) -> Flow {
        if !self.core.is_doomed(parcel.to) {
            return self.deliver(parcel);
        }
        let Parcel { to, port, depth, number, msg, sending } = parcel;
        self.arrives(to, port, number, C::tag(&msg), sending);
        self.crash_in_step(to, Event::Message { sender: port, msg }, depth.get(), Some(sending))
    }

    /// A doomed node makes its last step.  What of that does not leave counts as sent, and will never arrive.
    #[cold]
    #[inline(never)]
    pub(super) fn crash_in_step(
        &mut self,
        node: NodeIndex,
        event: Event<C::Msg>,
        depth: u32,
        sending: Option<C::Number>,
    ) -> Flow {
        self.core.acting = node;
        self.cast.before(node, &event, sending);
        if let Event::Message { sender, msg } = &event {
            let tally = &mut self.core.tally.nodes[node.index()];
            (tally.depth, tally.last_message) = (tally.depth.max(depth), Some(C::tag(msg)));
            if *sender != Port::SELF {
                self.core.tally.count_received(node.index());
            }
        }
        let (waiting, now, mut asked) = (self.is_waiting(node), self.core.time(), Vec::new());
        if let Some(stored) = self.cast.last_step(node, event, now, &mut asked) {
            self.core.stored_last.insert(node, stored);
        }
        self.core.events += 1;
        self.cast.after(node, Stepped::Handled);
        self.core.waiting = self.core.waiting + usize::from(self.is_waiting(node)) - usize::from(waiting);
        let incarnation = self.cast.any().node(node).incarnation();
        let mut stayed = Vec::new();
        for (port, msg, leaves) in self.core.last_messages(node, incarnation, asked) {
            let Some(Effect::Send { msg, .. }) = C::typed(Effect::Send { port, msg }) else { continue };
            let tag = C::tag(&msg);
            let length = self.core.checked_length(C::length(&msg), tag);
            if leaves {
                self.send(node, port, msg, length);
            } else {
                let way = self.core.graph.way(node, port);
                self.cast.count_sent(tag);
                self.core.tally.count_sent(node.index(), way.link(), length);
                stayed.push((port, tag, self.cast.sent(node, port, way.neighbour, &msg, length)));
            }
        }
        // Where the order is kept, what was sent last is lost first.
        while let Some((port, tag, sending)) = stayed.pop() {
            self.cast.fate(node, port, sending, Fate::Lost);
            self.cast.count_arrived(tag);
            self.core.courier.tally.lost += 1;
        }
        self.crash(node);
        if self.core.prepared.faults.crash_ends_run(node, incarnation) {
            return self.core.over(End::Crashed(node));
        }
        Flow::Continue(())
    }

    /// The run is over: who is doomed and has made no step since crashes now.
    pub(super) fn crash_the_doomed(&mut self) {
        let Some(End::Quiet | End::Planned | End::Interrupted | End::TimedOut(_) | End::TooManyEvents(_)) = self.core.end
        else {
            return;
        };
        while let Some((node, _)) = self.core.doomed.first_key_value() {
            let node = *node;
            let incarnation = self.cast.any().node(node).incarnation();
            self.crash(node);
            if let Some(End::Quiet | End::Planned) = self.core.end
                && self.core.prepared.faults.crash_ends_run(node, incarnation)
            {
                self.core.end = Some(End::Crashed(node));
                return;
            }
        }
    }
}
