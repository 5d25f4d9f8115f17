//! A node process: one loop, one socket, one thread, blocked when there is nothing to do.

use core::time::Duration;
use std::io::{self, Read};
use std::os::fd::AsRawFd;

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};

use super::actor::{Actor, CONTROL, link_of, tell};
use super::birth::Birth;
use super::control::{FromNode, LinkTotals, Setup, ToNode};
use super::socket::DatagramSocket;
use super::{clock, panics};
use crate::link::{Endpoint, Guarantee, LinkId, LinkSpec};
use crate::protocol::{Links, Protocol};
use crate::topology::Port;

const SOCKET: Token = Token(0);
const PARENT: Token = Token(1);

/// The initializer's number among the endpoints of a run; the nodes have their indices.
pub(super) const INITIALIZER: u32 = u32::MAX;

/// A node that has been quiet for the sixteenth part of the run says so, but at least after, and at most after:
/// often enough that a short run ends at once, and so seldom that the saying costs nothing.
const QUIET: (Duration, Duration) = (Duration::from_micros(400), Duration::from_millis(100));

/// Lives the life of a node of `P`, and ends the process.
pub(super) fn live<P: Protocol>() -> ! {
    let code = match NodeProcess::<P>::be_born().and_then(NodeProcess::run) {
        Ok(()) => 0,
        Err(cause) => {
            eprintln!("a node of {}: {cause}", P::DECLARATION.name);
            1
        }
    };
    std::process::exit(code)
}

/// All that a node process is, around its [`Actor`].
struct NodeProcess<P: Protocol> {
    poll: Poll,
    socket: DatagramSocket,
    endpoint: Endpoint,
    actor: Option<Actor<P>>,
    /// The status of which the initializer knows.
    told: Option<super::control::Status>,
    /// Since when nothing has happened.
    quiet_since: Duration,
    /// Where deliveries are read.
    inbox: Vec<u8>,
}

impl<P: Protocol> NodeProcess<P> {
    fn be_born() -> io::Result<Self> {
        let birth = Birth::read(io::stdin())?;
        // Whatever becomes of the initializer, this process does not outlive it; even while a handler loops for ever.
        #[cfg(target_os = "linux")]
        rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
        let parent = rustix::process::getppid().map(|parent| parent.as_raw_nonzero().get().cast_unsigned());
        if parent != Some(birth.parent) {
            return Err(io::Error::other("the initializer is gone"));
        }
        panics::keep();

        // The socket is bound before anybody hears of the node.
        let mut socket = DatagramSocket::bind(birth.bind)?;
        let mut endpoint = Endpoint::new(birth.node, birth.key);
        endpoint.add_link(LinkSpec {
            id: CONTROL,
            peer: INITIALIZER,
            peer_link: LinkId(birth.node),
            address: Some(birth.initializer),
            guarantee: Guarantee::Fifo,
        });
        endpoint.set_unlimited(CONTROL);
        let fingerprint = P::description(&P::Config::default()).fingerprint();
        tell(&mut endpoint, &FromNode::Hello { fingerprint });

        let poll = Poll::new()?;
        poll.registry().register(socket.source(), SOCKET, Interest::READABLE | Interest::WRITABLE)?;
        poll.registry().register(&mut SourceFd(&io::stdin().as_raw_fd()), PARENT, Interest::READABLE)?;
        Ok(NodeProcess {
            poll,
            socket,
            endpoint,
            actor: None,
            told: None,
            quiet_since: clock::now(),
            inbox: Vec::new(),
        })
    }

    fn run(mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(8);
        loop {
            let more = self.socket.receive(&mut self.endpoint)?;
            let happened = self.take_deliveries();
            if let Some(actor) = &mut self.actor {
                actor.advance(&mut self.endpoint);
            }
            if happened {
                self.quiet_since = clock::now();
            }
            self.say_when_quiet();
            self.socket.transmit(&mut self.endpoint)?;
            if more {
                continue;
            }
            let wait = self.wait();
            match self.poll.poll(&mut events, wait) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            // The end of the pipe that brought the key: the run is over, or the initializer is gone.
            if events.iter().any(|event| event.token() == PARENT) && io::stdin().read(&mut [0; 8])? == 0 {
                return Ok(());
            }
        }
    }

    /// How long there is nothing to do; `None` for ever.
    fn wait(&self) -> Option<Duration> {
        let now = clock::now();
        let status = self.status_due();
        let alarm = self.actor.as_ref().and_then(|actor| actor.next_call());
        let next = [self.endpoint.poll_timeout(), status, alarm].into_iter().flatten().min()?;
        Some(next.saturating_sub(now))
    }

    /// When the initializer should hear of this node again; `None` if it knows all.
    fn status_due(&self) -> Option<Duration> {
        let actor = self.actor.as_ref()?;
        let status = actor.status(0);
        if !status.idle || self.told == Some(status) {
            return None;
        }
        Some(self.quiet_since + (actor.now() / 16).clamp(QUIET.0, QUIET.1))
    }

    fn say_when_quiet(&mut self) {
        if self.status_due().is_some_and(|due| due <= clock::now())
            && let Some(actor) = &self.actor
        {
            let status = actor.status(0);
            self.told = Some(status);
            tell(&mut self.endpoint, &FromNode::Status(status));
        }
    }

    /// Handles everything that has been delivered; whether there was anything.
    fn take_deliveries(&mut self) -> bool {
        let mut happened = false;
        loop {
            let Some(delivery) = self.endpoint.poll_delivery(&mut self.inbox) else { return happened };
            happened = true;
            if delivery.link == CONTROL {
                self.obey();
            } else if let Some(actor) = &mut self.actor {
                let sender = Port::new(delivery.link.0 as usize - 1);
                actor.deliver(sender, delivery.stamp, &self.inbox, &mut self.endpoint);
            }
        }
    }

    /// Does what the initializer says.
    fn obey(&mut self) {
        let order = match postcard::from_bytes::<ToNode<P::Input, P::Config>>(&self.inbox) {
            Ok(order) => order,
            Err(cause) => {
                let what = format!("what the initializer says does not decode: {cause}");
                tell(&mut self.endpoint, &FromNode::Failed(super::control::Failure { violation: false, what }));
                return;
            }
        };
        match (order, &mut self.actor) {
            (ToNode::Setup(setup), None) => self.set_up(*setup),
            (ToNode::Impulse { origin }, Some(actor)) => {
                actor.impulse(origin, &mut self.endpoint);
                // Even if the impulse changed nothing, the initializer waits to hear of it.
                self.told = None;
                tell(&mut self.endpoint, &FromNode::Woken);
            }
            (ToNode::Begin { origin }, Some(actor)) => actor.begin(origin, &mut self.endpoint),
            (ToNode::Probe { wave }, Some(actor)) => {
                tell(&mut self.endpoint, &FromNode::Status(actor.status(wave)));
            }
            (ToNode::Finish, Some(actor)) => {
                let mut last = actor.finish(&mut self.endpoint);
                last.links = self.link_totals();
                tell(&mut self.endpoint, &FromNode::Final(Box::new(last)));
            }
            // Finish before the set-up: there is nothing to tell.
            _ => {}
        }
    }

    fn set_up(&mut self, setup: Setup<P::Input, P::Config>) {
        let guarantee = match setup.links {
            Links::Fifo => Guarantee::Fifo,
            Links::Reliable => Guarantee::Reliable,
            Links::Lossy => Guarantee::Lossy,
        };
        for (port, peer) in setup.peers.iter().enumerate() {
            self.endpoint.add_link(LinkSpec {
                id: link_of(Port::new(port)),
                peer: peer.node,
                peer_link: link_of(Port::new(peer.port as usize)),
                address: Some(peer.address),
                guarantee,
            });
        }
        match Actor::new(setup) {
            Ok(actor) => {
                self.actor = Some(actor);
                tell(&mut self.endpoint, &FromNode::Ready);
            }
            Err(failure) => tell(&mut self.endpoint, &FromNode::Failed(failure)),
        }
    }

    fn link_totals(&self) -> LinkTotals {
        let stats = self.endpoint.stats();
        LinkTotals {
            datagrams: stats.datagrams_sent,
            retransmitted: stats.retransmitted,
            lost: stats.lost,
            duplicated: stats.duplicates,
            reordered: stats.reordered,
            rejected: stats.rejected,
        }
    }
}
