//! Diameter and radius are those that a search from every node finds.

use std::collections::VecDeque;

use nodes::topology::{Graph, GraphBuilder, NodeIndex, Topology};

/// The largest distance from each node along links as they lead, found one node after the other; `None` if some are not reached.
fn eccentricities(graph: &Graph) -> Option<Vec<u32>> {
    let farthest = |from: NodeIndex| {
        let mut distances = vec![None; graph.node_count()];
        let mut queue = VecDeque::from([from]);
        distances[from.index()] = Some(0u32);
        while let Some(node) = queue.pop_front() {
            for end in graph.ends(node).filter(|end| end.sends) {
                if distances[end.neighbour.index()].is_none() {
                    distances[end.neighbour.index()] = distances[node.index()].map(|distance| distance + 1);
                    queue.push_back(end.neighbour);
                }
            }
        }
        distances.into_iter().try_fold(0, |farthest, distance| Some(farthest.max(distance?)))
    };
    graph.nodes().map(farthest).collect()
}

fn holds(graph: &Graph, what: &str) {
    let facts = graph.statistics();
    let all = eccentricities(graph);
    assert_eq!(facts.connected, all.is_some(), "{what}");
    let all = all.unwrap_or_default();
    assert_eq!((facts.diameter, facts.radius), (all.iter().copied().max(), all.iter().copied().min()), "{what}");
}

/// Each family in several sizes, random ones by many seeds.
#[test]
fn they_are_those_of_a_search_from_every_node() {
    let fixed = [
        "ring:9",
        "path:1",
        "path:2",
        "path:12",
        "star:9",
        "complete:6",
        "complete-bipartite:3,4",
        "wheel:8",
        "grid:4x7",
        "torus:5x6",
        "hypercube:5",
        "binary-tree:20",
        "caterpillar:6,3",
        "lollipop:6,5",
        "barbell:5,4",
        "circulant:20,1,6",
        "petersen",
        "karate",
        "directed-ring:7",
    ];
    let random = [
        "random-tree:2",
        "random-tree:40",
        "gnp:30,0.15",
        "gnp:60,0.07",
        "gnm:40,60",
        "regular:30,3",
        "barabasi-albert:60,1",
        "barabasi-albert:60,3",
        "watts-strogatz:40,4,0.1",
        "geometric:50,0.3",
    ];
    let random = random.iter().flat_map(|spec| (0..40).map(move |seed| (spec, seed)));
    for (spec, seed) in fixed.iter().map(|spec| (spec, 0)).chain(random) {
        holds(&spec.parse::<Topology>().unwrap().build(seed).unwrap().graph, &format!("{spec}, seed {seed}"));
    }
}

/// A ring that leads one way, with shortcuts; and links at random, which may leave nodes that do not reach all others.
#[test]
fn links_that_lead_one_way_are_followed_as_they_lead() {
    let mut numbers = 12345u64;
    let mut below = |n: usize| {
        numbers = numbers.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (numbers >> 33) as usize % n
    };
    let mut connected = 0;
    for trial in 0..300 {
        let n = 2 + below(40);
        let mut builder = GraphBuilder::new(n).directed();
        if trial % 3 > 0 {
            for node in 0..n {
                builder.link(node, (node + 1) % n);
            }
        }
        for _ in 0..below(2 * n) {
            let (a, b) = (below(n), below(n));
            if a != b {
                builder.link(a, b);
            }
        }
        let graph = builder.build();
        connected += usize::from(graph.statistics().connected);
        holds(&graph, &format!("{graph:?}"));
    }
    assert!((200..300).contains(&connected), "{connected} of 300 are strongly connected");
}

/// What took minutes when each node was searched from: a path, a tree, and graphs with few links of few nodes.
#[test]
fn large_graphs_take_few_searches() {
    for (spec, known) in [
        ("path:100000", Some((99_999, 50_000))),
        ("star:100000", Some((2, 1))),
        ("caterpillar:20000,3", None),
        ("random-tree:60000", None),
        ("barabasi-albert:20000,2", None),
        ("lollipop:300,40000", Some((40_001, 20_001))),
    ] {
        let facts = spec.parse::<Topology>().unwrap().build(1).unwrap().graph.statistics();
        let found = facts.diameter.zip(facts.radius);
        assert!(found.is_some(), "{spec}");
        assert!(known.is_none() || found == known, "{spec}: {found:?}");
    }
}
