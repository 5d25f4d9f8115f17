//! Classes of topologies, as types: what a protocol declares with `topology = Ring`.

use super::search::cut_off;
use super::{Graph, NodeIndex, PortLabel, recognise};

/// A class of graphs that a protocol can be declared for: `#[protocol(topology = Ring)]`, or a type of the user's own.
///
/// ```
/// use nodes::topology::{Graph, NodeIndex, Topology, TopologyClass};
///
/// /// One node in the middle, all others around it.
/// enum Star {}
///
/// impl TopologyClass for Star {
///     const NAME: &'static str = "Star";
///     const DEFAULT: &'static str = "star:9";
///
///     fn accept(graph: Graph) -> Result<Graph, String> {
///         let centre = NodeIndex::new(0);
///         if graph.link_count() + 1 != graph.node_count() || graph.degree(centre) != graph.link_count() {
///             return Err(format!("node 0 has {} neighbours, in a star all others", graph.degree(centre)));
///         }
///         Ok(graph)
///     }
/// }
///
/// assert!(Topology::star(5).build(1)?.accepted_by::<Star>().is_ok());
/// let error = Topology::path(5).build(1)?.accepted_by::<Star>().unwrap_err();
/// assert_eq!(error.to_string(), "`path:5` does not fit `Star`: node 0 has 1 neighbours, in a star all others; write `star:9`");
/// # Ok::<(), nodes::topology::TopologyError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a class of topologies",
    label = "not a class of topologies",
    note = "`Any`, `Ring`, `Tree`, .. are; implement `nodes::topology::TopologyClass` for one of your own"
)]
pub trait TopologyClass: 'static {
    /// Its name, as it stands in messages.
    const NAME: &'static str;
    /// What `--topology` is when it is not given.
    const DEFAULT: &'static str;

    /// The graph as the protocol sees it, or why it is none of this class (the rest of a sentence: "`star:5` does not fit
    /// `Ring`: ..").
    ///
    /// Most classes hand back what they were given; `DirectedRing` makes each link of a ring one-way.
    fn accept(graph: Graph) -> Result<Graph, String>;
}

macro_rules! class {
    ($(#[$doc:meta])* $name:ident, $default:literal, $accept:expr) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $name {}

        impl TopologyClass for $name {
            const NAME: &'static str = stringify!($name);
            const DEFAULT: &'static str = $default;

            fn accept(graph: Graph) -> Result<Graph, String> {
                $accept(graph)
            }
        }
    };
}
class!(/// Any connected graph, links both ways.
    Any, "gnp:10,0.3", any);
class!(/// A ring without a common orientation: labels, if there are any, are taken off.
    Ring, "ring:8", ring);
class!(/// A ring whose nodes agree on left and right.  Right of node i is i+1 (mod n); a ring that is not numbered in order is
    /// walked from node 0 to its smaller neighbour.
    OrientedRing, "oriented-ring:8", oriented_ring);
class!(/// A ring whose links lead to the right only; right is what it is on an [`OrientedRing`].
    DirectedRing, "directed-ring:8", directed_ring);
class!(/// Every two nodes are neighbours.
    Complete, "complete:5", complete);
class!(/// Connected, without a cycle.
    Tree, "binary-tree:15", tree);
class!(/// A rectangular grid, however it is numbered.
    Grid, "grid:4x5", grid);
class!(/// A grid of at least 3 rows and 3 columns that is closed in both directions, however it is numbered.
    Torus, "torus:4x4", torus);
class!(/// A hypercube, its ports labelled by dimension.  Dimension d leads to the node whose number differs in bit d; in a
    /// hypercube that is numbered otherwise, node 0's ports are dimensions 0, 1, .. and the rest follows.
    Hypercube, "hypercube:3", hypercube);

fn any(graph: Graph) -> Result<Graph, String> {
    both_ways(&graph)?;
    connected(&graph)?;
    Ok(graph)
}

fn ring(graph: Graph) -> Result<Graph, String> {
    both_ways(&graph)?;
    if !graph.is_implicit_ring() {
        each_has(&graph, 2, "on a ring")?;
        connected(&graph)?;
    }
    Ok(graph.unlabelled())
}

fn oriented_ring(graph: Graph) -> Result<Graph, String> {
    both_ways(&graph)?;
    orient(graph, false)
}

fn directed_ring(graph: Graph) -> Result<Graph, String> {
    orient(graph, true)
}

fn orient(graph: Graph, directed: bool) -> Result<Graph, String> {
    if graph.is_implicit_ring() {
        return Ok(graph.oriented_implicitly(directed));
    }
    each_has(&graph, 2, "on a ring")?;
    connected(&graph)?;
    let right = recognise::ring(&graph).ok_or("its links do not all lead the same way round")?;
    Ok(graph.oriented(&right, directed))
}

fn complete(graph: Graph) -> Result<Graph, String> {
    both_ways(&graph)?;
    not_empty(&graph)?;
    for node in graph.nodes() {
        let mut neighbours: Vec<NodeIndex> = graph.ends(node).map(|end| end.neighbour).collect();
        neighbours.sort_unstable();
        let others = || graph.nodes().filter(|other| *other != node);
        if neighbours.iter().copied().eq(others()) {
            continue;
        }
        let title = graph.title(node);
        return Err(match others().find(|other| neighbours.binary_search(other).is_err()) {
            Some(missing) => format!("node {title} and node {} are not neighbours", graph.title(missing)),
            None => format!("node {title} has two links to a neighbour, or one to itself"),
        });
    }
    Ok(graph)
}

fn tree(graph: Graph) -> Result<Graph, String> {
    both_ways(&graph)?;
    connected(&graph)?;
    let (nodes, links) = (graph.node_count(), graph.link_count());
    if links + 1 != nodes {
        return Err(format!("{nodes} nodes with {links} links have a cycle; a tree of {nodes} has {} links", nodes - 1));
    }
    Ok(graph)
}

fn grid(graph: Graph) -> Result<Graph, String> {
    both_ways(&graph)?;
    connected(&graph)?;
    at_most(&graph, 4, "on a grid")?;
    recognise::grid(&graph).ok_or("its links do not make rows and columns")?;
    Ok(graph)
}

fn torus(graph: Graph) -> Result<Graph, String> {
    both_ways(&graph)?;
    connected(&graph)?;
    each_has(&graph, 4, "on a torus")?;
    recognise::torus(&graph).ok_or("its links do not make closed rows and columns, at least 3 of each")?;
    Ok(graph)
}

fn hypercube(graph: Graph) -> Result<Graph, String> {
    both_ways(&graph)?;
    connected(&graph)?;
    let nodes = graph.node_count();
    if !nodes.is_power_of_two() {
        return Err(format!("it has {nodes} nodes, which is not a power of two"));
    }
    each_has(&graph, nodes.trailing_zeros() as usize, &format!("on a hypercube of {nodes} nodes"))?;
    let corners = recognise::hypercube(&graph).ok_or("its links do not follow dimensions")?;
    let dimension = |node: NodeIndex, other: NodeIndex| (corners[node.index()] ^ corners[other.index()]).trailing_zeros() as u8;
    Ok(graph.labelled(|node, _, neighbour| Some(PortLabel::Dimension(dimension(node, neighbour)))))
}

fn not_empty(graph: &Graph) -> Result<(), String> {
    if graph.node_count() == 0 { Err("it has no nodes".into()) } else { Ok(()) }
}

fn both_ways(graph: &Graph) -> Result<(), String> {
    if graph.is_directed() { Err("its links lead one way only".into()) } else { Ok(()) }
}

fn connected(graph: &Graph) -> Result<(), String> {
    not_empty(graph)?;
    match cut_off(graph) {
        None => Ok(()),
        Some(node) => {
            let first = graph.title(NodeIndex::new(0));
            Err(format!("it falls apart: no path leads from node {first} to node {}", graph.title(node)))
        }
    }
}

fn each_has(graph: &Graph, degree: usize, place: &str) -> Result<(), String> {
    not_empty(graph)?;
    match graph.nodes().find(|node| graph.degree(*node) != degree) {
        None => Ok(()),
        Some(node) => Err(format!("{}, {place} each has {degree}", neighbours(graph, node))),
    }
}

fn at_most(graph: &Graph, degree: usize, place: &str) -> Result<(), String> {
    match graph.nodes().find(|node| graph.degree(*node) > degree) {
        None => Ok(()),
        Some(node) => Err(format!("{}, {place} each has at most {degree}", neighbours(graph, node))),
    }
}

fn neighbours(graph: &Graph, node: NodeIndex) -> String {
    let degree = graph.degree(node);
    format!("node {} has {degree} neighbour{}", graph.title(node), if degree == 1 { "" } else { "s" })
}
