//! How often faults may happen, at any time: `--faults`.

use core::fmt;
use core::str::FromStr;

use super::option::serde_as_text;
use crate::nearest::nearest;
use crate::protocol::Links;

/// How often faults may happen, each at any time.
///
/// A check looks at every time at which they may.  A schedule says when they do.  A run that is not told when takes no budget:
/// [`Faults`](super::Faults) plans its faults.
///
/// As text, which [`FromStr`] reads: `crashes=1,recoveries=1,losses=2,duplicates=1,cuts=1`, any of which may be left out;
/// `duplicates=any`; and `none`.
///
/// ```
/// use nodes::network::{Budget, Duplicates};
///
/// let budget = "crashes=1,duplicates=any".parse::<Budget>()?;
/// assert_eq!(budget, Budget { crashes: 1, duplicates: Some(Duplicates::Any), ..Budget::default() });
/// assert_eq!(budget.to_string(), "crashes=1,duplicates=any");
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// How often a node crashes, be it between two steps or inside one.
    pub crashes: u32,
    /// How often a node that has crashed recovers.
    pub recoveries: u32,
    /// How many messages are lost, also on links that promise to lose none; if it is not given, as many as the links lose.
    pub losses: Option<u32>,
    /// How many messages arrive more often than they were sent, also on links that promise not to duplicate; if it is not given, as the
    /// links duplicate.
    pub duplicates: Option<Duplicates>,
    /// How often links are cut, each until it is whole again.
    pub cuts: u32,
}

serde_as_text!(Budget);

/// How many messages arrive more often than they were sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duplicates {
    /// That many at most, each once more.
    AtMost(u32),
    /// Every message, any number of times.
    Any,
}

/// The words of a budget, in the order in which they are written.
const WORDS: [&str; 5] = ["crashes", "recoveries", "losses", "duplicates", "cuts"];

const EXAMPLE: &str = "write for example `--faults crashes=1,losses=2`";

impl Budget {
    /// Whether nothing is said: the links do what they do, and nothing else goes wrong.
    pub fn is_none(self) -> bool {
        self == Budget::default()
    }

    /// Holds it against what links promise; the error says what is wrong and what would be right.
    pub(super) fn check(self, links: Links) -> Result<(), String> {
        let Budget { crashes, recoveries, losses, cuts, .. } = self;
        if recoveries > crashes {
            let example = format!("write for example `crashes={recoveries},recoveries={recoveries}`");
            return Err(format!(
                "--faults: a node recovers from a crash, and there are more recoveries than crashes; {example}"
            ));
        }
        if links == Links::Lossy && losses.is_some() && cuts > 0 {
            let why = "a lossy link that is cut loses any number of messages";
            return Err(format!("--faults: {why}, so that `losses` and `cuts` contradict each other; leave out one of them"));
        }
        Ok(())
    }

    /// Where messages take no longer than a bound: that no fault contradicts it.
    pub(crate) fn fits_a_bound(self) -> Result<(), String> {
        let why = if self.cuts > 0 {
            "a link that is cut holds messages back for longer; leave out `cuts`"
        } else if self.duplicates == Some(Duplicates::Any) {
            "a message that arrives again and again does so for ever; write for example `duplicates=1`"
        } else {
            return Ok(());
        };
        Err(format!("--faults contradicts --synchronous: {why}"))
    }

    /// What may go wrong on such links, in words: a phrase each.
    pub(crate) fn phrases(self, links: Links) -> Vec<String> {
        let Budget { crashes, recoveries, losses, duplicates, cuts } = self;
        let many = |count: u32, one: &str, more: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {more}") };
        let mut phrases = Vec::new();
        if crashes > 0 {
            phrases.push(format!("at most {}, also inside a step", many(crashes, "crash", "crashes")));
        }
        if recoveries > 0 {
            phrases.push(format!("at most {}", many(recoveries, "recovery", "recoveries")));
        }
        match losses {
            Some(losses) => phrases.push(format!("at most {}", many(losses, "message lost", "messages lost"))),
            None if links == Links::Lossy => phrases.push("any number of messages lost".into()),
            None => {}
        }
        match duplicates {
            Some(Duplicates::Any) => phrases.push("any number of duplicates of each message".into()),
            Some(Duplicates::AtMost(count)) => {
                phrases.push(format!("at most {}", many(count, "message duplicated, once", "messages duplicated, each once")));
            }
            None if links == Links::Lossy => phrases.push("at most one duplicate of each message".into()),
            None => {}
        }
        if cuts > 0 {
            let does = if links == Links::Lossy { "loses what may be lost anyway" } else { "only delays messages" };
            phrases.push(format!("at most {}, which {does}", many(cuts, "cut", "cuts")));
        }
        phrases
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Budget { crashes, recoveries, losses, duplicates, cuts } = *self;
        let some = |count: u32| (count > 0).then(|| count.to_string());
        let duplicates = duplicates.map(|duplicates| match duplicates {
            Duplicates::AtMost(count) => count.to_string(),
            Duplicates::Any => "any".to_owned(),
        });
        let values = [some(crashes), some(recoveries), losses.map(|count| count.to_string()), duplicates, some(cuts)];
        let given = WORDS.into_iter().zip(values).filter_map(|(word, value)| Some(format!("{word}={}", value?)));
        let given = given.collect::<Vec<_>>();
        f.write_str(if given.is_empty() { "none" } else { "" })?;
        f.write_str(&given.join(","))
    }
}

impl FromStr for Budget {
    type Err = String;

    /// As [`Display`](fmt::Display) writes it; the error says what is wrong and what would be right.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut budget = Budget::default();
        if text.trim() == "none" {
            return Ok(budget);
        }
        let mut seen = Vec::new();
        for item in text.split(',').map(str::trim) {
            let (word, value) = item.split_once('=').ok_or_else(|| format!("`{item}` does not say how many; {EXAMPLE}"))?;
            let (word, value) = (word.trim(), value.trim());
            if seen.contains(&word) {
                return Err(format!("`{word}` stands twice; write it once"));
            }
            seen.push(word);
            let number = || {
                let or_any = if word == "duplicates" { " or `any`" } else { "" };
                value.parse::<u32>().map_err(|_| format!("`{value}` is not a number of {word}{or_any}; {EXAMPLE}"))
            };
            match word {
                "crashes" => budget.crashes = number()?,
                "recoveries" => budget.recoveries = number()?,
                "losses" => budget.losses = Some(number()?),
                "duplicates" if value == "any" => budget.duplicates = Some(Duplicates::Any),
                "duplicates" => budget.duplicates = Some(Duplicates::AtMost(number()?)),
                "cuts" => budget.cuts = number()?,
                _ => {
                    let near = nearest(word, &mut WORDS.into_iter())
                        .map(|near| format!("; did you mean `{near}`?"))
                        .unwrap_or_default();
                    return Err(format!("`{word}` is no fault that can be counted{near}; the faults are {}", WORDS.join(", ")));
                }
            }
        }
        Ok(budget)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn budgets_are_read_as_they_are_written() {
        let mut random = Random::stream(1, "budgets", 0);
        for _ in 0..500 {
            let mut count = || (random.below(1 << 32) >> random.below(34)) as u32;
            let mut budget = Budget { crashes: count(), recoveries: count(), cuts: count(), ..Budget::default() };
            budget.losses = Some(count()).filter(|losses| losses % 3 > 0);
            budget.duplicates = [None, Some(Duplicates::Any), Some(Duplicates::AtMost(count()))][count() as usize % 3];
            assert_eq!(budget.to_string().parse(), Ok(budget));
            let json = serde_json::to_value(budget).unwrap();
            assert_eq!(json, budget.to_string());
            assert_eq!(serde_json::from_value::<Budget>(json).unwrap(), budget);
        }
        let right = Budget { crashes: 1, losses: Some(0), ..Budget::default() };
        assert_eq!(" losses = 0 ,crashes=1".parse(), Ok(right));
        assert_eq!((right.to_string().as_str(), Budget::default().to_string().as_str()), ("crashes=1,losses=0", "none"));
    }

    #[test]
    fn what_is_no_budget_is_refused_with_one() {
        for (wrong, hint) in [
            ("", "`` does not say how many; write for example `--faults crashes=1,losses=2`"),
            ("crashes", "`crashes` does not say how many"),
            ("crashes=1,", "`` does not say how many"),
            ("crash=1", "`crash` is no fault that can be counted; did you mean `crashes`?; the faults are crashes, recoveries"),
            ("weather=1", "`weather` is no fault that can be counted; the faults are"),
            ("losses=1,losses=1", "`losses` stands twice"),
            ("losses=-1", "`-1` is not a number of losses; write"),
            ("crashes=any", "`any` is not a number of crashes; write"),
            ("duplicates=all", "`all` is not a number of duplicates or `any`; write"),
            ("cuts=4294967296", "is not a number of cuts"),
        ] {
            let error = wrong.parse::<Budget>().unwrap_err();
            assert!(error.contains(hint), "{wrong}: {error}");
        }
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        let check = |text: &str, links: Links| text.parse::<Budget>().unwrap().check(links);
        assert!(check("crashes=1,recoveries=2", Links::Fifo).unwrap_err().ends_with("`crashes=2,recoveries=2`"));
        assert!(check("losses=1,cuts=1", Links::Lossy).unwrap_err().contains("leave out one"));
        for (right, links) in
            [("losses=1,cuts=1", Links::Fifo), ("cuts=1", Links::Lossy), ("crashes=2,recoveries=2", Links::Fifo)]
        {
            assert_eq!(check(right, links), Ok(()), "{right}");
        }
    }
}
