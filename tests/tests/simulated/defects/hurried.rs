//! Mutual exclusion after Ricart and Agrawala, whose nodes end when all others have said that they have ended.

use State::*;
use catalogue::mutex::ricart_agrawala::{Ask, Leave, Reply};
use nodes::prelude::*;
use nodes::testing::{Kind, Trial};

use super::failing;

#[message]
struct Request {
    time: u64,
}

/// The sender has entered as often as it wanted.
#[message]
struct End;

#[config]
struct Options {
    /// Whether a node waits for its own entries too, as it should.
    #[default(false)]
    patient: bool,
}

#[states]
enum State {
    #[default]
    Idle,
    Waiting,
    Critical,
    #[terminal]
    Ended,
}

#[protocol(topology = Complete, links = Reliable, initiators = All, knows(NeighbourIds))]
#[derive(Default)]
struct Hurried {
    state: State,
    patient: bool,
    entries: u32,
    clock: u64,
    own: (u64, Id),
    missing: usize,
    ended: usize,
}

const WANTED: u32 = 2;

#[protocol]
#[defer(Request in Waiting | Critical)]
#[ignore(Reply in Idle | Critical)]
impl Hurried {
    #[init]
    fn new(options: &Options) -> Self {
        Hurried { patient: options.patient, ..Hurried::default() }
    }

    #[on(Spontaneously in Idle)]
    fn pause(&mut self, net: &mut Net<Self>) {
        let rest = net.random(0..=20);
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

    #[on(Request in Idle)]
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
    fn leave(&mut self, net: &mut Net<Self>) {
        self.entries += 1;
        self.state = Idle;
        if self.entries < WANTED {
            self.pause(net);
        } else {
            net.send_to_all(End);
            self.end(net);
        }
    }

    #[on(End in Idle | Waiting | Critical)]
    fn another_ended(&mut self, net: &mut Net<Self>) {
        self.ended += 1;
        self.end(net);
    }

    fn end(&mut self, net: &mut Net<Self>) {
        if self.ended == net.degree() && (!self.patient || self.entries == WANTED) {
            if self.entries < WANTED {
                net.send_to_all(End);
            }
            self.state = Ended;
        }
    }

    #[finally]
    fn all_served(world: &World<Self>) -> bool {
        world.nodes().all(|node| node.entries == WANTED)
    }
}

#[test]
fn who_ends_when_the_others_have_ended_leaves_its_own_entries_out() {
    let trial = |patient| Trial::<Hurried>::on(["complete:3"]).with(move |run| run.config(Options { patient })).seeds(300);
    assert_eq!(failing(&trial(false)), Kind::Property("all_served".into()));
    trial(true).must_hold();
}
