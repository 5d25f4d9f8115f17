//! Takes from the system what a run needs, starts a process per node, and waits until all are set up.

use core::time::Duration;
use std::io;
use std::net::IpAddr;

use mio::{Events, Interest, Poll, Token};

use super::turn::{INTERRUPT, SOCKET};
use super::{Initializer, Orders};
use crate::execution::{EngineKind, Prepared, RunError};
use crate::link::{self, Endpoint, Guarantee, Key, Options};
use crate::os;
use crate::process::birth::Birth;
use crate::process::children::Children;
use crate::process::links::{CONTROL, INITIALIZER, max_message};
use crate::process::member::{Member, Stage};
use crate::process::recording::Recorded;
use crate::process::socket::{DatagramSocket, RECEIVE_BUFFER};
use crate::process::tally::Tally;
use crate::process::{DEFAULT_OUTBOX_LIMIT, Launcher, Processes, Progress, clock, limits, memory, temporary};
use crate::scarce::in_words;
use crate::sorting;
use crate::topology::Graph;
use crate::trace::{Header, TimeKind};

/// What a short datagram takes in a socket's buffer, and what a link may use of it at least.
const SHORT_DATAGRAM: usize = 512;
const LEAST_WINDOW: usize = 16 << 10;

impl Initializer {
    pub(super) fn new(mut prepared: Prepared, mut how: Processes) -> Result<Self, RunError> {
        let nodes = prepared.instance.graph().node_count();
        limits::allow(nodes, how.recording.is_some(), how.bind_address())?;
        let (mut socket, buffer) = listen(how.bind_address())?;
        temporary::sweep();
        let faults = &mut prepared.faults;
        sorting::by_key(&mut faults.crashes, |crash| crash.at);
        sorting::by_key(&mut faults.recoveries, |recovery| recovery.at);
        if let Some(limit) = how.outbox_limit {
            prepared.note_option("outbox-limit", limit.to_string());
        }
        if let Some(directory) = &how.logs {
            std::fs::create_dir_all(directory).map_err(|cause| {
                RunError::refused(format!("--logs {}: the directory cannot be made: {}", directory.display(), in_words(&cause)))
            })?;
        }
        let launcher = match how.launcher.take() {
            Some(launcher) => launcher,
            None => Launcher::this_program().map_err(system("this program cannot be found, to be started as nodes"))?,
        };
        let poll = Poll::new().map_err(system("no epoll"))?;
        socket.register(poll.registry(), SOCKET).map_err(system("no epoll"))?;
        prepared.notices.extend(scarce_buffer(buffer, prepared.instance.graph()));
        let mut interrupt = match &mut how.interrupt {
            Some(interrupt) => interrupt.stream().map_err(system("signals"))?,
            None => None,
        };
        if let Some(stream) = &mut interrupt {
            poll.registry().register(stream, INTERRUPT, Interest::READABLE).map_err(system("signals"))?;
        }
        let mut key = [0; 32];
        os::random(&mut key).map_err(system("no key can be drawn"))?;
        let memory = if prepared.faults.recoveries.is_empty() { None } else { Some(memory::Folder::new()) };
        let memory = memory.transpose().map_err(system("a folder for what nodes store"))?;
        let begin = |recording| Recorded::begin(recording, &Header::of(&prepared, EngineKind::Processes, TimeKind::Real));
        let recorded = how.recording.take().map(begin).transpose().map_err(system("the record of the run"))?;
        let max_message = max_message(&prepared.description);
        let options = Options { max_message, outbox_limit: usize::MAX, receive_budget: buffer as u64, ..Options::default() };
        let mut endpoint = Endpoint::new(INITIALIZER, 0, Key::new(key), options);
        for node in 0..nodes as u32 {
            // Where the node listens, its Hello tells.
            let link = CONTROL.index() as u32;
            endpoint.add_link(Guarantee::Fifo, link::Peer { endpoint: node, link, incarnation: 0, address: None });
        }
        let mut this = Initializer {
            tally: Tally::new(nodes, prepared.description.has_terminal_states()),
            default_fingerprint: prepared.protocol.description().fingerprint(),
            fingerprint: prepared.description.fingerprint(),
            prepared,
            starter: launcher.starter(),
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
            unwritten: Vec::new(),
            end: None,
            inbox: Vec::new(),
            unread: false,
        };
        this.start_all()?;
        Ok(this)
    }

    /// Starts a process per node.
    fn start_all(&mut self) -> Result<(), RunError> {
        let name = self.prepared.description.name.clone();
        for node in 0..self.nodes() {
            self.birth(node)
                .and_then(|birth| self.starter.launch(&name, &birth))
                .and_then(|child| self.children.add(child, self.poll.registry(), Token(node)))
                .map_err(system(format!("node process {node} of {} cannot be started", self.nodes())))?;
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

    /// What every node process is told when it is born.
    pub(super) fn birth(&self, node: usize) -> io::Result<Birth> {
        let max_message = max_message(&self.prepared.description);
        Ok(Birth {
            node: node as u32,
            incarnation: self.members[node].incarnation,
            key: self.key,
            initializer: self.socket.address()?,
            bind: self.how.bind_address(),
            parent: std::process::id(),
            outbox_limit: self.how.outbox_limit.unwrap_or_else(|| DEFAULT_OUTBOX_LIMIT.max(4 * max_message)) as u64,
            max_message: max_message as u64,
        })
    }

    /// Waits until every node is set up, but not longer than that.
    pub(super) fn await_ready(&mut self, limit: Duration) -> Result<(), RunError> {
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
                    _ if self.children.is_stopped(first) => "has a process that a signal has stopped",
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
}

/// Why the system does not let the run begin.
fn system(what: impl Into<String>) -> impl FnOnce(io::Error) -> RunError {
    let what = what.into();
    move |cause| RunError::System { what, cause }
}

/// The initializer's socket, which can be reached, and the size of its receive buffer.
fn listen(bind: IpAddr) -> Result<(DatagramSocket, usize), RunError> {
    let made = DatagramSocket::bind(bind).and_then(|socket| Ok((socket.receive_buffer()?, socket)));
    let (buffer, mut socket) = made.map_err(system(format!("no process can listen at {bind}")))?;
    socket.reach_itself().map_err(system(format!("no process can send a datagram to another at {bind}")))?;
    Ok((socket, buffer))
}

/// What people should know if the system gives sockets less buffer than was asked for, and some node has so many neighbours
/// that their messages may not fit: nothing is lost, but much is sent twice.
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
