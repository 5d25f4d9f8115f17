//! Lines into cells: what separates them, and what quotes and parentheses hold together.

use std::borrow::Cow;

use super::{number, shown, with_point};

/// What stands between cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Separator {
    Tab,
    Semicolon,
    Comma,
    Blanks,
    /// Commas, semicolons and blanks alike.
    Mixed,
}

pub(super) type Cells<'a> = Vec<Cow<'a, str>>;

/// A text in quotes or parentheses that does not end where a cell does.
#[derive(Debug)]
pub(super) struct Unclosed;

impl Separator {
    fn is(self, letter: char) -> bool {
        match self {
            Separator::Tab => letter == '\t',
            Separator::Semicolon => letter == ';',
            Separator::Comma => letter == ',',
            Separator::Blanks => letter.is_whitespace(),
            Separator::Mixed => letter.is_whitespace() || matches!(letter, ',' | ';'),
        }
    }

    /// Whether several of it separate as one does.
    fn is_soft(self) -> bool {
        matches!(self, Separator::Blanks | Separator::Mixed)
    }

    fn occurs(self, line: &str) -> bool {
        match self {
            Separator::Tab => line.contains('\t'),
            Separator::Semicolon => line.contains(';'),
            Separator::Comma => line.contains(','),
            Separator::Blanks => true,
            Separator::Mixed => line.contains([',', ';']),
        }
    }

    /// The cells of a line.  One may be empty, but for the last.
    pub(super) fn split(self, line: &str) -> Result<Cells<'_>, Unclosed> {
        let guards = is_balanced(line);
        let mut cells = Vec::new();
        let mut rest = line;
        loop {
            rest = rest.trim_start_matches(|letter: char| letter.is_whitespace() && !self.is(letter));
            if self.is_soft() {
                rest = rest.trim_start_matches(|letter| self.is(letter));
            }
            if rest.is_empty() {
                return Ok(cells);
            }
            let (cell, after) = match self.quoted(rest) {
                Some(quoted) => quoted,
                None if rest.starts_with('"') || (rest.starts_with('(') && !guards) => return Err(Unclosed),
                None => {
                    let end = self.end(rest, guards);
                    (Cow::Borrowed(rest[..end].trim()), &rest[end..])
                }
            };
            cells.push(cell);
            rest = after.strip_prefix(|letter| self.is(letter)).unwrap_or(after);
        }
    }

    /// Where the first row of a text ends: with a line, but for one that ends within a cell in quotes.
    pub(super) fn row(self, text: &str) -> usize {
        let mut end = 0;
        loop {
            let cell =
                text[end..].trim_start_matches(|letter: char| letter.is_whitespace() && letter != '\n' && !self.is(letter));
            end = text.len() - cell.len();
            if let Some(inside) = cell.strip_prefix('"') {
                // A quote that nothing closes is refused with its line.
                end += closing(inside, '"').map_or(0, |place| place + 2);
            }
            let Some(place) = text[end..].find(|letter| letter == '\n' || self.is(letter)) else { return text.len() };
            end += place;
            if text[end..].starts_with('\n') {
                return end;
            }
            end += text[end..].chars().next().map_or(0, char::len_utf8);
        }
    }

    /// Where a cell without quotes ends; separators in parentheses do not end it, as in `(0, 1)`.
    fn end(self, rest: &str, guards: bool) -> usize {
        let mut depth = 0usize;
        let end = rest.find(|letter: char| {
            match letter {
                '(' if guards => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && self.is(letter)
        });
        end.unwrap_or(rest.len())
    }

    /// The text of a cell in quotes, and what follows it.
    fn quoted(self, rest: &str) -> Option<(Cow<'_, str>, &str)> {
        let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let inside = &rest[1..];
        let end = closing(inside, quote)?;
        let after = inside[end + 1..].trim_start_matches(|letter: char| letter.is_whitespace() && !self.is(letter));
        if !after.is_empty() && !after.starts_with(|letter| self.is(letter)) {
            return None;
        }
        let mut text = String::new();
        let mut letters = inside[..end].chars();
        while let Some(letter) = letters.next() {
            // The sign before a quote, which is one itself or a backslash, says that it is a letter.
            let is_before = letter == quote || (letter == '\\' && letters.as_str().starts_with(quote));
            text.push(if is_before { letters.next().unwrap_or(letter) } else { letter });
        }
        Some((Cow::Owned(text), after))
    }
}

/// Where the quote is that closes a text; not two of them, nor one behind a backslash.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut letters = text.char_indices().peekable();
    while let Some((place, letter)) = letters.next() {
        let is_before = letter == '\\' || letter == quote;
        if is_before && letters.next_if(|(_, next)| *next == quote).is_none() && letter == quote {
            return Some(place);
        }
    }
    None
}

/// Whether every parenthesis has its partner.
fn is_balanced(line: &str) -> bool {
    let mut depth = 0i64;
    for letter in line.bytes() {
        depth += i64::from(letter == b'(') - i64::from(letter == b')');
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

/// The cells of a line that is a link: two nodes, perhaps a weight, and a time if lines have one.
#[derive(Debug)]
pub(super) struct LinkCells<'a> {
    pub(super) cells: Cells<'a>,
    /// What was guessed.
    pub(super) doubt: Option<String>,
}

/// What else stands in the lines of a list of links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extra {
    Nothing,
    /// A fourth cell.
    Time,
    /// Attributes in braces, which have been cut off.
    Attributes,
}

/// Splits a line that is a link by whatever makes sense of it.  If several separators do, and differ, the line is refused.
pub(super) fn link<'a>(line: &'a str, extra: Extra) -> Result<LinkCells<'a>, String> {
    if let Some(inner) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
        let cells = Separator::Comma.split(inner).map_err(|Unclosed| unclosed(line))?;
        return one(line, vec![(Separator::Comma, cells)], extra);
    }
    if !line.contains([';', ',', '"', '\'', '(']) && !(line.contains('\t') && (line.contains(' ') || line.contains("\t\t"))) {
        return one(line, vec![(Separator::Blanks, line.split_whitespace().map(Cow::Borrowed).collect())], extra);
    }
    let mut readings: Vec<(Separator, Cells<'a>)> = Vec::new();
    let mut open = false;
    for separator in [Separator::Tab, Separator::Semicolon, Separator::Comma, Separator::Blanks, Separator::Mixed] {
        if !separator.occurs(line) {
            continue;
        }
        let Ok(cells) = separator.split(line) else {
            open = true;
            continue;
        };
        let torn = match separator {
            Separator::Semicolon | Separator::Comma => cells.iter().any(|cell| cell.contains('\t')),
            Separator::Blanks => cells.iter().any(|cell| is_torn(cell)),
            _ => false,
        };
        if !torn && readings.iter().all(|(_, known)| *known != cells) {
            readings.push((separator, cells));
        }
    }
    let is_quoted = |cells: &Cells<'_>| cells.iter().any(|cell| matches!(cell, Cow::Owned(_)));
    if readings.iter().any(|(_, cells)| is_quoted(cells)) {
        // A separator within quotes is none.
        readings.retain(|(_, cells)| !cells.iter().any(|cell| matches!(cell, Cow::Borrowed(text) if text.contains('"'))));
    }
    if readings.is_empty() && open {
        return Err(unclosed(line));
    }
    one(line, readings, extra)
}

/// Whether a separator is left at a word's beginning or end.
pub(super) fn is_torn(word: &str) -> bool {
    word.starts_with([',', ';']) || word.ends_with([',', ';'])
}

fn unclosed(line: &str) -> String {
    format!("a text in quotes or parentheses does not end where it should: `{}`", shown(line))
}

/// The only reading that makes sense.
fn one<'a>(line: &str, readings: Vec<(Separator, Cells<'a>)>, extra: Extra) -> Result<LinkCells<'a>, String> {
    let (mut wrong_weight, mut has_gap) = (None, false);
    let mut sound = Vec::new();
    for (separator, cells) in readings {
        if cells.iter().any(|cell| cell.is_empty()) {
            has_gap |= separator == Separator::Tab;
            continue;
        }
        match (&cells[..], extra) {
            ([_, _], _) => sound.push((separator, cells)),
            ([_, _, weight], Extra::Nothing | Extra::Time) if number(weight).is_some() => sound.push((separator, cells)),
            ([_, _, weight], Extra::Nothing | Extra::Time) => match with_point(weight) {
                Some(point) => {
                    return Err(format!("`{}` has a decimal comma; write `{}`", shown(weight), shown(&point)));
                }
                None => {
                    wrong_weight.get_or_insert_with(|| weight.to_string());
                }
            },
            ([_, _, weight, time], Extra::Time) if number(weight).is_some() && number(time).is_some() => {
                sound.push((separator, cells));
            }
            _ => {}
        }
    }
    if extra == Extra::Attributes && sound.iter().any(|(separator, _)| *separator == Separator::Blanks) {
        // So NetworkX writes them.
        sound.retain(|(separator, _)| *separator == Separator::Blanks);
    }
    let words: Vec<&str> = line.split_whitespace().take(4).collect();
    let mut doubt = has_gap.then(|| "tabs with nothing between them separate as one does".to_owned());
    if let [(Separator::Tab, cells), (Separator::Blanks, _)] = &sound[..]
        && words.iter().any(|word| number(word).is_none())
    {
        let with_blank = cells.iter().find(|cell| cell.contains(' ')).map_or("", |cell| cell);
        doubt = Some(format!("a tab separates here, and `{}` is one label", shown(with_blank)));
        sound.truncate(1);
    }
    if let [first, sign, second, ..] = words[..]
        && sound.first().is_none_or(|(separator, _)| separator.is_soft())
        && !first.starts_with(['"', '\''])
        && (is_sign(sign) || is_between(first, sign, second))
    {
        return Err(format!(
            "`{}` stands where the second node is expected; write `{}`",
            shown(sign),
            shown(&format!("{first} {second}"))
        ));
    }
    match (sound.len(), wrong_weight) {
        (1, _) => {}
        (0, Some(weight)) => return Err(format!("`{}` is not a weight: expected a number", shown(&weight))),
        (0, None) => {
            return Err(format!("expected two nodes, `u v` or `u v weight`, found `{}`", shown(line)));
        }
        _ => {
            let line = shown(line);
            return Err(format!("it is unclear what separates `{line}`; put labels with blanks or commas in quotes"));
        }
    }
    let (_, cells) = sound.swap_remove(0);
    for cell in &cells[..2] {
        if matches!(cell, Cow::Borrowed(_)) && has_arrow(cell) {
            return Err(format!("`{}` has the sign of a link at its beginning or end; write `u v`", shown(cell)));
        }
    }
    Ok(LinkCells { cells, doubt })
}

/// Whether a word is a sign that stands between nodes in other formats: `--`, `->`, `|`, `:`.
pub(in crate::topology) fn is_sign(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|letter| "-=<>|:~&–—→←↔⇒⇔".contains(letter))
}

/// Whether a word between two numbers only joins them.
fn is_between(first: &str, word: &str, second: &str) -> bool {
    joins(word) && number(first).is_some() && number(second).is_some()
}

/// Whether a word may stand between nodes.
pub(in crate::topology) fn joins(word: &str) -> bool {
    ["to", "and"].iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Whether an arrow has been written without a blank.
pub(in crate::topology) fn has_arrow(word: &str) -> bool {
    const ARROWS: [&str; 6] = ["--", "->", "=>", "<-", "→", "←"];
    ARROWS.iter().any(|arrow| word.len() > arrow.len() && (word.starts_with(arrow) || word.ends_with(arrow)))
}
