//! Consensus of two processes that share a memory, one of which may stop.
//!
//! *Problem.* Both decide the same: what one of them wanted, here its id.  Each decides even if the other stops.
//!
//! *Model.* The node in the middle is the memory, which does not fail: a register for each of the two others.  A process writes
//! its own register and reads that of the other, by messages; nothing is known of how long that takes.  Links are reliable and
//! in order; both processes start on their own.
//!
//! *Idea.* A process writes what it prefers, and reads what the other does.  If that is the same, or nothing yet, it decides: its
//! register keeps the value for ever, and the other will find it there.  If not, it asks the memory to toss a coin, by which its
//! register takes over the other's value or keeps its own, and reads again.  The coin is tossed when the value is written, and not
//! before: an adversary that knows what was tossed and chooses when messages arrive could keep both from deciding for ever.
//!
//! *Cost.* 3 messages an attempt.  A run ends with probability 1 and not always: `check chor_israeli_li` shows how.  With
//! `--deterministic` a register always takes over the other's value.  That is still right, and one process alone decides after two
//! attempts at most, so that the other may well have stopped.  But if both go in step, they take over from each other for ever: `check
//! chor_israeli_li --deterministic` shows that no chance ends it.  It cannot be otherwise: no deterministic consensus in which one
//! process may stop always ends, neither over registers nor by messages, which Fischer, Lynch and Paterson proved.  What they proved can
//! be seen in that loop: in each of its states it is still open what will be decided, and each has a next step after which it still is.
//!
//! *Source.* Chor, Israeli and Li, On processor coordination using asynchronous hardware, PODC 1987; Fischer, Lynch and Paterson,
//! Impossibility of distributed consensus with one faulty process, J.ACM 32(2), 1985.
//!
#![doc = include_str!("../pictures/chor_israeli_li.md")]

use State::*;
use nodes::prelude::*;
use nodes::topology::{Graph, TopologyClass};

/// Two processes, and the memory between them.
pub enum SharedMemory {}

impl TopologyClass for SharedMemory {
    const NAME: &'static str = "SharedMemory";
    const DEFAULT: &'static str = "star:3";

    fn accept(graph: Graph) -> Result<Graph, String> {
        if graph.node_count() == 3 && graph.link_count() == 2 {
            Ok(graph)
        } else {
            Err("two processes and the memory between them are a `star:3`".into())
        }
    }
}

/// The register of the sender is to have this value: surely, or if a coin shows heads.
#[message]
pub struct Write {
    value: Id,
    surely: bool,
}

/// Asks for both registers.
#[message]
pub struct Read;

/// The register of the process has this value, and so has that of the other, if it was ever written.
#[message]
pub struct Found {
    own: Id,
    other: Option<Id>,
}

/// What every node is given at its start.
#[config]
pub struct Options {
    /// Never toss a coin: always take over the other's value.
    pub deterministic: bool,
}

/// What a node is.
#[states]
pub enum State {
    /// A process that has not begun.
    #[default]
    Asleep,
    /// A process that has written, and waits for what it reads.
    Trying,
    /// A process that has decided.
    #[terminal]
    Decided,
    /// Keeps the registers.
    #[terminal]
    Memory,
}

/// Consensus over two registers, by tossing coins.
#[protocol(
    topology = SharedMemory,
    initiators = All,
    problem = "consensus",
    cost = "3 messages an attempt",
    source = "Chor, Israeli & Li 1987"
)]
pub struct ChorIsraeliLi {
    state: State,
    deterministic: bool,
    /// What a process has decided.
    value: Option<Id>,
    /// At the memory: the registers, by process.
    registers: PortMap<Id>,
}

#[protocol]
#[never(Write in Asleep | Trying)]
#[never(Read in Asleep | Trying)]
#[never(Found in Asleep)]
impl ChorIsraeliLi {
    #[init]
    fn new(options: &Options, net: &mut Net<Self>) -> Self {
        let state = if net.degree() > 1 { Memory } else { Asleep };
        ChorIsraeliLi { state, deterministic: options.deterministic, value: None, registers: PortMap::default() }
    }

    #[on(Spontaneously in Asleep)]
    fn start(&mut self, net: &mut Net<Self>) {
        self.state = Trying;
        self.attempt(Write { value: net.id(), surely: true }, net);
    }

    fn attempt(&mut self, write: Write, net: &mut Net<Self>) {
        net.send_to_all(write);
        net.send_to_all(Read);
    }

    #[on(Found in Trying)]
    fn compare(&mut self, msg: Found, net: &mut Net<Self>) {
        match msg.other {
            Some(other) if other != msg.own => self.attempt(Write { value: other, surely: self.deterministic }, net),
            _ => {
                self.value = Some(msg.own);
                self.state = Decided;
            }
        }
    }

    #[on(Write in Memory)]
    fn write(&mut self, msg: Write, sender: Port, net: &mut Net<Self>) {
        if msg.surely || net.random(0..=1) == 1 {
            self.registers.insert(sender, msg.value);
        }
    }

    #[on(Read in Memory)]
    fn read(&mut self, sender: Port, net: &mut Net<Self>) {
        let other = net.ports().find(|port| *port != sender).and_then(|port| self.registers.get(port).copied());
        // Links keep the order: what is read has been written before.
        if let Some(own) = self.registers.get(sender).copied() {
            net.send(sender, Found { own, other });
        }
    }

    /// Never two decisions.
    #[always]
    fn agreement(world: &World<Self>) -> bool {
        let first = world.in_state(Decided).next();
        world.in_state(Decided).all(|node| Some(node.value) == first.as_ref().map(|first| first.value))
    }

    /// When all is quiet, each process that has not failed has decided, on what one of both wanted.
    #[finally]
    fn decided(world: &World<Self>) -> bool {
        let memory = world.in_state(Memory).next().map(|memory| memory.id());
        world.all_terminal() && world.in_state(Decided).all(|node| node.value.is_some() && node.value != memory)
    }
}

nodes::main!(ChorIsraeliLi);
