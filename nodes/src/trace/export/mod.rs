//! A trace in the forms of other tools.

mod dot;
mod perfetto;
mod place;
mod shiviz;
mod svg;
mod table;

use core::fmt;
use core::str::FromStr;
use std::io::{self, Write};

use super::{Arrival, Trace, What};

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
        let header = self.header();
        let content = |number: Option<u64>| match number.map(|number| &self.messages()[number as usize]) {
            None => ("a message".to_owned(), "?".to_owned(), "?".to_owned()),
            Some(message) => {
                let name = &header.messages[message.kind as usize];
                let text = self.text(message.sent).unwrap_or(name);
                (text.to_owned(), header.title(message.sender), header.title(message.receiver))
            }
        };
        let state = |state: u32| &header.states[state as usize].name;
        let alarm = |alarm: u32| &header.alarms[alarm as usize].name;
        match self.event(event).what {
            What::Start { state: at } => format!("starts in {}", state(at)),
            What::Impulse => "wakes up".to_owned(),
            What::Send { .. } => {
                let (what, _, to) = content(self.message_of(event).map(|message| message as u64));
                format!("sends {what} to {to}")
            }
            What::Arrive { message, how, .. } => {
                let (what, from, _) = content(message);
                let how = match how {
                    Arrival::Handled => "",
                    Arrival::Ignored => ", ignored",
                    Arrival::Late => ", too late",
                    Arrival::Deferred => ", deferred",
                    Arrival::Dead => ", but nobody lives here",
                };
                format!("receives {what} from {from}{how}")
            }
            What::Resume { message, handled, .. } => {
                let (what, from, _) = content(message);
                format!("takes up {what} from {from}{}", if handled { "" } else { ", and drops it" })
            }
            What::Lost { message } => {
                let (what, _, to) = content(message);
                format!("{what} to {to} is lost")
            }
            What::Duplicate { message } => {
                let (what, _, to) = content(message);
                format!("{what} to {to} is duplicated")
            }
            What::Resend { port, count } => {
                format!("port {} sends {count} messages again", port.map_or("self".to_owned(), |port| port.to_string()))
            }
            What::SetAlarm { alarm: set, after, .. } => format!("sets {} in {after} ns", alarm(set)),
            What::Cancel { alarm: set } => format!("cancels {}", alarm(set)),
            What::Ring { alarm: set } => format!("{} rings", alarm(set)),
            What::State { state: now } => format!("becomes {}", state(now)),
            What::Fields { json } => format!("fields {json}"),
            What::Log { line } => format!("logs: {line}"),
            What::Report { json } => format!("reports {json}"),
            What::Crash { why } => why.map_or("crashes".to_owned(), |why| format!("crashes: {why}")),
            What::Recover { state: now } => format!("recovers in {}", state(now)),
            What::Violate { property, what } => match property {
                Some(place) => format!("violates {}: {what}", header.properties[place as usize].name),
                None => format!("breaks a rule: {what}"),
            },
            What::End { outcome } => format!("the run ends: {outcome}"),
        }
    }
}
