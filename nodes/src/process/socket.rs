//! The one UDP socket of a process.

use core::time::Duration;
use std::io;
use std::net::{IpAddr, SocketAddr};

use mio::net::UdpSocket;
use mio::{Interest, Registry, Token};
use socket2::{Domain, SockRef, Socket, Type};

use super::clock;
use super::links::CONTROL;
use crate::link::{Endpoint, Faults, MAX_DATAGRAM};
use crate::os;
use crate::protocol::Links;

/// What is asked of the system: a default buffer silently drops beyond 256 small datagrams.
pub(super) const RECEIVE_BUFFER: usize = 4 << 20;

/// How many datagrams are taken in before others get their turn.
pub(super) const BATCH: usize = 256;

/// How many are asked for one by one before others are asked for together: most come alone, and one costs less by itself.
const ALONE: usize = 2;

/// What is larger than any datagram that is taken is not cut to one that is.
const ROOM: usize = MAX_DATAGRAM + 1;

/// How long a datagram of this process to itself may take.
const TIME_TO_ARRIVE: Duration = Duration::from_secs(1);

/// A UDP socket, and a datagram that it could not yet take.
pub(super) struct DatagramSocket {
    socket: UdpSocket,
    incoming: Box<[u8]>,
    /// The lengths and senders of the datagrams that were received together, and how many of them have been handed on.
    received: Vec<(usize, Option<SocketAddr>)>,
    handed_on: usize,
    /// How often the system has been asked since it had none.
    asked: usize,
    outgoing: Box<[u8; MAX_DATAGRAM]>,
    unsent: Option<(SocketAddr, usize)>,
    token: Token,
    /// Whether the poll tells when the system takes datagrams again.
    awaits_room: bool,
    /// What goes wrong on purpose, on a clock that begins at the origin.
    faults: Option<Faults>,
    /// The links do not resend, they only account for what is lost.
    lossy: bool,
    origin: Duration,
}

impl DatagramSocket {
    /// Binds to a free port of that address.
    pub(super) fn bind(address: IpAddr) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(SocketAddr::new(address, 0)), Type::DGRAM, None)?;
        ask_for_buffer(&socket)?;
        socket.set_nonblocking(true)?;
        socket.bind(&SocketAddr::new(address, 0).into())?;
        Ok(DatagramSocket {
            socket: UdpSocket::from_std(socket.into()),
            incoming: vec![0; ROOM * os::TOGETHER].into(),
            received: Vec::with_capacity(os::TOGETHER),
            handed_on: 0,
            asked: 0,
            outgoing: Box::new([0; MAX_DATAGRAM]),
            unsent: None,
            token: Token(0),
            awaits_room: false,
            faults: None,
            lossy: false,
            origin: Duration::MAX,
        })
    }

    /// Sends itself a datagram, and waits until it arrives: where that cannot be, no process of the run can reach another.
    pub(super) fn reach_itself(&mut self) -> io::Result<()> {
        let own = self.address()?;
        let mut token = [0; 16];
        os::random(&mut token)?;
        let deadline = clock::now() + TIME_TO_ARRIVE;
        let mut pause = Duration::from_millis(1);
        loop {
            // A packet filter may drop or forbid some datagrams, and let others pass.
            let sent = match self.socket.send_to(&token, own) {
                Err(error) if error.kind() != io::ErrorKind::PermissionDenied => return Err(error),
                sent => sent,
            };
            while let Ok((length, _)) = self.socket.recv_from(&mut self.incoming) {
                if self.incoming[..length] == token {
                    return Ok(());
                }
            }
            if clock::now() >= deadline {
                let why = sent.map_or_else(|error| error.to_string(), |_| format!("none arrived within {TIME_TO_ARRIVE:?}"));
                return Err(io::Error::other(format!("{why}; let the packet filter pass UDP to {}", own.ip())));
            }
            std::thread::sleep(pause);
            pause *= 2;
        }
    }

    /// Lets the poll tell, under that token, when something has arrived.
    pub(super) fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        self.token = token;
        registry.register(&mut self.socket, token, Interest::READABLE)
    }

    /// Where it listens.
    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// How many bytes may wait here until they are read: as many as the system gave, which need not be what was asked for.
    pub(super) fn receive_buffer(&self) -> io::Result<usize> {
        let size = SockRef::from(&self.socket).recv_buffer_size()?;
        // socket(7): Linux gives, and tells, twice of what is asked for, and uses the other half for its own bookkeeping.
        Ok(if cfg!(target_os = "linux") { size / 2 } else { size }.min(RECEIVE_BUFFER))
    }

    /// Hands the next datagram that has arrived to the endpoint; tells the time at which there was one.
    pub(super) fn receive(&mut self, endpoint: &mut Endpoint) -> io::Result<Option<Duration>> {
        loop {
            while let Some(&(length, from)) = self.received.get(self.handed_on) {
                let start = self.handed_on * ROOM;
                self.handed_on += 1;
                if let Some(from) = from {
                    let now = clock::now();
                    endpoint.handle(now, from, &self.incoming[start..start + length]);
                    return Ok(Some(now));
                }
            }
            self.handed_on = 0;
            // With fewer than could be taken, none was left: to ask for more would cost a call for each datagram.
            let was_last = self.asked > ALONE && self.received.len() < os::TOGETHER;
            self.received.clear();
            if was_last {
                self.asked = 0;
                return Ok(None);
            }
            self.asked += 1;
            let result = if self.asked <= ALONE {
                self.socket.recv_from(&mut self.incoming[..ROOM]).map(|(length, from)| self.received.push((length, Some(from))))
            } else {
                os::receive(&self.socket, &mut self.incoming, ROOM, &mut self.received)
            };
            match result {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.asked = 0;
                    return Ok(None);
                }
                Err(error) if passing(&error) => self.asked = 0,
                Err(error) => return Err(error),
            }
        }
    }

    /// From now on, datagrams between nodes meet these faults.
    pub(super) fn set_faults(&mut self, faults: Faults, links: Links) {
        self.faults = Some(faults);
        self.lossy = links == Links::Lossy;
    }

    /// When the faults' clock begins.
    pub(super) fn set_origin(&mut self, origin: Duration) {
        self.origin = origin;
    }

    /// When [`transmit`](DatagramSocket::transmit) should be called again, on the machine's clock.
    pub(super) fn poll_timeout(&self) -> Option<Duration> {
        Some(self.origin.saturating_add(self.faults.as_ref()?.poll_timeout()?))
    }

    /// The next datagram for the system: one that was left, one that the faults held back, or one of the endpoint.
    fn next(&mut self, endpoint: &mut Endpoint, now: Duration) -> Option<(SocketAddr, usize)> {
        if let Some(unsent) = self.unsent.take() {
            return Some(unsent);
        }
        let Some(faults) = &mut self.faults else {
            return endpoint.poll_transmit(now, &mut self.outgoing).map(|transmit| (transmit.to, transmit.len));
        };
        let since = now.saturating_sub(self.origin);
        while let Some(transmit) = endpoint.poll_transmit(now, &mut self.outgoing) {
            // Neither the initializer is part of what is tried, nor the accounts of what was lost: else, where everything is
            // lost, nobody would ever know.
            let account = self.lossy && !transmit.messages;
            if transmit.link == CONTROL || account {
                return Some((transmit.to, transmit.len));
            }
            faults.send(since, transmit, &self.outgoing[..transmit.len]);
        }
        faults.poll_transmit(since, &mut self.outgoing).map(|transmit| (transmit.to, transmit.len))
    }

    /// Sends what is to be sent, as far as the system takes it.
    pub(super) fn transmit(&mut self, endpoint: &mut Endpoint, registry: &Registry) -> io::Result<()> {
        let now = clock::now();
        while let Some((to, length)) = self.next(endpoint, now) {
            match self.socket.send_to(&self.outgoing[..length], to) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.unsent = Some((to, length));
                    break;
                }
                Err(error) if passing(&error) => {}
                Err(error) => return Err(error),
            }
        }
        // Only who waits for room is told of it: else each datagram that leaves would wake the process once more, for the
        // buffer that it frees.
        let awaits_room = self.unsent.is_some();
        if self.awaits_room != awaits_room {
            self.awaits_room = awaits_room;
            let interest = if awaits_room { Interest::READABLE | Interest::WRITABLE } else { Interest::READABLE };
            registry.reregister(&mut self.socket, self.token, interest)?;
        }
        Ok(())
    }
}

/// Asks for a large receive buffer: beyond the system's limit, if this process may.
fn ask_for_buffer(socket: &Socket) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    if os::force_receive_buffer(socket, RECEIVE_BUFFER).is_ok() {
        return Ok(());
    }
    socket.set_recv_buffer_size(RECEIVE_BUFFER)
}

/// An error that says something of one datagram, nothing of the socket: the neighbour's process is gone, a firewall forbids it
/// (sendto(2): `EPERM`), the system has no memory for it just now.  The datagram is lost, as any may be.
fn passing(error: &io::Error) -> bool {
    use io::ErrorKind::{
        ConnectionRefused, ConnectionReset, HostUnreachable, Interrupted, NetworkDown, NetworkUnreachable, OutOfMemory,
        PermissionDenied,
    };
    let of_the_network = matches!(error.kind(), ConnectionRefused | ConnectionReset | HostUnreachable | NetworkUnreachable);
    let of_the_system = matches!(error.kind(), Interrupted | NetworkDown | OutOfMemory | PermissionDenied);
    of_the_network || of_the_system || error.raw_os_error() == Some(libc::ENOBUFS)
}
