//! Writing a trace.

use std::io::{self, Write};

use super::block::Filling;
use super::frame::{self, Content};
use super::{Event, Header, MAGIC, VERSION, What};

/// A block is written when it has so many bytes.
const BLOCK: usize = 1 << 16;

/// Writes a trace, keeping one block in memory.
///
/// Writing does not fail: whoever records a run cannot do anything about a full disk while it goes on.  The first error is
/// kept, nothing more is written, and [`finish`](Writer::finish) gives it.
#[derive(Debug)]
pub struct Writer<W: Write> {
    out: W,
    filling: Filling,
    block: Vec<u8>,
    frame: Vec<u8>,
    sent: u64,
    failed: Option<io::Error>,
}

impl<W: Write> Writer<W> {
    /// Begins a trace.
    pub fn new(out: W, header: &Header) -> Self {
        let mut writer = Writer {
            out,
            filling: Filling::default(),
            block: Vec::new(),
            frame: [&MAGIC[..], &VERSION.to_le_bytes()].concat(),
            sent: 0,
            failed: None,
        };
        match serde_json::to_vec(header) {
            Ok(json) => frame::push(Content::Header, &json, &mut writer.frame),
            Err(cause) => writer.failed = Some(cause.into()),
        }
        writer.write_frame();
        writer
    }

    /// Appends an event.  Events must come in an order that respects happened-before; one whose time is before the last event's
    /// is given the latter.
    ///
    /// Returns the message's number, if it is the sending of one; else the number of the next.
    #[inline]
    pub fn push(&mut self, event: Event<'_>) -> u64 {
        let number = self.sent;
        self.filling.push(event, number);
        self.sent += u64::from(matches!(event.what, What::Send { .. }));
        if self.filling.len() >= BLOCK {
            self.flush_block();
        }
        number
    }

    /// Lets what has been recorded be read, up to here.
    pub fn flush(&mut self) {
        self.flush_block();
        if self.failed.is_none()
            && let Err(error) = self.out.flush()
        {
            self.failed = Some(error);
        }
    }

    #[cold]
    fn flush_block(&mut self) {
        if !self.filling.is_empty() {
            self.block.clear();
            self.filling.take(&mut self.block);
            frame::push(Content::Block, &self.block, &mut self.frame);
            self.write_frame();
        }
    }

    fn write_frame(&mut self) {
        if self.failed.is_none()
            && let Err(error) = self.out.write_all(&self.frame)
        {
            self.failed = Some(error);
        }
        self.frame.clear();
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// The first that came up since the beginning.
    pub fn finish(mut self) -> io::Result<W> {
        self.flush();
        match self.failed {
            None => Ok(self.out),
            Some(error) => Err(error),
        }
    }
}
