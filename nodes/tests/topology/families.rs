//! Families without randomness have the nodes, numbers and links that NetworkX gives them.

use nodes::topology::{SPECS, Topology};

use super::{graph, json, links};

#[test]
fn families_are_those_of_networkx() {
    let table = json("networkx.json");
    let graphs = table["graphs"].as_array().unwrap();
    assert!(graphs.len() >= 50);
    for facts in graphs {
        let spec = facts["spec"].as_str().unwrap();
        let graph = graph(spec);
        let statistics = graph.statistics();
        assert_eq!(facts["nodes"], statistics.nodes, "nodes of {spec}");
        assert_eq!(facts["links"], statistics.links, "links of {spec}");
        assert_eq!(facts["diameter"], statistics.diameter.unwrap(), "diameter of {spec}");
        assert_eq!(facts["radius"], statistics.radius.unwrap(), "radius of {spec}");
        assert_eq!(facts["bipartite"], statistics.bipartite, "two kinds of nodes in {spec}");
        assert!(statistics.connected, "{spec}");
        let mut degrees: Vec<usize> = graph.nodes().map(|node| graph.degree(node)).collect();
        degrees.sort_unstable();
        assert_eq!(facts["degrees"], serde_json::json!(degrees), "degrees of {spec}");
        let edges: Vec<(usize, usize, f64)> = serde_json::from_value(facts["edges"].clone()).unwrap();
        assert_eq!(edges, links(&graph), "links of {spec}");
    }
}

#[test]
fn every_family_but_those_drawn_or_read_is_compared() {
    let table = json("networkx.json");
    let compared: Vec<String> = table["graphs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|facts| facts["spec"].as_str().unwrap().split(':').next().unwrap().to_owned())
        .collect();
    for family in SPECS.iter().filter(|family| family.name != "file" && family.name != "directed-ring") {
        let topology: Topology = family.example.parse().unwrap();
        assert!(topology.is_random() || compared.contains(&family.name.to_owned()), "{}", family.name);
    }
}

/// NetworkX's directed cycle has a diameter of n-1.
#[test]
fn a_directed_ring_leads_to_the_right_only() {
    let ring = graph("directed-ring:8");
    assert!(ring.is_directed());
    for node in ring.nodes() {
        let out: Vec<usize> = ring.ends(node).filter(|end| end.sends).map(|end| end.neighbour.index()).collect();
        let into: Vec<usize> = ring.ends(node).filter(|end| end.receives).map(|end| end.neighbour.index()).collect();
        assert_eq!((out, into), (vec![(node.index() + 1) % 8], vec![(node.index() + 7) % 8]));
    }
    assert_eq!(ring.statistics().diameter, Some(7));
}

/// Wolfram MathWorld, "Petersen Graph": 10 nodes, 15 links, cubic, diameter 2, girth 5.
#[test]
fn petersens_graph_has_girth_5() {
    let petersen = graph("petersen");
    for one in petersen.nodes() {
        for two in petersen.nodes().filter(|two| *two > one) {
            let adjacent = petersen.ends(one).any(|end| end.neighbour == two);
            let common =
                petersen.ends(one).filter(|end| petersen.ends(two).any(|other| other.neighbour == end.neighbour)).count();
            assert_eq!(common, usize::from(!adjacent), "no triangle, no square: {one} and {two}");
        }
    }
}
