//! Rings.

use catalogue::{AllTheWay, AsFar, RingSize};
use nodes::prelude::*;
use nodes::protocol::Links;
use nodes::run::{Initiators, Run};

use super::{broken, holds, stuck};

/// "To the right" was a port of the same number everywhere, on a ring without a common orientation.
mod not_oriented {
    use State::*;

    use super::*;

    #[message]
    pub struct Election {
        id: Id,
    }

    #[states]
    pub enum State {
        #[default]
        Asleep,
        Awake,
        #[terminal]
        Leader,
        #[terminal]
        Follower,
    }

    /// All the way, where a node has heard of all others when its own id comes back.
    #[protocol(topology = Ring, links = Fifo, initiators = All)]
    pub struct NotOriented {
        state: State,
        least: Option<Id>,
    }

    #[protocol]
    #[defer(Election in Asleep)]
    impl NotOriented {
        #[on(Spontaneously in Asleep)]
        fn start(&mut self, net: &mut Net<Self>) {
            self.least = Some(net.id());
            net.send(Self::right(), Election { id: net.id() });
            self.state = Awake;
        }

        #[on(Election in Awake)]
        fn collect(&mut self, msg: Election, net: &mut Net<Self>) {
            self.least = self.least.min(Some(msg.id));
            if msg.id != net.id() {
                net.send(Self::right(), msg);
            } else {
                self.state = if self.least == Some(msg.id) { Leader } else { Follower };
            }
        }

        fn right() -> Port {
            Port::new(1)
        }
    }
}

#[test]
fn not_oriented() {
    // Port 1 leads from 0 and from 1 to 2, and from 2 to 1: 0 waits for ever.  Three impulses; the ids of 1 and 2 go there and back,
    // and that of 0 arrives at 2, which has decided.
    assert_eq!(stuck(&Run::<not_oriented::NotOriented>::on("ring:3")), 8);
    holds(&Run::<AllTheWay>::on("directed-ring:3").initiators(Initiators::All));
}

/// It went on to "the other neighbour", and a ring of two has none.
mod neighbours_for_ports {
    use State::*;

    use super::*;

    #[message]
    pub struct Token;

    #[states]
    pub enum State {
        #[default]
        Idle,
        Waiting,
        #[terminal]
        Done,
    }

    #[protocol(topology = Ring, initiators = One, knows(NeighbourIds))]
    pub struct OtherNeighbour {
        state: State,
    }

    #[protocol]
    impl OtherNeighbour {
        #[on(Spontaneously in Idle)]
        fn start(&mut self, net: &mut Net<Self>) {
            net.send(Port::new(0), Token);
            self.state = Waiting;
        }

        #[on(Token in Idle)]
        fn pass_on(&mut self, sender: Port, net: &mut Net<Self>) {
            if let Some(other) = net.ports().find(|port| net.id_of(*port) != net.id_of(sender)) {
                net.send(other, Token);
            }
            self.state = Done;
        }

        #[on(Token in Waiting)]
        fn end(&mut self) {
            self.state = Done;
        }
    }
}

#[test]
fn neighbours_for_ports() {
    use neighbours_for_ports::OtherNeighbour;
    holds(&Run::<OtherNeighbour>::on("ring:3"));
    assert_eq!(stuck(&Run::<OtherNeighbour>::on("ring:2")), 2);
    holds(&Run::<RingSize>::on("directed-ring:2"));
}

/// A node led when it heard the least id that it knew for the second time, and not only its own.
mod heard_twice {
    use State::*;

    use super::*;

    #[message]
    pub struct Election {
        id: Id,
    }

    #[states]
    pub enum State {
        #[default]
        Awake,
        Leader,
    }

    #[protocol(topology = DirectedRing, initiators = All)]
    pub struct HeardTwice {
        state: State,
        least: Option<Id>,
    }

    #[protocol]
    impl HeardTwice {
        #[on(Spontaneously in Awake)]
        fn start(&mut self, net: &mut Net<Self>) {
            self.least = Some(net.id());
            net.send(net.right(), Election { id: net.id() });
        }

        #[on(Election in Awake | Leader)]
        fn compare(&mut self, msg: Election, net: &mut Net<Self>) {
            if self.least > Some(msg.id) {
                self.least = Some(msg.id);
                net.send(net.right(), msg);
            } else if self.least == Some(msg.id) {
                self.state = Leader;
            }
        }

        #[always]
        fn at_most_one_leader(world: &World<Self>) -> bool {
            world.in_state(Leader).count() <= 1
        }
    }
}

#[test]
fn heard_twice() {
    let run = Run::<heard_twice::HeardTwice>::on("directed-ring:2");
    holds(&run);
    // Two impulses, the copy, both arrive, and the id comes back.
    assert_eq!(broken(&run.links(Links::Lossy)), ("at_most_one_leader".to_owned(), 6));
}

/// Nothing was sent again.
#[test]
fn a_loss_stops_all() {
    let run = Run::<AsFar>::on("directed-ring:3");
    holds(&run);
    // After the impulse.
    assert_eq!(stuck(&run.links(Links::Lossy)), 1);
}
