//! What becomes of an event: handled, ignored, late, a violation.

use State::*;
use nodes::prelude::*;
use nodes::protocol::Stepped;
use nodes::topology::Topology;

use crate::party::Party;

#[message]
struct Push(u32);
#[message]
struct Query;
#[message]
struct Stray;
#[message]
struct Forbidden;
#[message]
struct Leave;

#[states]
enum State {
    #[default]
    Idle,
    Busy,
    Resting,
    #[terminal]
    Done,
    #[terminal]
    Failed,
}

#[protocol(topology = Ring)]
struct Table {
    state: State,
    heard: Vec<String>,
}

#[protocol]
#[never(Forbidden in Idle)]
#[ignore(Forbidden in Busy | Resting)]
#[ignore(Stray)]
#[ignore(Leave in Idle | Busy | Resting)]
impl Table {
    #[on(Spontaneously in Idle | Resting)]
    fn start(&mut self) {
        self.state = Busy;
    }

    #[on(Push in Idle | Busy)]
    fn push(&mut self, msg: Push) {
        self.heard.push(format!("push {}", msg.0));
        if msg.0 == 0 {
            self.state = Done;
        }
    }

    /// Whatever is left: `Resting`.
    #[on(Push)]
    fn other_push(&mut self) {
        self.heard.push("other push".into());
    }

    #[on(Query in Done)]
    #[on(Query in Idle)]
    fn query(&mut self, sender: Port, net: &mut Net<Self>) {
        self.heard.push("query".into());
        net.send(sender, Query);
    }

    #[on(Query)]
    fn rest(&mut self) {
        self.state = Resting;
    }

    #[on(Leave in Done)]
    fn leave(&mut self) {
        self.go();
    }

    fn go(&mut self) {
        self.state = Idle;
    }
}

fn party() -> Party<Table> {
    Party::new(Topology::ring(3))
}

#[test]
fn a_rule_is_chosen_by_event_and_state() {
    let mut party = party();
    assert_eq!(party.deliver(0, 0, Push(7)), Stepped::Handled);
    assert_eq!(party.impulse(0), Stepped::Handled);
    assert_eq!(party.state(0), "Busy");
    assert_eq!(party.deliver(0, 0, Push(8)), Stepped::Handled);
    assert_eq!(party.node(0).heard, ["push 7", "push 8"]);
}

#[test]
fn an_impulse_without_a_rule_does_nothing() {
    let mut party = party();
    party.impulse(0);
    assert_eq!(party.impulse(0), Stepped::Ignored);
    assert_eq!(party.state(0), "Busy");
}

#[test]
fn a_rule_without_states_is_for_those_that_no_other_rule_names() {
    let mut party = party();
    party.impulse(0);
    assert_eq!(party.deliver(0, 0, Query), Stepped::Handled);
    assert_eq!(party.state(0), "Resting");
    assert_eq!(party.deliver(0, 0, Push(1)), Stepped::Handled);
    assert_eq!(party.node(0).heard, ["other push"]);
}

#[test]
fn a_rule_without_states_does_not_reach_terminal_states() {
    let mut party = party();
    party.deliver(0, 0, Push(0));
    assert_eq!(party.state(0), "Done");
    assert_eq!(party.deliver(0, 0, Push(1)), Stepped::Late);
    assert_eq!(party.deliver(0, 0, Stray), Stepped::Late);
    assert_eq!(party.impulse(0), Stepped::Ignored);
}

#[test]
fn a_terminal_state_may_have_rules() {
    let mut party = party();
    party.deliver(0, 0, Push(0));
    assert_eq!(party.deliver(0, 1, Query), Stepped::Handled);
    assert_eq!(party.sent, 1);
}

#[test]
fn leaving_a_terminal_state_by_a_helper_is_found_at_run_time() {
    let mut party = party();
    party.deliver(0, 0, Push(0));
    let done = Table::default().with(Done).state_index();
    assert_eq!(party.deliver(0, 0, Leave), Stepped::LeftTerminal { from: done });
}

#[test]
fn ignored_and_never_are_told_apart() {
    let mut party = party();
    assert_eq!(party.deliver(0, 0, Stray), Stepped::Ignored);
    assert_eq!(party.deliver(0, 0, Forbidden), Stepped::Never);
    party.impulse(0);
    assert_eq!(party.deliver(0, 0, Forbidden), Stepped::Ignored);
}

impl Table {
    fn with(mut self, state: State) -> Self {
        self.state = state;
        self
    }

    fn state_index(&self) -> usize {
        nodes::protocol::States::index(&self.state)
    }
}

mod otherwise {
    use super::*;

    #[states]
    enum State {
        #[default]
        Asleep,
        Awake,
        #[terminal]
        Done,
    }

    #[protocol]
    struct Lax {
        state: State,
    }

    #[protocol]
    #[otherwise(ignore)]
    impl Lax {
        #[on(Spontaneously in Asleep)]
        fn start(&mut self) {
            self.state = State::Awake;
        }

        #[on(Query in Awake)]
        fn query(&mut self) {
            self.state = State::Done;
        }
    }

    #[test]
    fn what_no_rule_mentions_is_ignored_but_late_in_a_terminal_state() {
        let mut party = Party::<Lax>::new(Topology::ring(3));
        assert_eq!(party.deliver(0, 0, Query), Stepped::Ignored);
        party.impulse(0);
        assert_eq!(party.deliver(0, 0, Query), Stepped::Handled);
        assert_eq!(party.deliver(0, 0, Query), Stepped::Late);
    }
}

mod without_states {
    use super::*;

    #[protocol]
    struct Stateless {
        count: u32,
    }

    #[protocol]
    #[never(Forbidden)]
    impl Stateless {
        #[on(Spontaneously)]
        fn start(&mut self) {
            self.count += 1;
        }

        #[on(Push)]
        fn push(&mut self, msg: Push) {
            self.count += msg.0;
        }
    }

    #[test]
    fn a_protocol_needs_no_states() {
        let mut party = Party::<Stateless>::new(Topology::ring(3));
        assert_eq!(party.impulse(0), Stepped::Handled);
        assert_eq!(party.deliver(0, 0, Push(4)), Stepped::Handled);
        assert_eq!(party.deliver(0, 0, Forbidden), Stepped::Never);
        assert_eq!(party.node(0).count, 5);
        assert!(!party.node(0).is_decided());
    }
}
