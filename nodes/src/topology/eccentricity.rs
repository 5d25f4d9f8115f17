//! Diameter and radius, exactly, by searches from few nodes.
//!
//! A search from one node bounds the eccentricity of every other (F. W. Takes and W. A. Kosters, *Determining the diameter of
//! small world networks*, 2011).  The next search begins where the bounds leave the most open, and among such nodes at the one
//! that is farthest from, or nearest to, all that have been searched from (M. Borassi et al., *Fast diameter and radius
//! BFS-based computation in (weakly connected) real-world graphs*, 2015).  Graphs of people, of the Web and of the Internet
//! take some ten searches; where all nodes are alike, as in a torus, each may need its own.

use super::Graph;

/// How many nodes and links the searches may pass: some seconds.
const MOST_WORK: u64 = 600_000_000;

/// The largest and the smallest of the nodes' eccentricities; `None` where they are not found with so much work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extremes {
    pub(super) diameter: Option<u32>,
    pub(super) radius: Option<u32>,
}

impl Extremes {
    pub(super) const UNKNOWN: Self = Extremes { diameter: None, radius: None };
}

/// Both, of a graph in which a path leads from every node to every other.
pub(super) fn extremes(graph: &Graph) -> Extremes {
    if graph.node_count() == 0 { Extremes::UNKNOWN } else { within(graph, MOST_WORK) }
}

fn within(graph: &Graph, most_work: u64) -> Extremes {
    let forth = Neighbours::of(graph, |end| end.sends);
    let back = graph.is_directed().then(|| Neighbours::of(graph, |end| end.receives));
    let work = (forth.work() + back.as_ref().map_or(0, Neighbours::work)).max(1);
    let mut known = vec![Bounds::default(); graph.node_count()];
    let (mut there, mut here) = (Search::default(), Search::default());
    let mut open = Open::default();
    for search in 0..most_work.div_ceil(work) {
        let Some(node) = open.next(search % 2 == 1) else { break };
        forth.search(node, &mut there);
        if let Some(back) = &back {
            back.search(node, &mut here);
        }
        let back = if back.is_some() { &here.distances } else { &there.distances };
        open = narrow(&mut known, node, there.farthest(), &there.distances, back);
    }
    open.extremes
}

/// What is known of a node's eccentricity, its largest distance to another.
#[derive(Clone, Copy)]
struct Bounds {
    least: u32,
    most: u32,
    /// The distances to all nodes that have been searched from.
    sum: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { least: 0, most: u32::MAX, sum: 0 }
    }
}

/// What a search from `node` says, whose eccentricity is `farthest`: a path from any node may lead over this one, and a path
/// from this one over any.
fn narrow(known: &mut [Bounds], node: usize, farthest: u32, there: &[u32], back: &[u32]) -> Open {
    let (mut diameter, mut radius) = ([0, 0], [u32::MAX, u32::MAX]);
    let (mut widest, mut nearest) = (None, None);
    for (place, bounds) in known.iter_mut().enumerate() {
        let (there, back) = (there[place], back[place]);
        bounds.least = bounds.least.max(back).max(farthest - there);
        bounds.most = if place == node { farthest } else { bounds.most.min(farthest + back) };
        bounds.sum += u64::from(back);
        let Bounds { least, most, sum } = *bounds;
        diameter = [diameter[0].max(least), diameter[1].max(most)];
        radius = [radius[0].min(least), radius[1].min(most)];
        if least < most {
            widest = widest.max(Some((most, sum, place)));
            let near = (least, sum, place);
            nearest = Some(nearest.map_or(near, |nearest| near.min(nearest)));
        }
    }
    let same = |[one, two]: [u32; 2]| (one == two).then_some(one);
    let place = |(_, _, place): (u32, u64, usize)| place;
    let extremes = Extremes { diameter: same(diameter), radius: same(radius) };
    Open { extremes, widest: widest.map(place), nearest: nearest.map(place) }
}

/// What is left to find out.
struct Open {
    extremes: Extremes,
    /// The node that may have the largest eccentricity, and the one that may have the smallest.
    widest: Option<usize>,
    nearest: Option<usize>,
}

/// Before the first search.
impl Default for Open {
    fn default() -> Self {
        Open { extremes: Extremes::UNKNOWN, widest: Some(0), nearest: Some(0) }
    }
}

impl Open {
    /// Where to search next, for the radius or for the diameter; `None` if both are known.
    fn next(&self, for_radius: bool) -> Option<usize> {
        match self.extremes {
            Extremes { diameter: Some(_), radius: Some(_) } => None,
            Extremes { diameter: Some(_), radius: None } => self.nearest,
            Extremes { diameter: None, radius: Some(_) } => self.widest,
            _ if for_radius => self.nearest,
            _ => self.widest,
        }
    }
}

/// Where links lead, one node after the other.
struct Neighbours {
    /// By node, and one more: where its neighbours begin.
    first: Vec<u32>,
    nodes: Vec<u32>,
}

impl Neighbours {
    fn of(graph: &Graph, is_open: impl Fn(&super::End) -> bool) -> Self {
        let mut neighbours = Neighbours { first: vec![0], nodes: Vec::new() };
        for node in graph.nodes() {
            neighbours.nodes.extend(graph.ends(node).filter(&is_open).map(|end| end.neighbour.index() as u32));
            neighbours.first.push(neighbours.nodes.len() as u32);
        }
        neighbours
    }

    /// How much a search passes.
    fn work(&self) -> u64 {
        (self.first.len() + self.nodes.len()) as u64
    }

    fn search(&self, from: usize, search: &mut Search) {
        let Search { distances, queue } = search;
        distances.clear();
        distances.resize(self.first.len() - 1, u32::MAX);
        queue.clear();
        queue.push(from as u32);
        distances[from] = 0;
        let mut place = 0;
        while let Some(node) = queue.get(place).map(|node| *node as usize) {
            place += 1;
            let distance = distances[node] + 1;
            for neighbour in &self.nodes[self.first[node] as usize..self.first[node + 1] as usize] {
                let known = &mut distances[*neighbour as usize];
                if *known == u32::MAX {
                    *known = distance;
                    queue.push(*neighbour);
                }
            }
        }
    }
}

/// A search, breadth first, whose room the next one takes.
#[derive(Default)]
struct Search {
    distances: Vec<u32>,
    /// All nodes, the nearest first.
    queue: Vec<u32>,
}

impl Search {
    fn farthest(&self) -> u32 {
        self.queue.last().map_or(0, |last| self.distances[*last as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::Topology;

    fn found(spec: &str, most_work: u64) -> (Option<u32>, Option<u32>) {
        let Extremes { diameter, radius } = within(&spec.parse::<Topology>().unwrap().build(1).unwrap().graph, most_work);
        (diameter, radius)
    }

    #[test]
    fn the_work_is_bounded_and_what_it_does_not_find_is_unknown() {
        // A search on a torus of 400 nodes passes 401 + 1600, and each node takes one.
        assert_eq!(found("torus:20x20", 400 * 2001), (Some(20), Some(20)));
        assert_eq!(found("torus:20x20", 50 * 2001), (None, None));
        assert_eq!(extremes(&crate::topology::GraphBuilder::new(0).build()), Extremes::UNKNOWN);
        // The ends of a path are found at once, and its middle between them.
        assert_eq!(found("path:20001", 20 * 60_002), (Some(20_000), Some(10_000)));
    }
}
