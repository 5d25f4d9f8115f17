//! `if`: what it sees, and in which order rules are tried.

use State::*;
use nodes::prelude::*;
use nodes::protocol::Stepped;
use nodes::topology::Topology;

use crate::party::Party;

#[message]
struct Hop {
    origin: Id,
    limit: u32,
    names: Vec<String>,
}
#[message]
struct Ping;

#[alarm]
struct Tick(u8);

#[states]
enum State {
    #[default]
    Low,
    High,
}

#[protocol(topology = Ring)]
struct Guarded {
    state: State,
    level: u32,
    chosen: Vec<String>,
}

#[protocol]
impl Guarded {
    #[on(Spontaneously in Low if self.level == 0 && net.id() == 0)]
    fn first(&mut self, net: &mut Net<Self>) {
        self.chosen.push("first".into());
        self.level = 1;
        net.set_alarm(secs(1), Tick(1));
        net.set_alarm(secs(2), Tick(2));
    }

    #[on(Spontaneously in Low | High)]
    fn later(&mut self) {
        self.chosen.push("later".into());
    }

    // Stands before the rules with `if`, which are tried first all the same.
    #[on(Hop in Low | High)]
    fn rest(&mut self) {
        self.chosen.push("rest".into());
    }

    #[on(Hop in Low if hop.limit > 10)]
    fn named(&mut self, hop: Hop) {
        self.chosen.push(format!("named {}", hop.limit));
    }

    #[on(Hop in Low | High if origin == 7 && !names.is_empty())]
    fn pattern(&mut self, Hop { origin, names, .. }: Hop) {
        self.chosen.push(format!("pattern {origin} {}", names.concat()));
    }

    #[on(Hop in High if msg.limit > 5 && sender == Port::new(1))]
    fn left_out(&mut self) {
        self.chosen.push("left out".into());
    }

    #[on(Hop if msg == Hop { origin: Id(1), limit: 2, names: Vec::new() })]
    fn anywhere(&mut self) {
        self.chosen.push("anywhere".into());
    }

    #[on(Ping if from.index() == 0)]
    fn renamed(&mut self, surroundings: &mut Net<Self>, from: Port) {
        surroundings.send(from, Ping);
        self.state = High;
    }

    #[on(Ping)]
    fn ping(&mut self) {}

    #[when(Tick in Low if alarm.0 == 2)]
    fn second(&mut self) {
        self.chosen.push("second tick".into());
    }

    #[when(Tick)]
    fn tick(&mut self, tick: Tick) {
        self.chosen.push(format!("tick {}", tick.0));
    }
}

fn hop(origin: u64, limit: u32, names: &[&str]) -> Hop {
    Hop { origin: Id(origin), limit, names: names.iter().map(|name| name.to_string()).collect() }
}

#[test]
fn a_condition_sees_the_node_and_its_surroundings() {
    let mut party = Party::<Guarded>::new(Topology::ring(3));
    party.impulse(0);
    party.impulse(0);
    party.impulse(1);
    assert_eq!(party.node(0).chosen, ["first", "later"]);
    assert_eq!(party.node(1).chosen, ["later"]);
}

#[test]
fn a_condition_sees_the_handlers_own_names() {
    let mut party = Party::<Guarded>::new(Topology::ring(3));
    party.deliver(0, 0, hop(3, 11, &[]));
    party.deliver(0, 0, hop(7, 3, &["a", "b"]));
    party.deliver(0, 0, hop(7, 3, &[]));
    assert_eq!(party.node(0).chosen, ["named 11", "pattern 7 ab", "rest"]);
}

#[test]
fn parameters_that_a_handler_leaves_out_are_msg_sender_alarm_and_net() {
    let mut party = Party::<Guarded>::new(Topology::ring(3));
    assert_eq!(party.deliver(0, 1, Ping), Stepped::Handled);
    assert_eq!(party.state(0), "Low");
    party.deliver(0, 0, Ping);
    assert_eq!((party.state(0), party.sent), ("High", 1));
    party.deliver(0, 0, hop(3, 6, &[]));
    party.deliver(0, 1, hop(3, 6, &[]));
    assert_eq!(party.node(0).chosen, ["rest", "left out"]);
}

#[test]
fn conditions_are_tried_in_source_order() {
    let mut party = Party::<Guarded>::new(Topology::ring(3));
    party.deliver(0, 0, hop(7, 12, &["a"]));
    assert_eq!(party.node(0).chosen, ["named 12"]);
}

#[test]
fn a_condition_may_compare_the_message_as_a_whole() {
    let mut party = Party::<Guarded>::new(Topology::ring(3));
    party.deliver(0, 0, hop(1, 2, &[]));
    assert_eq!(party.node(0).chosen, ["anywhere"]);
}

#[test]
fn alarms_have_conditions_too() {
    let mut party = Party::<Guarded>::new(Topology::ring(3));
    party.impulse(0);
    party.ring(0);
    party.ring(0);
    assert_eq!(party.node(0).chosen, ["first", "tick 1", "second tick"]);
}
