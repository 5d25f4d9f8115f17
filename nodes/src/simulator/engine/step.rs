//! One step of a node, and what is looked at and counted around it.

use core::time::Duration;

use super::{End, Engine, Flow, Parcel, Violation};
use crate::network::{Happening, Observer};
use crate::protocol::{Event, MessageSet, Protocol, Stepped};
use crate::simulator::judge;
use crate::time::nanos;
use crate::topology::{NodeIndex, Port};

impl<P: Protocol, O: Observer<P>> Engine<P, O> {
    /// A message arrives, in a run that nobody steers.
    // Here it goes from its slot in the queue to its handler without being copied in between.
    #[inline(always)]
    pub(super) fn deliver(&mut self, parcel: Parcel<P::Msg, O::Mark>) -> Flow {
        let Parcel { to, port, depth, number, msg, mark } = parcel;
        if !self.arrives(to, port, number, msg.tag(), mark) {
            return Flow::Continue(());
        }
        self.step(to, Event::Message { sender: port, msg }, depth.get(), Some(mark))?;
        self.offer_deferred(to)
    }

    /// A message arrives, in a run that somebody steers.
    pub(super) fn deliver_steered(&mut self, parcel: Parcel<P::Msg, O::Mark>) -> Flow {
        let Parcel { to, port, depth, number, msg, mark } = parcel;
        if !self.arrives(to, port, number, msg.tag(), mark) {
            return Flow::Continue(());
        }
        self.any_step(to, Event::Message { sender: port, msg }, depth.get(), Some(mark))?;
        self.offer_deferred(to)
    }

    /// Counts a message that arrives.  Whether somebody lives there.
    #[inline(always)]
    fn arrives(&mut self, to: NodeIndex, port: Port, number: u32, tag: u8, mark: O::Mark) -> bool {
        self.world.count_arrived(tag);
        let graph = &self.instance.graph;
        // It came out of the other end.
        self.courier.arrived(|| graph.way(to, port).channel as usize ^ 1, number);
        let lives = self.world.node(to).is_alive();
        if !lives {
            self.tally.to_the_dead += 1;
            self.observer.before(Duration::from_nanos(self.now), to, &Happening::ToTheDead { sender: port, mark }, &self.world);
        }
        lives
    }

    /// An event of a live node, and all that follows from it at once.
    pub(super) fn happens(&mut self, node: NodeIndex, event: Event<P::Msg>, mark: Option<O::Mark>) -> Flow {
        self.any_step(node, event, 0, mark)?;
        self.offer_deferred(node)
    }

    /// A node that has changed its state takes what it has deferred.
    #[inline]
    fn offer_deferred(&mut self, node: NodeIndex) -> Flow {
        while self.world.node(node).has_offer() {
            self.any_step(node, Event::Deferred, 0, None)?;
        }
        Flow::Continue(())
    }

    #[inline(never)]
    fn any_step(&mut self, node: NodeIndex, event: Event<P::Msg>, depth: u32, mark: Option<O::Mark>) -> Flow {
        self.step(node, event, depth, mark)
    }

    /// One step of a live node; `depth` is how long the chain of messages is that ends with it.
    // Most events are messages: in `deliver` this becomes what a message needs, and nothing else.
    #[inline(always)]
    fn step(&mut self, node: NodeIndex, event: Event<P::Msg>, depth: u32, mark: Option<O::Mark>) -> Flow {
        self.acting = node;
        self.net.aim(node);
        let (tag, from_link) = match &event {
            Event::Message { sender, msg } => (Some(msg.tag()), *sender != Port::SELF),
            Event::Deferred => match self.world.node(node).next_offer() {
                Some((sender, msg)) => (Some(msg.tag()), sender != Port::SELF),
                None => (None, false),
            },
            Event::Impulse | Event::Alarm => (None, false),
        };
        self.tell_before(node, &event, mark);
        let before = if self.world.node(node).is_plain() { (None, false) } else { self.alarm_of(node) };
        let rang = matches!(event, Event::Alarm);
        let stepped = self.world.step(node, event, &mut self.net);
        self.events += 1;
        self.observer.after(node, stepped, &self.world);
        let after = self.world.node(node);
        let (is_plain, is_decided) = (after.is_plain(), after.is_decided());
        let handled = matches!(stepped, Stepped::Handled | Stepped::Ignored);
        let tally = &mut self.tally.nodes[node.index()];
        tally.depth = tally.depth.max(depth);
        if handled {
            tally.last_message = tag.or(tally.last_message);
            if from_link {
                self.tally.count_received(node.index());
            }
        } else {
            match stepped {
                Stepped::Late => self.tally.late += u64::from(from_link),
                Stepped::Never | Stepped::LeftTerminal { .. } => return self.broken(node, tag, stepped),
                _ => {}
            }
        }
        if is_decided {
            self.tally.note_decided(node.index(), self.now);
        }
        if !is_plain {
            self.follow_alarms(node, before, rang);
        }
        self.carry_out(node);
        if self.judge.is_idle() { Flow::Continue(()) } else { self.judge(node) }
    }

    /// Sees to it that the node's next alarm rings.
    #[inline(never)]
    pub(super) fn follow_alarms(&mut self, node: NodeIndex, (alarm, waiting): (Option<Duration>, bool), rang: bool) {
        let (next_alarm, still_waiting) = self.alarm_of(node);
        if let Some(at) = next_alarm
            && (rang || alarm != next_alarm)
        {
            self.alarms.push(nanos(at).max(self.now), node);
        }
        self.waiting = self.waiting + usize::from(still_waiting) - usize::from(waiting);
    }

    #[inline]
    fn tell_before(&mut self, node: NodeIndex, event: &Event<P::Msg>, mark: Option<O::Mark>) {
        let happening = match (event, mark) {
            (Event::Message { sender, msg }, Some(mark)) => Happening::Message { sender: *sender, msg, mark },
            (Event::Impulse, _) => Happening::Impulse,
            (Event::Alarm, _) => Happening::Alarm,
            (Event::Deferred | Event::Message { .. }, _) => Happening::Deferred,
        };
        self.observer.before(Duration::from_nanos(self.now), node, &happening, &self.world);
    }

    /// The node's first alarm, and whether the run has to wait for it.
    #[inline]
    fn alarm_of(&self, node: NodeIndex) -> (Option<Duration>, bool) {
        let node = self.world.node(node);
        let alarm = node.next_alarm();
        (alarm, alarm.is_some() && !node.is_decided())
    }

    pub(super) fn is_waiting(&self, node: NodeIndex) -> bool {
        self.world.node(node).is_alive() && self.alarm_of(node).1
    }

    /// Looks at the properties that must hold always; local ones on the node that moved.
    pub(super) fn judge(&mut self, node: NodeIndex) -> Flow {
        match self.judge.look(&self.world, node) {
            None => Flow::Continue(()),
            Some(violation) => self.violated(violation),
        }
    }

    /// The protocol broke its own word.
    #[cold]
    fn broken(&mut self, node: NodeIndex, tag: Option<u8>, stepped: Stepped) -> Flow {
        let violation = judge::broken(&self.world, node, tag, stepped, &self.prepared.description);
        self.violated(violation)
    }
    #[cold]
    pub(super) fn violated(&mut self, violation: Violation) -> Flow {
        let Violation { property, node, what } = &violation;
        self.observer.violated(*node, *property, what);
        self.over(End::Violated(violation))
    }
}
