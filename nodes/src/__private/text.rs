//! Errors that depend on the states, found by evaluating constants.

use super::Table;

/// A text made in a constant; empty: nothing is wrong.
pub struct Text {
    bytes: [u8; Text::ROOM],
    len: usize,
}

impl Text {
    const ROOM: usize = 1024;

    const fn new() -> Self {
        Text { bytes: [0; Text::ROOM], len: 0 }
    }

    /// Appends; what does not fit is cut off, between characters.
    const fn push(&mut self, text: &str) {
        let bytes = text.as_bytes();
        if self.len + bytes.len() > Text::ROOM {
            return;
        }
        let mut i = 0;
        while i < bytes.len() {
            self.bytes[self.len + i] = bytes[i];
            i += 1;
        }
        self.len += bytes.len();
    }

    const fn push_all(&mut self, texts: &[&str]) {
        let mut i = 0;
        while i < texts.len() {
            self.push(texts[i]);
            i += 1;
        }
    }

    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
}

const fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut i = 0;
    while i < one.len() {
        if one[i] != other[i] {
            return false;
        }
        i += 1;
    }
    true
}

const fn place(names: &[&str], name: &str) -> Option<usize> {
    let mut i = 0;
    while i < names.len() {
        if same(names[i], name) {
            return Some(i);
        }
        i += 1;
    }
    None
}

impl Table {
    /// Whether each of them is a state; one that is not has its own error, and nothing else is said then.
    const fn all_known(self, names: &[&str]) -> bool {
        let mut i = 0;
        while i < names.len() {
            if place(self.names, names[i]).is_none() {
                return false;
            }
            i += 1;
        }
        true
    }

    const fn none_is_terminal(self) -> bool {
        let mut i = 0;
        while i < self.terminal.len() {
            if self.terminal[i] {
                return false;
            }
            i += 1;
        }
        true
    }

    /// A message without a rule in a state that is not terminal.
    pub const fn uncovered(self, protocol: &str, message: &str, covered: &[&str], named: &[&str], guarded: bool) -> Text {
        let mut text = Text::new();
        if !self.all_known(named) {
            return text;
        }
        let mut states = Text::new();
        let mut i = 0;
        while i < self.names.len() {
            if !self.terminal[i] && place(covered, self.names[i]).is_none() {
                if !states.is_empty() {
                    states.push(" | ");
                }
                states.push(self.names[i]);
            }
            i += 1;
        }
        if states.is_empty() {
            return text;
        }
        let states = states.as_str();
        text.push_all(&[
            "the table of rules is incomplete: `",
            protocol,
            "` has no rule for `",
            message,
            "` in state ",
            states,
            "; handle it with `#[on(",
            message,
            " in ",
            states,
        ]);
        text.push_all(&[
            ")]`, or put `#[ignore(..)]`, `#[defer(..)]` or `#[never(",
            message,
            " in ",
            states,
            ")]` on the impl",
        ]);
        if self.none_is_terminal() {
            text.push("; if a node has decided there, mark the state `#[terminal]`");
        }
        if guarded {
            text.push(" (a rule with `if` does not count: its condition may fail)");
        }
        text
    }

    /// A rule of a terminal state that assigns another; `certain`: whenever it runs.
    pub const fn leaves_terminal(self, states: &[&str], to: &str, certain: bool) -> Text {
        let mut text = Text::new();
        if !self.all_known(states) || place(self.names, to).is_none() {
            return text;
        }
        let mut left: Option<&str> = None;
        let mut i = 0;
        while i < states.len() {
            let terminal = match place(self.names, states[i]) {
                Some(state) => self.terminal[state],
                None => false,
            };
            if terminal && !same(states[i], to) {
                left = Some(states[i]);
            } else if !certain {
                return text;
            }
            i += 1;
        }
        if let Some(state) = left {
            text.push_all(&["the rules contradict the states: `", state, "` is terminal, so a node in it has decided"]);
            text.push_all(&[" and cannot become `", to, "`; stay in `", state, "`, or take its `#[terminal]` off"]);
        }
        text
    }

    /// A message deferred in a terminal state.
    pub const fn deferred_for_ever(self, message: &str, states: &[&str]) -> Text {
        let mut text = Text::new();
        let mut i = 0;
        while i < states.len() {
            if let Some(state) = place(self.names, states[i])
                && self.terminal[state]
            {
                text.push_all(&["the rules contradict the states: `", message, "` would wait for ever, since `", states[i]]);
                text.push("` is terminal, and what is deferred is offered again when the state changes; ");
                text.push_all(&["write `#[ignore(", message, " in ", states[i], ")]`"]);
                return text;
            }
            i += 1;
        }
        text
    }
}
