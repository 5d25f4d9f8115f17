//! Traversal.

use catalogue::Dft;
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
