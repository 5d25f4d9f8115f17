//! How much a trace holds besides what happened: contents of messages and alarms, and nodes' fields.

use core::fmt::{Debug, Write as _};

use serde::{Deserialize, Serialize};

use crate::protocol::NodeView;

use super::MAX_TEXT;

/// Whether a trace holds the contents of messages and alarms, and the nodes' fields: what takes most of the room, and of the
/// time of recording.  Lines of logs, reports and reasons are always held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

impl Detail {
    /// A node's share, where each of so many records for itself.
    pub(crate) fn share(self, nodes: usize) -> Detail {
        match self {
            Detail::UpTo(bytes) => Detail::UpTo(bytes.div_ceil(nodes.max(1) as u64)),
            whole => whole,
        }
    }
}

/// What is left of it.
#[derive(Clone, Debug)]
pub(super) struct Details {
    left: u64,
    text: String,
}

impl Details {
    pub(super) fn new(detail: Detail) -> Self {
        let left = match detail {
            Detail::None => 0,
            Detail::UpTo(bytes) => bytes,
            Detail::Full => u64::MAX,
        };
        Details { left, text: String::new() }
    }

    /// Whether there is room for more.
    #[inline]
    pub(super) fn wanted(&self) -> bool {
        self.left > 0
    }

    /// A message's or an alarm's content, if there is room for it.
    #[inline]
    pub(super) fn content(&mut self, of: &dyn Debug) -> Option<&str> {
        if self.wanted() {
            self.text.clear();
            let _ = write!(Short(&mut self.text), "{of:?}");
            self.left = self.left.saturating_sub(self.text.len() as u64 + 1);
            Some(&self.text)
        } else {
            None
        }
    }

    /// A protocol's fields as JSON, if there is room for them and they are not those of last time.
    pub(super) fn fields(&mut self, node: &dyn NodeView, last: &str) -> Option<&str> {
        if !self.wanted() {
            return None;
        }
        self.text = node.fields().to_string();
        if self.text.len() > MAX_TEXT {
            self.text = "\"too large to be recorded\"".to_owned();
        }
        if self.text == last {
            return None;
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
