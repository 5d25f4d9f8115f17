//! The protocol's part of a node process: takes what arrives, lets the node make its steps, counts, and keeps the log.

mod arrivals;
mod counts;
mod effects;
mod step;

use core::time::Duration;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

use self::arrivals::Held;
use self::step::guarded;
use super::control::{Failure, Final, FromNode, Peer, Setup};
use super::journal::Journal;
use super::links::tell;
use super::record::Record;
use super::{clock, memory};
use crate::link::Endpoint;
use crate::protocol::{Description, Event, Links, MessageSet, Net, Node, Protocol};
use crate::execution::{LogLine, explain};
use crate::topology::Port;

/// How long a node may be busy with itself before it looks at its links again.
const TURN: Duration = Duration::from_micros(50);

/// The protocol's part of a node process.
pub(super) struct Actor<P: Protocol> {
    node: Node<P>,
    net: Net<P>,
    description: Arc<Description>,
    peers: Vec<Peer>,
    journal: Journal,
    record: Option<Box<Record>>,
    /// When the run began on the machine's clock; before that, nothing is handled.
    origin: Option<Duration>,
    /// What the clock said when it was read last: it is read once a step.
    read: Duration,
    begun: bool,
    /// An impulse has come and is not handled yet.
    impulse: bool,
    held: Vec<Held>,
    to_self: VecDeque<P::Msg>,
    /// Where messages are encoded.
    buffer: Vec<u8>,
    /// How many bytes of messages may wait to be sent.
    outbox_limit: usize,
    /// It has failed, or told how it ended: it takes no more steps.
    over: bool,
    /// Messages sent to, and taken from, neighbours that are alive.
    sent: u64,
    received: u64,
    received_from: Vec<u64>,
    /// By port: whether the neighbour is dead.
    dead: Vec<bool>,
    /// By port: how many messages were sent to the neighbour's former lives, and lost by it.
    before: Vec<(u64, u64)>,
    /// How many deaths and recoveries it knows of.
    changes: u32,
    /// Where it stores.
    memory: Option<PathBuf>,
    /// Messages may be lost, so that the links' own accounts matter.
    lossy: bool,
    depth: u64,
    last_message: Option<u8>,
    counts: Final,
}

impl<P: Protocol> Actor<P> {
    /// Sets the node up.
    pub(super) fn new(setup: Setup<P::Input, P::Config>, outbox_limit: usize) -> Result<Self, Failure> {
        let description = P::description(&setup.config);
        let failed = |what: String| Failure { violation: false, what };
        let journal = Journal::new(setup.log_file.as_deref(), setup.log_stream, setup.incarnation > 0).map_err(failed)?;
        let mut counts = Final { by_type: vec![0; description.messages.len()], ..Final::default() };
        let ports = setup.local.ends.len();
        counts.sent_through = vec![0; ports];
        let index = setup.local.node;
        let record = setup.record.as_ref().map(|plan| Record::open(plan, index, ports).map(Box::new));
        let mut record = record.transpose().map_err(failed)?;
        let mut net = Net::local(setup.local);
        net.keep_log(journal.is_open() || record.is_some());
        net.keep_alarms(record.is_some());
        let again = setup.incarnation > 0;
        let now = setup.origin.map_or(Duration::ZERO, |origin| clock::now().saturating_sub(origin));
        let node = if again {
            let stored = match &setup.memory {
                Some(path) => memory::read(path).map_err(|cause| failed(format!("what it stored cannot be read: {cause}")))?,
                None => None,
            };
            net.set_now(now);
            guarded(|| Node::recovered(stored, setup.incarnation, &setup.config, &mut net))?
        } else {
            guarded(|| Node::new(&setup.config, &mut net))?
        };
        if let Some(record) = &mut record {
            record.born(now, &node, again);
        }
        Ok(Actor {
            node,
            net,
            description,
            dead: setup.peers.iter().map(|peer| peer.dead).collect(),
            peers: setup.peers,
            memory: setup.memory,
            journal,
            record,
            origin: None,
            read: Duration::ZERO,
            begun: false,
            impulse: false,
            held: Vec::new(),
            to_self: VecDeque::new(),
            buffer: vec![0; 2048],
            outbox_limit,
            over: false,
            sent: 0,
            received: 0,
            received_from: vec![0; ports],
            before: vec![(0, 0); ports],
            changes: setup.changes,
            lossy: setup.links == Links::Lossy,
            depth: 0,
            last_message: None,
            counts,
        })
    }

    /// The impulse is to be handled, as soon as the outbox allows; what arrives may still be held back.
    pub(super) fn wake(&mut self, origin: Duration) {
        self.origin.get_or_insert(origin);
        self.impulse = true;
    }

    /// From now on messages are handled.
    pub(super) fn begin(&mut self, origin: Duration, endpoint: &mut Endpoint) {
        self.origin.get_or_insert(origin);
        if !self.begun {
            self.begun = true;
            // What `#[init]` asked for.
            self.carry_out(endpoint);
            for Held { sender, stamp, copy, bytes } in std::mem::take(&mut self.held) {
                if let Some(received) = self.decode(sender, stamp, copy, &bytes) {
                    self.handle(received, endpoint);
                }
            }
        }
    }

    /// The clock was just read.
    #[inline]
    pub(super) fn set_clock(&mut self, read: Duration) {
        self.read = read;
    }

    /// Does what may wait while the outbox is full: the impulse, messages to the node itself, and alarms that are due.
    pub(super) fn advance(&mut self, endpoint: &mut Endpoint) {
        self.read = clock::now();
        if self.impulse && !endpoint.is_over_limit() {
            self.impulse = false;
            if !self.over {
                let now = self.now();
                if let Some(record) = &mut self.record {
                    record.impulse(now);
                }
                self.journal.note(now, &LogLine::WakesUp);
                self.step(None, Event::Impulse, false, endpoint);
            }
            let _ = tell(endpoint, &FromNode::Woken);
        }
        // A handler that sends to itself for ever must not keep the process from its links.
        let until = self.read + TURN;
        while self.begun && !self.over && self.read <= until && !endpoint.is_over_limit() {
            let now = self.now();
            if let Some(msg) = self.to_self.pop_front() {
                if let Some(record) = &mut self.record {
                    record.arrives_from_self(now);
                }
                self.step(Some(msg.tag()), Event::Message { sender: Port::SELF, msg }, false, endpoint);
            } else if self.node.next_alarm().is_some_and(|at| at <= now) {
                if let Some(record) = &mut self.record {
                    record.rings(now, &self.node);
                }
                self.journal.note(now, &LogLine::AlarmRings);
                self.step(None, Event::Alarm, false, endpoint);
            } else {
                break;
            }
        }
    }

    /// When [`advance`](Actor::advance) should be called again, on the machine's clock.
    pub(super) fn next_call(&self) -> Option<Duration> {
        if !self.begun || self.over {
            None
        } else if !self.to_self.is_empty() {
            Some(Duration::ZERO)
        } else {
            Some(self.origin?.saturating_add(self.node.next_alarm()?))
        }
    }

    /// The time since the run began, when the clock was read last.
    pub(super) fn now(&self) -> Duration {
        self.origin.map_or(Duration::ZERO, |origin| self.read.saturating_sub(origin))
    }

    /// Records what has happened; to be called before anything leaves.
    #[inline]
    pub(super) fn record(&mut self, endpoint: &Endpoint) {
        let now = self.now();
        if let Some(record) = &mut self.record {
            record.flush(now, endpoint);
        }
    }

    /// The run is over: `#[finish]`, and all that is to be told.
    pub(super) fn finish(&mut self, endpoint: &mut Endpoint) -> Final {
        if !self.over {
            let now = self.now();
            self.net.set_now(now);
            if let Some(record) = &mut self.record {
                record.finishes(now);
            }
            let (node, net) = (&mut self.node, &mut self.net);
            match guarded(|| node.finish(net)) {
                Ok(()) if self.net.has_more_than_words() => {
                    self.fail(true, explain::FINISH_DOES_MORE.to_owned(), endpoint);
                }
                Ok(()) => self.carry_out(endpoint),
                Err(failure) => self.fail(failure.violation, failure.what, endpoint),
            }
        }
        self.over = true;
        let mut counts = std::mem::take(&mut self.counts);
        counts.fields = postcard::to_allocvec(self.node.protocol()).unwrap_or_default();
        counts.causal = self.depth;
        counts.last_message = self.last_message.map(|tag| self.description.messages[usize::from(tag)].name.clone());
        counts.deferred = explain::deferred(&self.node);
        counts
    }

    fn fail(&mut self, violation: bool, what: String, endpoint: &mut Endpoint) {
        if !self.over {
            self.over = true;
            self.journal.note(self.now(), &LogLine::Failed(&what));
            if let Some(record) = &mut self.record {
                record.fails(violation, &what);
            }
            let _ = tell(endpoint, &FromNode::Failed(Failure { violation, what }));
        }
    }
}
