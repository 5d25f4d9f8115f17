//! Classes of topologies, as types: what a protocol declares with `topology = Ring`.

use super::Graph;

/// A class of graphs that a protocol can be declared for: `#[protocol(topology = Ring)]`, or a type of the user's own.
pub trait TopologyClass: 'static {
    /// Its name, as it stands in messages.
    const NAME: &'static str;
    /// What `--topology` is when it is not given.
    const DEFAULT: &'static str;

    /// The graph as the protocol sees it, or why it is none of this class (the rest of a sentence: "`star:5` is not a ring: ..").
    ///
    /// Most classes hand back what they were given; `DirectedRing` makes each link of a ring one-way.
    fn accept(graph: Graph) -> Result<Graph, String>;
}

macro_rules! class {
    ($(#[$doc:meta])* $name:ident, $default:literal) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $name {}

        impl TopologyClass for $name {
            const NAME: &'static str = stringify!($name);
            const DEFAULT: &'static str = $default;

            fn accept(graph: Graph) -> Result<Graph, String> {
                Ok(graph)
            }
        }
    };
}
class!(/// Any connected graph, links both ways.
    Any, "gnp:10,0.3");
class!(/// A ring without a common orientation.
    Ring, "ring:8");
class!(/// A ring whose nodes agree on left and right.
    OrientedRing, "oriented-ring:8");
class!(/// A ring whose links lead to the right only.
    DirectedRing, "directed-ring:8");
class!(/// Every two nodes are neighbours.
    Complete, "complete:5");
class!(/// Connected, without a cycle.
    Tree, "binary-tree:15");
class!(/// A rectangular grid.
    Grid, "grid:4x5");
class!(/// A grid that is closed in both directions.
    Torus, "torus:4x4");
class!(/// A hypercube, its ports labelled by dimension.
    Hypercube, "hypercube:3");
