//! A protocol that defers on a condition: a message waits until the node's level has risen, not until its state changes.

use nodes::prelude::*;

/// Is handled once the level is as high: what defers it has the condition.
#[message]
pub struct Ping(pub u32);

/// Is handled once the level is as high: what handles it has the condition.
#[message]
pub struct Call(pub u32);

/// The level rises.
#[message]
pub struct Raise;

/// It is time to let it rise.
#[alarm]
pub struct Tick;

/// How often the initiator lets the level of the others rise.
#[config]
pub struct Options {
    /// How often.
    #[default(4)]
    pub raises: u32,
}

/// There is one only.
#[states]
pub enum State {
    /// Where every node is all the time.
    #[default]
    Only,
}

/// One node sends what is too high for the others, and then lets their level rise.
#[protocol(topology = Complete, initiators = One)]
#[derive(Default)]
pub struct Patient {
    state: State,
    /// How high a message may be.
    pub level: u32,
    /// The messages that have been handled, in that order.
    pub handled: Vec<u32>,
    raises: u32,
}

#[protocol]
#[defer(Ping in Only if msg.0 > self.level)]
#[defer(Call in Only)]
impl Patient {
    #[init]
    fn new(options: &Options) -> Self {
        Patient { raises: options.raises, ..Patient::default() }
    }

    #[on(Spontaneously in Only)]
    fn start(&mut self, net: &mut Net<Self>) {
        for height in [4, 1, 3] {
            net.send_to_all(Ping(height));
        }
        for height in [2, 4, 1] {
            net.send_to_all(Call(height));
        }
        for time in 1..=self.raises {
            net.set_alarm(millis(time.into()), Tick);
        }
    }

    #[when(Tick in Only)]
    fn rise(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Raise);
    }

    #[on(Raise in Only)]
    fn raise(&mut self) {
        self.level += 1;
    }

    #[on(Ping in Only)]
    fn ping(&mut self, msg: Ping) {
        self.handled.push(msg.0);
    }

    #[on(Call in Only if msg.0 <= self.level)]
    fn call(&mut self, msg: Call) {
        self.handled.push(10 * msg.0);
    }
}
