//! A protocol that does whatever a protocol can do, at random, until its strength is spent.

use State::*;
use nodes::prelude::*;

/// Passes on at random.
#[message]
pub(crate) struct Gust {
    pub(crate) strength: u8,
}

/// Comes from the node itself.
#[message]
pub(crate) struct Echo {
    pub(crate) strength: u8,
}

/// Waits while its receiver sleeps.
#[message]
pub(crate) struct Knock;

#[alarm]
pub(crate) struct Later {
    strength: u8,
}

#[states]
pub(crate) enum State {
    #[default]
    Calm,
    Asleep,
    Windy,
    #[terminal]
    Over,
}

#[protocol(links = Fifo)]
#[derive(Default)]
pub(crate) struct Storm {
    pub(crate) state: State,
    pub(crate) heard: Vec<u64>,
    pub(crate) knocks: u32,
    pub(crate) lives: u32,
}

#[protocol]
#[defer(Knock in Asleep)]
#[ignore(Echo in Asleep)]
impl Storm {
    #[init]
    fn new(net: &mut Net<Self>) -> Self {
        if net.random(0..4u8) == 0 {
            net.send_random(Knock);
        }
        Storm::default()
    }

    #[recover]
    fn back(saved: (u32, Vec<u64>), net: &mut Net<Self>) -> Self {
        net.send_to_all(Knock);
        Storm { lives: saved.0 + 1, heard: saved.1, ..Storm::default() }
    }

    #[on(Spontaneously)]
    fn start(&mut self, net: &mut Net<Self>) {
        self.blow(6, net);
    }

    #[on(Gust)]
    fn gust(&mut self, msg: Gust, sender: Port, net: &mut Net<Self>) {
        self.heard.push(sender.index() as u64 * 1000 + u64::from(msg.strength));
        self.blow(msg.strength, net);
    }

    #[on(Echo in Calm | Windy)]
    fn echo(&mut self, msg: Echo, net: &mut Net<Self>) {
        self.heard.push(net.now().as_micros() as u64);
        self.blow(msg.strength, net);
    }

    #[on(Knock in Calm | Windy)]
    fn knock(&mut self) {
        self.knocks += 1;
    }

    #[when(Later)]
    fn later(&mut self, Later { strength }: Later, net: &mut Net<Self>) {
        self.heard.push(net.now().as_nanos() as u64);
        self.blow(strength, net);
    }

    fn blow(&mut self, strength: u8, net: &mut Net<Self>) {
        if strength == 0 {
            if net.random(0..3u8) == 0 {
                self.state = Over;
            }
            return;
        }
        self.state = match net.random(0..3u8) {
            0 => Calm,
            1 => Asleep,
            _ => Windy,
        };
        let strength = strength - 1;
        match net.random(0..6u8) {
            0 => net.send_to_all(Gust { strength }),
            1 => net.send_to_self(Echo { strength }),
            2 => {
                let after = Duration::from_micros(net.random(0..5000));
                net.set_alarm(after, Later { strength });
            }
            3 => net.send_to_all_except(Port::new(0), Knock),
            4 => net.cancel::<Later>(),
            _ => net.store(&(self.lives, self.heard.clone())),
        }
        net.send_random(Gust { strength });
    }
}
