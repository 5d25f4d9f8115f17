//! Handlers are ordinary methods: which parameters they take, and how.

use nodes::prelude::*;
use nodes::topology::Topology;

use crate::party::Party;

#[message]
struct Full {
    number: u32,
}
#[message]
struct Bare;
#[message]
struct Swapped(u32, u32);
#[message]
struct Partial {
    one: u32,
    other: u32,
}
#[message]
struct Reading;
#[message]
struct Through {
    ports: Vec<Port>,
}
#[message]
struct Echo(u32);
#[message]
struct Mutable(Vec<u32>);
#[message]
#[allow(non_camel_case_types)]
struct r#type {
    r#fn: u32,
}
mod elsewhere {
    use nodes::prelude::*;

    #[message]
    pub struct Far(pub u32);
}

#[protocol(topology = Ring)]
struct Shapes {
    seen: Vec<u32>,
    r#loop: u32,
}

#[protocol]
impl Shapes {
    #[on(Spontaneously)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_self(Bare);
        self.bare();
    }

    #[on(Full)]
    fn full(&mut self, msg: Full, sender: Port, net: &mut Net<Self>) {
        self.seen.push(msg.number);
        net.send(sender, msg);
    }

    #[on(Bare)]
    fn bare(&mut self) {
        self.seen.push(0);
    }

    #[on(Swapped)]
    fn swapped(&mut self, net: &mut Net<Self>, from: Port, Swapped(one, other): Swapped) {
        self.seen.extend([one, other, from.index() as u32]);
        self.full(Full { number: 1 }, from, net);
    }

    #[on(Partial)]
    fn partial(&mut self, Partial { other, .. }: Partial, _: Port) {
        self.seen.push(other);
    }

    #[on(Reading)]
    fn reading(&self, net: &Net<Self>) {
        assert_eq!(net.degree(), 2);
    }

    #[on(Mutable)]
    fn mutable(&mut self, mut msg: Mutable) {
        msg.0.push(9);
        self.seen = msg.0;
    }

    #[on(r#type)]
    fn r#match(&mut self, r#type { r#fn }: r#type) {
        self.r#loop = r#fn;
    }

    #[on(Through)]
    fn ports(&mut self, Through { ports }: Through, net: &mut Net<Self>) {
        net.send_to(&ports, Reading);
        net.send_to(ports, Reading);
        net.send_to(net.ports(), Reading);
        net.send_to([Port::SELF], Echo(2));
    }

    /// Answers to where it came from, be it the node itself.
    #[on(Echo)]
    fn echo(&mut self, Echo(left): Echo, sender: Port, net: &mut Net<Self>) {
        self.seen.push(left);
        if left > 0 {
            net.send(sender, Echo(left - 1));
        }
    }

    #[on(elsewhere::Far)]
    fn far(&mut self, elsewhere::Far(number): elsewhere::Far) {
        self.seen.push(number);
    }
}

fn party() -> Party<Shapes> {
    Party::new(Topology::ring(3))
}

#[test]
fn every_parameter_may_be_left_out_and_stand_anywhere() {
    let mut party = party();
    party.deliver(0, 1, Swapped(5, 6));
    assert_eq!(party.node(0).seen, [5, 6, 1, 1]);
    assert_eq!(party.sent, 1);
    party.deliver(0, 0, Reading);
}

#[test]
fn parameters_are_patterns() {
    let mut party = party();
    party.deliver(0, 0, Partial { one: 1, other: 2 });
    party.deliver(1, 0, Mutable(vec![8]));
    assert_eq!(party.node(0).seen, [2]);
    assert_eq!(party.node(1).seen, [8, 9]);
}

#[test]
fn handlers_call_each_other_and_send_to_themselves() {
    let mut party = party();
    party.impulse(0);
    party.run();
    assert_eq!(party.node(0).seen, [0, 0]);
    assert_eq!(party.sent, 0, "a message to itself is not counted");
}

#[test]
fn what_is_sent_to_the_node_itself_is_answered_there() {
    let mut party = party();
    party.deliver(0, 0, Through { ports: vec![Port::new(1)] });
    party.run();
    assert_eq!(party.sent, 4, "through the named ports, again, and through both");
    assert_eq!(party.node(0).seen, [2, 1, 0], "each answers the one before");
}

#[test]
fn names_may_be_raw_and_paths() {
    let mut party = party();
    party.deliver(0, 0, r#type { r#fn: 3 });
    party.deliver(0, 0, elsewhere::Far(4));
    assert_eq!((party.node(0).r#loop, &party.node(0).seen[..]), (3, &[4][..]));
    let names: Vec<String> = <Shapes as nodes::Protocol>::description(&()).messages.iter().map(|m| m.name.clone()).collect();
    assert!(names.contains(&"type".to_owned()) && names.contains(&"Far".to_owned()), "{names:?}");
}
