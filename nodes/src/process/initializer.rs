//! The initializer: starts the nodes, introduces them to each other, wakes some, waits for the end, collects what they tell.

mod orders;
mod recovery;

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::SocketAddr;

use mio::{Events, Interest, Poll, Token};
use serde_json::Value;

use self::orders::Orders;
use super::actor::CONTROL;
use super::birth::Birth;
use super::children::{Children, how_ended};
use super::control::{Failure, Final, FromNode, Peer, Setup, Status, ToNode};
use super::node::INITIALIZER;
use super::recording::Recorded;
use super::socket::{BATCH, DatagramSocket, RECEIVE_BUFFER};
use super::tally::{Conclusion, Tally};
use super::{DEFAULT_OUTBOX_LIMIT, DEFAULT_TIMEOUT, Launcher, Processes, Progress, clock, faults, limits, memory, result};
use crate::link::{self, Endpoint, Guarantee, Key, LinkId, Options};
use crate::network::OnCrash;
use crate::protocol::{Local, Protocol, bounded};
use crate::run::{Finished, Prepared, RunError};
use crate::topology::{Graph, NodeIndex};
use crate::trace::{Header, TimeKind};

const SOCKET: Token = Token(usize::MAX);
const INTERRUPT: Token = Token(usize::MAX - 1);

/// How long the nodes may take to come up: so much, and so much for each.
const SET_UP: (Duration, Duration) = (Duration::from_secs(15), Duration::from_millis(20));

/// How long the nodes may take to tell how they ended: so much, and so much for each.
const FINISH: (Duration, Duration) = (Duration::from_secs(2), Duration::from_millis(5));

/// What a short datagram takes in a socket's buffer, and what a link may use of it at least.
const SHORT_DATAGRAM: usize = 512;
const LEAST_WINDOW: usize = 16 << 10;

/// How often the progress of a long run is told.
const SHOWN: Duration = Duration::from_millis(50);

/// Makes the run.
pub(super) fn run<P: Protocol>(prepared: Prepared<P>, how: Processes) -> Result<Finished<P>, RunError> {
    let mut initializer = Initializer::new(prepared, how)?;
    let end = initializer.conduct()?;
    let ended = clock::now();
    let end = initializer.collect(end);
    initializer.children.end();
    let rejected = initializer.endpoint.stats().rejected.total();
    let Initializer { prepared, started, tally, mut members, deaths, recovered, recorded, .. } = initializer;
    let ending = Ending { started, ended, end, deaths, recovered, sent: tally.sent(), rejected };
    let mut finished = result::finished(&prepared, ending, &mut members);
    if let Some(recorded) = recorded {
        recorded.finish(&mut finished);
    }
    Ok(finished)
}

/// How far a node has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    #[default]
    Started,
    Present,
    Introduced,
    Ready,
    Woken,
}

/// What is known of a node.
#[derive(Default)]
pub(super) struct Member {
    stage: Stage,
    address: Option<SocketAddr>,
    pub(super) last: Option<Box<Final>>,
    pub(super) reported: BTreeMap<String, Value>,
    pub(super) gone: bool,
    /// Its crash was planned.
    planned: bool,
    /// How often it was started again, whether it has begun since, and which neighbours do not know of it yet.
    incarnation: u32,
    begun: bool,
    unaware: BTreeSet<usize>,
}

/// A node that died, or recovered, while the others went on.
pub(super) struct Death {
    pub(super) node: usize,
    pub(super) at: Option<Duration>,
    pub(super) what: String,
}

/// What is known of the end.
pub(super) struct Ending {
    /// When the first impulse was given, and when the end came, on the machine's clock.
    pub(super) started: Option<Duration>,
    pub(super) ended: Duration,
    pub(super) end: End,
    /// Who died while the others went on.
    pub(super) deaths: Vec<Death>,
    /// Who recovered.
    pub(super) recovered: Vec<Death>,
    /// Messages sent, as far as the nodes told while they ran.
    pub(super) sent: u64,
    /// Datagrams that the initializer rejected.
    pub(super) rejected: u64,
}

/// Why the run ended.
pub(super) enum End {
    /// Nothing is under way any more.
    Quiet,
    /// The user ended it.
    Interrupted,
    /// The planned end came.
    Planned,
    /// The time was up.
    TimedOut(Duration),
    /// A node cannot go on.
    Failed { node: usize, at: Option<Duration>, failure: Failure },
}

struct Initializer<P: Protocol> {
    prepared: Prepared<P>,
    launcher: Launcher,
    how: Processes,
    poll: Poll,
    events: Events,
    socket: DatagramSocket,
    endpoint: Endpoint,
    orders: Orders,
    /// Held, so that it stays registered.
    _interrupt: Option<mio::net::UnixStream>,
    children: Children,
    members: Vec<Member>,
    /// How many nodes are set up.
    ready: usize,
    tally: Tally,
    fingerprint: u64,
    /// When the first impulse was given, on the machine's clock.
    started: Option<Duration>,
    /// Who died while the others went on.
    deaths: Vec<Death>,
    recovered: Vec<Death>,
    key: [u8; 32],
    /// Where nodes that may recover store.
    memory: Option<memory::Folder>,
    recorded: Option<Recorded>,
    /// The first reason to end that came up.
    end: Option<End>,
    inbox: Vec<u8>,
    /// More datagrams may lie in the socket than were read.
    unread: bool,
}

impl<P: Protocol> Initializer<P> {
    fn new(mut prepared: Prepared<P>, mut how: Processes) -> Result<Self, RunError> {
        let nodes = prepared.instance.graph.node_count();
        limits::allow(nodes, how.recording.is_some())?;
        if let Some(limit) = how.outbox_limit {
            prepared.note_option("outbox-limit", limit.to_string());
        }
        if let Some(directory) = &how.logs {
            std::fs::create_dir_all(directory).map_err(|cause| {
                RunError::refused(format!("--logs {}: the directory cannot be made: {cause}", directory.display()))
            })?;
        }
        let system = |what: &str| {
            let what = what.to_owned();
            move |cause| RunError::System { what, cause }
        };
        let launcher = match how.launcher.take() {
            Some(launcher) => launcher,
            None => Launcher::this_program().map_err(system("this program cannot be found, to be started as nodes"))?,
        };
        let poll = Poll::new().map_err(system("no epoll"))?;
        let mut socket = DatagramSocket::bind(how.bind_address()).map_err(system("the initializer's socket"))?;
        socket.register(poll.registry(), SOCKET).map_err(system("the initializer's socket"))?;
        let buffer = socket.receive_buffer().map_err(system("the initializer's socket"))?;
        prepared.notices.extend(scarce_buffer(buffer, &prepared.instance.graph));
        let mut interrupt = match &mut how.interrupt {
            Some(interrupt) => interrupt.stream().map_err(system("signals"))?,
            None => None,
        };
        if let Some(stream) = &mut interrupt {
            poll.registry().register(stream, INTERRUPT, Interest::READABLE).map_err(system("signals"))?;
        }
        let mut key = [0; 32];
        rustix::rand::getrandom(&mut key, rustix::rand::GetRandomFlags::empty())
            .map_err(|cause| RunError::System { what: "no key can be drawn".into(), cause: cause.into() })?;
        let memory = if prepared.faults.recoveries.is_empty() { None } else { Some(memory::Folder::new()) };
        let memory = memory.transpose().map_err(system("a folder for what nodes store"))?;
        let begin = |recording| Recorded::begin(recording, &Header::of(&prepared, TimeKind::Real));
        let recorded = how.recording.take().map(begin).transpose().map_err(system("the record of the run"))?;
        let options = Options { outbox_limit: usize::MAX, receive_budget: buffer as u64, ..Options::default() };
        let mut endpoint = Endpoint::new(INITIALIZER, 0, Key::new(key), options);
        for node in 0..nodes as u32 {
            // Where the node listens, its Hello tells.
            let link = CONTROL.index() as u32;
            endpoint.add_link(Guarantee::Fifo, link::Peer { endpoint: node, link, incarnation: 0, address: None });
        }
        let mut this = Initializer {
            tally: Tally::new(nodes, prepared.description.has_terminal_states()),
            fingerprint: prepared.description.fingerprint(),
            prepared,
            launcher,
            how,
            poll,
            events: Events::with_capacity(1024),
            socket,
            endpoint,
            orders: Orders::default(),
            _interrupt: interrupt,
            children: Children::new(),
            members: (0..nodes).map(|_| Member::default()).collect(),
            ready: 0,
            started: None,
            deaths: Vec::new(),
            recovered: Vec::new(),
            key,
            memory,
            recorded,
            end: None,
            inbox: Vec::new(),
            unread: false,
        };
        this.start_all()?;
        Ok(this)
    }

    fn nodes(&self) -> usize {
        self.prepared.instance.graph.node_count()
    }

    /// Starts a process per node.
    fn start_all(&mut self) -> Result<(), RunError> {
        let name = self.prepared.description.name.clone();
        for node in 0..self.nodes() {
            self.birth(node)
                .and_then(|birth| self.launcher.launch(&name, &birth))
                .and_then(|child| self.children.add(child, self.poll.registry(), Token(node)))
                .map_err(|cause| RunError::System {
                    what: format!("node process {node} of {} cannot be started", self.nodes()),
                    cause,
                })?;
            self.tell_progress(Progress::Started(node + 1));
            // Meanwhile the first ones say Hello.
            if node % 16 == 15 {
                self.turn(Some(Duration::ZERO))?;
            }
            if self.end.is_some() {
                break;
            }
        }
        Ok(())
    }

    /// From the first Hello to the reason to end.
    fn conduct(&mut self) -> Result<End, RunError> {
        let limit = SET_UP.0 + SET_UP.1 * self.nodes() as u32;
        self.await_ready(limit)?;
        let started = clock::now();
        self.started = Some(started);
        if let Some(recorded) = &self.recorded {
            recorded.set_origin(started);
        }
        let timeout = self.prepared.timeout.unwrap_or(DEFAULT_TIMEOUT);
        let (last, on_time) = match self.prepared.stop_after {
            Some(stop) if stop <= timeout || self.prepared.timeout.is_none() => (stop, End::Planned),
            _ => (timeout, End::TimedOut(timeout)),
        };
        let last = started.saturating_add(last);
        if self.end.is_none() {
            self.wake_up(started, last)?;
        }
        let mut shown = started;
        while self.end.is_none() {
            let now = clock::now();
            if now >= last {
                self.end = Some(on_time);
                break;
            }
            if now >= shown + SHOWN {
                shown = now;
                self.tell_progress(Progress::Messages(self.tally.sent()));
            }
            self.give_due_impulses(now);
            self.crash_and_recover_due(now);
            let next = self.next_impulse().into_iter().chain([last, now + SHOWN]).min().unwrap_or(last);
            self.turn_until(next)?;
        }
        Ok(self.end.take().unwrap_or(End::Quiet))
    }

    /// Waits until every node is set up, but not longer than that.
    fn await_ready(&mut self, limit: Duration) -> Result<(), RunError> {
        let deadline = clock::now() + limit;
        let mut told = 0;
        while self.end.is_none() {
            if told != self.ready {
                told = self.ready;
                self.tell_progress(Progress::Ready(told));
            }
            let behind = self.nodes() - told;
            if behind == 0 {
                return Ok(());
            }
            let now = clock::now();
            if now >= deadline {
                let first = self.members.iter().position(|member| member.stage < Stage::Ready).unwrap_or_default();
                let what = match self.members[first].stage {
                    Stage::Started => "said nothing after its process was started",
                    _ => "did not become ready after it was introduced to its neighbours",
                };
                return Err(RunError::SetUp(format!(
                    "{behind} of {} nodes did not come up in {} s; node {first} {what}",
                    self.nodes(),
                    limit.as_secs()
                )));
            }
            self.turn(Some(deadline - now))?;
        }
        Ok(())
    }

    /// Gives the impulses of the start, and lets everybody begin.
    fn wake_up(&mut self, origin: Duration, last: Duration) -> Result<(), RunError> {
        self.tell_progress(Progress::Running);
        if self.prepared.together {
            let woken = std::mem::take(&mut self.prepared.initiators);
            for (node, _) in &woken {
                self.tell(node.index(), &ToNode::Impulse { origin });
            }
            self.expect_no_more_impulses();
            let behind = |member: &Member| member.stage < Stage::Woken && !member.gone;
            while self.end.is_none() && clock::now() < last && woken.iter().any(|(node, _)| behind(&self.members[node.index()]))
            {
                self.crash_and_recover_due(clock::now());
                self.turn_until(last)?;
            }
        }
        for node in 0..self.nodes() {
            self.tell(node, &ToNode::Begin { origin });
        }
        Ok(())
    }

    fn next_impulse(&self) -> Option<Duration> {
        let started = self.started?;
        self.prepared.initiators.iter().map(|(_, at)| started.saturating_add(*at)).min()
    }

    fn give_due_impulses(&mut self, now: Duration) {
        let Some(origin) = self.started else { return };
        let due = self.prepared.initiators.extract_if(.., |(_, at)| origin.saturating_add(*at) <= now).collect::<Vec<_>>();
        for (node, _) in due {
            self.tally.forget(node.index());
            self.tell(node.index(), &ToNode::Impulse { origin });
        }
        self.expect_no_more_impulses();
    }

    fn expect_no_more_impulses(&mut self) {
        if self.prepared.initiators.is_empty() && !self.expects_recoveries() {
            let conclusion = self.tally.expect_no_more();
            self.conclude(conclusion);
        }
    }

    /// Asks everybody how they ended, and waits for the answers, but not for ever.  A run that had ended well has not if one
    /// fails now.
    fn collect(&mut self, end: End) -> End {
        self.tell_progress(Progress::Finishing);
        for node in 0..self.nodes() {
            self.tell(node, &ToNode::Finish);
        }
        // After a quiet end nobody is in a handler: all will answer, however slow the machine is.  Else one may never.
        let (some, each) = if matches!(end, End::Quiet) { SET_UP } else { FINISH };
        let deadline = clock::now() + some + each * self.nodes() as u32;
        while self.members.iter().any(|member| member.last.is_none() && !member.gone && member.stage >= Stage::Ready) {
            let now = clock::now();
            if now >= deadline || self.turn(Some(deadline - now)).is_err() {
                break;
            }
        }
        match (end, self.end.take()) {
            (End::Quiet | End::Planned, Some(failed @ End::Failed { .. })) => failed,
            (end, _) => end,
        }
    }

    fn tell(&mut self, node: usize, what: &ToNode<P::Input, P::Config>) {
        match postcard::to_allocvec(what) {
            Ok(order) => self.orders.push(node, order),
            Err(cause) => self.fail_to_tell(node, &cause),
        }
    }

    /// Hands orders to the links, as many as may be under way.
    fn send_orders(&mut self) {
        let now = clock::now();
        while let Some((node, order)) = self.orders.next(now, |node| self.endpoint.queued(LinkId::new(node as u32)) == 0) {
            if let Err(cause) = self.endpoint.send(LinkId::new(node as u32), 0, &order) {
                self.fail_to_tell(node, &cause);
            }
        }
    }

    fn fail_to_tell(&mut self, node: usize, cause: &dyn std::fmt::Display) {
        self.fail(node, Failure { violation: false, what: format!("it cannot be told what it must know: {cause}") });
    }

    fn tell_progress(&mut self, progress: Progress) {
        if let Some(watch) = &mut self.how.watch {
            watch(progress);
        }
    }

    /// One turn of the loop, until then at most, or until a crash or recovery is due.
    fn turn_until(&mut self, at: Duration) -> Result<(), RunError> {
        let at = self.next_fault().map_or(at, |fault| fault.min(at));
        self.turn(Some(at.saturating_sub(clock::now())))
    }

    /// One turn of the loop: sends, waits at most so long, and takes what comes.
    fn turn(&mut self, wait: Option<Duration>) -> Result<(), RunError> {
        self.turn_io(wait).map_err(|cause| RunError::System { what: "the initializer's loop".into(), cause })
    }

    fn turn_io(&mut self, wait: Option<Duration>) -> io::Result<()> {
        self.send_orders();
        self.socket.transmit(&mut self.endpoint, self.poll.registry())?;
        let due = [self.endpoint.poll_timeout(), self.orders.due()].into_iter().flatten().min();
        let due = due.map(|at| at.saturating_sub(clock::now()));
        // More may lie there than was read last.
        let wait = if self.unread { Some(Duration::ZERO) } else { [wait, due].into_iter().flatten().min() };
        match self.poll.poll(&mut self.events, wait) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        let mut ended = Vec::new();
        for event in &self.events {
            match event.token() {
                SOCKET => {}
                INTERRUPT => {
                    self.end.get_or_insert(End::Interrupted);
                }
                Token(node) if event.is_error() || event.is_write_closed() => ended.push(node),
                _ => {}
            }
        }
        // What a node said before it ended comes first: it explains the end.  But however fast datagrams come, whosever they are,
        // they do not keep the initializer from its clock and its nodes.
        let mut datagrams = 0;
        while datagrams < BATCH && self.socket.receive(&mut self.endpoint)?.is_some() {
            datagrams += 1;
            while let Some(delivery) = self.endpoint.poll_delivery() {
                let node = delivery.link.index();
                self.inbox.clear();
                self.inbox.extend_from_slice(delivery.payload);
                self.hear(node);
            }
            self.socket.transmit(&mut self.endpoint, self.poll.registry())?;
        }
        self.unread = datagrams == BATCH;
        for node in ended {
            self.note_ended(node);
        }
        Ok(())
    }

    fn note_ended(&mut self, node: usize) {
        let how = match self.children.await_end(node) {
            Some(status) => how_ended(status),
            None => "closed its end of the pipe".to_owned(),
        };
        let at = self.started.map(|started| clock::now().saturating_sub(started));
        self.orders.forget(node);
        let member = &mut self.members[node];
        if std::mem::replace(&mut member.gone, true) || self.end.is_some() || member.last.is_some() {
            return;
        }
        let what = if member.planned { "crashed, as planned".to_owned() } else { format!("its process {how}") };
        if let (Some(recorded), Some(at)) = (&self.recorded, at) {
            recorded.note_death(node, at, &what);
        }
        let failure = Failure { violation: false, what };
        let ends = self.prepared.faults.on_crash == OnCrash::Stop && !self.will_recover(node);
        if ends || self.started.is_none() {
            self.end = Some(End::Failed { node, at, failure });
            return;
        }
        self.deaths.push(Death { node, at, what: failure.what });
        self.endpoint.peer_died(LinkId::new(node as u32));
        for other in 0..self.nodes() {
            self.tell(other, &ToNode::Died { node: node as u32 });
        }
        if self.will_recover(node) {
            self.tally.expect();
        } else {
            // Nobody wakes the dead.
            self.prepared.initiators.retain(|(initiator, _)| initiator.index() != node);
        }
        self.forget_unaware(node);
        let conclusion = self.tally.bury(node);
        self.conclude(conclusion);
        self.expect_no_more_impulses();
    }

    /// Takes what a node says.
    fn hear(&mut self, node: usize) {
        let said = match bounded::decode::<FromNode>(&self.inbox) {
            Ok(said) => said,
            Err(cause) => {
                let failure = Failure { violation: false, what: format!("what it says does not decode: {cause}") };
                return self.fail(node, failure);
            }
        };
        match said {
            FromNode::Hello { fingerprint } if fingerprint != self.fingerprint => {
                let what = format!(
                    "it is another build: its messages and fields have the fingerprint {fingerprint:016x}, this program's {:016x}",
                    self.fingerprint
                );
                self.fail(node, Failure { violation: false, what });
            }
            FromNode::Hello { .. } => {
                self.members[node].address = self.endpoint.peer(LinkId::new(node as u32)).address;
                self.members[node].stage = Stage::Present;
                self.introduce_around(node);
            }
            FromNode::Ready => {
                self.members[node].stage = Stage::Ready;
                self.ready += 1;
                if self.members[node].incarnation > 0 {
                    self.announce(node);
                }
            }
            FromNode::Aware { of } => self.note_aware(node, of as usize),
            FromNode::Woken => self.members[node].stage = Stage::Woken,
            FromNode::Status(status) => self.note_status(node, status),
            FromNode::Log(line) => self.tell_progress(Progress::Log { node, line }),
            FromNode::Trouble(what) => self.prepared.notices.push(format!("node {node}: {what}")),
            FromNode::Report { name, value } => {
                let value = serde_json::from_str(&value).unwrap_or(Value::String(value));
                self.members[node].reported.insert(name, value);
            }
            FromNode::Failed(failure) => self.fail(node, failure),
            FromNode::Final(last) => self.members[node].last = Some(last),
        }
    }

    /// A node cannot go on.  That is a mistake in the protocol, which ends the run even if crashes do not.
    fn fail(&mut self, node: usize, failure: Failure) {
        let at = self.started.map(|started| clock::now().saturating_sub(started));
        self.end.get_or_insert(End::Failed { node, at, failure });
    }

    fn note_status(&mut self, node: usize, status: Status) {
        let conclusion = self.tally.note(node, status);
        self.conclude(conclusion);
    }

    fn conclude(&mut self, conclusion: Conclusion) {
        match conclusion {
            Conclusion::Open => {}
            Conclusion::Probe(wave) => {
                for node in 0..self.nodes() {
                    self.tell(node, &ToNode::Probe { wave });
                }
            }
            Conclusion::Quiet => {
                self.end.get_or_insert(End::Quiet);
            }
        }
    }

    /// Introduces the new node, and each neighbour that waited for it, as far as all their neighbours are there.
    fn introduce_around(&mut self, node: usize) {
        let graph = &self.prepared.instance.graph;
        let mut around = graph.ends(NodeIndex::new(node)).map(|end| end.neighbour.index()).collect::<Vec<_>>();
        around.push(node);
        for node in around {
            if self.members[node].stage == Stage::Present {
                self.introduce(node);
            }
        }
    }

    fn introduce(&mut self, node: usize) {
        let instance = &self.prepared.instance;
        let index = NodeIndex::new(node);
        let peers = instance.graph.ends(index).map(|end| {
            let (neighbour, dead) = (&self.members[end.neighbour.index()], self.tally.is_dead(end.neighbour.index()));
            Some(Peer {
                node: end.neighbour.index() as u32,
                port: end.back.index() as u32,
                address: neighbour.address?,
                // Of one that is about to come back, the node will be told.
                incarnation: neighbour.incarnation - u32::from(dead && !neighbour.gone),
                dead,
            })
        });
        let Some(peers) = peers.collect::<Option<Vec<_>>>() else { return };
        let setup = Setup {
            local: Local::of(instance, index),
            config: self.prepared.config.clone(),
            links: self.prepared.links,
            peers,
            faults: faults::share(&self.prepared, index),
            log_file: self.how.logs.as_ref().map(|directory| directory.join(format!("node-{node}.log"))),
            log_stream: self.how.stream_logs,
            incarnation: self.members[node].incarnation,
            origin: self.started,
            changes: self.tally.changes(),
            memory: self.memory.as_ref().map(|folder| folder.of(node)),
            record: self.recorded.as_ref().map(|recorded| recorded.plan(node)),
        };
        self.members[node].stage = Stage::Introduced;
        self.tell(node, &ToNode::Setup(Box::new(setup)));
    }
}

/// What people should know if the system gives sockets less buffer than was asked for, and some node has so many neighbours that
/// their messages may not fit: nothing is lost, but much is sent twice.
fn scarce_buffer(given: usize, graph: &Graph) -> Option<String> {
    let most = graph.nodes().map(|node| graph.degree(node)).max().unwrap_or(0);
    let needed = (most * LEAST_WINDOW).max(graph.node_count() * SHORT_DATAGRAM).min(RECEIVE_BUFFER);
    (given < needed).then(|| {
        format!(
            "the system gives a socket {} KiB of receive buffer, and this run could use {}: what does not fit is dropped and sent \
             again; `sysctl -w net.core.rmem_max={RECEIVE_BUFFER}` gives more",
            given >> 10,
            RECEIVE_BUFFER >> 10
        )
    })
}
