//! Bytes as text: encodings, and the ends of lines.

use std::borrow::Cow;

use super::Wrong;

/// How far a declaration of the encoding is looked for.
const BEGINNING: usize = 4096;

/// An encoding of one byte a letter.
#[derive(Clone, Copy)]
enum Bytes {
    Latin1,
    Latin9,
    Windows1252,
}

/// The text of a file, its lines ended by `\n`.
///
/// UTF-8, UTF-16 with its mark, or the encoding that an XML or DOT file declares.
pub(super) fn of(bytes: &[u8]) -> Result<Cow<'_, str>, Wrong> {
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)?),
        [b'<', 0, ..] => Cow::Owned(utf16(bytes, u16::from_le_bytes)?),
        [0xfe, 0xff, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)?),
        [0, b'<', ..] => Cow::Owned(utf16(bytes, u16::from_be_bytes)?),
        _ => match declared(bytes)? {
            None => Cow::Borrowed(utf8(bytes)?),
            Some(encoding) => Cow::Owned(bytes.iter().map(|byte| encoding.letter(*byte)).collect()),
        },
    };
    Ok(match text {
        Cow::Borrowed(text) => lines(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Cow::Owned(text) => Cow::Owned(lines(&text).into_owned()),
    })
}

/// Ends lines by `\n`, whether the file has `\r\n` or `\r` alone.
fn lines(text: &str) -> Cow<'_, str> {
    if !text.contains('\r') {
        return Cow::Borrowed(text);
    }
    let mut ended = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find('\r') {
        ended.push_str(&rest[..place]);
        ended.push('\n');
        rest = &rest[place + 1..];
        rest = rest.strip_prefix('\n').unwrap_or(rest);
    }
    ended.push_str(rest);
    Cow::Owned(ended)
}

fn utf8(bytes: &[u8]) -> Result<&str, Wrong> {
    match core::str::from_utf8(bytes) {
        Ok(text) if text.as_bytes().iter().take(BEGINNING).any(|byte| *byte == 0) => {
            Err(Wrong::whole("there are bytes of 0 in it: it is no text"))
        }
        Ok(text) => Ok(text),
        Err(error) => {
            let line = 1 + bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
            let why = "there are bytes that are no text (UTF-8); if the letters are ISO-8859-1, save it as UTF-8: \
                       `iconv -f ISO-8859-1 -t UTF-8`";
            Err(Wrong::at(line, why))
        }
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Wrong> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let text: Result<String, _> = char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect();
    match text {
        Ok(text) if rest.is_empty() => Ok(text),
        _ => Err(Wrong::whole("it begins as UTF-16 does, and has bytes that are no text")),
    }
}

/// The encoding of which the file says that it has it, if that is not UTF-8.
fn declared(bytes: &[u8]) -> Result<Option<Bytes>, Wrong> {
    let beginning = String::from_utf8_lossy(&bytes[..bytes.len().min(BEGINNING)]);
    let xml = || {
        let declaration = beginning.trim_start_matches('\u{feff}').trim_start().strip_prefix("<?xml")?;
        value(declaration.split("?>").next()?, "encoding")
    };
    // A DOT file that is no UTF-8 may say what else it is.
    let dot = || if core::str::from_utf8(bytes).is_err() { value(&beginning, "charset") } else { None };
    let Some(name) = xml().or_else(dot) else { return Ok(None) };
    match &*name.to_ascii_lowercase().replace('_', "-") {
        "utf-8" | "utf8" | "us-ascii" | "ascii" | "utf-16" => Ok(None),
        "iso-8859-1" | "iso8859-1" | "latin1" | "latin-1" | "l1" => Ok(Some(Bytes::Latin1)),
        "iso-8859-15" | "iso8859-15" | "latin9" | "latin-9" => Ok(Some(Bytes::Latin9)),
        "windows-1252" | "cp1252" => Ok(Some(Bytes::Windows1252)),
        _ => Err(Wrong::at(
            1,
            format!("its letters are encoded as {}, which is not read: save it as UTF-8", super::shown(&name)),
        )),
    }
}

/// The value of `name="value"`, with or without quotes.
fn value(text: &str, name: &str) -> Option<String> {
    let rest = text.split_once(name)?.1.trim_start().strip_prefix('=')?.trim_start();
    let rest = rest.strip_prefix(['"', '\'']).unwrap_or(rest);
    let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && !matches!(letter, '-' | '_' | '.' | ':'));
    Some(rest[..end.unwrap_or(rest.len())].to_owned())
}

impl Bytes {
    fn letter(self, byte: u8) -> char {
        /// The letters of 0x80 to 0x9f; those that Windows has none for stand for themselves.
        const WINDOWS: [char; 32] = [
            '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
            '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
        ];
        match (self, byte) {
            (Bytes::Windows1252, 0x80..=0x9f) => WINDOWS[usize::from(byte) - 0x80],
            (Bytes::Latin9, 0xa4) => '€',
            (Bytes::Latin9, 0xa6) => 'Š',
            (Bytes::Latin9, 0xa8) => 'š',
            (Bytes::Latin9, 0xb4) => 'Ž',
            (Bytes::Latin9, 0xb8) => 'ž',
            (Bytes::Latin9, 0xbc) => 'Œ',
            (Bytes::Latin9, 0xbd) => 'œ',
            (Bytes::Latin9, 0xbe) => 'Ÿ',
            _ => char::from(byte),
        }
    }
}
