//! Topologies, held to what NetworkX says and writes, to formulas, and to what the documentation promises.

mod changes;
mod classes;
mod distances;
mod drawings;
mod families;
mod files;
mod graphs;
mod hostile_files;
mod kinds_of_files;
mod networkx;
mod random_families;
mod samples;
mod specifications;
mod written_files;

use std::path::PathBuf;

use nodes::topology::{Graph, Topology};

/// A file of `tests/data`.
fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

fn json(name: &str) -> serde_json::Value {
    serde_json::from_str(&std::fs::read_to_string(data(name)).unwrap()).unwrap()
}

fn graph(spec: &str) -> Graph {
    let topology: Topology = spec.parse().unwrap_or_else(|error| panic!("{error}"));
    topology.build(1).unwrap_or_else(|error| panic!("{error}")).graph
}

/// Links with the smaller node first, sorted, with weights.
fn links(graph: &Graph) -> Vec<(usize, usize, f64)> {
    let mut links: Vec<_> =
        graph.links().map(|link| (link.a.min(link.b).index(), link.a.max(link.b).index(), link.weight)).collect();
    links.sort_by(|one, two| one.partial_cmp(two).unwrap());
    links
}
