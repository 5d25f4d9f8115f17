//! Graphs that a program has: nodes by number, links with weights.

use nodes::topology::{Graph, GraphBuilder, Topology, TopologyError};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::property::verdict;

/// A graph, as the Python side hands it over: how many nodes, links with their weights, whether each leads one way, and what the
/// nodes are called.
#[derive(FromPyObject)]
pub(crate) struct Given {
    nodes: usize,
    links: Vec<Weighed>,
    directed: bool,
    names: Option<Vec<String>>,
}

/// A graph, or its specification.
#[derive(FromPyObject)]
pub(crate) enum Source {
    Text(String),
    Given(Given),
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

/// A link between two nodes, and its weight.
type Weighed = (usize, usize, f64);

/// The graph of a specification or of the program, as a run of that seed has it, with links that weigh what `weights` says: how many
/// nodes there are, and the links.
#[pyfunction]
pub(crate) fn weighed(graph: Source, weights: &str, seed: u64) -> PyResult<(usize, Vec<Weighed>)> {
    let wrong = |error: TopologyError| PyValueError::new_err(error.to_string());
    let topology: Topology = match graph {
        Source::Text(text) => text.parse().map_err(wrong)?,
        Source::Given(given) => Topology::from(given.build()?),
    };
    let topology = match weights {
        "metropolis" => topology.metropolis_weights(),
        _ => topology.uniform_weights(),
    };
    let graph = topology.build(seed).map_err(wrong)?.graph;
    Ok((graph.node_count(), graph.links().map(|link| (link.a.index(), link.b.index(), link.weight)).collect()))
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
