//! The example that the language is explained by.

use State::*;
use nodes::prelude::*;
use nodes::topology::Topology;

use crate::party::Party;

#[message]
pub struct Forth {
    pub origin: Id,
    pub limit: u32,
}
#[message]
pub struct Back {
    pub origin: Id,
}
#[message]
pub struct Notify {
    pub leader: Id,
}

#[states]
pub enum State {
    #[default]
    Asleep,
    Candidate,
    Defeated,
    #[terminal]
    Leader,
    #[terminal]
    Follower,
}

#[protocol(topology = Ring, links = Reliable, problem = "leader election", cost = "O(n log n) messages", source = "Hirschberg & Sinclair 1980")]
pub struct ControlledDistance {
    state: State,
    limit: u32,
    returned: u8,
}

#[protocol]
#[never(Back in Asleep)]
#[never(Notify in Asleep | Candidate)]
impl ControlledDistance {
    #[on(Spontaneously in Asleep)]
    fn start(&mut self, net: &mut Net<Self>) {
        self.limit = 1;
        self.begin_stage(net);
        self.state = Candidate;
    }

    #[on(Forth in Asleep)]
    fn woken(&mut self, msg: Forth, sender: Port, net: &mut Net<Self>) {
        if msg.origin < net.id() {
            self.relay_or_answer(msg, sender, net);
        } else {
            self.start(net);
        }
    }

    #[on(Forth in Candidate if msg.origin < net.id())]
    #[on(Forth in Defeated)]
    fn relay_or_answer(&mut self, msg: Forth, sender: Port, net: &mut Net<Self>) {
        if msg.limit > 1 {
            net.send_other_way(sender, Forth { limit: msg.limit - 1, ..msg });
        } else {
            net.send(sender, Back { origin: msg.origin });
        }
        self.state = Defeated;
    }

    #[on(Forth in Candidate)]
    fn own_or_larger(&mut self, msg: Forth, sender: Port, net: &mut Net<Self>) {
        if msg.origin == net.id() {
            net.send_other_way(sender, Notify { leader: net.id() });
            self.state = Leader;
        }
    }

    #[on(Back in Candidate)]
    fn survived(&mut self, net: &mut Net<Self>) {
        self.returned += 1;
        if self.returned == 2 {
            self.limit *= 2;
            self.begin_stage(net);
        }
    }

    #[on(Back in Defeated)]
    fn relay(&mut self, msg: Back, sender: Port, net: &mut Net<Self>) {
        net.send_other_way(sender, msg);
    }

    #[on(Notify in Defeated)]
    fn follow(&mut self, msg: Notify, sender: Port, net: &mut Net<Self>) {
        net.send_other_way(sender, msg);
        self.state = Follower;
    }

    fn begin_stage(&mut self, net: &mut Net<Self>) {
        self.returned = 0;
        net.send_to_all(Forth { origin: net.id(), limit: self.limit });
    }

    /// Safety: never two leaders.
    #[always]
    fn at_most_one_leader(world: &World<Self>) -> bool {
        world.in_state(Leader).count() <= 1
    }

    /// When all is quiet: one leader, and all others know it.
    #[finally]
    fn elected(world: &World<Self>) -> bool {
        world.in_state(Leader).count() == 1 && world.all_terminal()
    }
}

/// One initiator, ids in order, on a ring of 8: stages of limit 1, 2 and 4 cost 2d Forth and 2d Back each (28 messages), the
/// one of limit 8 goes around both ways (16), then the notification (8).
#[test]
fn it_elects_node_0_on_a_ring_of_8() {
    let mut party = Party::<ControlledDistance>::new(Topology::ring(8));
    party.impulse(0);
    party.run();
    assert_eq!(party.sent, 28 + 16 + 8);
    assert_eq!(party.state(0), "Leader");
    assert!((1..8).all(|node| party.state(node) == "Follower"));
    assert_eq!(party.violations(), []);
}

#[test]
fn it_elects_the_smallest_of_many_initiators() {
    for n in [3, 5, 8, 13] {
        let mut party = Party::<ControlledDistance>::new(Topology::ring(n));
        for node in 0..n {
            party.impulse(node);
        }
        party.run();
        assert_eq!(party.state(0), "Leader", "ring:{n}");
        assert_eq!(party.violations(), [], "ring:{n}");
    }
}
