//! One link end: what it holds, when it speaks, and when it must be looked at again.

use core::time::Duration;
use std::collections::VecDeque;
use std::net::SocketAddr;

use super::bytes::{Reader, Writer};
use super::deliveries::Deliveries;
use super::frame::{self, Ack, AckRanges, Frame, Header};
use super::lossy::{LossyReceiver, LossySender};
use super::mac::MAC;
use super::receiver::{Arrival, Receiver};
use super::rtt::{Bounds, Rtt};
use super::sender::Sender;
use super::{Guarantee, LinkId, LinkStats, MAX_DATAGRAM, Malformed, Peer, Window};

/// How many datagrams are remembered with the time of their sending, to measure the round trip.
const TIMED: usize = 1024;

/// For so many datagrams a link is wary when it is new, and when something was lost.
const NEW: u32 = 4;
const WARY: u32 = 256;

/// What all links of an endpoint share.
#[derive(Clone, Debug)]
pub(super) struct Common {
    pub(super) incarnation: u32,
    pub(super) window: Window,
    pub(super) ack_delay: Duration,
    pub(super) calm_ack_delay: Duration,
    pub(super) max_message: usize,
    pub(super) datagram: usize,
    pub(super) bounds: Bounds,
}

/// The two halves.
#[derive(Clone, Debug)]
enum Halves {
    Stream(Sender, Receiver),
    Lossy(LossySender, LossyReceiver),
}

impl Halves {
    fn new(guarantee: Guarantee) -> Self {
        match guarantee {
            Guarantee::Fifo | Guarantee::Reliable => {
                Halves::Stream(Sender::default(), Receiver::new(guarantee == Guarantee::Fifo))
            }
            Guarantee::Lossy => Halves::Lossy(LossySender::default(), LossyReceiver::default()),
        }
    }
}

/// Which acknowledgement is owed.
#[derive(Clone, Debug, Default)]
struct Owed {
    /// The highest number that has arrived, and when.
    largest: u64,
    at: Duration,
    /// By when it must be acknowledged.
    due: Option<Duration>,
}

/// One link end.
#[derive(Clone, Debug)]
pub(super) struct Link {
    id: LinkId,
    guarantee: Guarantee,
    pub(super) peer: Peer,
    pub(super) dead: bool,
    halves: Halves,
    owed: Owed,
    /// The number of the last datagram that asks for an acknowledgement, and the highest that was acknowledged.
    number: u64,
    acknowledged: u64,
    /// Those that have not been acknowledged, with the time of sending.
    timed: VecDeque<(u64, Duration)>,
    rtt: Rtt,
    /// When the peer's silence is too long, and when to look for losses.
    silence: Option<Duration>,
    look: Option<Duration>,
    /// So many datagrams are to make a silent peer speak, even if nothing new can be sent; how often in a row nothing could.
    probes: u32,
    pings: u32,
    /// For so many more datagrams the peer is asked to acknowledge soon.
    wary: u32,
    pub(super) stats: LinkStats,
    /// Whether the datagram that was made last carries messages.
    pub(super) carries_messages: bool,
    /// Whether it is in the endpoint's queue of links that may have something to send.
    pub(super) queued: bool,
    /// For when the endpoint's timers have it.
    pub(super) armed: Option<Duration>,
}

impl Link {
    pub(super) fn new(id: LinkId, guarantee: Guarantee, peer: Peer) -> Self {
        Link {
            id,
            guarantee,
            peer,
            dead: false,
            halves: Halves::new(guarantee),
            owed: Owed::default(),
            number: 0,
            acknowledged: 0,
            timed: VecDeque::new(),
            rtt: Rtt::default(),
            silence: None,
            look: None,
            probes: 0,
            pings: 0,
            wary: NEW,
            stats: LinkStats::default(),
            carries_messages: false,
            queued: false,
            armed: None,
        }
    }

    pub(super) fn guarantee(&self) -> Guarantee {
        self.guarantee
    }

    /// How many bytes wait to be sent or acknowledged.
    pub(super) fn queued_bytes(&self) -> usize {
        match &self.halves {
            Halves::Stream(sender, _) => sender.queued_bytes(),
            Halves::Lossy(sender, _) => sender.queued_bytes(),
        }
    }

    pub(super) fn smoothed_rtt(&self) -> Option<Duration> {
        self.rtt.smoothed()
    }

    /// Queues a message; returns how many bytes that takes.
    #[inline]
    pub(super) fn push(&mut self, stamp: u64, payload: &[u8]) -> usize {
        self.stats.sent += 1;
        if self.dead {
            self.stats.to_the_dead += 1;
            return 0;
        }
        match &mut self.halves {
            Halves::Stream(sender, _) => sender.push(stamp, payload),
            Halves::Lossy(sender, _) => sender.push(stamp, payload),
        }
    }

    /// Forgets the peer's former life; what was on its way is addressed to the dead.
    pub(super) fn begin_anew(&mut self, incarnation: u32, address: Option<SocketAddr>, dead: bool) {
        self.stats.to_the_dead += self.stats.in_flight();
        let peer = Peer { incarnation, address, ..self.peer };
        let fresh = Link::new(self.id, self.guarantee, peer);
        *self = Link { dead, stats: self.stats, queued: self.queued, armed: self.armed, ..fresh };
    }

    /// The peer does not know of our incarnation: it is told by whatever goes next.
    pub(super) fn announce(&mut self, now: Duration) {
        self.owe(now, Duration::ZERO);
    }

    fn owe(&mut self, now: Duration, within: Duration) {
        let due = now + within;
        self.owed.due = Some(self.owed.due.map_or(due, |before| before.min(due)));
    }

    /// Acknowledgements that are held back leave at once.
    pub(super) fn hurry(&mut self) {
        if self.owed.due.is_some() {
            self.owed.due = Some(Duration::ZERO);
        }
    }

    /// The engine has taken a message of `len` bytes.  True if the peer should now be told that it may send more.
    #[inline]
    pub(super) fn taken(&mut self, len: usize, window: Window) -> bool {
        match &mut self.halves {
            Halves::Stream(_, receiver) => {
                receiver.taken(len);
                if receiver.must_tell(window) {
                    self.owed.due = Some(Duration::ZERO);
                    return true;
                }
                false
            }
            Halves::Lossy(_, receiver) => {
                receiver.taken(len);
                false
            }
        }
    }

    /// Takes the frames of a datagram that is known to be the peer's.
    pub(super) fn handle(
        &mut self,
        now: Duration,
        frames: &[u8],
        common: &Common,
        out: &mut Deliveries,
    ) -> Result<(), Malformed> {
        let mut reader = Reader::new(frames);
        while !reader.is_empty() {
            match Frame::read(frames, &mut reader)? {
                Frame::Number(number, soon) => {
                    if number > self.owed.largest {
                        self.owed.largest = number;
                        self.owed.at = now;
                    }
                    self.owe(now, if soon { common.ack_delay } else { common.calm_ack_delay });
                }
                Frame::Ack(ack, ranges) => self.on_ack(now, &ack, ranges, common)?,
                Frame::Run { start, records } => self.on_run(now, start, records, common, out)?,
                Frame::Skip(before) => {
                    let Halves::Lossy(_, receiver) = &mut self.halves else { return Err(Malformed) };
                    receiver.on_skip(before);
                    self.owe(now, Duration::ZERO);
                }
                Frame::Ping => self.owe(now, Duration::ZERO),
            }
        }
        Ok(())
    }

    fn on_run(
        &mut self,
        now: Duration,
        start: u64,
        records: &[u8],
        common: &Common,
        out: &mut Deliveries,
    ) -> Result<(), Malformed> {
        let at_once = match &mut self.halves {
            Halves::Stream(_, receiver) => {
                let (pushed, stored) = (out.pushed(), out.stored_len());
                let arrival = receiver.on_run(self.id, start, records, common.max_message, out);
                self.stats.received += out.pushed() - pushed;
                if out.pushed() == pushed {
                    out.give_back(stored);
                }
                let arrival = arrival?;
                self.stats.datagrams_repeated += u64::from(arrival == Arrival::Known);
                self.stats.datagrams_dropped += u64::from(arrival == Arrival::NoRoom);
                arrival != Arrival::InOrder || !receiver.ranges().is_empty() || receiver.must_tell(common.window)
            }
            Halves::Lossy(_, receiver) => {
                let arrivals = receiver.on_run(self.id, start, records, common, out)?;
                self.stats.received += arrivals.delivered - arrivals.duplicates;
                self.stats.duplicates += arrivals.duplicates;
                self.stats.datagrams_dropped += u64::from(arrivals.dropped > 0);
                false
            }
        };
        if at_once {
            self.owe(now, Duration::ZERO);
        }
        Ok(())
    }

    fn on_ack(&mut self, now: Duration, ack: &Ack, ranges: AckRanges<'_>, common: &Common) -> Result<(), Malformed> {
        if ack.largest > self.number {
            return Err(Malformed);
        }
        let progress = match &mut self.halves {
            Halves::Stream(sender, _) => sender.on_ack(ack, ranges)?,
            Halves::Lossy(sender, _) => sender.on_ack(ack)?,
        };
        self.stats.delivered += progress.messages;
        self.stats.lost += progress.lost;
        self.acknowledge(now, ack);
        if let Halves::Stream(sender, _) = &mut self.halves {
            self.look = sender.find_losses(now, self.acknowledged, self.rtt.reordering_time(&common.bounds));
            if progress.news {
                self.silence = None;
            }
        }
        Ok(())
    }

    /// Measures the round trip, if the datagram that was acknowledged is known.
    fn acknowledge(&mut self, now: Duration, ack: &Ack) {
        if ack.largest <= self.acknowledged {
            return;
        }
        self.acknowledged = ack.largest;
        while let Some((number, sent)) = self.timed.front().copied().filter(|timed| timed.0 <= ack.largest) {
            self.timed.pop_front();
            if number == ack.largest {
                let whole = now.saturating_sub(sent);
                let held = Duration::from_micros(ack.delay);
                self.rtt.sample(if held < whole { whole - held } else { whole });
            }
        }
    }

    /// When it must be looked at again.
    pub(super) fn deadline(&self, common: &Common) -> Option<Duration> {
        self.peer.address?;
        let silence = match &self.halves {
            Halves::Stream(..) => self.silence,
            Halves::Lossy(sender, _) => sender.deadline(self.timeout(common)),
        };
        [self.owed.due, self.look, silence].into_iter().flatten().min()
    }

    /// A deadline may have passed.
    pub(super) fn on_time(&mut self, now: Duration, common: &Common) {
        let timeout = self.timeout(common);
        match &mut self.halves {
            Halves::Stream(sender, _) => {
                if self.look.is_some_and(|look| look <= now) {
                    self.look = sender.find_losses(now, self.acknowledged, self.rtt.reordering_time(&common.bounds));
                }
                if self.silence.is_some_and(|silence| silence <= now) {
                    self.silence = None;
                    // If one was not enough, then two: or else, with half of all datagrams lost, waiting grows and grows.
                    self.probes = 1 + u32::from(self.rtt.is_backed_off());
                    self.rtt.back_off();
                    self.stats.timeouts += 1;
                }
            }
            Halves::Lossy(sender, _) => {
                if sender.deadline(timeout).is_some_and(|deadline| deadline <= now) {
                    sender.expire(now, timeout);
                    self.rtt.back_off();
                    self.stats.timeouts += 1;
                }
            }
        }
    }

    /// Whether `transmit` would make a datagram.
    pub(super) fn has_work(&self, now: Duration, common: &Common) -> bool {
        self.peer.address.is_some() && (self.has_data(common) || self.owed.due.is_some_and(|due| due <= now))
    }

    fn has_data(&self, common: &Common) -> bool {
        self.probes > 0
            || match &self.halves {
                Halves::Stream(sender, _) => sender.has_work(),
                Halves::Lossy(sender, _) => sender.has_work(common.window.bytes),
            }
    }

    /// Makes the next datagram, but for its MAC; returns its length.
    pub(super) fn transmit(&mut self, now: Duration, common: &Common, datagram: &mut [u8; MAX_DATAGRAM]) -> Option<usize> {
        let data = self.has_data(common);
        if self.peer.address.is_none() || !(data || self.owed.due.is_some_and(|due| due <= now)) {
            return None;
        }
        let mut writer = Writer::new(&mut datagram[MAC..common.datagram]);
        let header = Header {
            guarantee: self.guarantee,
            endpoint: self.peer.endpoint,
            link: self.peer.link,
            from: common.incarnation,
            to: self.peer.incarnation,
        };
        header.write(&mut writer);
        self.carries_messages = false;
        if self.write_ack(now, common, data, &mut writer) && data {
            self.write_data(now, common, &mut writer);
        }
        Some(MAC + writer.position())
    }

    /// Writes an acknowledgement, if one is owed, or else if it can go with data: what it repeats may have been lost.  False if
    /// nothing fits beside it.
    fn write_ack(&mut self, now: Duration, common: &Common, data: bool, writer: &mut Writer<'_>) -> bool {
        let owed = self.owed.due.is_some();
        if !owed && self.owed.largest == 0 {
            return true;
        }
        let (ack, ranges) = self.ack(now, common);
        let fits = frame::ack_len(&ack, ranges) <= frame::ACK_PLAIN_MAX;
        if !owed && !fits {
            return true;
        }
        frame::write_ack(writer, &ack, ranges);
        self.owed.due = None;
        if let Halves::Stream(_, receiver) = &mut self.halves {
            receiver.limits_told(common.window);
        }
        fits || !data
    }

    fn ack(&self, now: Duration, common: &Common) -> (Ack, &[(u64, u64)]) {
        let Owed { largest, at, .. } = self.owed;
        let delay = if largest == 0 { 0 } else { now.saturating_sub(at).as_micros() as u64 };
        match &self.halves {
            Halves::Stream(_, receiver) => {
                let (next, limits) = (receiver.next(), receiver.limits(common.window));
                let ack = Ack { largest, delay, next, limit: limits.bytes.max(next), records: limits.records };
                (ack, receiver.ranges())
            }
            Halves::Lossy(_, receiver) => {
                let next = receiver.next();
                (Ack { largest, delay, next, limit: next, records: receiver.lost() }, &[])
            }
        }
    }

    fn write_data(&mut self, now: Duration, common: &Common, writer: &mut Writer<'_>) {
        self.number += 1;
        self.wary = if self.has_lost() { WARY } else { self.wary.saturating_sub(1) };
        frame::write_number(writer, self.number, self.is_wary());
        match &mut self.halves {
            Halves::Stream(sender, _) => {
                if self.probes > 0 {
                    sender.probe();
                }
                let (written, again) = sender.fill(now, self.number, writer);
                self.stats.resent += again as u64;
                self.carries_messages = written > 0;
                if written == 0 {
                    frame::write_ping(writer);
                    self.pings += 1;
                } else {
                    self.pings = 0;
                }
            }
            Halves::Lossy(sender, _) => {
                if let Some(before) = sender.skip() {
                    frame::write_skip(writer, before);
                    sender.skip_told(now);
                }
                self.carries_messages = sender.fill(now, self.number, common.window.bytes, writer);
            }
        }
        self.probes = self.probes.saturating_sub(1);
        self.stats.datagrams_sent += 1;
        if self.timed.len() == TIMED {
            self.timed.pop_front();
        }
        self.timed.push_back((self.number, now));
        // RFC 6298 (5.1): the timer runs while something is on its way.
        self.silence = self.silence.or(Some(now + self.patience(common)));
    }

    /// How long the peer may be silent.  Who keeps its window shut is asked ever more seldom, though it answers.
    fn patience(&self, common: &Common) -> Duration {
        let timeout = self.timeout(common);
        timeout.saturating_mul(1 << self.pings.min(16)).min(common.bounds.max.max(timeout))
    }

    /// Whether something is to be sent again.
    fn has_lost(&self) -> bool {
        self.probes > 0 || matches!(&self.halves, Halves::Stream(sender, _) if sender.has_lost())
    }

    /// Whether the peer is asked to acknowledge soon: who has reason to fear a loss wants to know of it.
    fn is_wary(&self) -> bool {
        self.wary > 0 || self.guarantee == Guarantee::Lossy
    }

    /// How long to wait for an acknowledgement.
    fn timeout(&self, common: &Common) -> Duration {
        self.rtt.timeout(&common.bounds, if self.is_wary() { common.ack_delay } else { common.calm_ack_delay })
    }

    /// Stops the timer when nothing is awaited (5.2), starts it when something is (5.1, 5.3).
    pub(super) fn settle(&mut self, now: Duration, common: &Common) {
        if let Halves::Stream(sender, _) = &self.halves {
            if !sender.awaits() {
                self.silence = None;
                self.look = None;
            } else if self.silence.is_none() && self.peer.address.is_some() {
                self.silence = Some(now + self.patience(common));
            }
        }
    }
}
