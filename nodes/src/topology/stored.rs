//! A graph in memory: the ends of each node one after the other, in numbers of 32 bits.

use super::{End, NodeIndex, Port, PortLabel, Way};

/// The links of any graph.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    /// By node, and one more: where its ends begin.
    first: Vec<u32>,
    ends: Vec<StoredEnd>,
    pub(super) links: Vec<(NodeIndex, NodeIndex)>,
    /// By link, if any is not 1.
    pub(super) weights: Option<Vec<f64>>,
    /// By end, if any has one.
    pub(super) labels: Option<Vec<Option<PortLabel>>>,
}

#[derive(Clone, Copy, Debug)]
struct StoredEnd {
    neighbour: NodeIndex,
    back: Port,
    side: Side,
}

/// A link's number, and in the lowest bit which of its ends: 0 for `a`, 1 for `b`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Side(u32);

impl Side {
    fn link(self) -> u32 {
        self.0 >> 1
    }

    fn is_b(self) -> bool {
        self.0 & 1 == 1
    }

    fn turned(self) -> Side {
        Side(self.0 ^ 1)
    }
}

/// The largest number of links that is stored: 1 GiB.
pub(super) const MOST_LINKS: usize = 1 << 25;

impl Stored {
    /// Orders each node's ports by neighbour, then by link; an end's label is found by its link and whether it is `b`'s.
    pub(super) fn new(
        nodes: usize,
        links: Vec<(NodeIndex, NodeIndex)>,
        weights: Option<Vec<f64>>,
        labels: Option<Vec<[Option<PortLabel>; 2]>>,
    ) -> Self {
        let mut first = vec![0u32; nodes + 1];
        for (a, b) in &links {
            first[a.index() + 1] += 1;
            first[b.index() + 1] += 1;
        }
        for node in 0..nodes {
            first[node + 1] += first[node];
        }
        let mut ends = vec![StoredEnd { neighbour: NodeIndex(0), back: Port(0), side: Side(0) }; links.len() * 2];
        let mut next = first.clone();
        for (number, (a, b)) in links.iter().enumerate() {
            let number = number as u32;
            for (node, neighbour, side) in [(a, b, Side(number << 1)), (b, a, Side(number << 1 | 1))] {
                let place = &mut next[node.index()];
                ends[*place as usize] = StoredEnd { neighbour: *neighbour, back: Port(0), side };
                *place += 1;
            }
        }
        drop(next);
        for node in 0..nodes {
            ends[first[node] as usize..first[node + 1] as usize].sort_unstable_by_key(|end| (end.neighbour, end.side));
        }
        let by_end = labels.map(|labels| {
            let of = |end: &StoredEnd| labels[end.side.link() as usize][usize::from(end.side.is_b())];
            ends.iter().map(of).collect()
        });
        let mut stored = Stored { first, ends, links, weights, labels: by_end };
        stored.meet();
        stored
    }

    pub(super) fn node_count(&self) -> usize {
        self.first.len() - 1
    }

    #[inline]
    pub(super) fn degree(&self, node: NodeIndex) -> usize {
        (self.first[node.index() + 1] - self.first[node.index()]) as usize
    }

    #[inline]
    pub(super) fn way(&self, node: NodeIndex, port: Port) -> Way {
        let range = self.first[node.index()] as usize..self.first[node.index() + 1] as usize;
        let end = self.ends[range][port.index()];
        Way { neighbour: end.neighbour, back: end.back, channel: end.side.0 }
    }

    #[inline]
    pub(super) fn end(&self, node: NodeIndex, port: Port, directed: bool) -> End {
        assert!(port.index() < self.degree(node), "there is no port {port} at node {node}");
        let place = self.first[node.index()] as usize + port.index();
        let end = self.ends[place];
        End {
            neighbour: end.neighbour,
            back: end.back,
            link: end.side.link(),
            sends: !directed || !end.side.is_b(),
            receives: !directed || end.side.is_b(),
            label: self.labels.as_ref().and_then(|labels| labels[place]),
            second: end.side.is_b(),
        }
    }

    #[inline]
    pub(super) fn weight(&self, link: u32) -> f64 {
        self.weights.as_ref().map_or(1.0, |weights| weights[link as usize])
    }

    /// Labels each end, by node, port and neighbour.
    pub(super) fn label(&mut self, label: impl Fn(NodeIndex, Port, NodeIndex) -> Option<PortLabel>) {
        let mut labels = Vec::with_capacity(self.ends.len());
        for node in (0..self.node_count()).map(NodeIndex::new) {
            let ends = &self.ends[self.first[node.index()] as usize..self.first[node.index() + 1] as usize];
            labels.extend(ends.iter().enumerate().map(|(port, end)| label(node, Port::new(port), end.neighbour)));
        }
        self.labels = Some(labels);
    }

    /// Turns every link round whose `a` is not the end that `starts` says.
    pub(super) fn turn_links(&mut self, starts: impl Fn(NodeIndex, Port) -> bool) {
        for node in (0..self.node_count()).map(NodeIndex::new) {
            let place = self.first[node.index()] as usize;
            for port in 0..self.degree(node) {
                let end = &mut self.ends[place + port];
                let is_a = starts(node, Port::new(port));
                if is_a == end.side.is_b() {
                    end.side = end.side.turned();
                }
                if is_a {
                    self.links[end.side.link() as usize] = (node, end.neighbour);
                }
            }
        }
    }

    /// Brings each node's ports into another order: `shuffle` is given 0, 1, .. for each node.
    pub(super) fn permute_ports(&mut self, mut shuffle: impl FnMut(&mut [u32])) {
        let (mut order, mut ends, mut labels) = (Vec::new(), Vec::new(), Vec::new());
        for node in 0..self.node_count() {
            let range = self.first[node] as usize..self.first[node + 1] as usize;
            order.clear();
            order.extend(0..range.len() as u32);
            shuffle(&mut order);
            ends.clear();
            ends.extend_from_slice(&self.ends[range.clone()]);
            for (place, old) in range.clone().zip(&order) {
                self.ends[place] = ends[*old as usize];
            }
            if let Some(all) = &mut self.labels {
                labels.clear();
                labels.extend_from_slice(&all[range.clone()]);
                for (place, old) in range.zip(&order) {
                    all[place] = labels[*old as usize];
                }
            }
        }
        self.meet();
    }

    /// Lets both ends of each link know the other's port.
    fn meet(&mut self) {
        let mut port_of = vec![Port(0); self.links.len() * 2];
        for node in 0..self.node_count() {
            let range = self.first[node] as usize..self.first[node + 1] as usize;
            for (port, end) in self.ends[range].iter().enumerate() {
                port_of[end.side.0 as usize] = Port::new(port);
            }
        }
        for end in &mut self.ends {
            end.back = port_of[end.side.turned().0 as usize];
        }
    }
}
