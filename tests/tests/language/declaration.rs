//! `#[protocol(..)]` on a struct: what is assumed.

use nodes::link::{DEFAULT_MAX_MESSAGE, LARGEST_MAX_MESSAGE};
use nodes::prelude::*;
use nodes::protocol::{Declared, InitiatorRule, Knows, Links, NeighbourIds, OwnId, Protocol, RunsOn, Size};
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
    assert_eq!(declared.max_message, DEFAULT_MAX_MESSAGE);
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
    max_message = "1 GiB",
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
    assert_eq!(declared.max_message, LARGEST_MAX_MESSAGE, "the macro knows the same limit");
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

/// The sizes in other units, and without a blank.
mod sized {
    use nodes::prelude::*;

    #[protocol(max_message = "999B")]
    pub(super) struct Small;

    #[protocol(max_message = "3 KiB")]
    pub(super) struct Middle;

    #[protocol(max_message = "1024 KiB")]
    pub(super) struct Usual;
}

#[test]
fn the_size_of_messages_has_a_unit() {
    use sized::{Middle, Small, Usual};
    let sizes = [Small::DECLARATION.max_message, Middle::DECLARATION.max_message, Usual::DECLARATION.max_message];
    assert_eq!(sizes, [999, 3072, DEFAULT_MAX_MESSAGE]);
}

/// Builds of before know one size.
#[test]
fn the_size_of_messages_is_part_of_the_fingerprint_unless_it_is_the_usual_one() {
    let mut description = (*Plain::description(&())).clone();
    assert_eq!(description.fingerprint(), 0x84cc_0857_5524_5922, "as it always was");
    description.max_message += 1;
    assert_ne!(description.fingerprint(), Plain::description(&()).fingerprint());
}
