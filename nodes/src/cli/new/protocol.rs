//! A rumour spreads: whoever hears it for the first time tells all its other neighbours.

use State::*;
use nodes::prelude::*;

/// What travels from node to node.
#[message]
pub struct Rumour {
    /// How many links it has come along.
    hops: u32,
}

/// What a node can be.
#[states]
pub enum State {
    #[default]
    Unaware,
    #[terminal]
    Aware,
}

/// What a node remembers.
#[protocol(problem = "broadcast", cost = "2m - n + 1 messages")]
pub struct First {
    state: State,
    hops: u32,
}

#[protocol]
impl First {
    /// The initiator knows the rumour, and starts on its own.
    #[on(Spontaneously in Unaware)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Rumour { hops: 1 });
        self.state = Aware;
    }

    /// The first time, tell the others; a later rumour finds the node decided, and is dropped.
    #[on(Rumour in Unaware)]
    fn hear(&mut self, msg: Rumour, sender: Port, net: &mut Net<Self>) {
        self.hops = msg.hops;
        net.send_to_all_except(sender, Rumour { hops: msg.hops + 1 });
        self.state = Aware;
    }

    /// In the end everybody knows, and only the initiator (0 hops) heard it from nobody.
    #[finally]
    fn everybody_knows(world: &World<Self>) -> bool {
        world.all_terminal() && world.nodes().filter(|node| node.hops == 0).count() == 1
    }
}

nodes::main!(First);
