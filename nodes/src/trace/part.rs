//! What one node process records: its part of a trace, in a file of its own.
//!
//! A part is a sequence of rows, one an event, in the order in which they happened.  It is written by appending, before
//! anything that an event caused leaves the process: whatever becomes of the process, what others know of it is on record.  It
//! is read by the same build, while it is written or afterwards; a row that is not all there yet is left for later.
//!
//! ```text
//! row := mark time:varint [origin] [port] [detail] [amount] [text]
//! ```
//! `mark` is the kind, and `0x40` if there is a text; `time` the nanoseconds since the row before; the rest stands there as the
//! kind has it in a [block](super): port, detail, amount as varints, a text behind its length.  `origin`, a varint, names a
//! message that has come: the how many-th `Send` of its sender's part it was, from 0.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use super::bytes::{Bytes, push};
use super::event::Parts;
use super::steps::Pen;
use super::{Event, Kind, What};

const WORDED: u8 = 0x40;

/// So much is read at once.
const READ: usize = 1 << 16;

/// Writes a part.
#[derive(Debug)]
pub(crate) struct PartWriter<W: Write> {
    out: W,
    rows: Vec<u8>,
    time: u64,
    sent: u64,
    failed: Option<io::Error>,
}

impl PartWriter<File> {
    /// Begins a part; or goes on with one, behind its last whole row.
    pub(crate) fn go_on(file: File) -> io::Result<Self> {
        let mut reader = PartReader::new(&file);
        let (mut sent, mut end) = (0, 0);
        while reader.look()?.is_some() {
            sent += u64::from(reader.row().is_some_and(|row| matches!(row.what, What::Send { .. })));
            end += reader.pass() as u64;
        }
        let time = reader.time;
        file.set_len(end)?;
        (&file).seek(SeekFrom::Start(end))?;
        Ok(PartWriter { out: file, rows: Vec::new(), time, sent, failed: None })
    }
}

impl<W: Write> PartWriter<W> {
    /// The first error that came up in writing.
    pub(crate) fn failed(&self) -> Option<&io::Error> {
        self.failed.as_ref()
    }

    /// How many messages have been sent.
    pub(crate) fn sent(&self) -> u64 {
        self.sent
    }

    /// Appends an event; the message in it is named by the number of its sending in its sender's part.  Returns that number, if
    /// the event is a sending; else that of the next.
    fn push(&mut self, time: u64, what: What<'_>) -> u64 {
        let number = self.sent;
        let parts = what.parts();
        let (kind, rows) = (parts.kind, &mut self.rows);
        rows.push(kind as u8 | if parts.text.is_some() { WORDED } else { 0 });
        let time = time.max(self.time);
        push(rows, time - self.time);
        self.time = time;
        if kind.has_origin() {
            push(rows, parts.message.unwrap_or_default());
        }
        if kind.has_port() {
            push(rows, parts.port);
        }
        if kind.has_detail() {
            push(rows, parts.detail);
        }
        if kind.has_amount() {
            push(rows, parts.amount);
        }
        if let Some(text) = parts.text {
            push(rows, text.len() as u64);
            rows.extend_from_slice(text.as_bytes());
        }
        self.sent += u64::from(kind == Kind::Send);
        number
    }
}

impl<W: Write> Pen for PartWriter<W> {
    #[inline]
    fn write(&mut self, event: Event<'_>) -> u64 {
        self.push(event.time, event.what)
    }

    /// A full disk must not end the run.
    fn flush(&mut self) {
        if !self.rows.is_empty() {
            if self.failed.is_none() {
                self.failed = self.out.write_all(&self.rows).err();
            }
            self.rows.clear();
        }
    }
}

/// Reads a part, as far as it has been written.
#[derive(Debug)]
pub(super) struct PartReader<R> {
    file: R,
    bytes: Vec<u8>,
    /// Where the next row begins.
    at: usize,
    time: u64,
}

/// A row.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) time: u64,
    pub(super) what: What<'a>,
    length: usize,
}

impl<R: Read> PartReader<R> {
    pub(super) fn new(file: R) -> Self {
        PartReader { file, bytes: Vec::new(), at: 0, time: 0 }
    }

    /// The time of the next row, if one is there; reads on as needed.
    pub(super) fn look(&mut self) -> io::Result<Option<u64>> {
        loop {
            if let Some(row) = self.row() {
                return Ok(Some(row.time));
            }
            self.bytes.drain(..self.at);
            self.at = 0;
            let before = self.bytes.len();
            self.bytes.resize(before + READ, 0);
            let read = loop {
                match self.file.read(&mut self.bytes[before..]) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    other => break other,
                }
            };
            self.bytes.truncate(before + *read.as_ref().unwrap_or(&0));
            if read? == 0 {
                return Ok(None);
            }
        }
    }

    /// The next row, if it has been read.
    pub(super) fn row(&self) -> Option<Row<'_>> {
        let bytes = self.bytes.get(self.at..)?;
        let mut rest = Bytes(bytes);
        let mark = rest.byte()?;
        let kind = *Kind::ALL.get(usize::from(mark & !WORDED))?;
        let time = self.time.checked_add(rest.varint()?)?;
        let mut parts = Parts::of(kind);
        if kind.has_origin() {
            parts.message = Some(rest.varint()?);
        }
        if kind.has_port() {
            parts.port = rest.varint()?;
        }
        if kind.has_detail() {
            parts.detail = rest.varint()?;
        }
        if kind.has_amount() {
            parts.amount = rest.varint()?;
        }
        if mark & WORDED != 0 {
            let length = rest.varint()?;
            parts.text = Some(core::str::from_utf8(rest.take(length)?).ok()?);
        }
        Some(Row { time, what: What::of(parts), length: bytes.len() - rest.0.len() })
    }

    /// Goes on behind the next row; returns how long it is.
    pub(super) fn pass(&mut self) -> usize {
        let (time, length) = self.row().map_or((self.time, 0), |row| (row.time, row.length));
        self.time = time;
        self.at += length;
        length
    }
}
