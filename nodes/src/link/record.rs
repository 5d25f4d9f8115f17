//! A record: a message, or a piece of one that is larger than a datagram, as it stands on the wire.
//!
//! `length*2 + piece` as LEB128; if it is a piece, its number and the length of the whole message; the stamp; the payload.  A
//! message of fewer than 64 bytes so has two bytes of its own: one of length, one of stamp.

use core::ops::Range;

use super::bytes::{Reader, Writer, varint_len};
use super::{LARGEST_MAX_MESSAGE, Malformed};

/// The payload of a piece, except the last.  A message that is no longer travels whole.
pub(super) const PIECE: usize = 1280;

/// The most that stands before a payload.
pub(super) const HEAD_MAX: usize = 2 + 3 + 5 + 10;

const _: () = {
    assert!(varint_len(PIECE as u64 * 2 + 1) == 2);
    assert!(varint_len((LARGEST_MAX_MESSAGE / PIECE) as u64) == 3);
    assert!(varint_len(LARGEST_MAX_MESSAGE as u64) == 5);
};

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
            // Numbers from 128 on take a second byte, those from 128 * 128 on a third.
            let full = varint_len(PIECE as u64 * 2 + 1) + 1 + varint_len(self.total.into()) + varint_len(stamp) + PIECE;
            let more = index.saturating_sub(128) + index.saturating_sub(128 * 128);
            u64::from(index) * full as u64 + u64::from(more)
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
    /// Reads the next record, of a message that may have so many bytes.
    #[inline]
    pub(super) fn read(reader: &mut Reader<'_>, max_message: usize) -> Result<Record, Malformed> {
        Record::parse(reader, max_message).ok_or(Malformed)
    }

    #[inline]
    fn parse(reader: &mut Reader<'_>, max_message: usize) -> Option<Record> {
        let head = reader.varint()?;
        let len = usize::try_from(head >> 1).ok()?;
        let piece = if head & 1 == 0 { None } else { Some(Record::parse_piece(reader, len, max_message)?) };
        if len > PIECE {
            return None;
        }
        let stamp = reader.varint()?;
        let start = reader.position();
        reader.skip(len)?;
        Some(Record { stamp, piece, payload: start..start + len })
    }

    fn parse_piece(reader: &mut Reader<'_>, len: usize, max_message: usize) -> Option<Piece> {
        let (index, total) = (reader.varint()?, reader.varint()?);
        if total <= PIECE as u64 || total > max_message as u64 || index >= Piece::count(total as u32).into() {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::DEFAULT_MAX_MESSAGE;
    use super::*;

    /// A message as records, one after the other.
    fn write(stamp: u64, message: &[u8]) -> Vec<Vec<u8>> {
        let count = pieces(message.len());
        (0..count)
            .map(|index| {
                let piece = (count > 1).then_some(Piece { index, total: message.len() as u32 });
                let part = &message[piece.map_or(0..message.len(), |piece| piece.range())];
                let mut head = [0; HEAD_MAX];
                let len = write_head(piece, stamp, part.len(), &mut head);
                [&head[..len], part].concat()
            })
            .collect()
    }

    proptest! {
        #[test]
        fn messages_come_back(stamp: u64, len in prop_oneof![0usize..3000, 0..=DEFAULT_MAX_MESSAGE]) {
            let message: Vec<u8> = (0..len).map(|i| (i ^ i >> 8) as u8).collect();
            let records = write(stamp, &message);
            let whole: u64 = records.iter().map(|record| record.len() as u64).sum();
            let (mut back, mut at) = (Vec::new(), 0);
            for bytes in &records {
                let mut reader = Reader::new(bytes);
                let record = Record::read(&mut reader, DEFAULT_MAX_MESSAGE).expect("it was written right");
                prop_assert!(reader.is_empty());
                prop_assert_eq!(record.stamp, stamp);
                prop_assert!(record.payload.len() <= PIECE && record.payload.start <= HEAD_MAX);
                if let Some(piece) = record.piece {
                    prop_assert_eq!(piece.extent(stamp), (at, whole), "where it stands in its message");
                }
                back.extend_from_slice(&bytes[record.payload]);
                at += bytes.len() as u64;
            }
            prop_assert_eq!(back, message);
        }

        #[test]
        fn anything_may_be_read(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let mut reader = Reader::new(&bytes);
            while let Ok(record) = Record::read(&mut reader, LARGEST_MAX_MESSAGE) {
                prop_assert!(record.payload.end <= bytes.len());
                prop_assert!(record.piece.is_none_or(|piece| piece.range().len() == record.payload.len()));
            }
        }
    }

    /// Where the number of a piece takes one byte more, and at the end of the largest message.
    #[test]
    fn a_piece_of_a_large_message_knows_where_it_stands() {
        for total in [1 << 20, 129 * PIECE, (128 * 128 + 1) * PIECE, 45 << 20, LARGEST_MAX_MESSAGE - 1, LARGEST_MAX_MESSAGE] {
            let head = |index| {
                let piece = Piece { index, total: total as u32 };
                let (mut head, len) = ([0; HEAD_MAX], piece.range().len());
                write_head(Some(piece), u64::MAX, len, &mut head) + len
            };
            let starts = (0..pieces(total)).scan(0, |at, index| Some(std::mem::replace(at, *at + head(index) as u64)));
            let whole = (0..pieces(total)).map(|index| head(index) as u64).sum();
            for (index, start) in starts.enumerate() {
                let piece = Piece { index: index as u32, total: total as u32 };
                assert_eq!(piece.extent(u64::MAX), (start, whole), "piece {index} of {total} bytes");
            }
        }
    }

    #[test]
    fn a_small_message_has_two_bytes_of_its_own() {
        assert_eq!(write(5, &[9; 63]), [[&[126, 5][..], &[9; 63]].concat()]);
        assert_eq!(write(5, &[9; 64])[0].len(), 64 + 3);
    }

    #[test]
    fn pieces_that_cannot_be_are_refused() {
        let good = write(0, &[1; 2000]).remove(1);
        assert!(Record::read(&mut Reader::new(&good), 2000).is_ok());
        assert_eq!(good[..6], [0xa1, 0x0b, 1, 0xd0, 0x0f, 0], "720 * 2 + 1, piece 1, of 2000 bytes, stamp 0");
        assert!(Record::read(&mut Reader::new(&good), 1999).is_err(), "of a message that is too large");
        // Another piece; a message that would go whole; one with a longer piece; another length.
        for (at, to) in [(2, 2), (2, 0), (4, 1), (4, 0x7f), (0, 0xa3)] {
            let mut bad = good.clone();
            bad[at] = to;
            assert!(Record::read(&mut Reader::new(&bad), 2000).is_err(), "byte {at} is {to}");
        }
    }
}
