//! The protocol's part of a node process: takes what arrives, lets the node make its steps, counts, and keeps the log.

use core::time::Duration;
use std::collections::VecDeque;
use std::net::IpAddr;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use super::control::{Failure, Final, FromNode, Peer, Setup, Status};
use super::journal::Journal;
use super::record::{Record, read_stamp, stamp};
use super::{clock, memory};
use crate::link::{DATAGRAM, Endpoint, LinkId, MAX_DATAGRAM, MAX_MESSAGE, Options, SendError};
use crate::protocol::{Description, Effect, Event, Links, MessageSet, Net, Node, Protocol, States, Stepped};
use crate::run::LogLine;
use crate::run::explain::FINISH_DOES_MORE;
use crate::topology::{NodeIndex, Port};

/// How long a node may be busy with itself before it looks at its links again.
const TURN: Duration = Duration::from_micros(50);

/// A message from a neighbour that may not be handled yet.
struct Held {
    sender: Port,
    stamp: u64,
    copy: bool,
    bytes: Vec<u8>,
}

/// A message from a neighbour, or why its bytes are none.
pub(super) struct Received<M> {
    sender: Port,
    depth: u64,
    /// Of its sending in its sender's record, if the run is recorded.
    number: u64,
    copy: bool,
    msg: Result<M, String>,
}

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

    /// A message from the neighbour at `sender`, with what it was stamped; a copy that the network made of one
    /// that has come before does not count.  It is handled by [`handle`](Actor::handle), if that may be already.
    pub(super) fn receive(&mut self, sender: Port, stamp: u64, copy: bool, bytes: &[u8]) -> Option<Received<P::Msg>> {
        if !self.begun {
            self.held.push(Held { sender, stamp, copy, bytes: bytes.to_vec() });
            return None;
        }
        self.decode(sender, stamp, copy, bytes)
    }

    fn decode(&mut self, sender: Port, stamp: u64, copy: bool, bytes: &[u8]) -> Option<Received<P::Msg>> {
        // Neither a copy counts, nor what was held back until its sender had died.
        if !copy && !self.dead[sender.index()] {
            self.received += 1;
            self.received_from[sender.index()] += 1;
        }
        let (depth, number) = if self.record.is_some() { read_stamp(stamp) } else { (stamp, 0) };
        (!self.over).then(|| Received {
            sender,
            depth,
            number,
            copy,
            msg: P::Msg::decode(bytes).map_err(|cause| cause.to_string()),
        })
    }

    /// Handles a message.
    pub(super) fn handle(&mut self, received: Received<P::Msg>, endpoint: &mut Endpoint) {
        let Received { sender, depth, number, copy, msg } = received;
        match msg {
            Ok(msg) => {
                self.depth = self.depth.max(depth);
                let now = self.now();
                if let Some(record) = &mut self.record {
                    record.arrives(now, number, sender);
                }
                if self.journal.is_open() {
                    let from = NodeIndex::new(self.peers[sender.index()].node as usize);
                    self.journal.note(self.now(), &LogLine::Received { msg: &msg, from, port: sender });
                }
                self.step(Some(msg.tag()), Event::Message { sender, msg }, !copy, endpoint);
            }
            Err(cause) => self.fail(
                false,
                format!("a message from node {} does not decode: {cause}", self.peers[sender.index()].node),
                endpoint,
            ),
        }
    }

    /// A node is dead: what it sent and what was sent to it no longer counts for the end of the run.
    pub(super) fn note_death(&mut self, node: u32, endpoint: &mut Endpoint) {
        self.changes += 1;
        for port in (0..self.peers.len()).filter(|port| self.peers[*port].node == node) {
            if !std::mem::replace(&mut self.dead[port], true) {
                let (sent_before, _) = self.before[port];
                self.sent -= self.counts.sent_through.get(port).copied().unwrap_or_default() - sent_before;
                self.received -= std::mem::take(&mut self.received_from[port]);
                endpoint.peer_died(link_of(Port::new(port)));
            }
        }
    }

    /// A node is back: what is sent to it, and what it sends, counts again.
    pub(super) fn note_recovery(&mut self, node: u32, incarnation: u32, address: SocketAddr, endpoint: &mut Endpoint) {
        self.changes += 1;
        for port in (0..self.peers.len()).filter(|port| self.peers[*port].node == node) {
            let link = link_of(Port::new(port));
            endpoint.peer_restarted(link, incarnation, Some(address));
            // What its former life sent must not count as sent by this one.
            self.held.retain(|held| held.sender.index() != port);
            self.dead[port] = false;
            let sent = self.counts.sent_through.get(port).copied().unwrap_or_default();
            self.before[port] = (sent, endpoint.link_stats(link).lost);
        }
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

    /// What it counts for the detection of the end.
    pub(super) fn status(&self, wave: u32, endpoint: &Endpoint) -> Status {
        let lost = if self.lossy {
            let live = (0..self.peers.len()).filter(|port| !self.dead[*port]).map(Port::new);
            live.map(|port| endpoint.link_stats(link_of(port)).lost - self.before[port.index()].1).sum()
        } else {
            0
        };
        Status {
            wave,
            sent: self.sent,
            settled: self.received + lost,
            changes: self.changes,
            idle: self.begun && !self.impulse && self.to_self.is_empty(),
            alarm: self.node.next_alarm().is_some(),
            decided: self.node.is_decided(),
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
                    self.fail(true, FINISH_DOES_MORE.to_owned(), endpoint);
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
        counts.deferred = self.node.deferred().iter().map(|(port, msg)| format!("{msg:?} from port {port}")).collect();
        counts
    }

    /// Lets the node make one step, and all steps that follow from a change of its state.  What a neighbour sent counts as
    /// received, a copy of it does not.
    fn step(&mut self, tag: Option<u8>, event: Event<P::Msg>, counts: bool, endpoint: &mut Endpoint) {
        self.one_step(tag, event, counts, endpoint);
        while !self.over
            && let Some((sender, msg)) = self.node.next_offer()
        {
            let (tag, counts, now) = (msg.tag(), sender != Port::SELF, self.now());
            if let Some(record) = &mut self.record {
                record.offered(now);
            }
            self.one_step(Some(tag), Event::Deferred, counts, endpoint);
        }
    }

    #[inline]
    fn one_step(&mut self, tag: Option<u8>, event: Event<P::Msg>, counts: bool, endpoint: &mut Endpoint) {
        let before = self.read;
        self.net.set_now(self.now());
        let state = self.node.state_name();
        let was_decided = self.node.is_decided();
        let (node, net) = (&mut self.node, &mut self.net);
        let stepped = guarded(|| node.step(event, net));
        self.read = clock::now();
        self.counts.busy += self.read.saturating_sub(before);
        self.counts.active_until = self.now();
        match stepped {
            Ok(stepped) => {
                match stepped {
                    Stepped::Handled | Stepped::Ignored if tag.is_some() => {
                        self.last_message = tag;
                        self.counts.received += u64::from(counts);
                    }
                    Stepped::Late => self.counts.late += u64::from(counts),
                    _ => {}
                }
                self.journal_step(stepped, state);
                if let Some(record) = &mut self.record {
                    record.stepped(&self.node, stepped);
                }
                self.carry_out(endpoint);
                self.judge(stepped, tag, state, endpoint);
            }
            Err(failure) => self.fail(failure.violation, failure.what, endpoint),
        }
        if !was_decided && self.node.is_decided() {
            self.counts.decided_at.get_or_insert(self.now());
        }
    }

    fn journal_step(&mut self, stepped: Stepped, before: &str) {
        if self.journal.is_open() {
            let now = self.now();
            if let Some(line) = LogLine::of_step(stepped, before, self.node.state_name()) {
                self.journal.note(now, &line);
            }
        }
    }

    /// Ends the node's part if the protocol broke its own word.
    fn judge(&mut self, stepped: Stepped, tag: Option<u8>, state: &str, endpoint: &mut Endpoint) {
        match stepped {
            Stepped::Never => {
                let what = tag.map_or("an event", |tag| &self.description.messages[usize::from(tag)].name).to_owned();
                self.fail(
                    true,
                    format!("`{what}` arrived in state {state}, which `#[never({what} in {state})]` rules out"),
                    endpoint,
                );
            }
            Stepped::LeftTerminal { from } => {
                let (from, to) = (P::State::NAMES[from], self.node.state_name());
                self.fail(
                    true,
                    format!("a handler left the terminal state {from} for {to}: who has decided stays decided"),
                    endpoint,
                );
            }
            _ => {}
        }
    }

    /// Does what the last step asked for.
    fn carry_out(&mut self, endpoint: &mut Endpoint) {
        let mut effects = self.net.take_effects();
        // Nobody hears of what may yet be forgotten.
        self.store(&effects, endpoint);
        for effect in effects.drain(..) {
            match effect {
                Effect::Send { port, msg } => {
                    if let Some(length) = self.encode(&msg, endpoint) {
                        self.send(port, &msg, length, endpoint);
                    }
                }
                Effect::SendAll { except, msg } => {
                    if let Some(length) = self.encode(&msg, endpoint) {
                        for port in (0..self.peers.len()).map(Port::new) {
                            if self.net.can_send(port) && !except.contains(port) {
                                self.send(port, &msg, length, endpoint);
                            }
                        }
                    }
                }
                Effect::ToSelf { msg } => self.send_to_self(msg, endpoint),
                Effect::Log(line) => {
                    if let Some(record) = &mut self.record {
                        record.logs(&line);
                    }
                    self.journal.note(self.now(), &LogLine::Says(&line));
                }
                Effect::Report { name, value } => {
                    if let Some(record) = &mut self.record {
                        record.reports(&name, &value);
                    }
                    self.journal.note(self.now(), &LogLine::Reports { name: &name, value: &value });
                    let told = tell(endpoint, &FromNode::Report { name: name.to_string(), value: value.to_string() });
                    if let Err(cause) = told {
                        self.fail(false, format!("its report `{name}` cannot be told: {cause}"), endpoint);
                    }
                }
                effect @ (Effect::SetAlarm { .. } | Effect::Cancel { .. }) => {
                    if let Some(record) = &mut self.record {
                        record.alarm(&effect);
                    }
                }
                Effect::Store(_) => {}
            }
        }
        self.net.give_back(effects);
        if let Some(what) = self.journal.take_trouble() {
            let _ = tell(endpoint, &FromNode::Trouble(what));
        }
        for line in self.journal.take_lines() {
            // A line that is too long for a message stands in the file, if there is one.
            let _ = tell(endpoint, &FromNode::Log(line));
        }
    }

    fn encode(&mut self, msg: &P::Msg, endpoint: &mut Endpoint) -> Option<usize> {
        match msg.encode_growing(&mut self.buffer) {
            Ok(length) => Some(length),
            Err(cause) => {
                let name = &self.description.messages[usize::from(msg.tag())].name;
                let cause = match msg.length() {
                    Some(length) if length > MAX_MESSAGE => format!("it has {length} bytes, more than {MAX_MESSAGE}"),
                    _ => cause.to_string(),
                };
                self.fail(false, format!("`{name}` cannot be sent: {cause}"), endpoint);
                None
            }
        }
    }

    fn send(&mut self, port: Port, msg: &P::Msg, length: usize, endpoint: &mut Endpoint) {
        if self.journal.is_open() {
            let to = NodeIndex::new(self.peers[port.index()].node as usize);
            self.journal.note(self.now(), &LogLine::Sends { msg, to, port });
        }
        let to = self.peers[port.index()].node;
        let waiting = endpoint.queued_total() - endpoint.queued(CONTROL);
        if waiting + length > self.outbox_limit {
            let (link, limit) = (endpoint.queued(link_of(port)), self.outbox_limit);
            let what = format!(
                "{waiting} bytes wait to be sent, {link} of them to node {to} (port {port}), and with {length} more they would \
                 pass the limit of {limit}: it sends faster than its neighbours take; a higher limit is given by `--outbox-limit`"
            );
            return self.fail(false, what, endpoint);
        }
        let depth = self.depth + 1;
        let stamp = self.record.as_ref().map_or(depth, |record| stamp(depth, record.next_number()));
        match endpoint.send(link_of(port), stamp, &self.buffer[..length]) {
            Ok(()) => {
                if let Some(record) = &mut self.record {
                    record.sends(port, msg, length);
                }
                self.sent += u64::from(!self.dead[port.index()]);
                self.counts.by_type[usize::from(msg.tag())] += 1;
                self.counts.bytes += length as u64;
                self.counts.max_bytes = self.counts.max_bytes.max(length as u64);
                self.counts.sent_through[port.index()] += 1;
            }
            Err(cause) => {
                self.fail(false, format!("nothing more can be sent to node {to} (port {port}): {cause}"), endpoint);
            }
        }
    }

    /// Puts what was stored last where a crash does not reach it.
    fn store(&mut self, effects: &[Effect<P::Msg, P::Alarm>], endpoint: &mut Endpoint) {
        let Some(path) = &self.memory else { return };
        let stored = effects.iter().rev().find_map(|effect| if let Effect::Store(bytes) = effect { Some(bytes) } else { None });
        if let Some(bytes) = stored
            && let Err(cause) = memory::write(path, bytes)
        {
            self.fail(false, format!("what it stores cannot be written: {cause}"), endpoint);
        }
    }

    /// What waits for the node itself is bounded too: a handler may send itself more than it takes.
    fn send_to_self(&mut self, msg: P::Msg, endpoint: &mut Endpoint) {
        let (waiting, limit) = (self.to_self.len(), self.outbox_limit);
        if (waiting + 1) * size_of::<P::Msg>().max(1) > limit {
            let what = format!(
                "{waiting} messages that it sent to itself wait, and with one more they would pass the limit of {limit} bytes; \
                 a higher limit is given by `--outbox-limit`"
            );
            return self.fail(false, what, endpoint);
        }
        if let Some(record) = &mut self.record {
            record.sends(Port::SELF, &msg, 0);
        }
        self.to_self.push_back(msg);
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

/// What a node's endpoint may use.  What the initializer is told comes on top of the limit for messages.
pub(super) fn endpoint_options(outbox_limit: usize, receive_buffer: usize, bind: IpAddr) -> Options {
    let usual = Options::default();
    Options {
        // Half of the limit is left for what deliveries lead to.
        outbox_mark: usual.outbox_mark.min(outbox_limit / 2),
        outbox_limit: outbox_limit.saturating_add(16 << 20),
        receive_budget: receive_buffer as u64,
        datagram: if bind.is_loopback() { MAX_DATAGRAM } else { DATAGRAM },
        ..usual
    }
}

/// The link to the initializer; those to the neighbours follow, by port.
pub(super) const CONTROL: LinkId = LinkId::new(0);

/// The link at a port.
pub(super) fn link_of(port: Port) -> LinkId {
    LinkId::new(1 + port.index() as u32)
}

/// The port of a link to a neighbour.
pub(super) fn port_of(link: LinkId) -> Port {
    Port::new(link.index() - 1)
}

/// Tells the initializer; the error says why that is too much.
pub(super) fn tell(endpoint: &mut Endpoint, what: &FromNode) -> Result<(), String> {
    let bytes = postcard::to_allocvec(what).map_err(|cause| cause.to_string())?;
    endpoint.send(CONTROL, 0, &bytes).map_err(|cause| match cause {
        SendError::TooLarge { len, .. } => format!("that takes {len} bytes, and at most {MAX_MESSAGE} can be told"),
        full => full.to_string(),
    })
}

/// Runs a piece of the user's code; a panic becomes a failure with its text.
fn guarded<T>(code: impl FnOnce() -> T) -> Result<T, Failure> {
    crate::panics::caught(code).map_err(|said| Failure { violation: false, what: format!("panicked: {said}") })
}
