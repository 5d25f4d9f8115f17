//! How much a trace holds besides what happened: contents of messages and alarms, and nodes' fields.

use core::fmt::{Debug, Write as _};

use crate::protocol::Protocol;
use crate::run::explain;

use super::MAX_TEXT;

/// Whether a trace holds the contents of messages and alarms, and the nodes' fields: what takes most of the room, and of the
/// time of recording.  Lines of logs, reports and reasons are always held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// None of them.
    None,
    /// Until they take so many bytes: a small run is recorded in every detail, and a large one costs little.
    UpTo(u64),
    /// All of them.
    Full,
}

impl Default for Detail {
    /// Up to 4 MiB.
    fn default() -> Self {
        Detail::UpTo(4 << 20)
    }
}

/// What is left of it.
#[derive(Clone, Debug)]
pub(crate) struct Details {
    left: u64,
    text: String,
}

impl Details {
    pub(crate) fn new(detail: Detail) -> Self {
        let left = match detail {
            Detail::None => 0,
            Detail::UpTo(bytes) => bytes,
            Detail::Full => u64::MAX,
        };
        Details { left, text: String::new() }
    }

    /// Whether there is room for more.
    #[inline]
    pub(crate) fn wanted(&self) -> bool {
        self.left > 0
    }

    /// A message's or an alarm's content, if there is room for it.
    #[inline]
    pub(crate) fn content(&mut self, of: &impl Debug) -> Option<&str> {
        if self.wanted() {
            self.text.clear();
            let _ = write!(Short(&mut self.text), "{of:?}");
            self.left = self.left.saturating_sub(self.text.len() as u64 + 1);
            Some(&self.text)
        } else {
            None
        }
    }

    /// A protocol's fields as JSON, if there is room for them.
    pub(crate) fn fields<P: Protocol>(&mut self, protocol: &P) -> Option<&str> {
        if !self.wanted() {
            return None;
        }
        let json = explain::fields(protocol);
        self.text = json.to_string();
        if self.text.len() > MAX_TEXT {
            self.text = "\"too large to be recorded\"".to_owned();
        }
        self.left = self.left.saturating_sub(self.text.len() as u64 + 1);
        Some(&self.text)
    }
}

/// Takes no more than a text may have: the rest of a large message is not even formatted.
struct Short<'a>(&'a mut String);

impl core::fmt::Write for Short<'_> {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        self.0.push_str(text);
        if self.0.len() > MAX_TEXT { Err(core::fmt::Error) } else { Ok(()) }
    }
}
