//! Graphs and arrangements of ids to run protocols on, drawn at random.

use std::collections::BTreeSet;

use nodes::protocol::{Description, Random};
use nodes::topology::{Graph, GraphBuilder, PortLabel, Topology};

/// A ring whose nodes agree on left and right: right of node i is i+1.
pub fn ring(nodes: usize) -> Graph {
    let mut ring = GraphBuilder::new(nodes);
    for node in 0..nodes {
        ring.labelled_link(node, (node + 1) % nodes, 1.0, Some(PortLabel::Right), Some(PortLabel::Left));
    }
    ring.build()
}

/// Every two nodes are neighbours.
pub fn complete(nodes: usize) -> Graph {
    let mut complete = GraphBuilder::new(nodes);
    for a in 0..nodes {
        for b in a + 1..nodes {
            complete.link(a, b);
        }
    }
    complete.build()
}

/// A connected graph: a random tree, and each other pair a link with a probability which is drawn too.
pub fn connected(nodes: usize, random: &mut Random) -> Graph {
    let density = random.unit() * random.unit();
    let mut graph = GraphBuilder::new(nodes);
    let parents = (1..nodes).map(|node| random.range(0..node)).collect::<Vec<_>>();
    for b in 1..nodes {
        for a in 0..b {
            if parents[b - 1] == a || random.chance(density) {
                graph.link(a, b);
            }
        }
    }
    graph.build()
}

/// A connected graph with a few links at each node; one in eight has many.
pub fn sparse(nodes: usize, random: &mut Random) -> Graph {
    if random.chance(0.125) {
        return connected(nodes, random);
    }
    let parents = (1..nodes).map(|node| (random.range(0..node), node)).collect::<Vec<_>>();
    let more = random.range(0..=3 * nodes);
    let pairs = (0..more).map(|_| (random.range(0..nodes), random.range(0..nodes))).collect::<Vec<_>>();
    let ordered = pairs.into_iter().map(|(a, b)| (a.min(b), a.max(b))).filter(|(a, b)| a != b);
    let mut graph = GraphBuilder::new(nodes);
    for (a, b) in parents.into_iter().chain(ordered).collect::<BTreeSet<_>>() {
        graph.link(a, b);
    }
    graph.build()
}

/// A graph that has a name.
pub fn named(spec: &str) -> Graph {
    let topology = spec.parse::<Topology>().expect("the name of a graph");
    topology.build(0).expect("it can be built").graph
}

/// A small graph that the protocol runs on, as text; of about that many nodes.
pub fn fitting(description: &Description, nodes: usize, random: &mut Random) -> String {
    match &*description.topology.name {
        "Ring" | "DirectedRing" => format!("ring:{nodes}"),
        "Complete" => format!("complete:{}", nodes.max(2)),
        "Tree" => format!("random-tree:{}", nodes.max(2)),
        "Hypercube" => format!("hypercube:{}", 1 + nodes % 3),
        "SharedMemory" => "star:3".to_owned(),
        _ => match random.below(6) {
            0 => format!("ring:{nodes}"),
            1 => format!("complete:{nodes}"),
            2 => format!("path:{}", nodes.max(2)),
            3 => format!("star:{}", nodes.max(2)),
            4 => format!("geometric:{},0.7", nodes.max(3)),
            _ => format!("gnp:{},0.6", nodes.max(3)),
        },
    }
}

/// A tree, drawn at random.
pub fn tree(nodes: usize, random: &mut Random) -> Graph {
    let mut tree = GraphBuilder::new(nodes);
    for node in 1..nodes {
        tree.link(random.range(0..node), node);
    }
    tree.build()
}

/// Distinct ids in a random order, with gaps.
pub fn ids(nodes: usize, random: &mut Random) -> Vec<u64> {
    let mut ids = (0..nodes as u64).map(|id| 3 * id + random.below(3)).collect::<Vec<_>>();
    random.shuffle(&mut ids);
    ids
}

/// Some of the nodes, at least one, in a random order.
pub fn some_nodes(nodes: usize, random: &mut Random) -> Vec<usize> {
    let mut all = (0..nodes).collect::<Vec<_>>();
    random.shuffle(&mut all);
    all.truncate(random.range(1..=nodes));
    all
}
