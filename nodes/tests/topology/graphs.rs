//! Ports, ends and links agree with each other, in the form that is a formula and in the form that is in memory.

use nodes::topology::{Graph, GraphBuilder, NodeIndex, Port, PortLabel};

use super::graph;

/// What must hold between the ends of every link.
pub(super) fn assert_sound(graph: &Graph) {
    let mut seen = vec![0; graph.link_count()];
    for node in graph.nodes() {
        assert_eq!(graph.ends(node).len(), graph.degree(node));
        for (port, end) in graph.ends(node).enumerate() {
            assert_eq!(end, graph.end(node, Port::new(port)));
            let back = graph.end(end.neighbour, end.back);
            assert_eq!((back.neighbour, back.back, back.link), (node, Port::new(port), end.link));
            assert_eq!((back.sends, back.receives), (end.receives, end.sends));
            assert!(graph.is_directed() != (end.sends && end.receives));
            let link = graph.link(end.link);
            assert!((link.a, link.b) == (node, end.neighbour) || (link.b, link.a) == (node, end.neighbour));
            seen[end.link as usize] += 1;
        }
    }
    assert!(seen.iter().all(|ends| *ends == 2), "every link has two ends");
    assert_eq!(graph.links().collect::<Vec<_>>().len(), graph.link_count());
}

/// The ring as it would be built link by link.
fn stored_ring(n: usize, labelled: bool, directed: bool) -> Graph {
    let mut builder = GraphBuilder::new(n);
    if directed {
        builder = builder.directed();
    }
    for node in 0..n {
        let label = |label| labelled.then_some(label);
        builder.labelled_link(node, (node + 1) % n, 1.0, label(PortLabel::Right), label(PortLabel::Left));
    }
    builder.build()
}

#[test]
fn a_ring_by_formula_is_the_ring_link_by_link() {
    for n in 1..=12 {
        for (name, labelled, directed) in
            [("ring", false, false), ("oriented-ring", true, false), ("directed-ring", true, true)]
        {
            let (formula, stored) = (graph(&format!("{name}:{n}")), stored_ring(n, labelled, directed));
            assert_sound(&formula);
            assert_sound(&stored);
            assert_eq!(formula, stored, "{name}:{n}");
            assert_eq!(stored, formula, "{name}:{n}");
        }
    }
    assert_ne!(graph("ring:8"), graph("oriented-ring:8"));
    assert_ne!(graph("ring:8"), graph("ring:9"));
    assert_ne!(graph("ring:8"), graph("path:8"));
}

#[test]
fn ports_are_in_the_order_of_the_neighbours() {
    for spec in ["ring:7", "torus:3x4", "karate", "hypercube:4", "gnp:30,0.3"] {
        let graph = graph(spec);
        assert_sound(&graph);
        for node in graph.nodes() {
            assert!(graph.ends(node).map(|end| (end.neighbour, end.link)).is_sorted(), "{spec}");
        }
    }
}

#[test]
fn a_ring_of_two_has_two_links_and_a_ring_of_one_has_two_ports() {
    let two = graph("oriented-ring:2");
    assert_eq!(two.link_count(), 2);
    let labels: Vec<Vec<_>> =
        two.nodes().map(|node| two.ends(node).map(|end| (end.neighbour.index(), end.label)).collect()).collect();
    let (left, right) = (Some(PortLabel::Left), Some(PortLabel::Right));
    assert_eq!(labels, [[(1, right), (1, left)], [(0, left), (0, right)]]);

    let one = graph("oriented-ring:1");
    assert_eq!((one.link_count(), one.degree(NodeIndex::new(0))), (1, 2));
    let node = NodeIndex::new(0);
    assert_eq!(one.end(node, Port::new(0)).label, right);
    assert_eq!(one.end(node, Port::new(0)).back, Port::new(1));
}

#[test]
fn shuffled_ports_keep_the_links_and_their_labels() {
    for spec in ["oriented-ring:9", "directed-ring:5", "hypercube:4", "karate", "ring:1", "ring:2", "gnp:40,0.2"] {
        let ordered = graph(spec);
        let shuffled = ordered.clone().with_shuffled_ports(7);
        assert_sound(&shuffled);
        assert!(ordered.links().eq(shuffled.links()), "{spec}");
        for node in ordered.nodes() {
            let ends = |graph: &Graph| {
                let mut ends: Vec<_> =
                    graph.ends(node).map(|end| (end.neighbour, end.link, end.sends, format!("{:?}", end.label))).collect();
                ends.sort();
                ends
            };
            assert_eq!(ends(&ordered), ends(&shuffled), "{spec}");
        }
    }
    let karate = graph("karate");
    assert_ne!(karate, karate.clone().with_shuffled_ports(1));
    assert_eq!(karate.clone().with_shuffled_ports(1), karate.clone().with_shuffled_ports(1));
    assert_ne!(karate.clone().with_shuffled_ports(1), karate.clone().with_shuffled_ports(2));
}

/// An unoriented ring whose ports are shuffled must not show an orientation: port 0 leads right at about half of the nodes.
#[test]
fn shuffled_ports_hide_the_orientation_of_a_ring() {
    let ring = graph("ring:1000").with_shuffled_ports(3);
    let right =
        ring.nodes().filter(|node| ring.end(*node, Port::new(0)).neighbour.index() == (node.index() + 1) % 1000).count();
    // Four standard deviations of a fair coin.
    assert!((437..=563).contains(&right), "{right}");
}

#[test]
fn a_large_ring_takes_no_memory() {
    let ring = graph("ring:100000000");
    assert_eq!(ring.link_count(), 100_000_000);
    assert_eq!(ring.end(NodeIndex::new(99_999_999), Port::new(0)).neighbour, NodeIndex::new(0));
    assert!(size_of::<Graph>() <= 256);
}

#[test]
fn weights_are_those_of_the_links() {
    let mut builder = GraphBuilder::new(3);
    builder.link(0, 1).weighted_link(1, 2, 2.5).link(0, 2);
    let triangle = builder.build();
    assert_eq!(triangle.links().map(|link| link.weight).collect::<Vec<_>>(), [1.0, 2.5, 1.0]);
    assert_eq!(triangle.weight(NodeIndex::new(2), Port::new(1)), 2.5);
    assert!(triangle.is_weighted() && !graph("ring:3").is_weighted());
}
