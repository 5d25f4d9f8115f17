//! Both halves of a [`Lossy`](super::Guarantee::Lossy) link: messages are numbered and acknowledged but never resent, so that
//! in the end both sides agree on what became of each.
//!
//! The sender waits for a message no longer than the retransmission timeout.  Then it tells the receiver to *skip* it, again
//! and again until the receiver says so; a message that comes later still is dropped.  So "lost" is true on both sides.

use core::time::Duration;
use std::collections::VecDeque;

use super::byte_ring::ByteRing;
use super::bytes::{Reader, Writer};
use super::deliveries::Deliveries;
use super::frame::{Ack, RUN_HEAD_MAX, RUN_MAX, write_run};
use super::record::{HEAD_MAX, PIECE, Piece, Record, pieces, write_head};
use super::sender::Progress;
use super::state::Common;
use super::{LinkId, Malformed};

/// How many messages lie between the first that is not accounted for and the last sent, at most.
pub(super) const WINDOW: u64 = 8192;

/// How many messages that come in pieces are put together at the same time; the oldest gives way.
const PARTIALS: usize = 4;

/// How much of them may be there, in bytes, besides one of the largest messages; the oldest gives way.
const PARTIAL_BYTES: usize = 4 << 20;

/// How much besides a window may wait for the engine to take it, in bytes; what comes then is dropped.
const UNTAKEN: u64 = 1 << 20;

/// What a message that waits counts for: a large one leaves room for those that came with it.
fn waiting(len: usize) -> u64 {
    (len as u64).min(UNTAKEN) + 32
}

/// A datagram's worth of records that waits.
#[derive(Clone, Debug)]
struct Segment {
    /// The number of its first message, and of the first after it.
    first: u64,
    after: u64,
    len: u16,
    /// It holds a piece of a message, which travels alone.
    piece: bool,
}

/// A datagram that is on its way.
#[derive(Clone, Debug)]
struct Flight {
    number: u64,
    /// Messages before this number had all been sent then.
    before: u64,
    sent: Duration,
    bytes: u64,
}

/// The sending half.
#[derive(Clone, Debug, Default)]
pub(super) struct LossySender {
    records: ByteRing,
    waiting: VecDeque<Segment>,
    /// Those whose messages are not all accounted for.  The first so many are no longer on their way: a later one has arrived.
    flights: VecDeque<Flight>,
    landed: usize,
    flying_bytes: u64,
    /// The number of the next message that is queued, and how many have been sent.
    queued: u64,
    sent: u64,
    /// The receiver has told what became of every message before this number.
    settled: u64,
    lost: u64,
    /// The receiver shall not wait for messages before this number.
    skip: u64,
    /// When it was last told so.
    skip_sent: Option<Duration>,
}

impl LossySender {
    /// Queues a message; returns how many bytes that takes.
    pub(super) fn push(&mut self, stamp: u64, payload: &[u8]) -> usize {
        let before = self.records.end();
        let count = pieces(payload.len());
        for index in 0..count {
            let piece = (count > 1).then_some(Piece { index, total: payload.len() as u32 });
            let part = piece.map_or(0..payload.len(), |piece| piece.range());
            self.push_record(piece, stamp, &payload[part]);
        }
        self.queued += 1;
        (self.records.end() - before) as usize
    }

    fn push_record(&mut self, piece: Option<Piece>, stamp: u64, payload: &[u8]) {
        let mut head = [0; HEAD_MAX];
        let head_len = write_head(piece, stamp, payload.len(), &mut head);
        let len = (head_len + payload.len()) as u16;
        self.records.push(&head[..head_len]);
        self.records.push(payload);
        let after = self.queued + u64::from(piece.is_none_or(|piece| piece.is_last()));
        match self.waiting.back_mut() {
            Some(last) if piece.is_none() && !last.piece && usize::from(last.len + len) <= RUN_MAX => {
                last.len += len;
                last.after = after;
            }
            _ => self.waiting.push_back(Segment { first: self.queued, after, len, piece: piece.is_some() }),
        }
    }

    /// How many bytes wait to be sent.
    pub(super) fn queued_bytes(&self) -> usize {
        self.records.len()
    }

    fn allows(&self, segment: &Segment, window: u64) -> bool {
        segment.after <= self.skip.max(self.settled) + WINDOW
            && (self.flights.is_empty() || self.flying_bytes + u64::from(segment.len) <= window)
    }

    /// Whether a segment could be sent now, or a skip must be told.
    pub(super) fn has_work(&self, window: u64) -> bool {
        self.waiting.front().is_some_and(|segment| self.allows(segment, window))
            || (self.must_skip() && self.skip_sent.is_none())
    }

    /// What the receiver shall skip, if it has not said that it did.
    pub(super) fn skip(&self) -> Option<u64> {
        self.must_skip().then_some(self.skip)
    }

    fn must_skip(&self) -> bool {
        self.skip > self.settled
    }

    /// The skip was written into a datagram.
    pub(super) fn skip_told(&mut self, now: Duration) {
        self.skip_sent = Some(now);
    }

    /// When patience ends: with the oldest datagram, or with the skip.
    pub(super) fn deadline(&self, timeout: Duration) -> Option<Duration> {
        let skip = self.skip_sent.filter(|_| self.must_skip()).map(|sent| sent + timeout);
        let flight = self.flights.front().map(|flight| flight.sent + timeout);
        skip.into_iter().chain(flight).min()
    }

    /// Gives up what was sent too long ago.
    pub(super) fn expire(&mut self, now: Duration, timeout: Duration) {
        while let Some(first) = self.flights.front().filter(|first| first.sent + timeout <= now) {
            self.skip = self.skip.max(first.before);
            self.skip_sent = None;
            self.forget_first();
        }
        if self.skip_sent.is_some_and(|sent| sent + timeout <= now) {
            self.skip_sent = None;
        }
    }

    /// The first flight is no longer waited for.
    fn forget_first(&mut self) {
        self.land(1);
        self.flights.pop_front();
        self.landed -= 1;
    }

    /// The first so many flights are no longer on their way.
    fn land(&mut self, count: usize) {
        while self.landed < count {
            self.flying_bytes -= self.flights[self.landed].bytes;
            self.landed += 1;
        }
    }

    /// Writes segments into the datagram of that number, as many as fit; whether there were any.
    pub(super) fn fill(&mut self, now: Duration, number: u64, window: u64, writer: &mut Writer<'_>) -> bool {
        let mut flight = Flight { number, before: 0, sent: now, bytes: 0 };
        while let Some(segment) = self.waiting.front().filter(|segment| self.allows(segment, window)) {
            let len = usize::from(segment.len);
            if writer.room() < RUN_HEAD_MAX + len {
                break;
            }
            let start = self.records.end() - self.records.len() as u64;
            self.records.copy(start, write_run(writer, segment.first, len));
            self.records.release(start + len as u64);
            self.sent = segment.after;
            flight.bytes += len as u64;
            self.flying_bytes += len as u64;
            self.waiting.pop_front();
        }
        let any = flight.bytes > 0;
        if any {
            flight.before = self.sent;
            self.flights.push_back(flight);
        }
        any
    }

    /// Takes an acknowledgement.
    pub(super) fn on_ack(&mut self, ack: &Ack) -> Result<Progress, Malformed> {
        if ack.next > self.sent || ack.records > ack.next {
            return Err(Malformed);
        }
        self.land(self.flights.partition_point(|flight| flight.number <= ack.largest));
        let mut progress = Progress::default();
        if ack.next > self.settled {
            let messages = (ack.next - ack.records).checked_sub(self.settled - self.lost).ok_or(Malformed)?;
            let lost = ack.records.checked_sub(self.lost).ok_or(Malformed)?;
            self.settled = ack.next;
            self.lost = ack.records;
            progress = Progress { news: true, messages, lost };
        }
        while self.landed > 0 && self.flights[0].before <= self.settled {
            self.forget_first();
        }
        Ok(progress)
    }
}

/// The receiving half.
#[derive(Clone, Debug, Default)]
pub(super) struct LossyReceiver {
    /// Messages before this number have arrived or are not taken any more; so many of them were lost.
    next: u64,
    lost: u64,
    /// Which have arrived, by number: from `WINDOW` before `next` to `WINDOW` behind.  Made when the first comes.
    arrived: Box<[u64]>,
    partials: Vec<Partial>,
    untaken: u64,
}

/// A message that arrives in pieces.  Its memory grows with what has arrived: the length that it claims may be anything.
#[derive(Clone, Debug)]
struct Partial {
    number: u64,
    stamp: u64,
    total: u32,
    /// By number of a piece, a bit each: whether it has arrived.
    arrived: Vec<u64>,
    /// The numbers of the pieces in the order of their arrival, and their bytes, each in the room of a whole piece.
    order: Vec<u32>,
    bytes: Vec<u8>,
}

impl Partial {
    /// Takes a piece; false if it is known, or belongs to another message.
    fn take(&mut self, piece: Piece, stamp: u64, payload: &[u8]) -> bool {
        let (word, bit) = (piece.index as usize / 64, piece.index % 64);
        if (self.total, self.stamp) != (piece.total, stamp) || self.arrived.get(word).is_some_and(|word| word >> bit & 1 == 1) {
            return false;
        }
        if self.arrived.len() <= word {
            self.arrived.resize(word + 1, 0);
        }
        self.arrived[word] |= 1 << bit;
        self.order.push(piece.index);
        self.bytes.extend_from_slice(payload);
        self.bytes.resize(self.order.len() * PIECE, 0);
        true
    }

    fn is_whole(&self) -> bool {
        self.order.len() as u32 == pieces(self.total as usize)
    }

    /// The message, once all its pieces have arrived.
    fn into_message(mut self) -> Vec<u8> {
        if !self.order.is_sorted() {
            let mut sorted = vec![0; self.bytes.len()];
            for (piece, &index) in self.bytes.chunks_exact(PIECE).zip(&self.order) {
                sorted[index as usize * PIECE..][..PIECE].copy_from_slice(piece);
            }
            self.bytes = sorted;
        }
        self.bytes.truncate(self.total as usize);
        self.bytes
    }
}

/// What came of a run of records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Arrivals {
    /// How many messages were delivered, and how many of them for another time.
    pub(super) delivered: u64,
    pub(super) duplicates: u64,
    /// How many came too late, or found no room.
    pub(super) dropped: u64,
}

impl LossyReceiver {
    /// Messages before this number are accounted for.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// How many of them were lost.
    pub(super) fn lost(&self) -> u64 {
        self.lost
    }

    /// The engine has taken a message.
    pub(super) fn taken(&mut self, len: usize) {
        self.untaken = self.untaken.saturating_sub(waiting(len));
    }

    fn has(&self, number: u64) -> bool {
        let bit = number % (2 * WINDOW);
        self.arrived.get((bit / 64) as usize).is_some_and(|word| word >> (bit % 64) & 1 == 1)
    }

    fn set(&mut self, number: u64, to: bool) {
        if self.arrived.is_empty() {
            self.arrived = vec![0; (2 * WINDOW / 64) as usize].into_boxed_slice();
        }
        let bit = number % (2 * WINDOW);
        let word = &mut self.arrived[(bit / 64) as usize];
        *word = *word & !(1 << (bit % 64)) | u64::from(to) << (bit % 64);
    }

    /// `next` is accounted for: it moves on, and a place at the far end of the window becomes free.
    fn step(&mut self) {
        self.next += 1;
        self.set(self.next.wrapping_add(WINDOW - 1), false);
    }

    /// Messages before `before` will not come any more.
    pub(super) fn on_skip(&mut self, before: u64) {
        let near = before.min(self.next.saturating_add(WINDOW));
        while self.next < near {
            self.lost += u64::from(!self.has(self.next));
            self.step();
        }
        if self.next < before {
            // Beyond the window nothing has arrived.
            self.lost += before - self.next;
            self.next = before;
            self.arrived.fill(0);
        }
        self.partials.retain(|partial| partial.number >= before);
        self.settle();
    }

    fn settle(&mut self) {
        while self.has(self.next) {
            self.step();
        }
    }

    /// Takes a run of records, the first of which is, or belongs to, the message of that number.
    pub(super) fn on_run(
        &mut self,
        link: LinkId,
        first: u64,
        run: &[u8],
        common: &Common,
        out: &mut Deliveries,
    ) -> Result<Arrivals, Malformed> {
        let &Common { window, max_message, .. } = common;
        let mut arrivals = Arrivals::default();
        let mut reader = Reader::new(run);
        let mut number = first;
        while !reader.is_empty() {
            let record = Record::read(&mut reader, max_message)?;
            let payload = &run[record.payload.clone()];
            let late = number < self.next && (self.next - number > WINDOW || !self.has(number));
            if late || number >= self.next.saturating_add(WINDOW) || self.untaken > window.bytes + UNTAKEN {
                arrivals.dropped += 1;
            } else if let Some(piece) = record.piece {
                if self.has(number) {
                    // A copy of a piece does not make a copy of the message.
                } else if let Some(whole) = self.join(number, piece, record.stamp, payload, max_message) {
                    self.deliver(link, number, record.stamp, &whole, out, &mut arrivals);
                }
            } else {
                self.deliver(link, number, record.stamp, payload, out, &mut arrivals);
            }
            number += 1;
        }
        self.settle();
        Ok(arrivals)
    }

    fn deliver(
        &mut self,
        link: LinkId,
        number: u64,
        stamp: u64,
        payload: &[u8],
        out: &mut Deliveries,
        arrivals: &mut Arrivals,
    ) {
        let duplicate = self.has(number);
        arrivals.delivered += 1;
        arrivals.duplicates += u64::from(duplicate);
        self.untaken += waiting(payload.len());
        self.set(number, true);
        let stored = out.store(payload, &[]);
        out.push(link, stamp, stored, duplicate);
    }

    /// A piece joins the others of its message; returns the message if it was the last that was missing.
    fn join(&mut self, number: u64, piece: Piece, stamp: u64, payload: &[u8], max_message: usize) -> Option<Vec<u8>> {
        let known = self.partials.iter().position(|partial| partial.number == number);
        let index = known.unwrap_or_else(|| {
            if self.partials.len() == PARTIALS {
                self.partials.remove(0);
            }
            let (arrived, order, bytes) = (Vec::new(), Vec::new(), Vec::new());
            self.partials.push(Partial { number, stamp, total: piece.total, arrived, order, bytes });
            self.partials.len() - 1
        });
        let partial = &mut self.partials[index];
        if !partial.take(piece, stamp, payload) {
            return None;
        }
        if partial.is_whole() {
            return Some(self.partials.remove(index).into_message());
        }
        if self.partials.iter().map(|partial| partial.bytes.len()).sum::<usize>() > max_message + PARTIAL_BYTES {
            self.partials.remove(0);
        }
        None
    }
}
