//! What is common to the options that plan faults: one type for each, which is read from text, written as text, and explained.

use core::fmt::Display;
use core::iter;
use core::str::FromStr;

/// What users read about an option of the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionHelp {
    /// Its name, without dashes.
    pub name: &'static str,
    /// What its value is called.
    pub value: &'static str,
    /// What it is for, in one line.
    pub about: &'static str,
    /// The forms that values have, a line for each.
    pub values: &'static str,
    /// A value, as a shell takes it.
    pub example: &'static str,
}

/// A fault that an option of the command line plans; the option takes one, or several with commas.
///
/// ```
/// # use nodes::prelude::*;
/// use nodes::network::{Crash, FaultOption};
///
/// let crashes = Crash::read_all("1@5ms,1@20ms+2")?;
/// assert_eq!(crashes, [Crash::new(1, millis(5)), Crash::new(1, millis(20)).leaving(2)]);
/// assert_eq!(Crash::write_all(&crashes), "1@5ms,1@20ms+2");
/// # Ok::<(), String>(())
/// ```
pub trait FaultOption: Display + FromStr<Err = String> {
    /// What users read about it.
    const HELP: OptionHelp;

    /// Reads several, as [`write_all`](FaultOption::write_all) writes them.
    ///
    /// # Errors
    /// What is wrong with the first that is wrong, and what would be right.
    fn read_all(text: &str) -> Result<Vec<Self>, String> {
        items(text).map(|item| item.trim().parse()).collect()
    }

    /// As they stand behind the option.
    fn write_all(faults: &[Self]) -> String {
        faults.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
    }
}

/// The items of a list.  A comma before a time separates nodes, `0,1|2@1s..2s`; one behind it ends the item.
fn items(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    iter::from_fn(move || {
        let text = rest?;
        let end = text.find('@').and_then(|time| Some(time + text[time..].find(',')?));
        rest = end.map(|end| &text[end + 1..]);
        Some(&text[..end.unwrap_or(text.len())])
    })
}

/// Serialises types as their texts: what the document has is what the command line takes.
macro_rules! serde_as_text {
    ($($type:ty),*) => {$(
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}
pub(super) use serde_as_text;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_behind_a_time_ends_an_item() {
        for (text, right) in [
            ("1@5ms", vec!["1@5ms"]),
            ("1@5ms+2,3@1s", vec!["1@5ms+2", "3@1s"]),
            ("0,1|2@1s..2s,3|4,5@1s..2s", vec!["0,1|2@1s..2s", "3|4,5@1s..2s"]),
            ("3,5", vec!["3,5"]),
            ("", vec![""]),
            ("3@1s,", vec!["3@1s", ""]),
            (",3@1s", vec![",3@1s"]),
        ] {
            assert_eq!(items(text).collect::<Vec<_>>(), right, "`{text}`");
        }
    }
}
