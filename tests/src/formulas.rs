//! How many messages algorithms take, by the formulas of the literature, worked out from the graph, the ids and the initiators alone.

use core::ops::RangeInclusive;
use std::collections::{BTreeMap, BTreeSet};

use nodes::topology::{Graph, NodeIndex};

use crate::instances::Instance;

/// What the runs of an instance take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Between these lies the fewest that a run takes.
    pub least: RangeInclusive<u64>,
    /// Between these the most.  There is no bound, if there is none here.
    pub greatest: RangeInclusive<u64>,
}

impl Cost {
    /// Whether the fewest and the most are right, as far as they are known.
    pub fn fits(&self, least: Option<u64>, greatest: Option<u64>) -> bool {
        least.is_none_or(|least| self.least.contains(&least))
            && greatest.is_none_or(|greatest| self.greatest.contains(&greatest))
    }

    /// What no run exceeds, if there is such a bound.
    pub fn bound(&self) -> Option<u64> {
        Some(*self.greatest.end()).filter(|bound| *bound < u64::MAX)
    }
}

/// Every run takes as many.
fn exactly(count: u64) -> Cost {
    from_to(count, count)
}

/// Some run takes as few, and some as many.
fn from_to(least: u64, greatest: u64) -> Cost {
    Cost { least: least..=least, greatest: greatest..=greatest }
}

/// No run takes fewer or more.
fn within(range: RangeInclusive<u64>) -> Cost {
    Cost { least: range.clone(), greatest: range }
}

/// What an algorithm takes, by the name of its file; anything, where no formula is known.
pub fn messages(algorithm: &str, instance: &Instance) -> Cost {
    let [n, m, k] = instance.sizes();
    let ids = &instance.ids;
    let smallest = (0..ids.len()).min_by_key(|node| ids[*node]).unwrap_or_default();
    if instance.crashes {
        return within(0..=u64::MAX);
    }
    match algorithm {
        // Who is informed before it starts is no initiator any more.
        "flooding" => from_to(2 * m + if instance.together { k } else { 1 } - n, 2 * m + k - n),
        "echo" | "shout_plus" | "dft" => exactly(2 * m),
        "shout" => exactly(4 * m + 2 - 2 * n),
        "df_star" => within(0..=4 * m + n + 1 - 2 * n),
        "saturation" if n == 1 => exactly(0),
        "saturation" if instance.together => exactly(3 * n + k - 4),
        "ring_size" => exactly(2 * n),
        "all_the_way" => exactly(n * n),
        "as_far" if instance.keeps_order() => exactly(to_the_next_smaller(ids) + n),
        "as_far" => within(2 * n..=to_the_next_smaller(ids) + n),
        "chang_roberts" if k == 1 => {
            let far = (smallest + ids.len() - instance.initiators[0]) % ids.len();
            exactly(2 * n + far as u64)
        }
        "chang_roberts" if k == n && instance.together && instance.keeps_order() => exactly(to_the_next_smaller(ids) + n),
        "chang_roberts" => within(2 * n..=to_the_next_smaller(ids) + n),
        "controlled_distance" | "hirschberg_sinclair" => by_distances(n, instance.initiators == [smallest]),
        "stages" => exactly(2 * n * rounds(ids, |one, other| one < other) + n),
        "dolev_klawe_rodeh" => exactly(2 * n * rounds(ids, |one, other| one > other)),
        // A link that orients nothing is in no book.
        "yo_yo" if instance.is_simple() => exactly(yo_yo(&instance.graph(), ids).messages),
        "hyper_elect" => {
            let log = u64::from(n.trailing_zeros());
            within(3 * (n - 1)..=7 * n - log * log - 3 * log - 7)
        }
        // Each of the a - 1 above the initiator is asked, and asks those above it unless it has heard of the leader before.
        "bully" if k == 1 => {
            let above = ids.iter().filter(|id| **id > ids[instance.initiators[0]]).count() as u64;
            from_to(2 * above + n - 1, above * (above + 1) + n - 1)
        }
        "bully" => within(n - 1..=n * (n - 1) + n - 1),
        // Each node sends one message of the work at most.
        "chandy_lamport" => within(2 * m..=2 * m + n),
        // Each node enters once; the one that has the token at first may find it at hand.
        "suzuki_kasami" if n > 1 => from_to((n - 1) * n, n * n),
        "lamport" => exactly(3 * (n - 1) * n),
        "ricart_agrawala" => exactly(2 * (n - 1) * n),
        "itai_rodeh" if n == 1 => exactly(1),
        // One draws more than all others, at once; their messages end at it.
        "itai_rodeh" => Cost { least: n * (n + 1) / 2..=n * (n + 1) / 2, greatest: u64::MAX..=u64::MAX },
        _ => within(0..=u64::MAX),
    }
}

/// The sum over nodes of how far it is to the right to the next smaller id; from the smallest, once round.
pub fn to_the_next_smaller(ids: &[u64]) -> u64 {
    let n = ids.len();
    let distance = |node: usize| (1..n).find(|far| ids[(node + far) % n] < ids[node]).unwrap_or(n);
    (0..n).map(distance).sum::<usize>() as u64
}

/// How often a circle is filtered, each time by whoever beats both neighbours, until one is left; and once for that one.
pub fn rounds(ids: &[u64], beats: impl Fn(u64, u64) -> bool) -> u64 {
    let (mut circle, mut rounds) = (ids.to_vec(), 1);
    while circle.len() > 1 {
        let n = circle.len();
        let survives = |place: &usize| {
            let (before, id, after) = (circle[(place + n - 1) % n], circle[*place], circle[(place + 1) % n]);
            beats(id, before) && beats(id, after)
        };
        circle = (0..n).filter(survives).map(|place| circle[place]).collect();
        rounds += 1;
    }
    rounds
}

/// An election by controlled distances.  A candidate's message goes `limit` links to either side and comes back, and who has no smaller
/// candidate so near goes twice as far.  The leader's last ones go all the way round, as its notification does.
fn by_distances(n: u64, is_smallest_alone: bool) -> Cost {
    let limits = || (0..).map(|stage| 1 << stage).take_while(|limit| *limit < n);
    let candidates = |limit: u64| if limit == 1 { n } else { n / (limit / 2 + 1) };
    let least = limits().map(|limit| 4 * limit).sum::<u64>() + 3 * n;
    let greatest = limits().map(|limit| 4 * limit * candidates(limit)).sum::<u64>() + 3 * n;
    if is_smallest_alone { exactly(least) } else { within(least..=greatest) }
}

/// What Yo-Yo does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YoYoRun {
    /// How many messages it takes.
    pub messages: u64,
    /// How often all sources ask and are answered.
    pub iterations: u32,
    /// How many sources there are at first.
    pub sources: usize,
}

/// Yo-Yo worked out in one place.
pub fn yo_yo(graph: &Graph, ids: &[u64]) -> YoYoRun {
    // Nodes by id from here on; every link from the smaller to the larger.
    let ends = graph.links().map(|link| (ids[link.a.index()], ids[link.b.index()]));
    let mut links = ends.map(|(a, b)| (a.min(b), a.max(b))).collect::<BTreeSet<_>>();
    let sources = ids.iter().filter(|id| links.iter().all(|(_, below)| below != *id)).count();
    let (mut messages, mut iterations) = (2 * graph.link_count() as u64, 0);
    while !links.is_empty() {
        iterations += 1;
        messages += 2 * links.len() as u64;
        let nodes = links.iter().flat_map(|(a, b)| [*a, *b]).collect::<BTreeSet<_>>();
        let mut over = BTreeMap::<u64, Vec<u64>>::new();
        links.iter().for_each(|(a, b)| over.entry(*b).or_default().push(*a));
        let above = |node: u64| over.get(&node).into_iter().flatten().copied();
        // From the sources down: a node is ready when all above it are.
        let (mut order, mut values) = (Vec::new(), BTreeMap::new());
        while order.len() < nodes.len() {
            for node in &nodes {
                if !values.contains_key(node) && above(*node).all(|node| values.contains_key(&node)) {
                    values.insert(*node, above(*node).map(|node| values[&node]).min().unwrap_or(*node));
                    order.push(*node);
                }
            }
        }
        // And back: for each link, whether it got a yes, and whether it goes.
        let mut votes = BTreeMap::<(u64, u64), (bool, bool)>::new();
        for node in order.into_iter().rev() {
            let from_below = votes.range((node, 0)..=(node, u64::MAX)).map(|(_, vote)| *vote).collect::<Vec<_>>();
            let all_yes = from_below.iter().all(|(yes, _)| *yes);
            let one_value = above(node).map(|above| values[&above]).collect::<BTreeSet<_>>().len() == 1;
            let useless = one_value && from_below.iter().all(|(_, prune)| *prune);
            for neighbour in above(node) {
                let same = above(node).filter(|other| values[other] == values[&neighbour]);
                let yes = all_yes && values[&neighbour] == values[&node];
                votes.insert((neighbour, node), (yes, useless || same.min() != Some(neighbour)));
            }
        }
        let kept = votes.into_iter().filter(|(_, (_, prune))| !prune);
        links = kept.map(|((a, b), (yes, _))| if yes { (a, b) } else { (b, a) }).collect();
    }
    YoYoRun { messages, iterations, sources }
}

/// The depth-first tree that goes to the smallest unvisited neighbour first: each node's parent.
pub fn depth_first(graph: &Graph, root: usize) -> Vec<Option<usize>> {
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
pub fn leaves(parents: &[Option<usize>]) -> u64 {
    let childless = |node: &usize| parents[*node].is_some() && !parents.contains(&Some(*node));
    (0..parents.len()).filter(childless).count().max(1) as u64
}
