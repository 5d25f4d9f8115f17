//! The graph of a run on paper, with the states in which its nodes ended.

use std::sync::Arc;

use nodes::looks;
use nodes::protocol::{Description, WorldView};
use nodes::topology::{Drawing, Graph, NodeIndex, Paint, PaintedState};
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;

/// How a run ended, as far as a picture shows it.
pub(crate) struct Portrait {
    description: Arc<Description>,
    graph: Graph,
    /// By node, its state.
    nodes: Vec<usize>,
    /// By node, whether it has crashed.
    crashed: Vec<bool>,
}

impl Portrait {
    /// The nodes as they ended, if all are known, and are few enough to be drawn.
    pub(crate) fn of(description: &Arc<Description>, world: &dyn WorldView) -> Option<Self> {
        let graph = world.graph().filter(|graph| Drawing::is_legible(graph))?.clone();
        let looks = graph.nodes().map(|node| world.node(node));
        let (nodes, crashed) = looks.map(|node| (node.state(), !node.look().is_alive)).unzip();
        Some(Portrait { description: Arc::clone(description), graph, nodes, crashed })
    }

    fn states(&self) -> Vec<PaintedState> {
        let states = &self.description.states;
        if states.is_empty() {
            let look = looks::of_states([false])[0];
            return vec![PaintedState { name: String::new(), look, is_terminal: false }];
        }
        let looks = looks::of_states(states.iter().map(|state| state.terminal));
        let painted = |(state, look): (&nodes::protocol::StateInfo, looks::Look)| PaintedState {
            name: state.name.clone(),
            look,
            is_terminal: state.terminal,
        };
        states.iter().zip(looks).map(painted).collect()
    }

    /// The link at a port of a node.
    pub(crate) fn link(&self, node: usize, port: i64) -> PyResult<usize> {
        let at = NodeIndex::new(node);
        let degree = if node < self.graph.node_count() { self.graph.degree(at) } else { 0 };
        match usize::try_from(port) {
            Ok(place) if place < degree => Ok(self.graph.end(at, crate::port::of(port)?).link as usize),
            _ => Err(PyIndexError::new_err(format!("node {node} has no port {port}: it has {degree}"))),
        }
    }

    /// As SVG; links of these numbers stand out.
    pub(crate) fn svg(&self, title: &str, bold: &[usize]) -> PyResult<String> {
        let states = self.states();
        let paint = Paint { title, states: &states, nodes: &self.nodes, crashed: &self.crashed, bold };
        Ok(self.drawing()?.painted(&paint))
    }

    fn drawing(&self) -> PyResult<Drawing<'_>> {
        Drawing::of(&self.graph).map_err(PyValueError::new_err)
    }

    /// As numbers and texts.
    pub(crate) fn drawn(&self) -> PyResult<PyDrawing> {
        let drawing = self.drawing()?;
        let point = |[x, y]: [f64; 2]| (x, y);
        Ok(PyDrawing {
            radius: drawing.radius(),
            font: drawing.font(),
            directed: self.graph.is_directed(),
            points: drawing.points().iter().copied().map(point).collect(),
            links: drawing.links().map(|link| link.map(point).to_vec()).collect(),
            names: drawing.names().map(|name| (name.text.to_owned(), point(name.middle), name.is_beside)).collect(),
            states: self
                .states()
                .into_iter()
                .map(|state| {
                    let corners = state.look.shape.corners().map(|corners| corners.into_iter().map(point).collect());
                    (state.name, state.is_terminal, state.look.fill, state.look.ink, corners)
                })
                .collect(),
            nodes: self.nodes.clone(),
            crashed: self.crashed.clone(),
        })
    }
}

type Point = (f64, f64);
/// A state: its name, whether it is terminal, fill, ink, and the corners of its shape, unless that is a circle.
type State = (String, bool, &'static str, &'static str, Option<Vec<Point>>);

/// The graph of a run on paper: lengths in pixels, y downwards.
#[pyclass(name = "Drawing", module = "distnodes", frozen, get_all)]
pub(crate) struct PyDrawing {
    /// The radius of nodes.
    radius: f64,
    /// The height of letters; 0 if there are no names.
    font: f64,
    /// Whether links lead one way.
    directed: bool,
    /// By node, its middle.
    points: Vec<Point>,
    /// By link, its cubic curve.
    links: Vec<Vec<Point>>,
    /// By node, its name, the middle of that, and whether it stands beside the node.
    names: Vec<(String, Point, bool)>,
    states: Vec<State>,
    /// By node, the number of its state.
    nodes: Vec<usize>,
    /// By node, whether it has crashed.
    crashed: Vec<bool>,
}
