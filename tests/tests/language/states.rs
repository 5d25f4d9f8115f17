//! `#[states]`: names, payloads, what is derived.

use nodes::prelude::*;
use nodes::protocol::{States, Stepped};
use nodes::topology::Topology;

use crate::party::Party;

#[message]
struct Vote(bool);

#[states]
#[derive(PartialOrd)]
enum State {
    /// Waits for so many.
    #[default]
    Waiting {
        needed: u32,
        names: Vec<String>,
    },
    Pair(u32, f64),
    #[terminal]
    Done {
        yes: u32,
    },
    r#Loop,
}

#[protocol]
struct Payload {
    state: State,
}

#[protocol]
#[ignore(Vote in Loop)]
impl Payload {
    #[on(Spontaneously in Waiting { .. })]
    fn start(&mut self) {
        self.state = State::Pair(0, 0.5);
    }

    #[on(Vote in Pair(..) if msg.0)]
    fn yes(&mut self) {
        let State::Pair(yes, weight) = self.state else { unreachable!() };
        self.state = if yes == 1 { State::Done { yes: 2 } } else { State::Pair(yes + 1, weight) };
    }

    #[on(Vote in Waiting | Pair)]
    fn no(&mut self) {
        self.state = State::r#Loop;
    }
}

#[test]
fn a_state_may_carry_data_whatever_its_form() {
    let mut party = Party::<Payload>::new(Topology::complete(2));
    assert_eq!(party.node(0).state(), &State::Waiting { needed: 0, names: Vec::new() }, "a default for what it carries");
    party.impulse(0);
    party.deliver(0, 0, Vote(true));
    assert_eq!(party.node(0).state(), &State::Pair(1, 0.5));
    party.deliver(0, 0, Vote(true));
    assert_eq!(party.node(0).state(), &State::Done { yes: 2 });
    assert!(party.node(0).is_decided());
    assert_eq!(party.deliver(0, 0, Vote(false)), Stepped::Late);
}

#[test]
fn states_are_described() {
    assert_eq!(State::NAMES, ["Waiting", "Pair", "Done", "Loop"]);
    assert_eq!(State::TERMINAL, [false, false, true, false]);
    assert_eq!(State::DOCS, ["Waits for so many.", "", "", ""]);
    assert_eq!(State::Done { yes: 1 }.index(), 2);
}

#[test]
fn states_travel_and_compare() {
    let state = State::Waiting { needed: 3, names: vec!["a".into()] };
    let json = serde_json::to_string(&state).unwrap();
    assert_eq!(json, r#"{"Waiting":{"needed":3,"names":["a"]}}"#);
    assert_eq!(serde_json::from_str::<State>(&json).unwrap(), state);
    assert_ne!(State::Pair(1, 0.5), State::Pair(1, 0.25));
    assert_eq!(format!("{:?}", State::r#Loop), "Loop");
    assert!(State::Pair(1, 0.5) < State::Done { yes: 0 }, "the user's own derive stands below ours");
}

#[states]
#[derive(Eq, Hash, PartialOrd, Ord)]
enum Bare {
    One,
    #[default]
    Two,
}

#[test]
fn states_without_data_are_copied() {
    fn is_copy<T: Copy + Ord + std::hash::Hash>(_: T) {}
    let state = Bare::default();
    is_copy(state);
    assert_eq!(state, Bare::Two);
    assert!(Bare::One < Bare::Two);
}

#[test]
fn the_world_counts_states_by_name_alone() {
    let mut party = Party::<Payload>::new(Topology::complete(3));
    party.impulse(0);
    party.impulse(1);
    party.deliver(1, 0, Vote(true));
    assert_eq!(party.world.in_state(State::Pair(9, 9.0)).count(), 2);
    assert_eq!(party.world.in_state("Waiting").count(), 1);
}

mod elsewhere {
    use nodes::prelude::*;

    #[states]
    pub enum Phase {
        #[default]
        Early,
        Late,
    }

    #[protocol]
    pub struct Phased {
        pub state: Phase,
    }
}

mod rules_of_elsewhere {
    use nodes::prelude::*;

    use super::elsewhere::{self, Phase, Phased};

    #[protocol(states = Phase)]
    impl Phased {
        #[on(Spontaneously in Early)]
        fn start(&mut self) {
            self.state = elsewhere::Phase::Late;
        }
    }
}

#[test]
fn the_states_may_have_any_name_and_the_rules_stand_in_another_module() {
    let mut party = Party::<elsewhere::Phased>::new(Topology::complete(2));
    party.impulse(0);
    assert_eq!((party.state(0), party.state(1)), ("Late", "Early"));
}
