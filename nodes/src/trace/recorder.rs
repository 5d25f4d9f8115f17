//! Records a run in virtual time as a trace.

use core::time::Duration;
use std::io::{self, Write};

use serde_json::Value;

use super::steps::{Pen, Steps};
use super::{Detail, Event, Header, What, Writer};
use crate::network::{Fate, Happening, Observer, Sent};
use crate::protocol::{AnyEffect, Description, Reads, Stepped, When, WorldView};
use crate::execution::{Document, PropertyStatus};
use crate::topology::{NodeIndex, Port};

/// An observer that writes a trace.  It keeps one block of it in memory; besides that, the state of each node, and its fields
/// as long as they are recorded.
#[derive(Debug)]
pub struct Recorder<W: Write>(Steps<Writer<W>>);

impl<W: Write> Pen for Writer<W> {
    #[inline]
    fn write(&mut self, event: Event<'_>) -> u64 {
        self.push(event)
    }
}

impl<W: Write> Recorder<W> {
    /// Begins a trace of a run with that header.
    pub fn new(out: W, header: &Header, detail: Detail) -> Self {
        Recorder(Steps::new(Writer::new(out, header), detail))
    }

    /// Lets what has been recorded be read, up to here.
    pub fn flush(&mut self) {
        self.0.pen.flush();
    }

    /// The run is over, and this is what came of it.
    ///
    /// # Errors
    /// The first that came up in writing.
    pub fn finish(self, description: &Description, document: &Document, explanation: &[String]) -> io::Result<W> {
        last_words(self.0.end(), description, document, explanation)
    }
}

/// What is known only when a run is over, and the end.  Time does not go back, so 0 is the time of the last event.
///
/// # Errors
/// The first that came up in writing.
pub(crate) fn last_words<W: Write>(
    mut writer: Writer<W>,
    description: &Description,
    document: &Document,
    explanation: &[String],
) -> io::Result<W> {
    let properties = description.properties.iter().zip(&document.properties).enumerate();
    for (place, (property, (name, status))) in properties {
        // An engine that looks always has told of it already.
        let told = property.when == When::Always && document.engine == "simulator";
        if *status == PropertyStatus::Violated && !told {
            let about = format!("`{name}`");
            let what = explanation.iter().find(|line| line.starts_with(&about)).map_or("", String::as_str);
            writer.push(Event { node: 0, time: 0, what: What::Violate { property: Some(place as u32), what } });
        }
    }
    writer.push(Event { node: 0, time: 0, what: What::End { outcome: document.outcome.name() } });
    writer.finish()
}

impl<W: Write> Observer for Recorder<W> {
    fn reads(&self) -> Reads {
        Reads { log: true, alarms: true }
    }

    fn show(&mut self) {
        self.flush();
    }

    fn begun(&mut self, world: &dyn WorldView) {
        for node in world.nodes() {
            self.0.born(world.node(NodeIndex::new(node)), false);
        }
    }

    fn sent(&mut self, sent: &Sent<'_>) {
        let number = self.0.sends(sent.from, sent.port, sent.msg, sent.length);
        debug_assert_eq!(number, sent.number, "the engine and the trace number messages alike");
    }

    fn fate(&mut self, sender: NodeIndex, port: Port, message: u64, fate: Fate) {
        match fate {
            Fate::Lost => {
                self.0.write(sender, What::Lost { message: Some(message) });
            }
            Fate::Duplicated => {
                self.0.write(sender, What::Duplicate { message: Some(message) });
            }
            Fate::Resent(count) => self.0.resends(sender, port, count),
        }
    }

    fn before(&mut self, now: Duration, node: NodeIndex, happening: &Happening<'_>, world: &dyn WorldView) {
        self.0.set_now(now);
        match happening {
            Happening::Message { sender, number, .. } => self.0.arrives(node, *number, *sender),
            Happening::Impulse => self.0.impulse(node),
            Happening::Alarm => self.0.rings(world.node(node)),
            Happening::Deferred => self.0.offered(node),
            Happening::Crash => self.0.crashes(node),
            Happening::Recover => self.0.recovers(node),
            Happening::ToTheDead { sender, number } => self.0.finds_nobody(node, *number, *sender),
        }
    }

    fn after(&mut self, node: NodeIndex, stepped: Stepped, world: &dyn WorldView) {
        self.0.stepped(world.node(node), stepped);
    }

    fn logged(&mut self, node: NodeIndex, line: &str) {
        self.0.write(node, What::Log { line });
    }

    fn reported(&mut self, node: NodeIndex, name: &str, value: &Value) {
        self.0.reports(node, name, value);
    }

    fn alarm(&mut self, node: NodeIndex, effect: &AnyEffect) {
        self.0.alarm(node, effect);
    }

    fn failed(&mut self, node: NodeIndex, what: &str) {
        self.0.fails(node, what);
    }

    fn violated(&mut self, node: NodeIndex, property: Option<usize>, what: &str) {
        self.0.violates(node, property, what);
    }
}
