//! What a datagram is made of: a header that says for whom it is, then frames.

use super::bytes::{Reader, VARINT_MAX, Writer, varint_len};
use super::mac::MAC;
use super::ranges::MAX_RANGES;
use super::{DATAGRAM, Guarantee, Malformed};

/// How many bytes the header takes, without the MAC before it.
pub(super) const HEADER: usize = 1 + 4 * 4;
/// The longest run of records, so that it fits into the smallest datagram together with everything that must or mostly does go
/// with it.
pub(super) const RUN_MAX: usize = DATAGRAM - MAC - HEADER - NUMBER_MAX - RUN_HEAD_MAX - SKIP_MAX - ACK_PLAIN_MAX;
/// The most that a `Number` frame takes.
pub(super) const NUMBER_MAX: usize = 1 + VARINT_MAX;
/// The most that stands before the records of a `Run`.
pub(super) const RUN_HEAD_MAX: usize = 1 + VARINT_MAX + 2;
/// The most that a `Skip` takes.
pub(super) const SKIP_MAX: usize = 1 + VARINT_MAX;
/// An acknowledgement without ranges takes no more, unless its numbers are astronomic: then it goes alone.
pub(super) const ACK_PLAIN_MAX: usize = 36;

/// The first bit pattern of the header: the format's version.
const VERSION: u8 = 0xA0;

const NUMBER: u8 = 1;
const NUMBER_SOON: u8 = 6;
const ACK: u8 = 2;
const RUN: u8 = 3;
const SKIP: u8 = 4;
const PING: u8 = 5;

/// For whom a datagram is, and from which life of whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// What both ends hold the link for.
    pub(super) guarantee: Guarantee,
    /// The endpoint that it is for.
    pub(super) endpoint: u32,
    /// The link end there.  Who is at the other end follows from it.
    pub(super) link: u32,
    /// The sender's incarnation.
    pub(super) from: u32,
    /// The receiver's, as far as the sender knows.
    pub(super) to: u32,
}

impl Header {
    pub(super) fn write(&self, writer: &mut Writer<'_>) {
        writer.byte(VERSION | self.guarantee as u8);
        for word in [self.endpoint, self.link, self.from, self.to] {
            writer.word(word);
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Header> {
        let first = reader.byte()?;
        let guarantee = Guarantee::ALL.into_iter().find(|guarantee| VERSION | *guarantee as u8 == first)?;
        let mut word = || reader.word();
        Some(Header { guarantee, endpoint: word()?, link: word()?, from: word()?, to: word()? })
    }
}

/// An acknowledgement.  Repeating one, or an older one coming late, changes nothing: all its numbers only grow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ack {
    /// The highest number of a datagram that has arrived; 0: none.
    pub(super) largest: u64,
    /// How long ago that was, in microseconds.
    pub(super) delay: u64,
    /// Everything before has arrived (a stream's offset), or will not be taken any more (a `Lossy` link's message number).
    pub(super) next: u64,
    /// A stream's bytes may be sent up to here; of a `Lossy` link: how many messages were delivered.
    pub(super) limit: u64,
    /// A stream's records may be sent up to this count; of a `Lossy` link: how many of those before `next` were lost.
    pub(super) records: u64,
}

/// A frame.
#[derive(Clone, Debug)]
pub(super) enum Frame<'a> {
    /// The datagram's number: it asks for an acknowledgement, and whether soon.
    Number(u64, bool),
    /// What has arrived, and the ranges beyond.
    Ack(Ack, AckRanges<'a>),
    /// Records, the first of which stands at this offset (a stream) or has this number (`Lossy`).
    Run { start: u64, records: &'a [u8] },
    /// Messages before this number will not come any more (`Lossy`).
    Skip(u64),
    /// Asks for an acknowledgement, for there is nothing else to send.
    Ping,
}

/// The ranges of an acknowledgement, still in their encoding, which is known to be right.
#[derive(Clone, Debug)]
pub(super) struct AckRanges<'a> {
    reader: Reader<'a>,
    end: u64,
}

impl Iterator for AckRanges<'_> {
    type Item = (u64, u64);

    fn next(&mut self) -> Option<(u64, u64)> {
        let start = self.end.checked_add(self.reader.varint()?)?;
        self.end = start.checked_add(self.reader.varint()?)?;
        Some((start, self.end))
    }
}

impl<'a> Frame<'a> {
    /// Reads the next frame.
    pub(super) fn read(bytes: &'a [u8], reader: &mut Reader<'a>) -> Result<Frame<'a>, Malformed> {
        Frame::parse(bytes, reader).ok_or(Malformed)
    }

    fn parse(bytes: &'a [u8], reader: &mut Reader<'a>) -> Option<Frame<'a>> {
        Some(match reader.byte()? {
            kind @ (NUMBER | NUMBER_SOON) => Frame::Number(reader.varint()?, kind == NUMBER_SOON),
            ACK => {
                let mut number = || reader.varint();
                let ack = Ack { largest: number()?, delay: number()?, next: number()?, limit: number()?, records: number()? };
                let limit = ack.next.checked_add(ack.limit)?;
                let count = usize::try_from(number()?).ok().filter(|count| *count <= MAX_RANGES)?;
                let start = reader.position();
                let mut end = ack.next;
                for _ in 0..count {
                    let (gap, len) = (reader.varint()?, reader.varint()?);
                    if gap == 0 || len == 0 {
                        return None;
                    }
                    end = end.checked_add(gap)?.checked_add(len)?;
                }
                let ranges = AckRanges { reader: Reader::new(&bytes[start..reader.position()]), end: ack.next };
                Frame::Ack(Ack { limit, ..ack }, ranges)
            }
            RUN => {
                let start = reader.varint()?;
                let len = reader.varint()?;
                let records = reader.take(usize::try_from(len).ok()?)?;
                start.checked_add(len)?;
                Frame::Run { start, records }
            }
            SKIP => Frame::Skip(reader.varint()?),
            PING => Frame::Ping,
            _ => return None,
        })
    }
}

pub(super) fn write_number(writer: &mut Writer<'_>, number: u64, soon: bool) {
    writer.byte(if soon { NUMBER_SOON } else { NUMBER });
    writer.varint(number);
}

pub(super) fn write_skip(writer: &mut Writer<'_>, before: u64) {
    writer.byte(SKIP);
    writer.varint(before);
}

pub(super) fn write_ping(writer: &mut Writer<'_>) {
    writer.byte(PING);
}

/// Begins a run: its records, `len` bytes, are to be filled in.
pub(super) fn write_run<'a>(writer: &'a mut Writer<'_>, start: u64, len: usize) -> &'a mut [u8] {
    writer.byte(RUN);
    writer.varint(start);
    writer.varint(len as u64);
    writer.space(len)
}

/// `ack.limit` is not below `ack.next`.
pub(super) fn write_ack(writer: &mut Writer<'_>, ack: &Ack, ranges: &[(u64, u64)]) {
    writer.byte(ACK);
    for number in [ack.largest, ack.delay, ack.next, ack.limit - ack.next, ack.records, ranges.len() as u64] {
        writer.varint(number);
    }
    let mut end = ack.next;
    for range in ranges {
        writer.varint(range.0 - end);
        writer.varint(range.1 - range.0);
        end = range.1;
    }
}

/// How many bytes the acknowledgement takes.
pub(super) fn ack_len(ack: &Ack, ranges: &[(u64, u64)]) -> usize {
    let numbers = [ack.largest, ack.delay, ack.next, ack.limit - ack.next, ack.records, ranges.len() as u64];
    let mut len = 1 + numbers.into_iter().map(varint_len).sum::<usize>();
    let mut end = ack.next;
    for range in ranges {
        len += varint_len(range.0 - end) + varint_len(range.1 - range.0);
        end = range.1;
    }
    len
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(write: impl FnOnce(&mut Writer<'_>)) -> Vec<u8> {
        let mut bytes = [0; DATAGRAM];
        let mut writer = Writer::new(&mut bytes);
        write(&mut writer);
        let len = writer.position();
        bytes[..len].to_vec()
    }

    fn read(bytes: &[u8]) -> Result<Frame<'_>, Malformed> {
        let mut reader = Reader::new(bytes);
        let frame = Frame::read(bytes, &mut reader)?;
        assert!(reader.is_empty());
        Ok(frame)
    }

    proptest! {
        #[test]
        fn acknowledgements_come_back(
            numbers: [u32; 5],
            parts in proptest::collection::vec((1u64..5000, 1u64..5000), 0..=MAX_RANGES),
        ) {
            let [largest, delay, next, more, records] = numbers.map(u64::from);
            let ack = Ack { largest, delay, next, limit: next + more, records };
            let mut end = next;
            let ranges: Vec<(u64, u64)> = parts.iter().map(|(gap, len)| { end += gap + len; (end - len, end) }).collect();
            let bytes = written(|writer| write_ack(writer, &ack, &ranges));
            prop_assert_eq!(bytes.len(), ack_len(&ack, &ranges));
            let Ok(Frame::Ack(back, list)) = read(&bytes) else { return Err(TestCaseError::fail("not read")) };
            prop_assert_eq!(back, ack);
            prop_assert_eq!(list.collect::<Vec<_>>(), ranges);
            for len in 0..bytes.len() {
                prop_assert!(Frame::read(&bytes[..len], &mut Reader::new(&bytes[..len])).is_err(), "cut to {}", len);
            }
        }

        #[test]
        fn headers_come_back(words: [u32; 4], which in 0usize..3) {
            let [endpoint, link, from, to] = words;
            let header = Header { guarantee: Guarantee::ALL[which], endpoint, link, from, to };
            let bytes = written(|writer| header.write(writer));
            prop_assert_eq!(bytes.len(), HEADER);
            prop_assert_eq!(Header::read(&mut Reader::new(&bytes)), Some(header));
            prop_assert_eq!(Header::read(&mut Reader::new(&bytes[1..])), None);
        }

        #[test]
        fn anything_may_be_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut reader = Reader::new(&bytes);
            let mut position = 0;
            while let Ok(frame) = Frame::read(&bytes, &mut reader) {
                prop_assert!(reader.position() > position, "it goes on");
                position = reader.position();
                if let Frame::Ack(ack, ranges) = frame {
                    let mut end = ack.next;
                    for range in ranges {
                        prop_assert!(end < range.0 && range.0 < range.1);
                        end = range.1;
                    }
                }
            }
        }
    }

    #[test]
    fn the_largest_run_fits_beside_a_plain_acknowledgement() {
        let mut bytes = [0; DATAGRAM - MAC];
        let mut writer = Writer::new(&mut bytes);
        Header { guarantee: Guarantee::Fifo, endpoint: u32::MAX, link: u32::MAX, from: u32::MAX, to: u32::MAX }
            .write(&mut writer);
        let large = 1 << 40;
        let ack = Ack { largest: large, delay: 1 << 20, next: large, limit: large + (1 << 28), records: large };
        assert!(ack_len(&ack, &[]) <= ACK_PLAIN_MAX);
        write_ack(&mut writer, &ack, &[]);
        write_number(&mut writer, u64::MAX, true);
        write_skip(&mut writer, u64::MAX);
        write_run(&mut writer, u64::MAX - RUN_MAX as u64, RUN_MAX).fill(1);
        const { assert!(super::super::record::PIECE + super::super::record::HEAD_MAX <= RUN_MAX) };
    }
}
