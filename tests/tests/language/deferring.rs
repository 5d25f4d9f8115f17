//! `#[defer]`: a message waits for another state, or for a condition, in its place.

use State::*;
use nodes::prelude::*;
use nodes::protocol::Stepped;
use nodes::topology::Topology;

use crate::party::Party;

#[message]
struct Data(u32);
#[message]
struct Urgent(u32);
#[message]
struct Open;

#[states]
enum State {
    #[default]
    Closed,
    Ajar,
    Wide,
}

#[protocol(topology = Ring)]
struct Gate {
    state: State,
    passed: Vec<(usize, u32)>,
}

#[protocol]
#[defer(Data in Closed | Ajar)]
#[defer(Urgent in Closed)]
impl Gate {
    #[on(Spontaneously)]
    fn start(&mut self) {}

    #[on(Open in Closed)]
    fn a_little(&mut self) {
        self.state = Ajar;
    }

    #[on(Open in Ajar | Wide)]
    fn wide(&mut self) {
        self.state = Wide;
    }

    #[on(Data in Wide)]
    fn data(&mut self, msg: Data, sender: Port) {
        self.passed.push((sender.index(), msg.0));
    }

    #[on(Urgent in Ajar | Wide)]
    fn urgent(&mut self, msg: Urgent, sender: Port) {
        self.passed.push((sender.index(), msg.0));
    }
}

#[test]
fn a_deferred_message_is_offered_to_each_new_state_in_the_order_of_arrival() {
    let mut party = Party::<Gate>::new(Topology::ring(3));
    assert_eq!(party.deliver(0, 0, Data(1)), Stepped::Deferred);
    assert_eq!(party.deliver(0, 1, Data(2)), Stepped::Deferred);
    assert_eq!(party.deliver(0, 0, Urgent(3)), Stepped::Deferred);
    assert_eq!(party.deliver(0, 0, Data(4)), Stepped::Deferred);
    assert!(!party.node(0).has_offer(), "the state has not changed");

    party.deliver(0, 0, Open);
    assert_eq!([(); 4].map(|()| party.offer(0)), [Stepped::Deferred, Stepped::Deferred, Stepped::Handled, Stepped::Deferred]);
    assert!(!party.node(0).has_offer());
    assert_eq!(party.node(0).passed, [(0, 3)]);

    party.deliver(0, 0, Open);
    while party.node(0).has_offer() {
        assert_eq!(party.offer(0), Stepped::Handled);
    }
    assert_eq!(party.node(0).passed, [(0, 3), (0, 1), (1, 2), (0, 4)]);
    assert!(party.node(0).deferred().is_empty());
}

/// What waits for a condition, by each way to say so.
mod on_condition {
    use nodes::prelude::*;

    use State::*;

    #[message]
    pub struct Ping(pub u32);
    #[message]
    pub struct Call(pub u32);
    #[message]
    pub struct Plain(pub u32);
    #[message]
    pub struct Raise(pub u32);
    #[message]
    pub struct Idle;
    #[message]
    pub struct After(pub u64);

    #[alarm]
    pub struct Bell;

    #[states]
    pub enum State {
        #[default]
        Only,
        Other,
    }

    #[protocol(topology = Ring)]
    #[derive(Default)]
    pub struct Levels {
        pub state: State,
        pub level: u32,
        pub passed: Vec<u32>,
    }

    #[protocol]
    #[defer(Ping in Only if msg.0 > self.level)]
    #[defer(Call)]
    #[defer(Plain in Only)]
    #[ignore(Idle)]
    #[defer(After if net.now() < millis(msg.0))]
    impl Levels {
        #[on(Spontaneously)]
        fn start(&mut self, net: &mut Net<Self>) {
            net.set_alarm(millis(5), Bell);
        }

        #[when(Bell)]
        fn bell(&mut self) {
            self.level += 1;
        }

        #[on(Raise)]
        fn raise(&mut self, msg: Raise) {
            self.level += msg.0;
            self.passed.push(1000);
            if self.level >= 9 {
                self.state = Other;
            }
        }

        /// Each raises the level by one.
        #[on(Ping)]
        fn ping(&mut self, msg: Ping) {
            self.level += 1;
            self.passed.push(msg.0);
        }

        #[on(Call if self.level >= msg.0)]
        fn call(&mut self, msg: Call) {
            self.passed.push(100 + msg.0);
        }

        #[on(Plain in Other)]
        fn plain(&mut self, msg: Plain) {
            self.passed.push(200 + msg.0);
        }

        #[on(After)]
        fn after(&mut self) {
            self.passed.push(300);
        }
    }
}

use on_condition::{After, Call, Idle, Levels, Ping, Plain, Raise};

/// Takes what is offered, until nothing is; how often something was.
fn offered(party: &mut Party<Levels>) -> Vec<Stepped> {
    let mut stepped = Vec::new();
    while party.node(0).has_offer() {
        stepped.push(party.offer(0));
    }
    stepped
}

#[test]
fn what_waits_for_a_condition_is_offered_after_each_step_that_may_have_changed_it() {
    let mut party = Party::<Levels>::new(Topology::ring(3));
    for height in [3, 1, 2] {
        assert_eq!(party.deliver(0, 0, Ping(height)), Stepped::Deferred);
        assert!(!party.node(0).has_offer(), "nothing has changed");
    }
    party.deliver(0, 1, Raise(1));
    // 3 waits; 1 is handled and raises the level, so 3 comes first again; 2 is handled, and then 3.
    let (waits, handled) = (Stepped::Deferred, Stepped::Handled);
    assert_eq!(offered(&mut party), [waits, handled, waits, handled, handled]);
    assert_eq!(party.node(0).passed, [1000, 1, 2, 3]);
    assert!(party.node(0).deferred().is_empty());
}

#[test]
fn the_condition_may_stand_at_the_rule_that_handles_the_message() {
    let mut party = Party::<Levels>::new(Topology::ring(3));
    party.deliver(0, 0, Call(2));
    party.deliver(0, 0, Call(1));
    party.deliver(0, 1, Raise(1));
    offered(&mut party);
    assert_eq!(party.node(0).passed, [1000, 101]);
    party.deliver(0, 1, Raise(5));
    offered(&mut party);
    assert_eq!(party.node(0).passed, [1000, 101, 1000, 102]);
}

#[test]
fn a_step_by_an_alarm_may_change_a_condition_and_time_may() {
    let mut party = Party::<Levels>::new(Topology::ring(3));
    party.impulse(0);
    party.deliver(0, 0, Ping(1));
    party.ring(0);
    offered(&mut party);
    assert_eq!(party.node(0).passed, [1]);

    party.deliver(0, 0, After(20));
    assert_eq!(party.deliver(0, 0, Idle), Stepped::Ignored);
    assert_eq!(offered(&mut party), [Stepped::Deferred], "it is not yet time");
    party.set_now(millis(20));
    party.deliver(0, 0, Idle);
    assert_eq!(offered(&mut party), [Stepped::Handled]);
}

#[test]
fn what_waits_for_another_state_only_is_not_offered_before() {
    let mut party = Party::<Levels>::new(Topology::ring(3));
    party.deliver(0, 0, Plain(1));
    party.deliver(0, 0, Plain(2));
    party.deliver(0, 1, Raise(1));
    assert!(!party.node(0).has_offer());
    party.deliver(0, 1, Raise(8));
    offered(&mut party);
    assert_eq!(party.node(0).passed, [1000, 1000, 201, 202]);
}

/// The same messages in any order: in the end, only what its condition keeps back waits.
#[test]
fn nothing_waits_in_vain() {
    for seed in 0..500 {
        let mut random = nodes::protocol::Random::stream(seed, "deferring", 0);
        let mut party = Party::<Levels>::new(Topology::ring(3));
        let (mut pings, mut calls) = (Vec::new(), Vec::new());
        for _ in 0..40 {
            let height = random.range(0..9);
            match random.range(0..4) {
                0 => {
                    pings.push(height);
                    party.deliver(0, random.range(0..2), Ping(height));
                }
                1 => {
                    calls.push(height);
                    party.deliver(0, random.range(0..2), Call(height));
                }
                2 if party.node(0).level < 6 => drop(party.deliver(0, 0, Raise(1))),
                _ => drop(party.deliver(0, 0, Idle)),
            }
            offered(&mut party);
            let node = party.node(0);
            let ready = |height: &&u32| **height <= node.level || node.state_name() == "Other";
            let handled = |range: core::ops::Range<u32>| node.passed.iter().filter(|passed| range.contains(passed)).count();
            assert_eq!(handled(0..100), pings.iter().filter(ready).count(), "seed {seed}");
            assert_eq!(handled(100..200), calls.iter().filter(|height| **height <= node.level).count(), "seed {seed}");
        }
    }
}
