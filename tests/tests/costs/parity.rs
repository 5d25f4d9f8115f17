//! What protocols find out in a distributed way, held against petgraph's own algorithms on the same graphs.

use std::collections::BTreeMap;

use catalogue::{DfStar, Dft, Echo, Flooding, Saturation, Shout, ShoutPlus, YoYo};
use nodes::Protocol;
use nodes::topology::Graph;
use nodes_tests::driver::{Drive, Ended};
use nodes_tests::graphs;
use petgraph::algo::{bridges, connected_components, dijkstra, is_cyclic_undirected};
use petgraph::graph::{NodeIndex, UnGraph};
use petgraph::visit::Bfs;
use serde_json::Value;

use super::{Arm, graph_case, parents, random};

arms! {
    trees_are_spanning_trees: Fifo Reordering Unit;
    trees_of_shout_under_unit_delay_are_those_of_shortest_paths: Unit;
    floods_reach_the_farthest_when_it_is_as_far: Unit;
    echo_counts_and_finds_the_smallest_of_all_that_can_be_reached: Fifo Reordering Unit;
    yo_yo_elects_the_smallest_of_all_that_can_be_reached: Fifo Reordering Unit;
    saturation_finds_eccentricities_and_centres: Fifo Unit;
}

fn of(graph: &Graph) -> UnGraph<(), ()> {
    let mut other = UnGraph::with_capacity(graph.node_count(), graph.link_count());
    for _ in graph.nodes() {
        other.add_node(());
    }
    for link in graph.links() {
        other.add_edge(NodeIndex::new(link.a.index()), NodeIndex::new(link.b.index()), ());
    }
    other
}

/// How far each node is from one.
fn distances(graph: &UnGraph<(), ()>, from: usize) -> BTreeMap<usize, u32> {
    dijkstra(graph, NodeIndex::new(from), None, |_| 1).into_iter().map(|(node, far)| (node.index(), far)).collect()
}

fn reachable(graph: &UnGraph<(), ()>, from: usize) -> Vec<usize> {
    let mut search = Bfs::new(graph, NodeIndex::new(from));
    core::iter::from_fn(|| search.next(graph)).map(NodeIndex::index).collect()
}

/// The fields of each node at the end.
fn fields<P: Protocol>(ended: &Ended<P>) -> Vec<Value> {
    ended.world.nodes().map(|node| serde_json::to_value(node.protocol()).expect("fields can be written")).collect()
}

#[track_caller]
fn must_span(graph: &UnGraph<(), ()>, parents: &[Option<usize>], root: usize) {
    let edges = parents.iter().enumerate().filter_map(|(node, parent)| Some((node as u32, (*parent)? as u32)));
    let mut tree = UnGraph::<(), ()>::from_edges(edges);
    while tree.node_count() < graph.node_count() {
        tree.add_node(());
    }
    assert_eq!(parents[root], None);
    assert_eq!((tree.edge_count() + 1, connected_components(&tree)), (graph.node_count(), 1));
    assert!(!is_cyclic_undirected(&tree));
    assert!(tree.raw_edges().iter().all(|edge| graph.contains_edge(edge.source(), edge.target())));
    // A link without which the graph falls apart is in every spanning tree.
    assert!(bridges(graph).all(|bridge| {
        let (a, b) = graph.edge_endpoints(petgraph::visit::EdgeRef::id(&bridge)).expect("it is a link");
        tree.contains_edge(a, b)
    }));
}

fn trees_are_spanning_trees(arm: Arm, seed: u64) {
    let (graph, _, _, mut random) = graph_case(arm, seed);
    let (other, root) = (of(&graph), random.range(0..graph.node_count()));
    macro_rules! span {
        ($($protocol:ty)*) => {$(
            let ended = arm.run(Drive::<$protocol>::on(graph.clone()).wake([root]), seed);
            must_span(&other, &parents(&ended.world), root);
        )*};
    }
    span!(Shout ShoutPlus Dft DfStar Echo);
}

fn trees_of_shout_under_unit_delay_are_those_of_shortest_paths(arm: Arm, seed: u64) {
    let (graph, _, _, mut random) = graph_case(arm, seed);
    let (other, root) = (of(&graph), random.range(0..graph.node_count()));
    let ended = arm.run(Drive::<Shout>::on(graph).wake([root]), seed);
    let parents = parents(&ended.world);
    let depth = |node: usize| core::iter::successors(parents[node], |node| parents[*node]).count() as u32;
    assert_eq!((0..parents.len()).map(|node| (node, depth(node))).collect::<BTreeMap<_, _>>(), distances(&other, root));
}

fn floods_reach_the_farthest_when_it_is_as_far(arm: Arm, seed: u64) {
    let (graph, _, _, mut random) = graph_case(arm, seed);
    let (other, root) = (of(&graph), random.range(0..graph.node_count()));
    let ended = arm.run(Drive::<Flooding>::on(graph).wake([root]), seed);
    let far = distances(&other, root).into_values().max().unwrap_or(0);
    // Two of the farthest that are neighbours inform each other once more.
    assert!((u64::from(far)..=u64::from(far) + 1).contains(&ended.time), "{} units, the farthest is {far} away", ended.time);
}

fn echo_counts_and_finds_the_smallest_of_all_that_can_be_reached(arm: Arm, seed: u64) {
    let (graph, _, _, mut random) = graph_case(arm, seed);
    let ids = graphs::ids(graph.node_count(), &mut random);
    let (other, root) = (of(&graph), random.range(0..graph.node_count()));
    let ended = arm.run(Drive::<Echo>::on(graph).ids(&ids).wake([root]), seed);
    let reached = reachable(&other, root);
    let knows = &fields(&ended)[root];
    assert_eq!(knows["size"], reached.len());
    assert_eq!(knows["smallest"].as_u64(), reached.iter().map(|node| ids[*node]).min());
}

fn yo_yo_elects_the_smallest_of_all_that_can_be_reached(arm: Arm, seed: u64) {
    let (graph, _, _, mut random) = graph_case(arm, seed);
    let ids = graphs::ids(graph.node_count(), &mut random);
    let other = of(&graph);
    let ended = arm.run(Drive::<YoYo>::on(graph).ids(&ids).wake([0]), seed);
    let leaders = ended.world.nodes().filter(|node| node.state_name() == "Leader").map(|node| node.index().index());
    let smallest = reachable(&other, 0).into_iter().min_by_key(|node| ids[*node]);
    assert_eq!(leaders.collect::<Vec<_>>(), Vec::from_iter(smallest));
}

fn saturation_finds_eccentricities_and_centres(arm: Arm, seed: u64) {
    let mut random = random(seed);
    let nodes = arm.size(seed, &mut random);
    let (tree, ids) = (graphs::tree(nodes, &mut random), graphs::ids(nodes, &mut random));
    let other = of(&tree);
    let initiators = graphs::some_nodes(nodes, &mut random);
    let ended = arm.run(Drive::<Saturation>::on(tree).ids(&ids).wake(initiators), seed);
    let far = |node: usize| distances(&other, node).into_values().max().unwrap_or(0);
    let eccentricities = (0..nodes).map(far).collect::<Vec<_>>();
    let radius = eccentricities.iter().min();
    for (fields, eccentricity) in fields(&ended).iter().zip(&eccentricities) {
        assert_eq!(fields["eccentricity"], *eccentricity);
        assert_eq!(fields["centre"], Some(eccentricity) == radius);
        assert_eq!(fields["smallest"].as_u64(), ids.iter().min().copied());
    }
}
