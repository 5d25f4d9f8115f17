//! The graph that a run takes place on: nodes, links, and at each node its ports.

use super::{NodeIndex, Port};

/// What a port is called in a labelled topology.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum PortLabel {
    /// Towards node i-1 of a ring.
    Left,
    /// Towards node i+1 of a ring.
    Right,
    /// Along that dimension of a hypercube: the neighbour differs in that bit.
    Dimension(u8),
}

/// One end of a link, as a node has it at a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// Who is at the other end.
    pub neighbour: NodeIndex,
    /// The port of the same link there.
    pub back: Port,
    /// The link's number, `0..links`.
    pub link: u32,
    /// Whether this end may send.
    pub sends: bool,
    /// Whether this end may receive.
    pub receives: bool,
    /// What the end is called, in a labelled topology.
    pub label: Option<PortLabel>,
}

/// A link, as it was added: from `a` to `b` (both ways unless the graph is directed).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    /// One end, or where it starts.
    pub a: NodeIndex,
    /// The other end, or where it leads.
    pub b: NodeIndex,
    /// Its weight; 1 unless given.
    pub weight: f64,
}

/// Nodes `0..n` and their links, which run both ways unless the graph is directed.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    first: Vec<u32>,
    ends: Vec<End>,
    links: Vec<Link>,
    names: Option<Vec<String>>,
    directed: bool,
}

/// Collects links; [`build`](GraphBuilder::build) orders each node's ports.
#[derive(Clone, Debug)]
pub struct GraphBuilder {
    nodes: usize,
    directed: bool,
    links: Vec<(Link, Option<PortLabel>, Option<PortLabel>)>,
    names: Option<Vec<String>>,
}

impl GraphBuilder {
    /// A graph of `nodes` nodes, without links yet.
    pub fn new(nodes: usize) -> Self {
        GraphBuilder { nodes, directed: false, links: Vec::new(), names: None }
    }

    /// Every link leads from its first node to its second only.
    pub fn directed(mut self) -> Self {
        self.directed = true;
        self
    }

    /// The names that a file gave to its nodes.
    pub fn names(mut self, names: Vec<String>) -> Self {
        self.names = Some(names);
        self
    }

    /// Adds a link of weight 1.
    pub fn link(&mut self, a: usize, b: usize) -> &mut Self {
        self.labelled_link(a, b, 1.0, None, None)
    }

    /// Adds a link of that weight.
    pub fn weighted_link(&mut self, a: usize, b: usize, weight: f64) -> &mut Self {
        self.labelled_link(a, b, weight, None, None)
    }

    /// Adds a link whose ends have names at their nodes.
    pub fn labelled_link(
        &mut self,
        a: usize,
        b: usize,
        weight: f64,
        at_a: Option<PortLabel>,
        at_b: Option<PortLabel>,
    ) -> &mut Self {
        self.links.push((Link { a: NodeIndex::new(a), b: NodeIndex::new(b), weight }, at_a, at_b));
        self
    }

    /// Orders the ports and makes the graph.
    ///
    /// # Panics
    /// If a link names a node that is not there.
    pub fn build(self) -> Graph {
        let mut at: Vec<Vec<(End, u8)>> = vec![Vec::new(); self.nodes];
        for (number, (link, at_a, at_b)) in self.links.iter().enumerate() {
            let end = |neighbour, label, from_a: bool| End {
                neighbour,
                back: Port::new(0),
                link: number as u32,
                sends: from_a || !self.directed,
                receives: !from_a || !self.directed,
                label,
            };
            at[link.a.index()].push((end(link.b, *at_a, true), 0));
            at[link.b.index()].push((end(link.a, *at_b, false), 1));
        }
        let mut where_is = vec![[Port::new(0); 2]; self.links.len()];
        for ends in &mut at {
            ends.sort_by_key(|(end, side)| (end.neighbour, end.link, *side));
            for (port, (end, side)) in ends.iter().enumerate() {
                where_is[end.link as usize][*side as usize] = Port::new(port);
            }
        }
        let mut first = Vec::with_capacity(self.nodes + 1);
        let mut flat = Vec::with_capacity(self.links.len() * 2);
        first.push(0);
        for ends in at {
            for (mut end, side) in ends {
                end.back = where_is[end.link as usize][1 - side as usize];
                flat.push(end);
            }
            first.push(flat.len() as u32);
        }
        let links = self.links.into_iter().map(|(link, ..)| link).collect();
        Graph { first, ends: flat, links, names: self.names, directed: self.directed }
    }
}

impl Graph {
    /// How many nodes there are: n.
    pub fn node_count(&self) -> usize {
        self.first.len() - 1
    }

    /// How many links there are: m.
    pub fn link_count(&self) -> usize {
        self.links.len()
    }

    /// All nodes, in order.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = NodeIndex> + use<> {
        (0..self.node_count()).map(NodeIndex::new)
    }

    /// All links, in order of their numbers.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// The link ends at a node, by port.
    pub fn ends(&self, node: NodeIndex) -> &[End] {
        &self.ends[self.first[node.index()] as usize..self.first[node.index() + 1] as usize]
    }

    /// The link end at one port of a node.
    ///
    /// # Panics
    /// If the node has no such port.
    pub fn end(&self, node: NodeIndex, port: Port) -> &End {
        &self.ends(node)[port.index()]
    }

    /// How many link ends a node has.
    pub fn degree(&self, node: NodeIndex) -> usize {
        self.ends(node).len()
    }

    /// The weight of the link at a port.
    pub fn weight(&self, node: NodeIndex, port: Port) -> f64 {
        self.links[self.end(node, port).link as usize].weight
    }

    /// Whether links lead one way only.
    pub fn is_directed(&self) -> bool {
        self.directed
    }

    /// What the file that the graph came from calls the node.
    pub fn name(&self, node: NodeIndex) -> Option<&str> {
        self.names.as_ref().map(|names| names[node.index()].as_str())
    }
}
