//! How fast bits go.

use core::fmt;
use core::num::NonZeroU64;
use core::str::FromStr;

use crate::time::fixed_point;

const KILO: u64 = 1_000;
const MEGA: u64 = 1_000_000;
const GIGA: u64 = 1_000_000_000;

/// The units in which rates are written, the largest first.
const UNITS: [(&str, u64); 4] = [("Gbit/s", GIGA), ("Mbit/s", MEGA), ("kbit/s", KILO), ("bit/s", 1)];

/// Those that are only read.
const OF_BYTES: [(&str, u64); 4] = [("GB/s", 8 * GIGA), ("MB/s", 8 * MEGA), ("kB/s", 8 * KILO), ("B/s", 8)];

/// How fast bits go: whole bits in a second, from 1 bit/s to 1000 Gbit/s.
///
/// As text, which [`FromStr`] reads: `10Mbit/s`, `1.5Gbit/s`, with the units bit/s, kbit/s, Mbit/s and Gbit/s, each a thousand times the
/// one before; or in bytes of 8 bits, `2MB/s`, with B/s, kB/s, MB/s and GB/s.
///
/// ```
/// use nodes::network::Rate;
///
/// let rate: Rate = "2.5MB/s".parse()?;
/// assert_eq!((rate.bits_per_second(), rate.to_string()), (20_000_000, "20Mbit/s".to_owned()));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(NonZeroU64);

impl Rate {
    /// The slowest, in bits a second.
    pub(super) const LEAST: u64 = 1;
    /// The fastest, in bits a second.
    pub(super) const MOST: u64 = 1_000 * GIGA;

    /// A rate in bits a second; `None` if it is not from 1 bit/s to 1000 Gbit/s.
    pub const fn new(bits_per_second: u64) -> Option<Self> {
        match NonZeroU64::new(bits_per_second) {
            Some(bits) if bits_per_second <= Rate::MOST => Some(Rate(bits)),
            _ => None,
        }
    }

    /// The nearest rate to a number of bits a second.
    pub(super) fn nearest(bits_per_second: f64) -> Self {
        // A float that is too large, or no number, becomes an integer at one of the ends.
        let bits = (libm::round(bits_per_second) as u64).clamp(Rate::LEAST, Rate::MOST);
        Rate(NonZeroU64::new(bits).unwrap_or(NonZeroU64::MIN))
    }

    /// How many bits it is in a second.
    pub const fn bits_per_second(self) -> u64 {
        self.0.get()
    }

    /// How long a message of `bytes` takes, in nanoseconds, rounded up: nothing is faster than its rate.
    pub(crate) fn nanos_of(self, bytes: u64) -> u64 {
        let (bits, rate) = (8 * u128::from(bytes), u128::from(self.bits_per_second()));
        u64::try_from((bits * u128::from(GIGA)).div_ceil(rate)).unwrap_or(u64::MAX)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self.bits_per_second();
        let (name, unit) = UNITS.into_iter().find(|(_, unit)| bits >= *unit).unwrap_or(("bit/s", 1));
        write!(f, "{}", bits / unit)?;
        if !bits.is_multiple_of(unit) {
            let digits = unit.ilog10() as usize;
            write!(f, ".{}", format!("{:0digits$}", bits % unit).trim_end_matches('0'))?;
        }
        f.write_str(name)
    }
}

impl FromStr for Rate {
    type Err = String;

    /// As [`Display`](fmt::Display) writes it, and in other units; the error says what is wrong and what would be right.
    fn from_str(text: &str) -> Result<Self, String> {
        const EXAMPLE: &str = "write one such as `10Mbit/s`";
        let text = text.trim();
        let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
        let (number, name) = text.split_at(end);
        if name.is_empty() && !number.is_empty() {
            return Err(format!("`{text}` has no unit; {EXAMPLE}"));
        }
        let unit = UNITS.into_iter().chain(OF_BYTES).find(|(known, _)| *known == name);
        let Some(bits) = unit.and_then(|(_, unit)| fixed_point(number, unit.into())) else {
            let units = "bit/s, kbit/s, Mbit/s and Gbit/s, or, in bytes, B/s, kB/s, MB/s and GB/s";
            return Err(format!("`{text}` is not a rate; {EXAMPLE}: the units are {units}"));
        };
        if bits < Rate::LEAST.into() {
            return Err(format!("`{text}` is less than 1bit/s, the slowest; {EXAMPLE}, or cut links by --link-down"));
        }
        let rate = u64::try_from(bits).ok().and_then(Rate::new);
        rate.ok_or_else(|| format!("`{text}` is more than 1000Gbit/s, the fastest; {EXAMPLE}, or leave the option out"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_as_they_are_written() {
        for bits in [1, 8, 999, 1_000, 1_500, 20_000_000, 1_234_567, 1_000_000_001, 999_999_999_999, Rate::MOST] {
            let rate = Rate::new(bits).expect("a rate");
            assert_eq!(rate.to_string().parse(), Ok(rate), "{rate}");
        }
        for (text, shown) in [
            ("10Mbit/s", "10Mbit/s"),
            ("0.5kbit/s", "500bit/s"),
            ("1500kbit/s", "1.5Mbit/s"),
            ("2MB/s", "16Mbit/s"),
            ("0.125B/s", "1bit/s"),
            (".1GB/s", "800Mbit/s"),
            (" 1.000000001Gbit/s ", "1.000000001Gbit/s"),
            ("1000Gbit/s", "1000Gbit/s"),
        ] {
            assert_eq!(text.parse::<Rate>().map(|rate| rate.to_string()), Ok(shown.to_owned()));
        }
    }

    #[test]
    fn what_is_no_rate_is_refused_with_an_example() {
        for (wrong, hint) in [
            ("", "is not a rate"),
            ("10", "has no unit"),
            ("-1Mbit/s", "is not a rate"),
            ("10mbit/s", "the units are bit/s, kbit/s, Mbit/s"),
            ("10Mbps", "the units are"),
            ("10Mb/s", "the units are"),
            ("1MiB/s", "MB/s and GB/s"),
            ("1.2.3Mbit/s", "is not a rate"),
            ("nan", "is not a rate"),
            ("infMbit/s", "is not a rate"),
            ("0Mbit/s", "less than 1bit/s"),
            ("0.4bit/s", "less than 1bit/s"),
            ("1001Gbit/s", "more than 1000Gbit/s"),
            ("99999999999999999999999999999999999999999999Gbit/s", "more than 1000Gbit/s"),
        ] {
            let error = wrong.parse::<Rate>().unwrap_err();
            assert!(error.contains(hint) && error.contains("write one such as `10Mbit/s`"), "{wrong}: {error}");
        }
        assert_eq!((Rate::new(0), Rate::new(Rate::MOST + 1)), (None, None));
    }

    #[test]
    fn bytes_take_their_time_and_no_less() {
        let time = |rate: &str, bytes| rate.parse::<Rate>().expect("a rate").nanos_of(bytes);
        assert_eq!(time("20Mbit/s", 45_000_000), 18_000_000_000);
        assert_eq!((time("3bit/s", 1), time("1000Gbit/s", 1), time("1bit/s", 0)), (2_666_666_667, 1, 0));
        assert_eq!(time("1bit/s", u64::MAX), u64::MAX);
        assert_eq!(Rate::nearest(f64::NAN).bits_per_second(), 1);
        assert_eq!(Rate::nearest(f64::INFINITY).bits_per_second(), Rate::MOST);
        assert_eq!(Rate::nearest(2.5e6 + 0.4).bits_per_second(), 2_500_000);
    }
}
