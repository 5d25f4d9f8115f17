//! Mutual exclusion after Ricart and Agrawala, where a thread is in the critical section and the loop that receives goes on as
//! if nobody were.

use catalogue::RicartAgrawala;
use catalogue::mutex::ricart_agrawala::State::{self, *};
use catalogue::mutex::ricart_agrawala::{Ask, Leave, Reply};
use nodes::prelude::*;
use nodes::testing::{Kind, Trial};

use super::failing;

#[message]
struct Request {
    time: u64,
}

#[protocol(topology = Complete, links = Reliable, initiators = All, knows(NeighbourIds))]
struct Racing {
    state: State,
    clock: u64,
    own: (u64, Id),
    missing: usize,
}

#[protocol]
#[defer(Request in Waiting)]
#[never(Reply in Idle | Critical)]
impl Racing {
    #[on(Spontaneously in Idle)]
    fn pause(&mut self, net: &mut Net<Self>) {
        let rest = net.random(0..=10);
        net.set_alarm(millis(rest), Ask);
    }

    #[when(Ask in Idle)]
    fn ask(&mut self, net: &mut Net<Self>) {
        self.clock += 1;
        self.own = (self.clock, net.id());
        self.missing = net.degree();
        net.send_to_all(Request { time: self.clock });
        self.state = Waiting;
    }

    // Also in Critical, and that is what is wrong.
    #[on(Request in Idle | Critical)]
    #[on(Request in Waiting if (msg.time, net.id_of(sender)) < self.own)]
    fn permit(&mut self, msg: Request, sender: Port, net: &mut Net<Self>) {
        self.clock = self.clock.max(msg.time);
        net.send(sender, Reply);
    }

    #[on(Reply in Waiting)]
    fn permitted(&mut self, net: &mut Net<Self>) {
        self.missing -= 1;
        if self.missing == 0 {
            net.set_alarm(millis(1), Leave);
            self.state = Critical;
        }
    }

    #[when(Leave in Critical)]
    fn leave(&mut self) {
        self.state = Idle;
    }

    #[always]
    fn mutual_exclusion(world: &World<Self>) -> bool {
        world.in_state(Critical).count() <= 1
    }
}

#[test]
fn who_permits_others_while_it_is_inside_is_not_alone() {
    assert_eq!(failing(&Trial::<Racing>::on(["complete:4"])), Kind::Property("mutual_exclusion".into()));
    Trial::<RicartAgrawala>::on(["complete:4"]).seeds(200).must_hold();
}
