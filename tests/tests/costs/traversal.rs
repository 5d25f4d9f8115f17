//! Traversal.

use catalogue::{DfStar, Dft};
use nodes::topology::{Graph, NodeIndex};
use nodes_tests::driver::Drive;

use super::{Arm, graph_case, parents};

arms! {
    dft_uses_every_link_there_and_back: Fifo Reordering Unit Processes;
    df_star_makes_no_mistake_if_all_messages_take_equally_long: Unit;
    df_star_mends_its_mistakes_within_the_bound: Fifo Reordering Processes;
}

/// The depth-first tree that goes to the smallest unvisited neighbour first: each node's parent.
fn depth_first(graph: &Graph, root: usize) -> Vec<Option<usize>> {
    fn visit(graph: &Graph, node: usize, visited: &mut [bool], parents: &mut [Option<usize>]) {
        visited[node] = true;
        let mut neighbours = graph.ends(NodeIndex::new(node)).map(|end| end.neighbour.index()).collect::<Vec<_>>();
        neighbours.sort_unstable();
        for next in neighbours {
            if !visited[next] {
                parents[next] = Some(node);
                visit(graph, next, visited, parents);
            }
        }
    }
    let mut parents = vec![None; graph.node_count()];
    visit(graph, root, &mut vec![false; graph.node_count()], &mut parents);
    parents
}

/// f: how many nodes but the root are nobody's parent; 1 if the root is alone.
fn leaves(parents: &[Option<usize>]) -> u64 {
    let childless = |node: &usize| parents[*node].is_some() && !parents.contains(&Some(*node));
    (0..parents.len()).filter(childless).count().max(1) as u64
}

fn dft_uses_every_link_there_and_back(arm: Arm, seed: u64) {
    let (graph, n, m, mut random) = graph_case(arm, seed);
    let root = random.range(0..graph.node_count());
    let ended = arm.run(Drive::<Dft>::on(graph.clone()).wake([root]), seed);
    assert_eq!((ended.sent("Token"), ended.sent("Return"), ended.sent("BackEdge")), (m, n - 1, m + 1 - n));
    assert_eq!(parents(&ended.world), depth_first(&graph, root));
    if arm.is_in_step() {
        assert_eq!(ended.time, 2 * m, "one message at a time");
    }
}

fn df_star_makes_no_mistake_if_all_messages_take_equally_long(arm: Arm, seed: u64) {
    let (graph, n, m, mut random) = graph_case(arm, seed);
    let root = random.range(0..graph.node_count());
    let tree = depth_first(&graph, root);
    let ended = arm.run(Drive::<DfStar>::on(graph).wake([root]), seed);
    assert_eq!(parents(&ended.world), tree);
    assert_eq!(ended.total(), 2 * m + leaves(&tree) - 1);
    assert_eq!(ended.time, 2 * n - 2);
}

fn df_star_mends_its_mistakes_within_the_bound(arm: Arm, seed: u64) {
    let (graph, n, m, mut random) = graph_case(arm, seed);
    let root = random.range(0..graph.node_count());
    let ended = arm.run(Drive::<DfStar>::on(graph).wake([root]), seed);
    let most = 4 * m + leaves(&parents(&ended.world)) + 1 - 2 * n;
    assert!(ended.total() <= most, "{} messages, more than {most}", ended.total());
}
