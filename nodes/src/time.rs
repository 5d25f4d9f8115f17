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
    let seconds = seconds(text).ok_or_else(|| {
        let is_bare = !text.is_empty() && text.chars().all(|letter| letter.is_ascii_digit() || letter == '.');
        if is_bare { "has no unit" } else { "is not a time" }
    })?;
    // The clock of a run counts nanoseconds in 64 bits.
    let time = Duration::try_from_secs_f64(seconds).ok().filter(|time| nanos(*time) < u64::MAX);
    time.ok_or("is longer than 584 years, which no run takes")
}

fn seconds(text: &str) -> Option<f64> {
    let letters = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
    let (number, unit) = text.split_at(letters);
    let number = number.parse::<f64>().ok()?;
    Some(match unit {
        "ns" => number / 1e9,
        "us" => number / 1e6,
        "ms" => number / 1e3,
        "s" => number,
        "m" | "min" => number * 60.0,
        "h" => number * 3600.0,
        _ => return None,
    })
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
        assert_eq!(parse_duration("2m"), Some(Duration::from_secs(120)));
        for wrong in ["", "5", "s", "-1s", "1..2s", "1.2.3s", "2 weeks", "99999999999999999999999s", "5200000h"] {
            assert_eq!(parse_duration(wrong), None, "`{wrong}`");
        }
        // 2^64 nanoseconds are 5124095.576 hours.
        assert!(parse_duration("5124095.5h").is_some() && parse_duration("5124095.6h").is_none());
    }
}
