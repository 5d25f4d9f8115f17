//! What UDP lacks: order, resending, acknowledgement, sharing of datagrams, and knowing who speaks.
//!
//! A textbook's link delivers every message, once, and often in order.  The network gives none of that: a datagram may be lost,
//! come twice, late, or from somebody else.  This module closes the gap, and does nothing else: it has no socket, no clock and
//! no thread.  An [`Endpoint`] is a machine that turns what happened (a message to send, a datagram that came, time that
//! passed) into what is to be done (a datagram to send, a message to deliver, a time to come back); so a transfer over a
//! network that loses half of everything is a unit test of microseconds, and a run that failed is repeated by its seed.
//!
//! # How it is driven
//! One [`Endpoint`] per process and socket; it owns any number of *link ends*, numbered from 0 in the order of
//! [`add_link`](Endpoint::add_link).  A link joins two link ends, of different processes or of one; each is told the number of
//! the other's endpoint and link end as its [`Peer`].  Time is a [`Duration`] since any origin, never going back.
//!
//! ```
//! use std::net::SocketAddr;
//! use std::time::Duration;
//!
//! use nodes::link::{Endpoint, Guarantee, Key, MAX_DATAGRAM, Options, Peer};
//!
//! let key = Key::new([7; 32]);
//! let (here, there): (SocketAddr, SocketAddr) = ("127.0.0.1:7001".parse()?, "127.0.0.1:7002".parse()?);
//! let mut one = Endpoint::new(1, 0, key.clone(), Options::default());
//! let mut two = Endpoint::new(2, 0, key, Options::default());
//! let to_two = one.add_link(Guarantee::Fifo, Peer { endpoint: 2, link: 0, incarnation: 0, address: Some(there) });
//! // Where `one` is, `two` will learn from the first datagram that is truly from it.
//! let to_one = two.add_link(Guarantee::Fifo, Peer { endpoint: 1, link: 0, incarnation: 0, address: None });
//!
//! one.send(to_two, 1, b"hello")?;
//! let now = Duration::from_millis(3);
//! let mut buffer = [0; MAX_DATAGRAM];
//! while let Some(transmit) = one.poll_transmit(now, &mut buffer) {
//!     assert_eq!(transmit.to, there);
//!     // The network's part.
//!     two.handle(now, here, &buffer[..transmit.len]);
//!     while let Some(delivery) = two.poll_delivery() {
//!         assert_eq!((delivery.link, delivery.stamp, delivery.payload), (to_one, 1, &b"hello"[..]));
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The loop of a process: wait until the socket is readable or [`poll_timeout`](Endpoint::poll_timeout); read the socket until
//! it is empty, each datagram into [`handle`](Endpoint::handle), and after each take the deliveries, which may
//! [`send`](Endpoint::send); then [`poll_transmit`](Endpoint::poll_transmit) until there is nothing left.  Messages that were
//! sent to the same peer in between share datagrams, and acknowledgements go with them; a lone message leaves at once.
//!
//! # What is promised
//! [`Guarantee::Fifo`] and [`Guarantee::Reliable`] deliver every message exactly once, as long as neither process dies and the
//! network lets something through now and then.  [`Guarantee::Lossy`] sends each once; but numbers and acknowledges it, so that
//! in the end every message is known to be delivered, lost, or addressed to the dead ([`LinkStats`]), at both ends alike.
//!
//! What waits here is bounded: what comes in by the windows that each end tells the other, what goes out by the outbox's limit
//! ([`Options`]).  A process that is over its [mark](Options::outbox_mark) must still take deliveries.
//!
//! # The wire
//! A datagram is a MAC (16 bytes, SipHash-2-4 under the run's [`Key`]), a header that names the receiving endpoint and link end
//! and both incarnations, and frames.  Reliable links are a stream of records with offsets, as TCP's is of bytes, cut into
//! segments of at most a datagram; acknowledgements name an offset, ranges beyond it (RFC 2018), limits that only grow (RFC
//! 9000), and the number of the datagram that caused them, so that a round trip is never measured against the wrong one.  The
//! timer is RFC 6298's; a segment that three later datagrams overtook is resent before.
//!
//! Nothing in the format is repeated under another meaning: a datagram that is recorded and sent again, to the same or another
//! process, changes nothing.  (One of the peer's *first* datagrams, sent from another address before it arrives itself, could
//! tell a wrong address where none was known; who can do that can as well suppress it.)
//!
//! [`Faults`] is the opposite of all this: between an endpoint and a socket, it loses, copies, delays and reorders on demand.
//!
//! [`Duration`]: core::time::Duration

mod byte_ring;
mod bytes;
mod deliveries;
mod endpoint;
mod faults;
mod frame;
mod lossy;
mod mac;
mod ranges;
mod receiver;
mod record;
mod rtt;
mod sender;
mod state;
mod stats;
mod timers;

use core::fmt;
use core::time::Duration;
use std::net::SocketAddr;

pub use deliveries::Delivery;
pub use endpoint::{Endpoint, Transmit};
pub use faults::{Faults, LinkDown, Plan, Wait};
pub use mac::Key;
pub use stats::{LinkStats, Rejected, Stats};

/// The largest message, in bytes, unless [`Options::max_message`] says otherwise: 1 MiB.
pub const DEFAULT_MAX_MESSAGE: usize = 1 << 20;

/// The most that [`Options::max_message`] can say, in bytes: 1 GiB.
pub const LARGEST_MAX_MESSAGE: usize = 1 << 30;

/// The largest datagram that crosses any network in one piece, in bytes: 32 * 44, and with IPv6's headers still below
/// Ethernet's 1500.
pub const DATAGRAM: usize = 1408;

/// The largest datagram that is ever made or taken, in bytes.  On the loopback interface it saves most of what the system takes
/// for a stream.  With its headers it still fits into 8 KiB, beyond which the system would need twice the memory.
pub const MAX_DATAGRAM: usize = 7424;

/// What every peer may assume before it has been told: so many bytes, and so many records, fit into the window.
const INITIAL_WINDOW: u64 = 16 << 10;
const INITIAL_WINDOW_RECORDS: u64 = 1024;

/// What a link promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Guarantee {
    /// Every message arrives exactly once, in the order of sending.
    Fifo = 1,
    /// Every message arrives exactly once, as soon as it can.
    Reliable = 2,
    /// Messages may be lost, come twice, and overtake each other.
    Lossy = 3,
}

impl Guarantee {
    const ALL: [Guarantee; 3] = [Guarantee::Fifo, Guarantee::Reliable, Guarantee::Lossy];
}

/// A link end of an [`Endpoint`]: they are numbered from 0 as they are added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LinkId(u32);

impl LinkId {
    /// The link end of that number.
    pub const fn new(number: u32) -> Self {
        LinkId(number)
    }

    /// Its number.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for LinkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Who is at the other end of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The number of its endpoint.
    pub endpoint: u32,
    /// The number of its link end.
    pub link: u32,
    /// Its incarnation, as far as known; a higher one is believed when it speaks.
    pub incarnation: u32,
    /// Its address; if unknown, that of its first datagram, and until then what is sent waits.
    pub address: Option<SocketAddr>,
}

/// A message was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// It is larger than [`Options::max_message`].
    #[error("a message of {len} bytes for link {link}: at most {limit} bytes can be sent; send it in parts")]
    TooLarge {
        /// The link that it was for.
        link: LinkId,
        /// Its length.
        len: usize,
        /// How many bytes it may have.
        limit: usize,
    },
    /// So much waits already that there is no room.
    #[error(
        "no room for a message of {len} bytes for link {link}: {queued} bytes wait on this link, {total} on all, \
         and the outbox takes {limit}; send less at a time, or raise the limit"
    )]
    OutboxFull {
        /// The link that it was for.
        link: LinkId,
        /// Its length.
        len: usize,
        /// How many bytes wait on this link.
        queued: usize,
        /// How many wait on all links of the endpoint.
        total: usize,
        /// How many may.
        limit: usize,
    },
}

/// What an [`Endpoint`] may use, and how long it waits.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long an acknowledgement waits for a message to go with, while the link is new or datagrams are lost; both ends of a
    /// link should agree on it.
    pub ack_delay: Duration,
    /// How long it waits while all goes well; both ends should agree on this too.  Where messages go only one way, an
    /// acknowledgement costs as much as a message.
    pub calm_ack_delay: Duration,
    /// How many bytes a message may have, sent or received: at most [`LARGEST_MAX_MESSAGE`]; both ends of a link must agree on it.
    /// A message takes memory as it arrives, piece by piece, whatever length it claims to have.
    pub max_message: usize,
    /// How many bytes a datagram may have: from [`DATAGRAM`], where it travels through a network, to [`MAX_DATAGRAM`].
    pub datagram: usize,
    /// How long to wait for an acknowledgement as long as no round trip has been measured.
    pub initial_timeout: Duration,
    /// The least time to wait for one; the time for which it may be held back comes on top.
    pub min_timeout: Duration,
    /// The most that waiting grows to, doubling, when there is none.
    pub max_timeout: Duration,
    /// How much of what arrives a link keeps, in bytes, until what is missing before it has come.
    pub window_bytes: u64,
    /// How many messages (or pieces of large ones) may be on their way on a link.
    pub window_messages: u64,
    /// How much may be on its way to this endpoint on all its links together, in bytes: a socket's buffer.  With many links,
    /// each has a smaller window, but never below 16 KiB.
    pub receive_budget: u64,
    /// When more bytes than that wait to be sent or acknowledged, [`Endpoint::is_over_limit`].
    pub outbox_mark: usize,
    /// No more bytes than that may wait.
    pub outbox_limit: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            ack_delay: Duration::from_millis(10),
            calm_ack_delay: Duration::from_millis(100),
            max_message: DEFAULT_MAX_MESSAGE,
            datagram: DATAGRAM,
            initial_timeout: Duration::from_millis(100),
            min_timeout: Duration::from_millis(10),
            max_timeout: Duration::from_millis(250),
            window_bytes: 256 << 10,
            window_messages: 8192,
            receive_budget: 4 << 20,
            outbox_mark: 1 << 20,
            outbox_limit: 64 << 20,
        }
    }
}

/// How much may be on its way: bytes and records of a stream.
#[derive(Clone, Copy, Debug)]
struct Window {
    bytes: u64,
    records: u64,
}

/// Bytes that are not in our format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Malformed;
