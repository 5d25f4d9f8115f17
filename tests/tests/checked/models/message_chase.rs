//! An election on a directed ring without an end: each id goes as far as the next smaller one, and nobody is told.

use State::*;
use nodes::prelude::*;

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

/// Every node has sent its id when the run begins.
#[protocol(topology = DirectedRing, links = Reliable, initiators = One)]
pub struct MessageChase {
    state: State,
}

#[protocol]
impl MessageChase {
    #[init]
    fn new(net: &mut Net<Self>) -> Self {
        net.send(net.right(), Election { id: net.id() });
        MessageChase { state: Awake }
    }

    /// Something has to.
    #[on(Spontaneously)]
    fn begin(&mut self) {}

    #[on(Election)]
    fn pass_on(&mut self, msg: Election, net: &mut Net<Self>) {
        if msg.id < net.id() {
            net.send(net.right(), msg);
        } else if msg.id == net.id() {
            self.state = Leader;
        }
    }

    #[always]
    fn at_most_one_leader(world: &World<Self>) -> bool {
        world.in_state(Leader).count() <= 1
    }
}
