//! How graphs come about: link by link.

use super::stored::{MOST_LINKS, Stored};
use super::{Graph, NodeIndex, PortLabel};

/// Collects links; [`build`](GraphBuilder::build) orders each node's ports.
#[derive(Clone, Debug)]
pub struct GraphBuilder {
    nodes: usize,
    directed: bool,
    links: Vec<(NodeIndex, NodeIndex)>,
    /// By link, from the first that is not 1 on.
    weights: Option<Vec<f64>>,
    /// By link and side, from the first that is labelled on.
    labels: Option<Vec<[Option<PortLabel>; 2]>>,
    names: Option<Vec<String>>,
    positions: Option<Vec<[f64; 2]>>,
}

impl GraphBuilder {
    /// A graph of `nodes` nodes, without links yet.
    pub fn new(nodes: usize) -> Self {
        GraphBuilder { nodes, directed: false, links: Vec::new(), weights: None, labels: None, names: None, positions: None }
    }

    /// Every link leads from its first node to its second only.
    pub fn directed(mut self) -> Self {
        self.directed = true;
        self
    }

    /// The names that a file gave to its nodes.
    ///
    /// # Panics
    /// If they are not as many as the nodes.
    pub fn names(mut self, names: Vec<String>) -> Self {
        assert_eq!(names.len(), self.nodes, "one name for each node");
        self.names = Some(names);
        self
    }

    /// Where the nodes lie in the plane: drawings show them there.
    ///
    /// # Panics
    /// If they are not as many as the nodes.
    pub fn positions(mut self, positions: Vec<[f64; 2]>) -> Self {
        assert_eq!(positions.len(), self.nodes, "one position for each node");
        self.positions = Some(positions);
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
        let before = self.links.len();
        self.links.push((NodeIndex::new(a), NodeIndex::new(b)));
        if weight != 1.0 || self.weights.is_some() {
            self.weights.get_or_insert_with(|| vec![1.0; before]).push(weight);
        }
        if at_a.is_some() || at_b.is_some() || self.labels.is_some() {
            self.labels.get_or_insert_with(|| vec![[None; 2]; before]).push([at_a, at_b]);
        }
        self
    }

    /// Orders the ports and makes the graph.
    ///
    /// # Panics
    /// If a link names a node that is not there, or there are more than 2^25 links.
    pub fn build(mut self) -> Graph {
        let (directed, names, positions) = (self.directed, self.names.take(), self.positions.take());
        Graph::stored(self.into_stored(), directed, names, positions)
    }

    pub(super) fn into_stored(self) -> Stored {
        assert!(self.links.len() <= MOST_LINKS, "a graph has at most {MOST_LINKS} links");
        for (a, b) in &self.links {
            let last = (*a).max(*b);
            assert!(last.index() < self.nodes, "a link names node {last}, and there are {} nodes", self.nodes);
        }
        Stored::new(self.nodes, self.links, self.weights, self.labels)
    }
}
