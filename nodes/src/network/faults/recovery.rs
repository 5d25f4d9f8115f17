//! A node that starts again after a crash: `--recover`.

use core::fmt;
use core::str::FromStr;
use core::time::Duration;

use super::option::{FaultOption, OptionHelp, serde_as_text};
use super::span::moment;
use crate::time::duration_text;

/// A recovery that is planned: a node that has crashed starts again, and knows what it had stored.
///
/// As text, which [`FromStr`] reads: `3@2s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recovery {
    /// Who recovers.
    pub node: usize,
    /// When.
    pub at: Duration,
}

serde_as_text!(Recovery);

impl Recovery {
    /// That node starts again at that time.
    pub fn new(node: usize, at: Duration) -> Self {
        Recovery { node, at }
    }
}

impl FaultOption for Recovery {
    const HELP: OptionHelp = OptionHelp {
        name: "recover",
        value: "WHO",
        about: "Start nodes again that have crashed; they know what they had stored",
        values: "  3@2s       node 3, two seconds after the start\n  \
                 3@2s,5@3s  several, also of one node that crashes again in between",
        example: "3@2s",
    };
}

impl fmt::Display for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.node, duration_text(self.at))
    }
}

impl FromStr for Recovery {
    type Err = String;

    /// As [`Display`](fmt::Display) writes it; the error says what is wrong and what would be right.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a node and a time; write one such as `--recover 3@2s`");
        let (node, at) = text.split_once('@').ok_or_else(wrong)?;
        Ok(Recovery { node: node.trim().parse().map_err(|_| wrong())?, at: moment(at)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_recovery_is_refused_with_one() {
        for (wrong, hint) in [
            ("", "not a node and a time"),
            ("3", "not a node and a time"),
            ("x@1s", "not a node and a time"),
            ("-1@1s", "not a node and a time"),
            ("3@", "`` is not a time"),
            ("3@1s+1", "`1s+1` is not a time"),
            ("3@5", "`5` has no unit"),
        ] {
            let error = wrong.parse::<Recovery>().unwrap_err();
            assert!(error.contains(hint) && error.contains("; write "), "{wrong}: {error}");
        }
    }
}
