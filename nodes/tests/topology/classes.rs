//! What a protocol's class of topologies accepts, how it then sees the graph, and what it says of others.

use nodes::topology::{
    Any, Built, Complete, DirectedRing, Graph, GraphBuilder, Grid, Hypercube, NodeIndex, OrientedRing, Port, PortLabel, Ring,
    Topology, TopologyClass, Torus, Tree,
};

use super::graph;
use super::graphs::assert_sound;

fn accepts<T: TopologyClass>(spec: &str) -> Graph {
    let seen = T::accept(graph(spec)).unwrap_or_else(|why| panic!("{spec} is refused by {}: {why}", T::NAME));
    assert_sound(&seen);
    seen
}

fn refuses<T: TopologyClass>(spec: &str) -> String {
    let built: Built = spec.parse::<Topology>().unwrap().build(1).unwrap();
    built.accepted_by::<T>().unwrap_err().to_string()
}

/// The same graph, its nodes numbered at random.
fn renumbered(graph: &Graph, seed: u64) -> Graph {
    let n = graph.node_count();
    let mut order: Vec<usize> = (0..n).collect();
    let mut state = seed;
    for last in (1..n).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        order.swap(last, (state >> 33) as usize % (last + 1));
    }
    let mut builder = GraphBuilder::new(n);
    if graph.is_directed() {
        builder = builder.directed();
    }
    for link in graph.links() {
        builder.link(order[link.a.index()], order[link.b.index()]);
    }
    builder.build()
}

#[test]
fn defaults_are_of_their_class() {
    fn check<T: TopologyClass>() {
        accepts::<T>(T::DEFAULT);
    }
    check::<Any>();
    check::<Ring>();
    check::<OrientedRing>();
    check::<DirectedRing>();
    check::<Complete>();
    check::<Tree>();
    check::<Grid>();
    check::<Torus>();
    check::<Hypercube>();
}

#[test]
fn any_is_connected_and_both_ways() {
    for spec in ["ring:1", "ring:2", "path:1", "karate", "gnp:10,0.3", "torus:3x3", "oriented-ring:4"] {
        accepts::<Any>(spec);
    }
    assert_eq!(
        refuses::<Any>("directed-ring:4"),
        "`directed-ring:4` does not fit `Any`: its links lead one way only; write `gnp:10,0.3`"
    );
    let mut apart = GraphBuilder::new(4);
    apart.link(0, 1).link(2, 3);
    assert_eq!(Any::accept(apart.build()).unwrap_err(), "it falls apart: no path leads from node 0 to node 2");
    assert_eq!(Any::accept(GraphBuilder::new(0).build()).unwrap_err(), "it has no nodes");
}

#[test]
fn rings_are_told_from_what_is_none() {
    for spec in [
        "ring:1",
        "ring:2",
        "ring:3",
        "ring:8",
        "oriented-ring:8",
        "complete:3",
        "complete-bipartite:2,2",
        "hypercube:2",
        "circulant:9,2",
    ] {
        let ring = accepts::<Ring>(spec);
        assert!(ring.nodes().all(|node| ring.ends(node).all(|end| end.label.is_none())), "{spec} has no orientation");
    }
    assert_eq!(
        refuses::<Ring>("star:5"),
        "`star:5` does not fit `Ring`: node 0 has 4 neighbours, on a ring each has 2; write `ring:8`"
    );
    assert!(refuses::<Ring>("path:5").contains("node 0 has 1 neighbour, on a ring each has 2"));
    assert!(refuses::<Ring>("path:1").contains("node 0 has 0 neighbours"));
    assert!(refuses::<Ring>("directed-ring:5").contains("one way only"));
    let mut two = GraphBuilder::new(6);
    two.link(0, 1).link(1, 2).link(2, 0).link(3, 4).link(4, 5).link(5, 3);
    for why in [Ring::accept(two.clone().build()), OrientedRing::accept(two.build())] {
        assert_eq!(why.unwrap_err(), "it falls apart: no path leads from node 0 to node 3");
    }
}

/// From each node through its port to the right, n times, one is back at node 0 and was everywhere; the message arrives from
/// left.
fn assert_oriented(ring: &Graph, directed: bool) -> Vec<usize> {
    assert_sound(ring);
    assert_eq!(ring.is_directed(), directed);
    let (mut node, mut walk) = (NodeIndex::new(0), Vec::new());
    for _ in 0..ring.node_count() {
        walk.push(node.index());
        let mut right = ring.ends(node).filter(|end| end.label == Some(PortLabel::Right));
        let (Some(end), None) = (right.next(), right.next()) else { panic!("one port is right") };
        assert!(end.sends);
        assert_eq!(end.receives, !directed);
        let arrival = ring.end(end.neighbour, end.back);
        assert_eq!(arrival.label, Some(PortLabel::Left));
        assert!(arrival.receives);
        assert!(!directed || (ring.link(end.link).a, ring.link(end.link).b) == (node, end.neighbour));
        node = end.neighbour;
    }
    assert_eq!(node, NodeIndex::new(0));
    let mut all = walk.clone();
    all.sort_unstable();
    assert_eq!(all, (0..ring.node_count()).collect::<Vec<_>>());
    walk
}

#[test]
fn a_ring_is_oriented_from_i_to_i_plus_1() {
    for n in 1..=9 {
        let order: Vec<usize> = (0..n).collect();
        for spec in [format!("ring:{n}"), format!("oriented-ring:{n}")] {
            assert_eq!(assert_oriented(&accepts::<OrientedRing>(&spec), false), order, "{spec}");
            assert_eq!(assert_oriented(&accepts::<DirectedRing>(&spec), true), order, "{spec}");
            let shuffled = graph(&spec).with_shuffled_ports(n as u64);
            assert_eq!(assert_oriented(&OrientedRing::accept(shuffled.clone()).unwrap(), false), order, "{spec}");
            assert_eq!(assert_oriented(&DirectedRing::accept(shuffled).unwrap(), true), order, "{spec}");
        }
        let directed = format!("directed-ring:{n}");
        assert_eq!(assert_oriented(&accepts::<DirectedRing>(&directed), true), order);
        assert_eq!(assert_oriented(&DirectedRing::accept(graph(&directed).with_shuffled_ports(3)).unwrap(), true), order);
        assert!(refuses::<OrientedRing>(&directed).contains("one way only"));
    }
}

#[test]
fn a_ring_out_of_order_is_walked_from_node_0_to_its_smaller_neighbour() {
    let mut builder = GraphBuilder::new(6);
    for (a, b) in [(0, 4), (5, 0), (4, 2), (3, 5), (1, 3), (2, 1)] {
        builder.link(a, b);
    }
    let ring = builder.build();
    assert_eq!(assert_oriented(&OrientedRing::accept(ring.clone()).unwrap(), false), [0, 4, 2, 1, 3, 5]);
    assert_eq!(assert_oriented(&DirectedRing::accept(ring).unwrap(), true), [0, 4, 2, 1, 3, 5]);
}

#[test]
fn a_directed_file_is_a_directed_ring_if_it_goes_round() {
    let arrows = |arrows: &[(usize, usize)]| {
        let mut builder = GraphBuilder::new(4).directed();
        for (a, b) in arrows {
            builder.link(*a, *b);
        }
        DirectedRing::accept(builder.build())
    };
    assert_eq!(assert_oriented(&arrows(&[(0, 3), (3, 2), (2, 1), (1, 0)]).unwrap(), true), [0, 3, 2, 1]);
    assert_eq!(arrows(&[(0, 1), (2, 1), (2, 3), (3, 0)]).unwrap_err(), "its links do not all lead the same way round");
}

#[test]
fn complete_graphs_and_trees() {
    for spec in ["complete:1", "complete:2", "complete:7", "path:2", "ring:3", "star:2", "lollipop:4,0"] {
        accepts::<Complete>(spec);
    }
    assert!(Complete::accept(graph("complete:6").with_shuffled_ports(4)).is_ok());
    assert!(refuses::<Complete>("ring:5").contains("node 0 and node 2 are not neighbours"));
    assert!(refuses::<Complete>("ring:2").contains("node 0 has two links to a neighbour"));
    assert!(refuses::<Complete>("ring:1").contains("or one to itself"));
    for spec in ["path:1", "path:9", "star:9", "binary-tree:15", "caterpillar:5,2", "random-tree:30", "complete:2"] {
        accepts::<Tree>(spec);
    }
    assert!(refuses::<Tree>("ring:8").contains("8 nodes with 8 links have a cycle; a tree of 8 has 7 links"));
}

#[test]
fn grids_are_recognised_however_they_are_numbered() {
    for rows in 1..=6 {
        for columns in 1..=6 {
            let grid = graph(&format!("grid:{rows}x{columns}"));
            assert!(Grid::accept(grid.clone()).is_ok(), "{rows}x{columns}");
            for seed in 0..5 {
                assert!(Grid::accept(renumbered(&grid, seed)).is_ok(), "{rows}x{columns} numbered by {seed}");
            }
        }
    }
    for spec in [
        "torus:3x3",
        "star:5",
        "caterpillar:4,1",
        "binary-tree:7",
        "ring:5",
        "ring:6",
        "hypercube:3",
        "petersen",
        "lollipop:4,2",
        "ring:1",
        "ring:2",
    ] {
        refuses::<Grid>(spec);
    }
    // A grid of which one link is moved.
    let mut builder = GraphBuilder::new(12);
    for link in graph("grid:3x4").links() {
        let moved = (link.a.index(), link.b.index()) == (0, 1);
        builder.link(if moved { 2 } else { link.a.index() }, if moved { 9 } else { link.b.index() });
    }
    assert_eq!(Grid::accept(builder.build()).unwrap_err(), "its links do not make rows and columns");
    assert!(refuses::<Grid>("wheel:8").contains("node 0 has 7 neighbours, on a grid each has at most 4"));
}

#[test]
fn tori_are_recognised_however_they_are_numbered() {
    for rows in 3..=7 {
        for columns in 3..=7 {
            let torus = graph(&format!("torus:{rows}x{columns}"));
            assert!(Torus::accept(torus.clone()).is_ok(), "{rows}x{columns}");
            for seed in 0..5 {
                assert!(Torus::accept(renumbered(&torus, seed)).is_ok(), "{rows}x{columns} numbered by {seed}");
            }
        }
    }
    for spec in ["regular:16,4", "circulant:12,1,2", "circulant:13,1,5", "complete:5", "complete-bipartite:4,4", "ring:9"] {
        refuses::<Torus>(spec);
    }
    // A twisted torus: rows close one column further on.
    let mut twisted = GraphBuilder::new(20);
    for node in 0..20 {
        twisted.link(node, (node + 1) % 20).link(node, (node + 5) % 20);
    }
    assert!(Torus::accept(twisted.build()).is_err());
    assert!(refuses::<Torus>("ring:9").contains("node 0 has 2 neighbours, on a torus each has 4"));
    // The 4x4 torus is the hypercube of dimension 4 (Santoro, section 1.3; both are C4 x C4).
    accepts::<Torus>("hypercube:4");
    accepts::<Hypercube>("torus:4x4");
}

#[test]
fn hypercubes_are_labelled_by_dimension() {
    for dimension in 0..=7 {
        let cube = accepts::<Hypercube>(&format!("hypercube:{dimension}"));
        for node in cube.nodes() {
            for end in cube.ends(node) {
                let bit = (node.index() ^ end.neighbour.index()).trailing_zeros() as u8;
                assert_eq!(end.label, Some(PortLabel::Dimension(bit)));
            }
        }
        for seed in 0..5 {
            let other = Hypercube::accept(renumbered(&cube, seed)).unwrap();
            assert_sense_of_direction(&other, dimension);
        }
    }
    assert!(refuses::<Hypercube>("ring:6").contains("it has 6 nodes, which is not a power of two"));
    assert!(refuses::<Hypercube>("ring:8").contains("node 0 has 2 neighbours, on a hypercube of 8 nodes each has 3"));
    assert!(refuses::<Hypercube>("circulant:8,1,4").contains("its links do not follow dimensions"));
}

/// Both ends of a link have the same label, no node has a label twice, and the order of labels on a walk does not matter.
fn assert_sense_of_direction(cube: &Graph, dimensions: u8) {
    let along = |node: NodeIndex, dimension: u8| {
        let mut ends = cube.ends(node).filter(|end| end.label == Some(PortLabel::Dimension(dimension)));
        let (Some(end), None) = (ends.next(), ends.next()) else { panic!("one port of each dimension") };
        assert_eq!(cube.end(end.neighbour, end.back).label, end.label);
        end.neighbour
    };
    for node in cube.nodes() {
        for one in 0..dimensions {
            for two in 0..dimensions {
                assert_eq!(along(along(node, one), two), along(along(node, two), one));
            }
        }
    }
}

#[test]
fn labels_stay_when_ports_are_shuffled_after_acceptance() {
    let ring = accepts::<OrientedRing>("ring:20").with_shuffled_ports(5);
    assert_oriented(&ring, false);
    let right_first = ring.nodes().filter(|node| ring.end(*node, Port::new(0)).label == Some(PortLabel::Right)).count();
    assert!((3..=17).contains(&right_first), "{right_first}");
}
