//! A snapshot of a system at work.
//!
//! *Problem.* Record a configuration that the system could have been in, nodes and links, while it goes on working.
//!
//! *Model.* Any connected graph; links are reliable and in order; any nodes start a snapshot on their own.  Without order on
//! the links the result is wrong.  The work here: nodes move coins to each other, so that what is recorded must add up.
//!
//! *Idea.* A node records its own state, and at once sends a marker over every link.  The first marker makes a node record
//! its state. What comes over a link after the node has recorded, but before the marker on that link, was under way: it is
//! recorded as the state of the link.
//!
//! *Cost.* 2m markers.
//!
//! *Source.* Chandy and Lamport, Distributed snapshots: determining global states of distributed systems, ACM TOCS 3(1),
//! 1985.
//!
#![doc = include_str!("../pictures/chandy_lamport.md")]

use State::*;
use nodes::prelude::*;

/// Some coins change hands: the work.
#[message]
pub struct Transfer {
    coins: u32,
}

/// What was sent before this belongs to the snapshot.
#[message]
pub struct Marker;

/// Time to move some coins.
#[alarm]
pub struct Move;

/// Time to begin the snapshot.
#[alarm]
pub struct Record;

/// What every node is given at its start.
#[config]
pub struct Options {
    /// How many coins each node has at first.
    #[default(10)]
    #[range(0..=1_000)]
    #[shrink]
    pub coins: u32,
    /// How often each node gives some away.
    #[default(10)]
    #[range(0..=1_000_000)]
    #[shrink]
    pub moves: u32,
}

/// What a node is.
#[states]
pub enum State {
    /// Has not heard of a snapshot.
    #[default]
    Working,
    /// Has recorded its own state, and listens for what is under way.
    Recording,
    /// Has recorded its part.
    #[terminal]
    Recorded,
}

/// A snapshot by markers, of nodes that move coins.
#[protocol(problem = "snapshot", cost = "2m markers", source = "Chandy & Lamport 1985")]
#[derive(Default)]
pub struct ChandyLamport {
    state: State,
    coins: u32,
    moves: u32,
    started_with: u32,
    /// Its own coins in the snapshot.
    recorded: u32,
    /// The coins on their way to it in the snapshot.
    under_way: u32,
    /// The links on which the marker has not come.
    open: PortSet,
}

#[protocol]
impl ChandyLamport {
    #[init]
    fn new(options: &Options, net: &mut Net<Self>) -> Self {
        net.set_alarm(millis(0), Move);
        let (coins, moves) = (options.coins, options.moves);
        ChandyLamport { coins, moves, started_with: coins, ..ChandyLamport::default() }
    }

    #[on(Spontaneously in Working)]
    fn soon(&mut self, net: &mut Net<Self>) {
        net.set_alarm(millis(0)..=millis(10), Record);
    }

    #[when(Record in Working)]
    fn record(&mut self, net: &mut Net<Self>) {
        self.recorded = self.coins;
        self.open = net.in_ports().collect();
        net.send_to_all(Marker);
        self.state = if self.open.is_empty() { Recorded } else { Recording };
    }

    #[on(Marker in Working)]
    fn first_marker(&mut self, sender: Port, net: &mut Net<Self>) {
        self.record(net);
        self.close(sender);
    }

    #[on(Marker in Recording)]
    fn close(&mut self, sender: Port) {
        self.open.remove(sender);
        if self.open.is_empty() {
            self.state = Recorded;
        }
    }

    #[on(Transfer in Working | Recording | Recorded)]
    fn receive(&mut self, msg: Transfer, sender: Port) {
        self.coins += msg.coins;
        if self.open.contains(sender) {
            self.under_way += msg.coins;
        }
    }

    #[when(Move in Working | Recording | Recorded)]
    fn give_away(&mut self, net: &mut Net<Self>) {
        if self.moves > 0 && net.degree() > 0 {
            self.moves -= 1;
            let coins = net.random(0..=self.coins);
            self.coins -= coins;
            net.send_random(Transfer { coins });
            net.set_alarm(millis(0)..=millis(2), Move);
        }
    }

    /// Nobody listens who has not recorded its own state.
    #[always]
    fn listens_while_recording(node: &Node<Self>) -> bool {
        node.open.is_empty() == (node.state != Recording)
    }

    /// When all is recorded, the snapshot has all coins: those at nodes, and those under way.
    #[finally]
    fn coins_are_conserved(world: &World<Self>) -> Result<(), String> {
        let all = world.nodes().map(|node| u64::from(node.started_with)).sum::<u64>();
        let recorded = world.nodes().map(|node| u64::from(node.recorded) + u64::from(node.under_way)).sum::<u64>();
        if recorded == all { Ok(()) } else { Err(format!("{recorded} of {all} coins were recorded")) }
    }
}

nodes::main!(ChandyLamport);
