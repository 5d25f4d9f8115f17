//! A crash that is planned, and what of the step that it cuts short still leaves: `--crash`.

use core::fmt;
use core::str::FromStr;
use core::time::Duration;
use std::collections::BTreeSet;

use super::option::{FaultOption, OptionHelp, serde_as_text};
use super::span::moment;
use crate::protocol::{AnyEffect, AnyMessage, Effect, Links};
use crate::random::Random;
use crate::time::duration_text;
use crate::topology::{NodeIndex, Port};

/// A crash that is planned.
///
/// From its moment on the node is *doomed*: it crashes in the first step that it begins then or later, and of the messages which that
/// step sends over links only some leave.  All else of the step has not happened, but for what it stored: stores come first.  A node
/// that begins no such step crashes when it is to recover, or when the run ends.
///
/// As text, which [`FromStr`] reads: `1@5ms`, or `1@5ms+2` if the first two messages of the step leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Crash {
    /// Who crashes.
    pub node: usize,
    /// From when on it is doomed.
    pub at: Duration,
    /// What leaves of the step that is cut short.
    pub leaving: Leaving,
}

serde_as_text!(Crash);

/// Which messages of a step that is cut short leave.  One that is sent through several ports is as many messages, in the order of the
/// ports.  On links that keep the order, what was sent behind one that does not leave does not leave either.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leaving {
    /// The seed decides: each with probability 1/2.
    #[default]
    Drawn,
    /// So many, the first ones.
    First(usize),
}

impl Crash {
    /// That node is doomed from then on; which messages leave is drawn.
    pub fn new(node: usize, at: Duration) -> Self {
        Crash { node, at, leaving: Leaving::Drawn }
    }

    /// Of the step that is cut short, so many messages leave: the first ones.
    pub fn leaving(mut self, messages: usize) -> Self {
        self.leaving = Leaving::First(messages);
        self
    }
}

impl FaultOption for Crash {
    const HELP: OptionHelp = OptionHelp {
        name: "crash",
        value: "WHO",
        about: "Crash nodes, each in the first step that it begins from then on",
        values: "  3@500ms        node 3, half a second after the start; of the messages of that step some leave, by the seed\n  \
                 3@500ms+2      of that step, the first two messages leave, one for each link\n  \
                 3@500ms,5@1s   several, also of one node that recovers in between",
        example: "3@500ms",
    };
}

impl fmt::Display for Crash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.node, duration_text(self.at))?;
        match self.leaving {
            Leaving::Drawn => Ok(()),
            Leaving::First(messages) => write!(f, "+{messages}"),
        }
    }
}

impl FromStr for Crash {
    type Err = String;

    /// As [`Display`](fmt::Display) writes it; the error says what is wrong.
    fn from_str(text: &str) -> Result<Self, String> {
        const EXAMPLE: &str = "write one such as `3@500ms`, or `3@500ms+2` to let two messages leave";
        let wrong = || format!("`{text}` is not a node and a time; {EXAMPLE}");
        let (node, at) = text.split_once('@').ok_or_else(wrong)?;
        let (at, leaving) = match at.split_once('+') {
            None => (at, Leaving::Drawn),
            Some((at, messages)) => {
                let number = || format!("`{messages}` is not a number of messages; {EXAMPLE}");
                (at, Leaving::First(messages.trim().parse().map_err(|_| number())?))
            }
        };
        Ok(Crash { node: node.trim().parse().map_err(|_| wrong())?, at: moment(at)?, leaving })
    }
}

impl Leaving {
    /// Of a step that sends messages through these ports: whether each of them leaves.  `random` is [that of the crash](draws).
    pub(crate) fn choose(self, ports: &mut dyn Iterator<Item = Port>, links: Links, mut random: Random) -> Vec<bool> {
        let mut closed = BTreeSet::new();
        let leaves = |(place, port): (usize, Port)| {
            let chosen = match self {
                Leaving::Drawn => random.chance(0.5),
                Leaving::First(messages) => place < messages,
            };
            let leaves = chosen && !closed.contains(&port);
            if !leaves && links == Links::Fifo {
                closed.insert(port);
            }
            leaves
        };
        ports.enumerate().map(leaves).collect()
    }
}

/// What is drawn for the crash of that node in its life of that number: a stream of its own, so that nothing else of the run changes.
pub(crate) fn draws(seed: u64, node: NodeIndex, incarnation: u32) -> Random {
    Random::stream(seed, "crash", node.index() as u64 | u64::from(incarnation) << 32)
}

/// Of what a step asked for: what it sends over links, one message for each, in the order of sending.  It knows how many ports
/// the node has, and through which it can send.
pub(crate) fn over_links(effects: Vec<AnyEffect>, ports: usize, can_send: &dyn Fn(Port) -> bool) -> Vec<(Port, AnyMessage)> {
    let mut messages = Vec::new();
    for effect in effects {
        match effect {
            Effect::Send { port, msg } => messages.push((port, msg)),
            Effect::SendAll { except, msg } => {
                let through = (0..ports).map(Port::new).filter(|port| can_send(*port) && !except.contains(*port));
                messages.extend(through.map(|port| (port, msg.clone())));
            }
            _ => {}
        }
    }
    messages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_is_read_as_it_is_written() {
        let at = Duration::from_millis(5);
        for (text, crash) in [("1@5ms", Crash::new(1, at)), ("1@5ms+2", Crash::new(1, at).leaving(2))] {
            assert_eq!(text.parse(), Ok(crash));
            assert_eq!(crash.to_string(), text);
        }
        assert_eq!("0@1s+0".parse(), Ok(Crash::new(0, Duration::from_secs(1)).leaving(0)));
        for (wrong, hint) in [
            ("3", "not a node and a time"),
            ("x@1s", "not a node and a time"),
            ("-1@1s", "not a node and a time"),
            ("3@noon", "`noon` is not a time"),
            ("3@1s+", "`` is not a number of messages"),
            ("3@1s+-1", "`-1` is not a number of messages"),
            ("3@1s+x", "`x` is not a number of messages"),
        ] {
            let error = wrong.parse::<Crash>().unwrap_err();
            assert!(error.contains(hint) && error.contains("; write "), "{wrong}: {error}");
        }
    }

    #[test]
    fn what_leaves_is_a_subset_and_on_links_that_keep_the_order_the_first_on_each() {
        let ports = [0, 1, 0, 1, 2, 0].map(Port::new);
        let choose = |leaving: Leaving, links: Links, seed: u64| {
            leaving.choose(&mut ports.into_iter(), links, draws(seed, NodeIndex::new(3), 0))
        };
        assert_eq!(choose(Leaving::First(2), Links::Fifo, 1), [true, true, false, false, false, false]);
        assert_eq!(choose(Leaving::First(0), Links::Reliable, 1), [false; 6]);
        assert_eq!(choose(Leaving::First(9), Links::Lossy, 1), [true; 6]);
        let drawn = |links: Links| (0..1000).map(|seed| choose(Leaving::Drawn, links, seed)).collect::<BTreeSet<_>>();
        assert_eq!(drawn(Links::Reliable).len(), 64, "any subset");
        // 0 to 3 of port 0, 0 to 2 of port 1, 0 or 1 of port 2.
        assert_eq!(drawn(Links::Fifo).len(), 4 * 3 * 2);
    }
}
