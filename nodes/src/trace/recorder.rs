//! Records a run in virtual time as a trace.

use core::time::Duration;
use std::io::{self, Write};

use serde_json::Value;

use super::steps::{Pen, Steps};
use super::{Detail, Event, Header, What, Writer};
use crate::network::{Fate, Happening, Observer, Sent};
use crate::protocol::{Effect, Protocol, Stepped, When, World};
use crate::run::{Document, PropertyStatus};
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
    pub fn finish<P: Protocol>(self, document: &Document, explanation: &[String]) -> io::Result<W> {
        last_words::<P, W>(self.0.end(), document, explanation)
    }
}

/// What is known only when a run is over, and the end.  Time does not go back, so 0 is the time of the last event.
///
/// # Errors
/// The first that came up in writing.
pub(crate) fn last_words<P: Protocol, W: Write>(
    mut writer: Writer<W>,
    document: &Document,
    explanation: &[String],
) -> io::Result<W> {
    let properties = P::properties().iter().zip(&document.properties).enumerate();
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

impl<P: Protocol, W: Write> Observer<P> for Recorder<W> {
    /// The message's number.
    type Mark = u64;

    const READS_LOG: bool = true;
    const READS_ALARMS: bool = true;

    fn number(mark: u64) -> Option<u64> {
        Some(mark)
    }

    fn show(&mut self) {
        self.flush();
    }

    fn begun(&mut self, world: &World<P>) {
        world.nodes().for_each(|node| self.0.born(node, false));
    }

    #[inline]
    fn sent(&mut self, sent: Sent<'_, P>) -> u64 {
        self.0.sends(sent.from, sent.port, sent.msg, sent.length)
    }

    fn fate(&mut self, message: u64, sender: NodeIndex, port: Port, fate: Fate) {
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

    #[inline]
    fn before(&mut self, now: Duration, node: NodeIndex, happening: &Happening<'_, P, u64>, world: &World<P>) {
        self.0.set_now(now);
        match happening {
            Happening::Message { sender, mark, .. } => self.0.arrives(node, *mark, *sender),
            Happening::Impulse => self.0.impulse(node),
            Happening::Alarm => self.0.rings(world.node(node)),
            Happening::Deferred => self.0.offered(node),
            Happening::Crash => self.0.crashes(node),
            Happening::Recover => self.0.recovers(node),
            Happening::ToTheDead { sender, mark } => self.0.finds_nobody(node, *mark, *sender),
        }
    }

    #[inline]
    fn after(&mut self, node: NodeIndex, stepped: Stepped, world: &World<P>) {
        self.0.stepped(world.node(node), stepped);
    }

    fn logged(&mut self, node: NodeIndex, line: &str) {
        self.0.write(node, What::Log { line });
    }

    fn reported(&mut self, node: NodeIndex, name: &str, value: &Value) {
        self.0.reports(node, name, value);
    }

    fn alarm(&mut self, node: NodeIndex, effect: &Effect<P::Msg, P::Alarm>) {
        self.0.alarm(node, effect);
    }

    fn failed(&mut self, node: NodeIndex, what: &str) {
        self.0.fails(node, what);
    }

    fn violated(&mut self, node: NodeIndex, property: Option<usize>, what: &str) {
        self.0.violates(node, property, what);
    }
}
