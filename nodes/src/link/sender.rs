//! The sending half of a [`Fifo`](super::Guarantee::Fifo) or [`Reliable`](super::Guarantee::Reliable) link: a stream of
//! records, kept until they are acknowledged.
//!
//! Records are cut into *segments*, each of at most a datagram's worth, when they are queued, and what is lost is resent by
//! segments.  So the bookkeeping is per datagram, not per message, and a record is never encoded twice.

use core::time::Duration;
use std::collections::VecDeque;

use super::byte_ring::ByteRing;
use super::bytes::Writer;
use super::frame::{Ack, AckRanges, RUN_HEAD_MAX, RUN_MAX, write_run};
use super::record::{HEAD_MAX, Piece, pieces, write_head};
use super::{INITIAL_WINDOW, INITIAL_WINDOW_RECORDS, Malformed};

/// A segment counts as lost when one that was sent so much later has arrived (RFC 5681 and RFC 9002 choose 3 too).
const REORDERING: u64 = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Not sent yet: the last may still grow.
    Queued,
    /// On its way.
    Flying,
    /// To be sent again.
    Lost,
    /// Arrived, but something before it has not.
    Arrived,
}

#[derive(Clone, Debug)]
struct Segment {
    start: u64,
    /// The datagram that it went with last.
    number: u64,
    sent: Duration,
    len: u16,
    /// How many records it holds, and how many messages end in it.
    records: u16,
    messages: u16,
    state: State,
    resent: bool,
}

impl Segment {
    fn end(&self) -> u64 {
        self.start + u64::from(self.len)
    }
}

/// What an acknowledgement told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Progress {
    /// Something that was not known to have arrived has.
    pub(super) news: bool,
    /// How many messages have now been delivered, all before them too.
    pub(super) messages: u64,
    /// How many have turned out to be lost, on a `Lossy` link.
    pub(super) lost: u64,
}

/// The sending half of a stream.
#[derive(Clone, Debug)]
pub(super) struct Sender {
    records: ByteRing,
    segments: VecDeque<Segment>,
    /// The first so many segments have been sent.
    sent: usize,
    flying: usize,
    lost: usize,
    /// No segment before this is lost.
    lost_from: usize,
    /// How many records have been sent.
    sent_records: u64,
    /// The peer takes the stream up to this offset, and this count of records.
    limit: u64,
    limit_records: u64,
}

impl Default for Sender {
    fn default() -> Self {
        Sender {
            records: ByteRing::default(),
            segments: VecDeque::new(),
            sent: 0,
            flying: 0,
            lost: 0,
            lost_from: 0,
            sent_records: 0,
            limit: INITIAL_WINDOW,
            limit_records: INITIAL_WINDOW_RECORDS,
        }
    }
}

impl Sender {
    /// Queues a message; returns how many bytes that takes.
    pub(super) fn push(&mut self, stamp: u64, payload: &[u8]) -> usize {
        let before = self.records.end();
        if pieces(payload.len()) == 1 {
            self.push_record(None, stamp, payload, true);
        } else {
            for index in 0..pieces(payload.len()) {
                let piece = Piece { index, total: payload.len() as u32 };
                self.push_record(Some(piece), stamp, &payload[piece.range()], piece.is_last());
            }
        }
        (self.records.end() - before) as usize
    }

    #[inline]
    fn push_record(&mut self, piece: Option<Piece>, stamp: u64, payload: &[u8], ends_message: bool) {
        let mut head = [0; HEAD_MAX];
        let head_len = write_head(piece, stamp, payload.len(), &mut head);
        let len = (head_len + payload.len()) as u16;
        let start = self.records.end();
        self.records.push(&head[..head_len]);
        self.records.push(payload);
        match self.segments.back_mut() {
            Some(last) if last.state == State::Queued && usize::from(last.len + len) <= RUN_MAX => {
                last.len += len;
                last.records += 1;
                last.messages += u16::from(ends_message);
            }
            _ => self.segments.push_back(Segment {
                start,
                number: 0,
                sent: Duration::ZERO,
                len,
                records: 1,
                messages: ends_message.into(),
                state: State::Queued,
                resent: false,
            }),
        }
    }

    /// How many bytes are kept.
    pub(super) fn queued_bytes(&self) -> usize {
        self.records.len()
    }

    /// Whether a segment could be sent now.
    pub(super) fn has_work(&self) -> bool {
        self.lost > 0 || self.segments.get(self.sent).is_some_and(|segment| self.allows(segment))
    }

    /// Whether something is to be sent again.
    pub(super) fn has_lost(&self) -> bool {
        self.lost > 0
    }

    /// Whether an answer is awaited: something is on its way, or the peer must say that it has room again.
    pub(super) fn awaits(&self) -> bool {
        self.flying > 0 || self.sent < self.segments.len()
    }

    fn allows(&self, segment: &Segment) -> bool {
        segment.end() <= self.limit && self.sent_records + u64::from(segment.records) <= self.limit_records
    }

    /// Writes segments into a datagram, as many as fit; returns how many, and how many of them for another time.
    pub(super) fn fill(&mut self, now: Duration, number: u64, writer: &mut Writer<'_>) -> (usize, usize) {
        let (mut written, mut again) = (0, 0);
        while let Some(index) = self.next_segment() {
            let segment = &mut self.segments[index];
            let len = usize::from(segment.len);
            if writer.room() < RUN_HEAD_MAX + len {
                break;
            }
            self.records.copy(segment.start, write_run(writer, segment.start, len));
            if segment.state == State::Lost {
                segment.resent = true;
                self.lost -= 1;
                self.lost_from = index + 1;
                again += 1;
            } else {
                self.sent += 1;
                self.sent_records += u64::from(segment.records);
            }
            segment.state = State::Flying;
            segment.number = number;
            segment.sent = now;
            self.flying += 1;
            written += 1;
        }
        (written, again)
    }

    fn next_segment(&mut self) -> Option<usize> {
        if self.lost > 0 {
            let lost = |segment: &Segment| segment.state == State::Lost;
            let index = self.lost_from + self.segments.range(self.lost_from..).position(lost)?;
            self.lost_from = index;
            return Some(index);
        }
        (self.sent < self.segments.len() && self.allows(&self.segments[self.sent])).then_some(self.sent)
    }

    /// Takes an acknowledgement.
    pub(super) fn on_ack(&mut self, ack: &Ack, ranges: AckRanges<'_>) -> Result<Progress, Malformed> {
        let sent_end = match self.sent.checked_sub(1) {
            Some(last) => self.segments[last].end(),
            None => self.records.end() - self.records.len() as u64,
        };
        if ack.next > sent_end || ranges.clone().last().is_some_and(|last| last.1 > sent_end) {
            return Err(Malformed);
        }
        self.limit = self.limit.max(ack.limit);
        self.limit_records = self.limit_records.max(ack.records);
        let mut progress = Progress::default();
        while let Some(first) = self.segments.front().filter(|first| self.sent > 0 && first.end() <= ack.next) {
            progress.news |= first.state != State::Arrived;
            progress.messages += u64::from(first.messages);
            match first.state {
                State::Flying => self.flying -= 1,
                State::Lost => self.lost -= 1,
                State::Queued | State::Arrived => {}
            }
            self.records.release(first.end());
            self.segments.pop_front();
            self.sent -= 1;
            self.lost_from = self.lost_from.saturating_sub(1);
        }
        let mut index = 0;
        for (start, end) in ranges {
            index += self.segments.range(index..).take_while(|segment| segment.start < start).count();
            while let Some(segment) = self.segments.get_mut(index).filter(|segment| segment.end() <= end) {
                match segment.state {
                    State::Flying => self.flying -= 1,
                    State::Lost => self.lost -= 1,
                    State::Queued | State::Arrived => {}
                }
                progress.news |= segment.state != State::Arrived;
                segment.state = State::Arrived;
                index += 1;
            }
        }
        Ok(progress)
    }

    /// Finds out what was lost, given that the datagram `largest` has arrived and this one's time to be overtaken is
    /// `patience`.  Returns when to look again.
    pub(super) fn find_losses(&mut self, now: Duration, largest: u64, patience: Duration) -> Option<Duration> {
        let mut again: Option<Duration> = None;
        if self.segments.front().is_none_or(|first| first.number > largest && !first.resent) {
            return None;
        }
        for (index, segment) in self.segments.range_mut(..self.sent).enumerate() {
            if segment.state != State::Flying || segment.number >= largest {
                continue;
            }
            let due = segment.sent + patience;
            let overtaken = segment.number + REORDERING <= largest && now >= segment.sent + patience / 2;
            if overtaken || now >= due {
                segment.state = State::Lost;
                self.flying -= 1;
                self.lost += 1;
                self.lost_from = self.lost_from.min(index);
            } else {
                again = Some(again.map_or(due, |again| again.min(due)));
            }
        }
        again
    }

    /// Nothing was heard for too long: the first segments, a datagram's worth, are to be sent again.  What else was lost, their
    /// acknowledgement will tell.  False if nothing is on its way.
    pub(super) fn probe(&mut self) -> bool {
        let mut room = RUN_MAX;
        for (index, segment) in self.segments.range_mut(..self.sent).enumerate() {
            if segment.state == State::Flying {
                if room < usize::from(segment.len) {
                    break;
                }
                room -= usize::from(segment.len);
                segment.state = State::Lost;
                self.flying -= 1;
                self.lost += 1;
                self.lost_from = self.lost_from.min(index);
            }
        }
        self.lost > 0
    }
}
