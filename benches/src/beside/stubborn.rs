//! A protocol for lossy links.
#![allow(unreachable_pub, reason = "a protocol is written as its users write it")]

use State::*;
use nodes::prelude::*;

/// The news.
#[message]
pub struct Rumour;

/// Acknowledges a rumour.
#[message]
pub struct Heard;

/// Time to send again.
#[alarm]
pub struct Again;

/// How far a node is.
#[states]
pub enum State {
    /// Has not heard the rumour.
    #[default]
    Unaware,
    /// Has heard it, and sends it until all neighbours have acknowledged.
    Telling,
    /// All neighbours have acknowledged.
    #[terminal]
    Done,
}

/// Each node sends the rumour until it is acknowledged.
#[protocol(links = Lossy, initiators = One)]
pub struct Stubborn {
    state: State,
    open: Vec<Port>,
}

#[protocol]
#[never(Heard in Unaware)]
impl Stubborn {
    #[on(Spontaneously in Unaware)]
    fn start(&mut self, net: &mut Net<Self>) {
        self.open = net.ports().collect();
        self.tell(net);
    }

    #[on(Rumour in Unaware)]
    fn hear(&mut self, sender: Port, net: &mut Net<Self>) {
        net.send(sender, Heard);
        self.open = net.ports().filter(|port| *port != sender).collect();
        self.tell(net);
    }

    #[on(Rumour in Telling | Done)]
    fn hear_again(&mut self, sender: Port, net: &mut Net<Self>) {
        net.send(sender, Heard);
    }

    #[on(Heard in Telling)]
    fn acknowledged(&mut self, sender: Port, net: &mut Net<Self>) {
        self.open.retain(|port| *port != sender);
        if self.open.is_empty() {
            net.cancel::<Again>();
            self.state = Done;
        }
    }

    #[when(Again in Telling)]
    fn tell(&mut self, net: &mut Net<Self>) {
        for port in &self.open {
            net.send(*port, Rumour);
        }
        if self.open.is_empty() {
            self.state = Done;
        } else {
            net.set_alarm(millis(50), Again);
            self.state = Telling;
        }
    }

    /// Every node has heard the rumour.
    #[finally]
    fn all_heard(world: &World<Self>) -> bool {
        world.all_terminal()
    }
}
