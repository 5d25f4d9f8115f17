//! Records a run as a trace.

use core::time::Duration;
use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Arrival, Detail, Details, Event, Header, Waiting, What, Writer};
use crate::network::{Fate, Happening, Observer, Sent};
use crate::protocol::{AlarmSet, Effect, MessageSet, Protocol, States, Stepped, When, World};
use crate::run::{Document, PropertyStatus};
use crate::topology::{NodeIndex, Port};

/// An observer that writes a trace.  It keeps one block of it in memory; besides that, the state of each node, and its fields as
/// long as they are recorded.
#[derive(Debug)]
pub struct Recorder<W: Write> {
    writer: Writer<W>,
    details: Details,
    now: u64,
    /// What has happened to whom, until it is known what became of it.
    pending: Option<(NodeIndex, Pending)>,
    /// Whose handler has just panicked.
    failed: Option<NodeIndex>,
    /// By node.
    states: Vec<u32>,
    fields: Vec<String>,
    waiting: BTreeMap<NodeIndex, Waiting<(u64, Port)>>,
}

#[derive(Clone, Copy, Debug)]
enum Pending {
    Arrives(u64, Port),
    Offered(u64, Port),
    Recovers,
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// As traces have it.
fn port_of(port: Port) -> Option<u32> {
    (port != Port::SELF).then(|| port.index() as u32)
}

impl<W: Write> Recorder<W> {
    /// Begins a trace of a run with that header.
    pub fn new(out: W, header: &Header, detail: Detail) -> Self {
        Recorder {
            writer: Writer::new(out, header),
            details: Details::new(detail),
            now: 0,
            pending: None,
            failed: None,
            states: Vec::new(),
            fields: Vec::new(),
            waiting: BTreeMap::new(),
        }
    }

    /// Lets what has been recorded be read, up to here.
    pub fn flush(&mut self) {
        self.writer.flush();
    }

    /// The run is over, and this is what came of it.
    ///
    /// # Errors
    /// The first that came up in writing.
    pub fn finish<P: Protocol>(mut self, document: &Document, explanation: &[String]) -> io::Result<W> {
        self.settle(None);
        let properties = P::properties().iter().zip(&document.properties).enumerate();
        for (place, (property, (name, status))) in properties {
            // One that must hold always was told of when it did not.
            if property.when == When::Finally && *status == PropertyStatus::Violated {
                let about = format!("`{name}`");
                let what = explanation.iter().find(|line| line.starts_with(&about)).cloned().unwrap_or_default();
                self.push(NodeIndex::new(0), What::Violate { property: Some(place as u32), what: &what });
            }
        }
        self.push(NodeIndex::new(0), What::End { outcome: document.outcome.name() });
        self.writer.finish()
    }

    #[inline]
    fn push(&mut self, node: NodeIndex, what: What<'_>) -> u64 {
        self.writer.push(Event { node: node.index() as u32, time: self.now, what })
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
                self.push(node, What::Arrive { message: Some(message), port: port_of(from), how });
                if how == Arrival::Deferred {
                    self.waiting.entry(node).or_default().defer((message, from));
                }
            }
            Pending::Offered(message, from) => match stepped {
                Some(Stepped::Deferred) => self.waiting.entry(node).or_default().give_back((message, from)),
                _ => {
                    let handled = !matches!(stepped, Some(Stepped::Ignored | Stepped::Late));
                    self.push(node, What::Resume { message: Some(message), port: port_of(from), handled });
                }
            },
        }
    }

    #[inline]
    fn note_fields<P: Protocol>(&mut self, node: NodeIndex, protocol: &P) {
        if !self.details.wanted() {
            return;
        }
        if let Some(json) = self.details.fields(protocol)
            && self.fields[node.index()] != json
        {
            json.clone_into(&mut self.fields[node.index()]);
            let json = &self.fields[node.index()];
            self.writer.push(Event { node: node.index() as u32, time: self.now, what: What::Fields { json } });
        }
    }
}

impl<P: Protocol, W: Write> Observer<P> for Recorder<W> {
    /// The message's number.
    type Mark = u64;

    const READS_LOG: bool = true;
    const READS_ALARMS: bool = true;

    fn begun(&mut self, world: &World<P>) {
        self.fields = vec![String::new(); if self.details.wanted() { world.nodes().len() } else { 0 }];
        for node in world.nodes() {
            let state = node.state().index() as u32;
            self.states.push(state);
            self.push(node.index(), What::Start { state });
            self.note_fields(node.index(), node.protocol());
        }
    }

    #[inline]
    fn sent(&mut self, sent: Sent<'_, P>) -> u64 {
        let payload = self.details.content(sent.msg);
        let what = What::Send { port: port_of(sent.port), kind: sent.msg.tag().into(), size: sent.length, payload };
        self.writer.push(Event { node: sent.from.index() as u32, time: self.now, what })
    }

    fn fate(&mut self, message: u64, sender: NodeIndex, port: Port, fate: Fate) {
        let what = match fate {
            Fate::Lost => What::Lost { message: Some(message) },
            Fate::Duplicated => What::Duplicate { message: Some(message) },
            Fate::Resent(count) => What::Resend { port: port_of(port), count },
        };
        self.push(sender, what);
    }

    #[inline]
    fn before(&mut self, now: Duration, node: NodeIndex, happening: &Happening<'_, P, u64>, world: &World<P>) {
        self.settle(None);
        self.now = nanos(now);
        match happening {
            Happening::Message { sender, mark, .. } => self.pending = Some((node, Pending::Arrives(*mark, *sender))),
            Happening::Impulse => {
                self.push(node, What::Impulse);
            }
            Happening::Alarm => {
                let alarm = world.node(node).first_alarm().map_or(0, AlarmSet::tag).into();
                self.push(node, What::Ring { alarm });
            }
            Happening::Deferred => {
                let offered = self.waiting.get_mut(&node).and_then(Waiting::take);
                self.pending = offered.map(|(message, from)| (node, Pending::Offered(message, from)));
            }
            Happening::Crash => {
                // Who failed has been told of.
                if self.failed.take() != Some(node) {
                    self.push(node, What::Crash { why: None });
                }
                self.waiting.remove(&node);
            }
            Happening::Recover => self.pending = Some((node, Pending::Recovers)),
            Happening::ToTheDead { sender, mark } => {
                let what = What::Arrive { message: Some(*mark), port: port_of(*sender), how: Arrival::Dead };
                self.push(node, what);
            }
        }
    }

    #[inline]
    fn after(&mut self, node: NodeIndex, stepped: Stepped, world: &World<P>) {
        let state = world.node(node).state().index() as u32;
        if let Some((_, Pending::Recovers)) = self.pending {
            self.pending = None;
            self.states[node.index()] = state;
            self.push(node, What::Recover { state });
        }
        self.settle(Some(stepped));
        if self.states[node.index()] != state {
            self.states[node.index()] = state;
            self.push(node, What::State { state });
            if let Some(waiting) = self.waiting.get_mut(&node) {
                waiting.changed();
            }
        }
        self.note_fields(node, world.node(node).protocol());
    }

    fn logged(&mut self, node: NodeIndex, line: &str) {
        self.push(node, What::Log { line });
    }

    fn reported(&mut self, node: NodeIndex, name: &str, value: &Value) {
        self.push(node, What::Report { json: &json!({ name: value }).to_string() });
    }

    fn alarm(&mut self, node: NodeIndex, effect: &Effect<P::Msg, P::Alarm>) {
        let what = match effect {
            Effect::SetAlarm { after, alarm } => {
                What::SetAlarm { alarm: alarm.tag().into(), after: nanos(*after), content: self.details.content(alarm) }
            }
            Effect::Cancel { alarm } => What::Cancel { alarm: (*alarm).into() },
            _ => return,
        };
        self.writer.push(Event { node: node.index() as u32, time: self.now, what });
    }

    fn failed(&mut self, node: NodeIndex, what: &str) {
        self.settle(None);
        self.failed = Some(node);
        self.waiting.remove(&node);
        self.push(node, What::Crash { why: Some(what) });
    }

    fn violated(&mut self, node: NodeIndex, property: Option<usize>, what: &str) {
        self.push(node, What::Violate { property: property.map(|place| place as u32), what });
    }
}
