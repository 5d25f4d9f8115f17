//! Graphs that a program has: nodes by number, links with weights.

use nodes::topology::{Graph, GraphBuilder};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::property::verdict;

/// A graph, as the Python side hands it over: how many nodes, links with their weights, whether each leads one way, and what the
/// nodes are called.
#[derive(FromPyObject)]
pub(crate) struct Given {
    nodes: usize,
    links: Vec<(usize, usize, f64)>,
    directed: bool,
    names: Option<Vec<String>>,
}

impl Given {
    pub(crate) fn build(self) -> PyResult<Graph> {
        let mut builder = GraphBuilder::new(self.nodes);
        if self.directed {
            builder = builder.directed();
        }
        if let Some(names) = self.names {
            if names.len() != self.nodes {
                return Err(PyValueError::new_err(format!("{} names for {} nodes", names.len(), self.nodes)));
            }
            builder = builder.names(names);
        }
        for (a, b, weight) in self.links {
            if a.max(b) >= self.nodes {
                return Err(PyValueError::new_err(format!("the link {a}-{b}: there are {} nodes, from 0 on", self.nodes)));
            }
            builder.weighted_link(a, b, weight);
        }
        Ok(builder.build())
    }
}

/// The graph, if that function takes it for one of its class; else what it says.
pub(crate) fn accepted(graph: Graph, accepts: &Py<PyAny>) -> Result<Graph, String> {
    Python::attach(|py| {
        let links = graph.links().map(|link| (link.a.index(), link.b.index(), link.weight)).collect::<Vec<_>>();
        let shown =
            py.import("distnodes._graphs")?.getattr("Graph")?.call1((graph.node_count(), links, graph.is_directed()))?;
        verdict(&accepts.bind(py).call1((shown,))?)
    })
    .unwrap_or_else(|error| Err(error.to_string()))
    .map(|()| graph)
    .map_err(|why| if why.is_empty() { "it is not of that class".to_owned() } else { why })
}
