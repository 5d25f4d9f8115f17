//! How many schedules there are: from the ends backwards, as many from a state as from those that its steps lead to.

use core::fmt;
use core::iter::Sum;
use core::ops::Add;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A number of schedules, which may be large.  As text, and in the document, an exact number is all its digits, and one that was rounded
/// has an exponent: `80`, `3.2e40`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Count {
    /// As many.
    Exact(u128),
    /// About as many: more than 2^128, of which the first 12 digits are right.
    About(f64),
}

impl Count {
    /// As a number with a point: of an exact one, the first digits.
    pub fn about(self) -> f64 {
        match self {
            Count::Exact(count) => count as f64,
            Count::About(count) => count,
        }
    }
}

impl Add for Count {
    type Output = Count;

    fn add(self, other: Count) -> Count {
        if let (Count::Exact(one), Count::Exact(other)) = (self, other)
            && let Some(sum) = one.checked_add(other)
        {
            return Count::Exact(sum);
        }
        Count::About(self.about() + other.about())
    }
}

impl Sum for Count {
    fn sum<I: Iterator<Item = Count>>(counts: I) -> Count {
        counts.fold(Count::Exact(0), Add::add)
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Count::Exact(count) => count.fmt(f),
            Count::About(count) => write!(f, "{count:.11e}"),
        }
    }
}

impl FromStr for Count {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let exact = text.parse().map(Count::Exact).ok();
        exact.or_else(|| text.parse().map(Count::About).ok()).ok_or_else(|| format!("`{text}` is not a number"))
    }
}

impl Serialize for Count {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// By state, how many ways lead from there to an end.
pub(super) enum Ways {
    Exact(Vec<u128>),
    /// There are more than that holds.
    About(Vec<f64>),
    /// They are not counted.
    Uncounted,
}

impl Ways {
    /// The memory for so many states, in bytes.
    pub(super) fn memory(states: usize) -> usize {
        states * size_of::<u128>()
    }

    /// None yet, from so many states.
    pub(super) fn of(states: usize) -> Self {
        Ways::Exact(vec![0; states])
    }

    /// Those from a state whose steps lead to these, from all of which they are known; an end is one.
    pub(super) fn settle(&mut self, state: u32, is_end: bool, to: impl Iterator<Item = u32> + Clone) {
        if let Ways::Exact(ways) = self {
            let sum = to.clone().try_fold(u128::from(is_end), |sum, to| sum.checked_add(ways[to as usize]));
            match sum {
                Some(sum) => ways[state as usize] = sum,
                None => *self = Ways::About(ways.iter().map(|ways| *ways as f64).collect()),
            }
        }
        if let Ways::About(ways) = self {
            ways[state as usize] = to.map(|to| ways[to as usize]).sum::<f64>() + f64::from(u8::from(is_end));
        }
    }

    /// How many lead from the first state; `None` if they are not counted, or more than can be told.
    pub(super) fn count(&self) -> Option<Count> {
        match self {
            Ways::Exact(ways) => Some(Count::Exact(ways[0])),
            Ways::About(ways) => Some(Count::About(ways[0])).filter(|_| ways[0].is_finite()),
            Ways::Uncounted => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From state n, two ways lead to state n - 1: 2^n from there to state 0.
    fn ladder(states: u32) -> Option<Count> {
        // The first state is the highest.
        let mut ways = Ways::of(states as usize);
        for state in (0..states).rev() {
            let to = [state + 1; 2].into_iter().filter(|to| *to < states);
            ways.settle(state, state + 1 == states, to);
        }
        ways.count()
    }

    #[test]
    fn ways_are_counted_exactly_as_far_as_that_goes_and_then_by_their_first_digits() {
        assert_eq!(ladder(1), Some(Count::Exact(1)));
        assert_eq!(ladder(128), Some(Count::Exact(1 << 127)));
        assert_eq!(ladder(129), Some(Count::About(2_f64.powi(128))));
        assert_eq!(ladder(1_001), Some(Count::About(2_f64.powi(1_000))));
        assert_eq!(ladder(2_000), None);
    }

    #[test]
    fn a_number_is_read_as_it_is_written() {
        let large = Count::Exact(u128::MAX);
        assert_eq!(large.to_string(), "340282366920938463463374607431768211455");
        let larger = large + Count::Exact(1);
        assert_eq!(larger.to_string(), "3.40282366921e38");
        assert_eq!([Count::Exact(80), Count::Exact(0)].into_iter().sum::<Count>(), Count::Exact(80));
        for count in [Count::Exact(0), large] {
            assert_eq!(serde_json::from_str::<Count>(&serde_json::to_string(&count).unwrap()).unwrap(), count);
        }
        let read = larger.to_string().parse::<Count>().unwrap();
        assert!(matches!(read, Count::About(_)) && (read.about() / larger.about() - 1.0).abs() < 1e-11, "{read}");
        assert_eq!("many".parse::<Count>().unwrap_err(), "`many` is not a number");
    }
}
