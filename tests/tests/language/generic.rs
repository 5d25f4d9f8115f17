//! Protocols and messages with parameters.

use std::fmt::Debug;

use State::*;
use nodes::prelude::*;
use nodes::protocol::{Message, MessageSet, Protocol};
use nodes::topology::Topology;

use crate::party::Party;

#[message]
struct Wave<T> {
    value: Option<T>,
    hops: u32,
}
#[message]
struct Pair<A: Payload, const N: usize>
where
    A: Default,
{
    one: A,
    many: Vec<A>,
}
#[message]
struct Plain;

#[states]
enum State {
    #[default]
    Idle,
    #[terminal]
    Done,
}

/// Flooding of any value, with an alarm and a message that do not mention it.
#[protocol(links = Reliable)]
struct Spread<T: Payload, U>
where
    U: Payload,
{
    state: State,
    value: Option<T>,
    other: Vec<U>,
}

#[alarm]
struct Remember<T>(T);

#[protocol]
#[ignore(Plain in Idle)]
impl<T: Payload + Default + Debug, U> Spread<T, U>
where
    U: Payload,
{
    #[on(Spontaneously in Idle)]
    fn start(&mut self, net: &mut Net<Self>) {
        self.value = Some(T::default());
        net.send_to_all(Wave { value: self.value.clone(), hops: 1 });
        net.set_alarm(secs(1), Remember(T::default()));
        self.state = Done;
    }

    #[on(Wave<T> in Idle if msg.hops < 100)]
    fn wave(&mut self, msg: Wave<T>, sender: Port, net: &mut Net<Self>) {
        net.send_to_all_except(sender, Wave { value: msg.value.clone(), hops: msg.hops + 1 });
        self.value = msg.value;
        self.state = Done;
    }

    #[on(Wave<T> in Idle)]
    fn too_far(&mut self) {}

    #[when(Remember<T> in Done)]
    fn remember(&mut self, Remember(value): Remember<T>) {
        self.value = Some(value);
    }

    #[always]
    fn sane(node: &Node<Self>) -> bool {
        node.other.is_empty()
    }
}

#[test]
fn a_generic_protocol_runs() {
    let mut party = Party::<Spread<String, u8>>::new(Topology::complete(4));
    party.impulse(0);
    party.run();
    assert!((0..4).all(|node| party.node(node).value.as_deref() == Some("")));
    assert_eq!(party.sent, 3 + 3 * 2, "2m - n + 1 with m = 6");
    assert_eq!(party.violations(), []);
    party.ring(0);
}

/// The enum has such parameters as its messages mention, and no others.
#[test]
fn its_messages_have_the_parameters_that_they_mention() {
    let message: SpreadMsg<u16> = SpreadMsg::Wave(Wave { value: Some(300), hops: 1 });
    let mut buffer = [0; 16];
    let used = message.encode(&mut buffer).unwrap();
    assert_eq!(buffer[..used], [0, 1, 0xac, 0x02, 1]);
    assert!(matches!(SpreadMsg::<u16>::decode(&buffer[..used]), Ok(SpreadMsg::Wave(Wave { value: Some(300), hops: 1 }))));
    assert!(matches!(SpreadMsg::<u16>::decode(&[1]), Ok(SpreadMsg::Plain(Plain))));
}

#[protocol]
struct Two {
    sum: u32,
}

#[protocol]
impl Two {
    #[on(Spontaneously)]
    fn start(&mut self) {}

    #[on(Wave<u8>)]
    fn narrow(&mut self, msg: Wave<u8>) {
        self.sum += msg.value.map_or(0, u32::from);
    }

    #[on(Wave<u16>)]
    fn wide(&mut self, Wave { value, .. }: Wave<u16>) {
        self.sum += value.map_or(0, |value| u32::from(value) * 1000);
    }
}

#[test]
fn one_generic_message_can_be_handled_for_two_types() {
    let mut party = Party::<Two>::new(Topology::complete(2));
    party.deliver(0, 0, Wave { value: Some(3u8), hops: 1 });
    party.deliver(0, 0, Wave { value: Some(3u16), hops: 1 });
    assert_eq!(party.node(0).sum, 3003);
    assert!(matches!(TwoMsg::decode(&[1, 0, 5]), Ok(TwoMsg::Wave2(Wave { value: None, hops: 5 }))));
}

#[test]
fn the_same_states_for_every_parameter() {
    let rules = |description: std::sync::Arc<nodes::protocol::Description>| description.rules.clone();
    assert_eq!(rules(Spread::<u8, u8>::description(&())), rules(Spread::<String, Id>::description(&())));
}

#[test]
fn messages_may_have_bounds_and_constants() {
    let pair = Pair::<u8, 2> { one: 1, many: vec![2, 3] };
    assert_eq!(pair.clone(), pair);
    assert_eq!(Pair::<u8, 2>::SCHEMA, "{one:A,many:Vec<A>}");
}

#[protocol]
struct Sized<const N: usize, T: Payload = u8>(Vec<T>);

#[protocol]
impl<const N: usize, T: Payload + Default> Sized<N, T> {
    /// Constants, and functions that are no rules, are the user's own.
    const TWICE: usize = 2 * N;

    #[on(Spontaneously)]
    fn start(&mut self) {
        self.0 = vec![T::default(); Self::TWICE];
    }

    #[on(Plain)]
    fn plain(&mut self) {
        self.0.truncate(Self::half());
    }

    fn half() -> usize {
        N / 2
    }
}

#[test]
fn a_protocol_may_have_constants_and_be_a_tuple() {
    let mut party = Party::<Sized<4>>::new(Topology::complete(2));
    party.impulse(0);
    assert_eq!(party.node(0).0, [0u8; 8]);
    party.deliver(0, 0, Plain);
    assert_eq!(party.node(0).0.len(), 2);
}
