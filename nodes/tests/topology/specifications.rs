//! Specifications: each is read, shown and built; each wrong one gets a sentence and an example.

use nodes::topology::{Built, SPECS, Topology};

#[test]
fn every_example_is_read_shown_and_built() {
    for family in SPECS.iter().filter(|family| family.name != "file") {
        let topology: Topology = family.example.parse().unwrap();
        assert_eq!(topology.to_string(), family.example);
        assert_eq!(topology.family(), Some(family));
        let built = topology.build(1).unwrap();
        assert!(built.graph.statistics().connected, "{}", family.example);
        assert_eq!(built.spec, family.example);
        assert_eq!(family.example.split(':').next(), Some(family.name));
    }
    assert_eq!("file:a b.gml".parse::<Topology>().unwrap(), Topology::file("a b.gml"));
}

#[test]
fn functions_are_called_as_the_families() {
    let pairs = [
        (Topology::ring(8), "ring:8"),
        (Topology::oriented_ring(8), "oriented-ring:8"),
        (Topology::directed_ring(8), "directed-ring:8"),
        (Topology::path(10), "path:10"),
        (Topology::star(9), "star:9"),
        (Topology::complete(5), "complete:5"),
        (Topology::complete_bipartite(3, 4), "complete-bipartite:3,4"),
        (Topology::wheel(8), "wheel:8"),
        (Topology::grid(4, 5), "grid:4x5"),
        (Topology::grid3d(2, 3, 4), "grid3d:2x3x4"),
        (Topology::torus(4, 4), "torus:4x4"),
        (Topology::hypercube(4), "hypercube:4"),
        (Topology::binary_tree(15), "binary-tree:15"),
        (Topology::caterpillar(5, 2), "caterpillar:5,2"),
        (Topology::lollipop(5, 4), "lollipop:5,4"),
        (Topology::barbell(4, 2), "barbell:4,2"),
        (Topology::circulant(12, [1, 3]), "circulant:12,1,3"),
        (Topology::petersen(), "petersen"),
        (Topology::links([(0, 1), (0, 2), (1, 2)]), "links:0-1,0-2,1-2"),
        (Topology::karate(), "karate"),
        (Topology::random_tree(20), "random-tree:20"),
        (Topology::gnp(50, 0.1), "gnp:50,0.1"),
        (Topology::gnm(50, 120), "gnm:50,120"),
        (Topology::regular(20, 3), "regular:20,3"),
        (Topology::barabasi_albert(50, 2), "barabasi-albert:50,2"),
        (Topology::watts_strogatz(30, 4, 0.1), "watts-strogatz:30,4,0.1"),
        (Topology::geometric(50, 0.3), "geometric:50,0.3"),
        (Topology::file("graph.edges"), "file:graph.edges"),
    ];
    assert_eq!(pairs.len(), SPECS.len());
    for ((topology, spec), family) in pairs.iter().zip(SPECS) {
        assert_eq!((topology.to_string().as_str(), spec.parse().as_ref()), (*spec, Ok(topology)));
        assert_eq!(family.example, *spec, "SPECS has them in the order of the manual");
    }
}

#[test]
fn a_graph_of_ones_own_is_a_topology() {
    let graph = Topology::petersen().build(0).unwrap().graph;
    let built: Built = Topology::from(graph.clone()).build(9).unwrap();
    assert_eq!((built.graph, built.spec.as_str()), (graph, "(a graph of 10 nodes)"));
}

#[test]
fn a_wrong_specification_gets_a_sentence_and_an_example() {
    let sentences = [
        ("ring:2x", "ring:2x: `2x` is not a number of nodes; write `ring:8`"),
        ("ring", "ring: the number of nodes is missing; write `ring:8`"),
        ("ring:", "ring:: the number of nodes is missing; write `ring:8`"),
        ("ring:0", "ring:0: 0 is too few nodes: at least 1; write `ring:8`"),
        ("ring:-3", "ring:-3: `-3` is not a number of nodes; write `ring:8`"),
        ("ring:+3", "ring:+3: `+3` is not a number of nodes; write `ring:8`"),
        ("ring:8,9", "ring:8,9: `9` is more than `ring` takes; write `ring:8`"),
        ("ring:99999999999", "ring:99999999999: 99999999999 is too large as a number of nodes; write `ring:8`"),
        ("ring:1000000000", "ring:1000000000: that would be 1000000000 nodes, and 100000000 are possible; write `ring:8`"),
        ("complete:100000", "complete:100000: that would be 4999950000 links, and 33554432 are possible; write `complete:5`"),
        ("path:40000000", "path:40000000: that would be 40000000 links, and 33554432 are possible; write `path:10`"),
        (
            "complete-bipartite:3",
            "complete-bipartite:3: the number of nodes opposite is missing; write `complete-bipartite:3,4`",
        ),
        ("wheel:3", "wheel:3: 3 is too few nodes of a wheel: at least 4; write `wheel:8`"),
        ("grid:4,5", "grid:4,5: `4,5` is not a number of rows; write `grid:4x5`"),
        ("grid:4", "grid:4: the number of columns is missing; write `grid:4x5`"),
        ("grid:4x0", "grid:4x0: 0 is too few rows or columns: at least 1; write `grid:4x5`"),
        (
            "grid:4294967295x4294967295",
            "grid:4294967295x4294967295: that would be 18446744065119617025 nodes, and 100000000 are possible; write `grid:4x5`",
        ),
        ("torus:2x5", "torus:2x5: 2 is too few rows or columns of a torus: at least 3; write `torus:4x4`"),
        ("hypercube:99", "hypercube:99: that would be far too many nodes, and 100000000 are possible; write `hypercube:4`"),
        ("barbell:1,2", "barbell:1,2: 1 is too few nodes in a complete graph: at least 2; write `barbell:4,2`"),
        ("circulant:12", "circulant:12: the distance to link is missing; write `circulant:12,1,3`"),
        (
            "circulant:12,2,4",
            "circulant:12,2,4: it falls apart, since all its numbers are multiples of 2; write `circulant:12,1,3`",
        ),
        ("circulant:12,13", "circulant:12,13: 13 is not a distance between 12 nodes; write `circulant:12,1,3`"),
        ("petersen:10", "petersen:10: `10` is more than `petersen` takes; write `petersen`"),
        ("gnp:50,1.5", "gnp:50,1.5: 1.5 is not a probability: from 0 to 1; write `gnp:50,0.1`"),
        ("gnp:50,half", "gnp:50,half: `half` is not a probability; write `gnp:50,0.1`"),
        ("gnp:50,NaN", "gnp:50,NaN: `NaN` is not a probability; write `gnp:50,0.1`"),
        ("gnp:50,0", "gnp:50,0: with probability 0 there are no links; write `gnp:50,0.1`"),
        ("gnp:1000000,0.5", "gnp:1000000,0.5: that would be 249999750000 links, and 25165824 are possible; write `gnp:50,0.1`"),
        ("regular:5,3", "regular:5,3: 5 nodes with 3 links each have an odd number of link ends; write `regular:20,3`"),
        ("regular:5,5", "regular:5,5: 5 nodes do not have 5 neighbours each; write `regular:20,3`"),
        ("regular:6,1", "regular:6,1: 6 nodes with 1 links each fall apart; write `regular:20,3`"),
        (
            "barabasi-albert:5,5",
            "barabasi-albert:5,5: a new node has at least 1 link, and fewer than 5; write `barabasi-albert:50,2`",
        ),
        (
            "watts-strogatz:30,3,0.1",
            "watts-strogatz:30,3,0.1: 3 nearest neighbours cannot lie on two sides: an even number, at least 2; write `watts-strogatz:30,4,0.1`",
        ),
        (
            "watts-strogatz:4,4,0.1",
            "watts-strogatz:4,4,0.1: 4 nodes do not have 4 neighbours each; write `watts-strogatz:30,4,0.1`",
        ),
        ("geometric:50,-1", "geometric:50,-1: -1 is not a radius: more than 0; write `geometric:50,0.3`"),
        ("file:", "file:: the path is missing; write `file:graph.edges`"),
        ("rings:8", "rings:8: there is no topology `rings`; did you mean `ring:8`?"),
        ("Ring:8", "Ring:8: there is no topology `Ring`; did you mean `ring:8`?"),
        ("cycle:8", "cycle:8: there is no topology `cycle`; did you mean `ring:8`?"),
        ("hypercub:3", "hypercub:3: there is no topology `hypercub`; did you mean `hypercube:4`?"),
        ("directed_ring:3", "directed_ring:3: there is no topology `directed_ring`; did you mean `directed-ring:8`?"),
        ("karate.gml", "karate.gml: there is no topology `karate.gml`; if it is a file, write `file:karate.gml`"),
        ("/tmp/x", "/tmp/x: there is no topology `/tmp/x`; if it is a file, write `file:/tmp/x`"),
    ];
    for (spec, sentence) in sentences {
        assert_eq!(spec.parse::<Topology>().map_err(|error| error.to_string()), Err(sentence.to_owned()));
    }
    let unknown = "xyzzy:1".parse::<Topology>().unwrap_err().to_string();
    assert!(unknown.starts_with("xyzzy:1: there is no topology `xyzzy`; there are ring, oriented-ring, "), "{unknown}");
    assert!("".parse::<Topology>().is_err());
}

#[test]
fn numbers_given_to_functions_are_checked_too() {
    assert_eq!(Topology::ring(0).build(1).unwrap_err().to_string(), "ring:0: 0 is too few nodes: at least 1; write `ring:8`");
    let max = usize::MAX;
    for topology in [
        Topology::ring(max),
        Topology::star(max),
        Topology::complete(max),
        Topology::complete_bipartite(max, max),
        Topology::wheel(max),
        Topology::grid(max, max),
        Topology::grid3d(max, max, max),
        Topology::torus(max, max),
        Topology::hypercube(max),
        Topology::caterpillar(max, max),
        Topology::lollipop(max, max),
        Topology::barbell(max, max),
        Topology::circulant(max, [1, 2, max - 1]),
        Topology::random_tree(max),
        Topology::gnp(max, 0.5),
        Topology::gnp(max, f64::NAN),
        Topology::gnm(max, max),
        Topology::gnm(4, 7),
        Topology::gnm(4, 2),
        Topology::regular(max, max - 1),
        Topology::barabasi_albert(max, max - 1),
        Topology::watts_strogatz(max, max - 1, 0.5),
        Topology::geometric(max, f64::INFINITY),
        Topology::geometric(10, f64::NAN),
    ] {
        let said = topology.build(1).unwrap_err().to_string();
        assert!(said.contains("; write `"), "{said}");
    }
}

mod any_text {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn is_read_or_refused_in_one_sentence(text in "([a-z-]{0,12}|ring|grid|gnp|circulant|file)(:[-x,.0-9a-z]{0,12})?") {
            match text.parse::<Topology>() {
                Ok(topology) => prop_assert_eq!(topology.to_string().parse::<Topology>(), Ok(topology)),
                Err(error) => {
                    let said = error.to_string();
                    let begins = format!("{text}: ");
                    prop_assert!(said.starts_with(&begins) && !said.contains('\n'), "{}", said);
                }
            }
        }

        #[test]
        fn whatever_it_is(text in "\\PC*") {
            let _ = text.parse::<Topology>();
        }
    }
}
