//! Distributed algorithms, written as in a textbook, run as real processes.
//!
//! # What a distributed algorithm is
//!
//! A *distributed system* is a graph.  Its *nodes* compute, its *links* carry messages, and there is nothing else: no shared
//! memory, no common clock, nobody who sees everything.  A node knows its *ports* (its ends of its links) and, as a rule, an
//! *id* of its own; it does not know who is at the other end of a link, nor how large the graph is, unless the algorithm
//! assumes so.
//!
//! A *distributed algorithm* (here: a *protocol*) is what every node does, and it is the same for all.  A textbook (Santoro,
//! *Design and Analysis of Distributed Algorithms*, 2007, chapter 1) writes it as *rules*
//!
//! > STATE x EVENT -> ACTION
//!
//! A node is in one of a few *states*.  An *event* is the arrival of a message, the ringing of an alarm that the node set
//! itself, or the *impulse*: nobody sent it, the node starts *spontaneously*.  The *action* is one atomic step: it may send
//! messages, set alarms, and change the state.  Then the node waits for the next event.  Nodes that get an impulse are the
//! *initiators*.
//!
//! # How it is written here
//!
//! ```
//! use State::*;
//! use nodes::prelude::*;
//!
//! /// The news.
//! #[message]
//! pub struct Inform;
//!
//! #[states]
//! pub enum State {
//!     #[default]
//!     Idle,
//!     #[terminal]
//!     Informed,
//! }
//!
//! /// Flooding: tell everybody what you hear for the first time.
//! #[protocol(links = Reliable, problem = "broadcast", cost = "2m - n + 1 messages")]
//! pub struct Flooding {
//!     state: State,
//! }
//!
//! #[protocol]
//! impl Flooding {
//!     #[on(Spontaneously in Idle)]
//!     fn start(&mut self, net: &mut Net<Self>) {
//!         net.send_to_all(Inform);
//!         self.state = Informed;
//!     }
//!
//!     #[on(Inform in Idle)]
//!     fn hear(&mut self, sender: Port, net: &mut Net<Self>) {
//!         net.send_to_all_except(sender, Inform);
//!         self.state = Informed;
//!     }
//!
//!     /// In the end, everybody knows.
//!     #[finally]
//!     fn all_informed(world: &World<Self>) -> bool {
//!         world.in_state(Informed).count() == world.topology().node_count()
//!     }
//! }
//! # #[allow(unexpected_cfgs)]
//! # mod program { use super::Flooding;
//! nodes::main!(Flooding);
//! # }
//! # fn main() {}
//! ```
//!
//! [`#[message]`](message), [`#[states]`](states) and [`#[protocol]`](macro@protocol) on a struct declare; `#[protocol]` on an
//! `impl` holds the rules, one method each.  The compiler sees the whole table of states and messages: a pair without a rule, a
//! message that nobody handles, a terminal state that is left are compile errors which say what to write instead.
//!
//! | a handler says | and means |
//! |---|---|
//! | `net.send(port, msg)` | through one port, be it the one from which the message came; `Port::SELF` is the node itself |
//! | `net.send_to(ports, msg)`, `net.send_to_all(msg)`, `net.send_to_all_except(sender, msg)` | through some, all, all but some |
//! | `net.set_alarm(millis(20), Retry)` | rings after that time; after one drawn of a range with `millis(20)..millis(40)` |
//! | `net.restart(secs(1), Retry)`, `net.cancel::<Retry>()` | takes the alarms of that type back, and sets one, or does not |
//! | `net.random(1..=6)` | a number that follows from the seed |
//! | `net.store(&self.term)` | kept over a crash, for [`#[recover]`](recover) |
//! | `net.report("size", n)`, `net.log(text)` | shown in the result, in the node's log |
//!
//! A run is a function of its seed, so handlers read no other clock than `net.now()` and draw from nothing but `net.random`: a
//! `HashMap`, `Instant::now` or `rand::random` in a protocol does not compile.  A type that only stands in fields has
//! [`#[data]`](data).
//!
//! A *terminal* state means that the node has **decided**.  It is not deaf: a rule may name a terminal state, and answer there.
//!
//! # What is assumed, and what must hold
//!
//! An algorithm is right only under its assumptions, so they are part of its definition: `topology = Ring`, `links = Fifo`
//! (reliable and in order; also `Reliable` and `Lossy`), `initiators = One`, `knows(Size)`, `anonymous`.  Every engine holds
//! them: it refuses a graph that is no ring, and gives links that promise what is declared, no more.  So are its properties:
//! `#[always]` (safety: never two leaders) and `#[finally]` (when all is quiet: everybody knows the leader).
//!
//! # How it runs
//!
//! [`Run::processes`](run::Run::processes), and `run` on the command line, start one operating-system process per node:
//!
//! ```text
//!                         +-------------+
//!            +------------| initializer |------------+      starts every node, gives each its id, its
//!            |            +-------------+            |      ports and its neighbours' addresses; wakes the
//!            |               |       |               |      initiators; sees when nothing is under way any
//!            v               v       v               v      more; collects counts, states and reports
//!        +--------+      +--------+ +--------+   +--------+
//!        | node 0 |<---->| node 1 |<>| node 2 |<-->| node 3 |   processes of their own, which exchange
//!        +--------+  UDP +--------+ +--------+   +--------+   messages directly, over UDP
//!            ^                                       ^
//!            +---------------------------------------+
//! ```
//!
//! UDP loses, duplicates and reorders; [`link`] makes of it what the protocol declares.  A run ends *terminated* when nothing
//! is under way and every node has decided, *quiescent* if the protocol has no terminal states, *stuck* if somebody still
//! waits: then each node says what for.  All randomness follows from one seed.
//!
//! [`Run::simulate`](run::Run::simulate), and `simulate` on the command line, run the same definition under virtual time, in one
//! process.  Both are engines ([`run::Engine`]); [`Run::by`](run::Run::by) takes any, also one of your own.
//!
//! # Where to go on
//!
//! - [`prelude`]: what a protocol's file begins with.  [`Net`]: all that a handler can know and do.
//! - [`mod@protocol`]: the model behind the macros.  [`topology`]: graphs, where they come from, and classes of your own.
//! - [`run`]: runs from a program, their engines ([`run::Engine`]), and their results ([`run::Document`]).
//! - [`testing`]: tests of a protocol.  [`campaign`]: many simulated runs.  [`sweep`]: what costs grow like.
//! - [`simulator`] and [`process`]: the engines.  [`network`]: what links allow ([`System`](network::System)), and what follows a run
//!   ([`Observer`](network::Observer)).  [`trace`](mod@trace): the record of a run.
//! - [`protocol::AnyProtocol`]: protocols that a program knows at run time only, or makes then.
//! - The catalogue in `examples/`: algorithms to read beside the book.

extern crate self as nodes;

#[doc(hidden)]
#[allow(missing_docs)]
pub mod __private;
pub mod campaign;
pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
mod crc;
mod execution;
mod file;
pub mod link;
pub mod lint;
#[cfg(feature = "viewer")]
pub mod live;
pub mod looks;
mod markup;
mod nearest;
pub mod network;
mod os;
mod panics;
mod plain;
pub mod process;
pub mod protocol;
mod random;
mod scarce;
mod shell;
pub mod simulator;
mod sorting;
pub mod sweep;
mod tables;
pub mod testing;
mod time;
pub mod topology;
pub mod trace;
mod typed;
#[cfg(feature = "viewer")]
pub mod viewer;

/// A run: what it starts from ([`Run`](run::Run), [`AnyRun`](run::AnyRun)), what makes it ([`Engine`](run::Engine)), and what comes out
/// ([`Finished`](run::Finished), [`Document`](run::Document)).
pub mod run {
    pub use crate::execution::*;
    pub use crate::typed::Run;
}

pub use nodes_macros::*;
pub use protocol::{Bytes, Id, Input, Net, Node, Payload, Protocol, World};

/// What a protocol's file begins with: `use nodes::prelude::*;`.
pub mod prelude {
    pub use core::time::Duration;

    pub use nodes_macros::*;

    pub use crate::protocol::{Bytes, Id, Net, Node, Payload, PortMap, PortSet, Ports, World};
    pub use crate::protocol::{
        DirectedRingPrimitives as _, HypercubePrimitives as _, OrientedRingPrimitives as _, RingPrimitives as _,
    };
    pub use crate::topology::{NodeIndex, Port};
    pub use crate::{millis, secs};
}

use core::time::Duration;

/// So many seconds.
pub const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// So many milliseconds.
pub const fn millis(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}
