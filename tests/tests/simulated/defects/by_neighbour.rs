//! A ring that is counted by passing on to the *neighbour* that the message did not come from: on a ring of 2 there is none,
//! though there is another link.

use State::*;
use catalogue::RingSize;
use nodes::prelude::*;
use nodes::testing::{Kind, Trial};

use super::failing;

#[message]
struct Token {
    hops: usize,
}

#[states]
enum State {
    #[default]
    Asleep,
    Waiting,
    #[terminal]
    Done,
}

#[protocol(topology = Ring, links = Reliable, initiators = One, knows(NeighbourIds))]
struct ByNeighbour {
    state: State,
    size: usize,
}

#[protocol]
impl ByNeighbour {
    #[on(Spontaneously in Asleep)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send(Port::new(0), Token { hops: 1 });
        self.state = Waiting;
    }

    #[on(Token in Asleep)]
    fn pass_on(&mut self, msg: Token, sender: Port, net: &mut Net<Self>) {
        let other = net.ports().find(|port| net.id_of(*port) != net.id_of(sender));
        if let Some(other) = other {
            net.send(other, Token { hops: msg.hops + 1 });
        }
        self.state = Done;
    }

    #[on(Token in Waiting)]
    fn back(&mut self, msg: Token) {
        self.size = msg.hops;
        self.state = Done;
    }

    #[finally]
    fn counted(world: &World<Self>) -> bool {
        world.nodes().map(|node| node.size).max() == Some(world.nodes().len())
    }
}

#[test]
fn who_knows_links_by_neighbours_is_lost_on_a_ring_of_2() {
    assert!(matches!(failing(&Trial::<ByNeighbour>::on(["ring:2"]).seeds(10)), Kind::Stuck(_)));
    Trial::<ByNeighbour>::on(["ring:3", "ring:8"]).seeds(100).must_hold();
    Trial::<RingSize>::on(["ring:2", "ring:3"]).seeds(100).must_hold();
}
