//! A place in a text, and its line.

use super::{Wrong, shown};

#[derive(Clone, Debug)]
pub(super) struct Cursor<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Cursor { rest: text, line: 1 }
    }

    pub(super) fn line(&self) -> usize {
        self.line
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    pub(super) fn starts_with(&self, text: &str) -> bool {
        self.rest.starts_with(text)
    }

    /// Goes on by so many bytes, which end between letters.
    fn skip(&mut self, bytes: usize) -> &'a str {
        let (passed, rest) = self.rest.split_at(bytes);
        self.line += passed.matches('\n').count();
        self.rest = rest;
        passed
    }

    /// Goes on by one letter.
    pub(super) fn next(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.skip(letter.len_utf8());
        Some(letter)
    }

    /// Goes past the text, if it comes next.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        let comes = self.starts_with(text);
        if comes {
            self.skip(text.len());
        }
        comes
    }

    /// Goes past letters as long as they are of that kind.
    pub(super) fn take_while(&mut self, is: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|letter| !is(letter)).unwrap_or(self.rest.len());
        self.skip(end)
    }

    /// Goes past the next `end`, gives what stands before it.
    pub(super) fn take_until(&mut self, end: &str) -> Option<&'a str> {
        let place = self.rest.find(end)?;
        let before = self.skip(place);
        self.skip(end.len());
        Some(before)
    }

    /// What was expected here, and what is here.
    pub(super) fn expected(&self, what: &str) -> Wrong {
        match self.rest.lines().next().map(shown) {
            Some(found) if !found.is_empty() => Wrong::at(self.line, format!("expected {what}, found `{found}`")),
            _ => Wrong::at(self.line, format!("expected {what}, found the end of the line or of the file")),
        }
    }
}
