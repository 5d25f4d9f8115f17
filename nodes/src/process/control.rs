//! What initializer and nodes say to each other.

use core::time::Duration;
use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::counts::Counts;
use super::record::RecordPlan;
use crate::protocol::{Bytes, Links, Local};

/// What the initializer tells a node.
#[derive(Serialize, Deserialize)]
pub(super) enum ToNode {
    /// Who the node is, and who its neighbours are.
    Setup(Box<Setup>),
    /// An impulse; times count from `origin` on the machine's clock.
    Impulse { origin: Duration },
    /// From now on messages may be handled.
    Begin { origin: Duration },
    /// The node crashes in the next step that it begins; of its messages so many leave, the first ones, or what the seed draws.
    Doom { first: Option<u64> },
    /// A node is dead: nothing comes from it any more, and nothing reaches it.
    Died { node: u32 },
    /// A node is back, in another process, which listens there; answered by [`FromNode::Aware`].
    Recovered { node: u32, incarnation: u32, address: SocketAddr },
    /// Asks for a [`Status`] at once.
    Probe { wave: u32 },
    /// The run is over: asks for the final state.
    Finish,
}

/// Who the node is, and who its neighbours are: its "DNS".
#[derive(Serialize, Deserialize)]
pub(super) struct Setup {
    /// What the protocol may know; the input is encoded.
    pub(super) local: Local<Bytes>,
    /// What `#[init]` is given, encoded.
    pub(super) config: Bytes,
    /// What the links promise.
    pub(super) links: Links,
    /// Who is at the other end, by port.
    pub(super) peers: Vec<Peer>,
    /// What goes wrong on purpose with the datagrams that leave here.
    pub(super) faults: Option<FaultPlan>,
    /// Where the log goes.
    pub(super) log_file: Option<PathBuf>,
    /// Whether the log goes to the initializer as well.
    pub(super) log_stream: bool,
    /// How often the node was started before, and if it was, when the run began.
    pub(super) incarnation: u32,
    pub(super) origin: Option<Duration>,
    /// How often nodes have died or recovered so far.
    pub(super) changes: u32,
    /// Where it stores; nowhere if nobody will recover.
    pub(super) memory: Option<PathBuf>,
    /// Where it records, if it does.
    pub(super) record: Option<RecordPlan>,
}

/// What goes wrong on purpose with the datagrams that leave a node.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct FaultPlan {
    pub(super) loss: f64,
    pub(super) duplicate: f64,
    pub(super) reorder: f64,
    /// As `--delay` has it; with `weights`, those of the ports.
    pub(super) delay: Option<String>,
    /// By port, from when until when its link is down, since the origin.
    pub(super) down: Vec<(u32, Duration, Duration)>,
}

/// The other end of a link.
#[derive(Serialize, Deserialize)]
pub(super) struct Peer {
    /// The neighbour.
    pub(super) node: u32,
    /// The link's port there.
    pub(super) port: u32,
    /// Where it listens.
    pub(super) address: SocketAddr,
    /// How often it was started before.
    pub(super) incarnation: u32,
    /// Whether it is dead.
    pub(super) dead: bool,
}

/// What a node tells the initializer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum FromNode {
    /// It is there.  Its configuration is not known yet: the fingerprint is that of the protocol under the default one.
    Hello { fingerprint: u64 },
    /// It is set up.  The fingerprint is that of the protocol under the configuration of the run.
    Ready { fingerprint: u64 },
    /// It knows that a node is back.
    Aware { of: u32 },
    /// An impulse has been handled.
    Woken,
    /// It has nothing to do.
    Status(Status),
    /// A line of its log.
    Log(String),
    /// Something that was asked for cannot be written, though the run goes on.
    Trouble(String),
    /// A result: a name, and a value as JSON.
    Report { name: String, value: String },
    /// It cannot go on.
    Failed(Failure),
    /// How it ended.
    Final(Box<Final>),
}

/// What a node counts for the detection of the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Status {
    /// Which probe this answers; 0 if none.
    pub(super) wave: u32,
    /// Messages sent to live neighbours.
    pub(super) sent: u64,
    /// Messages taken from live neighbours (handled, late, ignored or deferred), and those that it sent them and that are
    /// known to be lost.
    pub(super) settled: u64,
    /// Of how many deaths and recoveries it knows.
    pub(super) changes: u32,
    /// It has nothing to do but wait.
    pub(super) idle: bool,
    /// An alarm is set.
    pub(super) alarm: bool,
    /// Its state is terminal.
    pub(super) decided: bool,
}

/// Why a node cannot go on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Failure {
    /// Whether the protocol broke its own word (`#[never]`, a terminal state left) rather than its program.
    pub(super) violation: bool,
    /// What happened.
    pub(super) what: String,
}

/// How a node ended.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Final {
    /// The protocol's fields, encoded.
    pub(super) fields: Bytes,
    /// What it sent and handled.
    pub(super) counts: Counts,
    /// The longest chain of messages that led here.
    pub(super) causal: u64,
    /// When it decided, since the origin.
    pub(super) decided_at: Option<Duration>,
    /// When it last did something, since the origin.
    pub(super) active_until: Duration,
    /// In handlers.
    pub(super) busy: Duration,
    /// The messages that it still deferred.
    pub(super) deferred: Vec<String>,
    /// What its links did.
    pub(super) links: LinkTotals,
    /// Why its part of the record is not whole, if it is not.
    pub(super) unrecorded: Option<String>,
}

/// What a node's links to its neighbours did.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct LinkTotals {
    pub(super) datagrams: u64,
    pub(super) retransmitted: u64,
    pub(super) lost: u64,
    pub(super) duplicated: u64,
    pub(super) rejected: u64,
}
