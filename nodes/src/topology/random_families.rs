//! Random families of graphs.  All that is random follows from the seed; logarithms are libm's, the same on every platform.

mod regular;

use core::f64::consts::PI;

use super::spec::Kind;
use super::stored::MOST_LINKS;
use super::{Graph, GraphBuilder, Topology, TopologyError};
use crate::random::Random;

/// Links between nodes; each pair at most once.
type Links = Vec<(u32, u32)>;

/// A connected graph of the family, and how many were drawn until it came.
pub(super) fn graph(topology: &Topology, seed: u64) -> Result<(Graph, u32), TopologyError> {
    let mut random = Random::stream(seed, "topology", 0);
    let (nodes, links) = topology.nodes_and_links();
    let (mut draws, mut work) = (0, 0);
    // Given up after a thousand draws, sooner if they are large.
    while draws < 5 || (draws < 1000 && work < 20_000_000) {
        draws += 1;
        work += nodes + links;
        let Some((nodes, links, positions)) = draw(&topology.0, &mut random) else { continue };
        if links.len() > MOST_LINKS {
            return Err(topology.wrong(format!("a draw has {} links, and {MOST_LINKS} are possible", links.len())));
        }
        if connected(nodes, &links) {
            let mut builder = GraphBuilder::new(nodes);
            if let Some(positions) = positions {
                builder = builder.positions(positions);
            }
            for (a, b) in links {
                builder.link(a as usize, b as usize);
            }
            return Ok((builder.build(), draws));
        }
    }
    Err(TopologyError::Draws { spec: topology.to_string(), draws, advice: advice(&topology.0) })
}

/// How large the number must be for most draws to be connected.
fn advice(kind: &Kind) -> String {
    let enough = |n: usize| (libm::log(n as f64) + 3.0) / n as f64;
    let rounded = |number: f64| libm::ceil(number * 10_000.0) / 10_000.0;
    match *kind {
        Kind::Gnp(n, _) => format!("write `gnp:{n},{}`", rounded(enough(n)).min(1.0)),
        Kind::Gnm(n, _) => format!("write `gnm:{n},{}`", (enough(n).min(1.0) * (n as f64) * (n as f64 - 1.0) / 2.0) as u64),
        Kind::Geometric(n, _) => format!("write `geometric:{n},{}`", rounded(libm::sqrt(2.0 * enough(n) / PI))),
        _ => "try another seed".into(),
    }
}

type Drawn = (usize, Links, Option<Vec<[f64; 2]>>);

/// One graph of the family, perhaps not connected; `None` if the draw came to nothing.
fn draw(kind: &Kind, random: &mut Random) -> Option<Drawn> {
    Some(match *kind {
        Kind::RandomTree(n) => (n, tree(n, random), None),
        Kind::Gnp(n, p) => (n, gnp(n, p, random), None),
        Kind::Gnm(n, links) => (n, gnm(n, links, random), None),
        Kind::Regular(n, degree) => (n, regular::links(n, degree, random)?, None),
        Kind::BarabasiAlbert(n, links) => (n, barabasi_albert(n, links, random), None),
        Kind::WattsStrogatz(n, nearest, p) => (n, watts_strogatz(n, nearest, p, random), None),
        Kind::Geometric(n, radius) => {
            let (points, links) = geometric(n, radius, random);
            (n, links, Some(points))
        }
        _ => unreachable!("the other families are not random"),
    })
}

/// Sets of nodes are joined link by link (Tarjan 1975) until one is left.
fn connected(nodes: usize, links: &Links) -> bool {
    let mut above: Vec<u32> = (0..nodes as u32).collect();
    let mut sets = nodes;
    for (a, b) in links {
        let [a, b] = [*a, *b].map(|mut node| {
            while above[node as usize] != node {
                above[node as usize] = above[above[node as usize] as usize];
                node = above[node as usize];
            }
            node
        });
        if a != b {
            above[a.max(b) as usize] = a.min(b);
            sets -= 1;
        }
    }
    sets == 1
}

/// Uniform over the n^(n-2) labelled trees: a random Prüfer sequence (1918), decoded.
fn tree(n: usize, random: &mut Random) -> Links {
    if n < 2 {
        return Vec::new();
    }
    let sequence: Vec<u32> = (0..n - 2).map(|_| random.below(n as u64) as u32).collect();
    let mut missing = vec![1u32; n];
    for node in &sequence {
        missing[*node as usize] += 1;
    }
    let mut links = Vec::with_capacity(n - 1);
    // The smallest leaf is the next of the scan, or smaller than that because it has just become one.
    let mut scan = 0;
    while missing[scan] != 1 {
        scan += 1;
    }
    let mut leaf = scan;
    for node in sequence {
        links.push((leaf as u32, node));
        missing[leaf] = 0;
        missing[node as usize] -= 1;
        if missing[node as usize] == 1 && (node as usize) < scan {
            leaf = node as usize;
        } else {
            scan += 1;
            while missing[scan] != 1 {
                scan += 1;
            }
            leaf = scan;
        }
    }
    links.push((leaf as u32, n as u32 - 1));
    links
}

/// Each pair with probability p.  From one link to the next it leaps over the pairs between, which are not looked at (Batagelj
/// & Brandes 2005).
fn gnp(n: usize, p: f64, random: &mut Random) -> Links {
    let mut links = Vec::new();
    if p >= 1.0 {
        links.extend((1..n as u32).flat_map(|node| (0..node).map(move |other| (other, node))));
        return links;
    }
    let pairs = n as f64 * (n as f64 - 1.0) / 2.0;
    let (mut node, mut other) = (1u64, -1i64);
    while node < n as u64 {
        let leap = libm::floor(libm::log1p(-random.unit()) / libm::log1p(-p));
        if leap >= pairs {
            break;
        }
        other += 1 + leap as i64;
        while other >= node as i64 && node < n as u64 {
            other -= node as i64;
            node += 1;
        }
        if node < n as u64 {
            links.push((other as u32, node as u32));
        }
    }
    links
}

/// Draws pairs until there are enough; of more than half of all pairs those that are left out.
fn gnm(n: usize, links: usize, random: &mut Random) -> Links {
    let pairs = n as u64 * (n as u64 - 1) / 2;
    let links = links as u64;
    let is_most = links > pairs / 2;
    let wanted = if is_most { pairs - links } else { links } as usize;
    let mut drawn: Vec<u64> = Vec::with_capacity(wanted);
    while drawn.len() < wanted {
        drawn.extend((drawn.len()..wanted).map(|_| random.below(pairs)));
        drawn.sort_unstable();
        drawn.dedup();
    }
    if is_most {
        let mut left_out = drawn.into_iter().peekable();
        return (0..pairs).filter(|pair| left_out.next_if_eq(pair).is_none()).map(pair).collect();
    }
    drawn.into_iter().map(pair).collect()
}

/// The pair of that number, in the order 01, 02, 12, 03, ..
fn pair(number: u64) -> (u32, u32) {
    let mut second = ((1.0 + libm::sqrt(1.0 + 8.0 * number as f64)) / 2.0) as u64;
    while second * (second - 1) / 2 > number {
        second -= 1;
    }
    while second * (second + 1) / 2 <= number {
        second += 1;
    }
    ((number - second * (second - 1) / 2) as u32, second as u32)
}

/// Grown from a star of m+1 nodes; a new node's m neighbours are drawn in proportion to the links that they have.
fn barabasi_albert(n: usize, m: usize, random: &mut Random) -> Links {
    let mut links: Links = (1..=m as u32).map(|node| (0, node)).collect();
    let mut ends: Vec<u32> = links.iter().flat_map(|(a, b)| [*a, *b]).collect();
    let mut chosen_by = vec![0u32; n];
    for node in m as u32 + 1..n as u32 {
        let before = ends.len() as u64;
        let mut missing = m;
        while missing > 0 {
            let target = ends[random.below(before) as usize];
            if chosen_by[target as usize] != node {
                chosen_by[target as usize] = node;
                links.push((target, node));
                ends.extend([target, node]);
                missing -= 1;
            }
        }
    }
    links
}

/// Who is linked to whom, sorted.
struct Neighbours(Vec<Vec<u32>>);

impl Neighbours {
    fn none(n: usize) -> Self {
        Neighbours(vec![Vec::new(); n])
    }

    fn contains(&self, a: u32, b: u32) -> bool {
        self.0[a as usize].binary_search(&b).is_ok()
    }

    fn degree(&self, node: u32) -> usize {
        self.0[node as usize].len()
    }

    fn insert(&mut self, a: u32, b: u32) {
        for (node, other) in [(a, b), (b, a)] {
            if let Err(place) = self.0[node as usize].binary_search(&other) {
                self.0[node as usize].insert(place, other);
            }
        }
    }

    /// The node at that place among those that are neither `a` nor its neighbours.
    fn stranger(&self, a: u32, place: u32) -> u32 {
        let known = &self.0[a as usize];
        // Among those that are no neighbours, `a` itself has a place.
        let own = a - known.partition_point(|other| *other < a) as u32;
        let place = if place < own { place } else { place + 1 };
        // Of the first i neighbours i are in the way if the i-th is at most `place` + i.
        let (mut low, mut high) = (0, known.len());
        while low < high {
            let middle = (low + high) / 2;
            if known[middle] - middle as u32 <= place { low = middle + 1 } else { high = middle }
        }
        place + low as u32
    }

    fn remove(&mut self, a: u32, b: u32) {
        for (node, other) in [(a, b), (b, a)] {
            if let Ok(place) = self.0[node as usize].binary_search(&other) {
                self.0[node as usize].remove(place);
            }
        }
    }
}

/// The ring lattice, its links moved in the order of the paper: all to the next neighbour, then all to the second next, ..
fn watts_strogatz(n: usize, nearest: usize, p: f64, random: &mut Random) -> Links {
    let nodes = n as u32;
    let mut neighbours = Neighbours::none(n);
    let mut links: Links = (1..=nearest as u32 / 2).flat_map(|far| (0..nodes).map(move |a| (a, (a + far) % nodes))).collect();
    for (a, b) in &links {
        neighbours.insert(*a, *b);
    }
    for (a, b) in &mut links {
        if random.chance(p) && neighbours.degree(*a) < n - 1 {
            let target = neighbours.stranger(*a, random.below((n - 1 - neighbours.degree(*a)) as u64) as u32);
            neighbours.remove(*a, *b);
            neighbours.insert(*a, target);
            *b = target;
        }
    }
    links
}

/// Points drawn in the unit square; pairs are looked for in squares of the radius and those around.
fn geometric(n: usize, radius: f64, random: &mut Random) -> (Vec<[f64; 2]>, Links) {
    let points: Vec<[f64; 2]> = (0..n).map(|_| [random.unit(), random.unit()]).collect();
    let side = (libm::floor(1.0 / radius) as usize).clamp(1, 1 + libm::sqrt(n as f64) as usize);
    let square = |point: [f64; 2]| point.map(|x| ((x * side as f64) as usize).min(side - 1));
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); side * side];
    for (node, point) in points.iter().enumerate() {
        let [x, y] = square(*point);
        members[y * side + x].push(node as u32);
    }
    let mut links = Links::new();
    for (node, point) in points.iter().enumerate() {
        let [x, y] = square(*point);
        let from = links.len();
        for near_y in y.saturating_sub(1)..=(y + 1).min(side - 1) {
            for near_x in x.saturating_sub(1)..=(x + 1).min(side - 1) {
                for other in members[near_y * side + near_x].iter().filter(|other| **other as usize > node) {
                    let [dx, dy] = [0, 1].map(|axis| points[*other as usize][axis] - point[axis]);
                    if dx * dx + dy * dy <= radius * radius {
                        links.push((node as u32, *other));
                    }
                }
            }
        }
        links[from..].sort_unstable();
    }
    (points, links)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_are_all_but_the_node_and_its_neighbours() {
        for around in [&[][..], &[0], &[11], &[0, 1, 2], &[3, 4, 6, 7], &[1, 3, 7, 9, 11], &[0, 1, 2, 3, 4, 6, 7, 8, 9, 10]] {
            let mut neighbours = Neighbours::none(12);
            around.iter().for_each(|other| neighbours.insert(5, *other));
            let expected: Vec<u32> = (0..12).filter(|other| *other != 5 && !around.contains(other)).collect();
            let found: Vec<u32> = (0..expected.len() as u32).map(|place| neighbours.stranger(5, place)).collect();
            assert_eq!(found, expected, "{around:?}");
        }
    }
}
