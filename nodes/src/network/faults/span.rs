//! From when until when a fault lasts.

use core::fmt;
use core::ops::Range;
use core::str::FromStr;
use core::time::Duration;

use super::option::serde_as_text;
use crate::time::{duration_text, read_duration};

/// A time span of a run: from its first moment on, and no longer at its last.
///
/// As text, which [`FromStr`] reads: `1s..2s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Its first moment, since the start of the run.
    pub from: Duration,
    /// The first moment behind it.
    pub until: Duration,
}

serde_as_text!(Span);

impl Span {
    /// Whether that moment belongs to it.
    pub fn contains(self, moment: Duration) -> bool {
        self.from <= moment && moment < self.until
    }

    /// That it has moments.
    pub(super) fn check(self) -> Result<(), String> {
        let Span { from, until } = self;
        match from.cmp(&until) {
            core::cmp::Ordering::Less => Ok(()),
            core::cmp::Ordering::Equal => Err(format!("`{self}` ends when it begins; write a later time behind the `..`")),
            core::cmp::Ordering::Greater => {
                let right = Span { from: until, until: from };
                Err(format!("`{self}` ends before it begins; write the earlier time first, `{right}`"))
            }
        }
    }
}

impl From<Range<Duration>> for Span {
    fn from(range: Range<Duration>) -> Self {
        Span { from: range.start, until: range.end }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", duration_text(self.from), duration_text(self.until))
    }
}

impl FromStr for Span {
    type Err = String;

    /// As [`Display`](fmt::Display) writes it; the error says what is wrong.
    fn from_str(text: &str) -> Result<Self, String> {
        let (from, until) = text
            .split_once("..")
            .ok_or_else(|| format!("`{}` does not say from when until when; write for example `1s..2s`", text.trim()))?;
        Ok(Span { from: moment(from)?, until: moment(until)? })
    }
}

/// A time; the error says what is wrong.
pub(super) fn moment(text: &str) -> Result<Duration, String> {
    read_duration(text).map_err(|why| format!("`{}` {why}; write a time such as `500ms` or `2s`", text.trim()))
}
