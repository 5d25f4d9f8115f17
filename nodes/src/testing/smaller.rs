//! Smaller runs of the same kind.

use crate::execution::{AnyRun, IdChoice, Initiators, PortOrder, distinct};
use crate::network::{Crash, Faults, LinkCut, Recovery};
use crate::protocol::InitiatorRule;
use crate::topology::{Graph, GraphBuilder, NodeIndex, Topology};

/// Of larger graphs, single nodes and links are not taken away.
const PIECEMEAL: usize = 12;

/// Runs that start from less, the smallest first; not all of them are possible.
pub(super) fn smaller(run: &AnyRun) -> Vec<AnyRun> {
    let Ok(prepared) = run.prepare() else { return Vec::new() };
    let graph = prepared.instance.graph();
    let mut runs = Vec::new();
    if let Ok(topology) = &run.topology {
        let first = |topology: Topology| {
            let nodes = nodes_of(&topology).ok().filter(|nodes| *nodes <= graph.node_count())?;
            on(run, topology, &(0..nodes).collect::<Vec<_>>())
        };
        runs.extend(specifications(topology).into_iter().filter_map(first));
    }
    if graph.node_count() <= PIECEMEAL && !graph.is_directed() {
        let all = || graph.nodes().map(NodeIndex::index);
        let but = |node: usize| all().filter(|other| *other != node).collect::<Vec<_>>();
        runs.extend(all().filter_map(|node| on(run, without_node(graph, node).into(), &but(node))));
        let nodes = all().collect::<Vec<_>>();
        runs.extend((0..graph.link_count()).filter_map(|link| on(run, without_link(graph, link).into(), &nodes)));
    }
    let woken = distinct(&prepared.initiators);
    if prepared.description.initiators == InitiatorRule::Any && woken.len() > 1 {
        runs.extend(woken.iter().map(|node| run.clone().wake([*node])));
        if woken.len() <= PIECEMEAL {
            runs.extend(woken.iter().map(|node| run.clone().wake(woken.iter().copied().filter(|other| other != node))));
        }
    }
    if let Initiators::Given(given) = &run.initiators
        && (woken.len() + 1..=PIECEMEAL).contains(&given.len())
    {
        // One impulse less, where a node has several.
        runs.extend((0..given.len()).map(|place| {
            let mut fewer = given.clone();
            fewer.remove(place);
            run.clone().initiators(Initiators::Given(fewer))
        }));
    }
    for flag in prepared.description.flags.iter().filter(|flag| flag.shrinks) {
        let value = run.config.get(&flag.name).and_then(|value| value.parse::<u64>().ok());
        for less in (0..value.unwrap_or_default()).take(4) {
            let mut config = run.config.clone();
            if config.set(&flag.name, &less.to_string()).is_ok() {
                runs.push(run.clone().config(config));
            }
        }
    }
    if run.bandwidth.is_some() || run.uplink.is_some() {
        let mut unlimited = run.clone();
        (unlimited.bandwidth, unlimited.uplink) = (None, None);
        runs.push(unlimited);
    }
    runs.extend(with_fewer_faults(run));
    runs
}

/// The same run on another graph, of which the nodes are those of the first, in that order; what was said of single nodes is said of
/// those that remain.
fn on(run: &AnyRun, topology: Topology, nodes: &[usize]) -> Option<AnyRun> {
    let mut run = run.clone();
    let inputs = run.inputs_of(nodes).ok()?;
    let now = |node: usize| nodes.iter().position(|other| *other == node);
    run.topology = Ok(topology);
    run.inputs = inputs;
    if let IdChoice::Given(ids) = &mut run.ids {
        *ids = nodes.iter().filter_map(|node| ids.get(*node).copied()).collect();
    }
    if matches!(run.ports, PortOrder::Given(_)) {
        // The nodes that remain have fewer ports.
        run.ports = PortOrder::Ordered;
    }
    if let Initiators::Given(given) = &mut run.initiators {
        *given = given.iter().filter_map(|(node, at)| Some((now(*node)?, *at))).collect();
        if given.is_empty() {
            run.initiators = Initiators::Declared;
        }
    }
    run.uplink = run.uplink.map(|uplink| uplink.moved(now));
    let faults = &mut run.faults;
    faults.crashes = faults.crashes.iter().filter_map(|crash| Some(Crash { node: now(crash.node)?, ..*crash })).collect();
    let moved = |recovery: &Recovery| Some(Recovery { node: now(recovery.node)?, ..*recovery });
    faults.recoveries = faults.recoveries.iter().filter_map(moved).collect();
    faults.partitions = faults.partitions.iter().map(|partition| partition.moved(now)).collect();
    let moved = |cut: &LinkCut| Some(LinkCut { from: now(cut.from)?, to: now(cut.to)?, ..*cut });
    faults.links_down = faults.links_down.iter().filter_map(moved).collect();
    Some(run)
}

fn nodes_of(topology: &Topology) -> Result<usize, String> {
    topology.build(0).map(|built| built.graph.node_count()).map_err(|wrong| wrong.to_string())
}

/// The same specification with each of its whole numbers smaller: `complete:5` gives `complete:1`, `complete:2`, ..
fn specifications(topology: &Topology) -> Vec<Topology> {
    let text = topology.to_string();
    let Some((family, _)) = text.split_once(':').filter(|(family, _)| *family != "file") else { return Vec::new() };
    let mut smaller = Vec::new();
    let digits = |letter: char| letter.is_ascii_digit();
    let mut rest = family.len();
    while let Some(start) = text[rest..].find(digits).map(|start| rest + start) {
        let end = text[start..].find(|letter| !digits(letter)).map_or(text.len(), |end| start + end);
        rest = end;
        // Not what stands behind or before a point.
        if text[..start].ends_with('.') || text[end..].starts_with('.') {
            continue;
        }
        let Ok(number) = text[start..end].parse::<usize>() else { continue };
        let halves = [number / 4, number / 2, number.saturating_sub(1)].into_iter().filter(|less| *less > 8 && *less < number);
        for less in (1..number.min(9)).chain(halves) {
            smaller.extend(format!("{}{less}{}", &text[..start], &text[end..]).parse::<Topology>());
        }
    }
    smaller
}

fn without_node(graph: &Graph, gone: usize) -> Graph {
    let mut builder = GraphBuilder::new(graph.node_count().saturating_sub(1));
    let moved = |node: usize| node - usize::from(node > gone);
    for link in graph.links().filter(|link| link.a.index() != gone && link.b.index() != gone) {
        builder.weighted_link(moved(link.a.index()), moved(link.b.index()), link.weight);
    }
    builder.build()
}

fn without_link(graph: &Graph, gone: usize) -> Graph {
    let mut builder = GraphBuilder::new(graph.node_count());
    for (_, link) in graph.links().enumerate().filter(|(number, _)| *number != gone) {
        builder.weighted_link(link.a.index(), link.b.index(), link.weight);
    }
    builder.build()
}

fn with_fewer_faults(run: &AnyRun) -> Vec<AnyRun> {
    let mut runs = Vec::new();
    let mut less = |change: &dyn Fn(&mut Faults)| {
        let mut fewer = run.clone();
        change(&mut fewer.faults);
        if fewer.faults != run.faults {
            runs.push(fewer);
        }
    };
    less(&|faults| (faults.loss, faults.duplicate, faults.reorder) = (0.0, 0.0, 0.0));
    less(&|faults| (faults.partitions, faults.links_down) = (Vec::new(), Vec::new()));
    less(&|faults| (faults.crashes, faults.recoveries) = (Vec::new(), Vec::new()));
    let faults = &run.faults;
    let (partitions, links_down) = (faults.partitions.len(), faults.links_down.len());
    if partitions + links_down > 1 {
        for place in 0..partitions {
            less(&|faults| drop(faults.partitions.remove(place)));
        }
        for place in 0..links_down {
            less(&|faults| _ = faults.links_down.remove(place));
        }
    }
    for place in 0..faults.crashes.len() {
        less(&|faults| {
            let Crash { node, at, .. } = faults.crashes.remove(place);
            let after = faults.recoveries.iter().filter(|recovery| recovery.node == node && recovery.at > at);
            let own = after.min_by_key(|recovery| recovery.at).copied();
            faults.recoveries.retain(|recovery| Some(*recovery) != own);
        });
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specifications_shrink_number_by_number() {
        let of = |text: &str| specifications(&text.parse().unwrap()).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(of("ring:4"), ["ring:1", "ring:2", "ring:3"]);
        assert_eq!(of("grid:2x3"), ["grid:1x3", "grid:2x1", "grid:2x2"]);
        assert_eq!(of("gnp:3,0.5"), ["gnp:1,0.5", "gnp:2,0.5"]);
        assert_eq!(
            of("ring:40"),
            ["ring:1", "ring:2", "ring:3", "ring:4", "ring:5", "ring:6", "ring:7", "ring:8", "ring:10", "ring:20", "ring:39"]
        );
        assert!(of("petersen").is_empty());
    }
}
