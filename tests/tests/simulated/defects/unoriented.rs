//! All the way round a ring whose nodes do not agree which way that is.

use catalogue::AllTheWay;
use catalogue::election::all_the_way::State::{self, *};
use nodes::prelude::*;
use nodes::run::PortOrder;
use nodes::testing::{Kind, Trial};

use super::failing;

#[message]
struct Election {
    id: Id,
    hops: usize,
}

/// Every node sends to what it takes for its right, and counts n ids.
#[protocol(topology = Ring, links = Reliable, initiators = All, knows(Size))]
struct Unoriented {
    state: State,
    seen: usize,
    least: Option<Id>,
}

#[protocol]
#[ignore(Election in Asleep)]
impl Unoriented {
    #[on(Spontaneously in Asleep)]
    fn start(&mut self, net: &mut Net<Self>) {
        self.least = Some(net.id());
        net.send(Port::new(1), Election { id: net.id(), hops: 1 });
        self.state = Awake;
    }

    #[on(Election in Awake)]
    fn collect(&mut self, msg: Election, net: &mut Net<Self>) {
        self.seen += 1;
        self.least = self.least.min(Some(msg.id));
        if msg.hops < net.size() {
            net.send(Port::new(1), Election { hops: msg.hops + 1, ..msg });
        }
        if self.seen == net.size() {
            self.state = if self.least == Some(net.id()) { Leader } else { Follower };
        }
    }

    #[finally]
    fn elected(world: &World<Self>) -> bool {
        world.in_state(Leader).count() == 1
    }
}

#[test]
fn who_takes_its_second_port_for_its_right_elects_nobody() {
    let failure = failing(&Trial::<Unoriented>::on(["ring:6"]).with(|run| run.ports(PortOrder::Shuffled)).seeds(200));
    assert!(matches!(failure, Kind::Stuck(_)), "{failure:?}");
    Trial::<AllTheWay>::on(["ring:6"]).with(|run| run.ports(PortOrder::Shuffled)).seeds(200).must_hold();
}
