//! `#[defer]`: a message waits for another state, in its place.

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
