//! Traversal.

use catalogue::{DfStar, Dft};
use nodes::topology::{Graph, NodeIndex};
use nodes_tests::driver::{Drive, Schedule, for_seeds};

use super::{ANY, ends_well, graph_case, parents};

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

#[test]
fn dft_uses_every_link_there_and_back() {
    for_seeds(300, |seed| {
        let (graph, n, m, mut random) = graph_case(seed);
        for schedule in ANY {
            let root = random.range(0..graph.node_count());
            let ended = ends_well(Drive::<Dft>::on(graph.clone()).wake([root]).schedule(schedule, seed));
            assert_eq!(ended.sent("Token"), m, "Token, {schedule:?}");
            assert_eq!(ended.sent("Return"), n - 1, "Return, {schedule:?}");
            assert_eq!(ended.sent("BackEdge"), m + 1 - n, "BackEdge, {schedule:?}");
            assert_eq!(parents(&ended), depth_first(&graph, root), "{schedule:?}");
            if schedule == Schedule::Unit {
                assert_eq!(ended.time, 2 * m, "one message at a time");
            }
        }
    });
}

#[test]
fn df_star_makes_no_mistake_if_all_messages_take_equally_long() {
    for_seeds(300, |seed| {
        let (graph, n, m, mut random) = graph_case(seed);
        let root = random.range(0..graph.node_count());
        let tree = depth_first(&graph, root);
        let ended = ends_well(Drive::<DfStar>::on(graph).wake([root]).schedule(Schedule::Unit, seed));
        assert_eq!(parents(&ended), tree);
        assert_eq!(ended.total(), 2 * m + leaves(&tree) - 1);
        assert_eq!(ended.time, 2 * n - 2);
    });
}

#[test]
fn df_star_mends_its_mistakes_within_the_bound() {
    for_seeds(600, |seed| {
        let (graph, n, m, mut random) = graph_case(seed);
        for schedule in [Schedule::Fifo, Schedule::Reordering] {
            let root = random.range(0..graph.node_count());
            let ended = ends_well(Drive::<DfStar>::on(graph.clone()).wake([root]).schedule(schedule, seed));
            let most = 4 * m + leaves(&parents(&ended)) + 1 - 2 * n;
            assert!(ended.total() <= most, "{} messages, more than {most}, {schedule:?}", ended.total());
        }
    });
}
