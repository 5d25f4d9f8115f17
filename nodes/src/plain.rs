//! Text from outside, for a terminal and for files that people read: without what would act on either.
//!
//! A label from a graph file, a file's name or a word of a command line may hold a character that sets a terminal's title, clears
//! its screen, or has a line read backwards.  It is shown as what it is: `\u{1b}`.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a character acts on what shows it: control characters, ends of lines, and what changes the direction of text.
pub(crate) fn acts(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The text, in one line.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    written(text, acts, |letter, text| {
        let _ = write!(text, "{}", letter.escape_default());
    })
}

/// The text, with its ends of lines and tabs.
pub(crate) fn lines(text: &str) -> Cow<'_, str> {
    written(
        text,
        |letter| acts(letter) && !matches!(letter, '\n' | '\t'),
        |letter, text| {
            let _ = write!(text, "{}", letter.escape_default());
        },
    )
}

/// JSON with the same meaning.
pub(crate) fn json(text: &str) -> Cow<'_, str> {
    // Between its texts, JSON has no other than these.
    written(
        text,
        |letter| acts(letter) && !matches!(letter, '\n' | '\r' | '\t'),
        |letter, text| {
            let _ = write!(text, "\\u{:04x}", u32::from(letter));
        },
    )
}

/// Lines in which our own colours stay: what a terminal that has colours is sent.
#[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "only commands have colours"))]
pub(crate) fn coloured(text: &str) -> Cow<'_, str> {
    if !text.contains('\u{1b}') {
        return lines(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\u{1b}') {
        clean.push_str(&lines(&rest[..at]));
        let colour = colour(&rest[at..]);
        let end = at + colour.unwrap_or(1);
        clean.push_str(&if colour.is_some() { Cow::Borrowed(&rest[at..end]) } else { lines(&rest[at..end]) });
        rest = &rest[end..];
    }
    clean.push_str(&lines(rest));
    clean.into()
}

/// How long the sequence is that sets a colour.
fn colour(text: &str) -> Option<usize> {
    let rest = text.strip_prefix("\u{1b}[")?;
    let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != ';')?;
    rest[end..].starts_with('m').then_some(2 + end + 1)
}

fn written(text: &str, acts: impl Fn(char) -> bool, write: impl Fn(char, &mut String)) -> Cow<'_, str> {
    if !text.contains(&acts) {
        return text.into();
    }
    let mut clean = String::with_capacity(text.len());
    for letter in text.chars() {
        if acts(letter) { write(letter, &mut clean) } else { clean.push(letter) }
    }
    clean.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_shown_as_what_it_is() {
        assert_eq!(line("Köln \u{1b}[2J\u{9b}1m\u{7f}\n\u{202e}"), "Köln \\u{1b}[2J\\u{9b}1m\\u{7f}\\n\\u{202e}");
        assert_eq!(lines("a\n\tb\r\0"), "a\n\tb\\r\\u{0}");
        assert!(matches!(line("日本 👩\u{200d}🦰 \"quoted\" \\"), Cow::Borrowed(_)));
    }

    #[test]
    fn json_keeps_its_meaning() {
        let text = "a\u{9b}\u{7f}\u{202e}\u{1b}\n";
        let json = serde_json::to_string_pretty(&[text]).unwrap();
        let clean = super::json(&json);
        assert!(!clean.contains(|letter| acts(letter) && letter != '\n'), "{clean}");
        assert_eq!(serde_json::from_str::<[String; 1]>(&clean).unwrap(), [text]);
    }

    #[test]
    fn colours_stay_and_all_else_goes() {
        assert_eq!(coloured("\u{1b}[1;38;5;9mred\u{1b}[0m\n"), "\u{1b}[1;38;5;9mred\u{1b}[0m\n");
        assert_eq!(coloured("\u{1b}]0;title\u{7}\u{1b}[2J\u{1b}"), "\\u{1b}]0;title\\u{7}\\u{1b}[2J\\u{1b}");
        assert_eq!(coloured("\u{9b}1m"), "\\u{9b}1m");
    }
}
