//! Records a run in virtual time as a trace.

use std::io::{self, Write};

use super::steps::{Pen, Steps};
use super::{Detail, Event, Header, What, Writer};
use crate::execution::{Document, PropertyStatus};
use crate::network::{Observer, pass_on};
use crate::protocol::Reads;

/// An observer that writes a trace.  It keeps one block of it in memory; besides that, the state of each node, and its fields
/// as long as they are recorded.
#[derive(Debug)]
pub struct Recorder<W: Write>(Steps<Writer<W>>);

impl<W: Write> Pen for Writer<W> {
    #[inline]
    fn write(&mut self, event: Event<'_>) -> u64 {
        self.push(event)
    }

    fn flush(&mut self) {
        Writer::flush(self);
    }
}

impl<W: Write> Recorder<W> {
    /// Begins a trace of a run with that header.
    pub fn new(out: W, header: &Header, detail: Detail) -> Self {
        Recorder(Steps::new(Writer::new(out, header), detail))
    }

    /// Lets what has been recorded be read, up to here.
    pub fn flush(&mut self) {
        self.0.show();
    }

    /// The run is over, and this is what came of it.
    ///
    /// # Errors
    /// The first that came up in writing.
    pub fn finish(self, document: &Document, explanation: &[String]) -> io::Result<W> {
        let (writer, violated) = self.0.end();
        last_words(writer, &violated, document, explanation)
    }
}

/// What is known only when a run is over, and the end.  Time does not go back, so 0 is the time of the last event.  The properties in
/// `violated` are on record already.
///
/// # Errors
/// The first that came up in writing.
pub(crate) fn last_words<W: Write>(
    mut writer: Writer<W>,
    violated: &[usize],
    document: &Document,
    explanation: &[String],
) -> io::Result<W> {
    for (place, (name, status)) in document.properties.iter().enumerate() {
        if *status == PropertyStatus::Violated && !violated.contains(&place) {
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
        self.0.reads()
    }

    pass_on!(self => Some(&mut self.0));
}
