//! A step with messages of fixed size allocates nothing: not for the message, the rule, the outbox, an alarm or a random
//! number.

use std::sync::Arc;

use State::*;
use nodes::prelude::*;
use nodes::protocol::{Effect, Event, Ids, Instance, MessageSet, Stepped};
use nodes::topology::Topology;

use crate::allocations;

#[message]
struct Ball {
    origin: Id,
    hops: u32,
}
#[message]
struct Everybody(u64);
#[message]
struct Later;

#[alarm]
struct Tick(u32);

#[states]
enum State {
    #[default]
    Left,
    Right,
}

#[protocol(topology = Ring, knows(NeighbourIds))]
struct Juggler {
    state: State,
    count: u64,
}

#[protocol]
#[ignore(Later in Left | Right)]
impl Juggler {
    #[on(Spontaneously in Left | Right)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.set_alarm(secs(1), Tick(1));
        self.count += net.random(0..10u64);
    }

    #[on(Ball in Left | Right if msg.hops == 0)]
    fn last(&mut self, sender: Port, net: &mut Net<Self>) {
        net.send_to_all_except(sender, Everybody(self.count));
    }

    #[on(Ball in Left)]
    fn go_right(&mut self, Ball { origin, hops }: Ball, sender: Port, net: &mut Net<Self>) {
        self.count += net.id_of(sender).0;
        net.send_other_way(sender, Ball { origin, hops: hops - 1 });
        self.state = Right;
    }

    #[on(Ball in Right)]
    fn go_left(&mut self, msg: Ball, net: &mut Net<Self>) {
        for port in net.ports() {
            net.send(port, Ball { hops: msg.hops - 1, ..msg });
        }
        net.send_to_self(Later);
        self.state = Left;
    }

    #[on(Everybody in Left | Right)]
    fn everybody(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Everybody(self.count));
    }

    #[when(Tick in Left | Right)]
    fn tick(&mut self, tick: Tick) {
        self.count += u64::from(tick.0);
    }
}

/// All that an engine does with one event, the encoded messages going nowhere.
fn round(node: &mut Node<Juggler>, net: &mut Net<Juggler>, event: Event<JugglerMsg>, wire: &mut [u8]) {
    assert_eq!(node.step(event, net), Stepped::Handled);
    for effect in net.drain() {
        let (Effect::Send { msg, .. } | Effect::SendAll { msg, .. } | Effect::ToSelf { msg }) = effect else { continue };
        let used = msg.encode(wire).expect("a short message");
        let back = JugglerMsg::decode(&wire[..used]).expect("what was encoded");
        assert_eq!(back.tag(), msg.tag());
    }
}

#[test]
fn a_step_allocates_nothing() {
    let graph = Topology::ring(8).build(1).expect("a ring of 8").graph;
    let instance = Arc::new(Instance { graph, ids: Ids::Sequential, inputs: vec![(); 8], seed: 1 });
    let mut net = Net::whole(instance);
    let mut node = Node::<Juggler>::new(&(), &mut net);
    let mut wire = [0; 64];
    let mut steps = |rounds: u32| {
        for _ in 0..rounds {
            let from = |msg| Event::Message { sender: Port::new(0), msg };
            let ball = |hops| from(JugglerMsg::Ball(Ball { origin: Id(3), hops }));
            for event in [ball(5), ball(7), ball(0), from(JugglerMsg::Everybody(Everybody(1))), Event::Impulse, Event::Alarm] {
                round(&mut node, &mut net, event, &mut wire);
            }
        }
    };
    // The outbox, the random stream and the list of alarms are made when they are first used.
    assert!(allocations(|| steps(1)) > 0, "the counter counts");
    assert_eq!(allocations(|| steps(1000)), 0);
}

/// What a node costs in a simulator with many of them: a pointer for the rare parts, id, index and life beside the protocol's
/// fields.
#[test]
fn a_node_is_small() {
    assert!(size_of::<Node<Juggler>>() <= size_of::<Juggler>() + 32, "{} bytes", size_of::<Node<Juggler>>());
}
