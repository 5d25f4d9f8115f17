//! A block of events, in columns.

use super::bytes::{Bytes, push};
use super::event::Parts;
use super::kind::Column;
use super::{Event, Kind, MAX_TEXT, What};

const COLUMNS: usize = 8;
const KIND: usize = 0;
const NODE: usize = 1;
const TIME: usize = 2;
const MESSAGE: usize = 3;
const PORT: usize = 4;
const DETAIL: usize = 5;
const AMOUNT: usize = 6;
const TEXT: usize = 7;

/// At the same node and time as the event before.
const SAME: u8 = 0x80;
/// Has a text.
const WORDED: u8 = 0x40;

/// What stands at the end of a text that was cut.
const ELLIPSIS: &str = "\u{2026}";

/// A block that is being filled.
#[derive(Clone, Debug, Default)]
pub(super) struct Filling {
    columns: [Vec<u8>; COLUMNS],
    events: u64,
    /// How many messages had been sent before the block.
    before: u64,
    first_time: u64,
    /// The last event's, be it of the block before.
    time: u64,
    node: u32,
}

impl Filling {
    pub(super) fn is_empty(&self) -> bool {
        self.events == 0
    }

    /// How many bytes it takes.
    pub(super) fn len(&self) -> usize {
        self.columns.iter().map(Vec::len).sum()
    }

    /// Appends an event; `sent` is how many messages have been sent before it.
    #[inline]
    pub(super) fn push(&mut self, event: Event<'_>, sent: u64) {
        let time = event.time.max(self.time);
        if self.events == 0 {
            (self.before, self.first_time, self.time) = (sent, time, time);
        }
        let parts = event.what.parts();
        let same = self.events > 0 && event.node == self.node && time == self.time;
        let kind = parts.kind;
        let mark = if same { SAME } else { 0 } | if parts.text.is_some() { WORDED } else { 0 };
        let columns = &mut self.columns;
        columns[KIND].push(kind as u8 | mark);
        if !same {
            push(&mut columns[NODE], event.node.into());
            push(&mut columns[TIME], time - self.time);
        }
        if kind.has_message() {
            push(&mut columns[MESSAGE], parts.message.and_then(|number| sent.checked_sub(number)).unwrap_or(0));
        }
        if kind.has_port() {
            push(&mut columns[PORT], parts.port);
        }
        if kind.has_detail() {
            push(&mut columns[DETAIL], parts.detail);
        }
        if kind.has_amount() {
            push(&mut columns[AMOUNT], parts.amount);
        }
        if let Some(text) = parts.text {
            push_text(&mut columns[TEXT], text);
        }
        (self.node, self.time) = (event.node, time);
        self.events += 1;
    }

    /// Writes the block, and begins a new one.
    pub(super) fn take(&mut self, into: &mut Vec<u8>) {
        for number in [self.events, self.before, self.first_time] {
            push(into, number);
        }
        for column in &mut self.columns {
            push(into, column.len() as u64);
            into.extend_from_slice(column);
            column.clear();
        }
        self.events = 0;
    }
}

fn push_text(column: &mut Vec<u8>, text: &str) {
    if text.len() <= MAX_TEXT {
        push(column, text.len() as u64);
        column.extend_from_slice(text.as_bytes());
    } else {
        let mut cut = MAX_TEXT - ELLIPSIS.len();
        while !text.is_char_boundary(cut) {
            cut -= 1;
        }
        push(column, (cut + ELLIPSIS.len()) as u64);
        column.extend_from_slice(&text.as_bytes()[..cut]);
        column.extend_from_slice(ELLIPSIS.as_bytes());
    }
}

/// What the numbers in events must be below.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) nodes: u64,
    pub(super) messages: u64,
    pub(super) states: u64,
    pub(super) alarms: u64,
    pub(super) properties: u64,
}

/// How many events a block says that it has.
pub(super) fn events(block: &[u8]) -> u64 {
    Bytes(block).varint().unwrap_or(0)
}

/// Reads a block; `sent` is how many messages have been sent before it, and then before what follows.  The error says what is
/// wrong in it.
pub(super) fn read(
    block: &[u8],
    limits: &Limits,
    sent: &mut u64,
    last_time: &mut u64,
    mut take: impl FnMut(Event<'_>),
) -> Result<(), String> {
    let short = || "a block ends too early".to_owned();
    let mut rest = Bytes(block);
    let events = rest.varint().ok_or_else(short)?;
    let before = rest.varint().ok_or_else(short)?;
    let mut time = rest.varint().ok_or_else(short)?;
    if before != *sent {
        return Err(format!("a block begins after message {before}, and the one before ended after {sent}"));
    }
    if time < *last_time {
        return Err("time goes back".to_owned());
    }
    let mut columns = [Bytes(&[]); COLUMNS];
    for column in &mut columns {
        let length = rest.varint().ok_or_else(short)?;
        *column = Bytes(rest.take(length).ok_or_else(short)?);
    }
    let mut node = None;
    for _ in 0..events {
        let mark = columns[KIND].byte().ok_or_else(short)?;
        let number = mark & !(SAME | WORDED);
        let kind = *Kind::ALL.get(usize::from(number)).ok_or_else(|| format!("there are no events of kind {number}"))?;
        let mut next = |column: usize| columns[column].varint().ok_or_else(short);
        let at = match node {
            Some(node) if mark & SAME != 0 => node,
            _ if mark & SAME != 0 => return Err("the first event of a block stands at no node".to_owned()),
            _ => {
                let at = next(NODE)?;
                if at >= limits.nodes {
                    return Err(format!("there is no node {at}"));
                }
                time = time.checked_add(next(TIME)?).ok_or_else(|| "its time is out of range".to_owned())?;
                at as u32
            }
        };
        node = Some(at);
        let mut parts = Parts::of(kind);
        if kind.has_message() {
            let back = next(MESSAGE)?;
            if back > *sent {
                return Err(format!("a message arrives that was sent {back} messages ago, and {sent} have been sent"));
            }
            parts.message = (back > 0).then(|| *sent - back);
        }
        if kind.has_port() {
            parts.port = next(PORT)?;
            if parts.port > u32::MAX.into() {
                return Err(format!("there is no port {}", parts.port - 1));
            }
        }
        if let Some(column) = kind.detail() {
            parts.detail = next(DETAIL)?;
            let (what, below) = match column {
                Column::Type => ("type of message", limits.messages),
                Column::Property => ("property", limits.properties + 1),
                Column::Alarm => ("type of alarm", limits.alarms),
                _ => ("state", limits.states),
            };
            if parts.detail >= below {
                return Err(format!("there is no {what} {}", parts.detail));
            }
        }
        if kind.has_amount() {
            parts.amount = next(AMOUNT)?;
        }
        if mark & WORDED != 0 {
            let length = next(TEXT)?;
            let text = columns[TEXT].take(length).ok_or_else(short)?;
            parts.text = Some(core::str::from_utf8(text).map_err(|_| "a text is not UTF-8".to_owned())?);
        }
        take(Event { node: at, time, what: What::of(parts) });
        *sent += u64::from(kind == Kind::Send);
    }
    if !rest.0.is_empty() || columns.iter().any(|column| !column.0.is_empty()) {
        return Err("a block holds more than its events".to_owned());
    }
    *last_time = time;
    Ok(())
}
