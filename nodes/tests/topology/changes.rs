//! What becomes of a graph before anything runs on it is what was asked for, and is noticed.

use std::path::PathBuf;

use nodes::topology::{Any, Built, GraphBuilder, Topology, TopologyError};

use super::{graph, links};

/// A file that is gone at the end.
struct File(PathBuf);

impl File {
    fn of(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("changes-{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        File(path)
    }

    fn topology(&self) -> Topology {
        Topology::file(&self.0)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn names(built: &Built) -> Vec<String> {
    built.graph.nodes().map(|node| built.graph.title(node).into_owned()).collect()
}

fn refused(built: Result<Built, TopologyError>, option: &str) {
    let said = built.unwrap_err().to_string();
    assert!(said.contains(option), "{said}");
}

#[test]
fn the_largest_part_is_kept() {
    let file = File::of("parts.edges", "a b\nx y 2\nq r\ny z\nz x 7\n");
    refused(file.topology().build(0), "`--keep largest`");
    let built = file.topology().keep_largest().build(0).unwrap();
    assert_eq!(names(&built), ["x", "y", "z"]);
    assert_eq!(links(&built.graph), [(0, 1, 2.0), (0, 2, 7.0), (1, 2, 1.0)]);
    assert!(built.notices[0].ends_with("3 of 7 nodes are kept, the largest of 3 parts"), "{:?}", built.notices);
    // Of parts that are as large, the first; a graph that holds together stays as it is.
    let file = File::of("pairs.edges", "c d\na b\n");
    assert_eq!(names(&file.topology().keep_largest().build(0).unwrap()), ["c", "d"]);
    let file = File::of("whole.edges", "c d\n");
    assert!(file.topology().keep_largest().build(0).unwrap().notices.is_empty());
}

#[test]
fn loops_are_dropped() {
    let file = File::of("loops.edges", "a b\nb b\na a 3\n");
    refused(file.topology().build(0), ":2: a link from `b` to itself; take it out, or write `--drop loops`");
    let built = file.topology().drop_loops().build(0).unwrap();
    assert_eq!(links(&built.graph), [(0, 1, 1.0)]);
    assert!(built.notices[0].ends_with("2 links from a node to itself left out"), "{:?}", built.notices);
}

#[test]
fn links_of_one_way_lead_both() {
    let file = File::of("arcs.dot", "digraph { a -> b; b -> a; b -> c }");
    refused(file.topology().build(0).unwrap().accepted_by::<Any>(), "`--both-ways`");
    let built = file.topology().both_ways().build(0).unwrap().accepted_by::<Any>().unwrap();
    assert_eq!(links(&built.graph), [(0, 1, 1.0), (1, 2, 1.0)]);
    assert_eq!(built.notices.len(), 2, "{:?}", built.notices);
    assert!(built.notices[0].ends_with("its links lead one way; they are read as leading both ways"), "{:?}", built.notices);
}

#[test]
fn weights_are_drawn_by_the_seed() {
    for spec in ["ring:8", "karate", "grid:4x5", "gnp:30,0.2"] {
        let topology: Topology = spec.parse().unwrap();
        let weighted = topology.random_weights(3, 9);
        let drawn = weighted.build(5).unwrap().graph;
        assert_eq!(drawn, weighted.build(5).unwrap().graph);
        assert_ne!(drawn, weighted.build(6).unwrap().graph);
        let weights: Vec<f64> = drawn.links().map(|link| link.weight).collect();
        assert!(weights.iter().all(|weight| (3.0..=9.0).contains(weight) && weight.fract() == 0.0), "{weights:?}");
        assert!(weights.iter().any(|weight| *weight != weights[0]), "{weights:?}");
    }
    assert!(!graph("ring:8").is_weighted());
    refused(Topology::ring(5).random_weights(2, 1).build(0), "`random:2..1` is empty");
}

#[test]
fn neighbours_average_by_weights_of_which_none_sums_to_more_than_one() {
    let weights = |topology: Topology| topology.build(5).unwrap().graph.links().map(|link| link.weight).collect::<Vec<_>>();
    assert_eq!(weights(Topology::ring(5).metropolis_weights()), [1.0 / 3.0; 5]);
    assert_eq!(weights(Topology::ring(5).uniform_weights()), [1.0 / 3.0; 5]);
    // Degrees 2, 2, 3 and 1: the link between the first two is the only one whose ends both have two.
    let paw = || "links:0-1,0-2,1-2,2-3".parse::<Topology>().unwrap();
    assert_eq!(weights(paw().metropolis_weights()), [1.0 / 3.0, 0.25, 0.25, 0.25]);
    assert_eq!(weights(paw().uniform_weights()), [0.25; 4]);
    // One that is drawn, with the weights of that draw.
    let drawn = "gnp:30,0.2".parse::<Topology>().unwrap().metropolis_weights().build(5).unwrap().graph;
    for link in drawn.links() {
        assert_eq!(link.weight, 1.0 / (1 + drawn.degree(link.a).max(drawn.degree(link.b))) as f64);
    }
    refused(Topology::directed_ring(5).metropolis_weights().build(0), "the graph has links that lead one way");
    let mut lasso = GraphBuilder::new(2);
    lasso.link(0, 1).link(1, 1);
    refused(Topology::from(lasso.build()).uniform_weights().build(0), "the graph has a link from a node to itself");
    let changes = Topology::from(graph("ring:8")).changed_as(&Topology::ring(5).metropolis_weights()).changes();
    assert_eq!(changes, [("weights", Some("metropolis".into()))]);
}

#[test]
fn only_files_are_mended() {
    refused(Topology::ring(5).keep_largest().build(0), "change graphs from files; write `file:graph.edges`");
    let changes = Topology::file("a.gml").keep_largest().both_ways().random_weights(1, 2).changes();
    assert_eq!(changes, [("keep", Some("largest".into())), ("both-ways", None), ("weights", Some("random:1..2".into()))]);
}
