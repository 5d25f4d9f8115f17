//! `#[init]` and `#[finish]`.

use std::num::NonZeroUsize;

use State::*;
use nodes::prelude::*;
use nodes::protocol::Stepped;
use nodes::topology::Topology;

use crate::party::Party;

#[alarm]
struct Begin;

#[states]
enum State {
    #[default]
    Asleep,
    Awake,
}

/// It has no `Default`, and starts by an alarm of its own.
#[protocol(knows(Size))]
struct Clock {
    state: State,
    size: NonZeroUsize,
}

#[protocol]
impl Clock {
    #[init]
    fn new(net: &mut Net<Self>) -> Self {
        net.set_alarm(secs(1), Begin);
        net.log("made");
        Clock { state: Asleep, size: NonZeroUsize::new(net.size()).expect("a node is there") }
    }

    #[when(Begin in Asleep)]
    fn begin(&mut self) {
        self.state = Awake;
    }

    #[finish]
    fn last_words(&mut self, net: &mut Net<Self>) {
        net.report("size", self.size);
        net.log("done");
    }
}

#[test]
fn init_makes_the_node_and_may_set_alarms() {
    let mut party = Party::<Clock>::new(Topology::complete(3));
    assert_eq!(party.node(2).size.get(), 3);
    assert_eq!(party.impulse(2), Stepped::Ignored);
    assert_eq!(party.ring(2), Stepped::Handled);
    assert_eq!(party.state(2), "Awake");
}

#[test]
fn finish_is_the_last_word() {
    let mut party = Party::<Clock>::new(Topology::complete(2));
    party.finish();
    assert_eq!(party.words.reports, [("size".to_owned(), 2.into()), ("size".to_owned(), 2.into())]);
}

#[protocol]
struct Brief {
    count: u32,
}

#[protocol]
impl Brief {
    #[init]
    fn make() -> Brief {
        Brief { count: 7 }
    }

    #[on(Spontaneously)]
    fn start(&mut self) {}

    #[finish]
    fn end(&self) {
        assert_eq!(self.count, 7);
    }
}

#[test]
fn init_and_finish_take_what_they_need() {
    let mut party = Party::<Brief>::new(Topology::complete(2));
    assert_eq!(party.node(1).count, 7);
    party.finish();
}

#[protocol]
#[derive(Default, PartialEq)]
struct OwnDefault {
    count: u32,
}

#[protocol]
impl OwnDefault {
    #[on(Spontaneously)]
    fn start(&mut self) {
        self.count += 1;
    }
}

#[test]
fn the_users_own_derive_stands_below_ours() {
    let mut party = Party::<OwnDefault>::new(Topology::complete(2));
    party.impulse(0);
    assert!(*party.node(0).protocol() == OwnDefault { count: 1 });
}

#[test]
fn a_node_travels_as_json_and_back() {
    let json = serde_json::to_string(&OwnDefault { count: 3 }).unwrap();
    assert_eq!(json, r#"{"count":3}"#);
    assert!(serde_json::from_str::<OwnDefault>(&json).unwrap() == OwnDefault { count: 3 });
    assert_eq!(format!("{:?}", OwnDefault::default().clone()), "OwnDefault { count: 0 }");
}
