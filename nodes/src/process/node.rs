//! A node process: one loop, one socket, one thread, blocked when there is nothing to do.

use core::time::Duration;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd};

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};

use super::actor::Actor;
use super::birth::Birth;
use super::children::LAST_WORDS;
use super::control::{Failure, Final, FromNode, LinkTotals, Setup, ToNode};
use super::links::{CONTROL, INITIALIZER, endpoint_options, link_of, port_of, tell};
use super::socket::{BATCH, DatagramSocket};
use super::{Report, clock, faults};
use crate::link::{Endpoint, Guarantee, Key, LinkId, Peer};
use crate::network::Leaving;
use crate::protocol::{AnyProtocol, Links, bounded};
use crate::scarce::in_words;
use crate::topology::Port;
use crate::{os, panics};

const SOCKET: Token = Token(0);
const PARENT: Token = Token(1);

/// A node that has been quiet for so long says so: at first after, and at most after.  It doubles each time, so that a short
/// run ends at once, and a node that every now and then has something to do soon knows how long that may take.
const QUIET: (Duration, Duration) = (Duration::from_micros(400), Duration::from_millis(100));

/// How long the messages that leave a node in the step in which it crashes may take to reach their receivers.
const LAST_MESSAGES: Duration = Duration::from_secs(1);

/// Lives the life of a node of that protocol.  The status with which the process is to end.
pub(super) fn live(protocol: &AnyProtocol, report: Report) -> u8 {
    let mut pipe = None;
    let lived =
        take_stdin().and_then(|taken| NodeProcess::be_born(protocol, report, pipe.insert(taken)).and_then(NodeProcess::run));
    let Err(cause) = lived else { return 0 };
    let why = in_words(&cause);
    // The initializer shows it in its result, unless it is gone.
    if pipe.is_none_or(|mut pipe| pipe.write_all(why.as_bytes()).is_err()) {
        let _ = writeln!(io::stderr(), "a node of {}: {why}", protocol.description().name);
    }
    1
}

/// Takes the pipe away from standard input, where nothing is to be read any more.  Programs that a handler starts do not
/// inherit it: one that lives on would hold it open, and the initializer would not see that the node has ended.
fn take_stdin() -> io::Result<File> {
    let pipe = io::stdin().as_fd().try_clone_to_owned()?;
    os::replace_stdin(File::open("/dev/null")?)?;
    Ok(File::from(pipe))
}

/// All that a node process is, around its [`Actor`].
struct NodeProcess<'p> {
    protocol: AnyProtocol,
    /// What is asked when the user's code has failed, and whether it has been.
    report: Report,
    reported: bool,
    poll: Poll,
    /// The stream that brought the key: it ends when the run does.
    pipe: &'p File,
    socket: DatagramSocket,
    endpoint: Endpoint,
    /// How many bytes of messages may wait to be sent.
    outbox_limit: usize,
    actor: Option<Actor>,
    /// The status of which the initializer knows.
    told: Option<super::control::Status>,
    /// Since when nothing has happened, and for how long nothing may before it is said.
    quiet_since: Duration,
    quiet: Duration,
    /// Where the initializer's orders are read.
    inbox: Vec<u8>,
}

impl<'p> NodeProcess<'p> {
    fn be_born(protocol: &AnyProtocol, report: Report, pipe: &'p File) -> io::Result<Self> {
        let birth = Birth::read(pipe)?;
        // Whatever becomes of the initializer, this process does not outlive it; even while a handler loops for ever.
        #[cfg(target_os = "linux")]
        os::die_with_parent()?;
        if std::os::unix::process::parent_id() != birth.parent {
            return Err(io::Error::other("the initializer is gone"));
        }
        panics::keep();

        // The socket is bound before anybody hears of the node.
        let deaf = |cause| io::Error::other(format!("it cannot listen at {}: {}", birth.bind, in_words(&cause)));
        let mut socket = DatagramSocket::bind(birth.bind).map_err(deaf)?;
        let outbox_limit = usize::try_from(birth.outbox_limit).unwrap_or(usize::MAX);
        let max_message = usize::try_from(birth.max_message).unwrap_or(usize::MAX);
        let options = endpoint_options(outbox_limit, max_message, socket.receive_buffer()?, birth.bind);
        let mut endpoint = Endpoint::new(birth.node, birth.incarnation, Key::new(birth.key), options);
        let initializer = Peer { endpoint: INITIALIZER, link: birth.node, incarnation: 0, address: Some(birth.initializer) };
        endpoint.add_link(Guarantee::Fifo, initializer);
        let fingerprint = protocol.description().fingerprint();
        tell(&mut endpoint, &FromNode::Hello { fingerprint }).map_err(io::Error::other)?;

        let poll = Poll::new()?;
        socket.register(poll.registry(), SOCKET)?;
        poll.registry().register(&mut SourceFd(&pipe.as_raw_fd()), PARENT, Interest::READABLE)?;
        Ok(NodeProcess {
            protocol: protocol.clone(),
            report,
            reported: false,
            poll,
            pipe,
            socket,
            endpoint,
            outbox_limit,
            actor: None,
            told: None,
            quiet_since: clock::now(),
            quiet: QUIET.0,
            inbox: Vec::new(),
        })
    }

    fn run(mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(8);
        loop {
            let mut datagrams = 0;
            let mut happened = false;
            while datagrams < BATCH
                && let Some(now) = self.socket.receive(&mut self.endpoint)?
            {
                datagrams += 1;
                if let Some(actor) = &mut self.actor {
                    actor.set_clock(now);
                }
                happened |= self.take_deliveries();
                // What answers the first leaves before it is looked whether there are more; what answers those shares
                // datagrams.
                if datagrams == 1 {
                    self.record();
                    self.socket.transmit(&mut self.endpoint, self.poll.registry())?;
                }
            }
            if let Some(actor) = &mut self.actor {
                actor.advance(&mut self.endpoint);
            }
            if happened {
                self.quiet_since = clock::now();
            }
            self.say_when_quiet();
            self.record();
            self.socket.transmit(&mut self.endpoint, self.poll.registry())?;
            if self.is_dead() {
                return Ok(());
            }
            // However fast datagrams come, the end of the pipe is seen.
            let wait = if datagrams == BATCH { Some(Duration::ZERO) } else { self.wait() };
            match self.poll.poll(&mut events, wait) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            // The run is over, or the initializer is gone.
            if events.iter().any(|event| event.token() == PARENT) && self.pipe.read(&mut [0; 8])? == 0 {
                return Ok(());
            }
        }
    }

    /// Whether the node has crashed in its last step, and what left of that has reached its neighbours, or cannot.
    fn is_dead(&mut self) -> bool {
        let Some(since) = self.actor.as_ref().and_then(Actor::crashed) else { return false };
        let waits = self.endpoint.queued_total() > self.endpoint.queued(CONTROL) || self.socket.poll_timeout().is_some();
        !waits || clock::now() >= since + LAST_MESSAGES
    }

    /// Whatever becomes of this process: what is about to leave it is on record.
    #[inline]
    fn record(&mut self) {
        if let Some(actor) = &mut self.actor {
            actor.record(&self.endpoint);
            if actor.has_failed() {
                self.report();
            }
        }
    }

    /// Says what there is to say of a failure besides a line, where nobody else hears it; once.
    #[cold]
    fn report(&mut self) {
        if std::mem::replace(&mut self.reported, true) {
            return;
        }
        let Some(report) = (self.report)() else { return };
        // More than is read would fill the pipe.
        let _ = self.pipe.write_all(&report.as_bytes()[..report.len().min(LAST_WORDS as usize)]);
    }

    /// How long there is nothing to do; `None` for ever.
    fn wait(&mut self) -> Option<Duration> {
        let now = clock::now();
        let status = self.status_due();
        let alarm = self.actor.as_ref().and_then(|actor| actor.next_call());
        let dies = self.actor.as_ref().and_then(Actor::crashed).map(|since| since + LAST_MESSAGES);
        let next = [self.endpoint.poll_timeout(), self.socket.poll_timeout(), status, alarm, dies];
        let next = next.into_iter().flatten().min()?;
        Some(next.saturating_sub(now))
    }

    /// When the initializer should hear of this node again; `None` if it knows all.
    fn status_due(&self) -> Option<Duration> {
        let actor = self.actor.as_ref()?;
        let status = actor.status(0, &self.endpoint);
        if !status.idle || self.told == Some(status) {
            return None;
        }
        Some(self.quiet_since + self.quiet)
    }

    fn say_when_quiet(&mut self) {
        if self.status_due().is_some_and(|due| due <= clock::now())
            && let Some(actor) = &self.actor
        {
            let status = actor.status(0, &self.endpoint);
            self.told = Some(status);
            self.quiet = (self.quiet * 2).min(QUIET.1);
            self.say(&FromNode::Status(status));
        }
    }

    /// Handles everything that has been delivered; whether there was anything.
    fn take_deliveries(&mut self) -> bool {
        let mut happened = false;
        while let Some(delivery) = self.endpoint.poll_delivery() {
            happened = true;
            if delivery.link == CONTROL {
                self.inbox.clear();
                self.inbox.extend_from_slice(delivery.payload);
                self.obey();
            } else if let Some(actor) = &mut self.actor {
                let (port, stamp, copy) = (port_of(delivery.link), delivery.stamp, delivery.duplicate);
                if let Some(received) = actor.receive(port, stamp, copy, delivery.payload) {
                    actor.handle(received, &mut self.endpoint);
                }
            }
        }
        happened
    }

    /// Does what the initializer says.
    fn obey(&mut self) {
        let order = match bounded::decode::<ToNode>(&self.inbox) {
            Ok(order) => order,
            Err(cause) => {
                let what = format!("what the initializer says does not decode: {cause}");
                return self.say(&FromNode::Failed(Failure { violation: false, what }));
            }
        };
        match (order, &mut self.actor) {
            (ToNode::Setup(setup), None) => self.set_up(*setup),
            (ToNode::Impulse { origin }, Some(actor)) => {
                self.socket.set_origin(origin);
                actor.wake(origin);
                // Even if the impulse changes nothing, the initializer waits to hear of it.
                self.told = None;
            }
            (ToNode::Begin { origin }, Some(actor)) => {
                self.socket.set_origin(origin);
                actor.begin(origin, &mut self.endpoint);
            }
            (ToNode::Doom { first }, Some(actor)) => {
                actor.doom(first.map_or(Leaving::Drawn, |messages| Leaving::First(messages as usize)));
            }
            (ToNode::Died { node }, Some(actor)) => actor.note_death(node, &mut self.endpoint),
            (ToNode::Recovered { node, incarnation, address }, Some(actor)) => {
                actor.note_recovery(node, incarnation, address, &mut self.endpoint);
                self.say(&FromNode::Aware { of: node });
            }
            (ToNode::Probe { wave }, Some(actor)) => {
                let status = actor.status(wave, &self.endpoint);
                // If it has something to do, it has to say so again when it has done it.
                self.told = status.idle.then_some(super::control::Status { wave: 0, ..status });
                self.say(&FromNode::Status(status));
            }
            (ToNode::Finish, Some(actor)) => {
                let mut last = actor.finish(&mut self.endpoint);
                last.links = self.link_totals();
                self.tell_last(last);
            }
            // Finish before the set-up: there is nothing to tell.
            _ => {}
        }
    }

    /// Tells how the node ended; without its fields, and that this is a failure, if they are too large to be told.
    fn tell_last(&mut self, last: Final) {
        let mut last = FromNode::Final(Box::new(last));
        let Err(cause) = tell(&mut self.endpoint, &last) else { return };
        if let FromNode::Final(last) = &mut last {
            let what = format!("its final state, {} bytes, and what it deferred cannot be told: {cause}", last.fields.len());
            last.fields = Vec::new().into();
            last.deferred.clear();
            let _ = tell(&mut self.endpoint, &FromNode::Failed(Failure { violation: false, what }));
        }
        let _ = tell(&mut self.endpoint, &last);
    }

    fn set_up(&mut self, setup: Setup) {
        let guarantee = match setup.links {
            Links::Fifo => Guarantee::Fifo,
            Links::Reliable => Guarantee::Reliable,
            Links::Lossy => Guarantee::Lossy,
        };
        // They are numbered by port, after the link to the initializer: see `link_of`.
        for peer in &setup.peers {
            let there = link_of(Port::new(peer.port as usize)).index() as u32;
            let address = Some(peer.address);
            let link = self
                .endpoint
                .add_link(guarantee, Peer { endpoint: peer.node, link: there, incarnation: peer.incarnation, address });
            if peer.dead {
                self.endpoint.peer_died(link);
            }
        }
        if let Some(plan) = &setup.faults {
            self.socket.set_faults(faults::of(plan, &setup.local), setup.links);
        }
        match Actor::new(&self.protocol, setup, self.outbox_limit) {
            Ok(actor) => {
                let fingerprint = actor.fingerprint();
                self.actor = Some(actor);
                self.say(&FromNode::Ready { fingerprint });
            }
            Err(failure) => {
                self.report();
                self.say(&FromNode::Failed(failure));
            }
        }
    }

    /// Tells the initializer something short.
    fn say(&mut self, what: &FromNode) {
        // It cannot fail: the nodes' messages leave room in the outbox.
        let _ = tell(&mut self.endpoint, what);
    }

    /// What the links to the neighbours did; the one to the initializer is not the protocol's.
    fn link_totals(&self) -> LinkTotals {
        let mut totals = LinkTotals { rejected: self.endpoint.stats().rejected.total(), ..LinkTotals::default() };
        for link in (1..self.endpoint.link_count()).map(|link| self.endpoint.link_stats(LinkId::new(link as u32))) {
            totals.datagrams += link.datagrams_sent;
            totals.retransmitted += link.resent;
            totals.lost += link.lost;
            totals.duplicated += link.duplicates + link.datagrams_repeated;
        }
        totals
    }
}
