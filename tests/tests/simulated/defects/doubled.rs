//! As far as it can, where a node leads when it sees the smallest id that it has seen *again*: so a message that comes twice
//! makes a leader of whoever it comes to.

use catalogue::AsFar;
use catalogue::election::as_far::State::{self, *};
use nodes::network::Faults;
use nodes::prelude::*;
use nodes::protocol::Links;
use nodes::testing::{Kind, Trial};

use super::failing;

#[message]
struct Election {
    id: Id,
}

#[message]
struct Notify;

#[protocol(topology = DirectedRing)]
struct Doubled {
    state: State,
    least: Option<Id>,
}

#[protocol]
#[ignore(Notify in Asleep)]
impl Doubled {
    #[on(Spontaneously in Asleep)]
    fn start(&mut self, net: &mut Net<Self>) {
        self.least = Some(net.id());
        net.send(net.right(), Election { id: net.id() });
        self.state = Awake;
    }

    #[on(Election in Asleep)]
    fn wake_up(&mut self, msg: Election, net: &mut Net<Self>) {
        self.start(net);
        self.compare(msg, net);
    }

    #[on(Election in Awake)]
    fn compare(&mut self, msg: Election, net: &mut Net<Self>) {
        let seen = Some(msg.id);
        if seen < self.least {
            self.least = seen;
            net.send(net.right(), msg);
        } else if seen == self.least {
            net.send(net.right(), Notify);
            self.state = Leader;
        }
    }

    #[on(Notify in Awake)]
    fn follow(&mut self, net: &mut Net<Self>) {
        net.send(net.right(), Notify);
        self.state = Follower;
    }

    #[always]
    fn at_most_one_leader(world: &World<Self>) -> bool {
        world.in_state(Leader).count() <= 1
    }
}

#[test]
fn what_comes_twice_elects_two_leaders_unless_the_link_drops_it() {
    let doubling = || Faults { duplicate: 0.3, ..Faults::default() };
    let bare = Trial::<Doubled>::on(["ring:5"]).with(move |run| run.links(Links::Lossy).faults(doubling()));
    assert_eq!(failing(&bare.only("at_most_one_leader")), Kind::Property("at_most_one_leader".into()));
    // Links as they are declared drop what comes twice.
    Trial::<Doubled>::on(["ring:5"]).with(move |run| run.faults(doubling())).seeds(200).must_hold();
    // And whoever compares with its own id is not deceived.
    let bare = Trial::<AsFar>::on(["ring:5"]).with(move |run| run.links(Links::Lossy).faults(doubling()));
    assert!(bare.only("at_most_one_leader").seeds(200).failure().expect("it can be tried").is_none());
}
