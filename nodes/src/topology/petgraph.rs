//! From and to the graphs of the crate `petgraph`, and so of all that is built on it.

use petgraph::graph::{Graph as Other, IndexType};
use petgraph::{EdgeType, Undirected};

use super::{Graph, GraphBuilder, NodeIndex};

impl Graph {
    /// The graph of `petgraph`'s nodes and edges, by the same numbers, directed if that is.  `weight` gives the weight of a
    /// link.
    ///
    /// ```
    /// use nodes::topology::Graph;
    /// use petgraph::graph::UnGraph;
    ///
    /// let triangle = UnGraph::<(), f64>::from_edges([(0, 1, 1.0), (1, 2, 2.0), (2, 0, 4.5)]);
    /// let graph = Graph::from_petgraph(&triangle, |weight| *weight);
    /// assert_eq!(graph.link(2).weight, 4.5);
    /// ```
    ///
    /// # Panics
    /// If there are more than 2^25 links.
    pub fn from_petgraph<N, E, Ty: EdgeType, Ix: IndexType>(graph: &Other<N, E, Ty, Ix>, weight: impl Fn(&E) -> f64) -> Self {
        let mut builder = GraphBuilder::new(graph.node_count());
        if graph.is_directed() {
            builder = builder.directed();
        }
        for edge in graph.raw_edges() {
            builder.weighted_link(edge.source().index(), edge.target().index(), weight(&edge.weight));
        }
        builder.build()
    }

    /// The same nodes and links for `petgraph`, weights at the links.  Choose `Directed` for a graph whose links lead one way.
    ///
    /// ```
    /// use nodes::topology::Topology;
    /// use petgraph::{Undirected, algo::dijkstra};
    ///
    /// let karate = Topology::karate().build(1)?.graph.to_petgraph::<Undirected>();
    /// let far = dijkstra(&karate, 0.into(), None, |edge| *edge.weight());
    /// assert_eq!(far.len(), 34);
    /// # Ok::<(), nodes::topology::TopologyError>(())
    /// ```
    pub fn to_petgraph<Ty: EdgeType>(&self) -> Other<NodeIndex, f64, Ty> {
        let mut other = Other::with_capacity(self.node_count(), self.link_count());
        for node in self.nodes() {
            other.add_node(node);
        }
        for link in self.links() {
            other.add_edge((link.a.index() as u32).into(), (link.b.index() as u32).into(), link.weight);
        }
        other
    }
}

impl<N, E, Ty: EdgeType, Ix: IndexType> From<&Other<N, E, Ty, Ix>> for Graph {
    /// Every link has weight 1; [`Graph::from_petgraph`] takes weights along.
    fn from(graph: &Other<N, E, Ty, Ix>) -> Self {
        Graph::from_petgraph(graph, |_| 1.0)
    }
}

impl From<&Graph> for Other<NodeIndex, f64, Undirected> {
    fn from(graph: &Graph) -> Self {
        graph.to_petgraph()
    }
}
