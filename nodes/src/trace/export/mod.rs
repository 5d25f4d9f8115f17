//! A trace in the forms of other tools.

mod dot;
mod perfetto;
mod place;
mod shiviz;
mod svg;
mod table;

use core::fmt;
use core::str::FromStr;
use std::borrow::Cow;
use std::io::{self, Write};

use super::{Kind, Message, Trace};
use crate::protocol::of_state;

/// A form of another tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// The log of [ShiViz](https://bestchai.bitbucket.io/shiviz/), with vector clocks.
    Shiviz,
    /// Chrome's trace events, for <https://ui.perfetto.dev>.
    Perfetto,
    /// Graphviz: steps and messages as a graph.
    Dot,
    /// A space-time diagram.
    Svg,
    /// One event a line, behind a line of names.
    Csv,
    /// One event a line, as JSON.
    Ndjson,
}

impl ExportFormat {
    /// All.
    pub const ALL: [ExportFormat; 6] = [
        ExportFormat::Shiviz,
        ExportFormat::Perfetto,
        ExportFormat::Dot,
        ExportFormat::Svg,
        ExportFormat::Csv,
        ExportFormat::Ndjson,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            ExportFormat::Shiviz => "shiviz",
            ExportFormat::Perfetto => "perfetto",
            ExportFormat::Dot => "dot",
            ExportFormat::Svg => "svg",
            ExportFormat::Csv => "csv",
            ExportFormat::Ndjson => "ndjson",
        }
    }

    /// How many events of a trace at most make something of use; `None` if any number does.
    pub fn most_events(self) -> Option<usize> {
        match self {
            // ShiViz takes half a minute for 20000 messages.
            ExportFormat::Shiviz => Some(10_000),
            ExportFormat::Dot | ExportFormat::Svg => Some(20_000),
            _ => None,
        }
    }
}

impl fmt::Display for ExportFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ExportFormat {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        ExportFormat::ALL.into_iter().find(|format| format.name() == name).ok_or(())
    }
}

/// Whether a step of a picture begins with it.  A deferred message that is dropped, and the end of the run, begin none.
fn begins_step(kind: Kind) -> bool {
    !kind.is_effect() && !matches!(kind, Kind::Drop | Kind::End)
}

impl Trace {
    /// Writes it in that form.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn export(&self, format: ExportFormat, out: &mut impl Write) -> io::Result<()> {
        match format {
            ExportFormat::Shiviz => shiviz::write(self, out),
            ExportFormat::Perfetto => perfetto::write(self, out),
            ExportFormat::Dot => dot::write(self, out),
            ExportFormat::Svg => svg::write(self, out),
            ExportFormat::Csv => table::csv(self, out),
            ExportFormat::Ndjson => table::ndjson(self, out),
        }
    }

    /// What an event is, in words: `sends Forth to 1`.
    pub fn describe(&self, event: usize) -> String {
        let mut words = String::new();
        let mut rest = self.kind(event).phrase();
        while let Some((before, blank)) = rest.split_once('{') {
            let (name, after) = blank.split_once('}').unwrap_or((blank, ""));
            words += before;
            words += &self.filled(event, name);
            rest = after;
        }
        words + rest
    }

    /// What stands for a blank of a [phrase](Kind::phrase).
    fn filled(&self, event: usize, blank: &str) -> Cow<'_, str> {
        let header = self.header();
        let parts = self.parts(event);
        let detail = parts.detail as usize;
        let message = self.message_of(event).map(|number| &self.messages()[number]);
        let title = |node: Option<u32>| node.map_or("?".to_owned(), |node| header.title(node)).into();
        match blank {
            "message" => {
                let content = |message: &Message| self.text(message.sent).unwrap_or(&header.messages[message.kind as usize]);
                message.map_or("a message", content).into()
            }
            "sender" => title(message.map(|message| message.sender)),
            "receiver" => title(message.map(|message| message.receiver)),
            "state" => header.states[detail].name.as_str().into(),
            "in" => of_state(" in ", &header.states[detail].name).into(),
            "alarm" => header.alarms[detail].name.as_str().into(),
            "port" => parts.port().map_or("self".to_owned(), |port| port.to_string()).into(),
            "amount" => parts.amount.to_string().into(),
            "text" => parts.text.unwrap_or_default().into(),
            "why" => parts.text.map_or(String::new(), |why| format!(": {why}")).into(),
            "breaks" => match parts.property() {
                Some(property) => format!("violates {}", header.properties[property as usize].name).into(),
                None => "breaks a rule".into(),
            },
            _ => unreachable!("a phrase of the table of kinds has the unknown blank `{blank}`"),
        }
    }
}
