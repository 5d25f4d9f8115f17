//! A run that somebody steers: the same course, event by event, but for what is ordered.

use core::time::Duration;

use super::{End, Engine, Flow, Own, Parcel};
use crate::network::{Happening, NotEnabled, Observer};
use crate::protocol::{Event, Protocol};
use crate::simulator::steering::{CRASHED_BY_HAND, DELIVERED_BY_HAND};
use crate::simulator::{Order, Steering, Watch};
use crate::topology::{NodeIndex, Port};

impl<P: Protocol, O: Observer<P>> Engine<P, O> {
    /// Handles events until the run is over.
    pub(super) fn go_on_steered(&mut self, watch: &mut Option<&mut Watch<'_>>, steering: &mut dyn Steering) {
        while self.end.is_none() {
            if self.events >= self.next_pause {
                self.pause(watch);
                continue;
            }
            if steering.looks() {
                self.observer.show();
            }
            match steering.next() {
                Order::GoOn => drop(self.one()),
                Order::Look => self.observer.show(),
                Order::Deliver(message) => {
                    let chosen = self.choose(message);
                    steering.made(chosen.as_ref().map(|_| ()).map_err(|why| *why));
                    if let Ok(chosen) = chosen {
                        let node = chosen.receiver();
                        let _ = self.arrive(chosen);
                        self.observer.logged(node, DELIVERED_BY_HAND);
                    }
                }
                Order::Crash(node) => {
                    let made = self.crash_by_hand(node);
                    steering.made(made);
                }
                Order::Stop => drop(self.over(End::Interrupted)),
            }
        }
        self.observer.show();
    }

    /// The next event, in the order of a run that nobody steers.
    fn one(&mut self) -> Flow {
        loop {
            if let Some(plan) = self.agenda.take_due(self.now) {
                return self.carry_out_plan(plan);
            }
            if let Some(parcel) = self.queue.pop_due(self.tick) {
                return self.deliver_steered(parcel);
            }
            let before = self.events;
            if !self.own_or_alarm()? {
                self.advance()?;
            } else if self.events > before {
                return Flow::Continue(());
            }
        }
    }

    fn arrive(&mut self, chosen: Chosen<P, O>) -> Flow {
        match chosen {
            Chosen::Parcel(parcel) => self.deliver_steered(parcel),
            Chosen::Own(Own { node, msg, mark }) => self.happens(node, Event::Message { sender: Port::SELF, msg }, Some(mark)),
        }
    }

    /// Takes a message from among those under way, if the links allow that it arrives now.
    fn choose(&mut self, message: u64) -> Result<Chosen<P, O>, NotEnabled> {
        let number = |mark: O::Mark| O::number(mark).unwrap_or(u64::MAX);
        if let Some(place) = self.own.iter().position(|own| number(own.mark) == message) {
            let node = self.own[place].node;
            if self.own.iter().take(place).any(|own| own.node == node) {
                return Err(NotEnabled::NotFirst);
            }
            return self.own.remove(place).map(Chosen::Own).ok_or(NotEnabled::NotUnderWay);
        }
        let wanted = |parcel: &Parcel<P::Msg, O::Mark>| number(parcel.mark) == message;
        let Some(parcel) = self.queue.items().find(|parcel| wanted(parcel)) else { return Err(NotEnabled::NotUnderWay) };
        if self.agenda.next_time() <= self.now {
            return Err(NotEnabled::Waking);
        }
        let (to, port) = (parcel.to, parcel.port);
        let sender = self.instance.graph.way(to, port).neighbour;
        if self.prepared.faults.cut_until(sender, to, Duration::from_nanos(self.now)).is_some() {
            return Err(NotEnabled::Cut);
        }
        let earlier = |other: &Parcel<P::Msg, O::Mark>| other.to == to && other.port == port && number(other.mark) < message;
        if self.prepared.links == crate::protocol::Links::Fifo && self.queue.items().any(earlier) {
            return Err(NotEnabled::NotFirst);
        }
        self.queue.take(wanted).map(Chosen::Parcel).ok_or(NotEnabled::NotUnderWay)
    }

    fn crash_by_hand(&mut self, node: NodeIndex) -> Result<(), NotEnabled> {
        if node.index() >= self.instance.graph.node_count() {
            return Err(NotEnabled::NoSuchPlace);
        }
        if !self.world.node(node).is_alive() {
            return Err(NotEnabled::Dead);
        }
        self.observer.before(Duration::from_nanos(self.now), node, &Happening::Crash, &self.world);
        self.observer.logged(node, CRASHED_BY_HAND);
        self.crash(node);
        Ok(())
    }
}

/// A message that was chosen.
enum Chosen<P: Protocol, O: Observer<P>> {
    Parcel(Parcel<P::Msg, O::Mark>),
    Own(Own<P::Msg, O::Mark>),
}

impl<P: Protocol, O: Observer<P>> Chosen<P, O> {
    fn receiver(&self) -> NodeIndex {
        match self {
            Chosen::Parcel(parcel) => parcel.to,
            Chosen::Own(own) => own.node,
        }
    }
}
