//! `#[alarm]`, `#[when]`, `set_alarm`, `restart`, `cancel`.

use State::*;
use nodes::prelude::*;
use nodes::protocol::{Protocol, Stepped};
use nodes::topology::Topology;

use crate::party::Party;

#[alarm]
struct Retry {
    attempt: u32,
}
#[alarm]
struct GiveUp;

#[states]
enum State {
    #[default]
    Asleep,
    Trying,
    #[terminal]
    Failed,
}

#[protocol]
struct Stubborn {
    state: State,
    heard: Vec<u32>,
}

#[message]
struct Calm;
/// The next try is later.
#[message]
struct Later;
/// Waits for some time.
#[message]
struct Sometime {
    drawn: bool,
}
/// As `Calm`, of the alarms of a tag.
#[message]
struct CalmTag(u8);

#[protocol]
#[never(Retry in Asleep)]
#[ignore(Calm in Asleep)]
#[ignore(CalmTag in Asleep)]
#[ignore(Later in Asleep)]
impl Stubborn {
    #[on(Spontaneously in Asleep)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.set_alarm(secs(3), GiveUp);
        net.set_alarm(millis(20), Retry { attempt: 2 });
        net.set_alarm(millis(10), Retry { attempt: 1 });
        net.set_alarm(millis(20), Retry { attempt: 3 });
        self.state = Trying;
    }

    #[when(Retry in Trying)]
    fn retry(&mut self, alarm: Retry) {
        self.heard.push(alarm.attempt);
    }

    #[when(GiveUp in Trying)]
    fn give_up(&mut self) {
        self.state = Failed;
    }

    #[on(Calm in Trying)]
    fn calm(&mut self, net: &mut Net<Self>) {
        net.cancel::<Retry>();
    }

    #[on(Later in Trying)]
    fn later(&mut self, net: &mut Net<Self>) {
        net.restart(millis(40), Retry { attempt: 4 });
    }

    #[on(Sometime)]
    fn sometime(&mut self, msg: Sometime, net: &mut Net<Self>) {
        if msg.drawn {
            net.set_alarm(millis(150)..millis(300), GiveUp);
        } else {
            let after = net.random(150..300);
            net.set_alarm(millis(after), GiveUp);
        }
    }

    #[on(CalmTag in Trying)]
    fn calm_tag(&mut self, CalmTag(tag): CalmTag, net: &mut Net<Self>) {
        net.cancel_tag(tag);
    }
}

#[test]
fn alarms_ring_in_the_order_of_their_times_then_of_setting() {
    let mut party = Party::<Stubborn>::new(Topology::complete(2));
    party.impulse(0);
    for _ in 0..4 {
        assert_eq!(party.ring(0), Stepped::Handled);
    }
    assert_eq!(party.node(0).heard, [1, 2, 3]);
    assert_eq!(party.state(0), "Failed");
    assert_eq!(party.node(0).next_alarm(), None);
}

#[test]
fn an_alarm_counts_from_the_moment_it_is_set() {
    let mut party = Party::<Stubborn>::new(Topology::complete(2));
    party.set_now(secs(5));
    party.impulse(0);
    assert_eq!(party.node(0).next_alarm(), Some(millis(5010)));
}

#[test]
fn cancel_takes_back_every_alarm_of_one_type() {
    let mut party = Party::<Stubborn>::new(Topology::complete(2));
    party.impulse(0);
    party.deliver(0, 0, Calm);
    assert_eq!(party.node(0).next_alarm(), Some(secs(3)));
    party.ring(0);
    assert_eq!(party.state(0), "Failed");
    assert_eq!(party.node(0).heard, [0; 0]);
}

#[test]
fn restart_takes_back_every_alarm_of_its_type_and_sets_one() {
    let mut party = Party::<Stubborn>::new(Topology::complete(2));
    party.impulse(0);
    party.deliver(0, 0, Later);
    assert_eq!(party.node(0).next_alarm(), Some(millis(40)));
    party.ring(0);
    assert_eq!((&party.node(0).heard[..], party.node(0).next_alarm()), (&[4][..], Some(secs(3))));
}

#[test]
fn a_range_of_times_is_drawn_from_the_stream_of_the_node() {
    let next = |drawn: bool| {
        let mut party = Party::<Stubborn>::new(Topology::complete(2));
        let times = (0..20).map(|_| {
            party.deliver(0, 0, Sometime { drawn });
            let time = party.node(0).next_alarm().expect("it is set");
            party.ring(0);
            time
        });
        times.collect::<Vec<_>>()
    };
    assert_eq!(next(true), next(false), "as if the number of milliseconds was drawn");
    let waits = next(true).windows(2).map(|two| (two[1] - two[0]).as_millis()).collect::<Vec<_>>();
    assert!(waits.iter().all(|wait| (150..300).contains(wait)), "{waits:?}");
}

#[test]
fn alarms_are_cancelled_by_tag() {
    let retry = Stubborn::description(&()).alarms.iter().position(|alarm| alarm.name == "Retry").expect("it is one") as u8;
    let mut party = Party::<Stubborn>::new(Topology::complete(2));
    party.impulse(0);
    party.deliver(0, 0, CalmTag(2));
    assert_eq!(party.node(0).next_alarm(), Some(millis(10)), "no alarm has that tag");
    party.deliver(0, 0, CalmTag(retry));
    assert_eq!(party.node(0).next_alarm(), Some(secs(3)));
    party.deliver(0, 0, CalmTag(1 - retry));
    assert_eq!(party.node(0).next_alarm(), None);
    assert_eq!((party.state(0), &party.node(0).heard[..]), ("Trying", &[][..]));
}

#[test]
fn an_alarm_without_a_rule_does_nothing_and_never_is_found() {
    let protocol = &mut Stubborn::default();
    let mut party = Party::<Stubborn>::new(Topology::complete(2));
    party.impulse(0);
    let net = &mut Net::whole(party.world.instance().clone().into());
    let retry = || nodes::protocol::AlarmOf::<Stubborn>::wrap(Retry { attempt: 1 });
    let give_up = nodes::protocol::AlarmOf::<Stubborn>::wrap(GiveUp);
    assert_eq!(protocol.on_alarm(give_up, net), nodes::protocol::Outcome::Ignored);
    assert_eq!(protocol.on_alarm(retry(), net), nodes::protocol::Outcome::Unexpected);
    protocol.state = Failed;
    assert_eq!(protocol.on_alarm(retry(), net), nodes::protocol::Outcome::Ignored);
}

#[test]
fn alarms_are_part_of_what_is_stored_of_a_node() {
    use nodes::protocol::AlarmSet;
    let alarm = StubbornAlarm::Retry(Retry { attempt: 7 });
    let json = serde_json::to_string(&alarm).unwrap();
    let back: StubbornAlarm = serde_json::from_str(&json).unwrap();
    assert!(matches!(back, StubbornAlarm::Retry(Retry { attempt: 7 })));
    assert_eq!((alarm.tag(), StubbornAlarm::GiveUp(GiveUp).tag()), (0, 1));
    let error = serde_json::from_str::<StubbornAlarm>("[2, null]").unwrap_err().to_string();
    assert!(error.contains("no alarm has the tag 2"), "{error}");
}
