//! `#[protocol(..)]` on a struct: what is assumed.

use nodes::prelude::*;
use nodes::protocol::{Declared, InitiatorRule, Knows, Links, NeighbourIds, OwnId, RunsOn, Size};
use nodes::topology::{Any, DirectedRing, OrientedRing, Ring, Topology};

use crate::party::Party;

#[protocol]
struct Plain;

#[protocol]
impl Plain {
    #[on(Spontaneously)]
    fn start(&mut self) {}
}

fn runs_on<T, P: RunsOn<T>>() {}
fn knows<K, P: Knows<K>>() {}

#[test]
fn the_defaults_assume_least() {
    let declared = Plain::DECLARATION;
    assert_eq!((declared.name, &*declared.topology.name), ("Plain", "Any"));
    assert_eq!((declared.links, declared.initiators), (Links::Fifo, InitiatorRule::Any));
    assert!(!declared.knows_size && !declared.knows_neighbour_ids && !declared.anonymous && !declared.has_input);
    assert_eq!((declared.problem, declared.cost, declared.source, declared.doc), ("", "", "", ""));
    runs_on::<Any, Plain>();
    knows::<OwnId, Plain>();
}

/// Everybody
/// knows.
#[protocol(
    topology = OrientedRing,
    links = Lossy,
    initiators = One,
    knows(Size, NeighbourIds),
    input = Pair,
    problem = "consensus",
    cost = "n",
    source = "Nobody 1900",
)]
struct Full {
    sum: i64,
}

impl nodes::Input for Pair {
    const EXPECTED: &'static str = "two numbers";

    fn by_index(index: usize) -> Self {
        Pair(index as u8, -(index as i64))
    }

    fn parse(text: &str) -> Option<Self> {
        let (one, other) = text.split_once('/')?;
        Some(Pair(one.parse().ok()?, other.parse().ok()?))
    }
}

#[message]
struct Pair(u8, i64);

#[protocol]
impl Full {
    #[on(Spontaneously)]
    fn start(&mut self, net: &mut Net<Self>) {
        self.sum = net.input().1 * net.size() as i64;
        net.send(net.left(), net.input().clone());
    }

    #[on(Pair)]
    fn pair(&mut self, msg: Pair, sender: Port, net: &mut Net<Self>) {
        self.sum = msg.1;
        assert_eq!(sender, net.right());
        assert_eq!(net.id_of(sender), Id(0));
    }
}

#[test]
fn everything_can_be_declared() {
    let declared = Full::DECLARATION;
    assert_eq!((&*declared.topology.name, &*declared.topology.default), ("OrientedRing", "oriented-ring:8"));
    assert_eq!((declared.links, declared.initiators), (Links::Lossy, InitiatorRule::One));
    assert!(declared.knows_size && declared.knows_neighbour_ids && !declared.anonymous && declared.has_input);
    assert_eq!((declared.problem, declared.cost, declared.source), ("consensus", "n", "Nobody 1900"));
    assert_eq!((declared.doc, declared.schema), ("Everybody\nknows.", "{sum:i64}"));
}

#[test]
fn an_oriented_ring_is_a_ring_and_has_a_direction() {
    runs_on::<OrientedRing, Full>();
    runs_on::<Ring, Full>();
    runs_on::<DirectedRing, Full>();
    knows::<Size, Full>();
    knows::<NeighbourIds, Full>();
    let mut party = Party::<Full>::new(Topology::oriented_ring(4));
    party.impulse(0);
    party.run();
    assert_eq!((party.node(0).sum, party.node(3).sum), (0, 0));
    party.impulse(3);
    assert_eq!(party.node(3).sum, -3 * 4);
}

#[protocol(anonymous, topology = Ring, initiators = All)]
struct Nameless;

#[protocol]
impl Nameless {
    #[on(Spontaneously)]
    fn start(&mut self) {}
}

#[test]
fn nodes_may_be_anonymous() {
    let declared = Nameless::DECLARATION;
    assert!(declared.anonymous);
    assert_eq!(declared.initiators, InitiatorRule::All);
}
