//! What an instance looks like without the names of its nodes: two that look the same may do the same.
//!
//! Ports do not count: whether it matters how they are numbered, shows when handlers run.

use super::Instances;
use crate::execution::Prepared;
use crate::topology::{Graph, NodeIndex};

/// Where nodes look alike, not more orders of them than that are compared.
const MOST_ORDERS: usize = 5_040;

/// An instance without names.
pub(super) struct Shape {
    /// The same for all that look the same.
    pub(super) code: Vec<u64>,
    /// Its nodes, each in the place of that of another of the same code.
    pub(super) order: Vec<NodeIndex>,
}

impl Shape {
    /// That of an instance; `None` if too many orders of its nodes would have to be compared.  Ids and inputs count if they vary: else it
    /// shows, as with ports, whether they matter.  Which nodes begin counts if that does not vary.
    pub(super) fn of(prepared: &Prepared, every: &Instances) -> Option<Self> {
        let graph = prepared.instance.graph();
        let mut looks = Vec::with_capacity(graph.node_count());
        for node in graph.nodes() {
            let impulses = prepared.initiators.iter().filter(|(initiator, _)| !every.initiators && *initiator == node).count();
            let id = if every.ids { prepared.instance.ids().of(node).0 } else { 0 };
            let input = if every.inputs.is_some() { prepared.instance.encoded_input(node).ok()? } else { Vec::new() };
            let mut look = vec![id, impulses as u64, input.len() as u64];
            look.extend(input.into_iter().map(u64::from));
            looks.push(look);
        }
        let links = Links::of(graph);
        let cells = cells(&looks, &links);
        let orders = cells.iter().try_fold(1_usize, |orders, cell| {
            (1..=cell.len()).try_fold(orders, usize::checked_mul).filter(|orders| *orders <= MOST_ORDERS)
        });
        orders?;
        let mut least = None;
        let (mut order, mut cells) = (Vec::new(), cells);
        each_order(&mut cells, 0, &mut order, &mut |order| {
            let code = links.code(order);
            if least.as_ref().is_none_or(|(before, _)| code < *before) {
                least = Some((code, order.to_vec()));
            }
        });
        let (mut code, order) = least?;
        code.extend(order.iter().flat_map(|node| looks[*node].iter().copied()));
        Some(Shape { code, order: order.into_iter().map(NodeIndex::new).collect() })
    }
}

/// By two nodes: the links from the one to the other, as the one has them.
struct Links {
    nodes: usize,
    kinds: Vec<Vec<[u64; 3]>>,
}

impl Links {
    fn of(graph: &Graph) -> Self {
        let nodes = graph.node_count();
        let mut kinds = vec![Vec::new(); nodes * nodes];
        for node in graph.nodes() {
            for end in graph.ends(node) {
                let label = match end.label {
                    None => 0,
                    Some(crate::topology::PortLabel::Left) => 1,
                    Some(crate::topology::PortLabel::Right) => 2,
                    Some(crate::topology::PortLabel::Dimension(bit)) => 3 + u64::from(bit),
                };
                let ways = u64::from(end.sends) | u64::from(end.receives) << 1;
                let weight = graph.link(end.link).weight.to_bits();
                kinds[node.index() * nodes + end.neighbour.index()].push([ways, label, weight]);
            }
        }
        kinds.iter_mut().for_each(|kinds| crate::sorting::sort(kinds));
        Links { nodes, kinds }
    }

    fn between(&self, one: usize, other: usize) -> &[[u64; 3]] {
        &self.kinds[one * self.nodes + other]
    }

    /// All links, by the places of nodes in an order.
    fn code(&self, order: &[usize]) -> Vec<u64> {
        let mut code = vec![self.nodes as u64];
        for one in order {
            for other in order {
                let links = self.between(*one, *other);
                code.push(links.len() as u64);
                code.extend(links.iter().flatten());
            }
        }
        code
    }
}

/// Nodes that look alike, and so do those around them, as far as one sees: sets of them, in an order that names do not decide.
fn cells(looks: &[Vec<u64>], links: &Links) -> Vec<Vec<usize>> {
    let mut colours = ranks(looks);
    loop {
        let around = |node: usize| {
            let mut others = (0..links.nodes)
                .filter(|other| !links.between(node, *other).is_empty())
                .map(|other| (colours[other], links.between(node, other), links.between(other, node)))
                .collect::<Vec<_>>();
            crate::sorting::sort(&mut others);
            (colours[node], others)
        };
        let finer = ranks(&(0..links.nodes).map(around).collect::<Vec<_>>());
        if finer == colours {
            break;
        }
        colours = finer;
    }
    let mut cells = vec![Vec::new(); links.nodes];
    colours.iter().enumerate().for_each(|(node, colour)| cells[*colour].push(node));
    cells.retain(|cell| !cell.is_empty());
    cells
}

/// For each, how many are less.
fn ranks<T: Ord>(items: &[T]) -> Vec<usize> {
    items.iter().map(|item| items.iter().filter(|other| *other < item).count()).collect()
}

/// Shows each order of nodes in which cells keep theirs.
fn each_order(cells: &mut [Vec<usize>], chosen: usize, order: &mut Vec<usize>, show: &mut dyn FnMut(&[usize])) {
    let Some((cell, others)) = cells.split_first_mut() else { return show(order) };
    if chosen == cell.len() {
        return each_order(others, 0, order, show);
    }
    for place in chosen..cells[0].len() {
        cells[0].swap(chosen, place);
        order.push(cells[0][chosen]);
        each_order(cells, chosen + 1, order, show);
        order.pop();
        cells[0].swap(chosen, place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::instances::idle;
    use crate::execution::AnyRun;
    use crate::run::Run;
    use crate::topology::EveryGraph;

    fn shape(run: Run<idle::Idle>) -> Shape {
        Shape::of(&AnyRun::from(run).prepare().unwrap(), &Instances::new()).unwrap()
    }

    /// OEIS A001349: connected graphs without names.
    #[test]
    fn graphs_have_as_many_shapes_as_there_are_without_names() {
        for (nodes, unnamed) in [(1, 1), (2, 1), (3, 2), (4, 6), (5, 21)] {
            let shapes = EveryGraph::named(nodes).numbers().map(|number| {
                let links = Links::of(&EveryGraph::graph(nodes, number));
                let (mut least, mut order) = (None, Vec::new());
                each_order(&mut cells(&vec![vec![]; nodes], &links), 0, &mut order, &mut |order| {
                    least = least.take().into_iter().chain([links.code(order)]).min();
                });
                least
            });
            assert_eq!(crate::sorting::set(shapes).len(), unnamed, "{nodes} nodes");
        }
    }

    #[test]
    fn who_begins_counts_and_where_does_not() {
        let ring = |initiator: usize| shape(Run::on("ring:5").wake([initiator]));
        let path = |initiator: usize| shape(Run::on("path:3").wake([initiator]));
        assert_eq!(ring(0).code, ring(3).code);
        assert_eq!((ring(3).order[4], ring(1).order[4]), (NodeIndex::new(3), NodeIndex::new(1)));
        assert!(path(0).code == path(2).code && path(0).code != path(1).code);
    }
}
