//! A run that somebody steers: the same course, event by event, but for what is ordered.

use super::{Cast, End, Engine, Flow, Own, Parcel, Untyped};
use crate::network::{Happening, NotEnabled};
use crate::protocol::{AnyMessage, Event};
use crate::simulator::steering::{CRASHED_BY_HAND, DELIVERED_BY_HAND};
use crate::simulator::{Order, Steering, Watch};
use crate::topology::{NodeIndex, Port};

impl Engine<'_, Untyped<'_>> {
    /// Handles events until the run is over.
    pub(super) fn go_on_steered(&mut self, watch: &mut Option<&mut Watch<'_>>, steering: &mut dyn Steering) {
        while self.core.end.is_none() {
            if self.core.events >= self.core.next_pause {
                self.pause(watch);
                continue;
            }
            if steering.looks() {
                self.cast.observer.show();
            }
            match steering.next() {
                Order::GoOn => drop(self.one()),
                Order::Look => self.cast.observer.show(),
                Order::Deliver(message) => {
                    let chosen = self.choose(message);
                    steering.made(chosen.as_ref().map(|_| ()).map_err(|why| *why));
                    if let Ok(chosen) = chosen {
                        let node = chosen.receiver();
                        let _ = self.arrive(chosen);
                        self.cast.observer.logged(node, DELIVERED_BY_HAND);
                    }
                }
                Order::Crash(node) => {
                    let made = self.crash_by_hand(node);
                    steering.made(made);
                }
                Order::Stop => drop(self.core.over(End::Interrupted)),
            }
        }
        self.cast.observer.show();
    }

    /// The next event, in the order of a run that nobody steers.
    fn one(&mut self) -> Flow {
        loop {
            if let Some(plan) = self.core.agenda.take_due(self.core.now) {
                return self.carry_out_plan(plan);
            }
            if let Some(parcel) = self.queue.pop_due(self.core.tick) {
                return self.brought(parcel);
            }
            let before = self.core.events;
            if !self.own_or_alarm()? {
                self.advance()?;
            } else if self.core.events > before {
                return Flow::Continue(());
            }
        }
    }

    /// A message arrives.
    // As in the loop that nobody steers, it goes from the queue to its handler without being copied in between.
    #[inline(always)]
    fn brought(&mut self, parcel: Parcel<AnyMessage, u64>) -> Flow {
        if self.core.doomed.is_empty() { self.deliver(parcel) } else { self.deliver_to_any(parcel) }
    }

    fn arrive(&mut self, chosen: Chosen) -> Flow {
        match chosen {
            Chosen::Parcel(parcel) => self.brought(parcel),
            Chosen::Own(Own { node, msg, sending }) => {
                self.happens(node, Event::Message { sender: Port::SELF, msg }, Some(sending))
            }
        }
    }

    /// Takes a message from among those under way, if the links allow that it arrives now.
    fn choose(&mut self, message: u64) -> Result<Chosen, NotEnabled> {
        if let Some(place) = self.own.iter().position(|own| own.sending == message) {
            let node = self.own[place].node;
            if self.own.iter().take(place).any(|own| own.node == node) {
                return Err(NotEnabled::NotFirst);
            }
            return self.own.remove(place).map(Chosen::Own).ok_or(NotEnabled::NotUnderWay);
        }
        let wanted = |parcel: &Parcel<AnyMessage, u64>| parcel.sending == message;
        let Some(parcel) = self.queue.items().find(|parcel| wanted(parcel)) else { return Err(NotEnabled::NotUnderWay) };
        if self.core.agenda.next_time() <= self.core.now {
            return Err(NotEnabled::Waking);
        }
        let (to, port) = (parcel.to, parcel.port);
        let sender = self.core.graph.way(to, port).neighbour;
        if self.core.prepared.faults.cut_until(sender, to, self.core.time()).is_some() {
            return Err(NotEnabled::Cut);
        }
        let earlier = |other: &Parcel<AnyMessage, u64>| other.to == to && other.port == port && other.sending < message;
        if self.core.prepared.links == crate::protocol::Links::Fifo && self.queue.items().any(earlier) {
            return Err(NotEnabled::NotFirst);
        }
        self.queue.take(wanted).map(Chosen::Parcel).ok_or(NotEnabled::NotUnderWay)
    }

    fn crash_by_hand(&mut self, node: NodeIndex) -> Result<(), NotEnabled> {
        if node.index() >= self.core.graph.node_count() {
            return Err(NotEnabled::NoSuchPlace);
        }
        if !self.cast.is_alive(node) {
            return Err(NotEnabled::Dead);
        }
        self.cast.happens(self.core.time(), node, &Happening::Crash);
        self.cast.observer.logged(node, CRASHED_BY_HAND);
        self.stop(node);
        Ok(())
    }
}

/// A message that was chosen.
enum Chosen {
    Parcel(Parcel<AnyMessage, u64>),
    Own(Own<AnyMessage, u64>),
}

impl Chosen {
    fn receiver(&self) -> NodeIndex {
        match self {
            Chosen::Parcel(parcel) => parcel.to,
            Chosen::Own(own) => own.node,
        }
    }
}
