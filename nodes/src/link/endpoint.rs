//! All links of one process, behind one socket.

use core::time::Duration;
use std::collections::VecDeque;
use std::net::SocketAddr;

use super::bytes::Reader;
use super::deliveries::{Deliveries, Delivery};
use super::frame::{HEADER, Header};
use super::mac::{Key, MAC};
use super::rtt::Bounds;
use super::state::{Common, Link};
use super::timers::Timers;
use super::{
    DATAGRAM, Guarantee, INITIAL_WINDOW, INITIAL_WINDOW_RECORDS, LARGEST_MAX_MESSAGE, LinkId, LinkStats, MAX_DATAGRAM,
    Malformed, Options, Peer, SendError, Stats, Window,
};

/// A datagram that is to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transmit {
    /// The link that it belongs to.
    pub link: LinkId,
    /// Where it goes.
    pub to: SocketAddr,
    /// How many bytes of the buffer it takes.
    pub len: usize,
    /// Whether it carries messages; if not, it only acknowledges or asks.
    pub messages: bool,
}

/// The links of one process.  See the [module](super) for how to drive it.
#[derive(Clone, Debug)]
pub struct Endpoint {
    number: u32,
    key: Key,
    options: Options,
    common: Common,
    links: Vec<Link>,
    /// Links that may have something to send.
    ready: VecDeque<u32>,
    timers: Timers,
    deliveries: Deliveries,
    queued_bytes: usize,
    stats: Stats,
}

impl Endpoint {
    /// An endpoint without links.  `number` tells it from the other endpoints of the run; `incarnation` is higher each time
    /// that the process is started again.
    pub fn new(number: u32, incarnation: u32, key: Key, options: Options) -> Self {
        let bounds = Bounds { initial: options.initial_timeout, min: options.min_timeout, max: options.max_timeout };
        let window = Window { bytes: options.window_bytes(0), records: INITIAL_WINDOW_RECORDS.max(options.window_messages) };
        Endpoint {
            number,
            key,
            common: Common {
                incarnation,
                window,
                ack_delay: options.ack_delay,
                calm_ack_delay: options.calm_ack_delay,
                max_message: options.max_message.min(LARGEST_MAX_MESSAGE),
                datagram: options.datagram.clamp(DATAGRAM, MAX_DATAGRAM),
                bounds,
            },
            options,
            links: Vec::new(),
            ready: VecDeque::new(),
            timers: Timers::default(),
            deliveries: Deliveries::default(),
            queued_bytes: 0,
            stats: Stats::default(),
        }
    }

    /// Adds a link end; they are numbered from 0, and the peer must know the number.
    pub fn add_link(&mut self, guarantee: Guarantee, peer: Peer) -> LinkId {
        let id = LinkId(self.links.len() as u32);
        self.links.push(Link::new(id, guarantee, peer));
        self.common.window.bytes = self.options.window_bytes(self.links.len());
        id
    }

    /// How many link ends there are.
    pub fn link_count(&self) -> usize {
        self.links.len()
    }

    /// Who is at the other end.
    ///
    /// # Panics
    /// If there is no such link, as everything that takes a [`LinkId`].
    pub fn peer(&self, link: LinkId) -> Peer {
        self.links[link.index()].peer
    }

    /// Queues a message.  It leaves with the next [`poll_transmit`](Endpoint::poll_transmit), unless a window is full.
    ///
    /// `stamp` travels along; small numbers take one byte.
    pub fn send(&mut self, link: LinkId, stamp: u64, payload: &[u8]) -> Result<(), SendError> {
        if payload.len() > self.common.max_message {
            return Err(SendError::TooLarge { link, len: payload.len(), limit: self.common.max_message });
        }
        if self.queued_bytes + payload.len() > self.options.outbox_limit {
            return Err(SendError::OutboxFull {
                link,
                len: payload.len(),
                queued: self.links[link.index()].queued_bytes(),
                total: self.queued_bytes,
                limit: self.options.outbox_limit,
            });
        }
        self.queued_bytes += self.links[link.index()].push(stamp, payload);
        self.enqueue(link.0);
        Ok(())
    }

    /// Takes a datagram that came from that address.  What it delivers, [`poll_delivery`](Endpoint::poll_delivery) gives.
    ///
    /// A datagram that is not of this run, not for this endpoint, damaged, or of a former incarnation is counted and changes
    /// nothing; one that comes again changes nothing either.
    pub fn handle(&mut self, now: Duration, from: SocketAddr, datagram: &[u8]) {
        self.stats.datagrams_received += 1;
        self.stats.bytes_received += datagram.len() as u64;
        self.deliveries.begin();
        if let Err(reason) = self.accept(now, from, datagram) {
            let rejected = &mut self.stats.rejected;
            *match reason {
                Reason::Shape => &mut rejected.shape,
                Reason::Address => &mut rejected.address,
                Reason::Mac => &mut rejected.mac,
                Reason::Incarnation => &mut rejected.incarnation,
                Reason::Malformed => &mut rejected.malformed,
            } += 1;
        }
    }

    fn accept(&mut self, now: Duration, from: SocketAddr, datagram: &[u8]) -> Result<(), Reason> {
        if datagram.len() < MAC + HEADER || datagram.len() > MAX_DATAGRAM {
            return Err(Reason::Shape);
        }
        let mut reader = Reader::new(&datagram[MAC..]);
        let header = Header::read(&mut reader).ok_or(Reason::Shape)?;
        let link =
            self.links.get_mut(header.link as usize).filter(|_| header.endpoint == self.number).ok_or(Reason::Address)?;
        let body = self.key.open(datagram).ok_or(Reason::Mac)?;
        if header.guarantee != link.guarantee() {
            return Err(Reason::Malformed);
        }
        if header.from < link.peer.incarnation
            || header.to > self.common.incarnation
            || (link.dead && header.from == link.peer.incarnation)
        {
            return Err(Reason::Incarnation);
        }
        let before = link.queued_bytes();
        if header.from > link.peer.incarnation {
            // The peer was started again; it has another port now.
            link.begin_anew(header.from, Some(from), false);
        }
        link.peer.address.get_or_insert(from);
        let outcome = if header.to < self.common.incarnation {
            // The peer does not know yet that this process was started again.
            link.announce(now);
            Err(Reason::Incarnation)
        } else {
            link.handle(now, &body[HEADER..], &self.common, &mut self.deliveries).map_err(|Malformed| Reason::Malformed)
        };
        self.queued_bytes -= before - link.queued_bytes();
        link.settle(now, &self.common);
        self.review(now, header.link);
        outcome
    }

    /// The next message that has arrived.  They are to be taken after each [`handle`](Endpoint::handle): what is left lying
    /// makes the windows smaller.
    pub fn poll_delivery(&mut self) -> Option<Delivery<'_>> {
        let item = self.deliveries.pop()?;
        if self.links[item.link.index()].taken(item.len(), self.common.window) {
            self.enqueue(item.link.0);
        }
        let payload = self.deliveries.payload(&item);
        Some(Delivery { link: item.link, stamp: item.stamp, payload, duplicate: item.duplicate })
    }

    /// Writes the next datagram that is to leave; to be called until there is none.
    pub fn poll_transmit(&mut self, now: Duration, datagram: &mut [u8; MAX_DATAGRAM]) -> Option<Transmit> {
        self.expire(now);
        while let Some(&number) = self.ready.front() {
            let link = &mut self.links[number as usize];
            let (queued_bytes, resent) = (link.queued_bytes(), link.stats.resent);
            let made = link.transmit(now, &self.common, datagram);
            self.queued_bytes -= queued_bytes - link.queued_bytes();
            self.stats.resent += link.stats.resent - resent;
            link.settle(now, &self.common);
            self.ready.pop_front();
            link.queued = false;
            let (to, messages) = (link.peer.address, link.carries_messages);
            // Links take turns.
            self.review(now, number);
            if let (Some(len), Some(to)) = (made, to) {
                self.key.seal(&mut datagram[..len]);
                self.stats.datagrams_sent += 1;
                self.stats.bytes_sent += len as u64;
                return Some(Transmit { link: LinkId(number), to, len, messages });
            }
        }
        None
    }

    /// When [`poll_transmit`](Endpoint::poll_transmit) should be called again even if nothing happens.
    pub fn poll_timeout(&mut self) -> Option<Duration> {
        if !self.ready.is_empty() {
            return Some(Duration::ZERO);
        }
        while let Some((at, number)) = self.timers.first() {
            let deadline = self.links[number as usize].deadline(&self.common);
            if deadline == Some(at) {
                return Some(at);
            }
            self.put_right(number, deadline);
        }
        None
    }

    /// The first entry of the timers, this link's, is not its deadline.
    fn put_right(&mut self, number: u32, deadline: Option<Duration>) {
        let (at, _) = self.timers.first().unwrap_or_default();
        self.timers.pop();
        let link = &mut self.links[number as usize];
        if link.armed == Some(at) {
            link.armed = deadline;
            if let Some(deadline) = deadline {
                self.timers.push(deadline, number);
            }
        }
    }

    fn expire(&mut self, now: Duration) {
        while let Some((at, number)) = self.timers.first().filter(|first| first.0 <= now) {
            let link = &mut self.links[number as usize];
            if link.armed == Some(at) && link.deadline(&self.common).is_some_and(|deadline| deadline <= now) {
                link.on_time(now, &self.common);
                link.settle(now, &self.common);
                link.armed = None;
                self.timers.pop();
                self.enqueue(number);
            } else {
                let deadline = link.deadline(&self.common);
                self.put_right(number, deadline);
            }
        }
    }

    /// A link has changed: it may have something to send, and another deadline.
    fn review(&mut self, now: Duration, number: u32) {
        let link = &mut self.links[number as usize];
        let work = link.has_work(now, &self.common);
        let deadline = link.deadline(&self.common);
        if let Some(deadline) = deadline
            && link.armed.is_none_or(|armed| deadline < armed)
        {
            link.armed = Some(deadline);
            self.timers.push(deadline, number);
        }
        if work {
            self.enqueue(number);
        }
    }

    fn enqueue(&mut self, number: u32) {
        let link = &mut self.links[number as usize];
        if !link.queued {
            link.queued = true;
            self.ready.push_back(number);
        }
    }

    /// Acknowledgements that are held back leave with the next [`poll_transmit`](Endpoint::poll_transmit): before a process
    /// ends, so that its peers do not send again in vain.
    pub fn acknowledge_now(&mut self) {
        for number in 0..self.links.len() {
            self.links[number].hurry();
            self.enqueue(number as u32);
        }
    }

    /// The peer is dead: what was on its way to it, and what is sent from now on, is addressed to the dead, until it is
    /// [restarted](Endpoint::peer_restarted) or is heard of in a higher incarnation.
    pub fn peer_died(&mut self, link: LinkId) {
        let state = &mut self.links[link.index()];
        let Peer { incarnation, address, .. } = state.peer;
        self.queued_bytes -= state.queued_bytes();
        state.begin_anew(incarnation, address, true);
    }

    /// The peer was started again in that incarnation.  Without effect if that is known already.
    pub fn peer_restarted(&mut self, link: LinkId, incarnation: u32, address: Option<SocketAddr>) {
        let state = &mut self.links[link.index()];
        if incarnation > state.peer.incarnation {
            self.queued_bytes -= state.queued_bytes();
            state.begin_anew(incarnation, address, false);
        }
    }

    /// How many bytes wait on that link to be sent or acknowledged.
    pub fn queued(&self, link: LinkId) -> usize {
        self.links[link.index()].queued_bytes()
    }

    /// How many bytes wait on all links.
    pub fn queued_total(&self) -> usize {
        self.queued_bytes
    }

    /// Whether so much waits that the process should do nothing of its own accord: take no impulse, no alarm, no message to
    /// itself.  It must go on taking deliveries: two processes that fill each other's windows would wait forever.
    pub fn is_over_limit(&self) -> bool {
        self.queued_bytes > self.options.outbox_mark
    }

    /// What this endpoint has done.
    pub fn stats(&self) -> Stats {
        self.stats
    }

    /// What became of the messages of a link.
    pub fn link_stats(&self, link: LinkId) -> LinkStats {
        self.links[link.index()].stats
    }

    /// The smoothed round trip of a link, once it has been measured.
    pub fn round_trip(&self, link: LinkId) -> Option<Duration> {
        self.links[link.index()].smoothed_rtt()
    }
}

/// Why a datagram was rejected.
#[derive(Clone, Copy, Debug)]
enum Reason {
    Shape,
    Address,
    Mac,
    Incarnation,
    Malformed,
}

impl Options {
    /// The window of one link of so many: the budget is shared, down to the least that every peer may assume.
    fn window_bytes(&self, links: usize) -> u64 {
        (self.receive_budget / links.max(1) as u64).min(self.window_bytes).max(INITIAL_WINDOW)
    }
}
