//! What nodes do in their steps, as events: the same for every engine.

use core::time::Duration;
use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::detail::{Detail, Details};
use super::{Arrival, Event, What};
use crate::network::{Fate, Happening, Observer, Sent};
use crate::protocol::{AnyEffect, AnyMessage, Effect, Look, NodeView, Reads, Stepped, WorldView};
use crate::time::nanos;
use crate::topology::{NodeIndex, Port};

/// What events are written with.
pub(crate) trait Pen {
    /// Appends an event.  Returns the number of the message, if it is the sending of one.
    fn write(&mut self, event: Event<'_>) -> u64;

    /// Lets what has been written be read.
    fn flush(&mut self);
}

/// An observer that writes down what nodes do.
#[derive(Debug)]
pub(crate) struct Steps<T> {
    pub(crate) pen: T,
    details: Details,
    now: u64,
    /// What has happened to whom, until it is known what became of it.
    pending: Option<(NodeIndex, Pending)>,
    /// Whose handler has just panicked.
    failed: Option<NodeIndex>,
    /// By node.
    states: Vec<u32>,
    fields: Vec<String>,
    /// The numbers of the messages that a node has deferred, in the order in which it keeps them.
    waiting: BTreeMap<NodeIndex, Vec<(u64, Port)>>,
    /// The properties that are on record as violated.
    violated: Vec<usize>,
}

#[derive(Clone, Copy, Debug)]
enum Pending {
    Arrives(u64, Port),
    /// In that place among the deferred.
    Offered(usize, u64, Port),
    Recovers,
}

/// As traces have it.
fn port_of(port: Port) -> Option<u32> {
    (port != Port::SELF).then(|| port.index() as u32)
}

impl<T: Pen> Steps<T> {
    pub(crate) fn new(pen: T, detail: Detail) -> Self {
        Steps {
            pen,
            details: Details::new(detail),
            now: 0,
            pending: None,
            failed: None,
            states: Vec::new(),
            fields: Vec::new(),
            waiting: BTreeMap::new(),
            violated: Vec::new(),
        }
    }

    /// The time of what follows.
    #[inline]
    pub(crate) fn set_now(&mut self, now: Duration) {
        self.settle(None);
        self.now = nanos(now);
    }

    #[inline]
    fn write(&mut self, node: NodeIndex, what: What<'_>) -> u64 {
        self.pen.write(Event { node: node.index() as u32, time: self.now, what })
    }

    /// The next node has come into being, or has come back into another process.
    fn born(&mut self, node: &dyn NodeView, again: bool) {
        let state = node.state() as u32;
        let place = node.index().index();
        if self.states.len() <= place {
            self.states.resize(place + 1, 0);
            self.fields.resize(place + 1, String::new());
        }
        self.states[place] = state;
        self.write(node.index(), if again { What::Recover { state } } else { What::Start { state } });
        self.note_fields(node);
    }

    /// A message arrives; its fate is known after the step.
    #[inline]
    fn arrives(&mut self, node: NodeIndex, message: u64, from: Port) {
        self.pending = Some((node, Pending::Arrives(message, from)));
    }

    /// A deferred message is offered.
    fn offered(&mut self, node: &dyn NodeView) {
        let Look { index, offered: place, .. } = node.look();
        let offered = self.waiting.get_mut(&index).and_then(|waiting| waiting.get(place).copied());
        self.pending = offered.map(|(message, from)| (index, Pending::Offered(place, message, from)));
    }

    /// The node starts spontaneously.
    fn impulse(&mut self, node: NodeIndex) {
        self.write(node, What::Impulse);
    }

    /// The node's first alarm rings.
    fn rings(&mut self, node: &dyn NodeView) {
        let alarm = node.first_alarm().map_or(0, |alarm| alarm.tag()).into();
        self.write(node.index(), What::Rung { alarm });
    }

    /// The node stops.
    fn crashes(&mut self, node: NodeIndex) {
        self.waiting.remove(&node);
        // Who failed has been told of.
        if self.failed.take() != Some(node) {
            self.write(node, What::Crash { why: None });
        }
    }

    /// The node starts again; as what, is known after the step.
    fn recovers(&mut self, node: NodeIndex) {
        self.pending = Some((node, Pending::Recovers));
    }

    /// A message arrives where nobody lives any more.
    fn finds_nobody(&mut self, node: NodeIndex, message: u64, from: Port) {
        self.write(node, What::Arrive { message: Some(message), port: port_of(from), how: Arrival::Dead });
    }

    /// Writes what has happened, now that it is known what became of it; nothing is known if the handler panicked.
    #[inline]
    fn settle(&mut self, stepped: Option<Stepped>) {
        let Some((node, pending)) = self.pending.take() else { return };
        match pending {
            // It has not come up again.
            Pending::Recovers => {}
            Pending::Arrives(message, from) => {
                let how = match stepped {
                    Some(Stepped::Ignored) => Arrival::Ignored,
                    Some(Stepped::Late) => Arrival::Late,
                    Some(Stepped::Deferred) => Arrival::Deferred,
                    _ => Arrival::Handled,
                };
                self.write(node, What::Arrive { message: Some(message), port: port_of(from), how });
                if how == Arrival::Deferred {
                    self.waiting.entry(node).or_default().push((message, from));
                }
            }
            Pending::Offered(place, message, from) => match stepped {
                Some(Stepped::Deferred) => {}
                _ => {
                    self.waiting.entry(node).or_default().remove(place);
                    let handled = !matches!(stepped, Some(Stepped::Ignored | Stepped::Late));
                    self.write(node, What::Resume { message: Some(message), port: port_of(from), handled });
                }
            },
        }
    }

    /// The node has made its step.
    #[inline]
    fn stepped(&mut self, index: NodeIndex, node: &dyn NodeView, stepped: Stepped) {
        let state = node.state() as u32;
        if let Some((_, Pending::Recovers)) = self.pending {
            self.pending = None;
            return self.born(node, true);
        }
        self.settle(Some(stepped));
        if self.states[index.index()] != state {
            self.states[index.index()] = state;
            self.write(index, What::State { state });
        }
        self.note_fields(node);
    }

    #[inline]
    fn note_fields(&mut self, node: &dyn NodeView) {
        if !self.details.wanted() {
            return;
        }
        let place = node.index().index();
        if let Some(json) = self.details.fields(node, &self.fields[place]) {
            json.clone_into(&mut self.fields[place]);
            self.pen.write(Event { node: place as u32, time: self.now, what: What::Fields { json } });
        }
    }

    /// The node sends; returns the message's number.
    #[inline]
    fn sends(&mut self, node: NodeIndex, port: Port, msg: &AnyMessage, size: u64) -> u64 {
        let payload = self.details.content(msg);
        let what = What::Send { port: port_of(port), kind: msg.tag().into(), size, payload };
        self.pen.write(Event { node: node.index() as u32, time: self.now, what })
    }

    /// The node sets an alarm, or takes some back.
    fn sets_or_cancels(&mut self, node: NodeIndex, effect: &AnyEffect) {
        let what = match effect {
            Effect::SetAlarm { after, alarm } => {
                What::SetAlarm { alarm: alarm.tag().into(), after: nanos(*after), content: self.details.content(alarm) }
            }
            Effect::Cancel { alarm } => What::Cancel { alarm: (*alarm).into() },
            _ => return,
        };
        self.pen.write(Event { node: node.index() as u32, time: self.now, what });
    }

    /// The node reports.
    fn reports(&mut self, node: NodeIndex, name: &str, value: &Value) {
        self.write(node, What::Report { json: &json!({ name: value }).to_string() });
    }

    /// The node's handler panicked, or it cannot go on.
    fn fails(&mut self, node: NodeIndex, why: &str) {
        self.settle(None);
        self.failed = Some(node);
        self.waiting.remove(&node);
        self.write(node, What::Crash { why: Some(why) });
    }

    /// What must not be.
    fn violates(&mut self, node: NodeIndex, property: Option<usize>, what: &str) {
        self.settle(None);
        self.violated.extend(property);
        self.write(node, What::Violate { property: property.map(|place| place as u32), what });
    }

    /// Nothing happens any more.  Also the properties that are on record as violated.
    pub(crate) fn end(mut self) -> (T, Vec<usize>) {
        self.settle(None);
        (self.pen, self.violated)
    }
}

impl<T: Pen> Observer for Steps<T> {
    fn reads(&self) -> Reads {
        Reads { log: true, alarms: true }
    }

    fn show(&mut self) {
        self.pen.flush();
    }

    fn begun(&mut self, world: &dyn WorldView) {
        for node in world.nodes() {
            let node = world.node(NodeIndex::new(node));
            self.born(node, node.incarnation() > 0);
        }
    }

    fn sent(&mut self, sent: &Sent<'_>) {
        let number = self.sends(sent.from, sent.port, sent.msg, sent.length);
        debug_assert_eq!(number, sent.number, "the engine and the trace number messages alike");
    }

    fn fate(&mut self, sender: NodeIndex, port: Port, message: u64, fate: Fate) {
        match fate {
            Fate::Lost => self.write(sender, What::Lost { message: Some(message) }),
            Fate::Duplicated => self.write(sender, What::Duplicate { message: Some(message) }),
            Fate::Resent(count) => self.write(sender, What::Resend { port: port_of(port), count }),
        };
    }

    fn before(&mut self, now: Duration, node: NodeIndex, happening: &Happening<'_>, world: &dyn WorldView) {
        self.set_now(now);
        match happening {
            Happening::Message { sender, number, .. } => self.arrives(node, *number, *sender),
            Happening::Impulse => self.impulse(node),
            Happening::Alarm => self.rings(world.node(node)),
            Happening::Deferred => self.offered(world.node(node)),
            Happening::Doomed => {}
            Happening::Crash => self.crashes(node),
            Happening::Recover => self.recovers(node),
            Happening::ToTheDead { sender, number } => self.finds_nobody(node, *number, *sender),
        }
    }

    fn after(&mut self, node: NodeIndex, stepped: Stepped, world: &dyn WorldView) {
        self.stepped(node, world.node(node), stepped);
    }

    fn logged(&mut self, node: NodeIndex, line: &str) {
        self.write(node, What::Log { line });
    }

    fn reported(&mut self, node: NodeIndex, name: &str, value: &Value) {
        self.reports(node, name, value);
    }

    fn alarm(&mut self, node: NodeIndex, effect: &AnyEffect) {
        self.sets_or_cancels(node, effect);
    }

    fn failed(&mut self, node: NodeIndex, what: &str) {
        self.fails(node, what);
    }

    fn violated(&mut self, node: NodeIndex, property: Option<usize>, what: &str) {
        self.violates(node, property, what);
    }
}
