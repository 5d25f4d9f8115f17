//! The receiving half of a [`Fifo`](super::Guarantee::Fifo) or [`Reliable`](super::Guarantee::Reliable) link: puts the stream
//! of records together again.
//!
//! What arrives in order is delivered at once.  What arrives beyond a gap is kept in a window of bounded size at the place that
//! its offset gives it, and on a `Reliable` link delivered too; the sender learns of it by the ranges of an acknowledgement.

use core::ops::Range;

use super::byte_ring::ByteRing;
use super::bytes::Reader;
use super::deliveries::Deliveries;
use super::ranges::{Place, Ranges};
use super::record::Record;
use super::{INITIAL_WINDOW, INITIAL_WINDOW_RECORDS, LinkId, Malformed, Window};

/// What a message that waits for the engine takes besides its bytes.
const WAITING: u64 = 32;

/// What came of a run of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// It continues the stream.
    InOrder,
    /// It is kept until a gap before it is closed.
    Beyond,
    /// It had arrived before.
    Known,
    /// There is no room for it: it counts as lost.
    NoRoom,
}

const INITIAL: Window = Window { bytes: INITIAL_WINDOW, records: INITIAL_WINDOW_RECORDS };

/// The receiving half of a stream.
#[derive(Clone, Debug)]
pub(super) struct Receiver {
    /// Whether messages are delivered in the order of sending.
    ordered: bool,
    /// Everything before this offset has arrived, and was delivered or put into `message`.
    next: u64,
    /// How many records that is.
    records: u64,
    /// What has arrived beyond, and the bytes of it.
    ranges: Ranges,
    beyond: ByteRing,
    /// The message of which the first pieces lie before `next`.
    message: Option<Box<Partial>>,
    /// Where messages in pieces lie that were delivered though something before them is missing.
    early: Vec<(u64, u64)>,
    /// What the engine has not yet taken.
    untaken_bytes: u64,
    untaken_records: u64,
    /// The limits that the peer was last told, and how much room that gave it.
    told: Window,
    room: Window,
}

/// A message that arrives in pieces.
#[derive(Clone, Debug)]
struct Partial {
    total: u32,
    /// The number of the piece that comes next.
    index: u32,
    bytes: Vec<u8>,
}

impl Receiver {
    pub(super) fn new(ordered: bool) -> Self {
        Receiver {
            ordered,
            next: 0,
            records: 0,
            ranges: Ranges::default(),
            beyond: ByteRing::default(),
            message: None,
            early: Vec::new(),
            untaken_bytes: 0,
            untaken_records: 0,
            told: INITIAL,
            room: INITIAL,
        }
    }

    /// Everything before this offset has arrived.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// What has arrived beyond.
    pub(super) fn ranges(&self) -> &[(u64, u64)] {
        self.ranges.as_slice()
    }

    /// The peer is now told up to where it may send.
    pub(super) fn limits_told(&mut self, window: Window) {
        self.told = self.limits(window);
        self.room = self.room_left();
    }

    /// What the peer may still send, as far as it knows.
    fn room_left(&self) -> Window {
        Window { bytes: self.told.bytes.saturating_sub(self.next), records: self.told.records.saturating_sub(self.records) }
    }

    /// Whether the peer should be told at once that it may send more: it has used a quarter of its room, and would get a
    /// quarter of the window.
    pub(super) fn must_tell(&self, window: Window) -> bool {
        let (limits, left) = (self.limits(window), self.room_left());
        let bytes = (limits.bytes - self.told.bytes, window.bytes, left.bytes, self.room.bytes);
        let records = (limits.records - self.told.records, window.records, left.records, self.room.records);
        [bytes, records].into_iter().any(|(more, window, left, room)| more >= window / 4 && left <= room / 4 * 3)
    }

    /// Up to where the peer may send.
    pub(super) fn limits(&self, window: Window) -> Window {
        Window {
            bytes: (self.next + window.bytes).saturating_sub(self.untaken_bytes).max(self.told.bytes),
            records: (self.records + window.records).saturating_sub(self.untaken_records).max(self.told.records),
        }
    }

    /// The engine has taken a message.
    pub(super) fn taken(&mut self, len: usize) {
        self.untaken_bytes = self.untaken_bytes.saturating_sub(len as u64 + WAITING);
        self.untaken_records = self.untaken_records.saturating_sub(1);
    }

    /// Takes a run of records that starts at that offset of the stream.
    ///
    /// The peer cuts its stream once and for all, so a run overlaps what is known wholly or not at all.
    pub(super) fn on_run(
        &mut self,
        link: LinkId,
        start: u64,
        run: &[u8],
        max_message: usize,
        out: &mut Deliveries,
    ) -> Result<Arrival, Malformed> {
        let end = start.checked_add(run.len() as u64).ok_or(Malformed)?;
        if run.is_empty() || (start < self.next && self.next < end) {
            return Err(Malformed);
        }
        if end <= self.next {
            return Ok(Arrival::Known);
        }
        let index = match self.ranges.place(start, end) {
            Place::Known => return Ok(Arrival::Known),
            Place::Overlaps => return Err(Malformed),
            Place::New(index) => index,
        };
        if end > self.told.bytes {
            return Ok(Arrival::NoRoom);
        }
        if start == self.next {
            let stored = out.store(run, &[]);
            self.advance(link, stored, true, max_message, out)?;
            while let Some(end) = self.ranges.take_from(self.next) {
                let (front, back) = self.beyond.read(self.next, (end - self.next) as usize);
                let stored = out.store(front, back);
                self.advance(link, stored, self.ordered, max_message, out)?;
            }
            self.beyond.release(self.next);
            if !self.early.is_empty() {
                self.early.retain(|early| early.1 > self.next);
            }
            return Ok(Arrival::InOrder);
        }
        let mut reader = Reader::new(run);
        while !reader.is_empty() {
            Record::read(&mut reader, max_message)?;
        }
        if !self.ranges.insert(index, start, end) {
            return Ok(Arrival::NoRoom);
        }
        self.beyond.release(self.next);
        self.beyond.write(start, run);
        if !self.ordered {
            self.deliver_early(link, start, run, max_message, out)?;
        }
        Ok(Arrival::Beyond)
    }

    /// The stream goes on with the stored records; whole messages among them are delivered unless they were before.
    fn advance(
        &mut self,
        link: LinkId,
        stored: Range<usize>,
        whole: bool,
        max_message: usize,
        out: &mut Deliveries,
    ) -> Result<(), Malformed> {
        let mut at = 0;
        while stored.start + at < stored.end {
            let mut reader = Reader::new(&out.stored(stored.clone())[at..]);
            let record = Record::read(&mut reader, max_message)?;
            let len = reader.position();
            let payload = stored.start + at + record.payload.start..stored.start + at + record.payload.end;
            if record.piece.is_some() {
                self.join(link, &record, payload, out)?;
            } else if whole {
                self.deliver(link, record.stamp, payload, out);
            }
            at += len;
            self.next += len as u64;
            self.records += 1;
        }
        Ok(())
    }

    fn deliver(&mut self, link: LinkId, stamp: u64, payload: Range<usize>, out: &mut Deliveries) {
        self.untaken_bytes += payload.len() as u64 + WAITING;
        self.untaken_records += 1;
        out.push(link, stamp, payload, false);
    }

    /// The piece at `next` joins those before it.
    fn join(&mut self, link: LinkId, record: &Record, payload: Range<usize>, out: &mut Deliveries) -> Result<(), Malformed> {
        let Some(piece) = record.piece else { return Ok(()) };
        let start = self.next.checked_sub(piece.extent(record.stamp).0).ok_or(Malformed)?;
        if self.early.iter().any(|early| early.0 == start) {
            return Ok(());
        }
        if piece.index == 0 {
            self.message = Some(Box::new(Partial { total: piece.total, index: 0, bytes: Vec::new() }));
        }
        let message = self.message.as_mut().filter(|message| (message.total, message.index) == (piece.total, piece.index));
        let message = message.ok_or(Malformed)?;
        message.bytes.extend_from_slice(out.stored(payload));
        message.index += 1;
        if piece.is_last()
            && let Some(message) = self.message.take()
        {
            let whole = out.store(&message.bytes, &[]);
            self.deliver(link, record.stamp, whole, out);
        }
        Ok(())
    }

    /// Delivers what is complete in a run beyond a gap.
    fn deliver_early(
        &mut self,
        link: LinkId,
        start: u64,
        run: &[u8],
        max_message: usize,
        out: &mut Deliveries,
    ) -> Result<(), Malformed> {
        let stored = out.store(run, &[]);
        let mut reader = Reader::new(run);
        while !reader.is_empty() {
            let at = start + reader.position() as u64;
            let record = Record::read(&mut reader, max_message)?;
            match record.piece {
                None => {
                    let payload = stored.start + record.payload.start..stored.start + record.payload.end;
                    self.deliver(link, record.stamp, payload, out);
                }
                Some(piece) => {
                    let (before, total) = piece.extent(record.stamp);
                    let first = at.checked_sub(before).ok_or(Malformed)?;
                    self.deliver_pieces(link, first, first + total, max_message, out)?;
                }
            }
        }
        Ok(())
    }

    /// Delivers the message that lies there in pieces, if all have arrived.
    fn deliver_pieces(
        &mut self,
        link: LinkId,
        start: u64,
        end: u64,
        max_message: usize,
        out: &mut Deliveries,
    ) -> Result<(), Malformed> {
        if start < self.next || self.ranges.place(start, end) != Place::Known || self.early.contains(&(start, end)) {
            return Ok(());
        }
        let (front, back) = self.beyond.read(start, (end - start) as usize);
        let stored = out.store(front, back);
        let mut bytes = Vec::new();
        let mut reader = Reader::new(out.stored(stored.clone()));
        let mut stamp = 0;
        while !reader.is_empty() {
            let record = Record::read(&mut reader, max_message)?;
            let piece = record.piece.filter(|piece| piece.range().start == bytes.len()).ok_or(Malformed)?;
            stamp = record.stamp;
            bytes.extend_from_slice(&out.stored(stored.clone())[record.payload.clone()]);
            if piece.is_last() != reader.is_empty() {
                return Err(Malformed);
            }
        }
        let whole = out.store(&bytes, &[]);
        self.early.push((start, end));
        self.deliver(link, stamp, whole, out);
        Ok(())
    }
}
