//! One step of a node, and what is looked at and counted around it.

use core::ops::ControlFlow;

use super::{Cast, End, Engine, Flow, Parcel};
use crate::execution::Violation;
use crate::protocol::{Event, Stepped};
use crate::topology::{NodeIndex, Port};

impl<C: Cast> Engine<'_, C> {
    /// A message arrives.
    // Here it goes from its slot in the queue to its handler without being copied in between.
    #[inline(always)]
    pub(super) fn deliver(&mut self, parcel: Parcel<C::Msg, C::Number>) -> Flow {
        let Parcel { to, port, depth, number, msg, sending } = parcel;
        let tag = C::tag(&msg);
        if !self.arrives(to, port, number, tag, sending) {
            return Flow::Continue(());
        }
        if self.step(to, Event::Message { sender: port, msg }, Some(tag), depth.get(), Some(sending))? {
            return Flow::Continue(());
        }
        self.offer_deferred(to)
    }

    /// Counts a message that arrives.  Whether the node there is alive.
    #[inline(always)]
    pub(super) fn arrives(&mut self, to: NodeIndex, port: Port, number: u32, tag: u8, sending: C::Number) -> bool {
        let graph = self.core.graph;
        // It came out of the other end.
        self.core.courier.arrived(|| graph.way(to, port).channel as usize ^ 1, number);
        let lives = self.cast.is_alive(to);
        if lives {
            self.cast.count_handed(tag);
        } else {
            self.cast.count_arrived(tag);
            self.core.tally.to_the_dead += 1;
            self.cast.finds_nobody(to, port, sending);
        }
        lives
    }

    /// An event of a live node, and all that follows from it at once.
    pub(super) fn happens(&mut self, node: NodeIndex, event: Event<C::Msg>, sending: Option<C::Number>) -> Flow {
        if self.core.is_doomed(node) {
            return self.crash_in_step(node, event, 0, sending);
        }
        let tag = if let Event::Message { msg, .. } = &event { Some(C::tag(msg)) } else { None };
        self.any_step(node, event, tag, 0, sending)?;
        self.offer_deferred(node)
    }

    /// A node that has changed its state takes what it has deferred.
    #[inline]
    fn offer_deferred(&mut self, node: NodeIndex) -> Flow {
        while self.cast.has_offer(node) {
            self.any_step(node, Event::Deferred, None, 0, None)?;
        }
        Flow::Continue(())
    }

    #[inline(never)]
    fn any_step(
        &mut self,
        node: NodeIndex,
        event: Event<C::Msg>,
        tag: Option<u8>,
        depth: u32,
        sending: Option<C::Number>,
    ) -> Flow {
        self.step(node, event, tag, depth, sending).map_continue(|_| ())
    }

    /// One step of a live node; `tag` is that of the message, if it was one, and `depth` how long the chain of messages is that ends
    /// with it.  Whether the node is plain then: it has deferred nothing.
    // Most events are messages: in `deliver` this becomes what a message needs, and nothing else.
    #[inline(always)]
    fn step(
        &mut self,
        node: NodeIndex,
        event: Event<C::Msg>,
        tag: Option<u8>,
        depth: u32,
        sending: Option<C::Number>,
    ) -> ControlFlow<(), bool> {
        self.core.acting = node;
        let (tag, from_link) = match &event {
            Event::Message { sender, .. } => (tag, *sender != Port::SELF),
            Event::Deferred => match self.cast.next_offer(node) {
                Some((sender, tag)) => (Some(tag), sender != Port::SELF),
                None => (None, false),
            },
            Event::Impulse | Event::Alarm => (None, false),
        };
        self.cast.before(node, &event, sending);
        let was_plain = self.cast.is_plain(node);
        if !was_plain {
            self.core.alarm_before = self.alarm_of(node);
        }
        let rang = matches!(event, Event::Alarm);
        let stepped = self.cast.step(node, event);
        // At a nanosecond each, 2^64 events take 584 years.
        self.core.events = self.core.events.wrapping_add(1);
        self.cast.after(node, stepped);
        let (is_plain, is_decided) = (self.cast.is_plain(node), self.cast.is_decided(node));
        let handled = matches!(stepped, Stepped::Handled | Stepped::Ignored);
        let tally = &mut self.core.tally.nodes[node.index()];
        tally.depth = tally.depth.max(depth);
        if handled {
            tally.last_message = tag.or(tally.last_message);
            if from_link {
                self.core.tally.count_received(node.index());
            }
        } else {
            match stepped {
                Stepped::Late => self.core.tally.late += u64::from(from_link),
                Stepped::Never | Stepped::LeftTerminal { .. } => {
                    self.broken(node, tag, stepped)?;
                }
                _ => {}
            }
        }
        if is_decided {
            self.core.tally.note_decided(node.index(), self.core.now);
        }
        if !is_plain {
            self.follow_alarms(node, if was_plain { (None, false) } else { self.core.alarm_before }, rang);
        }
        self.carry_out(node);
        if !self.core.judge.is_idle() {
            self.judge(node)?;
        }
        ControlFlow::Continue(is_plain)
    }

    /// Sees to it that the node's next alarm rings.
    #[inline(never)]
    pub(super) fn follow_alarms(&mut self, node: NodeIndex, (alarm, waiting): (Option<u64>, bool), rang: bool) {
        let (next_alarm, still_waiting) = self.alarm_of(node);
        if let Some(at) = next_alarm
            && (rang || alarm != next_alarm)
        {
            self.core.alarms.push(at.max(self.core.now), node);
        }
        self.core.waiting = self.core.waiting + usize::from(still_waiting) - usize::from(waiting);
    }

    /// The node's first alarm, and whether the run has to wait for it.
    #[inline]
    fn alarm_of(&self, node: NodeIndex) -> (Option<u64>, bool) {
        let alarm = self.cast.next_alarm(node);
        (alarm, alarm.is_some() && !self.cast.is_decided(node))
    }

    pub(super) fn is_waiting(&self, node: NodeIndex) -> bool {
        self.cast.is_alive(node) && self.alarm_of(node).1
    }

    /// Looks at the properties that must hold always; local ones on the node that moved.
    pub(super) fn judge(&mut self, node: NodeIndex) -> Flow {
        let cast = &self.cast;
        match self.core.judge.look_by(node, &|property| cast.check(property, node)) {
            None => Flow::Continue(()),
            Some(violation) => self.violated(violation),
        }
    }

    /// The protocol broke its own word.
    #[cold]
    fn broken(&mut self, node: NodeIndex, tag: Option<u8>, stepped: Stepped) -> Flow {
        let violation = self.core.judge.broken(self.cast.any().node(node), stepped, tag);
        self.violated(violation)
    }

    #[cold]
    pub(super) fn violated(&mut self, violation: Violation) -> Flow {
        let end = End::Violated(violation);
        if let Some(observer) = self.cast.observer() {
            end.tell(observer);
        }
        self.core.over(end)
    }
}
