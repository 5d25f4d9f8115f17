//! What may happen next: one event of the whole system.

use core::fmt;
use core::str::FromStr;

use crate::topology::{NodeIndex, Port};

/// A message on its way: which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Passage {
    /// Who sent it.
    pub from: NodeIndex,
    /// Through which of its ports.
    pub port: Port,
    /// It was the n-th that went there; the first is 1.
    pub number: u64,
}

/// One event of the whole system: what a scheduler chooses.
///
/// As text, which [`FromStr`] reads: `impulse 0`, `deliver 0:1 3` (the third message that node 0 sent through its port 1), `lose 0:1 3`,
/// `duplicate 0:1 3`, `self 0`, `alarm 0`, `doom 0`, `crash 0`, `recover 0`, `cut 0`, `mend 0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Choice {
    /// An initiator starts.
    Impulse(NodeIndex),
    /// A message arrives.
    Deliver(Passage),
    /// A message will never arrive.
    Lose(Passage),
    /// A message will arrive once more.
    Duplicate(Passage),
    /// The oldest message of a node to itself arrives.
    ToSelf(NodeIndex),
    /// The first alarm of a node rings.
    Alarm(NodeIndex),
    /// A node will crash in its next step.
    Doom(NodeIndex),
    /// A node stops, between two steps.
    Crash(NodeIndex),
    /// A node that has crashed comes back.
    Recover(NodeIndex),
    /// The links of that place among [`Faults::cuts`](super::Faults::cuts) are cut.
    Cut(usize),
    /// They are whole again.
    Mend(usize),
}

impl Choice {
    /// The word that it begins with as text.
    fn word(self) -> &'static str {
        match self {
            Choice::Impulse(_) => "impulse",
            Choice::Deliver(_) => "deliver",
            Choice::Lose(_) => "lose",
            Choice::Duplicate(_) => "duplicate",
            Choice::ToSelf(_) => "self",
            Choice::Alarm(_) => "alarm",
            Choice::Doom(_) => "doom",
            Choice::Crash(_) => "crash",
            Choice::Recover(_) => "recover",
            Choice::Cut(_) => "cut",
            Choice::Mend(_) => "mend",
        }
    }
}

impl fmt::Display for Passage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} {}", self.from, self.port, self.number)
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.word();
        match self {
            Choice::Deliver(passage) | Choice::Lose(passage) | Choice::Duplicate(passage) => write!(f, "{word} {passage}"),
            Choice::Impulse(node)
            | Choice::ToSelf(node)
            | Choice::Alarm(node)
            | Choice::Doom(node)
            | Choice::Crash(node)
            | Choice::Recover(node) => {
                write!(f, "{word} {node}")
            }
            Choice::Cut(cut) | Choice::Mend(cut) => write!(f, "{word} {cut}"),
        }
    }
}

/// What stands in place of a choice, in words that tell what was expected.
fn expected(word: &str) -> Option<&'static str> {
    Some(match word {
        "impulse" => "a node, as in `impulse 0`",
        "deliver" => "a node, its port and a number, as in `deliver 0:1 3`",
        "lose" => "a node, its port and a number, as in `lose 0:1 3`",
        "duplicate" => "a node, its port and a number, as in `duplicate 0:1 3`",
        "self" => "a node, as in `self 0`",
        "alarm" => "a node, as in `alarm 0`",
        "doom" => "a node, as in `doom 0`",
        "crash" => "a node, as in `crash 0`",
        "recover" => "a node, as in `recover 0`",
        "cut" => "the number of a cut, as in `cut 0`",
        "mend" => "the number of a cut, as in `mend 0`",
        _ => return None,
    })
}

impl FromStr for Choice {
    type Err = String;

    /// As [`Display`](fmt::Display) writes it; the error says what was expected.
    fn from_str(text: &str) -> Result<Self, String> {
        const WORDS: &str = "impulse, deliver, lose, duplicate, self, alarm, doom, crash, recover, cut or mend";
        let mut words = text.split_whitespace();
        let word = words.next().unwrap_or_default();
        let expected = expected(word).ok_or_else(|| format!("`{word}` is no event; expected {WORDS}"))?;
        let rest = words.collect::<Vec<_>>();
        let wrong = || format!("`{text}`: `{word}` is followed by {expected}");
        let passage = || -> Option<Passage> {
            let [place, number] = rest[..] else { return None };
            let (from, port) = place.split_once(':')?;
            let number = number.parse().ok().filter(|number| *number > 0)?;
            Some(Passage { from: NodeIndex::new(small(from)?), port: Port::new(small(port)?), number })
        };
        let number = || -> Option<usize> {
            let [number] = rest[..] else { return None };
            small(number)
        };
        let node = || number().map(NodeIndex::new);
        let choice = match word {
            "impulse" => node().map(Choice::Impulse),
            "deliver" => passage().map(Choice::Deliver),
            "lose" => passage().map(Choice::Lose),
            "duplicate" => passage().map(Choice::Duplicate),
            "self" => node().map(Choice::ToSelf),
            "alarm" => node().map(Choice::Alarm),
            "doom" => node().map(Choice::Doom),
            "crash" => node().map(Choice::Crash),
            "recover" => node().map(Choice::Recover),
            "cut" => number().map(Choice::Cut),
            _ => number().map(Choice::Mend),
        };
        choice.ok_or_else(wrong)
    }
}

/// A number that a node, port or cut can have.
fn small(text: &str) -> Option<usize> {
    text.parse::<u32>().ok().filter(|number| *number < u32::MAX / 2).map(|number| number as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passage(from: usize, port: usize, number: u64) -> Passage {
        Passage { from: NodeIndex::new(from), port: Port::new(port), number }
    }

    #[test]
    fn choices_are_read_as_they_are_written() {
        let node = NodeIndex::new(7);
        for choice in [
            Choice::Impulse(node),
            Choice::Deliver(passage(0, 1, 3)),
            Choice::Lose(passage(12, 0, 1)),
            Choice::Duplicate(passage(3, 2, u64::MAX)),
            Choice::ToSelf(node),
            Choice::Alarm(node),
            Choice::Doom(node),
            Choice::Crash(node),
            Choice::Recover(node),
            Choice::Cut(0),
            Choice::Mend(4),
        ] {
            assert_eq!(choice.to_string().parse(), Ok(choice));
        }
    }

    #[test]
    fn what_is_no_choice_is_refused_with_what_was_expected() {
        for (wrong, hint) in [
            ("", "expected impulse, deliver"),
            ("deliever 0:1 3", "`deliever` is no event"),
            ("deliver", "as in `deliver 0:1 3`"),
            ("deliver 0 3", "a node, its port and a number"),
            ("deliver 0:1 0", "a number"),
            ("deliver 0:1 3 4", "a number"),
            ("impulse x", "as in `impulse 0`"),
            ("impulse -1", "as in `impulse 0`"),
            ("alarm 4294967295", "as in `alarm 0`"),
            ("cut 1 2", "the number of a cut"),
        ] {
            let error = wrong.parse::<Choice>().unwrap_err();
            assert!(error.contains(hint), "{wrong}: {error}");
        }
    }
}
