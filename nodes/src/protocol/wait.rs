//! How long an alarm waits.

use core::ops::{Range, RangeInclusive};
use core::time::Duration;

/// How long an alarm waits: a time, or a range of times from which one is drawn.
///
/// What is drawn is a whole number of milliseconds if both ends are, otherwise of microseconds, otherwise of nanoseconds:
/// `millis(150)..millis(300)` is one of the 150 times from 150 ms to 299 ms, each with the same probability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wait {
    /// That time.
    For(Duration),
    /// From the first time up to the second, which is not drawn.
    UpTo(Range<Duration>),
    /// From the first time to the second.
    Through(RangeInclusive<Duration>),
}

impl From<Duration> for Wait {
    fn from(time: Duration) -> Self {
        Wait::For(time)
    }
}

impl From<Range<Duration>> for Wait {
    fn from(times: Range<Duration>) -> Self {
        Wait::UpTo(times)
    }
}

impl From<RangeInclusive<Duration>> for Wait {
    fn from(times: RangeInclusive<Duration>) -> Self {
        Wait::Through(times)
    }
}

impl Wait {
    /// The time; if it is a range, `offset` draws a number below the one that it is given.
    ///
    /// # Panics
    /// If the range is empty, or ends later than the clock can show: after 584 years.
    #[track_caller]
    pub(super) fn draw(self, offset: &mut dyn FnMut(u64) -> u64) -> Duration {
        let (first, last, to_the_end) = match self {
            Wait::For(time) => return time,
            Wait::UpTo(times) => (times.start, times.end, false),
            Wait::Through(times) => (*times.start(), *times.end(), true),
        };
        assert!(first < last || (first == last && to_the_end), "an alarm in {first:?}..{last:?}: the range is empty");
        let nanos = [first, last].map(|time| u64::try_from(time.as_nanos()).ok());
        let [Some(first), Some(last)] = nanos else { panic!("an alarm in {first:?}..{last:?}: no clock shows so late a time") };
        let unit = [1_000_000, 1_000].into_iter().find(|unit| first % unit == 0 && last % unit == 0).unwrap_or(1);
        let (first, last) = (first / unit, last / unit);
        // All 2^64 times of the clock are never asked for.
        let span = (last - first).saturating_add(u64::from(to_the_end));
        Duration::from_nanos((first + offset(span)) * unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use crate::{millis, secs};

    fn stream() -> Random {
        Random::stream(7, "node", 3)
    }

    fn draw(wait: impl Into<Wait>, stream: &mut Random) -> Duration {
        wait.into().draw(&mut |span| stream.below(span))
    }

    #[test]
    fn a_range_of_milliseconds_is_drawn_as_a_range_of_numbers_is() {
        let (mut one, mut other) = (stream(), stream());
        for _ in 0..1000 {
            assert_eq!(draw(millis(150)..millis(300), &mut one), millis(other.range(150..300)));
            assert_eq!(draw(millis(0)..=millis(2), &mut one), millis(other.range(0..=2)));
            assert_eq!(draw(secs(1)..secs(2), &mut one), millis(other.range(1000..2000)));
        }
        assert_eq!(one, other, "nothing else was drawn");
    }

    #[test]
    fn the_unit_is_that_of_both_ends() {
        let (mut one, mut other) = (stream(), stream());
        let micros = Duration::from_micros;
        assert_eq!(draw(micros(1500)..millis(3), &mut one), micros(other.range(1500..3000)));
        assert_eq!(draw(Duration::from_nanos(1)..=micros(9), &mut one), Duration::from_nanos(other.range(1..=9000)));
        assert_eq!(draw(millis(4)..=millis(4), &mut one), millis(4));
    }

    #[test]
    fn a_time_that_is_given_is_not_drawn() {
        let mut one = stream();
        assert_eq!(draw(Duration::MAX, &mut one), Duration::MAX);
        assert_eq!(one, stream());
    }

    #[test]
    #[should_panic(expected = "an alarm in 3ms..3ms: the range is empty")]
    fn an_empty_range_is_told() {
        draw(millis(3)..millis(3), &mut stream());
    }

    #[test]
    #[should_panic(expected = "no clock shows so late a time")]
    fn a_range_that_no_clock_shows_is_told() {
        draw(secs(1)..Duration::MAX, &mut stream());
    }
}
