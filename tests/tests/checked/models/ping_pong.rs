//! Ping and pong with a count, between two nodes: the `PingPongActor` of Stateright's tests.

use State::*;
use nodes::prelude::*;

#[message]
pub struct Ping {
    value: u32,
}

#[message]
pub struct Pong {
    value: u32,
}

#[states]
pub enum State {
    #[default]
    Playing,
}

#[config]
pub struct Options {
    /// How far nodes count.
    #[default(5)]
    pub most: u32,
}

/// Both nodes count the messages that they return.
#[protocol(links = Reliable, initiators = One)]
pub struct PingPong {
    state: State,
    count: u32,
    most: u32,
}

#[protocol]
impl PingPong {
    #[init]
    fn new(options: &Options) -> Self {
        PingPong { state: Playing, count: 0, most: options.most }
    }

    #[on(Spontaneously)]
    fn serve(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Ping { value: 0 });
    }

    #[on(Ping)]
    fn return_ping(&mut self, msg: Ping, sender: Port, net: &mut Net<Self>) {
        if msg.value == self.count && self.count < self.most {
            net.send(sender, Pong { value: msg.value });
            self.count += 1;
        }
    }

    #[on(Pong)]
    fn return_pong(&mut self, msg: Pong, sender: Port, net: &mut Net<Self>) {
        if msg.value == self.count {
            self.count += 1;
            if self.count < self.most {
                net.send(sender, Ping { value: self.count });
            }
        }
    }

    #[always]
    fn delta_within_1(world: &World<Self>) -> bool {
        let counts = || world.nodes().map(|node| node.count);
        counts().max().unwrap_or(0) <= counts().min().unwrap_or(0) + 1
    }
}
