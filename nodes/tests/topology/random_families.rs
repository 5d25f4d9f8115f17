//! Random families: what must hold for every seed, what must hold on average, and that a seed's graph never changes.

use std::collections::BTreeMap;

use nodes::topology::{Graph, Topology, TopologyError};

use super::{graph, graphs::assert_sound, links};

fn over_seeds(topology: &Topology, seeds: u64, check: impl Fn(&Graph)) {
    for seed in 0..seeds {
        let built = topology.build(seed).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        println!("{topology}, seed {seed}: `Topology::from_str(\"{topology}\")?.build({seed})` makes it again");
        assert_sound(&built.graph);
        let statistics = built.graph.statistics();
        assert!(statistics.connected);
        let mut pairs: Vec<_> = links(&built.graph).into_iter().map(|(a, b, _)| (a, b)).collect();
        assert!(pairs.iter().all(|(a, b)| a != b), "a link from a node to itself");
        pairs.dedup();
        assert_eq!(pairs.len(), statistics.links, "two links between the same nodes");
        check(&built.graph);
    }
}

#[test]
fn a_random_tree_has_one_link_fewer_than_nodes() {
    for n in [1, 2, 3, 4, 20, 333] {
        over_seeds(&Topology::random_tree(n), 50, |tree| assert_eq!((tree.node_count(), tree.link_count()), (n, n - 1)));
    }
}

/// Cayley (1889): there are 4^2 = 16 labelled trees of 4 nodes; each must come as often as any other.
#[test]
fn random_trees_are_uniform() {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for seed in 0..16_000 {
        let tree = Topology::random_tree(4).build(seed).unwrap().graph;
        *counts.entry(format!("{:?}", links(&tree))).or_default() += 1;
    }
    assert_eq!(counts.len(), 16);
    let chi_squared: f64 = counts.values().map(|count| (f64::from(*count) - 1000.0).powi(2) / 1000.0).sum();
    // The 99.9 % quantile of chi-squared with 15 degrees of freedom is 37.7.
    assert!(chi_squared < 37.7, "{chi_squared}");
}

#[test]
fn regular_graphs_are_regular() {
    for (n, degree) in
        [(1, 0), (2, 1), (3, 2), (4, 3), (6, 3), (20, 3), (50, 2), (30, 7), (31, 14), (31, 16), (24, 22), (200, 4), (100, 40)]
    {
        over_seeds(&Topology::regular(n, degree), 30, |graph| {
            assert!(graph.nodes().all(|node| graph.degree(node) == degree));
            assert_eq!(graph.link_count(), n * degree / 2);
        });
    }
}

/// There are 70 labelled cubic graphs of 6 nodes (OEIS A002829), all connected: 10 are K(3,3), 60 the prism.  Each must come as
/// often as any other.
#[test]
fn cubic_graphs_are_uniform() {
    let mut counts: BTreeMap<String, (bool, u32)> = BTreeMap::new();
    for seed in 0..14_000 {
        let graph = Topology::regular(6, 3).build(seed).unwrap().graph;
        counts.entry(format!("{:?}", links(&graph))).or_insert((graph.statistics().bipartite, 0)).1 += 1;
    }
    assert_eq!(counts.len(), 70);
    assert_eq!(counts.values().filter(|(bipartite, _)| *bipartite).count(), 10);
    let chi_squared: f64 = counts.values().map(|(_, count)| (f64::from(*count) - 200.0).powi(2) / 200.0).sum();
    // The 99.9 % quantile of chi-squared with 69 degrees of freedom is 111.1.
    assert!(chi_squared < 111.1, "{chi_squared}");
}

#[test]
fn gnp_has_its_mean_number_of_links() {
    let (n, p, seeds) = (60, 0.2, 400);
    let mut total = 0;
    for seed in 0..seeds {
        total += Topology::gnp(n, p).build(seed).unwrap().graph.link_count();
    }
    let (pairs, mean) = ((n * (n - 1) / 2) as f64, total as f64 / seeds as f64);
    // At this p almost no draw falls apart, so the mean is p times the pairs, within four standard errors.
    let error = (pairs * p * (1.0 - p) / seeds as f64).sqrt();
    assert!((mean - pairs * p).abs() < 4.0 * error, "{mean} against {}", pairs * p);
    over_seeds(&Topology::gnp(10, 0.3), 100, |graph| assert_eq!(graph.node_count(), 10));
    over_seeds(&Topology::gnp(7, 1.0), 3, |graph| assert_eq!(graph.link_count(), 21));
    over_seeds(&Topology::gnp(1, 0.0), 3, |graph| assert_eq!(graph.link_count(), 0));
}

/// Every pair is as likely as any other: the leaps from link to link must not leave out or prefer a place.
#[test]
fn gnp_prefers_no_pair() {
    let (n, p, seeds) = (12, 0.5, 4000u64);
    let mut counts = BTreeMap::new();
    for seed in 0..seeds {
        for (a, b, _) in links(&Topology::gnp(n, p).build(seed).unwrap().graph) {
            *counts.entry((a, b)).or_insert(0u32) += 1;
        }
    }
    assert_eq!(counts.len(), 66);
    let deviation = (seeds as f64 * p * (1.0 - p)).sqrt();
    assert!(counts.values().all(|count| (f64::from(*count) - seeds as f64 * p).abs() < 5.0 * deviation), "{counts:?}");
}

/// NetworkX: a star of m+1 nodes, then m links for each of the other n-m-1.
#[test]
fn barabasi_albert_has_m_times_n_minus_m_links() {
    for (n, m) in [(2, 1), (5, 4), (50, 2), (100, 7)] {
        over_seeds(&Topology::barabasi_albert(n, m), 30, |graph| {
            assert_eq!(graph.link_count(), m * (n - m));
            assert!(graph.nodes().skip(m + 1).all(|node| graph.degree(node) >= m));
        });
    }
    // Popular nodes: far above what a random graph of mean degree 4 has.
    for seed in 0..5 {
        let graph = Topology::barabasi_albert(2000, 2).build(seed).unwrap().graph;
        assert!(graph.nodes().any(|node| graph.degree(node) > 40));
    }
}

#[test]
fn watts_strogatz_keeps_its_number_of_links() {
    for (n, k, p) in [(30, 4, 0.1), (20, 2, 0.05), (50, 6, 1.0), (5, 4, 0.5), (3, 2, 0.5)] {
        over_seeds(&Topology::watts_strogatz(n, k, p), 30, |graph| assert_eq!(graph.link_count(), n * k / 2));
    }
    let lattice = Topology::watts_strogatz(12, 4, 0.0).build(5).unwrap().graph;
    assert_eq!(links(&lattice), links(&Topology::circulant(12, [1, 2]).build(0).unwrap().graph));
    let moved = Topology::watts_strogatz(1000, 6, 0.1).build(5).unwrap().graph;
    let before = links(&Topology::circulant(1000, [1, 2, 3]).build(0).unwrap().graph);
    let kept = links(&moved).into_iter().filter(|link| before.contains(link)).count();
    // 3000 links, of which 300 move, four standard deviations either way.
    assert!((2634..=2766).contains(&kept), "{kept}");
}

#[test]
fn geometric_links_are_the_pairs_within_the_radius() {
    for (n, radius) in [(1, 0.1), (50, 0.3), (40, 1.5), (200, 0.15)] {
        over_seeds(&Topology::geometric(n, radius), 20, |graph| {
            let points = graph.positions().unwrap();
            let near = |a: usize, b: usize| (points[a][0] - points[b][0]).hypot(points[a][1] - points[b][1]) <= radius;
            let expected: Vec<(usize, usize, f64)> =
                (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b, 1.0))).filter(|(a, b, _)| near(*a, *b)).collect();
            assert_eq!(links(graph), expected);
        });
    }
}

#[test]
fn a_graph_that_falls_apart_is_redrawn_and_the_user_is_told() {
    let built =
        (0..20).map(|seed| Topology::gnp(30, 0.08).build(seed).unwrap()).find(|built| !built.notices.is_empty()).unwrap();
    assert!(built.notices[0].starts_with("gnp:30,0.08: redrawn "), "{:?}", built.notices);
    assert!(built.notices[0].ends_with(" until connected"), "{:?}", built.notices);
}

#[test]
fn a_family_that_is_hardly_ever_connected_is_given_up_with_advice() {
    let error = Topology::gnp(100, 0.001).build(1).unwrap_err();
    assert!(matches!(error, TopologyError::Draws { .. }));
    let said = error.to_string();
    assert_eq!(said, "gnp:100,0.001: none of 1000 graphs that were drawn was connected; write `gnp:100,0.0761`");
    let better = said.split('`').nth(1).unwrap();
    assert!(better.parse::<Topology>().unwrap().build(1).is_ok());
    let said = Topology::geometric(80, 0.01).build(1).unwrap_err().to_string();
    let better = said.split('`').nth(1).unwrap();
    assert!(better.parse::<Topology>().unwrap().build(1).is_ok(), "{said}");
}

/// The graph of a seed is part of every published result: it may not change, on any platform, with any later version.
#[test]
fn gnm_has_its_number_of_links_and_prefers_no_pair() {
    for (n, m) in [(1, 0), (2, 1), (5, 10), (8, 27), (50, 120), (40, 700)] {
        let found = links(&graph(&format!("gnm:{n},{m}")));
        assert_eq!(found.len(), m, "gnm:{n},{m}");
        assert!(found.windows(2).all(|pair| pair[0] != pair[1]), "gnm:{n},{m}");
    }
    // Of 5 nodes with 9 links one pair is left out: each of the 10 as often, within four standard errors of 1000 draws.
    let mut missing = [0; 25];
    for seed in 0..1000 {
        let found = links(&Topology::gnm(5, 9).build(seed).unwrap().graph);
        let pairs = (0..5).flat_map(|b| (0..b).map(move |a| (a, b)));
        let left_out = pairs.into_iter().find(|(a, b)| !found.contains(&(*a, *b, 1.0))).unwrap();
        missing[left_out.0 * 5 + left_out.1] += 1;
    }
    let counts: Vec<i32> = missing.into_iter().filter(|count| *count > 0).collect();
    assert!(counts.len() == 10 && counts.iter().all(|count| (100 - count).abs() < 38), "{counts:?}");
}

#[test]
fn a_seeds_graph_never_changes() {
    let pinned = [
        ("random-tree:20", 0xa58198f26177ee3fu64),
        ("gnp:50,0.1", 0x0ae33dc0a75adcdc),
        ("regular:20,3", 0xe7bf068b95990769),
        ("regular:20,13", 0xeec3d0ab95a159c3),
        ("regular:20,2", 0x6e5d376bcf5b6d4f),
        ("barabasi-albert:50,2", 0x57ef985bd33e24cd),
        ("watts-strogatz:30,4,0.1", 0xf3fb931e4a5aecc5),
        ("geometric:50,0.3", 0xb3f260cd96ae7036),
    ];
    let mut found = Vec::new();
    for (spec, _) in pinned {
        // FNV-1a of the links, over ten seeds.
        let mut hash = 0xcbf2_9ce4_8422_2325u64;
        for seed in 0..10 {
            for (a, b, _) in links(&spec.parse::<Topology>().unwrap().build(seed).unwrap().graph) {
                for number in [a, b] {
                    hash = (hash ^ number as u64).wrapping_mul(0x100_0000_01b3);
                }
            }
        }
        found.push((spec, hash));
    }
    assert_eq!(found, pinned);
}
