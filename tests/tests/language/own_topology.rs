//! A topology of the user's own, with a primitive that only its protocols may call.

use nodes::prelude::*;
use nodes::protocol::{Declared, Protocol, RunsOn};
use nodes::topology::{Graph, Topology, TopologyClass};

use crate::party::Party;

mod shapes {
    use super::*;

    /// Node 0 in the middle, all others around it.
    pub enum Star {}

    impl TopologyClass for Star {
        const NAME: &'static str = "Star";
        const DEFAULT: &'static str = "star:9";

        fn accept(graph: Graph) -> Result<Graph, String> {
            Ok(graph)
        }
    }

    pub trait StarPrimitives<P: Protocol> {
        fn is_centre(&self) -> bool
        where
            P: RunsOn<Star>;
    }

    impl<P: Protocol> StarPrimitives<P> for Net<P> {
        fn is_centre(&self) -> bool
        where
            P: RunsOn<Star>,
        {
            self.degree() > 1
        }
    }
}

use shapes::StarPrimitives as _;

#[message]
struct Ask;

#[protocol(topology = shapes::Star)]
struct Census {
    asked: bool,
    centre: bool,
}

#[protocol]
impl Census {
    #[on(Spontaneously)]
    fn start(&mut self, net: &mut Net<Self>) {
        self.centre = net.is_centre();
        net.send_to_all(Ask);
    }

    #[on(Ask)]
    fn ask(&mut self, net: &mut Net<Self>) {
        self.asked = true;
        self.centre = net.is_centre();
    }
}

#[test]
fn a_users_own_topology_has_primitives_too() {
    let topology = Census::DECLARATION.topology;
    assert_eq!((&*topology.name, &*topology.default), ("Star", "star:9"));
    let mut party = Party::<Census>::new(Topology::star(5));
    party.impulse(0);
    party.run();
    assert!(party.node(0).centre && (1..5).all(|leaf| party.node(leaf).asked && !party.node(leaf).centre));
}

/// A name of ours means ours, wherever it is written; another is the user's.
mod names {
    use super::*;

    pub enum Tree {}
    pub enum Maze {}

    macro_rules! class {
        ($($name:ident $own:literal)*) => {$(
            impl TopologyClass for $name {
                const NAME: &'static str = $own;
                const DEFAULT: &'static str = "path:3";

                fn accept(graph: Graph) -> Result<Graph, String> {
                    Ok(graph)
                }
            }
        )*};
    }
    class!(Tree "own tree" Maze "own maze");

    #[protocol(topology = Tree)]
    pub struct BuiltIn;
    #[protocol(topology = self::Tree)]
    pub struct ByPath;
    #[protocol(topology = Maze)]
    pub struct ByName;
}

#[test]
fn built_in_names_need_no_import() {
    assert_eq!(names::BuiltIn::DECLARATION.topology.name, "Tree");
    assert_eq!(names::ByPath::DECLARATION.topology.name, "own tree");
    assert_eq!(names::ByName::DECLARATION.topology.name, "own maze");
}
