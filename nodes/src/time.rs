//! Times as text.

use core::time::Duration;

/// A time as options have it: `500ms`, `2s`, `1.5s`.
pub fn duration_text(time: Duration) -> String {
    if time.subsec_nanos() == 0 {
        format!("{}s", time.as_secs())
    } else if time.subsec_nanos().is_multiple_of(1_000_000) && time.as_secs() == 0 {
        format!("{}ms", time.as_millis())
    } else if time.as_secs() == 0 && time.subsec_nanos().is_multiple_of(1_000) {
        format!("{}us", time.as_micros())
    } else {
        format!("{}.{}s", time.as_secs(), format!("{:09}", time.subsec_nanos()).trim_end_matches('0'))
    }
}

/// In whole nanoseconds, as traces have it.
pub(crate) fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// Reads a time with its unit: `500ms`, `1.5s`, `20us`, `7ns`, `2m`; `0` needs none.
pub(crate) fn parse_duration(text: &str) -> Option<Duration> {
    read_duration(text).ok()
}

/// The same; the error says what is wrong with the text.
pub(crate) fn read_duration(text: &str) -> Result<Duration, &'static str> {
    let text = text.trim();
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let nanos = whole_nanos(text).ok_or_else(|| {
        let is_bare = !text.is_empty() && text.chars().all(|letter| letter.is_ascii_digit() || letter == '.');
        if is_bare { "has no unit" } else { "is not a time" }
    })?;
    // The clock of a run counts nanoseconds in 64 bits.
    let nanos = u64::try_from(nanos).ok().filter(|nanos| *nanos < u64::MAX);
    nanos.map(Duration::from_nanos).ok_or("is longer than 584 years, which no run takes")
}

/// The nearest number of nanoseconds.
fn whole_nanos(text: &str) -> Option<u128> {
    let letters = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
    let (number, unit) = text.split_at(letters);
    let unit: u128 = match unit {
        "ns" => 1,
        "us" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" | "min" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    };
    fixed_point(number, unit)
}

/// So many units, such as `1.5`, to the nearest whole; exact, where a floating-point number would not be.  `None` if there are not digits,
/// and at most one point among them.
pub(crate) fn fixed_point(number: &str, unit: u128) -> Option<u128> {
    /// Digits behind the point that stand further back make no difference.
    const DIGITS: usize = 18;
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if part.contains('.') || (whole.is_empty() && part.is_empty()) {
        return None;
    }
    let part = &part[..part.len().min(DIGITS)];
    // They are digits: what cannot be read is too large.
    let value = |digits: &str| if digits.is_empty() { 0 } else { digits.parse::<u128>().unwrap_or(u128::MAX) };
    let of_part = 10_u128.pow(part.len() as u32);
    Some(value(whole).saturating_mul(unit).saturating_add((value(part) * unit + of_part / 2) / of_part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_they_are_written() {
        for nanos in [1, 999, 1_500, 250_000, 1_000_000, 1_500_000, 1_000_000_000, 90_000_000_000, 1_234_567_000, 1_972_664_036]
        {
            let time = Duration::from_nanos(nanos);
            assert_eq!(parse_duration(&duration_text(time)), Some(time), "{}", duration_text(time));
        }
        assert_eq!(parse_duration("0"), Some(Duration::ZERO));
        assert_eq!(parse_duration(".5s"), parse_duration("500.ms"));
        assert_eq!(parse_duration("1.4999999999999999999999999ns"), Some(Duration::from_nanos(1)));
        assert_eq!(parse_duration("0.0004us"), Some(Duration::ZERO));
        assert_eq!(parse_duration("2m"), Some(Duration::from_secs(120)));
        for wrong in ["", "5", "s", ".s", "-1s", "1..2s", "1.2.3s", "2 weeks", "99999999999999999999999s", "5200000h"] {
            assert_eq!(parse_duration(wrong), None, "`{wrong}`");
        }
        for exact in
            ["0.018446744073s", "18446744073.709551613s", "18446744073709551613ns", "9007199254740993ns", "1.000000001h"]
        {
            let shown = duration_text(parse_duration(exact).expect("a time"));
            assert_eq!(parse_duration(&shown), parse_duration(exact), "{exact}: {shown}");
        }
        assert_eq!(parse_duration("9007199254740993ns"), Some(Duration::from_nanos(9_007_199_254_740_993)));
        // 2^64 nanoseconds are 5124095.576 hours.
        assert!(parse_duration("5124095.5h").is_some() && parse_duration("5124095.6h").is_none());
    }
}
