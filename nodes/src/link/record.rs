//! A record: a message, or a piece of one that is larger than a datagram, as it stands on the wire.
//!
//! `length*2 + piece` as LEB128; if it is a piece, its number and the length of the whole message; the stamp; the payload.  A
//! message of fewer than 64 bytes so has two bytes of its own: one of length, one of stamp.

use core::ops::Range;

use super::bytes::{Reader, Writer, varint_len};
use super::{MAX_MESSAGE, Malformed};

/// The payload of a piece, except the last.  A message that is no longer travels whole.
pub(super) const PIECE: usize = 1280;

/// The most that stands before a payload.
pub(super) const HEAD_MAX: usize = 2 + 2 + 3 + 10;

/// Which part of a larger message a record holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its number, from 0.
    pub(super) index: u32,
    /// The length of the whole message.
    pub(super) total: u32,
}

impl Piece {
    fn count(total: u32) -> u32 {
        total.div_ceil(PIECE as u32)
    }

    /// Whether the message ends with this one.
    pub(super) fn is_last(&self) -> bool {
        self.index + 1 == Piece::count(self.total)
    }

    /// Which part of the message it holds.
    pub(super) fn range(&self) -> Range<usize> {
        let start = self.index as usize * PIECE;
        start..(start + PIECE).min(self.total as usize)
    }

    /// How many bytes the records of the message take on the wire before this one, and altogether.
    pub(super) fn extent(&self, stamp: u64) -> (u64, u64) {
        let before = |index: u32| {
            // Numbers from 128 on take a second byte.
            let full = varint_len(PIECE as u64 * 2 + 1) + 1 + varint_len(self.total.into()) + varint_len(stamp) + PIECE;
            u64::from(index) * full as u64 + u64::from(index.saturating_sub(128))
        };
        let last = Piece { index: Piece::count(self.total) - 1, total: self.total };
        let head = record_head(Some(last), stamp, last.range().len());
        (before(self.index), before(last.index) + (head + last.range().len()) as u64)
    }
}

/// How many pieces a message of that length travels in; 1 if it goes whole.
pub(super) fn pieces(len: usize) -> u32 {
    if len <= PIECE { 1 } else { Piece::count(len as u32) }
}

/// What stands before the payload of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) stamp: u64,
    pub(super) piece: Option<Piece>,
    /// Where the payload is, in the bytes read from.
    pub(super) payload: Range<usize>,
}

impl Record {
    /// Reads the next record.
    #[inline]
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Record, Malformed> {
        Record::parse(reader).ok_or(Malformed)
    }

    #[inline]
    fn parse(reader: &mut Reader<'_>) -> Option<Record> {
        let head = reader.varint()?;
        let len = usize::try_from(head >> 1).ok()?;
        let piece = if head & 1 == 0 { None } else { Some(Record::parse_piece(reader, len)?) };
        if len > PIECE {
            return None;
        }
        let stamp = reader.varint()?;
        let start = reader.position();
        reader.skip(len)?;
        Some(Record { stamp, piece, payload: start..start + len })
    }

    fn parse_piece(reader: &mut Reader<'_>, len: usize) -> Option<Piece> {
        let (index, total) = (reader.varint()?, reader.varint()?);
        if total <= PIECE as u64 || total > MAX_MESSAGE as u64 || index >= Piece::count(total as u32).into() {
            return None;
        }
        let piece = Piece { index: index as u32, total: total as u32 };
        (piece.range().len() == len).then_some(piece)
    }
}

/// Writes what stands before a payload; returns how long that is.
#[inline]
pub(super) fn write_head(piece: Option<Piece>, stamp: u64, len: usize, into: &mut [u8; HEAD_MAX]) -> usize {
    let mut writer = Writer::new(into);
    writer.varint((len as u64) << 1 | u64::from(piece.is_some()));
    if let Some(piece) = piece {
        writer.varint(piece.index.into());
        writer.varint(piece.total.into());
    }
    writer.varint(stamp);
    writer.position()
}

fn record_head(piece: Option<Piece>, stamp: u64, len: usize) -> usize {
    let piece_len = piece.map_or(0, |piece| varint_len(piece.index.into()) + varint_len(piece.total.into()));
    varint_len((len as u64) << 1 | u64::from(piece.is_some())) + piece_len + varint_len(stamp)
}
